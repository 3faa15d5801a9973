import { beforeAll, describe, it } from 'vitest'
import { announce, liveThrough, seed, setting } from './replay.ts'
import { engine } from './sync-engine.ts'

beforeAll(announce)

const numRuns = setting('MODEL_RUNS', 100)

describe(`whatever the exchange, the store and other runs do (seed ${seed})`, () => {
  it(
    'every invariant holds after every write, and all is well once nothing fails any more',
    async () => {
      await liveThrough(engine, { numRuns, seed })
    },
    60_000 + 200 * numRuns,
  )
})
