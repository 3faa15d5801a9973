import { describe, expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { keylessConnections } from '../../local/import/keyless-connections.ts'

const connection: Connection = {
  id: 'c0ffee',
  user: 'local',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: '9e2b',
  status: 'connected',
  vaultRef: 'a secret of the server',
  createdAt: 1,
  nextSyncAt: 2,
}

function storeOf(...known: readonly Connection[]) {
  const stored = new Map(known.map((one) => [one.id, one]))
  return {
    stored,
    find: async (_user: string, id: string) => stored.get(id),
    swap: async (before: Connection | undefined, after: Connection) => {
      if (stored.get(after.id) !== before) return false
      stored.set(after.id, after)
      return true
    },
  }
}

describe('connections as the importer sees them', () => {
  it('have no key, so that importing again is no duplicate', async () => {
    const { find } = keylessConnections(storeOf(connection))
    expect(await find('local', 'c0ffee')).toEqual({
      id: 'c0ffee',
      user: 'local',
      exchange: 'bitmart',
      subaccount: '',
      keyHint: '9e2b',
      status: 'disconnected',
      createdAt: 1,
    })
    expect(await find('local', 'unknown')).toBeUndefined()
  })

  it('are stored without a key when they are new', async () => {
    const store = storeOf()
    await keylessConnections(store).swap(undefined, { ...connection, vaultRef: 'not kept' })
    expect(store.stored.get('c0ffee')).not.toHaveProperty('vaultRef')
    expect(store.stored.get('c0ffee')?.status).toBe('disconnected')
  })

  it('keep what the server knows about their key and schedule', async () => {
    const store = storeOf(connection)
    const before = await keylessConnections(store).find('local', 'c0ffee')
    await keylessConnections(store).swap(before, {
      ...connection,
      vaultRef: 'not kept',
      nextSyncAt: undefined,
      lastRun: 'r',
    })
    expect(store.stored.get('c0ffee')).toEqual({ ...connection, lastRun: 'r', reason: undefined })
  })

  it('keep the doubt that a key opens another account, until an import takes it back', async () => {
    const store = storeOf({ ...connection, reason: 'expired' })
    const seen = keylessConnections(store)
    const note = async (reason: string | undefined) => {
      const before = await seen.find('local', 'c0ffee')
      if (before === undefined) throw new Error('It is stored.')
      await seen.swap(before, { ...before, reason })
      return store.stored.get('c0ffee')?.reason
    }
    expect(await note(undefined)).toBe('expired')
    expect(await note('different-account')).toBe('different-account')
    expect(await seen.find('local', 'c0ffee')).toMatchObject({ reason: 'different-account' })
    expect(await note('different-account')).toBe('different-account')
    expect(await note(undefined)).toBeUndefined()
    expect(await note('no-permission')).toBeUndefined()
  })
})
