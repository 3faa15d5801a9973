import { describe, expect, it } from 'vitest'
import { everyMoment, turningPoints } from '../model/turning-points.ts'

describe('wherever it dies or a call of it fails, before it is done or after, nothing is lost or left behind by', () => {
  for (const { name, deeds, operations } of turningPoints) {
    it(name, async () => {
      // A sync is long; that it may be killed at any moment is tried in every-moment.test.ts.
      const stride = operations < 30 || process.env.SOAK === '1' ? 1 : 9
      expect(await everyMoment(deeds, { stride })).toBeGreaterThanOrEqual(operations)
    })
  }
})
