import type { Transaction, TransactionPage } from './answers.ts'

/**
 * Which part of a long history is at hand: rows in one piece, newest first, around the moment that was last jumped to. How many
 * there are above and below is known by counts of thirty days, and corrected by every end that is met.
 */
export type RowWindow = {
  /** How many rows there are, as far as is known. */
  readonly total: number
  /** Where the first row of `older` stands. */
  readonly anchor: number
  /** From the anchor down, newest first. */
  readonly older: readonly Transaction[]
  /** From the anchor up, oldest first. */
  readonly newer: readonly Transaction[]
  /** How to ask for more; undefined where there is none. */
  readonly olderCursor?: Cursor
  readonly newerCursor?: Cursor
}

/** `begin`: nothing was asked for yet. */
export type Cursor = { readonly begin: number } | { readonly after: string }

/** As many rows as are kept at most. */
const mostKept = 20_000

/** At the newest row. */
export function atTop(total: number, now: number): RowWindow {
  return { total, anchor: 0, older: [], newer: [], olderCursor: { begin: now } }
}

/** At the oldest row. */
export function atBottom(total: number): RowWindow {
  return { total, anchor: total, older: [], newer: [], newerCursor: { begin: 0 } }
}

/** In the middle: rows before `time` begin about here. */
export function around(total: number, anchor: number, time: number): RowWindow {
  return { total, anchor, older: [], newer: [], olderCursor: { begin: time }, newerCursor: { begin: time } }
}

export function rowAt({ anchor, older, newer }: RowWindow, index: number): Transaction | undefined {
  return index >= anchor ? older[index - anchor] : newer[anchor - 1 - index]
}

/** The rows at hand: `[first, last)`. */
export function bounds({ anchor, older, newer }: RowWindow): {
  readonly first: number
  readonly last: number
} {
  return { first: anchor - newer.length, last: anchor + older.length }
}

/** With one page more. The rows may move by `moved` places, where an end has shown how many there really are. */
export function withPage(
  before: RowWindow,
  side: 'older' | 'newer',
  { items, nextCursor }: TransactionPage,
): { readonly window: RowWindow; readonly moved: number } {
  const cursor = nextCursor === undefined ? undefined : { after: nextCursor }
  const grown: RowWindow =
    side === 'older'
      ? { ...before, older: [...before.older, ...items], olderCursor: cursor }
      : { ...before, newer: [...before.newer, ...items], newerCursor: cursor }
  return settled(grown)
}

/** Both ends are true where they are known: nothing is above the newest row, and nothing below the oldest. */
function settled(grown: RowWindow): { readonly window: RowWindow; readonly moved: number } {
  const { newer, older, newerCursor, olderCursor } = grown
  const least = newer.length + (newerCursor === undefined ? 0 : 1)
  const anchor = newerCursor === undefined ? newer.length : Math.max(grown.anchor, least)
  const moved = anchor - grown.anchor
  const end = anchor + older.length
  const total = olderCursor === undefined ? end : Math.max(grown.total + moved, end + 1)
  return { window: { ...grown, anchor, total }, moved }
}

export function isFull({ older, newer }: RowWindow): boolean {
  return older.length + newer.length >= mostKept
}

/** Rows of thirty days, or of less at the ends of what is asked for. Epoch milliseconds. */
export type Counted = { readonly from: number; readonly to: number; readonly rows: number }

/** The moment before which the row of this index begins, newest first, as the counts have it. */
export function timeOf(counts: readonly Counted[], index: number): number {
  const sorted = [...counts].sort((a, b) => b.to - a.to)
  let above = 0
  for (const { from, to, rows } of sorted) {
    if (index < above + rows) return Math.ceil(to - ((index - above) / rows) * (to - from))
    above += rows
  }
  return sorted.at(-1)?.from ?? 0
}

/** The thirty days that are under way end now: none of their rows is of time to come, and a jump into them would land too high. */
export function withoutFuture(counts: readonly Counted[], now: number): readonly Counted[] {
  return counts.map((one) => (one.from < now && now < one.to ? { ...one, to: now } : one))
}

/** Counts of all that is asked for: the same thirty days of several streams together, cut to the period. */
export function countedWithin(
  counts: readonly Counted[],
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): readonly Counted[] {
  const together = new Map<number, Counted>()
  for (const one of counts) {
    const [begin, end] = [Math.max(one.from, from), Math.min(one.to, to)]
    if (end <= begin) continue
    const rows = Math.round((one.rows * (end - begin)) / (one.to - one.from))
    const known = together.get(begin)
    together.set(begin, { from: begin, to: end, rows: rows + (known?.rows ?? 0) })
  }
  return [...together.values()].filter(({ rows }) => rows > 0)
}
