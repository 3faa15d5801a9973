import { afterEach, expect, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions } from '../../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { futuresFills, get, ledger, now, post, type Reply, spotFills, transfers } from './caller.ts'

const account = generateAccount({ seed: 1, now })
const second = { ...demoKey, apiKey: 'second' }

let bitmart: SimulatedBitmart
let time = now
const start = async (options: Partial<SimulatorOptions> = {}) => {
  time = now
  bitmart = await startSimulatedBitmart({ clock: () => time, account, keys: [demoKey, second], ...options })
}
afterEach(() => bitmart.close())

const calls: [string, number, () => Promise<Reply>][] = [
  ['spot fills', 12, () => spotFills(bitmart, {})],
  ['fills of an order', 12, () => post(bitmart, '/spot/v4/query/order-trades', { orderId: '1' })],
  ['futures fills', 6, () => futuresFills(bitmart, {})],
  ['ledger rows', 6, () => ledger(bitmart, {})],
  ['transfers', 8, () => transfers(bitmart, { operation_type: 'deposit', N: 1 })],
  ['symbols', 12, () => get(bitmart, '/spot/v1/symbols/details')],
]

test.each(calls)(
  '%s are served %i times in two seconds, and the next call is a 429',
  async (_, most, call) => {
    await start()
    for (let used = 1; used <= most; used++) {
      const reply = await call()
      expect(reply.code).toBe(1000)
      expect(reply.headers.get('X-BM-RateLimit-Remaining')).toBe(String(used))
      time += 10
    }
    const refused = await call()
    expect(refused).toMatchObject({ status: 429, code: 30013 })
    expect(refused.headers.get('X-BM-RateLimit-Remaining')).toBe(String(most))
    expect(refused.headers.get('X-BM-RateLimit-Limit')).toBe(String(most))
    expect(refused.headers.get('X-BM-RateLimit-Reset')).toBe('2')
  },
)

test('the window of two seconds slides: each call makes room two seconds later', async () => {
  await start()
  for (let used = 0; used < 12; used++) {
    await spotFills(bitmart, {})
    time += 100
  }
  time = now + 1999
  expect((await spotFills(bitmart, {})).code).toBe(30013)
  time = now + 2000
  expect((await spotFills(bitmart, {})).code).toBe(1000)
  expect((await spotFills(bitmart, {})).code).toBe(30013)
})

test('each key and each endpoint has its own limit', async () => {
  await start()
  for (let used = 0; used < 12; used++) await spotFills(bitmart, {})
  expect((await spotFills(bitmart, {})).code).toBe(30013)
  expect((await spotFills(bitmart, {}, { key: second })).code).toBe(1000)
  expect((await futuresFills(bitmart, {})).code).toBe(1000)
})

test('calls that are refused or fail count too', async () => {
  await start({ faults: { every: 2, kinds: ['http-503-json'] } })
  const wrong = { key: { ...demoKey, secret: 'wrong' } }
  for (let used = 0; used < 12; used++) await spotFills(bitmart, {}, wrong)
  expect(bitmart.requests.map(({ code }) => code)).toEqual(Array(6).fill([30005, 30014]).flat())
  expect((await spotFills(bitmart, {})).code).toBe(30013)
})

test('limits can be switched off', async () => {
  await start({ enforceLimits: false })
  for (let used = 0; used < 20; used++) expect((await spotFills(bitmart, {})).code).toBe(1000)
})
