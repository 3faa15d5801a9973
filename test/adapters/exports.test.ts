import { describe, expect, it } from 'vitest'
import { exportStore } from '../../lambdas/adapters/exports.ts'
import type { Export } from '../../lambdas/domain/export.ts'
import { temporaryStore } from './temporary-store.ts'

function waiting(id: string, user = 'ann'): Export {
  return {
    id,
    user,
    request: {
      format: 'koinly',
      period: { from: 1 },
      timezone: 'UTC',
      connections: ['c1'],
      accounts: { fees: 'f' },
    },
    state: 'waiting',
    requestedAt: 1_000,
  }
}

describe('exports', () => {
  it('are begun once, saved, found and listed for each user alone', async () => {
    const store = exportStore((await temporaryStore()).table)
    expect(await store.begin(waiting('a'))).toBe(true)
    expect(await store.begin({ ...waiting('a'), requestedAt: 2_000 })).toBe(false)
    expect(await store.begin(waiting('a', 'ann#EXPORT'))).toBe(true)
    expect(await store.find('ann', 'a')).toEqual(waiting('a'))
    const done: Export = {
      ...waiting('a'),
      state: 'done',
      finishedAt: 3_000,
      rows: {
        lookedAt: 5,
        written: 3,
        entries: 4,
        divided: { rows: 1, entries: 2 },
        leftOut: [{ count: 2, reason: 'they moved nothing' }],
        inPart: [],
        shortened: [],
        byHand: [],
      },
      statement: { state: 'unverified', sentences: ['One.', 'Two.'] },
      bytes: 7,
    }
    expect(await store.save(done)).toBe(true)
    expect(await store.find('ann', 'a')).toEqual(done)
    expect(await store.list('ann')).toEqual([done])
    expect(await store.find('bob', 'a')).toBeUndefined()
    expect(await store.list('bob')).toEqual([])
  })

  it('are taken by one after the other, and who was overtaken saves nothing any more', async () => {
    const store = exportStore((await temporaryStore()).table)
    await store.begin(waiting('a'))
    const [first, second] = [await store.take('ann', 'a'), await store.take('ann', 'a')]
    expect([first?.leg, second?.leg]).toEqual([1, 2])
    const kept = (taken = waiting('a'), place = '') => store.save({ ...taken, kept: place })
    expect(await kept(first, 'of the first')).toBe(false)
    expect(await kept(waiting('a'), 'of nobody')).toBe(false)
    expect(await kept(second, 'of the second')).toBe(true)
    expect(await store.take('ann', 'a')).toEqual({ ...waiting('a'), leg: 3, kept: 'of the second' })
    expect(await store.save({ ...waiting('a'), leg: 3, state: 'done' })).toBe(true)
    expect(await store.take('ann', 'a')).toBeUndefined()
    expect(await store.save({ ...waiting('a'), leg: 3, state: 'failed' })).toBe(false)
    expect(await store.take('ann', 'unknown')).toBeUndefined()
  })
})
