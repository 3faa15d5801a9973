import { describe, it } from 'vitest'
import { play } from './play.ts'
import { smallWorlds } from './small-worlds.ts'
import { engine } from './sync-engine.ts'

describe('in the smallest worlds in which the model found a fault', () => {
  for (const { promise, world } of smallWorlds) {
    it(promise, async () => {
      await play(engine, world)
    })
  }
})
