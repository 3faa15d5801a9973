import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { day, minute } from '../../../lambdas/domain/window.ts'
import type { SimulatedAccount } from '../../../local/simulated-bitmart/account.ts'
import { truthOf } from '../../model/truth.ts'
import { motoInstalled } from './emulators.ts'
import { startOf } from './questions.ts'
import { transactionWrites } from './table-writes.ts'
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

/** What the worker keeps of its time for putting away what it began. Milliseconds. */
const reserve = 20_000

describe.skipIf(!motoInstalled)(`messages in the cloud${skipped}`, () => {
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

  /** Everything is stored, every row was written once, and the run says so. */
  async function expectExact(world: World, user: string, { id, sync }: { id: string; sync: { id: string } }) {
    const { apiKey } = keyOf(user)
    const key = world.simulator.options.keys.find((one) => one.apiKey === apiKey)
    const rows = await world.transactions(user, `&connection=${id}`)
    expectSameRows(rows, key?.account ?? world.simulator.account)
    const { json } = await world.call(user, 'GET', `/v1/connections/${id}/syncs/${sync.id}`)
    expect(json).toMatchObject({ state: 'unverified', percent: 100 })
    return json
  }

  it('carry a run through a hundred hops, and every row is stored exactly once', async () => {
    // Rows just behind the documented depth prove that the exchange serves what is younger, however long the run takes.
    const days = { fills: 93 * day, ledger: 93 * day, transfers: Number.POSITIVE_INFINITY }
    const world = await open({
      simulator: { keys: [keyOf('ann')], lookBack: days },
      workerTimeout: () => reserve + minute,
    })
    const { simulator, sandboxes, clock } = world
    addOldRows(simulator.account, clock.now() - 92 * day)
    await world.invoke('catalogue', {})
    const { json } = await world.connect('ann', keyOf('ann'))
    let hop = 0
    let answers = 0
    // So slow with old times that a hop gets two answers about them; then its time is over.
    simulator.options.onRequest = (request) => {
      // What tells the time or lists markets has no start.
      const asksOldTime = startOf(request) <= clock.now() - 93 * day
      if (!asksOldTime) return
      if (hop < world.queue.deliveries.length) answers = 0
      hop = world.queue.deliveries.length
      answers += 1
      simulator.options.latency = answers > 2 ? 100 : 0
      if (answers !== 3) return
      clock.jump(minute)
      sandboxes.tellTime()
    }
    world.queue.start()
    await world.queue.settled(160_000)
    expect(world.queue.deliveries.length).toBeGreaterThan(100)
    expect(world.queue.deliveries.every(({ outcome }) => outcome === 'done')).toBe(true)
    const run = await expectExact(world, 'ann', json)
    const writes = transactionWrites(world.calls)
    expect(writes.length).toBe(new Set(writes).size)
    const stored = run.streams.map(({ stream, new: rows }: { stream: string; new: number }) => [stream, rows])
    // Of some kinds of rows BitMart serves no history, and the account holds none.
    const held = Object.entries(truthOf(simulator.account)).filter(([, rows]) => rows > 0)
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(held))
  }, 180_000)

  it('that no queue takes are an error of the planner, keep nobody else waiting, and go out once one does', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann'), keyOf('bob')] } })
    const { id } = (await world.connect('ann', keyOf('ann'))).json
    await world.connect('bob', keyOf('bob'))
    const planned = async (cell: number) => {
      const item = (await world.items()).find(({ SK }) => SK === `CONNECTION#${id}`)
      await world.put({ ...item, cell })
      // Nobody works: what was sent before is taken for lost.
      world.clock.jump(day)
      const before = await world.queue.waiting()
      await world.invoke('planner', {})
      const errors = written(world, 'planner').filter((line) => line.includes('"level":"ERROR"'))
      return { sent: (await world.queue.waiting()) - before, errors: errors.map((line) => JSON.parse(line)) }
    }
    // There are no queues of a second cell.
    const error = expect.objectContaining({ message: 'not-taken', left: 1 })
    expect(await planned(2)).toEqual({ sent: 1, errors: [error] })
    expect(await planned(1)).toEqual({ sent: 2, errors: [error] })
  })

  it('that arrive twice, before and after the run, store nothing twice and finish', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { json } = await world.connect('ann', keyOf('ann'))
    const message = await world.queue.take()
    await Promise.all([world.queue.deliver(message), world.queue.deliver(message)])
    world.queue.start(2)
    await world.queue.settled()
    await expectExact(world, 'ann', json)
    const writes = transactionWrites(world.calls)
    expect(writes.length).toBe(new Set(writes).size)

    const asked = world.simulator.requests.length
    expect(await world.queue.deliver(message)).toBe(true)
    await world.queue.settled()
    expect(world.simulator.requests).toHaveLength(asked)
    expect(transactionWrites(world.calls)).toHaveLength(writes.length)
    await expectExact(world, 'ann', json)
  })

  it('of several users are worked on side by side, each connection by one worker at a time', async () => {
    const users = ['ann', 'bob']
    const now = Date.now()
    const keys = users.map((user, seed) => keyOf(user, smallAccount(now, seed + 1)))
    const world = await open({ simulator: { keys } })
    const connections = []
    for (const [index, user] of users.entries()) {
      const key = keys[index]
      if (key === undefined) throw new Error('There is a key for each user.')
      const { status, json } = await world.connect(user, key)
      expect({ status, json }).toMatchObject({ status: 201 })
      connections.push(json)
    }
    world.queue.start(3)
    await world.queue.settled()
    for (const [index, user] of users.entries()) await expectExact(world, user, connections[index])
    const writes = transactionWrites(world.calls)
    expect(writes.length).toBe(new Set(writes).size)
  })

  it('that nobody can read end in the dead-letter queue, and hold up no other', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    await world.queue.send('no JSON')
    await world.queue.send('{"user":"ann","connection":5}')
    const { json } = await world.connect('ann', keyOf('ann'))
    await world.queue.send('{}')
    world.queue.start()
    await world.queue.settled()
    await expectExact(world, 'ann', json)
    expect(await world.queue.dead()).toBe(3)
    const failed = world.queue.deliveries.filter(({ outcome }) => outcome !== 'done')
    expect(failed).toHaveLength(3 * (cloud.assembly.sources.get('worker')?.maxReceiveCount ?? 0))
  })

  it('about a connection that is gone are done with, and ask nobody', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { json } = await world.connect('ann', keyOf('ann'))
    const message = await world.queue.take()
    await world.call('ann', 'DELETE', `/v1/connections/${json.id}?history=delete`)
    const asked = world.simulator.requests.length
    expect(await world.queue.deliver(message)).toBe(true)
    expect(world.simulator.requests).toHaveLength(asked)
    expect(await world.queue.waiting()).toBe(0)
  })

  it.each([1, 40, 130])(
    'are delivered again when the worker is killed after %i questions, and finish',
    async (questions) => {
      // As long as SQS keeps a message invisible, after which nobody holds the connection any more.
      const world = await open({ simulator: { keys: [keyOf('ann')] }, visibility: 30 * minute })
      const { json } = await world.connect('ann', keyOf('ann'))
      const asked = world.simulator.requests.length
      let killed = Promise.resolve(0)
      world.simulator.options.onRequest = () => {
        if (world.simulator.requests.length - asked === questions) killed = world.sandboxes.kill('worker')
      }
      world.queue.start()
      await world.queue.settled()
      expect(await killed).toBe(1)
      expect(world.queue.deliveries.map(({ outcome }) => outcome)).toContain('failed')
      expect(await world.queue.dead()).toBe(0)
      await expectExact(world, 'ann', json)
    },
  )

  it('wait while the exchange has told one of them to, whoever they are for', async () => {
    const keys = [keyOf('ann'), keyOf('bob', smallAccount(Date.now(), 2))] as const
    // BitMart asks to wait for two seconds: real ones, at first.
    const world = await open({ simulator: { keys: [...keys] }, speed: 1 })
    const { simulator, queue, clock } = world
    const ann = await world.connect('ann', keys[0])
    const first = await queue.take()
    const bob = await world.connect('bob', keys[1])
    const second = await queue.take()

    simulator.options.faults = { every: 1, kinds: ['http-418'] }
    expect(await queue.deliver(first)).toBe(true)
    const until = await coolDown(world)
    expect(until).toBeGreaterThan(clock.now())
    const asked = simulator.requests.length
    expect(await queue.deliver(second)).toBe(true)
    expect(simulator.requests).toHaveLength(asked)
    expect(clock.now()).toBeLessThan(until)
    expect(await queue.waiting()).toBe(2)
    expect(metrics(world, 'worker')).toContain('CoolDowns')

    simulator.options.faults = undefined
    clock.run(20)
    queue.start(2)
    await queue.settled()
    await expectExact(world, 'ann', ann.json)
    await expectExact(world, 'bob', bob.json)
  })

  it('stop every call at once while an operator has set the cool-down of all exchanges', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] } })
    const { json } = await world.connect('ann', keyOf('ann'))
    await world.put({ PK: 'EXCHANGE#*', SK: 'COOLDOWN', until: world.clock.now() + 10 * minute })
    const asked = world.simulator.requests.length
    expect(await world.queue.deliver(await world.queue.take())).toBe(true)
    expect(world.simulator.requests).toHaveLength(asked)
    world.clock.jump(10 * minute)
    world.queue.start()
    await world.queue.settled()
    await expectExact(world, 'ann', json)
  })

  it('of a run that makes no progress end it, loudly, after three hops', async () => {
    const world = await open({ simulator: { keys: [keyOf('ann')] }, workerTimeout: () => reserve + 1_000 })
    const { json } = await world.connect('ann', keyOf('ann'))
    world.simulator.options.latency = 5_000
    world.queue.start()
    await world.queue.settled()
    const { json: run } = await world.call('ann', 'GET', `/v1/connections/${json.id}/syncs/${json.sync.id}`)
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'stalled' } })
    expect(world.queue.deliveries.length).toBeLessThanOrEqual(4)
    expect(metrics(world, 'worker')).toContain('Stalled')
    world.simulator.options.latency = 0
  })
})

