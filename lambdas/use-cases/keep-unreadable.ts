import { type Coverage, unreadableIn } from '../domain/coverage.ts'
import type { StreamDefinition } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import { alignTo, union, type Window } from '../domain/window.ts'
import type { Page } from './fetch-window.ts'

export type KeepUnreadablePorts = {
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  readonly remove: (transactions: readonly Transaction[]) => Promise<void>
}

/** Where more than this could not be read in one answer, the gap is from the first of them to the last. */
const mostGaps = 20

/** What a partition does about rows that cannot be read: keeps each once, says where it was, lets it go once it can be read. */
export function unreadableKeeper(
  ports: KeepUnreadablePorts,
  { unit, partitions }: Pick<StreamDefinition, 'unit' | 'partitions'>,
  partition: string,
) {
  const seen = new Set<string>()
  /** Where rows that do not say when are kept. */
  const places = new Map<string, number[]>()
  /** In which answers they were shown, about how much time so ever. */
  const shown = new Map<string, readonly Window[]>()

  /**
   * The rows of a smallest window that do not say when, each dated as it was where a neighbour served it already: questions
   * overlap, and up to three of them bring it.
   */
  async function date(timeless: readonly Transaction[], window: Window): Promise<readonly Transaction[]> {
    if (timeless.length === 0) return []
    const stored = await ports.stored({ from: window.from - 2 * unit, to: window.to + 2 * unit })
    return timeless.map((row) => {
      const times = places.get(row.identity) ?? []
      const near = times.find((time) => time >= window.from - 2 * unit && time < window.to + 2 * unit)
      const time = near ?? stored.find(({ identity }) => identity === row.identity)?.time ?? row.time
      if (near === undefined) places.set(row.identity, [...times, time])
      return { ...row, time }
    })
  }

  /**
   * Whether rows that do not say when were shown in answers about time far apart: then nothing shows that the exchange heeds what
   * is asked of it.
   */
  function isAnywhere(timeless: readonly Transaction[], window: Window): boolean {
    return timeless.some(({ identity }) => {
      const windows = shown.get(identity) ?? []
      shown.set(identity, [...windows, window])
      return windows.some(({ from, to }) => to + 2 * unit < window.from || window.to + 2 * unit < from)
    })
  }

  /** The parts of an answer's window that hold what could not be read. */
  function unreadable({ transactions, timeless }: Page, window: Window): readonly Window[] {
    if (timeless.length > 0) return [window]
    const units = transactions
      .filter((row) => isUnreadable(row) && row.time >= window.from && row.time < window.to)
      .map(({ time }) => alignTo(unit, { from: time, to: time + 1 }))
    const parts = union(units)
    const [first, last] = [parts[0], parts.at(-1)]
    if (first === undefined || last === undefined || parts.length <= mostGaps) return parts
    return [{ from: first.from, to: last.to }]
  }

  function note(rows: readonly Transaction[]): void {
    for (const { time, identity } of rows.filter(isUnreadable)) seen.add(`${time}|${identity}`)
  }

  /** Lets go of what could not be read before, where a whole answer shows other rows in its place. */
  async function replace(
    coverage: Coverage,
    window: Window,
    { transactions, timeless }: Page,
  ): Promise<void> {
    const parts = unreadableIn(coverage).filter(
      ({ from, to }) =>
        from >= window.from && to <= window.to && transactions.some(({ time }) => time >= from && time < to),
    )
    const served = new Set([...transactions, ...timeless].map(({ identity }) => identity))
    for (const part of parts) {
      const stale = (await ports.stored(part)).filter(
        (row) => isUnreadable(row) && !served.has(row.identity) && isOurs(row),
      )
      if (stale.length > 0) await ports.remove(stale)
    }
  }

  function isOurs({ account }: Transaction): boolean {
    return partitions.length === 1 || account === partition
  }

  return { date, isAnywhere, unreadable, note, replace, count: () => seen.size }
}
