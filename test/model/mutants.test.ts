import { describe, expect, it } from 'vitest'
import { mutantsOfCutting, mutantsOfMerging, mutantsOfTelling } from '../statements/merge-mutants.ts'
import { mutantsOfCustody } from './mutants/custody.ts'
import { mutantsOfLists } from './mutants/lists.ts'
import { mutantsOfMoney } from './mutants/money.ts'
import { mutantsOfParts } from './mutants/parts.ts'
import { mutantsOfRanks } from './mutants/ranks.ts'
import { mutantsOfRows } from './mutants/rows.ts'
import { mutantsOfStore } from './mutants/store.ts'
import { mutantsOfTime } from './mutants/time.ts'
import { mutated } from './mutate.ts'

const all = [
  ...mutantsOfTime,
  ...mutantsOfRows,
  ...mutantsOfStore,
  ...mutantsOfCustody,
  ...mutantsOfMoney,
  ...mutantsOfRanks,
  ...mutantsOfParts,
  ...mutantsOfLists,
  ...mutantsOfMerging,
  ...mutantsOfCutting,
  ...mutantsOfTelling,
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
