import { expect, onTestFinished, test } from 'vitest'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { type Readings, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { startSimulatedBitrue } from '../../local/simulated-bitrue/server.ts'
import { differences, named, reachable, smallSizes, start } from '../use-cases/bitrue-in-memory.ts'
import { syncOverHttp } from '../use-cases/bitrue-over-http.ts'

const account = generateAccount(smallSizes)
const kinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'maintenance-503',
  'truncated-json',
  'gone-500',
  'haste-412',
] as const

const played: readonly (readonly [string, Partial<Readings>])[] = [
  ['as its users report it', {}],
  [
    'that obeys times, wraps its contracts and writes null for nothing',
    { times: 'obeyed', contractsAs: 'enveloped', empty: 'null' },
  ],
  [
    'that counts from an id, shows any order and only what has just begun',
    { fromId: 'tradeId', order: 'any', defaultStatus: 'first' },
  ],
]

test.each(played)(
  'a Bitrue %s is imported row by row while every seventh call fails',
  async (_how, readings) => {
    const simulator = await startSimulatedBitrue({
      clock: () => start,
      account,
      readings: { ...usualReadings, weight: 10_000_000, ...readings },
      enforceLimits: false,
      faults: { every: 7, kinds },
    })
    onTestFinished(() => simulator.close())
    const { store } = await syncOverHttp(simulator, named.symbols)
    const isShown = Object.keys(readings).length > 0 ? () => true : reachable(account)
    expect(differences(store.rows.values(), account, isShown)).toEqual([])
  },
)
