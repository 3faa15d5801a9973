import { mkdtemp, rm } from 'node:fs/promises'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../lambdas/api/app.ts'
import { importRoutes } from '../../lambdas/api/import-routes.ts'
import { historyRoutes, keyRoutes } from '../../lambdas/api/routes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { type LocalServer, startServer } from '../../local/server.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { bingxFile, openImportApp, unknownLayout } from '../api/open-import-app.ts'
import { announce, effort } from '../fuzz/effort.ts'
import {
  documentedAnswer,
  importOperations,
  type OddRequest,
  type Operation,
  oddRequests,
  operations,
  type Sane,
  saneRequest,
} from '../fuzz/odd-requests.ts'
import { hurried } from '../model/engine.ts'
import { canaries, fill, homeInMemory, startOfTime } from '../use-cases/home-in-memory.ts'

beforeAll(announce)

const newConnection = {
  exchange: 'bitmart',
  ...canaries,
  label: 'Main',
  subaccount: 'desk',
  allowPowerfulKey: true,
  newAccount: true,
}

const anotherKey = 'CANARY-OF-ANOTHER-KEY'
const planted = [...Object.values(canaries), anotherKey, demoKey.secret, demoKey.memo]

/** What a connection and an export that were made just now are known by. */
const created = z.object({ id: z.string(), sync: z.object({ id: z.string() }).default({ id: '' }) })

function saneFor(connection: string, run: string, exported: string): Sane {
  return {
    ids: {
      id: connection,
      run,
      '/v1/exports/{id} id': exported,
      '/v1/transactions/{id} id': `${connection}:spot-trade:${startOfTime - hour}:BTC_USDT|1|1`,
    },
    queries: {
      connection: [connection, 'unknown'],
      stream: ['spot-trade', 'deposit'],
      from: ['2026-01-01', '2026-08-20T12:00:00.000Z', '2026-08-20T14:00:00%2B02:00'],
      to: ['2026-12-31', '9999-12-31'],
      limit: ['1', '7', '1000'],
      cursor: ['WyJhIl0', 'bnVsbA', 'e30'],
      history: ['delete'],
      raw: ['none'],
      q: ['btc'],
      side: ['buy'],
      status: ['done'],
    },
    bodies: {
      'POST /v1/connections': { ...newConnection, apiKey: anotherKey },
      'PUT /v1/connections/{id}/credentials': canaries,
      'PATCH /v1/connections/{id}': { label: 'Main', accountSince: '2026-03-01' },
      'POST /v1/exports': {
        format: 'hledger',
        period: '2026',
        timezone: 'Europe/Berlin',
        connections: [connection],
        accounts: { fees: 'Expenses:Fees' },
      },
    },
  }
}

const trace = /node_modules|\n\s+at |\\n\s+at |\.(ts|js):\d+|(Type|Range|Syntax|Reference|Zod)Error|file:\/\//

/** What must be true of every answer, whatever was asked, and of what was logged. */
async function checkAnswer(operation: Operation, answer: Response, log: readonly unknown[] = []) {
  const { status } = answer
  const [type, text] = [answer.headers.get('content-type'), await answer.text()]
  expect(status, text).not.toBe(500)
  const shown = text + inspect([...answer.headers]) + inspect(log, { depth: 9 })
  for (const canary of planted) expect(shown).not.toContain(canary)
  // The text of an error, or where in our code it was thrown.
  expect(shown).not.toMatch(trace)
  if (status >= 400) {
    expect(type, text).toBe('application/problem+json')
    const problem = JSON.parse(text)
    expect(problem.status).toBe(status)
    expect(problem.detail).toMatch(/[.?”]$/)
  }
  const documented = documentedAnswer(operation, status)
  if (documented === undefined) {
    // Only addresses that lead elsewhere are answered in a way that is not documented here.
    expect([301, 302, 404, 405], text).toContain(status)
    return
  }
  if (documented === 'nothing') expect(text).toBe('')
  else {
    expect(type).toBe(documented.type)
    expect(documented.schema.safeParse(JSON.parse(text)).error?.issues ?? [], text.slice(0, 500)).toEqual([])
  }
}

