import type { Seen } from './coverage.ts'
import { leastDoubted } from './largest-answer.ts'
import { checkOf, noSum, type Sum, sameSum, withRow } from './sums.ts'
import { keyOf, type Transaction } from './transaction.ts'

/** Whether a page of so many rows may have left rows out: it is as long as some source says that pages end. */
export function mayBeCut(served: number, pageSizes: readonly number[]): boolean {
  return served >= Math.max(1, ...pageSizes) || pageSizes.includes(served)
}

/**
 * Whether pages may end at so many rows although no source says so: none was seen that holds more. One that cuts at some number
 * never shows more than that.
 */
export function mayEndAt(served: number, largest: number, pageSizes: readonly number[]): boolean {
  return served >= fewestDoubted(pageSizes) && served >= largest
}

/** No exchange is taken to cut pages that are shorter than this. */
export function fewestDoubted(pageSizes: readonly number[]): number {
  return leastDoubted({ pageCap: Math.max(1, ...pageSizes) })
}

/** The unit of time in which the oldest of these rows lies, or undefined when there are none. */
export function oldestUnit(rows: readonly Transaction[], unit: number): number | undefined {
  if (rows.length === 0) return undefined
  return unitOf(
    rows.reduce((oldest, { time }) => Math.min(oldest, time), Number.POSITIVE_INFINITY),
    unit,
  )
}

function youngestUnit(rows: readonly Transaction[], unit: number): number {
  return unitOf(
    rows.reduce((youngest, { time }) => Math.max(youngest, time), 0),
    unit,
  )
}

export function unitOf(time: number, unit: number): number {
  return Math.floor(time / unit) * unit
}

/**
 * Whether a page that was cut off holds the youngest rows there are: then a shorter page, asked for after it, holds the
 * young end of it. A page of the oldest rows, one whose rows share a moment, or one that is no shorter cannot show that.
 */
export function isYoungest(
  page: readonly Transaction[],
  shorter: readonly Transaction[],
  unit: number,
): boolean {
  const [oldest, from] = [oldestUnit(page, unit), oldestUnit(shorter, unit)]
  if (oldest === undefined || from === undefined || shorter.length >= page.length) return false
  if (youngestUnit(page, unit) === oldest) return false
  return holds(
    shorter,
    page.filter(({ time }) => time >= from + unit),
  )
}

/** The same of the oldest rows: the shorter page is the old end of it. */
export function isOldest(
  page: readonly Transaction[],
  shorter: readonly Transaction[],
  unit: number,
): boolean {
  if (shorter.length === 0 || shorter.length >= page.length) return false
  const to = youngestUnit(shorter, unit)
  if (youngestUnit(page, unit) === oldestUnit(page, unit)) return false
  return holds(
    shorter,
    page.filter(({ time }) => time < to),
  )
}

/**
 * Whether an answer to "nothing younger than `until`" shows that the exchange heeded it, and left nothing out between
 * its oldest row and `until`: no row is younger, and the rows that are known to be there are all among them.
 */
export function heedsTime(
  answer: readonly Transaction[],
  witnesses: readonly Transaction[],
  until: number,
  unit: number,
): boolean {
  return witnesses.length > 0 && answer.every(({ time }) => time < until + unit) && holds(answer, witnesses)
}

/** Whether all rows that are known are among those served. */
function holds(served: readonly Transaction[], known: readonly Transaction[]): boolean {
  return missingFrom(served, known).length === 0
}

/** The rows that are not among those served. */
export function missingFrom(
  served: readonly Transaction[],
  known: readonly Transaction[],
): readonly Transaction[] {
  const there = new Set(served.map(keyOf))
  return known.filter((row) => !there.has(keyOf(row)))
}

export function sameRows(a: readonly Transaction[], b: readonly Transaction[]): boolean {
  return holds(a, b) && holds(b, a)
}

/** What is remembered of a list that was read, so that the next reading need not look at the store. */
export function remember(rows: readonly Transaction[]): Seen {
  const until = rows.reduce((latest, { time }) => Math.max(latest, time + 1), 0)
  return { until, ...sumOf(rows) }
}

/** Whether the rows older than `seen.until` are exactly those of last time, in every word. */
export function isUnchanged(seen: Seen, rows: readonly Transaction[]): boolean {
  return sameSum(seen, sumOf(rows.filter(({ time }) => time < seen.until)))
}

function sumOf(rows: readonly Transaction[]): Sum {
  return rows.reduce((sum, row) => withRow(sum, checkOf(row)), noSum)
}
