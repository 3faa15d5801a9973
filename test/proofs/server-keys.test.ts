import { readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { demoKey, type SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import {
  ask,
  connected,
  credentials,
  ended,
  history,
  key,
  noted,
  openLocalHome,
  rowsOf,
  smallAccount,
  stored,
} from './local-home.ts'

describe('keys at the local server', () => {
  const keys: readonly [string, Partial<SimulatedKey>, object, number, string][] = [
    ['an unknown access key', {}, { apiKey: 'nobody-knows-this-key' }, 422, 'unauthorized'],
    ['a wrong secret', {}, { secret: 'wrong' }, 422, 'wrong-signature'],
    ['a wrong memo', {}, { passphrase: 'wrong' }, 422, 'wrong-signature'],
    ['a key bound to another address', { ipBound: true }, {}, 422, 'forbidden-ip'],
    ['an expired key', { expired: true }, {}, 422, 'expired'],
    ['a key without permission', { permissions: [] }, {}, 422, 'no-permission'],
    ['a frozen account', { frozen: true }, {}, 422, 'account-restricted'],
    ['a key that can withdraw', { permissions: ['read', 'withdraw'] }, {}, 422, 'key-too-strong'],
    ['a key that can trade futures', { permissions: ['read', 'futures-trade'] }, {}, 422, 'key-too-strong'],
  ]
  it.each(keys)('refuses %s, storing nothing', async (_what, change, typed, status, code) => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate({ keys: [{ ...demoKey, ...change }] }))
    const refused = await ask(server, 'POST', '/v1/connections', { ...key, ...typed })
    expect([refused.status, refused.json.code]).toEqual([status, code])
    expect((await ask(server, 'GET', '/v1/connections')).json).toEqual({ items: [] })
    await expect(stat(server.vaultPath)).rejects.toThrow('ENOENT')
  })

  it('takes a strong key from those who insist', async () => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate({ keys: [{ ...demoKey, permissions: ['read', 'withdraw'] }] }))
    const { warnings } = await connected(server, { allowPowerfulKey: true })
    expect(warnings.join(' ')).toContain('withdraw')
  })

  it('refuses the same pair, the same key under another name, and the same account with another key', async () => {
    const { simulate, serve } = await openLocalHome()
    const second = { ...demoKey, apiKey: 'a-second-key-of-the-same-account' }
    const stranger = {
      ...demoKey,
      apiKey: 'a-key-of-somebody-else',
      account: smallAccount(77),
    }
    const server = await serve(await simulate({ keys: [demoKey, second, stranger] }))
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    const refusals = [
      await ask(server, 'POST', '/v1/connections', key),
      await ask(server, 'POST', '/v1/connections', { ...key, subaccount: 'desk' }),
      await ask(server, 'POST', '/v1/connections', { ...key, apiKey: second.apiKey }),
      await ask(server, 'PUT', `/v1/connections/${id}/credentials`, {
        apiKey: stranger.apiKey,
        secret: stranger.secret,
        passphrase: stranger.memo,
      }),
    ]
    expect(refusals.map(({ status, json }) => [status, json.code])).toEqual([
      [409, 'duplicate-connection'],
      [409, 'key-already-used'],
      [409, 'same-account'],
      [422, 'different-account'],
    ])
    const replaced = await ask(server, 'PUT', `/v1/connections/${id}/credentials`, {
      ...credentials,
      apiKey: second.apiKey,
    })
    expect([replaced.status, replaced.json.id, replaced.json.keyHint]).toEqual([200, id, 'ount'])
    expect(stored(await ended(server, id, replaced.json.sync.id))).toEqual([0, 0, 0, 0, 0])
    const vaultText = await readFile(server.vaultPath, 'utf8')
    expect(vaultText).toContain(second.apiKey)
    expect(vaultText).not.toContain(demoKey.apiKey)
  })

  it('connects once when the same request, or the same key under several names, comes many times at once', async () => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate())
    const answers = await Promise.all(
      [{}, {}, {}, { subaccount: 'desk' }, { subaccount: 'Desk 2' }].map((more) =>
        ask(server, 'POST', '/v1/connections', { ...key, ...more }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
    const { json } = await ask(server, 'GET', '/v1/connections')
    expect(json.items).toHaveLength(1)
    const { secrets } = JSON.parse(await readFile(server.vaultPath, 'utf8'))
    expect(Object.keys(secrets)).toHaveLength(1)
  })

  it('destroys the key on disconnect, keeps the history, and meets it again', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate()
    const server = await serve(simulator)
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    expect((await ask(server, 'DELETE', `/v1/connections/${id}`)).status).toBe(204)
    expect(await readFile(server.vaultPath, 'utf8')).not.toContain(demoKey.secret)
    expect(await history(server)).toHaveLength(rowsOf(simulator))
    const again = await connected(server)
    expect(again.id).toBe(id)
    expect(stored(await ended(server, id, again.sync.id))).toEqual([0, 0, 0, 0, 0])
  })

  it('says what needs attention when the key is deleted at the exchange, and recovers with a new one', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate({ keys: [demoKey] })
    const server = await serve(simulator)
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    simulator.options.keys = [{ ...demoKey, apiKey: 'a-new-key-of-this-account' }]
    const failed = await ask(server, 'POST', `/v1/connections/${id}/syncs`)
    expect(await ended(server, id, failed.json.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'unauthorized' },
    })
    const connection = async () => (await ask(server, 'GET', `/v1/connections/${id}`)).json
    while ((await connection()).status !== 'attention') await delay(10)
    expect(await connection()).toMatchObject({
      reason: { code: 'unauthorized', sentence: expect.stringContaining('BitMart') },
    })
    const replaced = await ask(server, 'PUT', `/v1/connections/${id}/credentials`, {
      ...credentials,
      apiKey: 'a-new-key-of-this-account',
    })
    expect(replaced.json.status).toBe('connected')
    expect((await ended(server, id, replaced.json.sync.id)).state).toBe('unverified')
  })

  it('says that the vault is missing, asks the exchange nothing with a key that is gone, and takes a new one', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate()
    const server = await serve(simulator)
    expect(server.notes).toEqual([])
    const { id, sync } = await connected(server)
    await noted(server, id, sync.id)
    await server.close()
    await rm(server.vaultPath)
    const asked = simulator.requests.length
    const again = await serve(simulator)
    expect(again.notes).toEqual([
      expect.stringMatching(/^The vault .*vault\.json is missing, and with it the key of the connection /),
    ])
    const started = await ask(again, 'POST', `/v1/connections/${id}/syncs`)
    expect(await ended(again, id, started.json.id)).toMatchObject({
      state: 'failed',
      failure: {
        code: 'key-missing',
        sentence: expect.stringContaining('so BitMart was not asked. Put the vault back'),
      },
    })
    expect(simulator.requests.length).toBe(asked)
    const replaced = await ask(again, 'PUT', `/v1/connections/${id}/credentials`, credentials)
    expect(replaced.json).toMatchObject({ status: 'connected' })
    expect(await history(again)).toHaveLength(rowsOf(simulator))
  })

  it('encrypts the vault with a passphrase, and does not start with a wrong one', async () => {
    const { simulate, serve } = await openLocalHome()
    const simulator = await simulate()
    const server = await serve(simulator, { passphrase: 'correct horse' })
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    await server.close()
    expect(await readFile(server.vaultPath, 'utf8')).not.toContain(demoKey.secret)
    await expect(serve(simulator, { passphrase: 'wrong' })).rejects.toThrow(/VAULT_PASSPHRASE/)
    await expect(serve(simulator)).rejects.toThrow(/VAULT_PASSPHRASE/)
    const again = await serve(simulator, { passphrase: 'correct horse' })
    const next = await ask(again, 'POST', `/v1/connections/${id}/syncs`)
    expect((await ended(again, id, next.json.id)).state).toBe('unverified')
  })
})
