import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { nextNight } from '../../lambdas/use-cases/next-night.ts'
import { type RunSyncPorts, recoverSync, runSync } from '../../lambdas/use-cases/run-sync.ts'
import { hurried, patiently } from '../model/engine.ts'
import { memoryStore } from '../model/memory-store.ts'
import { toldTime } from '../model/told-time.ts'
import { exchange, startOfTime, submission } from './home-in-memory.ts'

const night = { begins: 0, lasts: 6 * hour }

const run: Run = {
  id: 'r1',
  connection: 'c1',
  state: 'running',
  startedAt: startOfTime,
  requests: 0,
  streams: [],
}

const connection: Connection = {
  id: 'c1',
  user: 'ada',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: 'x7Qa',
  status: 'connected',
  vaultRef: 'v1',
  createdAt: startOfTime,
}

/** An exchange that serves an empty account, or answers every question with one failure. */
function openWorld(
  change: {
    failure?: FailureKind
    before?: Partial<Connection>
    vaulted?: boolean
    /** After so long an exchange loses what was not imported. */
    perishesAfter?: number
  } = {},
) {
  const connections = new Map([['c1', { ...connection, ...change.before }]])
  const store = memoryStore()
  const runs: Run[] = []
  let closed = 0
  const world = { during: async (): Promise<void> => undefined }
  const client: ExchangeClient = {
    ask: async ({ path }, schema, options) => {
      await world.during()
      if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
      if (change.failure !== undefined) throw new FailureError({ kind: change.failure })
      const data = schema.parse(path.includes('deposit-withdraw') ? { records: [] } : [])
      return { data, askedAt: startOfTime, answeredAt: startOfTime }
    },
    ...toldTime(() => startOfTime),
    requests: () => 0,
    close: async () => {
      closed += 1
    },
  }
  const ports: RunSyncPorts = {
    ...store,
    runs: {
      save: async (_owner, saved) => {
        runs.push(saved)
      },
    },
    clock: () => startOfTime,
    sleep: patiently,
    random: () => 0.5,
    exchanges: new Map([['bitmart', perishing(hurried(exchange), change.perishesAfter)]]),
    connections: {
      find: async (_user, id) => connections.get(id),
      note: async (before, note) => {
        const now = connections.get(before.id)
        if (now === undefined || now.vaultRef !== before.vaultRef) return false
        connections.set(before.id, { ...now, ...note })
        return true
      },
    },
    vault: { get: async () => (change.vaulted === false ? undefined : submission().credentials) },
    catalogue: {
      load: async () => ({ markets: { spot: new Map(), futures: new Map() }, fetchedAt: startOfTime }),
      save: async () => undefined,
    },
    fileHistory: { load: async () => undefined },
    mergeFiles: async () => undefined,
    openClient: () => client,
    marketsMaxAge: day,
    night,
  }
  const sync = (signal = new AbortController().signal) =>
    runSync(ports, { user: 'ada', connection: 'c1', run, holder: 'h1' }, signal)
  return { ports, world, connections, runs, sync, closed: () => closed }
}

function perishing(whole: ExchangeDefinition, after: number | undefined): ExchangeDefinition {
  if (after === undefined) return whole
  const streams = whole.streams.map((stream) => ({ ...stream, perishable: { after, what: 'all is lost' } }))
  return { ...whole, streams }
}

