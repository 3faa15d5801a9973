import { setTimeout as delay } from 'node:timers/promises'
import { Secret } from '../../lambdas/domain/secret.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { demoKey } from '../../local/simulated-bitrue/options.ts'
import type { SimulatedBitrue } from '../../local/simulated-bitrue/server.ts'
import { connection, patiently } from '../model/engine.ts'
import { withoutLimits } from '../model/hurry.ts'
import { memoryStore } from '../model/memory-store.ts'

/** What an address may weigh is told by the simulator. */
const hurried = withoutLimits(bitrue)

/** One sync of the simulated Bitrue into a store in memory, through the real client. */
export async function syncOverHttp(
  simulator: SimulatedBitrue,
  symbols: readonly string[],
  store = memoryStore(),
) {
  const { clock } = simulator.options
  const client = openExchangeClient(
    hurried,
    { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) },
    {
      hosts: { spot: simulator.url, futures: simulator.url },
      clock,
      sleep: (ms) => delay(Math.min(ms, 5)),
      random: Math.random,
      timeout: 60_000,
    },
  )
  try {
    const catalogue = { load: async () => undefined, save: async () => undefined }
    const markets = await fetchMarkets({ client, clock, catalogue }, hurried, 0)
    const run = await syncConnection(
      { ...store, clock, sleep: patiently, client, markets },
      { ...connection, exchange: 'bitrue', symbols },
      hurried,
      { runId: String(clock()), holder: String(Math.random()) },
    )
    return { run, store }
  } finally {
    await client.close()
  }
}
