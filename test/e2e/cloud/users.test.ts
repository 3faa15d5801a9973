import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hour, minute } from '../../../lambdas/domain/window.ts'
import { faultKinds } from '../../../local/simulated-bitmart/faults.ts'
import type { SimulatedKey } from '../../../local/simulated-bitmart/options.ts'
import { motoInstalled, until } from './emulators.ts'
import { stage, tokenOf } from './gateway.ts'
import { type DocumentedRoute, documentedRoutes } from './openapi-requests.ts'
import {
  type Cloud,
  expectSameRows,
  keyOf,
  smallAccount,
  startCloud,
  startWorld,
  type World,
  type WorldOptions,
} from './world.ts'

const skipped = motoInstalled ? '' : ' (moto_server is not installed)'
const routes = documentedRoutes()

describe.skipIf(!motoInstalled)(`users of the cloud${skipped}`, () => {
  let cloud: Cloud
  const worlds: World[] = []

  beforeAll(async () => {
    cloud = await startCloud()
  }, 180_000)
  afterAll(() => cloud?.close())
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
  })

  async function open(options?: WorldOptions): Promise<World> {
    const world = await startWorld(cloud, options)
    worlds.push(world)
    return world
  }

  /** Ann and Bob, each with an account of their own that was imported. */
  async function openForTwo() {
    const now = Date.now()
    const keys = { ann: keyOf('ann', smallAccount(now, 1)), bob: keyOf('bob', smallAccount(now, 2)) }
    const spare = { ...keyOf('spare', keys.bob.account), apiKey: 'access-canary-of-bob-second' }
    const world = await open({ simulator: { keys: [keys.ann, keys.bob, spare] } })
    const ann = await everythingOf(world, 'ann', keys.ann)
    const bob = await everythingOf(world, 'bob', keys.bob)
    world.queue.start(2)
    world.exportQueue.start()
    await world.queue.settled()
    await world.exportQueue.settled()
    await world.queue.stop()
    const withRow = async (user: string, one: typeof ann) => {
      const [row] = (await world.call(user, 'GET', '/v1/transactions?limit=1')).json.items
      return { ...one, ids: { ...one.ids, transactions: row.id } }
    }
    return { world, keys, spare, ann: await withRow('ann', ann), bob: await withRow('bob', bob) }
  }

  async function everythingOf(world: World, user: string, key: SimulatedKey) {
    const { id, sync } = (await world.connect(user, key)).json
    const exported = await world.call(user, 'POST', '/v1/exports', { format: 'koinly' })
    expect(exported.status).toBe(202)
    const imports = await world.sendFile(user, id, `Date,Amount\n2025-01-01,${user}\n`)
    return { id, ids: { connections: id, syncs: sync.id, exports: exported.json.id, imports } }
  }

  it('meet nothing of another user on any route: it is as if it did not exist', async () => {
    const { world, spare, ann, bob } = await openForTwo()
    const ofAnn = (await world.items()).filter(({ PK }) => String(PK).startsWith('USER#ann'))
    const secrets = [...(await world.secrets()).keys()].sort()
    const page = await world.call('ann', 'GET', '/v1/transactions?limit=1')
    const [rowOfAnn] = page.json.items
    const tried: string[] = []

    for (const route of routes) {
      if (route.ids.length === 0) {
        if (route.method !== 'GET') continue
        const { status, json } = await world.call('bob', route.method, route.path)
        expect(status, route.path).toBe(200)
        expect(JSON.stringify(json), route.path).not.toContain(ann.id)
        expect(JSON.stringify(json), route.path).not.toContain(rowOfAnn.id)
      }
      // Each id alone and all together: Bob's own connection with Ann's run is no better than Ann's with it.
      for (const mix of mixes(route)) {
        const ask = (foreign: Ids) => {
          const values = pick(route, mix, foreign, bob.ids)
          return world.call('bob', route.method, fill(route, values), bodyFor(route, values, spare))
        }
        const [foreign, missing] = [await ask(ann.ids), await ask(nobodys)]
        tried.push(`${route.method} ${route.path}`)
        expect(foreign.status, `${route.method} ${route.path} with ${JSON.stringify(mix)}`).toBe(404)
        expect(foreign.json).toEqual(missing.json)
        expect(foreign.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      }
    }
    const cursor = await world.call('bob', 'GET', `/v1/transactions?cursor=${page.json.nextCursor}`)
    expect(JSON.stringify(cursor.json)).not.toContain(ann.id)

    expect(new Set(tried).size).toBe(routes.filter(({ ids }) => ids.length > 0).length)
    const nowOfAnn = (await world.items()).filter(({ PK }) => String(PK).startsWith('USER#ann'))
    expect(nowOfAnn).toEqual(ofAnn)
    expect([...(await world.secrets()).keys()].sort()).toEqual(secrets)
    expect(await world.queue.waiting()).toBe(0)
  })

  it('are known by their token only, whatever else a request claims', async () => {
    const { world, keys, ann, bob } = await openForTwo()
    const forged = {
      'X-User': 'ann',
      'X-User-Id': 'ann',
      'X-Amzn-Oidc-Identity': 'ann',
      'X-Forwarded-User': 'ann',
      Cookie: `token=${tokenOf('ann')}`,
      'X-Authorization': `Bearer ${tokenOf('ann')}`,
    }
    const list = await world.request({
      method: 'GET',
      path: '/v1/connections',
      headers: forged,
      user: 'bob',
    })
    const { items } = (await list.json()) as { items: { id: string }[] }
    expect(items.map(({ id }) => id)).toEqual([bob.id])
    for (const name of ['user', 'sub', 'userId'])
      for (const path of ['/v1/connections', '/v1/transactions']) {
        const { status, json } = await world.call('bob', 'GET', `${path}?${name}=ann`)
        expect({ status, code: json.code }).toEqual({ status: 400, code: 'invalid-request' })
      }
    const named = await world.connect('bob', keys.ann, { user: 'ann' })
    expect(named).toMatchObject({ status: 400, json: { code: 'invalid-request' } })
    const read = await world.request({
      method: 'GET',
      path: `/v1/connections/${ann.id}`,
      headers: forged,
      user: 'bob',
    })
    expect(read.status).toBe(404)
  })

  it('may each connect the same key, and get each a history and a secret of their own', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const ann = await world.connect('ann', keyOf('ann'))
    const bob = await world.connect('bob', keyOf('ann'))
    expect([ann.status, bob.status]).toEqual([201, 201])
    expect(ann.json.id).not.toBe(bob.json.id)
    expect((await world.secrets()).size).toBe(2)
    await world.call('ann', 'DELETE', `/v1/connections/${ann.json.id}?history=delete`)
    world.queue.start(2)
    await world.queue.settled()
    expectSameRows(await world.transactions('bob'), world.simulator.account)
    expect(await world.transactions('ann')).toEqual([])
  })

  it('without a token are told to sign in, by the gateway and by the functions themselves', async () => {
    const world = await open()
    for (const route of routes) {
      const path = fill(route, {})
      const atGateway = await world.request({ method: route.method, path })
      await expectProblem(atGateway, 401, 'unauthenticated', '')
      // As if somebody had opened the route at the gateway by mistake.
      const body = route.body === undefined ? {} : { body: '{}' }
      const unguarded = await world.request({ method: route.method, path, unguarded: true, ...body })
      await expectProblem(unguarded, 401, 'unauthenticated')
    }
    expect(await world.items()).toEqual([])
    for (const path of ['/', '/docs', '/openapi.json'])
      expect((await world.request({ method: 'GET', path })).status, path).toBeLessThan(400)
  })

  it('who ask for something strange get a problem document that says what is wrong', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const ask = (method: string, path: string, body?: string) =>
      world.request({ user: 'ann', method, path, ...(body !== undefined && { body }) })
    const big = JSON.stringify({ exchange: 'bitmart', label: 'x'.repeat(65 * 1024) })

    for (const path of ['/v1/nothing', '/v1', '/elsewhere', '/v1/connections/a/b/c', '/v1/exports/x/y'])
      await expectProblem(await ask('GET', path), 404, 'not-found')
    for (const [method, path, allowed] of [
      ['PATCH', '/v1/connections', ['GET', 'POST']],
      ['POST', '/v1/exchanges', ['GET']],
      ['PUT', '/v1/connections/a', ['GET', 'PATCH', 'DELETE']],
      ['GET', '/v1/connections/a/credentials', ['PUT']],
      ['DELETE', '/v1/transactions', ['GET']],
    ] as const) {
      const answer = await ask(method, path)
      const allow = answer.headers.get('allow') ?? ''
      await expectProblem(answer, 405, 'method-not-allowed')
      for (const one of allowed) expect(allow, `${method} ${path}`).toContain(one)
    }
    for (const [method, path] of [
      ['POST', '/v1/connections'],
      ['PUT', '/v1/connections/a/credentials'],
    ] as const) {
      await expectProblem(await ask(method, path, big), 413, 'body-too-large')
      await expectProblem(await ask(method, path, '{"exchange":'), 400, 'malformed-json')
      await expectProblem(await ask(method, path, '[]'), 400, 'invalid-request')
      await expectProblem(await ask(method, path, '{}'), 400, 'invalid-request')
    }
    await expectProblem(await ask('POST', '/v1/connections/a/syncs', big), 413, 'body-too-large')
    expect((await ask('GET', '/v1/connections', '{}')).status).toBe(200)
    expect(world.simulator.requests).toEqual([])
    expect(await world.items()).toEqual([])
  })

  it('who disconnect during a sync leave no secret, and the key is used no more', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')], latency: 20 } })
    const { id } = (await world.connect('ann', keyOf('ann'))).json
    world.queue.start()
    await until(() => world.simulator.requests.length > 60, 'the sync is under way')
    const { status } = await world.call('ann', 'DELETE', `/v1/connections/${id}`)
    expect(status).toBe(204)
    expect(await world.secrets()).toEqual(new Map())
    await world.queue.settled()
    const asked = world.simulator.requests.length
    expect(asked).toBeLessThan(250)
    expect(await world.call('ann', 'GET', `/v1/connections/${id}`)).toMatchObject({
      json: { status: 'disconnected' },
    })
    expect(await world.call('ann', 'POST', `/v1/connections/${id}/syncs`)).toMatchObject({
      status: 409,
      json: { code: 'disconnected' },
    })
    world.clock.jump(48 * hour)
    await world.invoke('planner', {})
    await world.queue.settled()
    expect(world.simulator.requests).toHaveLength(asked)
  })

  it('who replace their key during a sync go on with the new one, and have every row once', async () => {
    const account = smallAccount(Date.now())
    const first = keyOf('ann', account)
    const second = { ...keyOf('spare', account), apiKey: 'access-canary-of-ann-second' }
    const world = await open({ simulator: { keys: [first, second], latency: 20 } })
    const { id } = (await world.connect('ann', first)).json
    world.queue.start()
    await until(
      async () => (await world.items()).some(({ SK }) => String(SK).startsWith('TX#')),
      'the first rows are stored',
    )
    const { apiKey, secret, memo } = second
    const credentials = { apiKey, secret, passphrase: memo }
    const replaced = await world.call('ann', 'PUT', `/v1/connections/${id}/credentials`, credentials)
    expect(replaced).toMatchObject({ status: 200, json: { id, status: 'connected' } })
    expect(world.simulator.requests.some(({ key }) => key === first.apiKey)).toBe(true)
    expect([...(await world.secrets()).values()].map((text) => JSON.parse(text).apiKey)).toEqual([apiKey])
    await world.queue.settled()
    expectSameRows(await world.transactions('ann'), account)
    expect(world.simulator.requests.at(-1)?.key).toBe(apiKey)
    const path = `/v1/connections/${id}/syncs/${replaced.json.sync.id}`
    expect(await world.call('ann', 'GET', path)).toMatchObject({ json: { state: 'unverified' } })
  })

  it('who delete their history during a sync leave no trace of it', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')], latency: 20 } })
    const { id } = (await world.connect('ann', keyOf('ann'))).json
    await world.sendFile('ann', id, 'Date,Amount\n2025-01-01,1\n')
    world.queue.start()
    await until(
      async () => (await world.items()).some(({ SK }) => String(SK).startsWith('TX#')),
      'the first rows are stored',
    )
    const { status } = await world.call('ann', 'DELETE', `/v1/connections/${id}?history=delete`)
    expect(status).toBe(204)
    expect(await world.statementKeys()).toEqual([])
    await world.queue.settled()
    world.clock.jump(2 * hour)
    await world.invoke('sweeper', {})
    expect(await world.secrets()).toEqual(new Map())
    expect((await world.items()).filter((item) => JSON.stringify(item).includes(id))).toEqual([])
    expect((await world.call('ann', 'GET', `/v1/connections/${id}`)).status).toBe(404)
  })

  it('whose connect is cut short at any of its calls have either a connection or nothing', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    let cut = 0
    for (let call = 1; ; call += 1) {
      let seen = 0
      let killed: Promise<unknown> | undefined
      const unwatch = world.watch(({ caller }) => {
        if (caller !== 'keys') return
        seen += 1
        if (seen === call) killed = world.sandboxes.kill('keys')
      })
      const { status } = await world.connect('ann', keyOf('ann'))
      unwatch()
      await killed
      if (killed === undefined) {
        expect(status).toBe(201)
        break
      }
      expect(status).toBeGreaterThanOrEqual(500)
      cut += 1
      world.clock.jump(2 * hour)
      await world.invoke('sweeper', {})
      const { json } = await world.call('ann', 'GET', '/v1/connections')
      const refs = (await world.items()).flatMap(({ vaultRef }) =>
        typeof vaultRef === 'string' ? [`exchange-history/dev/${vaultRef}`] : [],
      )
      expect([...(await world.secrets()).keys()], `after call ${call}`).toEqual(refs)
      expect(refs).toHaveLength(json.items.length)
      for (const { id } of json.items) {
        // It is due at once, should its first sync not have been queued.
        await world.invoke('planner', {})
        expect(await world.queue.waiting(), `after call ${call}`).toBeGreaterThan(0)
        await world.queue.take()
        await world.call('ann', 'DELETE', `/v1/connections/${id}?history=delete`)
      }
    }
    expect(cut).toBeGreaterThan(8)
  })

  it('never see a secret anywhere, whatever goes wrong', async () => {
    const wrong = { ...keyOf('ann'), secret: 'secret-canary-that-is-wrong' }
    const world = await open({ simulator: { keys: [keyOf('ann')], slowBody: 100 } })
    const { simulator } = world
    expect(await world.connect('ann', wrong)).toMatchObject({
      status: 422,
      json: { code: 'wrong-signature' },
    })
    expect(await world.connect('ann', { ...keyOf('ann'), apiKey: 'access-canary-unknown' })).toMatchObject({
      status: 422,
      json: { code: 'unauthorized' },
    })
    expect(await world.connect('ann', keyOf('ann'), { exchange: keyOf('ann').secret })).toMatchObject({
      status: 400,
    })
    simulator.options.faults = { every: 1, kinds: ['http-502-html'] }
    expect((await world.connect('ann', keyOf('ann'))).status).toBe(503)
    simulator.options.faults = undefined
    expect((await world.connect('ann', keyOf('ann'))).status).toBe(201)
    const kinds = faultKinds.filter((kind) => kind !== 'hang' && kind !== 'http-418')
    simulator.options.faults = { every: 5, kinds }
    world.queue.start()
    await world.queue.settled()
    simulator.options.faults = undefined
    world.clock.jump(48 * hour)
    for (const name of ['planner', 'sweeper', 'catalogue']) await world.invoke(name, {})
    await world.queue.settled()
    expectSameRows(await world.transactions('ann'), simulator.account)
    world.clock.jump(5 * minute)
    simulator.options.keys = [{ ...keyOf('ann'), expired: true }]
    const { json } = await world.call('ann', 'GET', '/v1/connections')
    await world.call('ann', 'POST', `/v1/connections/${json.items[0].id}/syncs`)
    await world.queue.settled()
    const [refused] = (await world.call('ann', 'GET', '/v1/connections')).json.items
    expect(refused).toMatchObject({ status: 'attention', reason: { code: 'expired' } })
    simulator.options.keys = [keyOf('ann'), wrong]
    await world.expectNoCanaryAnywhere()
  })
})