/** One in each partition of what is served only so far back. */
function addOldRows({ spotFills, futuresFills, ledger }: SimulatedAccount, time: number): void {
  const [fill] = spotFills
  const [future] = futuresFills
  const [entry] = ledger
  if (fill === undefined || future === undefined || entry === undefined) throw new Error('There are no rows.')
  spotFills.push({ ...fill, tradeId: 'old', createTime: time })
  for (const account of ['futures', 'copy_trading'] as const) {
    futuresFills.push({ ...future, trade_id: `1${account.length}`, account, create_time: time })
    ledger.push({ ...entry, account, time: String(time) })
  }
}

/** When the cool-down of BitMart ends; 0 when there is none. */
async function coolDown(world: World): Promise<number> {
  const item = (await world.items()).find(({ PK, SK }) => PK === 'EXCHANGE#bitmart' && SK === 'COOLDOWN')
  return Number(item?.until ?? 0)
}

/** All lines that a function has written. */
function written(world: World, name: string): readonly string[] {
  return (world.sandboxes.written().get(name) ?? [])
    .map(({ text }) => text)
    .join('')
    .split('\n')
}

/** The names of all metrics that a function has written, as CloudWatch reads them from its log. */
function metrics(world: World, name: string): readonly string[] {
  return written(world, name).flatMap((line) => {
    if (!line.includes('CloudWatchMetrics')) return []
    const { _aws } = JSON.parse(line) as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } }
    return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name))
  })
}
