import { describe, expect, it } from 'vitest'
import { changeConnection } from '../../lambdas/use-cases/change-connection.ts'
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
