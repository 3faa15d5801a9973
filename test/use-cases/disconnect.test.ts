import { describe, expect, it } from 'vitest'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { connecting, fill, homeInMemory, startOfTime } from './home-in-memory.ts'

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

  it('stays disconnected although a sync that is ending notes itself at the connection', async () => {
    const { ports, id, home, connections } = await connected()
    const before = connections.get(`ada/${id}`)
    home.before.set('stopSync', async () => {
      if (before !== undefined) connections.set(`ada/${id}`, { ...before, lastRun: 'r1', nextSyncAt: 5 })
    })
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    expect(connections.get(`ada/${id}`)).toMatchObject({ status: 'disconnected', lastRun: 'r1' })
    expect(connections.get(`ada/${id}`)).not.toHaveProperty('nextSyncAt')
  })

  it('leaves no trace when the history is to go too, and takes the lease from a running sync first', async () => {
    const { ports, id, calls, stored } = await connected()
    await disconnect(ports, { user: 'ada', id, history: 'delete' })
    expect(
      calls.filter((name) => /stopSync|seize|removeAll|releaseKeys|connections.remove/.test(name)),
    ).toEqual([
      'stopSync',
      'lease.seize',
      'transactions.removeAll',
      'connections.releaseKeys',
      'connections.remove',
    ])
    expect(stored()).toEqual(homeInMemory().stored())
  })

  it('can be repeated, and finishes what failed half way', async () => {
    for (const step of [
      'vault.remove',
      'stopSync',
      'lease.seize',
      'transactions.removeAll',
      'connections.releaseKeys',
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
