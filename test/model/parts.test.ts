import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { liveByParts, partsWorld } from './parts.ts'
import { announce, seed, setting } from './replay.ts'
import { engine } from './sync-engine.ts'

beforeAll(announce)

const numRuns = setting('MODEL_RUNS', 100)

describe(`fills that are found by their orders (seed ${seed})`, () => {
  it(
    'are stored, once, whenever a run is killed, and never taken for all there are',
    async () => {
      await fc.assert(
        fc.asyncProperty(partsWorld, async (one) => {
          await liveByParts(engine, one)
        }),
        { numRuns, seed },
      )
    },
    60_000 + 200 * numRuns,
  )
})
