import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { createApp } from '../../lambdas/api/app.ts'
import { encodeCursor } from '../../lambdas/api/cursor.ts'
import { problems } from '../../lambdas/api/problem.ts'
import { routes } from '../../lambdas/api/routes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { canaries, exchange, fill, homeInMemory, startOfTime } from '../use-cases/home-in-memory.ts'

/** An app for the users `ada` and `bob`, whose every answer is searched for secrets and held against its schema. */
function openApp() {
  const world = homeInMemory()
  const app = createApp({
    routes,
    ports: world.ports,
    log: world.noteLog,
    user: (context) => context.req.header('x-user') ?? 'ada',
  })

  async function request(method: string, path: string, init: RequestInit = {}) {
    const answer = await app.request(path, { method, ...init })
    const text = await answer.text()
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const shown = text + inspect([...answer.headers]) + inspect(world.log, { depth: 9 })
    for (const canary of Object.values(canaries)) expect(shown).not.toContain(canary)
    expect(shown).not.toContain('example.com')
    const isJson = text !== '' && answer.headers.get('content-type')?.includes('json')
    const json = isJson ? JSON.parse(text) : undefined
    if (answer.status >= 400 && method !== 'HEAD') {
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(shapes.problem.parse(json)).toMatchObject({ status: answer.status })
      expect(json.detail).toMatch(/[.?”]$/)
    }
    return { status: answer.status, headers: answer.headers, text, json }
  }

  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(method, path, {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const get = (path: string, user = 'ada') => request('GET', path, { headers: { 'x-user': user } })
  const connect = (more: object = {}) =>
    send('POST', '/v1/connections', { exchange: 'bitmart', ...canaries, ...more })
  return { ...world, app, request, send, get, connect }
}

function expectShape(schema: z.ZodType, value: unknown): void {
  expect(schema.safeParse(value).error?.issues ?? []).toEqual([])
}

describe('connecting over HTTP', () => {
  it('answers 201 with the connection, its warnings, the first sync and where to find it', async () => {
    const { connect, get } = openApp()
    const { status, json, headers } = await connect({ label: 'Main', subaccount: 'Desk' })
    expect(status).toBe(201)
    expectShape(shapes.connected, json)
    expect(json).toMatchObject({
      exchange: 'bitmart',
      label: 'Main',
      subaccount: 'Desk',
      keyHint: 'x7Qa',
      status: 'connected',
      createdAt: '2026-08-20T12:00:00.000Z',
      warnings: [expect.stringContaining('spot trading')],
      sync: { state: 'running', percent: 0 },
    })
    expect(headers.get('location')).toBe(`/v1/connections/${json.id}`)
    const run = await get(`/v1/connections/${json.id}/syncs/${json.sync.id}`)
    expect(run.json).toEqual(json.sync)
  })

  it('passes every character of the memo on to the exchange', async () => {
    const { connect, asked } = openApp()
    const passphrase = ' ünïcödé!※ 🙂 "\\u0000" '
    expect((await connect({ passphrase })).status).toBe(201)
    expect(asked.map((credentials) => credentials.passphrase?.reveal())).toEqual([passphrase])
  })

  const endless = 'x'.repeat(1_025)
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { memo: 'x' }, 'memo'],
    ['a field named like a built-in one', JSON.parse('{"__proto__": {"a": 1}}'), '__proto__'],
    ['another built-in name', { constructor: 1 }, 'constructor'],
    ['an unknown exchange', { exchange: 'mtgox' }, 'exchange'],
    ['a missing access key', { apiKey: undefined }, 'apiKey'],
    ['an empty access key', { apiKey: '' }, 'apiKey'],
    ['an overlong access key', { apiKey: endless }, 'apiKey'],
    ['an access key that is longer than the exchange’s', { apiKey: 'x'.repeat(257) }, 'apiKey'],
    ['an access key with a space', { apiKey: 'a b' }, 'apiKey'],
    ['an access key that is no text', { apiKey: 1234 }, 'apiKey'],
    ['an access key that is null', { apiKey: null }, 'apiKey'],
    ['a secret with a line break', { secret: 'a\n' }, 'secret'],
    ['an empty secret', { secret: '' }, 'secret'],
    ['an overlong secret', { secret: endless }, 'secret'],
    ['a secret that is a list', { secret: ['a'] }, 'secret'],
    ['an empty memo', { passphrase: '' }, 'passphrase'],
    ['a missing memo', { passphrase: undefined }, 'passphrase'],
    ['a memo with a NUL', { passphrase: 'a\0' }, 'passphrase'],
    ['a memo with half a character', { passphrase: 'a\ud83d' }, 'passphrase'],
    ['an overlong memo', { passphrase: endless }, 'passphrase'],
    ['an empty label', { label: '' }, 'label'],
    ['a blank label', { label: ' ' }, 'label'],
    ['an overlong label', { label: 'x'.repeat(101) }, 'label'],
    ['a label with a tab', { label: 'a\tb' }, 'label'],
    ['a label with half a character', { label: '\udc00' }, 'label'],
    ['an empty sub-account', { subaccount: '' }, 'subaccount'],
    ['a blank sub-account', { subaccount: '   ' }, 'subaccount'],
    ['an overlong sub-account', { subaccount: 'x'.repeat(101) }, 'subaccount'],
    ['a sub-account with an escape', { subaccount: '\u001b[31m' }, 'subaccount'],
    ['a half-hearted insistence', { allowPowerfulKey: 'yes' }, 'allowPowerfulKey'],
  ])('answers 400 with the field’s name to %s', async (_what, change, field) => {
    const { connect, stored, calls } = openApp()
    const before = stored()
    const { status, json } = await connect(change)
    expect(status).toBe(400)
    expect(json).toMatchObject({ code: 'invalid-request', errors: [{ field }] })
    expect(json.detail).toContain(field)
    expect(stored()).toEqual(before)
    expect(calls).toEqual([])
  })

  it('names every field that is wrong at once', async () => {
    const { connect } = openApp()
    const { json } = await connect({ apiKey: '', secret: '', label: '', nonsense: 1 })
    expect(json.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'apiKey',
      'label',
      'nonsense',
      'secret',
    ])
  })

  it.each(['', '{', '[]', 'null', '"text"', '7', '{"exchange":"bitmart",}', '['.repeat(30_000)])(
    'answers 400 to the body %.30s',
    async (body) => {
      const { send } = openApp()
      expect((await send('POST', '/v1/connections', body)).status).toBe(400)
    },
  )

  it('answers 400 to a body that is not UTF-8, instead of changing the memo', async () => {
    const { request } = openApp()
    const body = Buffer.from(
      JSON.stringify({ exchange: 'bitmart', ...canaries, passphrase: 'münze' }),
      'latin1',
    )
    const { status, json } = await request('POST', '/v1/connections', {
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([status, json.code]).toEqual([400, 'malformed-json'])
  })

  it.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonp',
  ])('answers 415 to the content type %s', async (type) => {
    const { request } = openApp()
    const { status } = await request('POST', '/v1/connections', {
      body: Buffer.from(JSON.stringify({ exchange: 'bitmart', ...canaries })),
      headers: type === undefined ? {} : { 'content-type': type },
    })
    expect(status).toBe(415)
  })

  it('answers 413 to more than 64 KB, announced or not', async () => {
    const { request } = openApp()
    const long = JSON.stringify({ exchange: 'bitmart', ...canaries, label: 'x'.repeat(65_536) })
    const headers = { 'content-type': 'application/json' }
    expect((await request('POST', '/v1/connections', { body: long, headers })).status).toBe(413)
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of long.match(/.{1,8192}/g) ?? []) controller.enqueue(Buffer.from(chunk))
        controller.close()
      },
    })
    const streamed = { body, headers, duplex: 'half' } as RequestInit
    expect((await request('POST', '/v1/connections', streamed)).status).toBe(413)
  })

  const refusals: readonly [FailureKind, number][] = [
    ['unauthorized', 422],
    ['wrong-signature', 422],
    ['forbidden-ip', 422],
    ['expired', 422],
    ['no-permission', 422],
    ['account-restricted', 422],
    ['rejected', 422],
    ['exchange-down', 503],
    ['rate-limited', 503],
    ['bad-payload', 503],
    ['clock-skew', 503],
  ]
  it.each(refusals)('tells %s with its own code, in the exchange’s own sentence', async (kind, expected) => {
    const { connect, home, stored } = openApp()
    const before = stored()
    home.check = new FailureError({ kind })
    const { status, json } = await connect()
    expect([status, json.code, json.detail]).toEqual([expected, kind, exchange.sentences[kind]])
    expect(stored()).toEqual(before)
  })

  it.each<[FailureKind, readonly string[], string | undefined]>([
    ['unauthorized', ['apiKey'], undefined],
    ['wrong-signature', ['secret', 'passphrase'], undefined],
    ['forbidden-ip', [], 'addresses'],
    ['no-permission', [], 'rights'],
    ['exchange-down', [], undefined],
  ])('says of %s at which field or step of the guide it is put right', async (kind, fields, step) => {
    const { connect, home } = openApp()
    home.check = new FailureError({ kind })
    const { json } = await connect()
    expect((json.errors ?? []).map(({ field }: { field: string }) => field)).toEqual(fields)
    expect(json.step).toBe(step)
    if (step !== undefined) expect(exchange.keyGuide.map(({ id }) => id)).toContain(step)
  })

  it('refuses a key that is too strong with 422, and says how to insist', async () => {
    const { connect, home } = openApp()
    home.check = { powers: ['withdraw'], uncheckable: [], sample: [] }
    const { status, json } = await connect()
    expect([status, json.code]).toEqual([422, 'key-too-strong'])
    expect(json.detail).toContain('withdraw funds')
    expect(json.detail).toContain('"allowPowerfulKey": true')
    // The same for people who have no request to change.
    expect([json.step, json.sentence]).toEqual(['rights', expect.not.stringContaining('allowPowerfulKey')])
    expect(json.detail.startsWith(json.sentence)).toBe(true)
    const insisted = await connect({ allowPowerfulKey: true })
    expect(insisted.status).toBe(201)
    expect(insisted.json.warnings).toEqual([expect.stringContaining('withdraw funds')])
  })

  it('answers 409 to the same pair again, to the same key under another name and to the same account', async () => {
    const { connect, home, put } = openApp()
    const first = await connect()
    const again = await connect()
    expect([again.status, again.json.code]).toEqual([409, 'duplicate-connection'])
    const renamed = await connect({ subaccount: 'desk' })
    expect([renamed.status, renamed.json.code]).toEqual([409, 'key-already-used'])
    const row = fill(startOfTime - hour, 'BTC_USDT|1|2')
    put({ user: 'ada', connection: first.json.id }, row)
    home.check = { powers: [], uncheckable: [], sample: [row] }
    const other = await connect({ apiKey: 'ANOTHER-ACCESS-KEY' })
    expect([other.status, other.json.code]).toEqual([409, 'same-account'])
    expect(other.json.detail).toContain(`PUT /v1/connections/${first.json.id}/credentials`)
    expect(other.json.connection).toBe(first.json.id)
  })

  it('answers 500 without any detail when something breaks, and logs no more than its kind', async () => {
    const rehearsal = openApp()
    await rehearsal.connect()
    for (const step of new Set(rehearsal.calls)) {
      const { connect, home, log } = openApp()
      home.failAt = step
      const { status, json } = await connect()
      expect([status, json.code], step).toEqual([500, 'internal-error'])
      expect(json.detail, step).not.toContain('failed:')
      expect(log, step).toEqual([
        { event: 'failed', method: 'POST', path: '/v1/connections', status: 500, code: 'Error' },
      ])
    }
  })
})

