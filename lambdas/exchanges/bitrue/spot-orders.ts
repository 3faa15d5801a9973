import { z } from 'zod'
import type { OrderWitness } from '../../domain/stream.ts'
import { amount, id, milliseconds } from '../row.ts'
import { spotFills } from './rates.ts'

const order = z
  .object({
    orderId: id,
    executedQty: amount,
    time: milliseconds,
    updateTime: milliseconds.optional().catch(undefined),
  })
  .transform(({ orderId, executedQty, time, updateTime }) => ({
    id: orderId,
    time,
    changed: updateTime,
    filled: executedQty,
  }))

/** Orders of a symbol, which name no fee and no fill: how much of each was filled is all that is read. */
export const spotOrders: OrderWitness = {
  limit: 1_000,
  ask: ({ partition, limit }) => ({
    access: 'private',
    section: ['spot', 'v1'],
    method: 'GET',
    path: 'allOrders',
    params: { symbol: partition, limit },
    ...spotFills,
  }),
  orders: z.array(order),
}
