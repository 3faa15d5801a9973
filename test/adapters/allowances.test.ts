import { describe, expect, it } from 'vitest'
import { allowanceStore } from '../../lambdas/adapters/allowances.ts'
import { temporaryStore } from './temporary-store.ts'

describe('what is spent of an allowance', () => {
  it('begins now after a pause, goes on from where it was while it is busy, and is of one allowance', async () => {
    const { reserve } = allowanceStore((await temporaryStore()).table)
    expect(await reserve('a', 500, 1_000)).toBe(1_000)
    expect(await reserve('a', 500, 1_100)).toBe(1_500)
    expect(await reserve('a', 500, 2_000)).toBe(2_000)
    expect(await reserve('a', 500, 9_000)).toBe(9_000)
    expect(await reserve('b', 500, 1_000)).toBe(1_000)
  })

  it('is of the addresses of one cell: another spends its own', async () => {
    const { table } = await temporaryStore()
    expect(await allowanceStore(table, 1).reserve('a', 500, 1_000)).toBe(1_000)
    expect(await allowanceStore(table, 2).reserve('a', 500, 1_000)).toBe(1_000)
    expect(await allowanceStore(table, 2).reserve('a', 500, 1_000)).toBe(1_500)
  })

  it('is given to one after the other where many come at once: nobody gets what another has', async () => {
    const { table } = await temporaryStore()
    const many = await Promise.all(
      Array.from({ length: 20 }, () => allowanceStore(table).reserve('a', 100, 1_000)),
    )
    expect(many.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => 1_000 + 100 * index))
  })
})
