import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { life } from './life.ts'
import { live } from './live.ts'
import { announce, seed, setting } from './replay.ts'

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
