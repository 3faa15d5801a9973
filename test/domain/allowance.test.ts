import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw, paceOf, type Slice, sliceFor } from '../../lambdas/domain/allowance.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { mostInWindow, nightOfMany } from '../model/night-of-many.ts'

const minute = 60_000
/** A limit of calls, as BitMart is said to have, and one of weight. */
const sixHundred = { calls: 600, per: minute }
const sixThousand = { calls: 6_000, per: minute }

describe('An allowance that many processes share', () => {
  it('is exceeded in no window, whoever draws when, how much, and how late they use it', () => {
    const demand = fc.record({
      process: fc.nat({ max: 4 }),
      after: fc.integer({ min: 0, max: 400 }),
      weight: fc.integer({ min: 1, max: 5 }),
    })
    const limits = fc.record({
      calls: fc.integer({ min: 100, max: 600 }),
      per: fc.constantFrom(1_000, 10_000),
    })
    fc.assert(
      fc.property(limits, fc.array(demand, { minLength: 50, maxLength: 400 }), (limit, demands) => {
        const slices = new Map<number, Slice>()
        const used: number[] = []
        let spentUntil = 0
        let now = 0
        for (const { process, after, weight } of demands) {
          now += after
          const known = slices.get(process)
          let drawn = known && draw(known, limit, weight, now)
          if (drawn === undefined) {
            const wanted = sliceFor(limit, weight, known, now)
            const before = Math.max(spentUntil, now)
            spentUntil = before + wanted.takes
            drawn = draw({ spentUntil: before, left: wanted.weight }, limit, weight, now)
          }
          if (drawn === undefined) throw new Error('What was just reserved cannot be used.')
          slices.set(process, drawn.slice)
          expect(drawn.at).toBeGreaterThanOrEqual(now)
          for (let one = 0; one < weight; one += 1) used.push(drawn.at)
        }
        expect(
          mostInWindow(
            used.sort((a, b) => a - b),
            limit.per,
          ),
        ).toBeLessThanOrEqual(limit.calls)
      }),
    )
  })

  it('lets some come at once after a pause, and what is heavier than that when the rest of it is earned', () => {
    const { most, earned } = paceOf(sixHundred)
    const rested = { spentUntil: 1_000, left: 600 }
    expect(draw(rested, sixHundred, most, 1_000)?.at).toBe(1_000)
    expect(draw(rested, sixHundred, 500, 1_000)?.at).toBe(Math.ceil(1_000 + (500 - most) / earned))
    const busy = { spentUntil: 61_000, left: 600 }
    expect(draw(busy, sixHundred, most, 1_000)?.at).toBe(61_000)
    expect(draw(busy, sixHundred, 1, 1_000)?.at).toBeLessThan(61_000)
  })

  it('gives nothing of a slice that has not enough left, or that was kept for too long', () => {
    const slice = { spentUntil: 1_000, left: 2 }
    expect(draw(slice, sixHundred, 3, 1_000)).toBeUndefined()
    expect(draw(slice, sixHundred, 2, 2_000)).toMatchObject({ at: 2_000, slice: { left: 0 } })
    expect(draw(slice, sixHundred, 2, 2_001)).toBeUndefined()
  })
})

describe('A night at an exchange that takes long for an answer', () => {
  const night = { connections: 2_000, questions: 8 }

  it.each([500, 1_000, 2_000, 5_000])(
    'lets nothing lie idle, as long as there are workers enough: %i ms for an answer',
    (answersIn) => {
      for (const { limit, weight } of [
        { limit: sixHundred, weight: 1 },
        { limit: sixThousand, weight: 5 },
      ]) {
        const { lasted, most } = nightOfMany({ ...night, limit, weight, workers: 120, answersIn })
        const least = (night.connections * night.questions * weight) / paceOf(limit).earned
        expect(lasted).toBeLessThan(1.1 * least)
        expect(most).toBeLessThanOrEqual(limit.calls)
      }
    },
  )

  it('asks the table for each call only where answers are slow', () => {
    const one = { ...night, limit: sixThousand, weight: 5, workers: 20 }
    expect(nightOfMany({ ...one, answersIn: 300 }).reserved).toBeLessThan(0.15 * 16_000)
    expect(nightOfMany({ ...one, answersIn: 5_000 }).reserved).toBeLessThanOrEqual(16_000)
  })
})

describe('A night of 10,000 connections behind one address', () => {
  const night = { connections: 10_000, questions: 10, workers: 50, answersIn: 300 }

  it.each([
    ['600 calls a minute', { ...night, limit: sixHundred, weight: 1 }],
    ['6,000 of weight a minute, and five for each call', { ...night, limit: sixThousand, weight: 5 }],
  ])('is over before the morning, and nobody is banned: %s', (_, one) => {
    const { lasted, most, reserved } = nightOfMany(one)
    expect(lasted).toBeLessThan(6 * hour)
    expect(most).toBeLessThanOrEqual(one.limit.calls)
    // Nothing lies idle either: no night could be much shorter.
    const least = (one.connections * one.questions * one.weight * minute) / one.limit.calls
    expect(lasted).toBeLessThan(1.2 * least)
    expect(reserved).toBeLessThanOrEqual(one.connections * one.questions)
  })
})
