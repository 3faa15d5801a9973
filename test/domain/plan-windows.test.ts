import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { edgeSlack, planWindows } from '../../lambdas/domain/plan-windows.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import { day, hour, intersect, subtract, totalWidth, union, width } from '../../lambdas/domain/window.ts'
import { definition, fresh, now, opened } from './spot-windows.ts'

describe('the plan', () => {
  it('covers the whole life of the exchange on the first sync, oldest first, cut at the documented depth', () => {
    const plan = planWindows(fresh, definition, now)
    expect(union(plan)).toEqual([{ from: opened, to: now }])
    expect(plan[0]?.from).toBe(opened)
    expect(plan.map(({ from }) => from)).toEqual([...plan.map(({ from }) => from)].sort((a, b) => a - b))
    expect(plan.some(({ from }) => from === now - 90 * day + edgeSlack)).toBe(true)
  })

  it('is one window a night', () => {
    const covered = {
      ...fresh,
      covered: [{ from: now - 90 * day, to: now - day }],
      unverified: [{ from: opened, to: now - 90 * day, reason: 'beyond-depth' as const }],
    }
    expect(planWindows(covered, definition, now)).toEqual([{ from: now - day - 6 * hour, to: now }])
  })

  it('asks again for what failed but not for what is lost', () => {
    const coverage: Coverage = {
      ...fresh,
      covered: [
        { from: opened, to: now - 50 * day },
        { from: now - 40 * day, to: now - hour },
      ],
      lost: [{ from: now - 50 * day, to: now - 45 * day, reason: 'expired' }],
    }
    expect(planWindows(coverage, definition, now)[0]).toEqual({ from: now - 45 * day, to: now - 40 * day })
  })

  it('reads unfinished transfers again for as long as they are pending: a small window each where they are old', () => {
    const [old, older] = [now - 200 * day, now - 205 * day]
    const coverage: Coverage = {
      ...fresh,
      covered: [{ from: opened, to: now - hour }],
      unfinished: [
        { time: older, identity: 'a' },
        { time: old, identity: 'b' },
        { time: now - 300 * day, identity: 'c', movedTo: now - 20 * day },
      ],
    }
    expect(planWindows(coverage, { ...definition, mutable: true }, now)).toEqual([
      { from: older, to: older + 1 },
      { from: old, to: old + 1 },
      { from: now - 20 * day, to: now },
    ])
    expect(planWindows(coverage, definition, now)).toHaveLength(4)
  })

  it('asks for so many of the transfers that never come to an end in a night, by turns, so that a night does not grow with them', () => {
    const times = Array.from({ length: 40 }, (_, index) => now - (120 + 2 * index) * day)
    const coverage: Coverage = {
      ...fresh,
      covered: [{ from: opened, to: now - hour }],
      unfinished: times.map((time) => ({ time, identity: String(time) })),
    }
    const nights = [0, 1, 2, 3, 4].map((night) => {
      const plan = planWindows(coverage, { ...definition, mutable: true }, now + night * day)
      return times.filter((time) => plan.some(({ from, to }) => from <= time && time < to))
    })
    expect(nights.map((asked) => asked.length)).toEqual([12, 12, 12, 12, 12])
    expect(new Set(nights.flat()).size).toBe(40)
  })

  it.each([7, 14, 30])(
    'comes to each of those transfers for who asks every %i days, too, however many they are',
    (days) => {
      for (const count of [13, 14, 21, 28, 30, 42, 60, 84, 168]) {
        const times = Array.from({ length: count }, (_, index) => now - (120 + 2 * index) * day)
        const coverage: Coverage = {
          ...fresh,
          covered: [{ from: opened, to: now - hour }],
          unfinished: times.map((time) => ({ time, identity: String(time) })),
        }
        const asked = new Set<number>()
        for (let time = 0; time < 60; time += 1) {
          const plan = planWindows(coverage, { ...definition, mutable: true }, now + time * days * day)
          for (const one of times) if (plan.some(({ from, to }) => from <= one && one < to)) asked.add(one)
        }
        expect(asked.size, `${count} transfers`).toBe(count)
      }
    },
  )

  it('looks back beyond the documented depth where rows are asked for by parts: no answer proves anything there anyway', () => {
    const asked: Coverage = {
      ...fresh,
      unverified: [{ from: opened, to: now - hour, reason: 'by-order' }],
      attempted: now - hour,
    }
    const short = { ...definition, depth: 7 * day, reportedDepth: 7 * day, lookBack: 19 * day }
    const beginning = (one: WindowStream) => planWindows(asked, one, now)[0]?.from ?? 0
    expect(beginning(short)).toBeGreaterThan(now - 7 * day)
    const byParts: WindowStream['byParts'] = {
      filter: 'orderId',
      ask: definition.ask,
      values: z.array(z.string()),
      pageCap: 10,
    }
    expect(beginning({ ...short, byParts })).toBe(now - hour - 19 * day)
  })

  it('ends no window in the future of the exchange', () => {
    const inside = now + 1_234
    const seconds = { ...definition, unit: 1_000, mutable: true }
    const coverage: Coverage = {
      ...fresh,
      covered: [{ from: opened, to: now - hour }],
      unfinished: [
        { time: now + 1_000, identity: 'a' },
        { time: now + 5_000, identity: 'b' },
      ],
    }
    for (const known of [fresh, coverage])
      for (const window of planWindows(known, seconds, inside))
        expect(window.to).toBeLessThanOrEqual(now + 1_000)
  })

  it('asks for everything that is neither known nor lost, in windows that the exchange accepts', () => {
    const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 990 }), fc.integer({ min: 1, max: 60 })))
    fc.assert(
      fc.property(parts, parts, fc.constantFrom(1, 1_000), (covered, lost, unit) => {
        const windows = (list: typeof covered) =>
          union(list.map(([from, days]) => ({ from: from * day, to: Math.min(now, (from + days) * day) })))
        const coverage: Coverage = {
          ...fresh,
          covered: windows(covered),
          lost: subtract(windows(lost), windows(covered)).map((part) => ({ ...part, reason: 'expired' })),
        }
        const plan = planWindows(coverage, { ...definition, unit }, now)
        const unknown = subtract([{ from: opened, to: now }], [...coverage.covered, ...coverage.lost])
        expect(totalWidth(intersect(plan, unknown))).toBe(totalWidth(unknown))
        for (const window of plan) {
          expect(width(window)).toBeLessThanOrEqual(definition.maxSpan)
          expect(window.from % unit).toBe(0)
        }
      }),
    )
  })
})