describe('since when an account was used', () => {
  it('is said while connecting, changed and taken back later, and shown; nothing is asked because of it', async () => {
    const { connect, send, get, queued } = openApp()
    const { json } = await connect({ accountSince: '2026-03-01' })
    expect(json.accountSince).toBe('2026-03-01T00:00:00.000Z')
    const path = `/v1/connections/${json.id}`
    const changed = await send('PATCH', path, { accountSince: '2026-02-01T12:00:00Z', label: 'Desk' })
    expect(changed).toMatchObject({
      status: 200,
      json: { accountSince: '2026-02-01T12:00:00.000Z', label: 'Desk', keyHint: 'x7Qa' },
    })
    expectShape(shapes.connection, changed.json)
    expect((await send('PATCH', path, { label: null })).json).toMatchObject({
      accountSince: '2026-02-01T12:00:00.000Z',
    })
    const taken = await send('PATCH', path, { accountSince: null })
    expect(taken.json).not.toHaveProperty('accountSince')
    expect((await get(path)).json).toEqual(taken.json)
    expect(queued).toHaveLength(1)
  })

  it('is not the future, and no other field can be changed', async () => {
    const { connect, send } = openApp()
    const future = { accountSince: '2999-01-01' }
    expect(await connect(future)).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'accountSince', detail: 'must not be later than now' }] },
    })
    const { json } = await connect()
    const path = `/v1/connections/${json.id}`
    for (const body of [future, {}, { accountSince: 'soon' }, { exchange: 'bingx' }])
      expect(await send('PATCH', path, body)).toMatchObject({ status: 400 })
    expect(await send('PATCH', '/v1/connections/elsewhere', { label: 'x' })).toMatchObject({ status: 404 })
  })

  it('is told with the state of the connection and of each stream, the row that refutes it too', async () => {
    const { connect, get, cover } = openApp()
    const since = startOfTime - 30 * 24 * hour
    const { json } = await connect({ accountSince: new Date(since).toISOString() })
    const owner = { user: 'ada', connection: json.id }
    const known = (oldest: number) =>
      exchange.streams.flatMap(({ stream, opened, partitions }) =>
        partitions.map((partition) => ({
          ...noCoverage(stream, partition),
          covered: [{ from: since - hour, to: startOfTime }],
          unverified: [{ from: opened, to: since - hour, reason: 'refused' as const }],
          attempted: startOfTime,
          oldest,
        })),
      )
    cover(owner, ...known(since))
    expect((await get(`/v1/connections/${json.id}`)).json).toMatchObject({ completeness: 'complete' })
    cover(owner, ...known(since - 1))
    const told = (await get(`/v1/connections/${json.id}/coverage`)).json
    expectShape(shapes.coverageList, told)
    expect(told).toMatchObject({
      state: 'unverified',
      asOf: new Date(startOfTime).toISOString(),
      accountSince: { at: new Date(since).toISOString(), refutedBy: new Date(since - 1).toISOString() },
    })
    expect(told.items.map(({ state }: { state: string }) => state)).toEqual(
      exchange.streams.map(() => 'unverified'),
    )
    expect((await get('/v1/connections')).json.items[0]).toMatchObject({ completeness: 'unverified' })
  })
})

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
        expect.stringContaining('nobody can tell'),
        expect.stringContaining('is missing'),
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

