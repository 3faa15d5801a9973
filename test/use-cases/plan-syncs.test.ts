import { describe, expect, it } from 'vitest'
import { newRunId } from '../../lambdas/adapters/identity.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import { readRun, requestSync } from '../../lambdas/use-cases/start-sync.ts'
import { stopSync } from '../../lambdas/use-cases/stop-sync.ts'
import { cloudInProcess } from './cloud-in-process.ts'

describe('planning the syncs that are due', () => {
  it('queues each connection once, although several planners plan at once', async () => {
    const cloud = await cloudInProcess()
    const ids = Array.from({ length: 37 }, (_, index) => `c${index}`)
    for (const id of ids) await cloud.connect(id)
    await cloud.connect('later', { nextSyncAt: cloud.world.now + 1 })
    const planned = await Promise.all([cloud.plan(), cloud.plan(), cloud.plan()])
    expect(planned.reduce((sum, { sent }) => sum + sent, 0)).toBe(37)
    expect(cloud.queue.map(({ message }) => message.connection).sort()).toEqual([...ids].sort())
    expect(await cloud.plan()).toEqual({ due: 0, sent: 0, refused: 0, mostOverdue: 0, lost: 0 })
  })

  it('lets no connection that cannot be read keep others from their sync, and says so all the same', async () => {
    const cloud = await cloudInProcess()
    const ids = Array.from({ length: 24 }, (_, index) => `c${index}`)
    for (const id of ids) await cloud.connect(id, { lastRun: 'r1' })
    const { find } = cloud.ports.runs
    Object.assign(cloud.ports.runs, {
      find: async (...[owner, id]: Parameters<typeof find>) => {
        if (owner.connection === 'c7') throw new Error('c7 cannot be read')
        return find(owner, id)
      },
    })
    await expect(cloud.plan()).rejects.toThrow('c7 cannot be read')
    const others = ids.filter((id) => id !== 'c7').sort()
    expect(cloud.queue.map(({ message }) => message.connection).sort()).toEqual(others)
  })

  it('gives up at once when the store is broken for all', async () => {
    const cloud = await cloudInProcess()
    for (let index = 0; index < 24; index += 1) await cloud.connect(`c${index}`, { lastRun: 'r1' })
    let asked = 0
    const find = async () => {
      asked += 1
      throw new Error('broken')
    }
    Object.assign(cloud.ports, { runs: { ...cloud.ports.runs, find } })
    await expect(cloud.plan()).rejects.toThrow('broken')
    expect(asked).toBeLessThan(24)
    expect(cloud.queue).toEqual([])
  })

  it('tells how late the most overdue connection is', async () => {
    const cloud = await cloudInProcess()
    await cloud.connect('c1', { nextSyncAt: cloud.world.now - 5 * minute })
    await cloud.connect('c2', { nextSyncAt: cloud.world.now - 90 * minute })
    expect(await cloud.plan()).toEqual({
      due: 2,
      sent: 2,
      refused: 0,
      mostOverdue: 90 * minute,
      lost: 0,
    })
  })

  it('queues again after an hour what was lost on its way', async () => {
    const cloud = await cloudInProcess()
    await cloud.connect('c1')
    expect(await cloud.plan(undefined, 1)).toMatchObject({ due: 1, sent: 0 })
    cloud.world.now += hour - 1
    expect(await cloud.plan()).toMatchObject({ due: 0 })
    cloud.world.now += 1
    expect(await cloud.plan()).toMatchObject({ due: 1, sent: 1 })
    expect(await cloud.work()).toBe('ended')
  })

  it('leaves a run that takes longer alone, and looks at it again later', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.plan()
    cloud.world.now += 40 * minute
    expect(await cloud.work({ questions: 20 })).toBe('handed-on')
    cloud.world.now += 40 * minute
    // Somebody moved the date forward; the run is alive all the same.
    const { connection: now } = await cloud.run(connection)
    if (now === undefined) throw new Error('no connection')
    await cloud.stores.connections.note(now, { nextSyncAt: cloud.world.now })
    expect(await cloud.plan()).toMatchObject({ due: 1, sent: 0 })
    expect((await cloud.run(connection)).connection?.nextSyncAt).toBe(cloud.world.now + hour)
    expect(cloud.queue).toHaveLength(1)
  })

  it('passes over a connection that is paused, and looks at it again the next night', async () => {
    const cloud = await cloudInProcess()
    await cloud.connect('paused', { paused: true })
    await cloud.connect('other')
    expect(await cloud.plan()).toMatchObject({ due: 2, sent: 1 })
    expect(cloud.queue.map(({ message }) => message.connection)).toEqual(['other'])
    expect(await cloud.plan()).toMatchObject({ due: 0 })
    cloud.world.now += day
    expect((await cloud.plan()).due).toBeGreaterThan(0)
    expect(cloud.queue.filter(({ message }) => message.connection === 'paused')).toEqual([])
  })

  it('stops when its time is over, and the rest is still due', async () => {
    const cloud = await cloudInProcess()
    for (let index = 0; index < 30; index += 1) await cloud.connect(`c${index}`)
    const first = await cloud.plan(AbortSignal.abort())
    expect(first.sent).toBeLessThan(30)
    expect((await cloud.plan()).sent).toBe(30 - first.sent)
  })

  it('counts a connection whose date was just taken away as not late', async () => {
    const cloud = await cloudInProcess()
    const { nextSyncAt: _gone, ...connection } = await cloud.connect('c1')
    const connections = {
      ...cloud.stores.connections,
      due: async function* () {
        yield connection
      },
    }
    const queue = { sendAll: async () => [] }
    const ports = { ...cloud.ports, newRunId, connections, queue }
    expect(await planSyncs(ports, new AbortController().signal)).toMatchObject({ due: 1, mostOverdue: 0 })
  })
})

