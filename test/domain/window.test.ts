import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alignTo,
  chop,
  divide,
  intersect,
  subtract,
  totalWidth,
  union,
  type Window,
  width,
} from '../../lambdas/domain/window.ts'

const window: fc.Arbitrary<Window> = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 60 }))
  .map(([from, length]) => ({ from, to: from + length }))
const windows = fc.array(window, { maxLength: 8 })

const holds = (list: readonly Window[], instant: number) =>
  list.some(({ from, to }) => instant >= from && instant < to)
const instants = Array.from({ length: 261 }, (_, instant) => instant)

describe('lists of windows', () => {
  it('hold together exactly the instants of both lists, sorted and apart', () => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const both = union(a, b)
        for (const instant of instants)
          expect(holds(both, instant)).toBe(holds(a, instant) || holds(b, instant))
        both.forEach((one, index) => {
          expect(one.from).toBeGreaterThan(both[index - 1]?.to ?? -1)
          expect(width(one)).toBeGreaterThan(0)
        })
      }),
    )
  })

  it('less another list hold the instants of the first alone', () => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const rest = subtract(a, b)
        for (const instant of instants)
          expect(holds(rest, instant)).toBe(holds(a, instant) && !holds(b, instant))
        expect(rest.every((one) => one.to > one.from)).toBe(true)
      }),
    )
  })

  it('have in common the instants that both hold', () => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const common = intersect(a, b)
        for (const instant of instants)
          expect(holds(common, instant)).toBe(holds(a, instant) && holds(b, instant))
      }),
    )
  })

  it('keep the other fields of what is subtracted from', () => {
    expect(subtract([{ from: 0, to: 10, reason: 'expired' }], [{ from: 3, to: 4 }])).toEqual([
      { from: 0, to: 3, reason: 'expired' },
      { from: 4, to: 10, reason: 'expired' },
    ])
  })
})

describe('a window', () => {
  const unit = fc.constantFrom(1, 10)

  it('divides into adjoining pieces of whole units that are exactly it', () => {
    fc.assert(
      fc.property(
        unit,
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        (size, from, units, pieces) => {
          const whole = { from: from * size, to: (from + units) * size }
          const parts = divide(whole, pieces, size)
          expect(parts).toHaveLength(Math.min(pieces, units))
          expect(parts[0]?.from).toBe(whole.from)
          expect(parts.at(-1)?.to).toBe(whole.to)
          parts.forEach((part, index) => {
            expect(width(part)).toBeGreaterThanOrEqual(size)
            expect(part.from % size).toBe(0)
            expect(part.from).toBe(index === 0 ? whole.from : parts[index - 1]?.to)
          })
        },
      ),
    )
  })

  it('is chopped no wider than the maximum, at every cut, and loses nothing', () => {
    fc.assert(
      fc.property(
        windows,
        fc.integer({ min: 1, max: 90 }),
        fc.array(fc.integer({ min: 0, max: 260 })),
        (list, maxSpan, cuts) => {
          const whole = union(list)
          const parts = chop(whole, maxSpan, cuts)
          expect(union(parts)).toEqual(whole)
          expect(totalWidth(parts)).toBe(totalWidth(whole))
          for (const part of parts) {
            expect(width(part)).toBeLessThanOrEqual(maxSpan)
            expect(cuts.some((cut) => cut > part.from && cut < part.to)).toBe(false)
          }
        },
      ),
    )
  })

  it('aligns outwards to whole units', () => {
    expect(alignTo(1_000, { from: 1_999, to: 2_001 })).toEqual({ from: 1_000, to: 3_000 })
  })
})
