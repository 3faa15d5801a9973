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
      transactions: 5,
      leftOut: { cancelled: 1, unclear: 2 },
      statement: { state: 'unverified', sentences: ['One.', 'Two.'] },
      bytes: 7,
    }
    await store.save(done)
    expect(await store.find('ann', 'a')).toEqual(done)
    expect(await store.list('ann')).toEqual([done])
    expect(await store.find('bob', 'a')).toBeUndefined()
    expect(await store.list('bob')).toEqual([])
  })
})
