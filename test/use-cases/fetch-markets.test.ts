import { afterEach, describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Markets } from '../../lambdas/domain/stream.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { type Catalogue, fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { generateAccount as generateBitrue } from '../../local/simulated-bitrue/account.ts'
import { hurried, openTestClient, startSimulatedBitmart } from '../model/engine.ts'
import { toldTime } from '../model/told-time.ts'
import { bitrueInMemory } from './bitrue-in-memory.ts'

const day = 86_400_000
let now = Date.UTC(2026, 7, 20)
const running: SimulatedBitmart[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close()
})

async function setUp() {
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account: generateAccount({ seed: 1, now }),
    enforceLimits: false,
  })
  running.push(simulator)
  const exchange = hurried()
  const kept: { catalogue?: Catalogue } = {}
  const client = openTestClient(exchange, simulator)
  const catalogue = {
    load: async () => kept.catalogue,
    save: async (_exchange: string, markets: Markets, fetchedAt: number) => {
      kept.catalogue = { markets, fetchedAt }
    },
  }
  const fetch = () => fetchMarkets({ client, clock: () => now, catalogue }, exchange, day)
  return { simulator, kept, fetch }
}

describe('the catalogue of markets', () => {
  it('is asked for once and kept for as long as it is fresh', async () => {
    const { simulator, fetch } = await setUp()
    const markets = await fetch()
    expect(markets.futures.get('BTCUSDT')).toMatchObject({
      base: 'BTC',
      settle: 'USDT',
      contractSize: '0.001',
    })
    expect(markets.spot.size).toBeGreaterThan(3)
    expect(simulator.requests).toHaveLength(2)
    await fetch()
    expect(simulator.requests).toHaveLength(2)
    now += 2 * day
    await fetch()
    expect(simulator.requests).toHaveLength(4)
  })

  it.each(['down', 'empty'] as const)('stays what it was when the public endpoints are %s', async (state) => {
    const { simulator, fetch } = await setUp()
    const before = await fetch()
    simulator.options.publicEndpoints = state
    now += 2 * day
    expect(await fetch()).toEqual(before)
  })

  it('is empty, and not kept, when it was never to be had', async () => {
    const { simulator, kept, fetch } = await setUp()
    simulator.options.publicEndpoints = 'down'
    const markets = await fetch()
    expect(markets.spot.size + markets.futures.size).toBe(0)
    expect(kept.catalogue).toBeUndefined()
  })

  it('keeps markets that are listed no more: old fills still need their contract size', async () => {
    const { simulator, fetch } = await setUp()
    await fetch()
    simulator.account.contracts.splice(0, simulator.account.contracts.length - 1)
    now += 2 * day
    expect((await fetch()).futures.get('BTCUSDT')?.contractSize).toBe('0.001')
  })

  it('does not take a bug for a source that is down', async () => {
    const bug = new TypeError('a bug')
    const client: ExchangeClient = {
      ask: async () => {
        throw bug
      },
      ...toldTime(() => now),
      requests: () => 0,
      close: async () => undefined,
    }
    const catalogue = { load: async () => undefined, save: async () => undefined }
    await expect(fetchMarkets({ client, clock: () => now, catalogue }, hurried(), day)).rejects.toBe(bug)
  })
})

describe('a catalogue that lists symbols and coins in one answer', () => {
  const account = () => generateBitrue({ seed: 1, now, symbols: 12, coins: 9, linear: 2, inverse: 1 })
  const kept = { load: async () => undefined, save: async () => undefined }

  it('is asked for once, and both are read from it', async () => {
    const { client, requests } = bitrueInMemory(account(), {}, () => now)
    const markets = await fetchMarkets({ client, clock: () => now, catalogue: kept }, bitrue, 0)
    expect([markets.spot.size, markets.coins?.length, markets.futures.size]).toEqual([12, 10, 3])
    expect(requests.map(({ path }) => path).sort()).toEqual(['contracts', 'contracts', 'exchangeInfo'])
  })

  it('leaves both as they were where it does not answer', async () => {
    const { client, interfere } = bitrueInMemory(account(), {}, () => now)
    const before = await fetchMarkets({ client, clock: () => now, catalogue: kept }, bitrue, 0)
    interfere(() => {
      throw new FailureError({ kind: 'exchange-down' })
    })
    const catalogue = { ...kept, load: async () => ({ markets: before, fetchedAt: 0 }) }
    expect(await fetchMarkets({ client, clock: () => now, catalogue }, bitrue, 0)).toEqual(before)
  })
})
