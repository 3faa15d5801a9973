import type { StreamKind } from '../domain/stream.ts'
import { checkOf, monthOf, noSum, type Sum, type Sums, sameSum, windowOf, withRow } from '../domain/sums.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { queue } from './one-by-one.ts'
import type { StoreRowsPorts } from './store-rows.ts'
import { countStored, type InspectPorts } from './verify-rows.ts'

type Owner = { readonly user: string; readonly connection: string }

export type CountRowsPorts = {
  readonly transactions: StoreRowsPorts['transactions'] &
    InspectPorts['transactions'] & {
      byId(owner: Owner, stream: StreamKind, identity: string): Promise<readonly Transaction[]>
    }
  readonly sums: {
    /** Throws `lease-lost` when a newer run has taken over. */
    save(owner: Owner, sums: Sums, epoch: number): Promise<void>
  }
}

/** Rows that were just read, at most: what is written comes soon after it was compared. */
const mostRemembered = 5_000

/**
 * Keeps count of what one run writes into one stream. Before rows of a month are written, the month is saved as touched:
 * whoever is killed in between leaves it to the next run to count what is stored there. `close` saves the sums.
 */
export function countRows(
  ports: CountRowsPorts,
  { owner, epoch, stream }: { readonly owner: Owner; readonly epoch: number; readonly stream: StreamKind },
  start: Sums,
) {
  const months = new Map(start.months.map(({ month, ...sum }): [number, Sum] => [month, sum]))
  /** Left by a run that was killed: of these, only what is stored is known. */
  const inherited = new Set(start.touched)
  const touched = new Set<number>()
  let { version } = start
  let changed = false
  const oneByOne = queue()
  /** What the last reads showed: the rows of these windows, and no others. */
  let seen = new Map<string, Transaction>()
  let windows: Window[] = []
  let generation = 0
  /** What cannot be read may be damaged: the next run compares all of it, whenever its turn would be. */
  let suspicious = false

  function remember(window: Window | undefined, rows: readonly Transaction[]): void {
    if (seen.size > mostRemembered) forget()
    if (window !== undefined) windows.push(window)
    for (const row of rows) seen.set(keyOf(row), row)
  }

  function forget(): void {
    seen = new Map()
    windows = []
  }

  /** A read that a write overtook may tell what was before it. */
  async function reading(
    read: () => Promise<readonly Transaction[]>,
    window?: Window,
  ): Promise<readonly Transaction[]> {
    const begun = generation
    const rows = await read().catch((error: unknown) => {
      suspicious = true
      throw error
    })
    if (begun === generation) remember(window, rows)
    return rows
  }

  function stored(_owner: Owner, _stream: StreamKind, window: Window): Promise<readonly Transaction[]> {
    return reading(() => ports.transactions.stored(owner, stream, window), window)
  }

  async function checkBefore(row: Transaction): Promise<string | undefined> {
    const key = keyOf(row)
    if (!seen.has(key) && !windows.some(({ from, to }) => row.time >= from && row.time < to))
      await stored(owner, stream, { from: row.time, to: row.time + 1 })
    // Of thousands that are read, few are written: only these are worth their check.
    const before = seen.get(key)
    return before && checkOf(before)
  }

  async function touch(rows: readonly Transaction[]): Promise<void> {
    const fresh = new Set(rows.map(monthOf).filter((month) => !touched.has(month)))
    if (fresh.size === 0) return
    changed = true
    await save([...touched, ...fresh, ...inherited])
    for (const month of fresh) touched.add(month)
  }

  /** `after`: whether the rows are there when it is done. */
  async function change(
    rows: readonly Transaction[],
    after: 'there' | 'gone',
    make: () => Promise<void>,
  ): Promise<void> {
    const latest = new Map(rows.map((row) => [keyOf(row), row]))
    const befores = new Map<string, string | undefined>()
    for (const [key, row] of latest) befores.set(key, await checkBefore(row))
    await touch(rows)
    generation += 1
    try {
      await make()
    } catch (error) {
      // Some of them may be stored, or gone: that month is counted.
      for (const row of rows) inherited.add(monthOf(row))
      throw error
    } finally {
      generation += 1
      forget()
    }
    for (const [key, row] of latest) {
      const before = befores.get(key)
      let sum = months.get(monthOf(row)) ?? noSum
      if (before !== undefined) sum = withRow(sum, before, -1)
      if (after === 'there') sum = withRow(sum, checkOf(row))
      months.set(monthOf(row), sum)
    }
  }

  async function save(open: readonly number[]): Promise<void> {
    const saved = sums(open)
    await ports.sums.save(owner, saved, epoch)
    version = saved.version
  }

  function sums(open: readonly number[]): Sums {
    return {
      ...start,
      version: version + 1,
      verifiedAt: suspicious ? undefined : start.verifiedAt,
      months: [...months]
        .sort(([a], [b]) => a - b)
        .flatMap(([month, sum]) => (sameSum(sum, noSum) ? [] : [{ month, ...sum }])),
      touched: [...new Set(open)].sort((a, b) => a - b),
    }
  }

  /** Counts what only the store can tell, and saves the sums, if there is anything to save. */
  async function close(): Promise<void> {
    for (const month of inherited) {
      const counted = await countStored(ports, owner, stream, windowOf(month))
      months.set(month, counted.months.get(month) ?? noSum)
    }
    if (changed || suspicious || inherited.size > 0) await save([])
  }

  return {
    transactions: {
      stored,
      byId: (_owner: Owner, _stream: StreamKind, identity: string) =>
        reading(() => ports.transactions.byId(owner, stream, identity)),
      write: (_owner: Owner, rows: readonly Transaction[]) =>
        oneByOne(() => change(rows, 'there', () => ports.transactions.write(owner, rows))),
      remove: (_owner: Owner, rows: readonly Transaction[]) =>
        oneByOne(() => change(rows, 'gone', () => ports.transactions.remove(owner, rows))),
    },
    close,
    /** Of the sums as they were last saved. */
    version: () => version,
  }
}