describe('at a glance', () => {
  it('tells each connection with its exchange, its rows by stream, what is missing and its sync', async () => {
    const { connect, get, cover, put } = openApp()
    const { json } = await connect({ label: 'Main' })
    const owner = { user: 'ada', connection: json.id }
    put(owner, fill(startOfTime - hour, '1'), fill(startOfTime - 2 * hour, '2'))
    cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - 48 * hour, to: startOfTime - hour }],
      attempted: startOfTime,
    })
    const { status, json: summary } = await get('/v1/summary')
    expect(status).toBe(200)
    expectShape(shapes.summary, summary)
    expect(summary).toMatchObject({
      pollAfter: 1_000,
      items: [
        {
          connection: { id: json.id, label: 'Main' },
          exchange: {
            id: 'bitmart',
            name: 'BitMart',
            state: 'closing',
            closing: exchange.closing.map(() => ({})),
          },
          rows: 2,
          sync: { id: json.sync.id, state: 'running' },
        },
      ],
    })
    expect(summary.items[0].streams[0]).toEqual({
      stream: 'spot-trade',
      title: 'Spot fills',
      state: 'incomplete',
      rows: 2,
      gaps: expect.any(Number),
      gapMilliseconds: expect.any(Number),
    })
    expect(summary.items[0].streams[0].gapMilliseconds).toBeGreaterThanOrEqual(hour)
    expect((await get('/v1/summary', 'bob')).json).toEqual({ items: [] })
  })

  it('counts the rows of every thirty days, and tells the latest syncs, newest first', async () => {
    const { connect, get, put, send, ports } = openApp()
    const { json } = await connect()
    const owner = { user: 'ada', connection: json.id }
    put(owner, ...[1, 2, 900].map((hours) => fill(startOfTime - hours * hour, `${hours}`)))
    const { json: months } = await get(`/v1/connections/${json.id}/months`)
    expectShape(shapes.monthList, months)
    expect(months.items.map(({ rows }: { rows: number }) => rows)).toEqual([1, 2])
    const again = await send('POST', `/v1/connections/${json.id}/syncs`, {})
    const { json: syncs } = await get(`/v1/connections/${json.id}/syncs`)
    expectShape(shapes.runList, syncs)
    expect(syncs.items.map(({ id }: { id: string }) => id)).toEqual([again.json.id, json.sync.id])
    expect(syncs.items.map(({ pollAfter }: { pollAfter: number }) => pollAfter)).toEqual([1_000, 1_000])
    expect(await ports.runs.list({ user: 'ada', connection: json.id }, 1)).toHaveLength(1)
  })

  it('remembers what was exported lately, newest first, for whoever asked for it', async () => {
    const { get, send, home } = openApp()
    const first = await send('POST', '/v1/exports', { format: 'koinly' })
    home.now += 1_000
    const second = await send('POST', '/v1/exports', { format: 'hledger' })
    const { json } = await get('/v1/exports')
    expectShape(shapes.formatList, json)
    expect(json.recent.map(({ id }: { id: string }) => id)).toEqual([second.json.id, first.json.id])
    expect((await get('/v1/exports', 'bob')).json.recent).toEqual([])
  })
})

