import type { RateLimit } from '../domain/stream.ts'

/** What clocks that count whole milliseconds, and the quickest answers that were yet to come, may differ by. Milliseconds. */
export const jitter = 50

/**
 * A documented rate limit as settings of ccxt's rolling-window throttle, one call costing 1. The half call in the
 * divisor keeps a rounding error from costing a whole one. Nothing is added: `turns.ts` knows better when a call was counted.
 */
export function throttleSettings(rate: RateLimit): {
  rateLimit: number
  rateLimiterAlgorithm: 'rollingWindow'
  rollingWindowSize: number
} {
  const rollingWindowSize = rate.per
  return {
    rateLimit: rollingWindowSize / (rate.calls + 0.5),
    rateLimiterAlgorithm: 'rollingWindow',
    rollingWindowSize,
  }
}
