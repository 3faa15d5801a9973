import { add, negate, sign } from './amount.ts'
import type { Coverage, Lacking } from './coverage.ts'
import { isoTime } from './outward.ts'
import type { ListedOrder } from './stream.ts'
import type { Amount, Transaction } from './transaction.ts'

/**
 * What orders witness of fills that were never shown: which of them were filled with more than is stored. Orders that changed
 * later than `settled`, when fills may not have appeared yet, witness nothing.
 */
export function lackingFills(
  orders: readonly ListedOrder[],
  fills: readonly Transaction[],
  settled: number,
): Omit<Lacking, 'at'> {
  const shown = new Map<string, Amount>()
  for (const { orderId, amount } of fills)
    if (orderId !== undefined && amount !== undefined)
      shown.set(orderId, add(shown.get(orderId) ?? '0', amount))
  const told = orders.filter(({ changed }) => changed !== undefined && changed < settled)
  const lacking = told.filter(({ id, filled }) => sign(add(filled, negate(shown.get(id) ?? '0'))) > 0)
  const untold = orders.length - told.length
  return {
    asked: told.length,
    ...(untold > 0 && { untold }),
    since: oldestOf(told),
    lacking: lacking.length,
    ...spanOf(lacking),
  }
}

function oldestOf(orders: readonly ListedOrder[]): number {
  return orders.reduce((first, { time }) => Math.min(first, time), Number.MAX_SAFE_INTEGER)
}

/** Where the fills must lie that were not shown. */
function spanOf(orders: readonly ListedOrder[]): Pick<Lacking, 'between'> {
  if (orders.length === 0) return {}
  const to = orders.reduce((last, { changed = 0 }) => Math.max(last, changed + 1), 0)
  return { between: { from: oldestOf(orders), to } }
}

/** What orders tell of one partition whose fills could not all be had; nothing of fills whose orders are not listed. */
export type OrdersWord = Lacking & Pick<Coverage, 'partition'>

export function ordersWords(
  parts: readonly Pick<Coverage, 'partition' | 'lost' | 'lacking'>[],
): readonly OrdersWord[] {
  return parts.flatMap(({ partition, lost, lacking }) =>
    lacking === undefined || lacking.asked === 0 || !lost.some(({ reason }) => reason === 'saturated')
      ? []
      : [{ partition, ...lacking }],
  )
}

/** The same outside, where times are ISO 8601: `listed` orders, back to `since`, of which `lacking` were filled with more than is stored. */
export function toldOrders(words: readonly OrdersWord[]) {
  return words.map(({ partition, asked, untold, since, lacking, between }) => ({
    partition,
    listed: asked,
    ...(untold !== undefined && { untold }),
    since: isoTime(since),
    lacking,
    ...(between !== undefined && { from: isoTime(between.from), to: isoTime(between.to) }),
  }))
}
