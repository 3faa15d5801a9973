import { describe, expect, it } from 'vitest'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { throttleSettings } from '../../lambdas/exchanges/pace.ts'

describe('the pace of a stream', () => {
  it.each(bitmart.streams.map(({ rate }) => rate))(
    'lets $calls calls through in no less than $per ms ($id)',
    (rate) => {
      const { rateLimit, rollingWindowSize } = throttleSettings(rate)
      // ccxt lets this many calls of cost 1 through in one rolling window.
      expect(Math.floor(rollingWindowSize / rateLimit)).toBe(rate.calls)
      expect(rollingWindowSize).toBeGreaterThanOrEqual(rate.per)
      expect(rollingWindowSize).toBeLessThan(rate.per * 1.1)
    },
  )
})
