import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { liveWithReserve, rankWorld } from './ranks.ts'
import { announce, seed, setting } from './replay.ts'
import { engine } from './sync-engine.ts'

beforeAll(announce)

const numRuns = setting('MODEL_RUNS', 100)

describe(`two sources of one truth (seed ${seed})`, () => {
  it(
    'tell each fill once, whenever they are killed, and all that either of them serves',
    async () => {
      await fc.assert(
        fc.asyncProperty(rankWorld, async (one) => {
          await liveWithReserve(engine, one)
        }),
        { numRuns, seed },
      )
    },
    60_000 + 200 * numRuns,
  )
})
