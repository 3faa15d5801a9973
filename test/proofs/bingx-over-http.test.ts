import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../lambdas/domain/secret.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { checkPowers } from '../../lambdas/use-cases/check-powers.ts'
import { demoAccount, generateAccount } from '../../local/simulated-bingx/account.ts'
import {
  demoKey,
  everywhere,
  historyNames,
  type Readings,
  type SimulatorOptions,
  usualReadings,
} from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { differences, syncOverHttp } from '../use-cases/bingx-over-http.ts'

const now = Date.UTC(2026, 10, 20, 12)
const account = demoAccount(now)
const kinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'busy-200',
  'truncated-json',
  'transient-200',
] as const

const played: readonly (readonly [string, Partial<SimulatorOptions>])[] = [
  ['as it is documented', {}],
  ['with pages of a thousand spot fills', { readings: { ...usualReadings, spotPage: 1000 } }],
  [
    'whose ends are not part of an answer',
    { readings: everywhere({ lowerEnd: 'exclusive', upperEnd: 'exclusive' }) },
  ],
  ['that compares seconds', { readings: everywhere({ grain: 1000 }) }],
  ['that shows the newest rows of a full page', { page: 'newest' }],
  ['that shows any rows of a full page', { page: 'shuffled' }],
  [
    'whose lists differ in which ends belong to an answer and in what they compare, and that credits deposits with 0',
    { readings: mixedEnds() },
  ],
  [
    'that credits deposits with 1, writes null for nothing, names its list as before, and ignores the symbol of older futures fills',
    {
      readings: {
        ...usualReadings,
        creditedDeposit: 1,
        empty: 'null',
        futuresList: 'fill_orders',
        orderFillsSymbol: 'ignored',
      },
    },
  ],
]

/** No two lists that lie side by side are alike. */
function mixedEnds(): Readings {
  const readings = everywhere({})
  historyNames.forEach((name, index) => {
    Object.assign(readings.endpoints[name], {
      lowerEnd: index % 2 === 0 ? 'inclusive' : 'exclusive',
      upperEnd: index % 3 === 0 ? 'exclusive' : 'inclusive',
      grain: index % 4 < 2 ? 1 : 1000,
    })
  })
  return { ...readings, creditedDeposit: 0 }
}

test.each([
  [6, 'done'],
  [1, 'done'],
  [0, 'pending'],
] as const)(
  'a deposit that BingX credits with %i is %s, and none that is not credited is done',
  async (creditedDeposit, status) => {
    const few = generateAccount({ seed: 5, deposits: 30, now })
    const readings = { ...usualReadings, creditedDeposit }
    const simulator = await startSimulatedBingx({
      clock: () => now,
      account: few,
      enforceLimits: false,
      readings,
    })
    onTestFinished(() => simulator.close())
    const { store } = await syncOverHttp(simulator)
    expect(differences(store, simulator)).toEqual([])
    const credited = few.deposits.filter((row) => row.status === 6).length
    expect(credited).toBeLessThan(few.deposits.length)
    const statuses = [...store.rows.values()].map((row) => row.status)
    expect(statuses).toHaveLength(few.deposits.length)
    expect(statuses.filter((one) => one === 'done')).toHaveLength(status === 'done' ? credited : 0)
    expect(new Set(statuses)).toEqual(new Set(status === 'done' ? ['done', 'pending'] : ['pending']))
  },
)

test.each(['numbers', 'switches'] as const)(
  'a key is taken that may read, and one refused that may more, by the name of what it may, where permissions are told as %s',
  async (permissionsAs) => {
    const keys = (['read', 'spot-trade', 'futures-trade', 'transfer', 'withdraw'] as const).map(
      (permission) => ({
        ...demoKey,
        apiKey: `key-${permission}`,
        permissions: [...new Set(['read', permission] as const)],
      }),
    )
    const readings = { ...usualReadings, permissionsAs }
    const simulator = await startSimulatedBingx({ account, keys, enforceLimits: false, readings })
    onTestFinished(() => simulator.close())
    const found = await Promise.all(
      keys.map(async ({ apiKey, secret }) => {
        const client = openExchangeClient(
          bingx,
          { apiKey: new Secret(apiKey), secret: new Secret(secret) },
          {
            hosts: { bingx: simulator.url },
            clock: Date.now,
            sleep: async () => undefined,
            random: Math.random,
          },
        )
        try {
          return await checkPowers(client, bingx)
        } finally {
          await client.close()
        }
      }),
    )
    const may = (...names: readonly string[]) => ({ powers: names, unknown: [] })
    expect(found).toEqual([may(), may('spot-trade'), may('futures-trade'), may('transfer'), may('withdraw')])
  },
)

test.each(played)(
  'a BingX %s is imported row by row while every seventh call fails',
  async (_how, options) => {
    const simulator = await startSimulatedBingx({
      clock: () => now,
      account,
      enforceLimits: false,
      faults: { every: 7, kinds },
      ...options,
    })
    onTestFinished(() => simulator.close())
    const { store } = await syncOverHttp(simulator)
    expect(differences(store, simulator)).toEqual([])
  },
)

test('a BingX that refuses questions without a symbol is asked symbol by symbol, while every seventh call fails: fills that are listed come, and nothing is called complete', async () => {
  const readings = { ...usualReadings, symbol: 'required' as const }
  const listed = {
    ...account,
    spotFills: account.spotFills.filter(({ symbol }) =>
      account.spotSymbols.some((market) => market.symbol === symbol),
    ),
  }
  const simulator = await startSimulatedBingx({
    clock: () => now,
    account: listed,
    enforceLimits: false,
    faults: { every: 7, kinds },
    readings,
  })
  onTestFinished(() => simulator.close())
  const { run, store } = await syncOverHttp(simulator)
  expect(differences(store, simulator).filter(({ what }) => what === 'spot fills')).toEqual([])
  expect(run.state).not.toBe('complete')
  const spot = [...store.coverages.values()].find(({ stream }) => stream === 'spot-trade')
  expect(spot?.covered ?? []).toEqual([])
  expect(spot?.lost).toEqual([])
  expect(spot?.unverified.at(-1)?.reason).toBe('indivisible')
})
