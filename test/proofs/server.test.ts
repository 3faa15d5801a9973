import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { z } from 'zod'
import { openStores } from '../../lambdas/adapters/stores.ts'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { exportAnswer, formatList } from '../../lambdas/api/export-shapes.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { runConnections } from '../../local/connections/run-connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { runExport } from '../../local/export/run-export.ts'
import { sayServedAt } from '../../local/served-at.ts'
import { type LocalServer, type ServerOptions, startServer } from '../../local/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatedKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, surroundings } from '../local/import-process.ts'
import { hurried } from '../model/engine.ts'

const start = Date.UTC(2026, 7, 20, 12)
const key = { exchange: 'bitmart', apiKey: demoKey.apiKey, secret: demoKey.secret, passphrase: demoKey.memo }
/** Small, with a crowded instant of each kind left out: the engine's own tests have them. */
const sizes = { now: start, spotFills: 260, futuresFills: 120, ledgerRows: 60, withdrawals: 12, deposits: 8 }

const opened: { close(): Promise<void> }[] = []
let dataDir = ''
let now = start
/** Long waits end when the test says so. */
let wake = new AbortController()
let log: unknown[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'server-test-'))
  now = start
  wake = new AbortController()
  log = []
})

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
  await rm(dataDir, { recursive: true, force: true })
})

async function simulate(options: Partial<SimulatorOptions> = {}): Promise<SimulatedBitmart> {
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account: generateAccount({ ...sizes, seed: 1 }),
    enforceLimits: false,
    ...options,
  })
  opened.push(simulator)
  return simulator
}

async function serve(
  simulator?: SimulatedBitmart,
  options: Partial<ServerOptions> = {},
): Promise<LocalServer> {
  const hosts: Record<string, string> =
    simulator === undefined ? {} : { spot: simulator.spotUrl, swap: simulator.futuresUrl }
  const server = await startServer({
    dataDir,
    port: 0,
    exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
    hosts: new Map([['bitmart', hosts]]),
    clock: () => now,
    // Retries need not be waited for; the lease and the schedule need.
    sleep: async (ms, signal) => {
      if (ms < 15_000) return delay(Math.min(ms, 5))
      const signals = [wake.signal, ...(signal === undefined ? [] : [signal])]
      await delay(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined)
    },
    random: () => 0.5,
    log: (entry) => {
      log.push(entry)
    },
    ...options,
  })
  const closeOnce = { close: () => server.close() }
  opened.push(closeOnce)
  return {
    ...server,
    close: async () => {
      opened.splice(opened.indexOf(closeOnce), 1)
      await server.close()
    },
  }
}

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }

/** As a program sends it: `fetch` would not let us choose Host and Origin. */
function send(url: string, method: string, body: string | undefined, headers: Record<string, string>) {
  return new Promise<Reply>((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = httpRequest(url, { method, headers: { ...type, ...headers }, agent: false })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers: answered } = response
      text(response).then((answer) => resolve({ status, headers: answered, text: answer }), reject)
    })
    sent.end(body)
  })
}

async function ask(
  server: LocalServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const reply = await send(
    `${server.address}${path}`,
    method,
    body === undefined ? undefined : JSON.stringify(body),
    headers,
  )
  for (const secret of [demoKey.apiKey, demoKey.secret, demoKey.memo])
    expect(reply.text).not.toContain(secret)
  const isJson = /json/.test(reply.headers['content-type'] ?? '') && reply.text !== ''
  return { ...reply, json: isJson ? JSON.parse(reply.text) : undefined }
}

async function ended(server: LocalServer, connection: string, id: string) {
  for (;;) {
    const run = shapes.run.parse((await ask(server, 'GET', `/v1/connections/${connection}/syncs/${id}`)).json)
    if (run.state !== 'running') return run
    await delay(20)
  }
}

/** The connection once its last sync has been noted at it. */
async function noted(server: LocalServer, id: string, run: string) {
  for (;;) {
    const connection = shapes.connection.parse((await ask(server, 'GET', `/v1/connections/${id}`)).json)
    // Due at once until its first sync has ended: then it is due the next night.
    const { lastRun, nextSyncAt = '' } = connection
    if (lastRun === run && Date.parse(nextSyncAt) > now) return connection
    await delay(10)
  }
}

async function connected(server: LocalServer, more: object = {}) {
  const { status, json } = await ask(server, 'POST', '/v1/connections', { ...key, ...more })
  expect(status).toBe(201)
  return json
}

