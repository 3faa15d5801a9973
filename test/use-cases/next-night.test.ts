import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { type Night, nextNight } from '../../lambdas/use-cases/next-night.ts'

const noon = Date.UTC(2026, 7, 20, 12)
const nights = fc.record({
  begins: fc.integer({ min: 0, max: 23 }).map((hours) => hours * hour),
  lasts: fc.integer({ min: 1, max: 24 }).map((hours) => hours * hour),
})
/** As long and as random as those of connections. */
const idOf = (index: number) => createHash('sha256').update(String(index)).digest('hex').slice(0, 20)
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('The coming night', () => {
  it('is a whole minute of the hours of the night, and none that comes at once', () => {
    fc.assert(
      fc.property(
        nights,
        fc.integer({ min: noon, max: noon + 9 * day }),
        fc.uuid(),
        randoms,
        (night, now, id, random) => {
          const due = nextNight(now, id, () => random, night)
          expect(due % minute).toBe(0)
          expect((((due - night.begins) % day) + day) % day).toBeLessThan(night.lasts)
          expect(due).toBeGreaterThanOrEqual(now + Math.min(night.lasts, 8 * hour) - minute)
        },
      ),
    )
  })

  it('comes about a day after the one before, however long nights are and however late it was in its turn', () => {
    fc.assert(
      fc.property(nights, fc.uuid(), randoms, randoms, randoms, (night, id, first, second, late) => {
        const due = nextNight(noon, id, () => first, night)
        // Another one was in its way, for five hours at most.
        const ended = due + late * 5 * hour
        const apart = nextNight(ended, id, () => second, night) - due
        expect(apart).toBeGreaterThanOrEqual(day - 2 * hour - minute)
        expect(apart).toBeLessThanOrEqual(day + 2 * hour + minute)
      }),
    )
  })

  it('does not leave anybody without a sync for as long as an alarm would ring for, also where its user asked for one between', () => {
    fc.assert(
      fc.property(
        nights,
        fc.uuid(),
        randoms,
        fc.integer({ min: 0, max: day }),
        (night, id, random, after) => {
          const now = noon + after
          expect(nextNight(now, id, () => random, night) - now).toBeLessThanOrEqual(34 * hour)
        },
      ),
    )
  })

  it('is spread evenly over connections', () => {
    const night: Night = { begins: 0, lasts: 24 * hour }
    const perHour = new Map<number, number>()
    let state = 1
    const random = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    for (let index = 0; index < 24_000; index += 1) {
      const due = nextNight(noon, idOf(index), random, night)
      const at = Math.floor((due % day) / hour)
      perHour.set(at, (perHour.get(at) ?? 0) + 1)
    }
    // The first and the last hours have fewer: nobody's minute is moved over the ends.
    const busiest = Math.max(...perHour.values())
    expect(busiest).toBeLessThan(1_250)
    expect(perHour.size).toBe(24)
  })
})

describe('A night that begins before midnight', () => {
  it('is tonight for who asks by day, and tomorrow for who asks at night', () => {
    const due = (now: number) => nextNight(now, 'c1', () => 0.5, { begins: 22 * hour, lasts: 6 * hour })
    const tonight = due(noon)
    expect(tonight).toBeGreaterThanOrEqual(Date.UTC(2026, 7, 20, 22))
    expect(tonight).toBeLessThan(Date.UTC(2026, 7, 21, 4))
    expect(due(Date.UTC(2026, 7, 20, 23))).toBe(tonight + day)
    expect(due(Date.UTC(2026, 7, 21, 2))).toBe(tonight + day)
  })
})
