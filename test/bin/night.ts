import { randomUUID } from 'node:crypto'
import { catalogueStore } from '../../lambdas/adapters/catalogue.ts'
import { newRunId } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { Market } from '../../lambdas/domain/stream.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { continueSync } from '../../lambdas/use-cases/continue-sync.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'

/** What one night cost at the store, the vault, the queue and the exchange. */
export type Night = {
  reads: number
  writes: number
  transactionWrites: number
  secretCalls: number
  messages: number
  requests: number
}

/**
 * One connection in good order, whose first sync is done, on two nights in which the exchange has nothing to tell. The
 * real planner and worker over the real store; the second night is counted, by the store's own consumed capacity.
 */
export async function quietNight(): Promise<Night> {
  const { table, requests } = await temporaryStore()
  const stores = openStores(table)
  const zero = (): Night => ({
    reads: 0,
    writes: 0,
    transactionWrites: 0,
    secretCalls: 0,
    messages: 0,
    requests: 0,
  })
  let night = zero()
  let now = Date.UTC(2026, 8, 1, 1)

  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' })
      const result = await next(args)
      const units = unitsOf(result.output)
      if (/Get|Query/.test(String(context.commandName))) night.reads += units
      else night.writes += units
      return result
    },
    { step: 'initialize', priority: 'low' },
  )

  const user = '0f8fad5b-d9cb-469f-a165-70867728950e'
  const id = '7c9e6679f4254b9eb3c6d1f0a8e21b47'
  await catalogueStore(table).save('bitmart', { spot: markets(1_000), futures: markets(500) }, now)
  await stores.connections.swap(undefined, {
    id,
    user,
    exchange: 'bitmart',
    subaccount: '',
    label: 'My main account',
    keyHint: '…x7Qa',
    status: 'connected',
    vaultRef: randomUUID(),
    createdAt: now,
    checkedAt: now,
    nextSyncAt: now,
  })

  const queue: SyncMessage[] = []
  const client: ExchangeClient = {
    ask: async ({ path }, schema, options) => {
      options?.onSend?.()
      night.requests += 1
      now += 300
      const data = schema.parse(path.includes('deposit-withdraw') ? { records: [] } : [])
      return { data, askedAt: now - 300, answeredAt: now }
    },
    now: () => now,
    learnTime: async () => {
      night.requests += 1
      return undefined
    },
    requests: () => night.requests,
    close: async () => undefined,
  }

  async function oneNight(): Promise<void> {
    await planSyncs(
      {
        ...stores,
        exchanges,
        clock: () => now,
        newRunId,
        queue: {
          sendAll: async (messages) => {
            night.messages += messages.length
            queue.push(...messages)
            return []
          },
        },
      },
      new AbortController().signal,
    )
    const message = queue.pop()
    if (message === undefined) throw new Error('Nothing was due.')
    const outcome = await continueSync(
      {
        ...stores,
        exchanges,
        clock: () => now,
        // Only the heartbeat and the look at the cool-down sleep here, and the night is shorter than both.
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            if (signal?.aborted) resolve()
            signal?.addEventListener('abort', () => resolve(), { once: true })
          }),
        random: () => 0.5,
        vault: {
          get: async () => {
            night.secretCalls += 1
            return { apiKey: new Secret('a'), secret: new Secret('b'), passphrase: new Secret('c') }
          },
        },
        queue: { send: async () => undefined },
        mergeFiles: async () => undefined,
        marketsMaxAge: Number.POSITIVE_INFINITY,
        night: { begins: 0, lasts: 6 * hour },
        newHolder: randomUUID,
        openClient: () => client,
        onBegin: () => undefined,
        onEnd: () => undefined,
        onCoolDown: () => undefined,
      },
      message,
      { outOfTime: new AbortController().signal, lastDelivery: false },
    )
    if (outcome !== 'ended') throw new Error(`The night did not end: ${outcome}.`)
  }

  await oneNight()
  now = Math.ceil(now / day) * day + 7 * hour
  night = zero()
  const before = requests.transactionWrites
  await oneNight()
  night.transactionWrites = requests.transactionWrites - before
  return night
}

function unitsOf(output: unknown): number {
  const consumed = (output as { ConsumedCapacity?: unknown }).ConsumedCapacity
  const all = (Array.isArray(consumed) ? consumed : [consumed]) as ({ CapacityUnits?: number } | undefined)[]
  return all.reduce((sum, one) => sum + (one?.CapacityUnits ?? 0), 0)
}

function markets(count: number): ReadonlyMap<string, Market> {
  return new Map(
    Array.from({ length: count }, (_, index): [string, Market] => {
      const base = `COIN${index}`
      return [
        `${base}_USDT`,
        { symbol: `${base}_USDT`, base, quote: 'USDT', settle: 'USDT', contractSize: '0.001' },
      ]
    }),
  )
}
