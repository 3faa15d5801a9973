import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { exportAnswer, formatList } from '../../lambdas/api/export-shapes.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import type { LocalServer } from '../../local/server.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { ask, connected, ended, key, openLocalHome, send, smallAccount, start } from './local-home.ts'

describe('exports over HTTP', () => {
  async function finished(server: LocalServer, id: string) {
    for (;;) {
      const found = exportAnswer.parse((await ask(server, 'GET', `/v1/exports/${id}`)).json)
      if (found.state !== 'waiting') return found
      await delay(10)
    }
  }

  it('are written in the background and downloaded with what they cover, as files to be saved', async () => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate())
    const connected = shapes.connected.parse((await ask(server, 'POST', '/v1/connections', key)).json)
    await ended(server, connected.id, connected.sync.id)
    const started = await ask(server, 'POST', '/v1/exports', { format: 'canonical-csv' })
    expect([started.status, started.json.state]).toEqual([202, 'waiting'])
    expect(started.headers.location).toBe(`/v1/exports/${started.json.id}`)
    const done = await finished(server, started.json.id)
    expect(done).toMatchObject({ state: 'done', format: 'canonical-csv', complete: false })
    const file = await send(done.download ?? '', 'GET', undefined, {})
    expect(file.headers['content-disposition']).toBe(
      'attachment; filename="exchange-history-canonical-csv-all-UTC.csv"',
    )
    expect(file.headers['x-content-type-options']).toBe('nosniff')
    expect(file.text.trim().split('\n')).toHaveLength(1 + (done.transactions ?? 0))
    const statement = await send(done.statementDownload ?? '', 'GET', undefined, {})
    expect(statement.text).toContain(`Rows looked at: ${done.transactions}.`)
  })

  it('vanish with a history that is deleted, files and all; one from before it stays', async () => {
    const { simulate, serve, dataDir, pass } = await openLocalHome()
    const another = { ...demoKey, apiKey: 'another-access-key-0002' }
    const account = smallAccount(2)
    const server = await serve(await simulate({ keys: [demoKey, { ...another, account }] }))
    const other = await connected(server, { apiKey: another.apiKey })
    await ended(server, other.id, other.sync.id)
    const written = async (body: object) =>
      finished(server, (await ask(server, 'POST', '/v1/exports', body)).json.id)
    const before = await written({ format: 'canonical-csv' })
    pass(1_000)
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    const after = [
      await written({ format: 'canonical-csv' }),
      await written({ format: 'json-lines', connections: [id] }),
    ]
    expect(after.map(({ state }) => state)).toEqual(['done', 'done'])
    await ask(server, 'DELETE', `/v1/connections/${id}`)
    expect(await readdir(join(dataDir, 'exports/local'))).toHaveLength(3)

    expect((await ask(server, 'DELETE', `/v1/connections/${id}?history=delete`)).status).toBe(204)
    for (const { id: gone, download } of after) {
      expect((await ask(server, 'GET', `/v1/exports/${gone}`)).status).toBe(404)
      expect((await send(download ?? '', 'GET', undefined, {})).status).toBe(404)
    }
    expect(await readdir(join(dataDir, 'exports/local'))).toEqual([before.id])
    expect((await send(before.download ?? '', 'GET', undefined, {})).status).toBe(200)
  })

  it('are the same for the same Idempotency-Key, and refuse what cannot be taken', async () => {
    const { simulate, serve } = await openLocalHome()
    const server = await serve(await simulate())
    const headers = { 'idempotency-key': 'one' }
    const nothing = await ask(server, 'POST', '/v1/exports', { format: 'koinly' }, headers)
    expect([nothing.status, nothing.json.code]).toEqual([409, 'nothing-connected'])
    await connected(server)
    const first = await ask(server, 'POST', '/v1/exports', { format: 'koinly' }, headers)
    const again = await ask(server, 'POST', '/v1/exports', { format: 'koinly' }, headers)
    expect(again.json.id).toBe(first.json.id)
    const other = await ask(server, 'POST', '/v1/exports', { format: 'summ' }, headers)
    expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused'])
    const refused: readonly [object, number, string][] = [
      [{ format: 'xls' }, 400, 'invalid-request'],
      [{ format: 'koinly', from: '2026-02-01', to: '2026-01-01' }, 400, 'invalid-request'],
      [{ format: 'koinly', timezone: 'Mars' }, 400, 'invalid-request'],
      [{ format: 'koinly', connections: ['nobodys'] }, 404, 'not-found'],
    ]
    for (const [body, status, code] of refused) {
      const answer = await ask(server, 'POST', '/v1/exports', body)
      expect([answer.status, answer.json.code]).toEqual([status, code])
    }
    expect((await ask(server, 'GET', '/v1/exports/unknown')).status).toBe(404)
    expect((await ask(server, 'GET', '/v1/exports/unknown/download')).json.code).toBe('not-found')
    const formats = formatList.parse((await ask(server, 'GET', '/v1/exports')).json)
    expect(formats.items.map(({ format }) => format)).toContain('beancount')
  })

  it('that a process left behind are written by the next', async () => {
    const { serve, dataDir } = await openLocalHome()
    const stores = await openEmbeddedStore({ dataDir })
    await openStores(stores.table).exports.begin({
      id: 'left',
      user: 'local',
      request: { format: 'json-lines', period: {}, timezone: 'UTC' },
      state: 'waiting',
      requestedAt: start,
    })
    await stores.close()
    const server = await serve()
    expect(await finished(server, 'left')).toMatchObject({ state: 'done', transactions: 0 })
  })
})
