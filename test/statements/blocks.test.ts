import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../lambdas/domain/transaction.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { blocksOf } from '../../lambdas/statements/blocks.ts'
import { merge } from '../../lambdas/statements/merge.ts'
import { line, orderGrain, readingOf, servedFill, start } from './cases.ts'

const never = () => false
const half = 180 * day

describe('a history that is merged block by block', () => {
  const event = fc.record({
    time: fc.oneof(
      fc.integer({ min: 0, max: half / minute }).map((minutes) => start + minutes * minute),
      fc.integer({ min: -3, max: 3 }).map((minutes) => Date.UTC(2025, 11, 1) + minutes * minute),
    ),
    amount: fc.constantFrom('1', '2', '3'),
    orderId: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
    isServed: fc.boolean(),
    isTold: fc.boolean(),
  })

  it('is the same as one that is merged at once, orders that are filled for months included', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const api = events
          .filter(({ isServed }) => isServed)
          .map(({ time, amount, orderId }, index) =>
            servedFill({ time, amount, orderId, tradeId: `${index}` }),
          )
        const fills = events
          .filter(({ isTold }) => isTold)
          .map(({ time, amount, orderId }) => line({ times: [time], wall: time, amount, orderId }))
        const orders = events.map(({ time, orderId }) =>
          line({ times: [time], wall: time, orderId, amount: '40', quoteAmount: '1.6' }),
        )
        const readings = [readingOf(fills), readingOf(orders, { grain: orderGrain })]
        const whole = merge({ api, readings, proven: never })
        const parts = blocksOf({ api, readings, proven: never }).map((block) => merge(block))
        const sorted = (rows: typeof whole.rows) => rows.map((row) => `${keyOf(row)} ${row.amount}`).sort()
        expect(sorted(parts.flatMap(({ rows }) => rows))).toEqual(sorted(whole.rows))
        expect(parts.reduce((sum, { known }) => sum + known, 0)).toBe(whole.known)
      }),
      { numRuns: 60 },
    )
  })

  it('is divided at quiet moments, a month apart, and each row is in one block', () => {
    const times = Array.from({ length: 180 }, (_, index) => start + index * day)
    const readings = [readingOf(times.map((time) => line({ times: [time], wall: time })))]
    const blocks = blocksOf({ api: [servedFill()], readings, proven: never })
    expect(blocks).toHaveLength(7)
    expect(blocks.reduce((sum, block) => sum + (block.readings[0]?.rows.length ?? 0), 0)).toBe(times.length)
    for (const { window, readings: own } of blocks)
      for (const {
        times: [time],
      } of own[0]?.rows ?? [])
        expect(time >= window.from && time < window.to).toBe(true)
    expect(blocksOf({ api: [], readings: [], proven: never })).toEqual([])
  })
})
