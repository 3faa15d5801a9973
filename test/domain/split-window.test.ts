import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitWindow } from '../../lambdas/domain/split-window.ts'
import { day, hour, width } from '../../lambdas/domain/window.ts'

const limits = { unit: 1, pageCap: 200 }

describe('splitting a full window', () => {
  it('gives adjoining narrower windows of whole units that are exactly the window, whatever the page held', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 1_000),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 2, max: 5_000 }),
        fc.array(fc.integer({ min: -10, max: 5_200_000 }), { maxLength: 30 }),
        (unit, start, units, times) => {
          const window = { from: start * unit, to: (start + units) * unit }
          const pieces = splitWindow(window, times, { unit, pageCap: 10 })
          expect(pieces.length).toBeGreaterThan(1)
          expect(pieces[0]?.from).toBe(window.from)
          expect(pieces.at(-1)?.to).toBe(window.to)
          pieces.forEach((piece, index) => {
            expect(width(piece)).toBeGreaterThan(0)
            expect(piece.from % unit).toBe(0)
            if (index > 0) expect(piece.from).toBe(pieces[index - 1]?.to)
          })
        },
      ),
    )
  })

  it('asks for the unit apart beside which a burst lies, where questions overlap', () => {
    const window = { from: 1_000, to: 5_000 }
    const rest = [1_500, 2_500]
    expect(splitWindow(window, [...Array.from({ length: 9 }, () => 5_000), ...rest], limits)).toEqual([
      { from: 1_000, to: 4_999 },
      { from: 4_999, to: 5_000 },
    ])
    expect(splitWindow(window, [...Array.from({ length: 9 }, () => 999), ...rest], limits)).toEqual([
      { from: 1_000, to: 1_001 },
      { from: 1_001, to: 5_000 },
    ])
  })

  it('asks for a burst apart from what lies around it', () => {
    const window = { from: 0, to: 89 * day }
    const burst = Array.from({ length: 150 }, () => 50 * day)
    const rest = Array.from({ length: 50 }, (_, index) => index * day)
    expect(splitWindow(window, [...burst, ...rest], limits)).toEqual([
      { from: 0, to: 50 * day },
      { from: 50 * day, to: 50 * day + 1 },
      { from: 50 * day + 1, to: 89 * day },
    ])
  })

  it('asks in many pieces where an evenly busy account fills a page within an hour', () => {
    const newest = Array.from({ length: 200 }, (_, index) => 89 * day - hour + index * 18_000)
    expect(splitWindow({ from: 0, to: 89 * day }, newest, limits)).toHaveLength(32)
  })

  it('halves where the page is spread over the whole window', () => {
    const spread = Array.from({ length: 200 }, (_, index) => index * (day / 200))
    expect(splitWindow({ from: 0, to: day }, spread, limits)).toHaveLength(2)
  })
})
