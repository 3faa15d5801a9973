import { describe, expect, it } from 'vitest'
import { lackingFills } from '../../lambdas/domain/order-witness.ts'
import type { ListedOrder } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

const order = (
  id: string,
  filled: string,
  time = 100,
  changed: number | undefined = time + 5,
): ListedOrder => ({
  id,
  filled,
  time,
  changed,
})

const fill = (orderId: string | undefined, amount: string | undefined): Transaction => ({
  stream: 'spot-trade',
  time: 101,
  identity: `${orderId} ${amount}`,
  raw: '{}',
  ...(orderId !== undefined && { orderId }),
  ...(amount !== undefined && { amount }),
})

describe('what orders witness of fills that were not shown', () => {
  it('is which of them were filled with more than is stored, to the last digit, and when', () => {
    const orders = [
      order('a', '0.3'),
      order('b', '1.00000000000000000001', 200, 260),
      order('c', '5', 300, 310),
      order('d', '0', 90),
    ]
    const fills = [fill('a', '0.1'), fill('a', '0.2000'), fill('b', '1'), fill('x', '9')]
    expect(lackingFills(orders, fills, 1_000)).toEqual({
      asked: 4,
      since: 90,
      lacking: 2,
      between: { from: 200, to: 311 },
    })
  })

  it('is nothing of orders that all have their fills', () => {
    expect(lackingFills([order('a', '0.3')], [fill('a', '0.3')], 1_000)).toEqual({
      asked: 1,
      since: 100,
      lacking: 0,
    })
    expect(lackingFills([], [], 1_000)).toMatchObject({ asked: 0, lacking: 0 })
  })

  it('is nothing of an order whose fills may not have appeared yet, or that does not say when it changed', () => {
    const untold = { ...order('b', '7'), changed: undefined }
    expect(lackingFills([order('a', '7', 100, 1_000), untold], [], 1_000)).toMatchObject({
      asked: 0,
      untold: 2,
      lacking: 0,
    })
  })

  it('takes no fill for one of an order that it does not name, or without an amount', () => {
    expect(lackingFills([order('a', '1')], [fill(undefined, '1'), fill('a', undefined)], 1_000).lacking).toBe(
      1,
    )
  })
})