describe('looking for transactions', () => {
  async function openHistory() {
    const world = openApp()
    const { json } = await world.connect()
    const owner = { user: 'ada', connection: json.id }
    world.put(
      owner,
      fill(startOfTime - hour, 'a', { symbol: 'BTC_USDT', base: 'BTC', side: 'buy', orderId: '4711' }),
      fill(startOfTime - 2 * hour, 'b', {
        symbol: 'ETH_USDT',
        base: 'ETH',
        side: 'sell',
        feeCurrency: 'BMX',
      }),
      fill(startOfTime - 3 * hour, 'c', { symbol: 'ETH_BTC', base: 'ETH', quote: 'BTC', side: 'sell' }),
    )
    const found = async (query: string) => {
      const { json: page } = await world.get(`/v1/transactions?${query}`)
      expectShape(shapes.transactionList, page)
      return page.items.map(({ id }: { id: string }) => id.at(-1))
    }
    return { ...world, found, id: json.id }
  }

  it.each([
    ['symbol=eth_usdt', ['b']],
    ['currency=btc', ['c', 'a']],
    ['currency=BMX', ['b']],
    ['side=sell', ['c', 'b']],
    ['side=sell&symbol=ETH_BTC&order=desc', ['c']],
    ['q=4711', ['a']],
    ['q=eth_', ['c', 'b']],
    ['status=done', []],
    ['type=funding', []],
  ])('finds by %s', async (query, expected) => {
    expect(await (await openHistory()).found(query)).toEqual(expected)
  })

  it('goes on behind ten thousand rows that do not fit, says how far it looked, and misses none', async () => {
    const { put, get, id } = await openHistory()
    const many = Array.from({ length: 10_001 }, (_, n) =>
      fill(startOfTime - (n + 4) * hour, `x${n}`, { symbol: 'X_Y' }),
    )
    put({ user: 'ada', connection: id }, ...many)
    const first = await get('/v1/transactions?symbol=BTC_USDT')
    expect(first.json).toMatchObject({
      items: [],
      nextCursor: expect.any(String),
      searchedUntil: new Date(startOfTime - 5 * hour).toISOString(),
    })
    const second = await get(`/v1/transactions?symbol=BTC_USDT&cursor=${first.json.nextCursor}`)
    expect(second.json.items).toHaveLength(1)
    expect(second.json).not.toHaveProperty('searchedUntil')
  })

  it('leaves out the rows as they were served, and shows one with all its digits by its id', async () => {
    const { put, get, id } = await openHistory()
    const raw = '{"price":0.10000000000000000001}'
    put({ user: 'ada', connection: id }, fill(startOfTime - 9 * hour, 'A|/ %25#ü', { raw }))
    const { json } = await get('/v1/transactions?raw=none')
    expect(json.items.every((row: object) => !('raw' in row))).toBe(true)
    const answer = await get(`/v1/transactions/${encodeURIComponent(json.items[0].id)}`)
    expect(answer.status).toBe(200)
    expectShape(shapes.transaction, answer.json)
    expect(answer.text).toContain(`"raw":${raw}}`)
    // As a gateway might pass it on that has read the escapes already, or read none.
    const twice = await get(`/v1/transactions/${encodeURIComponent(encodeURIComponent(json.items[0].id))}`)
    expect(twice.json.id).toBe(json.items[0].id)
  })

  it('shows a transaction to nobody else, and none for an id that no row has', async () => {
    const { get, id } = await openHistory()
    const known = (await get('/v1/transactions?limit=1')).json.items[0].id
    const answers = [
      await get(`/v1/transactions/${encodeURIComponent(known)}`, 'bob'),
      await get(`/v1/transactions/${id}:spot-trade:${startOfTime}:none`),
      await get('/v1/transactions/nothing'),
      await get('/v1/transactions/%25E0%25A4%25A'),
    ]
    for (const { status, json } of answers) {
      expect(status).toBe(404)
      expect(json).toEqual(answers[0]?.json)
    }
  })
})