/** An id of each kind. */
type Ids = Readonly<Record<string, string>>

const nobodys: Ids = {
  connections: '0123456789abcdef0123456789abcdef',
  syncs: '2026-01-01T00:00:00.000Z-01234567',
  exports: '01234567-89ab-4def-8123-456789abcdef',
  imports: '0123456789abcdef0123456789abcdef-0123456789abcdef0123456789abcdef',
  transactions: '0123456789abcdef0123456789abcdef:spot-trade:1760000000000:BTC_USDT|1|1',
}

/** Whose id of each kind is sent. */
type Mix = Readonly<Record<string, 'foreign' | 'own'>>

/** Each way to put somebody else's ids where one's own would be, at least one of them. */
function mixes({ ids }: DocumentedRoute): readonly Mix[] {
  return Array.from({ length: 2 ** ids.length - 1 }, (_, mask) =>
    Object.fromEntries(
      ids.map(({ name }, place) => [name, ((mask + 1) >> place) & 1 ? 'foreign' : 'own'] as const),
    ),
  )
}

function pick({ ids }: DocumentedRoute, mix: Mix, foreign: Ids, own: Ids): Ids {
  return Object.fromEntries(
    ids.map(({ name, kind }) => {
      const id = (mix[name] === 'foreign' ? foreign : own)[kind]
      if (id === undefined)
        throw new Error(`This test does not know any id of ${kind} yet: give both users one.`)
      return [name, id]
    }),
  )
}

