import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { canaries, exchange, fill, startOfTime } from '../use-cases/home-in-memory.ts'
import { expectShape, openApp } from './open-app.ts'

describe('an existing connection over HTTP', () => {
  it('is listed and read without its secret or anything of the vault', async () => {
    const { connect, get, connections } = openApp()
    const { json } = await connect()
    const list = await get('/v1/connections')
    expectShape(shapes.connectionList, list.json)
    const one = await get(`/v1/connections/${json.id}`)
    expectShape(shapes.connection, one.json)
    expect(list.json).toEqual({ items: [one.json] })
    const vaultRef = connections.get(`ada/${json.id}`)?.vaultRef
    expect(vaultRef).toBeDefined()
    expect(list.text).not.toContain(vaultRef)
    expect((await get('/v1/connections', 'bob')).json).toEqual({ items: [] })
  })

  it('says in words what needs attention', async () => {
    const { connect, get, connections } = openApp()
    const { json } = await connect()
    const stored = connections.get(`ada/${json.id}`)
    if (stored !== undefined)
      connections.set(`ada/${json.id}`, { ...stored, status: 'attention', reason: 'expired' })
    expect((await get(`/v1/connections/${json.id}`)).json).toMatchObject({
      status: 'attention',
      reason: { code: 'expired', sentence: exchange.sentences.expired },
    })
  })

  it('gets a new key with PUT, under the same rules as the first', async () => {
    const { connect, send, home } = openApp()
    const { json } = await connect()
    const path = `/v1/connections/${json.id}/credentials`
    const replaced = await send('PUT', path, { ...canaries, apiKey: 'ANOTHER-ACCESS-KEY-9999' })
    expect(replaced.status).toBe(200)
    expectShape(shapes.connected, replaced.json)
    expect(replaced.json).toMatchObject({ id: json.id, keyHint: '9999' })
    expect((await send('PUT', path, { ...canaries, exchange: 'bitmart' })).json.errors[0].field).toBe(
      'exchange',
    )
    expect((await send('PUT', path, { ...canaries, secret: '' })).json.errors[0].field).toBe('secret')
    expect((await send('PUT', path, { ...canaries, passphrase: undefined })).json.errors[0].field).toBe(
      'passphrase',
    )
    expect((await send('PUT', path, canaries, { 'content-type': 'text/plain' })).status).toBe(415)
    home.check = new FailureError({ kind: 'forbidden-ip' })
    expect((await send('PUT', path, canaries)).json).toMatchObject({ status: 422, code: 'forbidden-ip' })
  })

  it('refuses a key of a different account with 422', async () => {
    const { connect, send, home, cover } = openApp()
    const { json } = await connect()
    cover(
      { user: 'ada', connection: json.id },
      { ...noCoverage('spot-trade', 'spot'), covered: [{ from: 0, to: startOfTime }] },
    )
    home.check = { powers: [], uncheckable: [], sample: [fill(startOfTime - hour, 'x')] }
    const answer = await send('PUT', `/v1/connections/${json.id}/credentials`, canaries)
    expect(answer.json).toMatchObject({ status: 422, code: 'different-account' })
  })

  it('syncs with 202, is disconnected with 204, and then answers 409 to a sync', async () => {
    const { connect, request, get, secrets, put, rowCount } = openApp()
    const { json } = await connect()
    const owner = { user: 'ada', connection: json.id }
    put(owner, fill(startOfTime - 1, 'a'))
    const path = `/v1/connections/${json.id}`
    const sync = await request('POST', `${path}/syncs`)
    expect(sync.status).toBe(202)
    expectShape(shapes.run, sync.json)
    expect(sync.headers.get('location')).toBe(`${path}/syncs/${sync.json.id}`)
    expect((await get(`${path}/syncs/${sync.json.id}`)).status).toBe(200)

    const gone = await request('DELETE', path)
    expect([gone.status, gone.text, secrets.size, rowCount(owner)]).toEqual([204, '', 0, 1])
    expect((await get(path)).json.status).toBe('disconnected')
    expect((await request('POST', `${path}/syncs`)).json).toMatchObject({ status: 409, code: 'disconnected' })

    expect((await request('DELETE', `${path}?history=keep`)).json).toMatchObject({
      status: 400,
      errors: [{ field: 'history' }],
    })
    expect((await request('DELETE', `${path}?history=delete`)).status).toBe(204)
    expect([(await get(path)).status, rowCount(owner)]).toEqual([404, 0])
  })

  it('tells its coverage, gaps and what nobody can tell, as intervals and in words', async () => {
    const { connect, get, cover } = openApp()
    const { json } = await connect()
    const since = startOfTime - 48 * hour
    cover(
      { user: 'ada', connection: json.id },
      {
        ...noCoverage('spot-trade', 'spot'),
        covered: [{ from: since, to: startOfTime - hour }],
        unverified: [{ from: exchange.streams[0]?.opened ?? 0, to: since, reason: 'beyond-depth' }],
        attempted: startOfTime,
      },
    )
    const { status, json: coverage } = await get(`/v1/connections/${json.id}/coverage`)
    expect(status).toBe(200)
    expectShape(shapes.coverageList, coverage)
    expect(coverage.items).toHaveLength(exchange.streams.length)
    expect(coverage.items[0]).toMatchObject({
      stream: 'spot-trade',
      sentences: [
        expect.stringContaining('complete from 2026-08-18 12:00 to 2026-08-20 11:00 UTC'),
        expect.stringContaining('is missing'),
        expect.stringContaining('nobody can tell'),
      ],
      partitions: [
        {
          partition: 'spot',
          coveredUntil: '2026-08-20T11:00:00.000Z',
          covered: [{ from: '2026-08-18T12:00:00.000Z', to: '2026-08-20T11:00:00.000Z' }],
          gaps: [{ from: '2026-08-20T11:00:00.000Z', to: '2026-08-20T12:00:00.000Z', reason: 'failed' }],
          unverified: [{ to: '2026-08-18T12:00:00.000Z', reason: 'beyond-depth' }],
        },
      ],
    })
  })

  it('tells of a period alone where one is asked for, by the clocks of its zone, and names what cannot be one', async () => {
    const { connect, get, cover } = openApp()
    const { json } = await connect()
    const until = Date.UTC(2026, 2, 1)
    cover(
      { user: 'ada', connection: json.id },
      ...exchange.streams.flatMap(({ stream, partitions }) =>
        (Array.isArray(partitions) ? partitions : []).map((partition: string) => ({
          ...noCoverage(stream, partition),
          covered: [{ from: until, to: startOfTime }],
          unverified: [{ from: 0, to: until, reason: 'beyond-depth' as const }],
          attempted: startOfTime,
        })),
      ),
    )
    const path = `/v1/connections/${json.id}/coverage`
    const lacking = async (query: string) => (await get(`${path}?${query}`)).json.lacking
    expect(await lacking('')).toEqual([expect.stringMatching(/: before 2026-03-01 nobody can tell$/)])
    expect(await lacking('to=2026-02-10')).toEqual([
      expect.stringMatching(/: before 2026-02-11 nobody can tell$/),
    ])
    expect(await lacking('from=2026-03-01&to=2026-05-31')).toEqual([])
    expect((await get(`${path}?from=2026-03-01&to=2026-05-31`)).json.state).toBe('complete')
    expect(await lacking('from=2026-03-01&to=2026-05-31&timezone=Europe/Berlin')).toEqual([
      expect.stringMatching(/: before 2026-03-01 nobody can tell$/),
    ])
    for (const [query, field] of [
      ['period=26', 'period'],
      ['from=soon', 'from'],
      ['timezone=Mars/Base', 'timezone'],
      ['since=2026', 'since'],
    ])
      expect((await get(`${path}?${query}`)).json).toMatchObject({ status: 400, errors: [{ field }] })
  })

  it('is unknown to another user, and so is an id that cannot be', async () => {
    const { connect, get, request, send } = openApp()
    const { json } = await connect()
    const foreign = { headers: { 'x-user': 'bob' } }
    for (const id of [json.id, 'nothing', 'x'.repeat(3_000), '%00', '%E0%A4%A', 'a%23b']) {
      const path = `/v1/connections/${id}`
      const answers = [
        await get(path, 'bob'),
        await get(`${path}/coverage`, 'bob'),
        await get(`${path}/syncs/${json.sync.id}`, 'bob'),
        await get(`/v1/transactions?connection=${id}`, 'bob'),
        await request('DELETE', path, foreign),
        await request('DELETE', `${path}?history=delete`, foreign),
        await request('POST', `${path}/syncs`, foreign),
        await send('PUT', `${path}/credentials`, canaries, foreign.headers),
      ]
      expect(
        answers.map(({ status }) => status),
        id,
      ).toEqual(answers.map(() => 404))
    }
    expect((await get(`/v1/connections/${json.id}/syncs/${'x'.repeat(99)}`)).status).toBe(404)
    expect((await get(`/v1/connections/${json.id}`)).json.status).toBe('connected')
  })
})
