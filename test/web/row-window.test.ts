import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../web/answers.ts'
import {
  around,
  atBottom,
  atTop,
  bounds,
  countedWithin,
  rowAt,
  timeOf,
  withoutFuture,
  withPage,
} from '../../web/row-window.ts'

const row = (n: number): Transaction => ({
  id: String(n),
  connection: 'c',
  exchange: 'bitmart',
  stream: 'spot-trade',
  time: new Date(n).toISOString(),
})

/** Rows of the times 0 to `total - 1`, as the API serves them. */
function page(total: number, side: 'older' | 'newer', from: number, size: number) {
  const items = Array.from({ length: size }, (_, place) =>
    side === 'older' ? from - 1 - place : from + place,
  )
    .filter((n) => n >= 0 && n < total)
    .map(row)
  const end = side === 'older' ? from - size : from + size
  const isLast = side === 'older' ? end <= 0 : end >= total
  return { items, ...(!isLast && { nextCursor: String(end) }) }
}

describe('the window over many rows', () => {
  it('shows every row once and in order, wherever one jumps to and however wrong the counts are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 0, max: 400 }),
        fc.array(fc.constantFrom('older' as const, 'newer' as const), { maxLength: 60 }),
        (total, error, at, moves) => {
          const guess = Math.max(1, total + error)
          const time = Math.min(total, at)
          let rows = around(guess, Math.max(0, guess - time), time)
          for (const side of [
            ...moves,
            ...Array.from({ length: 80 }, (_, n) => (n % 2 ? 'older' : 'newer') as 'older' | 'newer'),
          ]) {
            const cursor = side === 'older' ? rows.olderCursor : rows.newerCursor
            if (cursor === undefined) continue
            const from = 'begin' in cursor ? cursor.begin : Number(cursor.after)
            rows = withPage(rows, side, page(total, side, from, 10)).window
            const { first, last } = bounds(rows)
            expect(first).toBeGreaterThanOrEqual(0)
            expect(last).toBeLessThanOrEqual(rows.total)
          }
          expect([rows.total, bounds(rows)]).toEqual([total, { first: 0, last: total }])
          for (let index = 0; index < total; index += 1)
            expect(rowAt(rows, index)?.id).toBe(String(total - 1 - index))
        },
      ),
    )
  })

  it('jumps to the end with one page', () => {
    const rows = withPage(atBottom(100_000), 'newer', page(100_000, 'newer', 0, 500)).window
    expect(bounds(rows)).toEqual({ first: 99_500, last: 100_000 })
    expect(rowAt(rows, 99_999)?.id).toBe('0')
  })

  it('begins at the newest row, and knows that nothing is above it', () => {
    const rows = withPage(atTop(3, 10), 'older', page(3, 'older', 3, 500)).window
    expect([rows.total, rowAt(rows, 0)?.id]).toEqual([3, '2'])
  })

  it('finds the time of a row by counts, and cuts counts to a period', () => {
    const counts = [
      { from: 0, to: 100, rows: 10 },
      { from: 100, to: 200, rows: 30 },
    ]
    expect([timeOf(counts, 0), timeOf(counts, 15), timeOf(counts, 30), timeOf(counts, 40)]).toEqual([
      200, 150, 100, 0,
    ])
    expect(countedWithin(counts, 50, 150)).toEqual([
      { from: 50, to: 100, rows: 5 },
      { from: 100, to: 150, rows: 15 },
    ])
  })
})

it('Rows of the days that are under way are looked for before now, not evenly up to their end', () => {
  const counts = [
    { from: 0, to: 3_000, rows: 30 },
    { from: 3_000, to: 6_000, rows: 10 },
  ]
  const known = withoutFuture(counts, 4_000)
  expect(timeOf(known, 5)).toBe(3_500)
  expect(timeOf(known, 10)).toBe(3_000)
  expect(withoutFuture(counts, 9_000)).toEqual(counts)
})