describe('a message that no queue takes', () => {
  it('is told, and its connection is due again after a while', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const queue = { sendAll: async (messages: readonly SyncMessage[]) => messages }
    const planned = await planSyncs(
      { ...cloud.ports, ...cloud.stores, newRunId, queue },
      new AbortController().signal,
    )
    expect(planned).toMatchObject({ due: 1, sent: 0, refused: 1 })
    const { connection: now } = await cloud.run(connection)
    expect(now?.nextSyncAt).toBe(cloud.world.now + hour)
  })
})

describe('asking for a sync', () => {
  it('joins the run under way, and of many who ask at once one starts it', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const runs = await Promise.all(Array.from({ length: 6 }, () => cloud.enqueue(connection)))
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1)
    expect(cloud.queue).toHaveLength(1)
  })

  it('starts another when whoever worked on the last one has died', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const first = await cloud.enqueue(connection)
    cloud.world.now += 44 * minute
    expect((await cloud.enqueue(connection)).id).toBe(first.id)
    cloud.world.now += minute
    expect((await cloud.enqueue(connection)).id).not.toBe(first.id)
  })

  it('is refused for some minutes after the last one ended, with how long to wait', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const ports = {
      ...cloud.ports,
      newRunId,
      syncCoolDown: 5 * minute,
      enqueue: cloud.enqueue,
    }
    await requestSync(ports, 'ada', 'c1')
    expect((await requestSync(ports, 'ada', 'c1')).id).toBe((await cloud.run(connection)).run?.id)
    await cloud.work()
    cloud.world.now += 3 * minute
    await expect(requestSync(ports, 'ada', 'c1')).rejects.toMatchObject({
      code: 'too-soon',
      retryAfter: 2 * minute,
      message: expect.stringMatching(/Ask again in 2 minutes\.$/),
    })
    cloud.world.now += 2 * minute
    expect((await requestSync(ports, 'ada', 'c1')).state).toBe('running')
  })

  it('is refused when the connection was disconnected meanwhile', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    await cloud.stores.connections.remove('ada', 'c1')
    await expect(cloud.enqueue(connection)).rejects.toMatchObject({ code: 'busy' })
    expect(cloud.queue).toEqual([])
  })

  it('is refused with a wait of a minute in the last one', async () => {
    const cloud = await cloudInProcess()
    await cloud.connect('c1')
    const ports = { ...cloud.ports, newRunId, syncCoolDown: 5 * minute, enqueue: cloud.enqueue }
    await requestSync(ports, 'ada', 'c1')
    await cloud.work()
    cloud.world.now += 4 * minute
    await expect(requestSync(ports, 'ada', 'c1')).rejects.toMatchObject({
      code: 'too-soon',
      message: expect.stringMatching(/Ask again in a minute\.$/),
    })
  })

  it('is allowed at once after a run that was interrupted', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const ports = { ...cloud.ports, newRunId, syncCoolDown: 5 * minute, enqueue: cloud.enqueue }
    const first = await requestSync(ports, 'ada', 'c1')
    const { connection: now } = await cloud.run(connection)
    if (now === undefined) throw new Error('no connection')
    await stopSync({ ...cloud.stores, clock: () => cloud.world.now }, now)
    expect((await requestSync(ports, 'ada', 'c1')).id).not.toBe(first.id)
  })

  it('makes a run without streams where the exchange is not known any more, and the worker closes it', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1', { exchange: 'mtgox' })
    expect(await cloud.enqueue(connection)).toMatchObject({ state: 'running', streams: [] })
    expect(await cloud.work()).toBe('dropped')
    expect((await cloud.run(connection)).run?.state).toBe('interrupted')
  })

  it.each(['asks', 'is planned'])(
    'starts one run when somebody %s while it is being written down',
    async (how) => {
      const cloud = await cloudInProcess()
      const connection = await cloud.connect('c1')
      const { save } = cloud.ports.runs
      const met: Run[] = []
      Object.assign(cloud.ports.runs, {
        save: async (...saving: Parameters<typeof save>) => {
          cloud.ports.runs.save = save
          met.push(await cloud.enqueue(connection))
          return save(...saving)
        },
      })
      if (how === 'asks') met.push(await cloud.enqueue(connection))
      else await cloud.plan()
      expect(new Set(met.map(({ id }) => id)).size).toBe(1)
      expect(cloud.queue.map(({ message }) => message.run)).toEqual([met[0]?.id])
      expect((await cloud.run(connection)).run).toEqual(met[0])
      expect(await cloud.work()).toBe('ended')
    },
  )

  it('closes the run that was written down for nothing', async () => {
    const cloud = await cloudInProcess()
    const connection = await cloud.connect('c1')
    const { save } = cloud.ports.runs
    const saved: Run[] = []
    cloud.ports.runs.save = async (owner, run) => {
      saved.push(run)
      await save(owner, run)
    }
    await Promise.all(Array.from({ length: 6 }, () => cloud.enqueue(connection)))
    const last = new Map(saved.map((run) => [run.id, run]))
    expect([...last.values()].filter(({ state }) => state === 'running')).toHaveLength(1)
    expect(cloud.queue.map(({ message }) => last.get(message.run)?.state)).toEqual(['running'])
  })
})

describe('reading a sync', () => {
  it('finds it by its id, at its own connection and for its own user alone', async () => {
    const cloud = await cloudInProcess()
    const run = await cloud.enqueue(await cloud.connect('c1'))
    await cloud.connect('c2')
    expect(await readRun(cloud.ports, 'ada', 'c1', run.id)).toEqual(run)
    for (const [user, connection, id] of [
      ['ada', 'c1', 'unknown'],
      ['ada', 'c1', ''],
      ['ada', 'c1', '../x'],
      ['ada', 'c2', run.id],
      ['bob', 'c1', run.id],
    ] as const)
      await expect(readRun(cloud.ports, user, connection, id)).rejects.toMatchObject({ code: 'not-found' })
  })
})