describe('transactions over HTTP', () => {
  async function withRows(...rows: Parameters<typeof fill>[]) {
    const app = openApp()
    const { json } = await app.connect()
    app.put({ user: 'ada', connection: json.id }, ...rows.map((row) => fill(...row)))
    return { ...app, id: json.id as string }
  }

  it('carry the row as served, with every digit', async () => {
    const raw = '{"tradeId":182342999769370687,"size":20.710000000000000000,"n":1e400}'
    const { get, id } = await withRows([startOfTime, 'ADA|1|2', { raw, amount: '20.710000000000000000' }])
    const { text, json } = await get('/v1/transactions')
    expect(text).toContain(`"raw":${raw}`)
    expectShape(shapes.transactionList, json)
    expect(json.items[0]).toMatchObject({
      id: `${id}:spot-trade:${startOfTime}:ADA|1|2`,
      connection: id,
      exchange: 'bitmart',
      time: '2026-08-20T12:00:00.000Z',
      amount: '20.710000000000000000',
    })
    expect(json.items[0]).not.toHaveProperty('subaccount')
    expect(json).not.toHaveProperty('nextCursor')
  })

  it('come in pages that follow one another by an opaque cursor', async () => {
    const { get } = await withRows([1, 'a'], [1, 'b'], [1, 'c'], [2, 'd'])
    const read: string[] = []
    let path = '/v1/transactions?limit=1'
    for (let page = 0; page < 9 && path !== ''; page += 1) {
      const { json } = await get(path)
      read.push(...json.items.map((item: { id: string }) => item.id.at(-1)))
      path = json.nextCursor === undefined ? '' : `/v1/transactions?limit=1&cursor=${json.nextCursor}`
      expect(json.nextCursor ?? 'a').toMatch(/^[\w-]+$/)
    }
    expect(read).toEqual(['a', 'b', 'c', 'd'])
  })

  it('come newest first when that is asked for, page after page', async () => {
    const { get } = await withRows([1, 'a'], [1, 'b'], [1, 'c'], [2, 'd'])
    const read: string[] = []
    for (let cursor = ''; ; ) {
      const { json } = await get(`/v1/transactions?order=desc&limit=1${cursor}`)
      read.push(...json.items.map((item: { id: string }) => item.id.at(-1)))
      if (json.nextCursor === undefined) break
      cursor = `&cursor=${json.nextCursor}`
    }
    expect(read).toEqual(['d', 'c', 'b', 'a'])
  })

  it('are 100 unless more or fewer are asked for, up to 1000', async () => {
    const { get } = await withRows(
      ...Array.from({ length: 1_005 }, (_, n): [number, string] => [5, String(n)]),
    )
    expect((await get('/v1/transactions')).json.items).toHaveLength(100)
    expect((await get('/v1/transactions?limit=1000')).json.items).toHaveLength(1_000)
  })

  it('are of the time asked for, the end left out', async () => {
    const { get } = await withRows([startOfTime, 'a'], [startOfTime + hour, 'b'])
    const times = async (query: string) => (await get(`/v1/transactions?${query}`)).json.items.length
    expect(await times('from=2026-08-20T12:00:00Z&to=2026-08-20T13:00:00Z')).toBe(1)
    expect(await times('from=2026-08-20T14:00:00.001%2B02:00')).toBe(1)
    expect(await times('from=2026-08-21')).toBe(0)
    expect(await times('from=0001-01-01&to=9999-12-31')).toBe(2)
    expect(await times('stream=deposit')).toBe(0)
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=1755691200000', 'from'],
    ['to=2026-08-20T12:00', 'to'],
    ['from=2026-08-21&to=2026-08-20', 'to'],
    ['from=2026-08-21&to=2026-08-21', 'to'],
    ['stream=gifts', 'stream'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=', 'cursor'],
    ['cursor=WzEsImEiLCJiIiwiYyJd', 'cursor'],
    ['order=newest', 'order'],
    ['since=1', 'since'],
  ])('answer 400 to %s, naming %s', async (query, field) => {
    const { get } = openApp()
    const { status, json } = await get(`/v1/transactions?${query}`)
    expect([status, json.errors[0].field]).toEqual([400, field])
  })

  it('answer 400 to a cursor that was tampered with', async () => {
    const { get } = await withRows([1, 'a'], [2, 'b'])
    const { json } = await get('/v1/transactions?limit=1')
    for (const cursor of [`${json.nextCursor}A`, json.nextCursor.slice(1), `${json.nextCursor}=`])
      expect((await get(`/v1/transactions?cursor=${cursor}`)).status).toBe(400)
  })

  it('answer 400 to a cursor of a row that no store could hold', async () => {
    const { get } = await withRows([1, 'a'])
    const position = { time: 1, connection: 'c', stream: 'spot-trade', identity: 'a' } as const
    const status = async (wrong: object) =>
      (await get(`/v1/transactions?cursor=${encodeCursor({ ...position, ...wrong })}`)).status
    expect(await status({})).toBe(200)
    for (const wrong of [{ time: 1e13 }, { identity: '\ud800' }, { identity: 'é'.repeat(512) }])
      expect(await status(wrong)).toBe(400)
  })
})

describe('the API itself', () => {
  it('describes every exchange from its definition', async () => {
    const { get } = openApp()
    const { status, json } = await get('/v1/exchanges')
    expect(status).toBe(200)
    expectShape(shapes.exchangeList, json)
    expect(json.items[0]).toMatchObject({
      id: 'bitmart',
      addresses: { items: ['192.0.2.7'], separator: ',' },
      absent: expect.arrayContaining([expect.stringMatching(/^Isolated margin: what was borrowed, repaid/)]),
      closing: expect.arrayContaining([expect.objectContaining({ at: '2027-01-31T15:59:00.000Z' })]),
    })
    expect(json.items[0].streams).toHaveLength(exchange.streams.length)
  })

  it('answers 404 to an unknown address', async () => {
    const { get, request } = openApp()
    for (const path of [
      '/nothing',
      '/v1',
      '/v1/connections/',
      '/v2/connections',
      '/v1/connections/a/b',
      '//',
    ])
      expect((await get(path)).json.code, path).toBe('not-found')
    expect((await request('POST', '/nothing')).status).toBe(404)
  })

  it('answers 405 with what is allowed', async () => {
    const { request } = openApp()
    for (const [method, path, allow] of [
      ['PATCH', '/v1/connections', 'POST, GET, HEAD'],
      ['PUT', '/v1/connections/x', 'GET, HEAD, PATCH, DELETE'],
      ['GET', '/v1/connections/x/credentials', 'PUT'],
      ['DELETE', '/v1/transactions', 'GET, HEAD'],
      ['POST', '/docs', 'GET, HEAD'],
    ] as const) {
      const { status, headers, json } = await request(method, path)
      expect([status, headers.get('allow'), json.code], path).toEqual([405, allow, 'method-not-allowed'])
    }
    expect((await request('HEAD', '/v1/exchanges')).status).toBe(200)
  })

  it('answers OPTIONS with what is allowed', async () => {
    const { request } = openApp()
    const { status, headers } = await request('OPTIONS', '/v1/exchanges')
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD'])
  })

  it('serves its document and a page that loads nothing from anywhere', async () => {
    const { get } = openApp()
    const document = await get('/openapi.json')
    expect(document.json.openapi).toBe('3.1.0')
    const page = await get('/docs')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toMatch(/<script|<link|<img|src=|@import|url\(/)
    for (const [, target] of page.text.matchAll(/href="#([^"]+)"/g))
      expect(page.text).toContain(`id="${target}"`)
    for (const code of Object.keys(problems)) expect(page.text).toContain(`id="${code}"`)
    for (const { path, summary } of routes) {
      expect(page.text).toContain(path)
      expect(page.text).toContain(summary)
    }
  })

  it('sends every answer with headers that keep browsers from keeping, sniffing, framing or sharing it', async () => {
    const { get, request } = openApp()
    const answers = [
      await get('/v1/exchanges'),
      await get('/nothing'),
      await get('/docs'),
      await request('PUT', '/docs'),
    ]
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('logs each answer by its route’s template, without ids, addresses or bodies', async () => {
    const { connect, get, log } = openApp()
    const { json } = await connect()
    await get(`/v1/connections/${json.id}`)
    await get('/v1/transactions?connection=nobody')
    expect(log).toEqual([
      { event: 'answered', method: 'POST', path: '/v1/connections', status: 201 },
      { event: 'answered', method: 'GET', path: '/v1/connections/{id}', status: 200 },
      { event: 'answered', method: 'GET', path: '/v1/transactions', status: 404, code: 'not-found' },
    ])
  })
})
