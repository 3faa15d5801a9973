import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTelemetry } from '../../lambdas/adapters/telemetry.ts'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { gatewayHandler } from '../../lambdas/api/http.ts'
import { historyRoutes, keyRoutes } from '../../lambdas/api/routes.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { openGateway, tokenOf } from '../e2e/cloud/gateway.ts'
import { canaries, connecting, fill, homeInMemory, startOfTime } from '../use-cases/home-in-memory.ts'
import { announce, effort } from './effort.ts'
import { mutated, oddJson, oddText } from './odd-json.ts'
import { type Operation, operations } from './odd-requests.ts'

/** The two functions behind API Gateway, handed events that it should never send, and some that it might. */

beforeAll(announce)

const users = ['ada', 'bob'] as const
const anotherKey = 'CANARY-OF-ANOTHER-KEY'
const planted = [...Object.values(canaries), anotherKey, ...users.map(tokenOf)]
const trace =
  /node_modules|\n\s+at |\\n\s+at |\.(ts|js):\d+|(Type|Range|Syntax|Reference|Zod|URI)Error|file:\/\//

/** What only the answers for this user may hold. */
const markOf = (user: string) => `mark-of-${user}`

/** The functions as their entries make them, over one home that holds a history of each user. */
async function openFunctions() {
  const world = homeInMemory()
  const options = { ports: world.ports, onAnswer: world.noteLog }
  const functions = new Map([
    ['history', gatewayHandler(openTelemetry(), { ...options, routes: historyRoutes, elsewhere: keyRoutes })],
    ['keys', gatewayHandler(openTelemetry(), { ...options, routes: keyRoutes, elsewhere: historyRoutes })],
  ])
  const ids = new Map<string, { readonly id: string; readonly run: string }>()
  for (const user of users) {
    const { connection, run } = await connecting(world.ports, {
      user,
      apiKey: `${canaries.apiKey}-${user}`,
      label: markOf(user),
    })
    const owner = { user, connection: connection.id }
    ids.set(user, { id: connection.id, run: run.id })
    world.put(owner, ...[1, 2].map((n) => fill(startOfTime - n * hour, `${n}`, { tradeId: markOf(user) })))
    world.cover(owner, {
      ...noCoverage('spot-trade', 'spot'),
      covered: [{ from: startOfTime - day, to: startOfTime }],
    })
    await world.ports.exports.begin({
      id: `export-${user}`,
      user,
      request: { format: 'koinly', period: {}, timezone: 'UTC', connections: [markOf(user)] },
      state: 'waiting',
      requestedAt: startOfTime,
    })
  }
  return { ...world, functions, ids }
}

type World = Awaited<ReturnType<typeof openFunctions>>

const functionOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) =>
  keyRoutes.some((route) => route.path === path && route.method.toUpperCase() === method) ? 'keys' : 'history'

