import type { TransferStatus } from '../../lambdas/domain/transaction.ts'
import type { ModelRow } from './model-exchange.ts'

/** What an exchange may come to say otherwise of a row. Times are epoch ms. */
export type Changes = {
  /** From `at` on it is served with this time; never one that is still to come. */
  readonly moved?: { readonly at: number; readonly to: number }
  /** What it says after it said that it was finished. */
  readonly later?: readonly { readonly at: number; readonly status: TransferStatus }[]
  readonly renamed?: { readonly at: number; readonly symbol: string }
  /** Between these it is not shown. */
  readonly hidden?: { readonly from: number; readonly until: number }
  /** The id that it is served with, where that is not its own: another row had it long before. */
  readonly name?: string
}

export function nameOf({ id, name }: ModelRow): string {
  return name ?? id
}

export function timeAt({ time, moved }: ModelRow, at: number): number {
  return moved !== undefined && moved.at <= at ? moved.to : time
}

export function statusAt({ doneAt, ending = 'done', later = [] }: ModelRow, at: number): TransferStatus {
  if (doneAt > at) return 'pending'
  return later.filter((one) => one.at <= at).at(-1)?.status ?? ending
}

function symbolAt({ symbol, renamed }: ModelRow, at: number): string {
  return renamed !== undefined && renamed.at <= at ? renamed.symbol : symbol
}

export function isHiddenAt({ hidden }: ModelRow, at: number): boolean {
  return hidden !== undefined && hidden.from <= at && at < hidden.until
}

/** The row as it is served at `at`, by a replica whose statuses are out of date by so much. */
export function asServed(row: ModelRow, at: number, stale: number): ModelRow & { readonly done: boolean } {
  const status = statusAt(row, at - stale)
  const done = status !== 'pending'
  return {
    ...row,
    time: timeAt(row, at),
    symbol: symbolAt(row, at),
    done,
    ...(done && { ending: status }),
  }
}

/** What was ever said of it, whatever the moment. */
export function timesOf({ time, moved }: ModelRow): readonly number[] {
  return moved === undefined ? [time] : [time, moved.to]
}

export function symbolsOf({ symbol, renamed }: ModelRow): readonly string[] {
  return renamed === undefined ? [symbol] : [symbol, renamed.symbol]
}

export function statusesOf({ ending = 'done', later = [] }: ModelRow): readonly (string | undefined)[] {
  return ['pending', ending, ...later.map(({ status }) => status)]
}
