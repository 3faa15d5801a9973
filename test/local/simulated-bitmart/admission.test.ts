import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatedKey } from '../../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { sign } from '../../../local/simulated-bitmart/signature.ts'
import { futuresFills, get, ledger, now, post, spotFills, transfers } from './caller.ts'

const account = generateAccount({ seed: 1, now, spotFills: 5, withdrawals: 3 })
const other = generateAccount({ seed: 2, now, spotFills: 9 })
const key = (apiKey: string, special: Partial<SimulatedKey> = {}): SimulatedKey => ({
  ...demoKey,
  apiKey,
  ...special,
})
const keys = {
  plain: key('plain'),
  unbound: key('unbound', { ipBound: true }),
  expired: key('expired', { expired: true }),
  frozen: key('frozen', { frozen: true }),
  blind: key('blind', { permissions: [] }),
  withdrawing: key('withdrawing', { permissions: ['read', 'withdraw'] }),
  trading: key('trading', { permissions: ['read', 'spot-trade', 'futures-trade'] }),
  subaccount: key('subaccount', { subaccount: true }),
  withoutFutures: key('without-futures', { futuresOpened: false }),
  foreign: key('foreign', { account: other }),
  unicode: key('unicode', { memo: 'mémo ※ 東京 !' }),
}
const everything = { startTime: now - 7_000_000_000, endTime: now }
const withdrawals = { operation_type: 'withdraw', N: 10 }

let bitmart: SimulatedBitmart
beforeAll(async () => {
  bitmart = await startSimulatedBitmart({
    clock: () => now,
    account,
    keys: Object.values(keys),
    enforceLimits: false,
  })
})
afterAll(() => bitmart.close())

test.each(Object.entries({ plain: keys.plain, unicode: keys.unicode }))(
  'a key in order is served: %s',
  async (_, chosen) => {
    expect(await spotFills(bitmart, everything, { key: chosen })).toMatchObject({ status: 200, code: 1000 })
  },
)

test('each key sees its own account', async () => {
  expect((await spotFills(bitmart, everything, { key: keys.plain })).data).toHaveLength(5)
  expect((await spotFills(bitmart, everything, { key: keys.foreign })).data).toHaveLength(9)
})

test.each([
  ['no key', { 'X-BM-KEY': undefined }, 401, 30001],
  ['an unknown key', { 'X-BM-KEY': 'unknown' }, 401, 30002],
  ['no signature', { 'X-BM-SIGN': undefined }, 401, 30004],
  ['a wrong signature', { 'X-BM-SIGN': 'f'.repeat(64) }, 401, 30005],
  ['no timestamp', { 'X-BM-TIMESTAMP': undefined }, 401, 30006],
  ['a timestamp in seconds', { 'X-BM-TIMESTAMP': '1760000000' }, 401, 30008],
])('a signed call with %s is refused', async (_, headers, status, code) => {
  const reply = await spotFills(bitmart, everything, { key: keys.plain, headers })
  expect(reply).toMatchObject({ status, code })
  expect(reply.body).toMatchObject({ message: expect.any(String), trace: expect.any(String), data: {} })
})

test.each([
  ['secret', { secret: 'another' }],
  ['memo', { memo: 'another' }],
])('a wrong %s is a wrong signature, and BitMart does not say which', async (_, wrong) => {
  const reply = await spotFills(bitmart, everything, { key: { ...keys.plain, ...wrong } })
  expect(reply).toMatchObject({ status: 401, code: 30005 })
})

test('the signature covers the exact body', async () => {
  const headers = { 'X-BM-SIGN': sign(keys.plain.secret, String(now), keys.plain.memo, '{"limit": 1}') }
  expect((await spotFills(bitmart, { limit: 1 }, { key: keys.plain, headers })).code).toBe(30005)
})

test.each([
  [60_000, 1000],
  [-60_000, 1000],
  [60_001, 30007],
  [-60_001, 30007],
])('a timestamp %i ms off is answered with %i', async (off, code) => {
  expect((await spotFills(bitmart, everything, { key: keys.plain, at: now + off })).code).toBe(code)
})

