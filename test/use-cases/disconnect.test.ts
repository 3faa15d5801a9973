import { describe, expect, it } from 'vitest'
import { hour } from '../../lambdas/domain/window.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { replaceCredentials } from '../../lambdas/use-cases/replace-credentials.ts'
import { requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { sweep } from '../../lambdas/use-cases/sweep.ts'
import {
  canaries,
  connecting,
  exchange,
  fill,
  homeInMemory,
  startOfTime,
  submission,
} from './home-in-memory.ts'

async function connected() {
  const home = homeInMemory()
  const { connection } = await connecting(home.ports)
  const owner = { user: 'ada', connection: connection.id }
  home.put(owner, fill(startOfTime - 1, 'a'), fill(startOfTime - 1, 'b'))
  home.calls.length = 0
  return { ...home, id: connection.id, owner }
}

describe('disconnecting', () => {
  it('destroys the secret first, and keeps the history', async () => {
    const { ports, id, owner, secrets, connections, calls, rowCount, stopped } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    expect(calls.filter((name) => /vault|save/.test(name))[0]).toBe('vault.remove')
    expect(secrets.size).toBe(0)
    expect(connections.get(`ada/${id}`)).toMatchObject({ status: 'disconnected' })
    expect(connections.get(`ada/${id}`)).not.toHaveProperty('vaultRef')
    expect(rowCount(owner)).toBe(2)
    expect(stopped).toEqual([id])
  })

  it('destroys the new key too when the key is replaced at the same time', async () => {
    const { ports, id, home, connections, secrets } = await connected()
    const before = connections.get(`ada/${id}`)
    home.before.set('vault.remove', async () => {
      home.before.clear()
      const replaced = {
        exchange,
        submission: submission({ ...canaries, apiKey: 'ANOTHER-ACCESS-KEY-2222' }),
      }
      await replaceCredentials(ports, {
        user: 'ada',
        id,
        ...replaced,
        allowPowerfulKey: false,
        sameAccount: true,
      })
      expect(connections.get(`ada/${id}`)?.vaultRef).not.toBe(before?.vaultRef)
    })
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    expect(connections.get(`ada/${id}`)).toMatchObject({ status: 'disconnected' })
    expect(connections.get(`ada/${id}`)).not.toHaveProperty('nextSyncAt')
    expect(secrets.size).toBe(0)
  })

  it('has a deleted history removed once more, for what a sync was just about to store', async () => {
    const { ports, id, owner, home, rowCount, put, intents, runs } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'delete' })
    put(owner, fill(startOfTime - 1, 'late'))
    await sweep(ports)
    expect(rowCount(owner)).toBe(1)
    home.now += hour
    expect(await sweep(ports)).toMatchObject({ histories: 1, secrets: 0 })
    expect([rowCount(owner), intents.size, runs.size]).toEqual([0, 0, 0])
  })

  it('takes what files hold along with the history, and once more what its owner was just about to send', async () => {
    const { ports, id, owner, home, filesOf, bring } = await connected()
    bring(owner, 'content')
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    expect(filesOf(owner)).toEqual(['content'])
    await disconnect(ports, { user: 'ada', id, history: 'delete' })
    expect(filesOf(owner)).toEqual([])
    bring(owner, 'late')
    home.now += hour
    await sweep(ports)
    expect(filesOf(owner)).toEqual([])
  })

  it('has nothing removed of a history that began anew meanwhile', async () => {
    const { ports, id, owner, home, rowCount, put, intents, filesOf, bring } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'delete' })
    expect((await connecting(ports)).connection.id).toBe(id)
    put(owner, fill(startOfTime - 1, 'a'))
    bring(owner, 'anew')
    home.now += hour
    expect(await sweep(ports)).toMatchObject({ histories: 0, secrets: 0 })
    expect([rowCount(owner), intents.size, filesOf(owner)]).toEqual([1, 0, ['anew']])
  })

  it('leaves no trace when the history is to go too, and takes the lease from a running sync first', async () => {
    const { ports, id, calls, stored } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'delete' })
    expect(
      calls.filter((name) => /stopSync|seize|removeAll|releaseKeys|connections.removeKeyless/.test(name)),
    ).toEqual([
      'stopSync',
      'lease.seize',
      'connections.releaseKeys',
      'transactions.removeAll',
      'connections.removeKeyless',
    ])
    expect(stored()).toEqual(homeInMemory().stored())
  })

  it('keeps its hands off a key that is connected again while the history is deleted', async () => {
    for (const [step, stays] of [
      ['stopSync', false],
      ['lease.seize', false],
      ['connections.releaseKeys', false],
      ['transactions.removeAll', false],
      ['connections.removeKeyless', true],
    ] as const) {
      const { ports, id, home, connections, secrets, guards } = await connected()
      home.before.set(step, async () => {
        home.before.clear()
        await connecting(ports).catch((error) => expect(error, step).toMatchObject({ code: 'busy' }))
      })
      await disconnect(ports, { user: 'ada', id, history: 'delete' })
      const now = connections.get(`ada/${id}`)
      // It is gone without a trace, or there and whole: no secret without a connection, no key without its guard.
      expect(now?.status, step).toBe(stays ? 'connected' : undefined)
      expect([...secrets.keys()], step).toEqual(now === undefined ? [] : [now.vaultRef])
      expect([...guards.values()], step).toEqual(now === undefined ? [] : [id])
    }
  })

  it('can be repeated, and finishes what failed half way', async () => {
    for (const step of [
      'vault.remove',
      'stopSync',
      'lease.seize',
      'transactions.removeAll',
      'connections.releaseKeys',
      'connections.removeKeyless',
    ]) {
      const { ports, id, home, stored } = await connected()
      home.failAt = step
      await expect(disconnect(ports, { user: 'ada', id, history: 'delete' }), step).rejects.toThrow('failed')
      await disconnect(ports, { user: 'ada', id, history: 'delete' })
      expect(stored(), step).toEqual(homeInMemory().stored())
    }
    const { ports, id } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    await expect(disconnect(ports, { user: 'ada', id, history: 'keep' })).resolves.toBeUndefined()
  })

  it('ends syncs until the key is connected again', async () => {
    const { ports, id } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    await expect(requestSync(ports, 'ada', id)).rejects.toMatchObject({ code: 'disconnected' })
  })

  it('knows no connection of another user', async () => {
    const { ports, id } = await connected()
    for (const unknown of [id, 'x'.repeat(2_000), '', '../x'])
      await expect(disconnect(ports, { user: 'bob', id: unknown, history: 'delete' })).rejects.toMatchObject({
        code: 'not-found',
      })
  })
})
