import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { canaries, exchange, fill, startOfTime } from '../use-cases/home-in-memory.ts'
import { expectShape, openApp } from './open-app.ts'

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

describe('symbols that were traded, as their owner says', () => {
  it('are refused, named as a field, where an exchange is asked for all symbols at once', async () => {
    const { connect, send, get } = openApp()
    const problem = {
      status: 400,
      json: {
        code: 'invalid-request',
        errors: [
          {
            field: 'symbols',
            detail: 'is of no use at BitMart, which is asked for all symbols at once: leave it out',
          },
        ],
      },
    }
    expect(await connect({ symbols: ['BTCUSDT'] })).toMatchObject(problem)
    const { json } = await connect({ symbols: [] })
    expect(await send('PATCH', `/v1/connections/${json.id}`, { symbols: ['BTCUSDT'] })).toMatchObject(problem)
    const known = (await get('/v1/exchanges')).json.items.map(
      (one: { id: string; takesSymbols: boolean }) => [one.id, one.takesSymbols],
    )
    expect(Object.fromEntries(known)).toMatchObject({ bitmart: false })
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
    const { connect, get, send, cover } = openApp()
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
    const accountSinceRefuted = {
      by: new Date(since - 1).toISOString(),
      sentence: expect.stringContaining('so that does not count'),
    }
    const path = `/v1/connections/${json.id}`
    const later = await send('PATCH', path, { accountSince: new Date(since).toISOString() })
    expectShape(shapes.connection, later.json)
    expect(later.json).toMatchObject({ accountSinceRefuted })
    expect((await get('/v1/summary')).json.items[0].connection).toMatchObject({ accountSinceRefuted })
    const earlier = await send('PATCH', path, { accountSince: new Date(since - hour).toISOString() })
    expect(earlier.json).not.toHaveProperty('accountSinceRefuted')
  })
})