describe('running a sync', () => {
  it('notes at the connection that it is under way, how it went and when the next is due', async () => {
    const { sync, connections, world, closed } = openWorld({
      before: { status: 'attention', reason: 'expired' },
    })
    let during: string | undefined
    world.during = async () => {
      during = connections.get('c1')?.lastRun
    }
    expect((await sync()).state).toBe('unverified')
    expect(during).toBe('r1')
    expect(connections.get('c1')).toMatchObject({
      status: 'connected',
      reason: undefined,
      lastRun: 'r1',
      nextSyncAt: nextNight(startOfTime, 'c1', () => 0.5, night),
    })
    expect(closed()).toBe(1)
  })

  it.each(['unauthorized', 'expired', 'forbidden-ip', 'no-permission', 'exchange-closed'] as const)(
    'asks for attention after %s',
    async (failure) => {
      const { sync, connections } = openWorld({ failure })
      expect(await sync()).toMatchObject({ state: 'failed', failure })
      expect(connections.get('c1')).toMatchObject({ status: 'attention', reason: failure })
    },
  )

  it('asks for no attention when the exchange is down, and forgets none that was needed', async () => {
    const healthy = openWorld({ failure: 'exchange-down' })
    await healthy.sync()
    expect(healthy.connections.get('c1')).toMatchObject({ status: 'connected' })
    const ailing = openWorld({ failure: 'exchange-down', before: { status: 'attention', reason: 'expired' } })
    await ailing.sync()
    expect(ailing.connections.get('c1')).toMatchObject({ status: 'attention', reason: 'expired' })
  })

  it('goes on to doubt the account whatever fails afterwards, until one of its rows is shown', async () => {
    const before = { status: 'attention', reason: 'different-account' } as const
    for (const failure of ['expired', 'exchange-down'] as const) {
      const { sync, connections } = openWorld({ failure, before })
      await sync()
      expect(connections.get('c1')).toMatchObject(before)
    }
  })

  it('is due again before the coming night where something perishes that it did not get', async () => {
    const dueIn = async (perishesAfter: number, failure?: FailureKind) => {
      const { sync, connections } = openWorld({ failure, perishesAfter })
      await sync()
      return (connections.get('c1')?.nextSyncAt ?? 0) - startOfTime
    }
    const atNight = nextNight(startOfTime, 'c1', () => 0.5, night) - startOfTime
    expect(atNight).toBeGreaterThan(6 * hour)
    expect(await dueIn(7 * day, 'exchange-down')).toBe(6 * hour)
    expect(await dueIn(7 * day), 'it got everything').toBe(atNight)
    expect(await dueIn(7 * day, 'unauthorized'), 'only its owner can do something').toBe(atNight)
  })

  it('asks for a new key when the vault has lost it', async () => {
    const { sync, connections, closed } = openWorld({ vaulted: false })
    expect(await sync()).toMatchObject({ state: 'failed', failure: 'key-missing' })
    expect(connections.get('c1')).toMatchObject({ status: 'attention', reason: 'key-missing' })
    expect(closed()).toBe(0)
  })

  it('does not bring back a connection that was disconnected or deleted meanwhile', async () => {
    const { sync, connections, world } = openWorld()
    world.during = async () => {
      connections.set('c1', {
        ...connection,
        status: 'disconnected',
        vaultRef: undefined,
        lastRun: 'r1',
      })
    }
    await sync()
    expect(connections.get('c1')).toMatchObject({
      status: 'disconnected',
      vaultRef: undefined,
      lastRun: 'r1',
    })
    expect(connections.get('c1')).not.toHaveProperty('nextSyncAt')
    const deleted = openWorld()
    deleted.world.during = async () => {
      deleted.connections.delete('c1')
    }
    await deleted.sync()
    expect(deleted.connections.size).toBe(0)
  })

  it('is interrupted at once when it was stopped before it began, and is due again', async () => {
    const { sync, connections, runs, closed } = openWorld()
    expect((await sync(AbortSignal.abort())).state).toBe('interrupted')
    expect(runs.at(-1)?.state).toBe('interrupted')
    expect(connections.get('c1')?.nextSyncAt).toBe(startOfTime)
    expect(closed()).toBe(1)
  })

  it('leaves its run in a final state whatever happens', async () => {
    const { ports, sync, runs, closed, connections } = openWorld()
    ports.coverage.load = async () => {
      throw new Error('the store is broken')
    }
    await expect(sync()).rejects.toThrow('the store is broken')
    expect(runs.at(-1)).toMatchObject({ id: 'r1', state: 'failed', finishedAt: startOfTime })
    expect(connections.get('c1')?.nextSyncAt).toBeGreaterThan(startOfTime)
    expect(closed()).toBe(1)

    const held = openWorld()
    await held.ports.lease.acquire({ user: 'ada', connection: 'c1' }, 'another', startOfTime, hour)
    expect(await held.sync()).toMatchObject({ state: 'interrupted', failure: 'busy' })

    const gone = openWorld({ before: { status: 'disconnected', vaultRef: undefined } })
    expect((await gone.sync()).state).toBe('interrupted')
    expect(gone.connections.get('c1')).not.toHaveProperty('nextSyncAt')
  })

  it('stores nothing of a run whose connection was deleted before it began', async () => {
    const { sync, connections, runs, closed } = openWorld()
    connections.delete('c1')
    expect(await sync()).toMatchObject({ id: 'r1', state: 'interrupted' })
    expect([runs, connections.size, closed()]).toEqual([[], 0, 0])
  })

  it('is interrupted when its exchange is not known any more', async () => {
    const { sync, ports, runs } = openWorld()
    Object.assign(ports, { exchanges: new Map() })
    await sync()
    expect(runs.at(-1)).toMatchObject({ id: 'r1', state: 'interrupted', finishedAt: startOfTime })
  })
})

describe('recovering after a start', () => {
  const owner = { user: 'ada', connection: 'c1' }

  function recovery(latest: Run | undefined) {
    const saved: Run[] = []
    const expired: unknown[] = []
    const ports = {
      clock: () => startOfTime,
      lease: {
        expire: async (one: unknown) => {
          expired.push(one)
        },
      },
      runs: {
        latest: async () => latest,
        save: async (_owner: unknown, one: Run) => {
          saved.push(one)
        },
      },
    }
    return { ports, saved, expired }
  }

  it('frees the lease, closes the run that died and says that a sync is due', async () => {
    const { ports, saved, expired } = recovery(run)
    expect(await recoverSync(ports, { ...connection, nextSyncAt: startOfTime + day })).toBe(true)
    expect(expired).toEqual([owner])
    expect(saved).toEqual([{ ...run, state: 'interrupted', finishedAt: startOfTime }])
  })

  it('says that a sync is due when none was ever run, the last was interrupted or its time has come', async () => {
    const complete: Run = { ...run, state: 'complete' }
    const later = { ...connection, nextSyncAt: startOfTime + 1 }
    expect(await recoverSync(recovery(undefined).ports, later)).toBe(true)
    expect(await recoverSync(recovery({ ...run, state: 'interrupted' }).ports, later)).toBe(true)
    expect(await recoverSync(recovery(complete).ports, later)).toBe(false)
    expect(await recoverSync(recovery(complete).ports, { ...connection, nextSyncAt: startOfTime })).toBe(true)
    expect(await recoverSync(recovery(run).ports, { ...later, status: 'disconnected' })).toBe(false)
    const paused = { ...connection, nextSyncAt: startOfTime, paused: true } as const
    expect(await recoverSync(recovery(complete).ports, paused)).toBe(false)
  })

  it('says that no sync is due where none is to come, as at an exchange that has closed', async () => {
    const closed: Connection = { ...connection, status: 'attention', reason: 'exchange-closed' }
    expect(await recoverSync(recovery({ ...run, state: 'failed' }).ports, closed)).toBe(false)
  })
})