async function history(server: LocalServer) {
  const items: z.output<typeof shapes.transaction>[] = []
  let cursor = ''
  do {
    const answer = await ask(server, 'GET', `/v1/transactions?limit=1000${cursor}`)
    const page = shapes.transactionList.parse(answer.json)
    items.push(...page.items)
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`
  } while (cursor !== '')
  return items
}

const stored = (run: z.output<typeof shapes.run>) => run.streams.map((stream) => stream.stored)

const rowsOf = ({ account }: SimulatedBitmart) =>
  account.spotFills.length + account.futuresFills.length + account.ledger.length + account.transfers.length

describe('the local server', () => {
  it('imports an account over HTTP, every row once, and keeps its key in the vault only', async () => {
    const simulator = await simulate()
    const server = await serve(simulator)
    const { id, sync, keyHint } = await connected(server)
    expect(keyHint).toBe(demoKey.apiKey.slice(-4))
    const run = await ended(server, id, sync.id)
    expect(run).toMatchObject({ state: 'unverified', percent: 100 })
    const items = await history(server)
    expect(items).toHaveLength(rowsOf(simulator))
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length)
    expect(items.map(({ time }) => time)).toEqual(items.map(({ time }) => time).sort())
    expect(await noted(server, id, sync.id)).toMatchObject({
      status: 'connected',
      nextSyncAt: '2026-08-21T03:00:00.000Z',
    })
    const answer = await ask(server, 'GET', `/v1/connections/${id}/coverage`)
    const coverage = shapes.coverageList.parse(answer.json)
    expect(coverage.items.flatMap(({ partitions }) => partitions.flatMap(({ gaps }) => gaps))).toEqual([])
    await server.close()

    for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const path = join(file.parentPath, file.name)
      const holds = (await readFile(path, 'utf8')).includes(demoKey.secret)
      expect(holds, path).toBe(path === server.vaultPath)
    }
    expect((await stat(server.vaultPath)).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(log)).not.toMatch(/demo-(access|secret)-key|demo memo/)
  })

  it('writes nothing new when it syncs again, and joins a sync under way', async () => {
    const server = await serve(await simulate({ latency: 20 }))
    const { id, sync } = await connected(server)
    const joined = await ask(server, 'POST', `/v1/connections/${id}/syncs`)
    expect([joined.status, joined.json.id]).toEqual([202, sync.id])
    await ended(server, id, sync.id)
    const again = await ask(server, 'POST', `/v1/connections/${id}/syncs`)
    expect(again.json.id).not.toBe(sync.id)
    const run = await ended(server, id, again.json.id)
    expect(stored(run)).toEqual([0, 0, 0, 0, 0])
    expect(run.requests).toBeLessThanOrEqual(12)
  })

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
    const server = await serve(await simulate({ keys: [{ ...demoKey, ...change }] }))
    const refused = await ask(server, 'POST', '/v1/connections', { ...key, ...typed })
    expect([refused.status, refused.json.code]).toEqual([status, code])
    expect((await ask(server, 'GET', '/v1/connections')).json).toEqual({ items: [] })
    await expect(stat(server.vaultPath)).rejects.toThrow('ENOENT')
  })

  it('takes a strong key from those who insist', async () => {
    const server = await serve(await simulate({ keys: [{ ...demoKey, permissions: ['read', 'withdraw'] }] }))
    const { warnings } = await connected(server, { allowPowerfulKey: true })
    expect(warnings.join(' ')).toContain('withdraw')
  })

  it('refuses the same pair, the same key under another name, and the same account with another key', async () => {
    const second = { ...demoKey, apiKey: 'a-second-key-of-the-same-account' }
    const stranger = {
      ...demoKey,
      apiKey: 'a-key-of-somebody-else',
      account: generateAccount({ ...sizes, seed: 77 }),
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
    const { exchange: _one, ...credentials } = key
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

  it('goes on where it was when it is stopped in the middle of an import', async () => {
    const simulator = await simulate({ latency: 15 })
    const first = await serve(simulator)
    const { id, sync } = await connected(first)
    while (simulator.requests.length < 40) await delay(5)
    await first.close()
    const second = await serve(simulator)
    expect((await ask(second, 'GET', `/v1/connections/${id}/syncs/${sync.id}`)).json.state).toBe(
      'interrupted',
    )
    let lastRun = sync.id
    while (lastRun === sync.id) lastRun = (await ask(second, 'GET', `/v1/connections/${id}`)).json.lastRun
    expect((await ended(second, id, lastRun)).state).toBe('unverified')
    expect(await history(second)).toHaveLength(rowsOf(simulator))
  })

  it('ends a sync within moments when the connection is deleted, and keeps nothing of it', async () => {
    const simulator = await simulate({ latency: 15 })
    const server = await serve(simulator)
    const { id } = await connected(server)
    while (simulator.requests.length < 30) await delay(5)
    expect((await ask(server, 'DELETE', `/v1/connections/${id}?history=delete`)).status).toBe(204)
    const asked = simulator.requests.length
    expect((await ask(server, 'GET', '/v1/connections')).json.items).toEqual([])
    expect(await history(server)).toEqual([])
    expect(simulator.requests.length).toBe(asked)
    expect(await readFile(server.vaultPath, 'utf8')).not.toContain(demoKey.secret)
    const again = await connected(server)
    expect(again.id).toBe(id)
    await ended(server, id, again.sync.id)
    expect(await history(server)).toHaveLength(rowsOf(simulator))
  })

  it('destroys the key on disconnect, keeps the history, and meets it again', async () => {
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

  it('syncs again by itself when the night comes', async () => {
    const server = await serve(await simulate())
    const { id, sync } = await connected(server)
    await noted(server, id, sync.id)
    now = Date.parse('2026-08-21T03:00:00.000Z')
    wake.abort()
    let lastRun = sync.id
    while (lastRun === sync.id) lastRun = (await ask(server, 'GET', `/v1/connections/${id}`)).json.lastRun
    wake = new AbortController()
    expect((await ended(server, id, lastRun)).startedAt).toBe('2026-08-21T03:00:00.000Z')
  })

  it('says what needs attention when the key is deleted at the exchange, and recovers with a new one', async () => {
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
    const { exchange: _one, ...credentials } = key
    const replaced = await ask(server, 'PUT', `/v1/connections/${id}/credentials`, {
      ...credentials,
      apiKey: 'a-new-key-of-this-account',
    })
    expect(replaced.json.status).toBe('connected')
    expect((await ended(server, id, replaced.json.sync.id)).state).toBe('unverified')
  })

  it('says that the vault is missing, asks the exchange nothing with a key that is gone, and takes a new one', async () => {
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
    const { exchange: _one, ...credentials } = key
    const replaced = await ask(again, 'PUT', `/v1/connections/${id}/credentials`, credentials)
    expect(replaced.json).toMatchObject({ status: 'connected' })
    expect(await history(again)).toHaveLength(rowsOf(simulator))
  })

  it('encrypts the vault with a passphrase, and does not start with a wrong one', async () => {
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

  it('is where connections sends those who find its store open, and status and export look into it', async () => {
    const server = await serve(await simulate())
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    const changing = capture()
    const around = surroundings({ DATA_DIR: dataDir })
    expect(await runConnections(['rename', 'a', 'b'], { ...around, stderr: changing.stream })).toBe(2)
    expect(changing.text()).toContain(
      `is open in the server at ${server.address}: ${server.address}/docs shows how`,
    )
    for (const { run, words } of [
      { run: runStatus, words: [] },
      { run: runExport, words: ['--format', 'koinly', '--out', join(dataDir, 'out')] },
    ]) {
      const looking = capture()
      expect(await run(words, { ...around, stderr: looking.stream })).toBe(3)
      expect(looking.text()).toContain('this is what was stored up to now')
    }
    await server.close()
    const stderr = capture()
    expect(await runStatus([], { ...around, stderr: stderr.stream })).toBe(3)
    expect(stderr.text()).toBe('')
  })

  it('is not named by the store once it was killed and somebody else has it open', async () => {
    const store = await openEmbeddedStore({ dataDir })
    await sayServedAt(dataDir, 'http://127.0.0.1:1')
    await store.close()
    const next = await openEmbeddedStore({ dataDir })
    onTestFinished(() => next.close())
    await expect(serve()).rejects.toThrow(/is in use by another process/)
  })

  it('says in one sentence that the store or the port is taken, and harms nothing', async () => {
    const server = await serve()
    await expect(serve()).rejects.toThrow(`is open in the server at ${server.address}`)
    const port = Number(new URL(server.address).port)
    const elsewhere = join(dataDir, 'elsewhere')
    await expect(serve(undefined, { port, dataDir: elsewhere })).rejects.toThrow(`Port ${port} is in use`)
    await expect(serve(undefined, { dataDir: elsewhere })).resolves.toBeDefined()
    expect((await ask(server, 'GET', '/v1/connections')).status).toBe(200)
  })

  it('listens on 127.0.0.1 only', async () => {
    const server = await serve()
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const port = new URL(server.address).port
    const elsewhere = ask({ ...server, address: `http://[::1]:${port}` }, 'GET', '/v1/exchanges')
    await expect(elsewhere).rejects.toThrow()
  })
})

