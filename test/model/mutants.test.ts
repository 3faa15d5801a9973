import { describe, expect, it } from 'vitest'
import { mutantsOfCutting, mutantsOfMerging } from '../statements/merge-mutants.ts'
import { mutantsOfLists } from './list-mutants.ts'
import { mutants, mutantsOfCustody, mutantsOfMoney, mutantsOfParts, mutantsOfRanks } from './mutants.ts'
import { mutated } from './mutate.ts'

const all = [
  ...mutants,
  ...mutantsOfCustody,
  ...mutantsOfMoney,
  ...mutantsOfRanks,
  ...mutantsOfParts,
  ...mutantsOfLists,
  ...mutantsOfMerging,
  ...mutantsOfCutting,
]

describe('every mutant', () => {
  it('applies to the sources as they are, so that a line that was reworded is noticed at once', async () => {
    const tried = await Promise.allSettled(all.map(mutated))
    expect(tried.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([])
  })

  it('has a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })
})
