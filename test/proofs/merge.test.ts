import { describe, expect, it } from 'vitest'
import { bundledMerge, bundledParts, bundledTold } from '../model/mutate.ts'
import { mutantsOfCutting, mutantsOfMerging, mutantsOfTelling } from '../statements/merge-mutants.ts'

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

describe('random histories that are merged in parts and at once notice a bug', () => {
  it('and find none as it is, in the same histories', async () => {
    const mergesInParts = await bundledParts()
    await mergesInParts(runs)
  })

  for (const mutant of mutantsOfCutting) {
    it(`catches: ${mutant.name}`, async () => {
      const mergesInParts = await bundledParts(mutant)
      await expect(mergesInParts(runs)).rejects.toThrow(/^Property failed/)
    })
  }
})

describe('random accounts of which several files tell notice a bug', () => {
  it('and find none as it is, in the same accounts', async () => {
    const tellsEachOnce = await bundledTold()
    tellsEachOnce(runs)
  })

  for (const mutant of mutantsOfTelling) {
    it(`catches: ${mutant.name}`, async () => {
      const tellsEachOnce = await bundledTold(mutant)
      expect(() => tellsEachOnce(runs)).toThrow(/^Property failed/)
    })
  }
})
