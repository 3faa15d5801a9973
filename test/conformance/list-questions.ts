import { expect, it } from 'vitest'
import {
  firstPageOf,
  hasPartition,
  isListed,
  type ListStream,
  noMarkets,
} from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { expectRequest } from './expect-request.ts'

/** What every list is to fulfil. `sample`: a partition, where only run time knows them. */
export function describeListQuestions(definition: ListStream, sample = 'SAMPLE'): void {
  const { pageSizes, paging, partitions, views, waysBack } = definition
  const [partition] = isListed(partitions) ? [sample] : partitions
  const first = firstPageOf(definition, partition)

  it('names page sizes that grow, and asks for the largest', () => {
    expect([...new Set(pageSizes)].sort((a, b) => a - b)).toEqual(pageSizes)
    expect(pageSizes[0]).toBeGreaterThan(1)
    expectRequest(definition.ask(first))
    expect(Object.values(definition.ask(first).params)).toContain(pageSizes.at(-1))
    const half = Math.floor((pageSizes.at(-1) ?? 0) / 2)
    expect(Object.values(definition.ask({ ...first, limit: half }).params)).toContain(half)
  })

  it('turns pages as it says', () => {
    const { params } = definition.ask(first)
    const next = definition.ask({ ...first, skip: 77, page: 13 }).params
    if (paging === 'none') expect(next).toEqual(params)
    else expect(Object.values(next)).toContain(paging === 'offset' ? 77 : 13)
  })

  it('carries what it is asked to: the filter of a view, and the end that a way back needs, and nothing without being told', () => {
    for (const value of views?.all ?? []) {
      const request = definition.ask({ ...first, filters: { [views?.filter ?? '']: value } })
      expect(String(request.params[views?.filter ?? ''])).toBe(value)
    }
    const at = Date.UTC(2026, 0, 2)
    const carries = (more: object, value: string) => {
      const plain = Object.keys(definition.ask(first).params)
      const { params } = definition.ask({ ...first, ...more })
      expectRequest(definition.ask({ ...first, ...more }))
      return Object.entries(params).some(([name, one]) => !plain.includes(name) && String(one) === value)
    }
    const ways = waysBack.map(({ by }) => by)
    expect(carries({ until: at }, String(at)) || carries({ until: at }, String(at / definition.unit))).toBe(
      ways.includes('time'),
    )
    expect(carries({ fromId: '12345678901234567' }, '12345678901234567')).toBe(ways.includes('id'))
    const within = { from: at - 2 * day, to: at - day }
    expect(carries({ within }, String(within.from)) && carries({ within }, String(within.to))).toBe(
      definition.older !== undefined,
    )
    expect(new Set(waysBack.map(({ name }) => name)).size).toBe(waysBack.length)
  })

  it('asks for orders as it says, where they are to witness what is missing', () => {
    const { witness } = definition
    if (witness === undefined) return
    const request = witness.ask({ partition, limit: witness.limit })
    expectRequest(request)
    expect(Object.values(request.params)).toEqual(expect.arrayContaining([partition, witness.limit]))
    for (const wrong of [undefined, null, {}, 'x', [{}], [null]])
      expect(witness.orders.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
    expect(witness.orders.parse([])).toEqual([])
  })

  it('has partitions that are asked for in turn, or names them itself', () => {
    if (!isListed(partitions)) return
    expect(partitions.every).toBeGreaterThanOrEqual(day)
    expect(partitions.listed(noMarkets)).toEqual([])
    expect(partitions.suggestedBy({ symbol: 'NOSUCH' }, noMarkets).every(partitions.has)).toBe(true)
    expect(hasPartition(partitions, sample)).toBe(true)
    expect(partitions.each.every((word) => word !== '')).toBe(true)
  })
}
