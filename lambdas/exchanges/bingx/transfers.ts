import { z } from 'zod'
import type { Transaction } from '../../domain/transaction.ts'
import { day } from '../../domain/window.ts'
import { id } from '../row.ts'
import { shortestDepth, unverifiedEnds } from './history.ts'

/** What deposits and withdrawals have in common. */
export const transferPage = 1_000

/** With the day since the last night, still one question. */
export const transferLookBack = 28 * day

export const transferDepth = { depth: shortestDepth, isDepthTaken: true } as const

/** Nobody says that they are gone by then; nobody can say that there were none. */
export const transfersPerish = {
  after: shortestDepth,
  what: 'an empty answer does not show any more that there were none',
} as const

export const transfersUnverified = [
  {
    says: 'How far back transfers are served: nothing is documented. 7 days, the least that is documented of any history of BingX, are taken for certain; older time is believed only where a row of it, or an older one, was served.',
    probe: 'reach',
  },
  { says: 'The longest time span that one question may have.', probe: 'span' },
  unverifiedEnds,
  { says: 'Which 1,000 rows of a fuller window are served, and in which order.', probe: 'order' },
] as const

/**
 * Some coins are served with the standard of their network behind them: `USDTTRC20`. Only that of tokens is taken off, which
 * ends in a number: the `ETH` of `WETH` is part of its name.
 */
export function coinOf(served: string, network: string | undefined): string {
  const isStandard = network !== undefined && /^[A-Z]+\d+$/.test(network)
  return isStandard && served.length > network.length && served.endsWith(network)
    ? served.slice(0, -network.length)
    : served
}

const rowWithCoin = z.object({ coin: id })

/** The name by which the exchange's own filter knows the coin of a row. */
export function servedCoin({ raw }: Transaction): string | undefined {
  return rowWithCoin.safeParse(JSON.parse(raw)).data?.coin
}
