import type { Owner } from '../domain/connection.ts'
import { windowOf } from '../domain/sums.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import { day, type Window } from '../domain/window.ts'
import { type Looking, openCuts } from '../statements/cuts.ts'
import type { Proven } from '../statements/known.ts'
import { type Merged, merge } from '../statements/merge.ts'
import type { MergedRow } from '../statements/merged-row.ts'
import { type Plan, planOf } from '../statements/plan.ts'
import type { Reading, StatementRow } from '../statements/row.ts'
import type { KeptTable } from '../statements/statement-file.ts'

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
  /** The id of its reading. */
  readonly reading: string
  readonly table: KeptTable
  readonly attests?: Window
  /** Those of the times that are wanted, in the order of the file. */
  readonly rowsIn: (month: number, isWanted?: (time: number) => boolean) => Promise<Iterable<StatementRow>>
}

/** A stretch of time, merged: of another one nothing in it speaks but orders, whose other rows were heard as guests. */
export type MergedBlock = {
  readonly window: Window
  /** The readings stand in the order of the sources. */
  readonly readings: readonly Reading[]
  /** The rows of other stretches that were heard, in the same order. */
  readonly guests: readonly Reading[]
  readonly api: readonly Transaction[]
  readonly stored: readonly MergedRow[]
  readonly merged: Omit<Merged, 'known'>
  readonly plan: Plan
}

/** Which of its blocks are merged: all of which files tell, or those near some time. */
export type Which = { readonly touched?: readonly Window[]; readonly stored: readonly Window[] }

/** An order's fills lie within thirty days of it: as far as that, what the exchange serves may change what files add. */
export const around = 31 * day

/**
 * What API and files tell together, block by block: one of them is held in memory. `which.stored`: where rows of files may be
 * stored, whether or not a file tells of them still. `most`: rows of a block, more or less.
 */
export async function* mergedBlocks(
  ports: MergeFilesPorts,
  owner: Owner,
  sources: readonly TableSource[],
  proven: Proven,
  which: Which,
  most?: number,
): AsyncGenerator<MergedBlock> {
  const parts = await partsOf(ports, owner, sources, most)
  for (const [index, { window, guests: others }] of parts.entries()) {
    const near = {
      from: Math.min(parts[index - 1]?.window.from ?? window.from, window.from - around),
      to: Math.max(parts[index + 1]?.window.to ?? window.to, window.to + around),
    }
    const heard = [near, ...others]
    if (which.touched?.some((one) => heard.some((other) => meets(one, other))) === false) continue
    const readings = await readingsIn(sources, [window])
    const isStored = which.stored.some((one) => meets(one, window))
    if (!isStored && readings.every(({ rows }) => rows.length === 0)) continue
    const api: Transaction[] = []
    const stored: MergedRow[] = []
    for await (const row of ports.transactions.merging(owner, window))
      if (row.source !== undefined) stored.push(mergedRowOf(row))
      else if (!isUnreadable(row)) api.push(row)
    const guests = await readingsIn(sources, others)
    const heardApi = [...api]
    for (const other of others) for await (const row of served(ports, owner, other)) heardApi.push(row)
    const all = merge({
      api: heardApi,
      readings: readings.map((one, number) => ({
        ...one,
        rows: [...one.rows, ...(guests[number]?.rows ?? [])],
      })),
      proven,
    })
    const merged = others.length === 0 ? all : within(window, all, api)
    yield { window, readings, guests, api, stored, merged, plan: planOf(stored, merged.rows) }
  }
}

/** What of a merge belongs to a window: what guests came to is told by the block that they are of. */
function within({ from, to }: Window, merged: Merged, api: readonly Transaction[]): Omit<Merged, 'known'> {
  const isWithin = (time: number) => time >= from && time < to
  const own = new Set(api.map(keyOf))
  return {
    rows: merged.rows.filter(({ time }) => isWithin(time)),
    confirmed: new Map([...merged.confirmed].filter(([key]) => own.has(key))),
    contradictions: merged.contradictions.filter(({ row }) => isWithin(row.times[0])),
  }
}

type Part = { readonly window: Window; readonly guests: readonly Window[] }

/** The blocks of all time, each from where the one before it ends. */
async function partsOf(
  ports: MergeFilesPorts,
  owner: Owner,
  sources: readonly TableSource[],
  most?: number,
): Promise<readonly Part[]> {
  const cuts = openCuts(most)
  await lookAtAll(ports, owner, sources, cuts)
  const { begins, areOrdersCut, openGuests } = cuts.result()
  const guests = openGuests()
  if (areOrdersCut) await lookAtAll(ports, owner, sources, guests)
  const windows = guests.result()
  return [0, ...begins.slice(1)].map((from, index) => ({
    window: { from, to: begins[index + 1] ?? Number.POSITIVE_INFINITY },
    guests: windows.get(index) ?? [],
  }))
}

async function lookAtAll(
  ports: MergeFilesPorts,
  owner: Owner,
  sources: readonly TableSource[],
  look: Looking,
): Promise<void> {
  if (sources.length > 0) for await (const row of served(ports, owner)) look.served(row)
  for (const { table, rowsIn } of sources)
    for (const month of table.months) for (const row of await rowsIn(month)) look.told(row, table.grain)
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

async function readingsIn(
  sources: readonly TableSource[],
  windows: readonly Window[],
): Promise<readonly Reading[]> {
  const readings: Reading[] = []
  for (const { table, rowsIn } of sources) {
    const {
      name: _name,
      rows: _count,
      months,
      spans: _spans,
      money: _money,
      isUnbroken: _,
      hints: _hints,
      ...told
    } = table
    const rows: StatementRow[] = []
    for (const month of months) {
      const here = windows.filter((window) => meets(window, windowOf(month)))
      if (here.length === 0) continue
      const isHere = (time: number) => here.some(({ from, to }) => time >= from && time < to)
      for (const row of await rowsIn(month, isHere)) rows.push(row)
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
