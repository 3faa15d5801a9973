import { unreadableIn } from '../domain/cover-answer.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { Settled } from '../domain/diff.ts'
import { hasOnePartition, type StreamDefinition } from '../domain/stream.ts'
import { keyOf, servedTime, type Transaction } from '../domain/transaction.ts'
import { isSameRow, isUnreadable, mayBecome, rowsNamedIn } from '../domain/unreadable.ts'
import { alignTo, intersect, union, type Window } from '../domain/window.ts'
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
  /** The rows that some of them are, which are stored as they could be read before: by the identity of what was served. */
  const known = new Map<string, Transaction>()
  /** Where rows that do not say when are kept. */
  const places = new Map<string, number[]>()
  /** In which answers they were shown, about how much time so ever. */
  const shown = new Map<string, readonly Window[]>()
  /** Rows that this run was the first to be shown, where something could not be read: by `keyOf`. */
  const appeared = new Set<string>()
  /** Where what could not be read is not shown any more, and nothing took its place. */
  let vanished: readonly Window[] = []

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
      const [found] = rowsNamedIn(row, stored)
      const before = found ?? stored.find(({ identity }) => identity === row.identity)
      const time = near ?? (before === undefined ? row.time : servedTime(before))
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

  /** The parts of an answer's window that hold what could not be read, and was not replaced since. */
  function unreadable(page: Page, window: Window): readonly Window[] {
    return union(intersect(vanished, [window]), shownIn(page, window))
  }

  /** Where an answer shows what cannot be read, and nobody knows what it is. */
  function shownIn({ transactions, timeless }: Page, window: Window): readonly Window[] {
    if (timeless.some((row) => !known.has(row.identity))) return [window]
    const units = transactions
      .filter((row) => isUnreadable(row) && !known.has(row.identity) && isIn(window, row))
      .map(({ time }) => alignTo(unit, { from: time, to: time + 1 }))
    const parts = union(units)
    const [first, last] = [parts[0], parts.at(-1)]
    if (first === undefined || last === undefined || parts.length <= mostGaps) return parts
    return [{ from: first.from, to: last.to }]
  }

  /** Without those that may be what an answer showed, and nobody could read. */
  function notAmong(absent: readonly Transaction[], page: Page, window: Window): readonly Transaction[] {
    const places = shownIn(page, window)
    return absent.filter((row) => !places.some((place) => isIn(place, { time: servedTime(row) })))
  }

  /** What became of the rows of an answer, and what could not be read before it. */
  function note(settled: readonly Settled[], coverage: Coverage): void {
    const places = unreadableIn(coverage)
    for (const { served, before, now } of settled) {
      if (isUnreadable(served)) {
        seen.add(keyOf(served))
        if (!isUnreadable(now)) known.set(served.identity, now)
      }
      const isNew = before === undefined && places.some((place) => isIn(place, served))
      if (isNew) appeared.add(keyOf(now))
    }
  }

  /**
   * Lets go of what could not be read before, where a whole answer shows the same row, or a new one that may be it. What is only
   * not shown any more is kept: nobody else has it.
   */
  async function replace(
    coverage: Coverage,
    window: Window,
    { transactions, timeless }: Page,
  ): Promise<void> {
    const shownAsItIs = [...transactions, ...timeless].filter(({ identity }) => !known.has(identity))
    const served = new Set(shownAsItIs.map(({ identity }) => identity))
    for (const part of unreadableIn(coverage)) {
      if (part.from < window.from || part.to > window.to) continue
      const there = transactions.filter((row) => isIn(part, row)).map((row) => known.get(row.identity) ?? row)
      const stale = (await ports.stored(part)).filter(
        (row) => isUnreadable(row) && !served.has(row.identity) && isOurs(row),
      )
      const isReplaced = (row: Transaction) =>
        known.has(row.identity) ||
        there.some(
          (other) => isSameRow(row, other) || (appeared.has(keyOf(other)) && mayBecome(row, other, 2 * unit)),
        )
      const gone = stale.filter(isReplaced)
      if (gone.length > 0) await ports.remove(gone)
      if (gone.length < stale.length) vanished = union(vanished, [part])
    }
  }

  function isIn({ from, to }: Window, { time }: Pick<Transaction, 'time'>): boolean {
    return time >= from && time < to
  }

  function isOurs({ account }: Transaction): boolean {
    return hasOnePartition({ partitions }) || account === partition
  }

  return { date, isAnywhere, unreadable, notAmong, note, replace, count: () => seen.size }
}
