import { expect, onTestFinished, test } from 'vitest'
import { demoAccount } from '../../local/simulated-bingx/account.ts'
import { everywhere, type SimulatorOptions, usualReadings } from '../../local/simulated-bingx/options.ts'
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
    'that credits deposits with 1, writes null for nothing, and names its list as before',
    { readings: { ...usualReadings, creditedDeposit: 1, empty: 'null', futuresList: 'fill_orders' } },
  ],
]

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

test('a BingX that refuses questions without a symbol is asked symbol by symbol: fills that are listed come, and nothing is called complete', async () => {
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
