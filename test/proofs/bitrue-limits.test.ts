import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { minute } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { type ClientOptions, openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { completeOptions, demoKey, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { simulated } from '../../local/simulated-bitrue/server.ts'
import { createLimits } from '../../local/simulated-exchange/limits.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'
import { connection, memoryStore, patiently } from '../model/engine.ts'
import { differences, named, smallSizes, start } from '../use-cases/bitrue-in-memory.ts'
import { virtualTime } from '../use-cases/virtual-time.ts'

/** The simulated Bitrue in this process with its limits, and what sends calls to it as slowly as ccxt would. */
function bitrueWithLimits(weight: number, time: ReturnType<typeof virtualTime>) {
  const account = generateAccount({ ...smallSizes, symbols: 300 })
  const readings = { ...usualReadings, times: 'obeyed', weight } as const
  const options = completeOptions({ account, clock: time.clock, readings })
  const useLimit = createLimits(() => 'sliding')
  const random = seededRandom(1)
  const refused: string[] = []
  let weighed = 0

  function answer({ section = [], path, params }: ExchangeRequest) {
    const [product = '', version = ''] = section
    const at = `/${product === 'spot' ? 'api' : product}/${version}/${path}`
    const endpoint = simulated.endpoints.find((one) => one.path === at)
    if (endpoint === undefined) throw new Error(`nobody answers ${at}`)
    const now = time.clock()

    const allowances = simulated.allowances(endpoint, options.keys[0], options)
    weighed += allowances[0].who === 'address' ? (allowances[0].limit.weight ?? 1) : 0
    const away = allowances.find(({ who, limit }) => !useLimit(who, limit, now).allowed)
    if (away !== undefined) refused.push(`${away.who} ${at}`)
    const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
    const outcome =
      away?.refuse({ allowed: false, used: 0, until: now }) ??
      endpoint.answer({ params: texts, account, options, now, random })
    const delivery = simulated.write(outcome, { endpoint, options, trace: '' })
    if (!('body' in delivery)) throw new Error('an answer that never comes')
    return { status: delivery.status, headers: {}, text: delivery.body }
  }

  const driver: ClientOptions['driver'] = async (_exchange, _credentials, rate, { onSend, onWrite }) => {
    let next = time.clock()
    return {
      send: async (request) => {
        const wait = next - time.clock()
        next = Math.max(next, time.clock()) + rate.per / rate.calls
        if (wait > 0) await time.sleep(wait)
        return time.during(async () => {
          onSend()
          const onAnswer = onWrite()
          await setImmediate()
          const answered = answer(request)
          onAnswer()
          return answered
        })
      },
      close: async () => undefined,
    }
  }
  return { account, driver, refused, weighed: () => weighed }
}

it.each([400, 1_200, 25_000])(
  'an account is had exactly within a weight of %d a minute, and not one call is too many',
  async (weight) => {
    const time = virtualTime(start)
    const world = bitrueWithLimits(weight, time)
    const client = openExchangeClient(
      bitrue,
      { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) },
      { ...time, random: Math.random, driver: world.driver },
    )
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
    expect(differences(store.rows.values(), world.account)).toEqual([])
    expect(world.refused).toEqual([])
    expect(world.weighed() / ((time.clock() - start) / minute)).toBeLessThanOrEqual(weight)
    // As fast as it may: its pace alone, where the weight allows more.
    expect((time.clock() - start) / minute).toBeLessThan(60)
  },
)
