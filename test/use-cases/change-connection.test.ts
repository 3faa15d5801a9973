import { describe, expect, it } from 'vitest'
import { changeConnection } from '../../lambdas/use-cases/change-connection.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { connecting, homeInMemory } from './home-in-memory.ts'

async function connected() {
  const { ports, home, connections, calls } = homeInMemory()
  const { connection } = await connecting(ports, { label: 'Main' })
  return { ports, home, calls, id: connection.id, stored: () => connections.get(`ada/${connection.id}`) }
}

describe('what its owner says of a connection', () => {
  it('changes where it is mentioned; null takes it away', async () => {
    const { ports, id, stored } = await connected()
    const before = stored()
    const since = Date.UTC(2026, 2, 1)
    expect(await changeConnection(ports, 'ada', id, { accountSince: since })).toEqual({
      ...before,
      accountSince: since,
    })
    expect(stored()).toEqual({ ...before, accountSince: since })
    await changeConnection(ports, 'ada', id, { label: null })
    expect(stored()).toEqual({ ...before, accountSince: since, label: undefined })
    await changeConnection(ports, 'ada', id, { label: 'Desk', accountSince: null })
    expect(stored()).toEqual({ ...before, label: 'Desk', accountSince: undefined })
  })

  it('is left alone where nothing is mentioned', async () => {
    const { ports, id, calls, stored } = await connected()
    expect(await changeConnection(ports, 'ada', id, {})).toEqual(stored())
    expect(calls).not.toContain('connections.change')
  })

  it('may be a pause, after which it is due at once; what was not paused is not made due', async () => {
    const { ports, home, id, stored } = await connected()
    const due = stored()?.nextSyncAt
    expect(due).toBeDefined()
    home.now += 5
    await changeConnection(ports, 'ada', id, { paused: false })
    expect(stored()).not.toHaveProperty('paused')
    await changeConnection(ports, 'ada', id, { paused: true, label: 'Desk' })
    expect(stored()).toMatchObject({ paused: true, label: 'Desk', nextSyncAt: due })
    home.now += 5
    await changeConnection(ports, 'ada', id, { paused: true })
    expect(stored()?.nextSyncAt).toBe(due)
    await changeConnection(ports, 'ada', id, { paused: false })
    expect(stored()?.paused).toBeUndefined()
    expect(stored()?.nextSyncAt).toBe(home.now)
  })

  it('makes a connection without a key due never', async () => {
    const { ports, id, stored } = await connected()
    await changeConnection(ports, 'ada', id, { paused: true })
    await disconnect(ports, { user: 'ada', id, history: 'keep' })
    await changeConnection(ports, 'ada', id, { paused: false })
    expect(stored()).toMatchObject({ status: 'disconnected' })
    expect(stored()?.nextSyncAt).toBeUndefined()
  })

  it('is not changed over the head of another request: whoever comes later is asked to try again', async () => {
    const { ports, id, home, stored } = await connected()
    home.before.set('connections.change', async () => {
      const known = stored()
      if (known === undefined) throw new Error('The connection is gone.')
      await ports.connections.swap(known, { ...known, vaultRef: 'of-another-key' })
    })
    await expect(changeConnection(ports, 'ada', id, { label: 'Desk' })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringMatching(/^Another request is at work on .*Main.*\. Try again in a minute\.$/),
    })
    expect(stored()).toMatchObject({ label: 'Main', vaultRef: 'of-another-key' })
  })
})
