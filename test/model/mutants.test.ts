import { describe, expect, it } from 'vitest'
import { mutants } from './mutants.ts'
import { bundledEngine, mutated } from './mutate.ts'
import { play } from './play.ts'
import { liveThrough } from './replay.ts'
import { smallWorlds } from './small-worlds.ts'
import type { Engine } from './sync-engine.ts'

/** The same worlds every day, so that a mutant is not caught by luck. */
const runs = { numRuns: 150, seed: 6, endOnFailure: true }

const anyInvariant = /^(completeness|uniqueness|forward-only|isolation|exactness|quiescence|progress|fence): /

async function liveThroughAll(engine: Engine): Promise<void> {
  for (const { world } of smallWorlds) await play(engine, world)
  await liveThrough(engine, runs)
}

describe('the invariants notice a bug', () => {
  it('and find none in the engine as it is, in the same worlds', async () => {
    await liveThroughAll(await bundledEngine())
  })

  for (const mutant of mutants) {
    it(`catches: ${mutant.name}`, async () => {
      const engine = await bundledEngine(mutant)
      await expect(liveThroughAll(engine)).rejects.toThrow(anyInvariant)
    })
  }

  it('and a mutant says when it no longer applies', async () => {
    const [mutant] = mutants
    if (mutant === undefined) throw new Error('There are no mutants.')
    await expect(mutated({ ...mutant, find: 'nowhere to be found' })).rejects.toThrow('no longer applies')
  })
})
