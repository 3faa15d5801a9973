import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { temporaryStore } from './temporary-store.ts'

function connection(id: string, more: Partial<Connection> = {}): Connection {
  return {
    id,
    user: 'ann',
    exchange: 'bitmart',
    subaccount: '',
    keyHint: 'f00d',
    status: 'connected',
    createdAt: 1_700_000_000_000,
    ...more,
  }
}

async function dueIn(table: Table): Promise<string[]> {
  const found: string[] = []
  for (let shard = 0; shard < 16; shard += 1) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': String(shard), ':now': 2_000 },
      }),
    )
    found.push(...Items.map((item) => String(item.id)))
  }
  return found.sort()
}

describe('connections', () => {
  it('are saved, found, listed and removed for each user alone', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const all = connection('b', {
      label: '',
      subaccount: 'büro #1',
      status: 'attention',
      reason: 'expired',
      vaultRef: 'v',
      checkedAt: 2,
      lastRun: 'r',
      nextSyncAt: 3,
    })
    await store.save(all)
    await store.save(connection('a'))
    await store.save(connection('a', { user: 'ann#CONNECTION' }))
    expect(await store.find('ann', 'b')).toEqual(all)
    expect(await store.list('ann')).toEqual([connection('a'), all])
    expect(await store.list('bob')).toEqual([])
    expect(await store.find('bob', 'a')).toBeUndefined()
    await store.remove('ann', 'a')
    await store.remove('ann', 'a')
    expect(await store.list('ann')).toEqual([all])
    expect(await store.list('ann#CONNECTION')).toHaveLength(1)
  })

  it('lose what they no longer have', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    await store.save(connection('a', { vaultRef: 'v', reason: 'expired' }))
    await store.save(connection('a', { vaultRef: undefined }))
    expect(await store.find('ann', 'a')).toStrictEqual(connection('a'))
  })

  it('are due only while they are connected and have a time', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    await store.save(connection('a', { nextSyncAt: 1_000 }))
    await store.save(connection('b', { nextSyncAt: 2_000 }))
    await store.save(connection('later', { nextSyncAt: 2_001 }))
    await store.save(connection('never'))
    await store.save(connection('gone', { nextSyncAt: 1_000, status: 'disconnected' }))
    await store.save(connection('ill', { nextSyncAt: 1_000, status: 'attention' }))
    expect(await dueIn(table)).toEqual(['a', 'b'])
    await store.save(connection('a', { nextSyncAt: 1_000, status: 'disconnected' }))
    await store.save(connection('b', { nextSyncAt: 3_000 }))
    expect(await dueIn(table)).toEqual([])
  })
})

describe('key guards', () => {
  it('let one connection of a user have a key', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => store.claimKey('ann', 'bitmart', 'hash', `c${index}`)),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
    const winner = `c${claims.indexOf(true)}`
    expect(await store.guard('ann', 'bitmart', 'hash')).toBe(winner)
    expect(await store.claimKey('ann', 'bitmart', 'hash', winner)).toBe(true)
    expect(await store.claimKey('bob', 'bitmart', 'hash', 'x')).toBe(true)
    expect(await store.claimKey('ann', 'bingx', 'hash', 'x')).toBe(true)
    expect(await store.guard('ann', 'bitmart', 'other')).toBeUndefined()
  })

  it('are released all at once, and those of other connections stay', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    await store.claimKey('ann', 'bitmart', 'old', 'c1')
    await store.claimKey('ann', 'bitmart', 'new', 'c1')
    await store.claimKey('ann', 'bitmart', 'theirs', 'c2')
    await store.releaseKeys('ann', 'c1')
    expect(await store.guard('ann', 'bitmart', 'old')).toBeUndefined()
    expect(await store.claimKey('ann', 'bitmart', 'new', 'c2')).toBe(true)
    expect(await store.guard('ann', 'bitmart', 'theirs')).toBe('c2')
    expect(await store.list('ann')).toEqual([])
  })
})
