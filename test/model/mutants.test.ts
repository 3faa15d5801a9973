import { describe, expect, it } from 'vitest'
import { mutants } from './mutants.ts'
import { bundledEngine, mutated } from './mutate.ts'
import { liveThrough, setting } from './replay.ts'

/** The same worlds every day, so that a mutant is not caught by luck. */
const runs = { numRuns: setting('MODEL_RUNS', 250), seed: setting('MODEL_SEED', 20_240), endOnFailure: true }

describe('the invariants notice a bug', () => {
  it('and find none in the engine as it is, in the same worlds', async () => {
    await liveThrough(await bundledEngine(), runs)
  })

  it.each(mutants)('catches: $name', async (mutant) => {
    const engine = await bundledEngine(mutant)
    await expect(liveThrough(engine, runs)).rejects.toThrow(
      /completeness|uniqueness|forward-only|isolation|exactness|quiescence|progress|fence/,
    )
  })

  it('and a mutant says when it no longer applies', async () => {
    const [mutant] = mutants
    if (mutant === undefined) throw new Error('There are no mutants.')
    await expect(mutated({ ...mutant, find: 'nowhere to be found' })).rejects.toThrow('no longer applies')
  })
})
