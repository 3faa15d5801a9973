import { describe, expect, it } from 'vitest'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest, Question, StreamDefinition } from '../../lambdas/domain/stream.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { nextNight } from '../../lambdas/use-cases/next-night.ts'
import { stopSync } from '../../lambdas/use-cases/stop-sync.ts'
import { cloudInProcess, failing } from './cloud-in-process.ts'
import { fill, startOfTime } from './home-in-memory.ts'

/** When `c1` is due after a sync. */
const tonight = nextNight(startOfTime, 'c1', () => 0.5, { begins: 0, lasts: 6 * hour })

describe('a run that the queue delivers', () => {
  it('is done in one go when there is time, and the connection is due the next night', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const queued = await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    const { run, connection: now } = await cloud.run(connection)
    expect(run).toMatchObject({ id: queued.id, state: 'unverified' })
    expect(now?.nextSyncAt).toBe(tonight)
    expect(cloud.queue).toEqual([])
    expect(cloud.reports.map(({ run: { state } }) => state)).toEqual(['unverified'])
  })

  it('is synced from the addresses of its own cell: another that is given its message passes it on and asks nothing', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1', { cell: 2 })
    const queued = await cloud.enqueue(connection)
    expect(cloud.queue[0]?.message).toMatchObject({ exchange: 'bitmart', cell: 2 })
    expect(await cloud.work()).toBe('waiting')
    expect(cloud.world.asked).toBe(0)
    expect(cloud.queue).toMatchObject([{ message: { run: queued.id, cell: 2 }, delay: 0 }])
    Object.assign(cloud.ports, { cell: 2 })
    expect(await cloud.work()).toBe('ended')
    expect((await cloud.run(connection)).run?.state).toBe('unverified')
  })

  it('goes on through the queue of its exchange and cell although its message is from before there were several', async () => {
    const cloud = await cloudInProcess()
    await cloud.enqueue(await cloud.connect('c1'))
    const [first] = cloud.queue.splice(0)
    if (first === undefined) throw new Error('nothing was queued')
    const { exchange: _, ...old } = first.message
    cloud.queue.push({ ...first, message: old })
    expect(await cloud.work({ questions: 15 })).toBe('handed-on')
    expect(cloud.queue[0]?.message).toMatchObject({ exchange: 'bitmart', cell: 1, hop: 1 })
  })

  it('is handed on when the time is over, as one run whose counts go on', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const percents: number[] = []
    let hops = 0
    while ((await cloud.work({ questions: 15 })) === 'handed-on') {
      const { run } = await cloud.run(connection)
      hops += 1
      expect(run).toMatchObject({ state: 'running', hop: hops })
      expect(run).not.toHaveProperty('finishedAt')
      expect(run?.streams.map(({ failure }) => failure)).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ])
      percents.push(run?.streams.reduce((sum, { percent }) => sum + percent, 0) ?? 0)
    }
    expect(hops).toBeGreaterThan(3)
    expect(percents).toEqual([...percents].sort((a, b) => a - b))
    const { run } = await cloud.run(connection)
    expect(run).toMatchObject({ state: 'unverified', requests: cloud.world.asked })
    expect(run?.streams.reduce((sum, { requests }) => sum + requests, 0)).toBe(cloud.world.asked)
    expect(cloud.reports).toHaveLength(1)
    expect(cloud.lags).toHaveLength(1)
  })

  it('stays ended when the next worker ends it before the one that handed it on has said so', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const { send } = cloud.ports.queue
    Object.assign(cloud.ports, {
      queue: {
        send: async (...[message, delay]: Parameters<typeof send>) => {
          await send(message, delay)
          expect(await cloud.work()).toBe('ended')
        },
      },
    })
    expect(await cloud.work({ questions: 20 })).toBe('handed-on')
    const { run, connection: now } = await cloud.run(connection)
    expect(run?.state).toBe('unverified')
    expect(now?.nextSyncAt).toBe(tonight)
  })

  it('is given up as stalled after three hops that brought nothing, and is tried again the next night', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    expect(await cloud.work({ questions: 0 })).toBe('handed-on')
    expect(await cloud.work({ questions: 0 })).toBe('handed-on')
    expect(await cloud.work({ questions: 0 })).toBe('ended')
    const { run, connection: now } = await cloud.run(connection)
    expect(run).toMatchObject({ state: 'failed', failure: 'stalled' })
    expect(now).toMatchObject({ status: 'connected', nextSyncAt: tonight })
    expect(cloud.queue).toEqual([])
  })

  it('counts three hops in a row only: one that brings something begins anew', async () => {
    const cloud = await cloudInProcess()
    await cloud.enqueue(await cloud.connect('c1'))
    for (const questions of [0, 0, 20, 0, 0, 20]) expect(await cloud.work({ questions })).toBe('handed-on')
    expect(cloud.queue[0]?.message.stalls).toBe(0)
  })

  it('is done once although its message comes twice, at once or later', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const [first] = cloud.queue
    if (first === undefined) throw new Error('nothing was queued')
    cloud.queue.push(first, first)
    const both = await Promise.all([cloud.work(), cloud.work()])
    expect(both.sort()).toEqual(['ended', 'waiting'])
    expect(await cloud.work()).toBe('dropped')
    expect(await cloud.work()).toBe('dropped')
    expect(cloud.reports).toHaveLength(1)
    expect(cloud.opened()).toBe(2)
    expect((await cloud.run(connection)).run?.state).toBe('unverified')
  })

  it('goes on once although the message of an earlier hop comes again', async () => {
    const cloud = await cloudInProcess()
    await cloud.enqueue(await cloud.connect('c1'))
    const [first] = cloud.queue
    if (first === undefined) throw new Error('nothing was queued')
    expect(await cloud.work({ questions: 20 })).toBe('handed-on')
    cloud.queue.unshift(first)
    expect(await cloud.work()).toBe('dropped')
    expect(await cloud.work()).toBe('ended')
  })

  it('waits while another run is at work, and gives up after an hour', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const owner = { user: 'ada', connection: 'c1' }
    await cloud.enqueue(connection)
    await cloud.stores.lease.acquire(owner, 'another', cloud.world.now, 24 * hour)
    let waits = 0
    while ((await cloud.work()) === 'waiting') waits += 1
    expect(waits).toBe(60)
    expect(cloud.world.now - startOfTime).toBe(hour)
    expect((await cloud.run(connection)).run).toMatchObject({ state: 'interrupted', failure: 'busy' })
    expect(cloud.world.asked).toBe(0)
  })

  it('ends when it was stopped and its key taken away, and leaves nothing of a deleted connection', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const owner = { user: 'ada', connection: 'c1' }
    cloud.world.onAsk = async () => {
      cloud.world.onAsk = async () => undefined
      const now = await cloud.stores.connections.find('ada', 'c1')
      if (now !== undefined) await stopSync({ ...cloud.stores, clock: () => cloud.world.now }, now)
      await cloud.stores.transactions.removeAll(owner)
      await cloud.stores.connections.remove('ada', 'c1')
    }
    expect(await cloud.work()).toBe('ended')
    expect(cloud.reports[0]?.run).toMatchObject({ state: 'interrupted', failure: 'lease-lost' })
    expect(await cloud.stores.coverage.load(owner)).toEqual([])
    expect(await cloud.stores.runs.latest(owner)).toBeUndefined()
  })

  it('stores no row any more once its history was deleted', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const owner = { user: 'ada', connection: 'c1' }
    await cloud.enqueue(connection)
    const { normalise } = { normalise: () => [fill(startOfTime - hour, 'late')] }
    const [known] = [...cloud.ports.exchanges.values()]
    if (known === undefined) throw new Error('no exchange')
    const serving = { ...known, streams: known.streams.map((stream) => ({ ...stream, normalise })) }
    Object.assign(cloud.ports, { exchanges: new Map([['bitmart', serving]]) })
    let deleted = false
    cloud.world.onAsk = async () => {
      if (!deleted) await cloud.stores.transactions.removeAll(owner)
      deleted = true
    }
    await cloud.work()
    const rows = await cloud.stores.transactions.each(owner).next()
    expect(rows.done).toBe(true)
  })

  it('is dropped when the connection lost its key before, and closed', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const now = await cloud.stores.connections.find('ada', 'c1')
    if (now === undefined) throw new Error('no connection')
    const { vaultRef: _gone, ...keyless } = now
    await cloud.stores.connections.swap(now, { ...keyless, status: 'disconnected' })
    expect(await cloud.work()).toBe('dropped')
    expect((await cloud.run(connection)).run?.state).toBe('interrupted')
    expect(cloud.world.asked).toBe(0)
  })

  it('is closed for good when the connection loses its key as the work begins', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const { load } = cloud.ports.coverage
    Object.assign(cloud.ports.coverage, {
      load: async (owner: { user: string; connection: string }) => {
        const now = await cloud.stores.connections.find('ada', 'c1')
        const { vaultRef: _gone, ...keyless } = now ?? connection
        if (now?.vaultRef !== undefined)
          await cloud.stores.connections.swap(now, { ...keyless, status: 'disconnected' })
        return load(owner)
      },
    })
    await cloud.work()
    expect((await cloud.run(connection)).run?.state).toBe('interrupted')
    while (cloud.queue.length > 0) expect(await cloud.work()).toBe('dropped')
    expect((await cloud.run(connection)).run?.state).toBe('interrupted')
    expect(cloud.world.asked).toBe(0)
  })

  it('is left running when the store breaks, for the next delivery, and failed by the last', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const [first] = cloud.queue
    if (first === undefined) throw new Error('nothing was queued')
    cloud.queue.push(first)
    const broken = { ...cloud.ports.coverage, save: async () => Promise.reject(new Error('broken')) }
    Object.assign(cloud.ports, { coverage: broken })
    await expect(cloud.work()).rejects.toThrow('broken')
    expect((await cloud.run(connection)).run?.state).toBe('running')
    await expect(cloud.work({ lastDelivery: true })).rejects.toThrow('broken')
    const { run, connection: now } = await cloud.run(connection)
    expect(run?.state).toBe('failed')
    expect(now?.nextSyncAt).toBe(tonight)
  })

  it('survives a queue that does not take the next message: the delivery fails and comes again', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const [first] = cloud.queue
    if (first === undefined) throw new Error('nothing was queued')
    cloud.world.failSends = 1
    await expect(cloud.work({ questions: 20 })).rejects.toThrow('the queue is broken')
    cloud.queue.push(first)
    expect(await cloud.work()).toBe('ended')
    expect((await cloud.run(connection)).run?.state).toBe('unverified')
  })

  it('has no next night when the exchange has closed', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    cloud.world.onAsk = failing('exchange-closed')
    await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    const { connection: now } = await cloud.run(connection)
    expect(now).toMatchObject({ status: 'attention', reason: 'exchange-closed' })
    expect(now).not.toHaveProperty('nextSyncAt')
  })

  it('tells how far behind the account was when it began', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    await cloud.work()
    cloud.world.now += 30 * hour
    await cloud.enqueue(connection)
    await cloud.work()
    const [first = 0, second = 0] = cloud.lags
    expect(first).toBe(0)
    expect(second).toBeGreaterThanOrEqual(30 * hour)
    expect(second).toBeLessThan(32 * hour)
  })

  it('is not given up while its hops bring rows, although none of its windows is whole yet', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const [known] = [...cloud.ports.exchanges.values()]
    if (known === undefined) throw new Error('no exchange')
    let rows = 0
    // Every answer is a full page with a row that was not seen before: the window must be divided further.
    const streams = known.streams.map((stream): StreamDefinition => {
      if (stream.reads === 'list') return stream
      const asked = new Map<string, number>()
      return {
        ...stream,
        pageCap: 0,
        ask: (question: Question) => {
          asked.set(question.partition, question.start * stream.unit)
          return stream.ask(question)
        },
        normalise: (_none, { partition }) => [
          fill(asked.get(partition) ?? 0, `row-${++rows}`, { stream: stream.stream }),
        ],
      }
    })
    Object.assign(cloud.ports, { exchanges: new Map([['bitmart', { ...known, streams }]]) })
    await cloud.enqueue(connection)
    for (let hops = 1; hops <= 5; hops += 1) {
      expect(await cloud.work({ questions: 7 })).toBe('handed-on')
      expect(cloud.queue[0]?.message.stalls).toBe(0)
    }
    const coverage = await cloud.stores.coverage.load({ user: 'ada', connection: 'c1' })
    expect(coverage.flatMap(({ covered, unverified }) => [...covered, ...unverified])).toEqual([])
    const { run } = await cloud.run(connection)
    expect(run?.streams.reduce((sum, stream) => sum + stream.new, 0)).toBe(rows)
  })

  it('is dropped without a trace when its connection is gone', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const queued = await cloud.enqueue(connection)
    await cloud.stores.connections.remove('ada', 'c1')
    expect(await cloud.work()).toBe('dropped')
    expect(await cloud.stores.runs.find({ user: 'ada', connection: 'c1' }, queued.id)).toEqual(queued)
    expect([cloud.world.asked, cloud.queue.length, cloud.reports.length]).toEqual([0, 0, 0])
  })

  it('is dropped and closed when its exchange is not known any more', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    Object.assign(cloud.ports, { exchanges: new Map() })
    expect(await cloud.work()).toBe('dropped')
    expect((await cloud.run(connection)).run?.state).toBe('interrupted')
  })

  it('leaves the date of the connection to a younger run, when there is one', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.enqueue(connection)
    const { connection: now } = await cloud.run(connection)
    if (now === undefined) throw new Error('no connection')
    await cloud.stores.connections.claim(now, 'younger', 77)
    await cloud.stores.coolDowns.extend('bitmart', cloud.world.now + minute)
    expect(await cloud.work()).toBe('waiting')
    expect((await cloud.run(connection)).connection).toMatchObject({ lastRun: 'younger', nextSyncAt: 77 })
  })

  it('reports the gaps that it left, and those alone that were not there before', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const spotFails = async ({ path }: ExchangeRequest) => {
      if (path.startsWith('spot/')) throw new FailureError({ kind: 'no-permission' })
    }
    cloud.world.onAsk = spotFails
    await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    const opened = startOfTime - 24 * 400 * hour
    const first = { from: opened, to: startOfTime - 10 * minute, reason: 'failed' }
    expect(cloud.reports[0]?.newGaps).toEqual([first])
    expect(cloud.reports[0]).toMatchObject({ connection: 'c1', exchange: 'bitmart' })
    await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    expect(cloud.reports[1]?.newGaps).toEqual([])
    cloud.world.now += day
    await cloud.enqueue(connection)
    expect(await cloud.work()).toBe('ended')
    expect(cloud.reports[2]?.newGaps).toEqual([{ ...first, to: first.to + day }])
  })
})

describe('a run that is handed on at the edge of what the exchange serves', () => {
  // Several for each part of each stream, so that every hop gets beyond what the clock added meanwhile.
  it.each([20, 22, 25, 30, 40])(
    'takes nothing for lost that is served, with %i questions a hop',
    async (questions) => {
      const cloud = await cloudInProcess()
      const connection = await cloud.connect('c1')
      await cloud.enqueue(connection)
      for (let outcome = ''; outcome !== 'ended'; cloud.world.now += 8_000)
        outcome = await cloud.work({ questions })
      const { run } = await cloud.run(connection)
      expect(run?.streams.flatMap(({ gaps }) => gaps)).toEqual([])
      expect(run?.state).toBe('unverified')
    },
  )
})
