import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../../lambdas/domain/window.ts'
import { bitmart } from '../../../lambdas/exchanges/bitmart/index.ts'
import type { SimulatedRequest } from '../../../local/simulated-exchange/options.ts'
import { countsOf, truthOf } from '../../model/truth.ts'
import { motoInstalled } from './emulators.ts'
import { stage } from './gateway.ts'
import { startOf, streamOf } from './questions.ts'
import { transactionWrites } from './table-writes.ts'
import {
  type Cloud,
  expectSameRows,
  keyOf,
  startCloud,
  startWorld,
  type World,
  type WorldOptions,
} from './world.ts'

const skipped = motoInstalled ? '' : ' (moto_server is not installed)'

describe.skipIf(!motoInstalled)(`an account that is connected in the cloud${skipped}`, () => {
  let cloud: Cloud
  let worlds: World[] = []

  beforeAll(async () => {
    cloud = await startCloud()
  }, 180_000)
  afterAll(() => cloud?.close())
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
    worlds = []
  })

  async function open(options?: WorldOptions): Promise<World> {
    const world = await startWorld(cloud, options)
    worlds.push(world)
    return world
  }

  it('is imported exactly, and a night later read again from the look-back on, with nothing written', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { simulator, queue, clock } = world
    expect(await world.invoke('catalogue', {})).toBeDefined()
    const listed = simulator.requests.length

    const connected = await world.connect('ann', keyOf('ann'), { label: 'Main' })
    expect(connected).toMatchObject({
      status: 201,
      json: { status: 'connected', sync: { state: 'running' } },
    })
    const { id, sync } = connected.json
    expect(connected.headers.get('location')).toBe(`/${stage}/v1/connections/${id}`)
    expect([...(await world.secrets()).keys()]).toEqual([
      expect.stringMatching(/^exchange-history\/dev\/[\w-]{30,}$/),
    ])
    expect(await queue.waiting()).toBe(1)
    const startedAt = clock.now()
    queue.start()
    await queue.settled()

    const first = await world.call('ann', 'GET', `/v1/connections/${id}/syncs/${sync.id}`)
    expect(first).toMatchObject({ status: 200, json: { state: 'unverified', percent: 100 } })
    const rows = await world.transactions('ann')
    expectSameRows(rows, simulator.account)
    expect(countsOf(rows as never)).toEqual(truthOf(simulator.account))
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
    const coverage = await world.call('ann', 'GET', `/v1/connections/${id}/coverage`)
    expect(coverage.json.items).toHaveLength(bitmart.streams.length)
    for (const { partitions } of coverage.json.items)
      for (const { gaps, coveredUntil } of partitions) {
        expect(gaps).toEqual([])
        expect(Date.parse(coveredUntil)).toBeGreaterThan(startedAt - 15 * minute)
      }
    // Each run asks what time it is there; what the catalogue has listed is not asked for again.
    const keyless = simulator.requests.slice(listed).filter(({ key }) => key === undefined)
    expect(keyless.filter((request) => !asksTheTime(request))).toEqual([])
    expect(world.calls.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(1)

    const known = await world.call('ann', 'GET', `/v1/connections/${id}`)
    const nextSync = Date.parse(known.json.nextSyncAt)
    expect(nextSync).toBeGreaterThan(clock.now())
    expect(nextSync).toBeLessThan(startedAt + 2 * day)

    await world.invoke('planner', {})
    expect(await queue.waiting()).toBe(0)
    clock.jump(nextSync - clock.now())
    const asked = simulator.requests.length
    const written = transactionWrites(world.calls).length
    await Promise.all([world.invoke('planner', {}), world.invoke('planner', {})])
    await queue.settled()
    await world.invoke('planner', {})
    await queue.settled()

    const second = await world.call('ann', 'GET', `/v1/connections/${id}`)
    expect(second.json.lastRun).not.toBe(sync.id)
    const { json: run } = await world.call('ann', 'GET', `/v1/connections/${id}/syncs/${second.json.lastRun}`)
    expect(run.state).toBe('unverified')
    for (const stream of run.streams) expect(stream).toMatchObject({ new: 0, changed: 0 })
    expect(transactionWrites(world.calls)).toHaveLength(written)
    const nightly = simulator.requests.slice(asked).filter((request) => !asksTheTime(request))
    expectLookBackOnly(nightly, startedAt)
    const partitions = bitmart.streams.flatMap((stream) => stream.partitions)
    expect(nightly).toHaveLength(partitions.length)
  })

  it('has rows that came in since the night before, and a transfer whose status went on', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { simulator, queue, clock } = world
    const pending = simulator.account.transfers.find((row) => row.operation_type === 'withdraw')
    if (pending === undefined) throw new Error('The account has no withdrawal.')
    Object.assign(pending, { status: 1, apply_time: clock.now() - day })
    const connected = await world.connect('ann', keyOf('ann'))
    queue.start()
    await queue.settled()

    clock.jump(2 * day)
    pending.status = 3
    const [fill] = simulator.account.spotFills
    if (fill === undefined) throw new Error('The account has no fill.')
    simulator.account.spotFills.push({ ...fill, tradeId: 'late', createTime: clock.now() - 30 * minute })
    const written = transactionWrites(world.calls).length
    await world.invoke('planner', {})
    await queue.settled()

    expectSameRows(await world.transactions('ann'), simulator.account)
    expect(transactionWrites(world.calls)).toHaveLength(written + 2)
    expect(connected.status).toBe(201)
  })

  it('has the rows of a statement file merged again by the worker, once the exchange serves what it tells', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { simulator, queue, clock } = world
    const { id } = (await world.connect('ann', keyOf('ann'))).json
    queue.start()
    await queue.settled()
    clock.jump(2 * day)
    const [fill] = simulator.account.spotFills
    if (fill === undefined) throw new Error('The account has no fill.')
    // No sync has come so far yet.
    const createTime = Math.floor((clock.now() - hour) / 1_000) * 1_000
    const made = { ...fill, tradeId: 'after-the-file', createTime }
    const said = new Date(createTime).toISOString().slice(0, 19).replace('T', ' ')
    const content = [
      'Time;Pair;Side;Price;Amount',
      `${said};${made.symbol};${made.side};${made.price};${made.size}`,
      // BitMart does not go back so far.
      `2019-05-04 13:00:00;${made.symbol};buy;1;1`,
      '',
    ].join('\n')
    const file = await world.sendFile('ann', id, content)
    const ask = (what: string, body: object) => world.call('ann', 'POST', `/v1/imports/${file}/${what}`, body)
    const asked = await ask('plan', { timezone: 'UTC' })
    const settings = { timezone: 'UTC', layouts: { [asked.json.questions?.[0]?.signature]: layout } }
    const planned = await ask('plan', settings)
    expect(planned.json).toMatchObject({ outcome: 'planned' })
    const stored = await ask('commit', { ...settings, plan: planned.json.plan.id })
    expect(stored).toMatchObject({ status: 200, json: { written: 2, removed: 0 } })
    const told = async () =>
      (await world.transactions('ann')).filter(({ source }) => source === 'file').map(({ time }) => time)
    expect(await told()).toHaveLength(2)
    const opened = () =>
      world.calls.flatMap(({ caller, operation, input }) =>
        caller === 'worker' && operation === 'GetObject' ? [input.path] : [],
      )
    expect(opened()).toEqual([])

    simulator.account.spotFills.push(made)
    await world.invoke('planner', {})
    await queue.settled()
    const rows = await world.transactions('ann')
    expect(rows.filter(({ time }) => Date.parse(time) === createTime)).toHaveLength(1)
    expect(await told()).toEqual(['2019-05-04T13:00:00.000Z'])
    expectSameRows(
      rows.filter(({ source }) => source !== 'file'),
      simulator.account,
    )
    // Its role may open what was read from files, and no file.
    expect(opened().length).toBeGreaterThan(0)
    for (const path of opened()) expect(path).toMatch(/^\/statements\/.+\/statement-files\/.+\/rows\/./)
    const known = await world.call('ann', 'GET', `/v1/connections/${id}`)
    const run = await world.call('ann', 'GET', `/v1/connections/${id}/syncs/${known.json.lastRun}`)
    expect(run.json.state).toBe('unverified')
  })

  it('may be synced on demand, but not again at once', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { json } = await world.connect('ann', keyOf('ann'))
    const joined = await world.call('ann', 'POST', `/v1/connections/${json.id}/syncs`)
    expect(joined).toMatchObject({ status: 202, json: { id: json.sync.id } })
    expect(await world.queue.waiting()).toBe(1)
    world.queue.start()
    await world.queue.settled()
    const soon = await world.call('ann', 'POST', `/v1/connections/${json.id}/syncs`)
    expect(soon).toMatchObject({ status: 429, json: { code: 'too-soon' } })
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await world.queue.waiting()).toBe(0)
    world.clock.jump(day)
    const later = await world.call('ann', 'POST', `/v1/connections/${json.id}/syncs`)
    expect(later.status).toBe(202)
    expect(later.json.id).not.toBe(json.sync.id)
  })

  it('is exported into a file that opens by a link, without a token and for a while', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const connected = await world.connect('ann', keyOf('ann'))
    world.queue.start()
    await world.queue.settled()
    const asked = await world.call('ann', 'POST', '/v1/exports', { format: 'json-lines' })
    expect(asked).toMatchObject({ status: 202, json: { state: 'waiting' } })
    world.exportQueue.start()
    await world.exportQueue.settled()
    const { json } = await world.call('ann', 'GET', `/v1/exports/${asked.json.id}`)
    expect(json).toMatchObject({ state: 'done' })
    const file = await fetch(json.download)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="/)
    const lines = (await file.text()).trim().split('\n')
    const rows = lines.map((line) => JSON.parse(line)).filter((row) => row.raw !== undefined)
    expectSameRows(rows, world.simulator.account)
    for (const row of rows) expect(row.connection).toBe(connected.json.id)
  })
})

/** Of the file that a test brings in. */
const layout = {
  granularity: 'fill',
  stream: 'spot-trade',
  time: 'Time',
  columns: { symbol: 'Pair', price: 'Price', amount: 'Amount' },
  words: [{ column: 'Side', isClosed: true, means: { buy: { side: 'buy' }, sell: { side: 'sell' } } }],
  symbol: { split: '_', join: '_' },
}

const asksTheTime = ({ path }: SimulatedRequest) => path === '/system/time'

/** No question reaches back farther than what was covered, less the look-back of its stream. */
function expectLookBackOnly(requests: readonly SimulatedRequest[], coveredAt: number): void {
  for (const request of requests) {
    const stream = bitmart.streams.find((one) => one.stream === streamOf(request))
    if (stream === undefined) throw new Error(`A nightly sync asks for ${request.path}.`)
    const oldest = coveredAt - stream.settleLag - stream.lookBack - stream.unit
    expect(startOf(request), request.path).toBeGreaterThanOrEqual(oldest)
  }
}
