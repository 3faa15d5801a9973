import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { life } from './life.ts'
import { live } from './live.ts'
import { announce, seed, setting } from './replay.ts'
import { everyMoment, turningPoints } from './turning-points.ts'

beforeAll(announce)

const numRuns = setting('MODEL_RUNS', 150)

describe(`whatever two users, the planner, workers and the sweeper do at once, and wherever they die (seed ${seed})`, () => {
  it(
    'each history is its owner’s, no secret is seen or left behind, and all is complete in the end',
    async () => {
      const property = fc.asyncProperty(life, async (one) => {
        await live(one)
      })
      await fc.assert(property, { numRuns, seed })
    },
    60_000 + 400 * numRuns,
  )
})

describe('wherever it dies or a call of it fails, before it is done or after, nothing is lost or left behind by', () => {
  for (const { name, deeds, operations } of turningPoints) {
    it(name, async () => {
      // A sync is long; that it may be killed at any moment is tried in every-moment.test.ts.
      const stride = operations < 30 || process.env.SOAK === '1' ? 1 : 9
      expect(await everyMoment(deeds, { stride })).toBeGreaterThanOrEqual(operations)
    })
  }
})