function fill({ path, ids }: DocumentedRoute, values: Ids): string {
  const query = ids.flatMap(({ in: place, name }) =>
    place === 'query' && values[name] !== undefined ? [`${name}=${encodeURIComponent(values[name])}`] : [],
  )
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(values[name] ?? 'any'))
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

/** A body that would be accepted, but for whose ids are in it. */
function bodyFor(
  { body, ids }: DocumentedRoute,
  values: Ids,
  { apiKey, secret, memo }: { readonly apiKey: string; readonly secret: string; readonly memo: string },
): unknown {
  if (typeof body !== 'object' || body === null) return body
  const named = ids.flatMap(({ in: place, name }) =>
    place === 'body' ? [[name, name.endsWith('s') ? [values[name]] : values[name]]] : [],
  )
  return {
    ...body,
    ...Object.fromEntries(named),
    ...('apiKey' in body && { apiKey, secret, passphrase: memo }),
  }
}

/** `under`: the stage, which the functions see, and the gateway's own answers do not name. */
async function expectProblem(
  answer: Response,
  status: number,
  code: string,
  under = `/${stage}`,
): Promise<void> {
  const text = await answer.text()
  expect({ status: answer.status, text }).toMatchObject({ status })
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(JSON.parse(text)).toMatchObject({
    type: `${under}/docs#${code}`,
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w.*\.|…$/),
    code,
  })
}
