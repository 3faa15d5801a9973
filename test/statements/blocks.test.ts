import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { line, orderGrain, readingOf, servedFill, start } from './cases.ts'
import { blocksOf, mergesInParts } from './histories-in-parts.ts'

const never = () => false

describe('a history that is merged block by block', () => {
  it('is the same as one that is merged at once, whatever reaches from one block into another', async () => {
    await mergesInParts({ numRuns: 40 })
  })

  it('is divided at quiet moments, a month apart, and each row is in one block', async () => {
    const times = Array.from({ length: 180 }, (_, index) => start + index * day)
    const readings = [readingOf(times.map((time) => line({ times: [time], wall: time })))]
    const blocks = await blocksOf([servedFill()], readings, never)
    expect(blocks).toHaveLength(7)
    expect(blocks.reduce((sum, block) => sum + (block.readings[0]?.rows.length ?? 0), 0)).toBe(times.length)
    for (const { window, readings: own } of blocks)
      for (const {
        times: [time],
      } of own[0]?.rows ?? [])
        expect(time >= window.from && time < window.to).toBe(true)
    expect(await blocksOf([], [], never)).toEqual([])
  })

  it('of whoever trades all day is divided as often as its rows need, although an order always rests', async () => {
    const every = 10 * minute
    const orders = Array.from({ length: 1_000 }, (_, index) => ({
      id: `${index}`,
      time: start + index * every,
    }))
    const readings = [
      readingOf(
        orders.map(({ id, time }) => line({ times: [time], wall: time, orderId: id })),
        { grain: orderGrain },
      ),
    ]
    // Each is filled hours later, when others have been placed.
    const api = orders.map(({ id, time }) => servedFill({ time: time + 7 * hour, orderId: id, tradeId: id }))
    const blocks = await blocksOf(api, readings, never, 300)
    for (const { api: own, readings: told, guests } of blocks) {
      expect(own.length + (told[0]?.rows.length ?? 0)).toBeLessThan(310)
      expect(guests[0]?.rows.length).toBeLessThan(100)
    }
    expect(blocks.length).toBeGreaterThan(6)
    expect(blocks.flatMap(({ merged }) => merged.rows)).toEqual([])
  })
})
