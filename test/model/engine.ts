import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Credentials } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition, WindowExchange } from '../../lambdas/domain/exchange.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { Markets } from '../../lambdas/domain/stream.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { type ClientOptions, openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import type { BitmartInMemory } from './bitmart-in-memory.ts'
import { withoutLimits } from './hurry.ts'
import { type MemoryStore, memoryStore } from './memory-store.ts'

export const connection: Connection = {
  id: 'c1',
  user: 'u1',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: 'mart',
  status: 'connected',
  createdAt: 0,
}

export const demoCredentials: Credentials = {
  apiKey: new Secret(demoKey.apiKey),
  secret: new Secret(demoKey.secret),
  passphrase: new Secret(demoKey.memo),
}

/** BitMart with limits so generous, and so young, that tests need not wait for it. */
export function hurried(exchange?: WindowExchange, opened?: number): WindowExchange
export function hurried(exchange: ExchangeDefinition, opened?: number): ExchangeDefinition
export function hurried(
  exchange: ExchangeDefinition = bitmart,
  opened = Date.UTC(2024, 0, 1),
): ExchangeDefinition {
  const quick = withoutLimits(exchange)
  return { ...quick, streams: quick.streams.map((stream) => ({ ...stream, opened })) }
}

/** Retries without waiting for them. */
const briefly = (ms: number) => delay(Math.min(ms, 5))

/** The engine's own waiting: for the heartbeat of its lease, which must not keep a test alive. */
export async function patiently(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined)
}

export function openTestClient(
  exchange: ExchangeDefinition,
  simulator: SimulatedBitmart | BitmartInMemory,
  credentials = demoCredentials,
  options: Partial<ClientOptions> = {},
) {
  return openExchangeClient(exchange, credentials, {
    hosts: { spot: simulator.spotUrl, swap: simulator.futuresUrl },
    clock: simulator.options.clock,
    sleep: briefly,
    random: Math.random,
    // Whoever tries time-outs says so: how busy the machine is must not matter to the others.
    timeout: 60_000,
    ...('driver' in simulator && { driver: simulator.driver }),
    ...options,
  })
}

/** One sync of the simulated exchange into a store in memory, through the real client. */
export async function syncOnce(
  simulator: SimulatedBitmart | BitmartInMemory,
  store: MemoryStore = memoryStore(),
  exchange: ExchangeDefinition = hurried(),
  signal?: AbortSignal,
  { recheck, ...options }: Partial<ClientOptions> & { readonly recheck?: boolean } = {},
): Promise<{ run: Run; store: MemoryStore; markets: Markets }> {
  const client = openTestClient(exchange, simulator, demoCredentials, options)
  const clock = options.clock ?? simulator.options.clock
  const catalogue = { load: async () => undefined, save: async () => undefined }
  const markets = await fetchMarkets({ client, clock, catalogue }, exchange, 0)
  const run = await syncConnection(
    { ...store, clock, sleep: patiently, client, markets },
    connection,
    exchange,
    {
      runId: String(clock()),
      holder: String(Math.random()),
      signal,
      ...(recheck !== undefined && { recheck }),
    },
  )
  await client.close()
  return { run, store, markets }
}

export { memoryStore, startSimulatedBitmart }
