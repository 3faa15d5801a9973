import { checkOf } from './sums.ts'
import { day } from './window.ts'

/** What an account held of each coin when it was last looked at: not how much, only by what a change is noticed. */
export type Holdings = {
  readonly coins: Readonly<Record<string, string>>
  /** The coins whose balance changed lately, and when that was noticed. Epoch milliseconds. */
  readonly changed: Readonly<Record<string, number>>
}

export const noHoldings: Holdings = { coins: {}, changed: {} }

/** So long a change is remembered: whoever is asked in turn was asked by then. */
const rememberedFor = 14 * day

/** The holdings after a look at `now` that showed these balances, in the exchange's own words. */
export function changedHoldings(
  before: Holdings,
  balances: Readonly<Record<string, string>>,
  now: number,
): Holdings {
  const coins = Object.fromEntries(
    Object.entries(balances).map(([coin, balance]) => [coin, checkOf({ balance })]),
  )
  const names = new Set([...Object.keys(before.coins), ...Object.keys(coins)])
  const fresh = [...names].filter((coin) => before.coins[coin] !== coins[coin])
  return {
    coins,
    changed: Object.fromEntries([
      ...Object.entries(before.changed).filter(([, at]) => now - at < rememberedFor),
      ...fresh.map((coin) => [coin, now] as const),
    ]),
  }
}

export function sameHoldings(a: Holdings, b: Holdings): boolean {
  return checkOf(a) === checkOf(b)
}
