import { randomUUID } from 'node:crypto'
import { newRunId } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import {
  type ContinueSyncPorts,
  continueSync,
  type SyncReport,
} from '../../lambdas/use-cases/continue-sync.ts'
import { enqueueSync } from '../../lambdas/use-cases/enqueue-sync.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import { newRun } from '../../lambdas/use-cases/start-sync.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'
import { hurried, patiently } from '../model/engine.ts'
import { toldTime } from '../model/told-time.ts'
import { exchange, startOfTime, submission } from './home-in-memory.ts'

/**
 * What runs in the cloud, over the real store and a queue in an array: an exchange that serves an empty account, one
 * answer a millisecond, unless the test decides otherwise.
 */
export async function cloudInProcess() {
  const { table } = await temporaryStore()
  const stores = openStores(table)
  const queue: { message: SyncMessage; delay: number }[] = []
  const reports: SyncReport[] = []
  const lags: number[] = []
  const coolDowns: number[] = []
  let opened = 0
  const world = {
    now: startOfTime,
    asked: 0,
    /** Called before each answer. */
    onAsk: async (_request: ExchangeRequest): Promise<void> => undefined,
    coolDown: (_until: number): void => undefined,
    failSends: 0,
  }
  const vault = { get: async () => submission().credentials }
  const exchanges = new Map([['bitmart', hurried(exchange, startOfTime - 24 * 400 * hour)]])

  function openClient(): ExchangeClient {
    let sent = 0
    opened += 1
    return {
      ask: async (request, schema, options) => {
        if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
        options?.onSend?.()
        sent += 1
        world.asked += 1
        await world.onAsk(request)
        if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
        const data = schema.parse(request.path.includes('deposit-withdraw') ? { records: [] } : [])
        return { data, askedAt: world.now, answeredAt: world.now }
      },
      ...toldTime(() => world.now),
      requests: () => sent,
      close: async () => undefined,
    }
  }

  const ports: ContinueSyncPorts = {
    ...stores,
    exchanges,
    clock: () => world.now,
    sleep: patiently,
    random: () => 0.5,
    vault,
    queue: {
      send: async (message, delay = 0) => {
        if (world.failSends-- > 0) throw new Error('the queue is broken')
        queue.push({ message, delay })
      },
    },
    catalogue: {
      load: async () => ({ markets: { spot: new Map(), futures: new Map() }, fetchedAt: startOfTime }),
      save: async () => undefined,
    },
    marketsMaxAge: Number.POSITIVE_INFINITY,
    mergeFiles: async () => undefined,
    night: { begins: 0, lasts: 6 * hour },
    newHolder: randomUUID,
    openClient: (_exchange, _credentials, onCoolDown) => {
      world.coolDown = onCoolDown
      return openClient()
    },
    onBegin: (_connection, lag) => lags.push(lag),
    onEnd: (report) => reports.push(report),
    onCoolDown: (_exchange, until) => coolDowns.push(until),
  }

  return {
    world,
    stores,
    ports,
    queue,
    reports,
    lags,
    coolDowns,
    opened: () => opened,

    async connect(id: string, more: Partial<Connection> = {}): Promise<Connection> {
      const connection: Connection = {
        id,
        user: 'ada',
        exchange: 'bitmart',
        subaccount: '',
        keyHint: 'x7Qa',
        status: 'connected',
        vaultRef: `secret-${id}`,
        createdAt: world.now,
        nextSyncAt: world.now,
        ...more,
      }
      await stores.connections.swap(undefined, connection)
      return connection
    },

    enqueue: async (connection: Connection) =>
      enqueueSync(
        { ...ports, connections: stores.connections },
        connection,
        newRun({ ...ports, newRunId }, connection),
      ),

    plan: (signal = new AbortController().signal, refuse = 0) =>
      planSyncs(
        {
          ...ports,
          newRunId,
          connections: stores.connections,
          queue: {
            sendAll: async (messages) => {
              for (const message of messages.slice(refuse)) await ports.queue.send(message)
              return messages.slice(0, refuse)
            },
          },
        },
        signal,
      ),

    /** Takes the next message and does what it asks for, with this much time. */
    async work({ questions = Number.POSITIVE_INFINITY, lastDelivery = false } = {}) {
      const next = queue.shift()
      if (next === undefined) throw new Error('the queue is empty')
      // No queue delays for longer.
      world.now += Math.min(next.delay, 15 * minute)
      const outOfTime = new AbortController()
      let left = questions
      const before = world.onAsk
      world.onAsk = async (request) => {
        if (left-- <= 0) outOfTime.abort()
        await before(request)
      }
      try {
        return await continueSync(ports, next.message, { outOfTime: outOfTime.signal, lastDelivery })
      } finally {
        world.onAsk = before
      }
    },

    run: async (connection: Connection) => {
      const now = await stores.connections.find(connection.user, connection.id)
      const owner = { user: connection.user, connection: connection.id }
      const run = now?.lastRun === undefined ? undefined : await stores.runs.find(owner, now.lastRun)
      return { connection: now, run }
    },
  }
}

/** An exchange that fails every question in this way. */
export function failing(kind: FailureKind) {
  return async (): Promise<void> => {
    throw new FailureError({ kind })
  }
}
