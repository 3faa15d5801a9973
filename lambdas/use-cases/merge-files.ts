import { monthOf } from '../domain/sums.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import type { Window } from '../domain/window.ts'
import { openCuts } from '../statements/cuts.ts'
import type { Proven } from '../statements/known.ts'
import { type Merged, merge } from '../statements/merge.ts'
import type { MergedRow } from '../statements/merged-row.ts'
import { type Plan, planOf } from '../statements/plan.ts'
import type { Reading, StatementRow } from '../statements/row.ts'
import type { KeptTable } from '../statements/statement-file.ts'
import type { Owner } from './find-connection.ts'

export type MergeFilesPorts = {
  readonly transactions: {
    /** Every row of all streams in the order of time: those that the exchange has served, and those of files. */
    merging(owner: Owner, window: Window): AsyncIterable<Transaction>
  }
}

/** A table whose rows are part of a history, or would be. */
export type TableSource = {
  /** The id of its file. */
  readonly file: string
  readonly table: KeptTable
  readonly attests?: Window
  readonly rowsIn: (month: number) => Promise<readonly StatementRow[]>
}

/** A stretch of time, merged: nothing in it speaks of another one. */
export type MergedBlock = {
  readonly window: Window
  /** The readings stand in the order of the sources. */
  readonly readings: readonly Reading[]
  readonly api: readonly Transaction[]
  readonly stored: readonly MergedRow[]
  readonly merged: Merged
  readonly plan: Plan
}

/** Which of its blocks are merged: all of which files tell, or those that meet some time and their neighbours. */
export type Which = { readonly touched?: readonly Window[]; readonly stored: readonly Window[] }

/**
 * What API and files tell together, block by block: one of them is held in memory. `which.stored`: where rows of files may be
 * stored, whether or not a file tells of them still.
 */
export async function* mergedBlocks(
  ports: MergeFilesPorts,
  owner: Owner,
  sources: readonly TableSource[],
  proven: Proven,
  which: Which,
): AsyncGenerator<MergedBlock> {
  const windows = await blockWindows(ports, owner, sources)
  const tradeTime = sources.flatMap(({ table }) => table.tradeTime)
  for (const [index, window] of windows.entries()) {
    const around = { from: windows[index - 1]?.from ?? window.from, to: windows[index + 1]?.to ?? window.to }
    if (which.touched !== undefined && !which.touched.some((one) => meets(one, around))) continue
    const readings = await readingsIn(sources, window)
    const isStored = which.stored.some((one) => meets(one, window))
    if (!isStored && readings.every(({ rows }) => rows.length === 0)) continue
    const api: Transaction[] = []
    const stored: MergedRow[] = []
    for await (const row of ports.transactions.merging(owner, window))
      if (row.source !== undefined) stored.push(mergedRowOf(row))
      else if (!isUnreadable(row)) api.push(row)
    const merged = merge({ api, readings, proven, tradeTime })
    yield { window, readings, api, stored, merged, plan: planOf(stored, merged.rows) }
  }
}

/** The blocks of all time, each from where the one before it ends. */
async function blockWindows(
  ports: MergeFilesPorts,
  owner: Owner,
  sources: readonly TableSource[],
): Promise<readonly Window[]> {
  const cuts = openCuts()
  if (sources.length > 0) for await (const row of served(ports, owner)) cuts.served(row)
  for (const { table, rowsIn } of sources)
    for (const month of table.months) for (const row of await rowsIn(month)) cuts.told(row, table.grain)
  const [, ...begins] = cuts.result()
  return [0, ...begins].map((from, index) => ({ from, to: begins[index] ?? Number.POSITIVE_INFINITY }))
}

const always: Window = { from: 0, to: Number.POSITIVE_INFINITY }

/** What the exchange has served of all streams and could be read, in the order of time. */
export async function* served(
  { transactions }: MergeFilesPorts,
  owner: Owner,
  window = always,
): AsyncGenerator<Transaction> {
  for await (const row of transactions.merging(owner, window))
    if (row.source === undefined && !isUnreadable(row)) yield row
}

async function readingsIn(sources: readonly TableSource[], window: Window): Promise<readonly Reading[]> {
  const readings: Reading[] = []
  for (const { table, rowsIn } of sources) {
    const {
      name: _name,
      rows: _count,
      months,
      spans: _spans,
      tradeTime: _trades,
      isUnbroken: _,
      hints: _hints,
      ...told
    } = table
    const rows: StatementRow[] = []
    for (const month of months) {
      if (month < monthOf({ time: window.from }) || month > monthOf({ time: window.to })) continue
      for (const row of await rowsIn(month))
        if (row.times[0] >= window.from && row.times[0] < window.to) rows.push(row)
    }
    readings.push({ ...told, rows })
  }
  return readings
}

function meets(a: Window, b: Window): boolean {
  return a.from < b.to && b.from < a.to
}

/** As it is stored. */
export function fileRowOf({ places: _places, ...row }: MergedRow): Transaction {
  return { ...row, source: 'file' }
}

function mergedRowOf({ source: _source, precision = 1, ...row }: Transaction): MergedRow {
  return { ...row, precision, places: [] }
}

/** What the exchange is known to have served whole, as the merge asks for it. */
export function provenBy(proven: ReadonlyMap<string, readonly Window[]>): Proven {
  return ({ stream }, window) =>
    (proven.get(stream) ?? []).some(({ from, to }) => from <= window.from && window.to <= to)
}

/** From the first to the last that these tables tell, and what may be told of around it. */
export function spanOf(tables: readonly KeptTable[], around: number): Window | undefined {
  const spans = tables.flatMap((table) => table.spans)
  if (spans.length === 0) return undefined
  const from = spans.reduce((first, span) => Math.min(first, span.from), Number.POSITIVE_INFINITY)
  const to = spans.reduce((last, span) => Math.max(last, span.to), 0)
  return { from: Math.max(0, from - around), to: to + around }
}
