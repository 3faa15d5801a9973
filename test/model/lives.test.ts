import fc from 'fast-check'
import { describe, it } from 'vitest'
import { life, live } from './life.ts'
import { seed, setting } from './replay.ts'

const numRuns = setting('MODEL_RUNS', 150)

describe(`whatever two users, the planner, workers and the sweeper do at once, and wherever they die (seed ${seed})`, () => {
  it(
    'each history is its owner’s, no secret is seen or left behind, and all is complete in the end',
    async () => {
      await fc.assert(fc.asyncProperty(life, live), { numRuns, seed })
    },
    60_000 + 400 * numRuns,
  )
})
