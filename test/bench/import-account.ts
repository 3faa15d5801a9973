import { setTimeout as delay } from 'node:timers/promises'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { completenessAfter, type Run } from '../../lambdas/domain/run.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { type SyncPorts, syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { connection, demoCredentials, hurried } from '../model/engine.ts'
import { keyOfRow, type Outcome, type Task } from './contestants.ts'

export type Store = Pick<SyncPorts, 'transactions' | 'coverage' | 'sums' | 'lease' | 'runs'>

/** The first import of an account: the real engine, client, limits and waiting, at a simulated address. */
export async function importAccount(
  { url, clock, hurried }: Pick<Task, 'url' | 'clock' | 'hurried'>,
  store: Store,
  exchange: ExchangeDefinition,
): Promise<Run> {
  const sleep = (ms: number, signal?: AbortSignal) =>
    pause(hurried && ms < longestHurry ? Math.min(ms, 5) : ms, signal)
  const client = openExchangeClient(exchange, demoCredentials, {
    hosts: { spot: url, swap: url },
    clock,
    sleep,
    random: Math.random,
  })
  try {
    const catalogue = { load: async () => undefined, save: async () => undefined }
    const markets = await fetchMarkets({ client, clock, catalogue }, exchange, 0)
    return await syncConnection({ ...store, clock, sleep, client, markets }, connection, exchange, {
      runId: String(clock()),
      holder: 'bench',
    })
  } finally {
    await client.close()
  }
}

/** Ours in the comparison: asked for the same stream as the others, and for nothing else. */
export async function importOneStream(task: Task, store: Store): Promise<Outcome> {
  const run = await importAccount(task, store, definitionFor(task))
  const stored = await store.transactions.stored(owner, streamOf(task), { from: 0, to: task.clock() })
  const rows = stored.map(({ raw }) => keyOfRow(JSON.parse(raw)))
  return { rows, ...(completenessAfter(run.state) === 'incomplete' && { stoppedBy: run.state }) }
}

const owner = { user: connection.user, connection: connection.id }

function streamOf({ product }: Task) {
  return product === 'spot' ? 'spot-trade' : 'futures-trade'
}

function definitionFor(task: Task): ExchangeDefinition {
  const exchange = task.hurried ? hurried() : bitmart
  return { ...exchange, streams: exchange.streams.filter(({ stream }) => stream === streamOf(task)) }
}

/** Longer sleeps are no waiting for an answer but the lease's heartbeat. Milliseconds. */
const longestHurry = 10_000

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
