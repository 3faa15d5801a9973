import { expect, it } from 'vitest'
import { anyData } from '../../lambdas/domain/client.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { firstPageOf } from '../../lambdas/domain/stream.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { depositStream } from '../../lambdas/exchanges/bitrue/deposits.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { demoKey } from '../../local/simulated-bitrue/options.ts'
import { connection, memoryStore, patiently } from '../model/engine.ts'
import { differences, named, smallSizes, start } from '../use-cases/bitrue-in-memory.ts'
import { bitrueWithLimits } from '../use-cases/bitrue-with-limits.ts'
import { virtualTime } from '../use-cases/virtual-time.ts'

const credentials = { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) }

it.each([400, 1_200, 25_000])(
  'an account is had exactly within a weight of %d a minute, and not one call is too many',
  async (weight) => {
    const time = virtualTime(start)
    const account = generateAccount({ ...smallSizes, symbols: 300 })
    const { driver, refused, weighed } = bitrueWithLimits(account, { times: 'obeyed', weight }, time)
    const client = openExchangeClient(bitrue, credentials, { ...time, random: Math.random, driver })
    const catalogue = { load: async () => undefined, save: async () => undefined }
    const markets = await fetchMarkets({ client, clock: time.clock, catalogue }, bitrue, 0)
    const store = memoryStore()
    const run = await syncConnection(
      { ...store, clock: time.clock, sleep: patiently, client, markets },
      { ...connection, exchange: 'bitrue', ...named },
      bitrue,
      { runId: 'r', holder: 'h' },
    )
    await client.close()
    expect(run.streams.map(({ failure }) => failure)).toEqual(run.streams.map(() => undefined))
    expect(differences(store.rows.values(), account)).toEqual([])
    expect(refused).toEqual([])
    expect(weighed() / ((time.clock() - start) / minute)).toBeLessThanOrEqual(weight)
    // As fast as it may: its pace alone, where the weight allows more.
    expect((time.clock() - start) / minute).toBeLessThan(60)
  },
)

it('three keys of one account, each at its own pace, learn that they share an hour, and go on with few calls too many', async () => {
  const time = virtualTime(start)
  const { driver, refused } = bitrueWithLimits(generateAccount(smallSizes), { weight: 25_000 }, time)
  const ask = depositStream.ask(firstPageOf(depositStream, 'usdt'))
  let answered = 0
  const askAll = async () => {
    const client = openExchangeClient(bitrue, credentials, { ...time, random: Math.random, driver })
    for (let turn = 0; turn < 110; turn += 1) {
      await Promise.all(Array.from({ length: 10 }, () => client.ask(ask, anyData)))
      answered += 10
    }
    await client.close()
  }
  await Promise.all([askAll(), askAll(), askAll()])
  expect(answered).toBe(3_300)
  expect((time.clock() - start) / hour).toBeLessThan(1.5)
  // One for each of them in a minute at most: nobody goes on asking where it was refused.
  expect(refused.length).toBeGreaterThan(0)
  for (const { at } of refused)
    expect(refused.filter((one) => one.at >= at && one.at < at + minute).length).toBeLessThanOrEqual(3)
})
