import { multiply } from './amount.ts'
import type { Market } from './stream.ts'
import type { Transaction } from './transaction.ts'

/** Whether this is a fill in contracts of a size that nobody has told yet. */
export function lacksSize({ contracts, contractSize }: Transaction): boolean {
  return contracts !== undefined && contractSize === undefined
}

/** The fill with what the catalogue tells of its market; as it is, where the catalogue does not know the size. */
export function sized(fill: Transaction, market: Market | undefined): Transaction {
  const size = market?.contractSize
  if (market === undefined || size === undefined || fill.contracts === undefined) return fill
  const amount = multiply(fill.contracts, size)
  return {
    ...fill,
    base: market.base,
    quote: market.quote,
    amount,
    ...(fill.price !== undefined && { quoteAmount: multiply(amount, fill.price) }),
    ...(fill.fee !== undefined && { feeCurrency: market.settle ?? fill.feeCurrency }),
    contractSize: size,
  }
}
