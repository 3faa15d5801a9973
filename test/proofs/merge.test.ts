import { describe, expect, it } from 'vitest'
import { bundledMerge } from '../model/mutate.ts'
import { mutantsOfMerging } from '../statements/merge-mutants.ts'

/** The same histories every day, so that a mutant is not caught by luck. */
const runs = { numRuns: Number(process.env.MODEL_RUNS ?? 400), seed: 15, endOnFailure: true }

describe('random histories of API and statements notice a bug', () => {
  it('and find none as it is, in the same histories', async () => {
    const mergesRight = await bundledMerge()
    mergesRight(runs)
  })

  for (const mutant of mutantsOfMerging) {
    it(`catches: ${mutant.name}`, async () => {
      const mergesRight = await bundledMerge(mutant)
      expect(() => mergesRight(runs)).toThrow(/^Property failed/)
    })
  }
})