const failures: readonly FailureKind[] = [
  'unauthorized',
  'wrong-signature',
  'exchange-down',
  'rejected',
  'rate-limited',
]

describe('the API over a home in memory', () => {
  async function openApp() {
    const world = homeInMemory()
    const app = createApp({
      routes: [...keyRoutes, ...historyRoutes],
      elsewhere: importRoutes,
      ports: world.ports,
      log: world.noteLog,
      user: () => 'ada',
    })
    const post = async (path: string, body: object) => {
      const answer = await app.request(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
      return created.parse(await answer.json())
    }
    const { id, sync } = await post('/v1/connections', newConnection)
    const owner = { user: 'ada', connection: id }
    world.put(owner, ...[1, 2, 3].map((n) => fill(startOfTime - n * hour, `BTC_USDT|${n}|${n}`)))
    world.cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - day, to: startOfTime }],
    })
    const exported = await post('/v1/exports', { format: 'koinly', period: '2026' })
    return { ...world, app, sane: saneFor(id, sync.id, exported.id) }
  }

  it.each(operations)('$method $path answers anything as documented', async (operation) => {
    const { sane } = await openApp()
    const send = async (request: OddRequest, failure?: FailureKind): Promise<number> => {
      const { app, home, log } = await openApp()
      if (failure !== undefined) home.check = new FailureError({ kind: failure })
      const answer = await app.request(request.target, {
        method: operation.method,
        headers: request.headers,
        ...(request.body !== undefined && { body: Buffer.from(request.body) }),
      })
      await checkAnswer(operation, answer, log)
      return answer.status
    }
    // What the odd requests are made from is not turned away at the door.
    expect(await send(saneRequest(operation, sane))).toBeLessThan(300)
    await fc.assert(
      fc.asyncProperty(
        oddRequests(operation, sane),
        fc.constantFrom(undefined, undefined, undefined, ...failures),
        async (request, failure) => {
          await send(request, failure)
        },
      ),
      effort(80),
    )
  })
})

describe('the routes of statement files', () => {
  it.each(importOperations)('$method $path answers anything as documented', async (operation) => {
    const { app, log, add, call } = await openImportApp()
    const { json } = await add(bingxFile)
    const { plan } = (await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })).json
    const sane: Sane = {
      ids: { id: json.id },
      queries: { connection: ['of-ada', 'unknown'] },
      bodies: {
        'POST /v1/imports': { connection: 'of-ada', name: 'a.csv', bytes: 9, sha256: 'a'.repeat(64) },
        'POST /v1/imports/{id}/plan': {
          timezone: 'Europe/Berlin',
          dateOrder: 'day-first',
          decimalSigns: { Price: ',' },
          layouts: { any: unknownLayout },
          attests: { from: '2026-01-01', to: '2026-12-31' },
        },
        'POST /v1/imports/{id}/commit': { plan: plan.id },
      },
    }
    const send = async (request: OddRequest): Promise<number> => {
      const answer = await app.request(request.target, {
        method: operation.method,
        headers: request.headers,
        ...(request.body !== undefined && { body: Buffer.from(request.body) }),
      })
      await checkAnswer(operation, answer, log)
      return answer.status
    }
    expect(await send(saneRequest(operation, sane))).toBeLessThan(300)
    await fc.assert(
      fc.asyncProperty(oddRequests(operation, sane), async (request) => void (await send(request))),
      effort(60),
    )
  })
})

