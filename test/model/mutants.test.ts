import { describe, expect, it } from 'vitest'
import { mutants } from './mutants.ts'
import { bundledEngine, mutated } from './mutate.ts'
import { liveThrough } from './replay.ts'

/** The same worlds every day, so that a mutant is not caught by luck. */
const runs = { numRuns: 150, seed: 6, endOnFailure: true }

const anyInvariant = /^(completeness|uniqueness|forward-only|isolation|exactness|quiescence|progress|fence): /

describe('the invariants notice a bug', () => {
  it('and find none in the engine as it is, in the same worlds', async () => {
    await liveThrough(await bundledEngine(), runs)
  })

  for (const mutant of mutants) {
    it(`catches: ${mutant.name}`, async () => {
      const engine = await bundledEngine(mutant)
      await expect(liveThrough(engine, runs)).rejects.toThrow(anyInvariant)
    })
  }

  it('and a mutant says when it no longer applies', async () => {
    const [mutant] = mutants
    if (mutant === undefined) throw new Error('There are no mutants.')
    await expect(mutated({ ...mutant, find: 'nowhere to be found' })).rejects.toThrow('no longer applies')
  })
})
