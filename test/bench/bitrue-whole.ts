import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { minute } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { demoAccount } from '../../local/simulated-bitrue/account.ts'
import { demoKey } from '../../local/simulated-bitrue/options.ts'
import { connection, memoryStore, patiently } from '../model/engine.ts'
import { differences, named, start } from '../use-cases/bitrue-in-memory.ts'
import { bitrueWithLimits } from '../use-cases/bitrue-with-limits.ts'
import { virtualTime } from '../use-cases/virtual-time.ts'
import { table, whole } from './table.ts'

/** The least and the most that an address was ever allowed to weigh in a minute. */
const weights = [1_200, 25_000] as const

/** The first import of the whole simulated Bitrue by a clock that jumps from wait to wait: its limits are counted, and cost no time. */
export async function wholeBitrue(floorOf: (calls: ReadonlyMap<string, number>) => number): Promise<string> {
  const rows = []
  for (const weight of weights) {
    const { calls, refused, wrong, seconds, weighed } = await importWhole(weight)
    const floor = floorOf(calls)
    rows.push([
      whole(weight),
      whole([...calls.values()].reduce((sum, count) => sum + count, 0)),
      whole(refused),
      whole(wrong),
      `${whole(weighed)} a minute`,
      `${floor.toFixed(0)} s`,
      `${seconds.toFixed(0)} s`,
      (seconds / floor).toFixed(2),
    ])
  }
  return `## The first import of the whole Bitrue, under the least and the most weight that it ever allowed

1,700 symbols, 700 coins and 785 contracts, by a clock that stands still while we are at work. The floor is that of the slowest pace, which is that of
transfers under either weight: 3,000 an hour.

${table(['weight a minute', 'requests', 'refused', 'rows wrong', 'weighed', 'floor', 'time', 'ratio'], rows)}`
}

async function importWhole(weight: number) {
  const time = virtualTime(start)
  const account = demoAccount(start)
  const { driver, refused, weighed } = bitrueWithLimits(account, { times: 'obeyed', weight }, time)
  const credentials = { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) }
  const opened = openExchangeClient(bitrue, credentials, { ...time, random: Math.random, driver })
  const calls = new Map<string, number>()
  const client: ExchangeClient = {
    ...opened,
    ask: (request, schema, options) => {
      const { section: [product = '', version = ''] = [], path } = request
      const at = `/${product === 'spot' ? 'api' : product}/${version}/${path}`
      calls.set(at, (calls.get(at) ?? 0) + 1)
      return opened.ask(request, schema, options)
    },
  }
  const catalogue = { load: async () => undefined, save: async () => undefined }
  const markets = await fetchMarkets({ client, clock: time.clock, catalogue }, bitrue, 0)
  const store = memoryStore()
  await syncConnection(
    { ...store, clock: time.clock, sleep: patiently, client, markets },
    { ...connection, exchange: 'bitrue', ...named },
    bitrue,
    { runId: 'r', holder: 'h' },
  )
  await client.close()
  const wrong = differences(store.rows.values(), account).reduce(
    (sum, { missing, invented }) => sum + missing + invented,
    0,
  )
  const took = time.clock() - start
  return {
    calls,
    refused: refused.length,
    wrong,
    seconds: took / 1_000,
    weighed: weighed() / (took / minute),
  }
}