describe('the API as it is served on this computer', () => {
  let simulator: SimulatedBitmart
  let server: LocalServer
  let sane: Sane
  let dataDir = ''
  const log: unknown[] = []

  beforeAll(async () => {
    const clock = () => startOfTime
    simulator = await startSimulatedBitmart({
      clock,
      account: generateAccount({ seed: 1, now: startOfTime, spotFills: 20, days: 30 }),
      enforceLimits: false,
    })
    dataDir = await mkdtemp(join(tmpdir(), 'fuzz-'))
    server = await startServer({
      dataDir,
      port: 0,
      exchanges: new Map([...exchanges].map(([id, exchange]) => [id, hurried(exchange)])),
      hosts: new Map([['bitmart', { spot: simulator.spotUrl, swap: simulator.futuresUrl }]]),
      clock,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (ms < 15_000) setTimeout(resolve, 1)
          signal?.addEventListener('abort', () => resolve())
        }),
      random: () => 0.5,
      log: (entry) => void log.push(entry),
    })
    const post = async (path: string, body: object) => {
      const answer = await fetch(server.address + path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
      return created.parse(await answer.json())
    }
    const { apiKey, secret, memo: passphrase } = demoKey
    const { id, sync } = await post('/v1/connections', { exchange: 'bitmart', apiKey, secret, passphrase })
    const exported = await post('/v1/exports', { format: 'koinly', period: '2026' })
    sane = saneFor(id, sync.id, exported.id)
  })
  afterAll(async () => {
    await server.close()
    await simulator.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  it.each([...operations, ...importOperations])(
    '$method $path answers anything as documented',
    async (operation) => {
      await fc.assert(
        fc.asyncProperty(oddRequests(operation, sane), async (request) => {
          // The connection has to last.
          fc.pre(operation.method !== 'DELETE' || !request.target.includes(`${sane.ids.id}`))
          const { 'x-http-method-override': _override, expect: _expect, ...headers } = request.headers
          const answer = await fetch(server.address + request.target, {
            method: operation.method,
            headers,
            redirect: 'manual',
            ...(request.body !== undefined && { body: Buffer.from(request.body) }),
          })
          await checkAnswer(operation, answer)
        }),
        effort(25),
      )
      const shown = inspect(log, { depth: 9 })
      for (const canary of planted) expect(shown).not.toContain(canary)
    },
  )

  const fields = fc.constantFrom(
    'Host: 127.0.0.1',
    'Host: ',
    'Host: a b',
    'Host: [::1',
    'Host: evil.example',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Content-Type: application/json',
    'Connection: upgrade',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'Origin: null',
    'X: \u0000',
    'no colon',
    ': empty',
    `X-Long: ${'x'.repeat(20_000)}`,
    '\u00e9: \u00ff',
  )
  const lines = fc.tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'HEAD', 'get', 'PRI', ''),
    fc.constantFrom(
      '/v1/connections',
      '/v1/exports/%',
      '/v1/transactions?%',
      '*',
      'http://evil.example/v1/exchanges',
      '//',
      '/\u00e9',
      '',
      '/docs',
      '/v1/connections/%ff',
      'a:1',
      `/${'x'.repeat(20_000)}`,
    ),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
    fc.array(fields, { maxLength: 4 }),
    fc.constantFrom('', '{"a":1', '5\r\n{"a":\r\n0\r\n\r\n', 'zz\r\n', '\r\n\r\n', '\u0000'),
  )

  it('answers whatever bytes are sent, and goes on', async () => {
    const { port } = new URL(server.address)
    await fc.assert(
      fc.asyncProperty(lines, async ([method, target, version, headers, body]) => {
        const socket = connectSocket(Number(port), '127.0.0.1')
        const closed = new Promise<string>((resolve) => {
          socket.on('error', () => resolve(''))
          textOf(socket).then(resolve, () => resolve(''))
        })
        socket.setTimeout(60, () => socket.destroy())
        socket.end(
          Buffer.from([`${method} ${target} ${version}`, ...headers, '', body].join('\r\n'), 'latin1'),
        )
        const answer = await closed
        expect(answer).not.toMatch(/^HTTP\/1\.1 500/)
        expect(answer).not.toMatch(trace)
      }),
      effort(120),
    )
    expect((await fetch(`${server.address}/v1/connections`)).status).toBe(200)
  })
})
