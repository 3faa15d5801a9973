import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { connectionKey } from '../../lambdas/adapters/table-keys.ts'
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

type Store = ReturnType<typeof connectionStore>

/** Puts it there, whatever was there before. */
async function keep(store: Store, one: Connection): Promise<void> {
  expect(await store.swap(await store.find(one.user, one.id), one)).toBe(true)
}

async function dueAt(store: Store, now: number): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of store.due(now)) found.push(id)
  return found.sort()
}

describe('connections', () => {
  it('are removed with what belonged to them only while they have no key', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    await keep(store, connection('a', { vaultRef: 'secret' }))
    expect(await store.removeKeyless('ann', 'a')).toBe(false)
    expect(await store.find('ann', 'a')).toBeDefined()
    await keep(store, connection('a', { status: 'disconnected' }))
    expect(await store.removeKeyless('ann', 'a')).toBe(true)
    expect(await store.find('ann', 'a')).toBeUndefined()
  })

  it('keep what a sync noted meanwhile, when their owner changes what he says of them', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const read = connection('a', { vaultRef: 'secret', nextSyncAt: 10 })
    await keep(store, read)
    expect(await store.note(read, { nextSyncAt: 20, lastRun: 'r1' })).toBe(true)
    expect(await store.change(read, { accountSince: 5, label: 'Main' })).toBe(true)
    const changed = { ...read, nextSyncAt: 20, lastRun: 'r1', accountSince: 5, label: 'Main' }
    expect(await store.find('ann', 'a')).toEqual(changed)
    expect(await dueAt(store, 15)).toEqual([])
    expect(await dueAt(store, 20)).toEqual(['a'])
    expect(await store.change(read, { accountSince: undefined })).toBe(true)
    expect(await store.find('ann', 'a')).not.toHaveProperty('accountSince')
    expect(await store.change({ ...read, vaultRef: 'another' }, { label: 'x' })).toBe(false)
  })

  it('without a key lose what their owner takes back of them, and nothing else', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const { vaultRef: _none, ...read } = connection('a', {
      status: 'disconnected',
      label: 'Old',
      files: true,
    })
    await keep(store, read)
    expect(await store.change(read, { files: undefined })).toBe(true)
    expect(await store.change(read, { label: undefined })).toBe(true)
    const { files: _gone, label: _too, ...left } = read
    expect(await store.find('ann', 'a')).toEqual(left)
  })

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
    await keep(store, all)
    await keep(store, connection('a'))
    await keep(store, connection('a', { user: 'ann#CONNECTION' }))
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
    await keep(store, connection('a', { vaultRef: 'v', reason: 'expired' }))
    await keep(store, connection('a', { vaultRef: undefined }))
    expect(await store.find('ann', 'a')).toStrictEqual(connection('a'))
  })

  it('are due although another cannot be read, which is told in the end', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const id of ids) await keep(store, connection(id, { vaultRef: 'secret', nextSyncAt: 1_000 }))
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: connectionKey('ann', 'c'),
        UpdateExpression: 'SET #createdAt = :text',
        ExpressionAttributeNames: { '#createdAt': 'createdAt' },
        ExpressionAttributeValues: { ':text': 'long ago' },
      }),
    )
    const found: string[] = []
    const all = async () => {
      for await (const { id } of store.due(2_000)) found.push(id)
    }
    await expect(all()).rejects.toThrow('createdAt')
    expect(found.sort()).toEqual(ids.filter((id) => id !== 'c'))
  })

  it('are due while they have a key and a time, those that need attention too', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    await keep(store, connection('a', { nextSyncAt: 1_000 }))
    await keep(store, connection('b', { nextSyncAt: 2_000 }))
    await keep(store, connection('later', { nextSyncAt: 2_001 }))
    await keep(store, connection('never'))
    await keep(store, connection('gone', { nextSyncAt: 1_000, status: 'disconnected' }))
    await keep(store, connection('ill', { nextSyncAt: 1_000, status: 'attention' }))
    expect(await dueAt(store, 2_000)).toEqual(['a', 'b', 'ill'])
    await keep(store, connection('a', { nextSyncAt: 1_000, status: 'disconnected' }))
    await keep(store, connection('b', { nextSyncAt: 3_000 }))
    expect(await dueAt(store, 2_000)).toEqual(['ill'])
  })

  it('are put in the place of what was read, and of nothing else', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const first = connection('a', { vaultRef: 'v1' })
    expect(await store.swap(undefined, first)).toBe(true)
    expect(await store.swap(undefined, connection('a', { label: 'late' }))).toBe(false)
    const replaced = connection('a', { vaultRef: 'v2' })
    expect(await store.swap(first, replaced)).toBe(true)
    expect(await store.swap(first, connection('a', { vaultRef: 'v3' }))).toBe(false)
    expect(await store.swap(connection('a'), connection('a', { label: 'keyless' }))).toBe(false)
    expect(await store.find('ann', 'a')).toEqual(replaced)
    await store.remove('ann', 'a')
    expect(await store.swap(replaced, replaced)).toBe(false)
    expect(await store.swap(connection('a'), connection('a'))).toBe(false)
    expect(await store.find('ann', 'a')).toBeUndefined()
  })

  it('take the note of a sync, unless their key was replaced, destroyed or deleted meanwhile', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    const before = connection('a', { vaultRef: 'v1', status: 'attention', reason: 'expired' })
    await keep(store, before)
    expect(
      await store.note(before, { status: 'connected', reason: undefined, lastRun: 'r', nextSyncAt: 5 }),
    ).toBe(true)
    const noted = connection('a', { vaultRef: 'v1', lastRun: 'r', nextSyncAt: 5 })
    expect(await store.find('ann', 'a')).toStrictEqual(noted)
    expect(await dueAt(store, 5)).toEqual(['a'])
    expect(await store.note(noted, { nextSyncAt: undefined })).toBe(true)
    expect(await dueAt(store, 5)).toEqual([])

    const { vaultRef: _gone, ...keyless } = noted
    for (const after of [
      { ...noted, vaultRef: 'v2' },
      { ...keyless, status: 'disconnected' as const },
    ]) {
      await keep(store, after)
      expect(await store.note(noted, { nextSyncAt: 1 })).toBe(false)
      expect(await store.find('ann', 'a')).toEqual(after)
    }
    await store.remove('ann', 'a')
    expect(await store.note(noted, { nextSyncAt: 1 })).toBe(false)
    expect(await store.note(keyless, { nextSyncAt: 1 })).toBe(false)
    expect(await store.find('ann', 'a')).toBeUndefined()
  })

  it('let one of many claim the next run', async () => {
    const { table } = await temporaryStore()
    const store = connectionStore(table)
    for (const lastRun of [undefined, 'r0']) {
      const before = connection('a', { vaultRef: 'v', ...(lastRun !== undefined && { lastRun }) })
      await keep(store, before)
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.claim(before, `r${index + 1}`, 9)),
      )
      expect(claims.filter(Boolean)).toHaveLength(1)
      const won = { lastRun: `r${claims.indexOf(true) + 1}`, nextSyncAt: 9 }
      expect(await store.find('ann', 'a')).toEqual({ ...before, ...won })
    }
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
