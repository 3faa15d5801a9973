import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { listWorld, unnamedPages } from './list-world.ts'
import { liveWithLists } from './live-lists.ts'
import { announce, seed, setting } from './replay.ts'
import { engine } from './sync-engine.ts'

beforeAll(announce)

const numRuns = setting('MODEL_RUNS', 100)

describe(`lists, against any exchange (seed ${seed})`, () => {
  it(
    'cover time only when all of it is stored, at every write, and what can be had is had',
    async () => {
      await fc.assert(
        fc.asyncProperty(listWorld, async (world) => {
          await liveWithLists(engine, world)
        }),
        { numRuns, seed },
      )
    },
    60_000 + 400 * numRuns,
  )

  it(
    'are found out to end at a number of rows that nobody names, by the stored rows that they leave out',
    async () => {
      await fc.assert(
        fc.asyncProperty(unnamedPages, async (world) => {
          await liveWithLists(engine, world)
        }),
        { numRuns, seed },
      )
    },
    60_000 + 400 * numRuns,
  )
})
