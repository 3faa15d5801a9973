import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeSorted } from '../../lambdas/domain/merge-sorted.ts'

describe('merging sorted sequences', () => {
  it('is as if all had been sorted together, those of earlier sequences first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { maxLength: 5 }), async (lists) => {
        const sequences = lists.map((list, from) =>
          list.sort((a, b) => a - b).map((value) => ({ value, from })),
        )
        const merged = mergeSorted(sequences.map(eachOf), (a, b) => a.value - b.value)
        const expected = sequences.flat().sort((a, b) => a.value - b.value)
        const read: { value: number; from: number }[] = []
        for await (const one of merged) read.push(one)
        expect(read).toEqual(expected)
      }),
    )
  })

  it('ends every sequence when its reader stops', async () => {
    const ended: number[] = []
    async function* endless(name: number) {
      try {
        for (let value = 0; ; value += 1) yield value
      } finally {
        ended.push(name)
      }
    }
    for await (const value of mergeSorted([endless(1), endless(2)], (a, b) => a - b)) if (value === 3) break
    expect(ended.sort()).toEqual([1, 2])
  })
})

async function* eachOf<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list
}
