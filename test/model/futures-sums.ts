import fc from 'fast-check'
import { changesOf, meaningOf, totals } from '../../lambdas/domain/accounting.ts'
import { add, negate } from '../../lambdas/domain/amount.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import {
  type FuturesTellers,
  futuresTellers,
  ledgerTimeOf,
  loneRows,
} from '../../lambdas/domain/futures-money.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { minute, union, type Window } from '../../lambdas/domain/window.ts'

/** Futures accounts whose ledger is known for some time and not for other, and what an export makes of their money. */

export const origin = { id: 'c1', exchange: 'bitmart', subaccount: '' }
export const start = Date.UTC(2026, 5, 1)

let count = 0

export function fill(time: number, more: Partial<Transaction> = {}): Transaction {
  const common = { stream: 'futures-trade', symbol: 'BTCUSDT', account: 'futures', raw: '{}' } as const
  const money = { realizedPnl: '12.5', fee: '0.016', feeCurrency: 'USDT' }
  return { ...common, ...money, time, identity: `fill ${count++}`, ...more }
}

export function row(
  time: number,
  type: string,
  amount: string,
  more: Partial<Transaction> = {},
): Transaction {
  const common = { stream: 'futures-ledger', symbol: 'BTCUSDT', account: 'futures', raw: '{}' } as const
  return { ...common, currency: 'USDT', time, type, amount, identity: `row ${count++}`, ...more }
}

/** What is known of the ledger of each account, and of the fills. */
export function coverageOf(
  covered: Readonly<Record<string, readonly Window[]>>,
  more: Partial<Coverage> = {},
) {
  return [
    ...Object.entries(covered).map(([partition, windows]) => ({
      ...noCoverage('futures-ledger', partition),
      covered: windows,
      ...more,
    })),
    { ...noCoverage('futures-trade', 'futures'), covered: [{ from: 0, to: Number.MAX_SAFE_INTEGER }] },
  ]
}

/** Who tells what of these rows, found as an export finds it: from what lies around the borders. */
export function tellersOf(known: readonly Coverage[], stored: readonly Transaction[]): FuturesTellers {
  const time = ledgerTimeOf(known)
  const within = (stream: Transaction['stream'], { from, to }: Window) =>
    stored.filter((one) => one.stream === stream && one.time >= from && one.time < to)
  return futuresTellers(
    time,
    time.borders.map((border) => ({
      fills: within('futures-trade', border),
      rows: within('futures-ledger', border),
    })),
    loneRows(
      time,
      stored.filter(({ stream }) => stream === 'futures-ledger'),
      stored.filter(({ stream }) => stream === 'futures-trade'),
    ),
  )
}

export function sumOf(known: readonly Coverage[], stored: readonly Transaction[]): string {
  const tellers = tellersOf(known, stored)
  const events = stored.flatMap((one) => meaningOf(origin, one, tellers).events)
  return [...totals(events.flatMap(changesOf)).values()].reduce((sum, { amount }) => add(sum, amount), '0')
}

const amount = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((n) => `${n}e-4`) },
  { weight: 1, arbitrary: fc.constantFrom('0', '1.50', '-1.5') },
)

/** Times lie close together, so that borders have something to cut; and some far from any border. */
const moment = fc
  .tuple(fc.constantFrom(0, 10, 20), fc.integer({ min: 0, max: 60_000 }))
  .map(([minutes, time]) => minutes * minute + time)

const trades = fc.array(
  fc.record({
    time: moment,
    profit: amount,
    fee: amount,
    later: fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2_000 })),
    symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT'),
    account: fc.constantFrom('futures', 'copy_trading'),
    astray: fc.boolean(),
  }),
  { maxLength: 12 },
)

const windows = fc
  .array(
    fc.tuple(moment, moment).map(([a, b]) => ({ from: start + Math.min(a, b), to: start + Math.max(a, b) })),
    { maxLength: 3 },
  )
  .map((list) => union(list))

/** Throws where profit and fees in an export do not add up to what they were, whichever time the ledger covers. */
export function futuresAddUp(options: fc.Parameters<unknown>): void {
  fc.assert(
    fc.property(trades, windows, windows, fc.boolean(), (made, futures, copying, named) => {
      const known = named ? { futures, copy_trading: copying } : { futures, copy_trading: futures }
      const stored = made.flatMap(({ time, profit, fee, later, symbol, account, astray }) => {
        const whose = { symbol, account: named ? account : undefined }
        const covered = account === 'futures' ? known.futures : known.copy_trading
        const rows = [
          row(start + time + later[0], 'realized-pnl', profit, whose),
          row(start + time + later[1], 'commission', negate(fee), whose),
        ].filter((one) => astray || covered.some(({ from, to }) => one.time >= from && one.time < to))
        return [fill(start + time, { ...whose, realizedPnl: profit, fee }), ...rows]
      })
      const truth = made.reduce((sum, { profit, fee }) => add(sum, add(profit, negate(fee))), '0')
      const told = sumOf(coverageOf(known), stored)
      if (told !== add(truth, '0'))
        throw new Error(`money: profit and fees are ${truth}, and told as ${told}`)
    }),
    options,
  )
}
