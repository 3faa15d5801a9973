import type { RateLimit } from '../domain/stream.ts'

/** A call may be longer on its way than the one before it, so the exchange counts a slightly shorter window. Milliseconds. */
export const jitter = 120

/**
 * A documented rate limit as settings of ccxt's rolling-window throttle, one call costing 1. The half call in the
 * divisor keeps a rounding error from costing a whole one.
 */
export function throttleSettings(rate: RateLimit): {
  rateLimit: number
  rateLimiterAlgorithm: 'rollingWindow'
  rollingWindowSize: number
} {
  const rollingWindowSize = rate.per + jitter
  return {
    rateLimit: rollingWindowSize / (rate.calls + 0.5),
    rateLimiterAlgorithm: 'rollingWindow',
    rollingWindowSize,
  }
}