/** A gateway set up as ours is, that keeps the event instead of handing it over. */
async function genuineEvent(operation: Operation, path: string, body: object | undefined, user: string) {
  let kept: unknown
  const methods = operations.map(({ path: resource, method }) => ({
    resource,
    method,
    function: functionOf({ method, path: resource }),
    authorized: true,
  }))
  const gateway = openGateway({
    api: {
      resources: operations.map((one) => one.path),
      methods,
      responses: new Map(),
      binaryMediaTypes: [],
    },
    invoke: async (_name, event) => {
      kept = event
      return { statusCode: 200, body: '' }
    },
    clock: () => startOfTime,
  })
  await gateway.answer({
    method: operation.method,
    path,
    user,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  expect(kept).toBeDefined()
  return kept
}

const bodies: Readonly<Record<string, object>> = {
  'POST /v1/connections': {
    exchange: 'bitmart',
    ...canaries,
    apiKey: anotherKey,
    label: 'Main',
    newAccount: true,
  },
  'PUT /v1/connections/{id}/credentials': { ...canaries, apiKey: anotherKey, sameAccount: true },
  'PATCH /v1/connections/{id}': { label: 'Main', accountSince: '2026-03-01' },
  'POST /v1/exports': { format: 'koinly', period: '2026' },
}

/** What a client of this user sends for the operation, as it arrives at the function. */
async function saneEvent(world: World, operation: Operation, user = 'ada') {
  const { id = '', run = '' } = world.ids.get(user) ?? {}
  const path = operation.path
    .replace('/v1/exports/{id}', `/v1/exports/export-${user}`)
    .replace('/v1/transactions/{id}', `/v1/transactions/${id}:spot-trade:${startOfTime - hour}:1`)
    .replace('{id}', id)
    .replace('{run}', run)
  const query = operation.path === '/v1/transactions' ? `?limit=5&connection=${id}` : ''
  return genuineEvent(operation, path + query, bodies[`${operation.method} ${operation.path}`], user)
}

const invocation = {
  awsRequestId: 'request-1',
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'history',
  functionVersion: '1',
  invokedFunctionArn: 'arn',
  memoryLimitInMB: '256',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 29_000,
}

let written: string[] = []
afterEach(() => vi.restoreAllMocks())

/** Everything that the function's process writes becomes its log. */
function listen(): void {
  written = []
  const keep = (chunk: unknown) => {
    written.push(typeof chunk === 'string' ? chunk : inspect(chunk))
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...all) => void keep(inspect(all, { depth: 9 })))
}

/** Who is asking, by the token that the gateway has checked; undefined when nobody is. */
function subjectOf(event: unknown): string | undefined {
  const at = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined
  const sub = ['requestContext', 'authorizer', 'claims', 'sub'].reduce(at, event)
  return typeof sub === 'string' && sub !== '' ? sub : undefined
}

type Told = { readonly status: number; readonly text: string; readonly headers: Map<string, string> }

/** Hands the event over. Whatever it is, the answer is one that the gateway can pass on, and tells nothing it must not. */
async function call(world: World, name: string, event: unknown): Promise<Told> {
  const handler = world.functions.get(name)
  if (handler === undefined) throw new Error('There is no such function.')
  const subject = subjectOf(event)
  const before = inspect(world.stored(), { depth: 9 })
  listen()
  const result = await handler(JSON.parse(JSON.stringify(event ?? null)), invocation).finally(() =>
    vi.restoreAllMocks(),
  )
  const { statusCode, body, isBase64Encoded, headers = {}, multiValueHeaders = {} } = Object(result)
  expect(Number.isInteger(statusCode), inspect(result)).toBe(true)
  expect(typeof body).toBe('string')
  expect(isBase64Encoded).toBe(false)
  const all = new Map<string, string>()
  for (const [field, value] of Object.entries({ ...headers, ...multiValueHeaders })) {
    expect(field).toMatch(/^[a-z-]+$/)
    all.set(field, Array.isArray(value) ? value.join(', ') : String(value))
  }
  const shown = body + inspect(all) + inspect(world.log, { depth: 9 }) + written.join('')
  // The gateway routes by method and address: what it hands to the wrong function is no fault of the client's.
  if (!world.log.some(({ code }) => code === 'served-elsewhere')) expect(statusCode, shown).toBeLessThan(500)
  for (const canary of planted) expect(shown).not.toContain(canary)
  expect(shown).not.toMatch(trace)
  expect(all.get('cache-control')).toBe('no-store')
  expect(all.get('x-content-type-options')).toBe('nosniff')
  if (statusCode >= 400) {
    expect(all.get('content-type'), shown).toBe('application/problem+json')
    // A HEAD is answered without a body.
    if (body !== '' || !/^head$/i.test(Object(event).httpMethod))
      expect(shapes.problem.parse(JSON.parse(body)).status).toBe(statusCode)
  }
  for (const user of users) if (user !== subject) expect(shown).not.toContain(markOf(user))
  if (subject === undefined) {
    // What is no secret from anybody may be read by anybody: the pages that describe the API.
    if (statusCode < 300) expect(body).toMatch(/^(<!doctype html>|\{"openapi")/i)
    expect(inspect(world.stored(), { depth: 9 })).toBe(before)
  }
  return { status: statusCode, text: body, headers: all }
}

describe.each(operations)('$method $path behind the gateway', (operation) => {
  const name = functionOf(operation)

  it('does for each user what it says, and nothing for anybody else', async () => {
    for (const user of users) {
      const world = await openFunctions()
      const { status } = await call(world, name, await saneEvent(world, operation, user))
      expect(status).toBeLessThan(300)
      for (const other of users)
        if (other !== user) {
          const { id } = world.ids.get(other) ?? {}
          expect(world.connections.get(`${other}/${id}`)).toMatchObject({ status: 'connected' })
        }
    }
  })

  const sane = openFunctions().then((world) => saneEvent(world, operation))
  const parts = ['requestContext', 'authorizer', 'claims', 'sub']
  const withoutSubject: readonly [string, string][] = [
    ...parts.flatMap((part, depth): [string, string][] =>
      ['null', '""', '[]', '{}', '7', 'true', '["ada"]', '{"sub":"ada"}', '{"claims":"ada"}']
        .filter((value) => depth > 0 || !/^[{[]/.test(value))
        .map((value) => [part, value]),
    ),
    ['sub', JSON.stringify('x'.repeat(129))],
    ['sub', JSON.stringify('a\ud800')],
  ]

  it('wants to know who is asking, however the token is lost', async () => {
    const world = await openFunctions()
    for (const [part, value] of withoutSubject) {
      const event = JSON.parse(JSON.stringify(await sane))
      const path = parts.slice(0, parts.indexOf(part))
      const holder = path.reduce((at, key) => at[key], event)
      holder[part] = JSON.parse(value)
      // Whatever else looks like a user is none.
      event.requestContext = Object.assign(Object(event.requestContext), {
        identity: { user: 'ada', cognitoIdentityId: 'ada', caller: 'ada' },
      })
      event.headers = {
        ...event.headers,
        'x-user': 'ada',
        sub: 'ada',
        Authorization: `Bearer ${tokenOf('ada')}`,
      }
      event.stageVariables = { user: 'ada', sub: 'ada' }
      if (subjectOf(event) !== undefined && part !== 'sub') continue
      const handler = world.functions.get(name)
      if (handler === undefined) throw new Error('There is no such function.')
      listen()
      const result = Object(await handler(event, invocation))
      vi.restoreAllMocks()
      expect([400, 401, 403], `${part} ${value} ${result.body}`).toContain(result.statusCode)
      for (const user of users) expect(inspect(result)).not.toContain(markOf(user))
    }
  })

  it('answers any change of its event, for its subject alone', async () => {
    const world = await openFunctions()
    const event = await saneEvent(world, operation)
    await fc.assert(
      fc.asyncProperty(mutated(event), async (text) => {
        await call(await openFunctions(), name, JSON.parse(text))
      }),
      effort(15),
    )
  })

  it('answers any change of what clients decide', async () => {
    const event = JSON.parse(JSON.stringify(await sane))
    const headers = fc.dictionary(
      fc.oneof(fc.constantFrom('Content-Type', 'content-type', 'Host', 'Content-Length', 'Cookie'), oddText),
      fc.oneof(oddText, fc.constantFrom('application/json', 'a b', '99999999999', '-1', 'chunked')),
      { maxKeys: 4 },
    )
    const lists = fc.dictionary(
      fc.oneof(fc.constantFrom('Content-Type', 'limit', 'from', 'connection', 'content-length'), oddText),
      fc.oneof(fc.array(oddText, { maxLength: 3 }), fc.constant(null)),
      { maxKeys: 3 },
    )
    const texts = fc.dictionary(oddText, fc.oneof(oddText, fc.constant(null)), { maxKeys: 3 })
    const body = fc.oneof(
      fc.constant(null),
      oddText,
      oddJson,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom(
        '"'.padEnd(70_000, 'x'),
        '['.repeat(60_000),
        'ey',
        '=',
        '%',
        'e===',
        Buffer.from(event.body ?? '').toString('base64'),
      ),
    )
    const path = fc.oneof(
      oddText.map((text) => `/v1/connections/${text}`),
      oddText.map((text) => `${event.path}/${encodeURIComponent(text.replace(/\p{Cs}/gu, '?'))}`),
      oddText,
      fc.constantFrom(
        `/dev${event.path}`,
        event.path.replaceAll('/', '%2F'),
        event.path.replaceAll('/', '//'),
        `${event.path}/`,
        `${event.path}?limit=1`,
        `${event.path}#x`,
        `https://evil.example${event.path}`,
        `//evil.example${event.path}`,
        `@evil.example${event.path}`,
        `:99999${event.path}`,
        `\\\\evil.example${event.path}`,
        '/v1/../v1/connections',
        '/v1/%2e%2e/docs',
      ),
    )
    const method = fc.oneof(
      fc.constantFrom('get', 'PATCH', 'TRACE', 'CONNECT', 'TRACK', 'OPTIONS', 'HEAD', 'PROPFIND', 'G T', ''),
      oddText,
    )
    const changes = fc.record(
      {
        headers: fc.oneof(headers, fc.constant(null)),
        multiValueHeaders: fc.oneof(lists, fc.constant(null)),
        queryStringParameters: fc.oneof(texts, fc.constant(null)),
        multiValueQueryStringParameters: fc.oneof(lists, fc.constant(null)),
        pathParameters: texts,
        stageVariables: texts,
        body,
        isBase64Encoded: fc.boolean(),
        path,
        httpMethod: method,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        await call(await openFunctions(), name, { ...event, ...change })
      }),
      effort(25),
    )
  })
})

describe('the functions behind the gateway', () => {
  const claims = { sub: 'ada' }
  const shapes: readonly [string, unknown][] = [
    ['nothing', null],
    ['text', 'GET /v1/connections'],
    ['a number', 7],
    ['a list', [{ httpMethod: 'GET', path: '/v1/connections' }]],
    ['an empty object', {}],
    [
      'an event of an HTTP API',
      {
        version: '2.0',
        routeKey: '$default',
        rawPath: '/v1/connections',
        rawQueryString: '',
        headers: {},
        requestContext: {
          http: { method: 'GET', path: '/v1/connections' },
          authorizer: { jwt: { claims }, claims },
        },
        isBase64Encoded: false,
      },
    ],
    [
      'an event of a load balancer',
      {
        httpMethod: 'GET',
        path: '/v1/connections',
        headers: { 'x-amzn-oidc-identity': 'ada' },
        requestContext: { elb: { targetGroupArn: 'arn' }, authorizer: { claims } },
        body: null,
        isBase64Encoded: false,
      },
    ],
    [
      'an event of a service network',
      {
        version: '2.0',
        method: 'GET',
        path: '/v1/connections',
        headers: {},
        requestContext: { serviceArn: 'arn', authorizer: { claims } },
        body: null,
        isBase64Encoded: false,
      },
    ],
    ['messages of a queue', { Records: [{ messageId: '1', body: '{}', eventSource: 'aws:sqs' }] }],
    ['an event of a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    ['a warm-up call', { warmer: true }],
  ]
  it.each(shapes)('refuse %s, which is no request of theirs', async (_what, event) => {
    const world = await openFunctions()
    for (const name of world.functions.keys())
      expect((await call(world, name, event)).status, inspect(event)).toBe(400)
  })

  it.each(['headers', 'multiValueHeaders', 'queryStringParameters', 'multiValueQueryStringParameters'])(
    'refuse %s with a name that means something to JavaScript and a value of another kind',
    async (field) => {
      const world = await openFunctions()
      const [operation] = operations.filter(({ method }) => method === 'GET')
      if (operation === undefined) throw new Error('There is no route.')
      const event = JSON.stringify(await saneEvent(world, operation))
      const odd = event.replace(new RegExp(`"${field}":(null|\\{)`), (_whole, begins) =>
        begins === '{' ? `"${field}":{"__proto__":{},` : `"${field}":{"__proto__":{}}`,
      )
      expect((await call(world, functionOf(operation), JSON.parse(odd))).status).toBe(400)
    },
  )

  it('answer whatever they are invoked with', async () => {
    const world = await openFunctions()
    await fc.assert(
      fc.asyncProperty(oddJson, fc.constantFrom(...world.functions.keys()), async (text, name) => {
        await call(world, name, JSON.parse(text))
      }),
      effort(100),
    )
  })

  it('read a body that arrives in base64 as the one that was sent', async () => {
    const world = await openFunctions()
    for (const operation of operations.filter(({ method, path }) => bodies[`${method} ${path}`])) {
      const event = JSON.parse(JSON.stringify(await saneEvent(world, operation)))
      const body = Buffer.from(event.body).toString('base64')
      const { status } = await call(await openFunctions(), functionOf(operation), {
        ...event,
        body,
        isBase64Encoded: true,
      })
      expect(status).toBeLessThan(300)
    }
  })
})