describe('the local server and web pages', () => {
  const foreign: readonly [string, Record<string, string>][] = [
    ['a name that somebody points here', { host: 'evil.example' }],
    ['a name that looks like ours', { host: '127.0.0.1.evil.example' }],
    ['another address of this computer', { host: '192.168.0.9' }],
    ['a page elsewhere', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page of another program here', { origin: 'http://localhost:3000' }],
    ['a page over https', { origin: 'https://127.0.0.1' }],
    ['a page elsewhere, without its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another program here, without its origin', { 'sec-fetch-site': 'same-site' }],
  ]
  it.each(foreign)('answer 403 to %s, for reading, writing and the page itself', async (_what, headers) => {
    const server = await serve()
    for (const [method, path, body] of [
      ['GET', '/v1/connections', undefined],
      ['GET', '/docs', undefined],
      ['POST', '/v1/connections', key],
      ['DELETE', '/v1/connections/x?history=delete', undefined],
      ['OPTIONS', '/v1/connections', undefined],
    ] as const) {
      const { status, json, headers: answered } = await ask(server, method, path, body, headers)
      expect([status, json?.code], path).toEqual([403, 'forbidden-origin'])
      expect(answered['access-control-allow-origin']).toBeUndefined()
      expect(answered['cache-control']).toBe('no-store')
    }
  })

  it('answers nothing to a Host that is no name', async () => {
    const server = await serve()
    const { status, text: answer } = await ask(server, 'GET', '/v1/exchanges', undefined, {
      host: 'localhost@evil.example',
    })
    expect([status, answer]).toEqual([400, ''])
  })

  it('answers its own page, and programs under each of its names', async () => {
    const server = await serve()
    const { host, port } = new URL(server.address)
    const own: readonly Record<string, string>[] = [
      { host: `localhost:${port}` },
      { host: `LOCALHOST:${port}` },
      { host: `[::1]:${port}` },
      { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      { host, 'sec-fetch-site': 'none' },
    ]
    for (const headers of own)
      expect((await ask(server, 'GET', '/docs', undefined, headers)).status).toBe(200)
  })

  it('answers 415 to a form, which a page can send without asking', async () => {
    const server = await serve()
    const { status } = await ask(server, 'POST', '/v1/connections', key, { 'content-type': 'text/plain' })
    expect(status).toBe(415)
  })

  it('says why it reads neither an address that is too long nor what is no request', async () => {
    const server = await serve()
    const long = await ask(server, 'GET', `/v1/connections/${'x'.repeat(20_000)}`)
    expect([long.status, long.headers['content-type']]).toEqual([400, 'application/problem+json'])
    expect(long.json).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('shorten') })
    const socket = connectSocket(Number(new URL(server.address).port), '127.0.0.1')
    socket.end('HELLO\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\n\{.*"code":"invalid-request".*\}$/)
    expect((await ask(server, 'GET', '/v1/connections')).status).toBe(200)
  })

  it('answers 413 to a body that never seems to end, and stays well', async () => {
    const server = await serve()
    const long = { ...key, label: 'x'.repeat(400_000) }
    expect((await ask(server, 'POST', '/v1/connections', long)).status).toBe(413)
    expect((await ask(server, 'GET', '/v1/exchanges')).status).toBe(200)
  })
})

describe('exports over HTTP', () => {
  async function finished(server: LocalServer, id: string) {
    for (;;) {
      const found = exportAnswer.parse((await ask(server, 'GET', `/v1/exports/${id}`)).json)
      if (found.state !== 'waiting') return found
      await delay(10)
    }
  }

  it('are written in the background and downloaded with what they cover, as files to be saved', async () => {
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
    const another = { ...demoKey, apiKey: 'another-access-key-0002' }
    const account = generateAccount({ ...sizes, seed: 2 })
    const server = await serve(await simulate({ keys: [demoKey, { ...another, account }] }))
    const other = await connected(server, { apiKey: another.apiKey })
    await ended(server, other.id, other.sync.id)
    const start = async (body: object) =>
      finished(server, (await ask(server, 'POST', '/v1/exports', body)).json.id)
    const before = await start({ format: 'canonical-csv' })
    now += 1_000
    const { id, sync } = await connected(server)
    await ended(server, id, sync.id)
    const after = [
      await start({ format: 'canonical-csv' }),
      await start({ format: 'json-lines', connections: [id] }),
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
    const stores = await openEmbeddedStore({ dataDir })
    await openStores(stores.table).exports.begin({
      id: 'left',
      user: 'local',
      request: { format: 'json-lines', period: {}, timezone: 'UTC' },
      state: 'waiting',
      requestedAt: now,
    })
    await stores.close()
    const server = await serve()
    expect(await finished(server, 'left')).toMatchObject({ state: 'done', transactions: 0 })
  })
})