test('a receive window makes the timestamp stricter', async () => {
  const at = now - 6_000
  expect((await spotFills(bitmart, { recvWindow: 5000 }, { key: keys.plain, at })).code).toBe(30007)
  expect((await spotFills(bitmart, { recvWindow: 7000 }, { key: keys.plain, at })).code).toBe(1000)
})

test('a server whose clock is ahead refuses our timestamps', async () => {
  bitmart.options.serverClockOffset = 90_000
  expect((await spotFills(bitmart, everything, { key: keys.plain })).code).toBe(30007)
  bitmart.options.serverClockOffset = 0
})

test.each([
  ['bound to another address', keys.unbound, 403, 30010],
  ['expired', keys.expired, 403, 30011],
  ['without any permission', keys.blind, 403, 30012],
  ['of a frozen account', keys.frozen, 403, 53000],
])('a key that is %s is refused', async (_, chosen, status, code) => {
  expect(await spotFills(bitmart, everything, { key: chosen })).toMatchObject({ status, code })
  expect(await transfers(bitmart, withdrawals, { key: chosen })).toMatchObject({ status, code })
})

test('a keyed call looks at the key alone', async () => {
  const chosen = { ...keys.plain, secret: 'wrong', memo: 'wrong' }
  expect((await transfers(bitmart, withdrawals, { key: chosen })).code).toBe(1000)
  expect((await futuresFills(bitmart, {}, { key: chosen })).code).toBe(1000)
  const unknown = await futuresFills(bitmart, {}, { headers: { 'X-BM-KEY': 'unknown' } })
  expect(unknown).toMatchObject({ status: 401, code: 30002 })
})

test('a key of a sub-account sees its fills, not withdrawals or deposits', async () => {
  expect((await spotFills(bitmart, everything, { key: keys.subaccount })).code).toBe(1000)
  const reply = await transfers(bitmart, withdrawals, { key: keys.subaccount })
  expect(reply).toMatchObject({ status: 403, code: 60026 })
})

test('an account that never opened futures says so on every futures endpoint', async () => {
  const how = { key: keys.withoutFutures }
  expect(await futuresFills(bitmart, {}, how)).toMatchObject({ status: 403, code: 40046 })
  expect(await ledger(bitmart, {}, how)).toMatchObject({ status: 403, code: 40046 })
  expect((await spotFills(bitmart, everything, how)).code).toBe(1000)
})

test('only a key that can withdraw learns the withdrawal charge', async () => {
  const path = '/account/v1/withdraw/charge'
  const charge = await get(bitmart, path, { currency: 'USDT' }, { key: keys.withdrawing })
  expect(charge).toMatchObject({ status: 200, code: 1000, data: { withdraw_fee: '0.00001' } })
  for (const chosen of [keys.plain, keys.trading])
    expect(await get(bitmart, path, { currency: 'USDT' }, { key: chosen })).toMatchObject({
      status: 403,
      code: 30012,
    })
})

test('only a key that can trade futures lists futures transfers, and it must sign', async () => {
  const path = '/account/v1/transfer-contract-list'
  const question = { page: 1, limit: 10 }
  expect(await post(bitmart, path, question, { key: keys.trading })).toMatchObject({
    code: 1000,
    data: { records: [] },
  })
  for (const chosen of [keys.plain, keys.withdrawing])
    expect(await post(bitmart, path, question, { key: chosen })).toMatchObject({ status: 403, code: 30012 })
  const wrong = { ...keys.trading, secret: 'wrong' }
  expect((await post(bitmart, path, question, { key: wrong })).code).toBe(30005)
})

test('a path that does not exist, or with the wrong method, is not found', async () => {
  expect(await get(bitmart, '/spot/v9/query')).toMatchObject({ status: 404, code: 30000 })
  expect(await get(bitmart, '/spot/v4/query/trades')).toMatchObject({ status: 404, code: 30000 })
})

test.each(['{', '[]', '"text"', 'null'])('a body that is no JSON object is refused: %s', async (body) => {
  const response = await fetch(`${bitmart.spotUrl}/spot/v4/query/trades`, {
    method: 'POST',
    body,
    headers: {
      'X-BM-KEY': keys.plain.apiKey,
      'X-BM-TIMESTAMP': String(now),
      'X-BM-SIGN': sign(keys.plain.secret, String(now), keys.plain.memo, body),
    },
  })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 30018 })
})
