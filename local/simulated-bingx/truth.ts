import { stringify } from 'lossless-json'
import type { SimulatedAccount } from './account.ts'
import { depositAsServed, orderFillsOf } from './endpoints.ts'
import { type FuturesFill, orderFillRow } from './futures-fills.ts'
import type { SimulatorOptions } from './options.ts'

/** A row as it is served, letter by letter, and what of it an importer must get right. */
export type TrueRow = {
  readonly text: string
  /** Epoch milliseconds, UTC: of futures and withdrawals the second that is told. */
  readonly time: number
  /** What was traded or moved: coins, or contracts where those are told. */
  readonly amount: string
  readonly symbol?: string
}

/** Everything that an account holds, as a simulator with these options tells it. */
export type Truth = {
  readonly spotFills: readonly TrueRow[]
  readonly futuresFills: readonly TrueRow[]
  /** The same fills as they are told when `fillHistory` no longer tells them. */
  readonly orderFills: readonly TrueRow[]
  readonly coinFills: readonly TrueRow[]
  readonly ledger: readonly TrueRow[]
  readonly deposits: readonly TrueRow[]
  readonly withdrawals: readonly TrueRow[]
}

export function truthOf(account: SimulatedAccount, options: Pick<SimulatorOptions, 'readings'>): Truth {
  return {
    spotFills: account.spotFills.map((row) => ({
      ...told(row),
      time: row.time,
      amount: row.qty,
      symbol: row.symbol,
    })),
    futuresFills: account.futuresFills.map((fill) => futuresRow(fill, fill.row)),
    orderFills: orderFillsOf(account.futuresFills, options).map((fill) =>
      futuresRow(fill, orderFillRow(fill)),
    ),
    coinFills: account.coinOrders
      .flatMap(({ fills }) => fills)
      .map((row) => ({ ...told(row), time: row.tradeTime, amount: row.volume, symbol: row.symbol })),
    ledger: account.ledger.map((row) => ({
      ...told(row),
      time: row.time,
      amount: row.income,
      ...(row.symbol !== '' && { symbol: row.symbol }),
    })),
    deposits: account.deposits.map((row) => ({
      ...told(depositAsServed(row, options)),
      time: row.insertTime,
      amount: row.amount,
    })),
    withdrawals: account.withdrawals.map(({ at, row }) => ({
      ...told(row),
      time: wholeSecond(at),
      amount: row.amount,
    })),
  }
}

function futuresRow({ at, row }: FuturesFill, shown: object): TrueRow {
  return { ...told(shown), time: wholeSecond(at), amount: row.qty, symbol: row.symbol }
}

function told(row: object): { readonly text: string } {
  return { text: stringify(row) ?? '' }
}

function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000
}
