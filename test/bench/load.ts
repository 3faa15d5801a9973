import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { newRunId } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Credentials } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { RunState } from '../../lambdas/domain/run.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { SyncMessage } from '../../lambdas/domain/sync-message.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { type ContinueSyncPorts, continueSync } from '../../lambdas/use-cases/continue-sync.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { planSyncs } from '../../lambdas/use-cases/plan-syncs.ts'
import type { SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import { noCounts, truthOf } from '../model/truth.ts'
import { makeAccount, type Recipe } from './accounts.ts'
import { withSimulator } from './children.ts'
import { withTableOnDisk } from './store-on-disk.ts'
import { table, total, whole } from './table.ts'

export type LoadSizes = {
  /** Connections that are due at once. */
  readonly planned: number
  /** How many of them are synced, `atOnce` side by side. */
  readonly synced: number
  readonly atOnce: number
}

export type LoadFigures = {
  readonly sent: number
  readonly sentOnce: number
  readonly planSeconds: number
  readonly states: Readonly<Partial<Record<RunState, number>>>
  /** Connections that hold exactly as many rows of each stream as the account has. */
  readonly whole: number
  readonly requests: number
  readonly overTheLimit: number
  readonly syncSeconds: number
}

const recipe: Recipe = { spotFills: 220, futuresFills: 60, ledgerRows: 40, withdrawals: 6, deposits: 6 }

/** Every connection has a key of its own of one made-up account, on one simulated exchange and one store. */
export async function underLoad(sizes: LoadSizes): Promise<LoadFigures> {
  const now = Date.now()
  const keys = Array.from({ length: sizes.synced }, (_, number) => keyOf(number))
  // In a process of its own: calls that wait to be read there would arrive all at once.
  const { result, calls, tooMany } = await withSimulator({ recipe, now, options: { keys } }, (url) =>
    planAndSync(sizes, now, url),
  )
  return { ...result, requests: total(calls) + tooMany, overTheLimit: tooMany }
}

async function planAndSync(
  { planned, synced, atOnce }: LoadSizes,
  now: number,
  url: string,
): Promise<Omit<LoadFigures, 'requests' | 'overTheLimit'>> {
  // Two years of transfers, and nothing older to ask for.
  const exchange: ExchangeDefinition = {
    ...bitmart,
    streams: bitmart.streams.map((stream) => ({ ...stream, opened: now - 731 * day })),
  }
  return withTableOnDisk(async (opened) => {
    const stores = openStores(opened)
    for (let number = 0; number < planned; number += 1)
      await stores.connections.swap(undefined, {
        id: `c${number}`,
        user: `u${number % 97}`,
        exchange: 'bitmart',
        subaccount: '',
        keyHint: '',
        status: 'connected',
        vaultRef: String(number),
        createdAt: now,
        // Each at a time of its own: dynalite's index tells two items of one time apart by 24 bits of a hash.
        nextSyncAt: now - number,
      })
    const queue: SyncMessage[] = []
    const exchanges = new Map([['bitmart', exchange]])
    const planBegan = Date.now()
    const { sent } = await planSyncs(
      {
        ...stores,
        exchanges,
        newRunId,
        clock: Date.now,
        queue: {
          sendAll: async (messages) => {
            queue.push(...messages)
            return []
          },
        },
      },
      new AbortController().signal,
    )
    const planSeconds = (Date.now() - planBegan) / 1_000
    const sentOnce = new Set(queue.map(({ connection }) => connection)).size

    const states: Partial<Record<RunState, number>> = {}
    const ports: ContinueSyncPorts = {
      ...stores,
      exchanges,
      clock: Date.now,
      sleep: async (ms, signal) => {
        await delay(ms, undefined, { signal }).catch(() => undefined)
      },
      random: Math.random,
      vault: { get: async (ref) => credentialsOf(Number(ref)) },
      queue: { send: async (message) => void waiting.push(message) },
      marketsMaxAge: Number.POSITIVE_INFINITY,
      mergeFiles: async () => undefined,
      night: { begins: 0, lasts: 6 * hour },
      newHolder: randomUUID,
      openClient: (_exchange, credentials) =>
        openExchangeClient(exchange, credentials, {
          hosts: { spot: url, swap: url },
          clock: Date.now,
          sleep: async (ms, signal) => {
            await delay(ms, undefined, { signal }).catch(() => undefined)
          },
          random: Math.random,
        }),
      onBegin: () => undefined,
      onCoolDown: () => undefined,
      onEnd: ({ run }) => {
        states[run.state] = (states[run.state] ?? 0) + 1
      },
    }
    // What the daily job does: no sync asks for it.
    const client = ports.openClient(exchange, credentialsOf(0), () => undefined)
    await fetchMarkets({ client, catalogue: stores.catalogue, clock: Date.now }, exchange, 0)
    await client.close()
    const sample = queue.filter(({ connection }) => Number(connection.slice(1)) < synced)
    const waiting = [...sample]
    const never = new AbortController().signal
    const syncBegan = Date.now()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let message = waiting.shift(); message !== undefined; message = waiting.shift())
          await continueSync(ports, message, { outOfTime: never, lastDelivery: true })
      }),
    )
    const syncSeconds = (Date.now() - syncBegan) / 1_000
    const truth = JSON.stringify(truthOf(makeAccount(recipe, now)))
    let complete = 0
    for (const { user, connection } of sample) {
      const counts = noCounts()
      for await (const { stream } of stores.transactions.each({ user, connection })) counts[stream] += 1
      if (JSON.stringify(counts) === truth) complete += 1
    }
    return {
      sent,
      sentOnce,
      planSeconds,
      states,
      whole: complete,
      syncSeconds,
    }
  })
}

function keyOf(number: number): SimulatedKey {
  return {
    apiKey: `load-key-${number}`,
    secret: `load-secret-${number}`,
    memo: 'load',
    permissions: ['read'],
  }
}

function credentialsOf(number: number): Credentials {
  const { apiKey, secret, memo } = keyOf(number)
  return { apiKey: new Secret(apiKey), secret: new Secret(secret), passphrase: new Secret(memo) }
}

const sizes: LoadSizes = { planned: 10_000, synced: 500, atOnce: 50 }

/** Many connections on one store: each complete, none over its limit. */
export async function* load(): AsyncGenerator<string> {
  const figures = await underLoad(sizes)
  yield `## Many connections

${whole(sizes.planned)} connections that are due at once, and ${sizes.synced} of them synced, ${sizes.atOnce} side by side in one process, each with a key of
its own, against one simulated exchange that enforces its limits and one store on disk.

${table(
  ['', ''],
  [
    ['queued, each once', `${whole(figures.sent)}, ${whole(figures.sentOnce)}`],
    ['queued in a second', whole(figures.sent / figures.planSeconds)],
    ['runs without a gap', whole(total({ ...figures.states }))],
    ['connections with every row', whole(figures.whole)],
    ['requests', whole(figures.requests)],
    ['requests over a limit', whole(figures.overTheLimit)],
    ['seconds for all syncs', figures.syncSeconds.toFixed(1)],
  ],
)}`
}
