import { describe, expect, it } from 'vitest'
import { listConnections } from '../../lambdas/use-cases/list-connections.ts'
import { connection } from '../model/engine.ts'

describe('the list of connections', () => {
  it('begins with the oldest, and has one order for those that were made at one moment', async () => {
    const stored = [
      { ...connection, id: 'b', createdAt: 2 },
      { ...connection, id: 'c', createdAt: 1 },
      { ...connection, id: 'a', createdAt: 2, status: 'disconnected' as const },
      { ...connection, id: 'd', createdAt: 2 },
    ]
    const listed = async (connections: typeof stored) =>
      (await listConnections({ connections: { list: async () => connections } }, 'ada')).map(({ id }) => id)
    expect(await listed(stored)).toEqual(['c', 'a', 'b', 'd'])
    expect(await listed([...stored].reverse())).toEqual(['c', 'a', 'b', 'd'])
  })
})
