import { afterEach, expect, test } from 'vitest'
import { demoSubaccount, generateAccount } from '../../../local/simulated-bingx/account.ts'
import { demoKey, type SimulatorOptions } from '../../../local/simulated-bingx/options.ts'
import { type SimulatedBingx, startSimulatedBingx } from '../../../local/simulated-bingx/server.ts'
import { sign } from '../../../local/simulated-bingx/signature.ts'
import { ask, deposits, ledger, now, orderFills, spotFills } from './caller.ts'

const account = generateAccount({ seed: 1, now, spotFills: 5, deposits: 2, ledgerRows: 3 })
const keys = {
  blind: { ...demoKey, apiKey: 'blind', permissions: [] },
  bound: { ...demoKey, apiKey: 'bound', ipBound: true },
  restricted: { ...demoKey, apiKey: 'restricted', restricted: true },
  trading: { ...demoKey, apiKey: 'trading', permissions: ['read', 'futures-trade', 'withdraw'] as const },
  child: { ...demoKey, apiKey: 'child', subaccount: true, account: demoSubaccount(now) },
}

let bingx: SimulatedBingx
let time = now
const start = async (options: Partial<SimulatorOptions> = {}) => {
  time = now
  bingx = await startSimulatedBingx({
    clock: () => time,
    account,
    keys: [demoKey, ...Object.values(keys)],
    ...options,
  })
}
afterEach(() => bingx.close())

test('refusals come with HTTP 200 and say by a code why', async () => {
  await start()
  const code = async (how: object) => {
    const { status, body } = await spotFills(bingx, {}, how)
    expect(status).toBe(200)
    return body.code
  }
  expect(await code({})).toBe(0)
  expect(await code({ key: { ...demoKey, apiKey: 'unknown' } })).toBe(100413)
  expect(await code({ key: { ...demoKey, secret: 'wrong' } })).toBe(100001)
  expect(await code({ key: keys.bound })).toBe(100419)
  expect(await code({ at: now - 5_001 })).toBe(100421)
  expect(await code({ key: keys.restricted })).toBe(100414)
  expect((await ask(bingx, 'nowhere')).body.code).toBe(100400)
  time += 1_000
  expect(await code({ key: keys.blind })).toBe(100004)
})

test('a signature over names in another order is refused, whatever the order of what is sent', async () => {
  await start()
  const sorted = `limit=5&timestamp=${now}`
  const unsorted = `timestamp=${now}&limit=5`
  const code = async (query: string, over: string) =>
    (await spotFills(bingx, {}, { special: { query, signature: sign(demoKey.secret, over) } })).body.code
  expect(await code(sorted, sorted)).toBe(0)
  expect(await code(sorted, unsorted)).toBe(100001)
  expect(await code(unsorted, unsorted)).toBe(100001)
})

test('names that are encoded for sending are signed as they are', async () => {
  await start()
  for (const symbol of ['ATOM(ARC20)-USDT', '$U-USDT', 'MØTH-USDT'])
    expect((await spotFills(bingx, { symbol })).body.code).toBe(0)
})

test('errors of bare answers have an envelope, and the answers none', async () => {
  await start()
  expect((await deposits(bingx)).body).toHaveLength(2)
  expect((await deposits(bingx, {}, { key: keys.blind })).body).toMatchObject({ code: 100004 })
})

test('permissions are told as numbers or as switches', async () => {
  await start()
  const permissions = async (key: object) =>
    (await ask(bingx, 'v1/account/apiPermissions', {}, { key: key as typeof demoKey })).body
  expect(await permissions(keys.trading)).toMatchObject({ permissions: [2, 3, 5] })
  bingx.options.readings.permissionsAs = 'switches'
  expect(await permissions(keys.trading)).toMatchObject({
    enableReading: true,
    enableFutures: true,
    enableWithdrawals: true,
    enableSpotAndMarginTrading: false,
    permitsUniversalTransfer: false,
  })
})

test('a key of a sub-account sees its own account, and not what is for main accounts', async () => {
  await start()
  expect((await ask(bingx, 'subAccount/v1/list')).body.code).toBe(0)
  const how = { key: keys.child }
  expect((await ask(bingx, 'subAccount/v1/list', {}, how)).body.code).toBe(100403)
  expect((await ask(bingx, 'account/v1/uid', {}, how)).body.data.uid).toBe(keys.child.account.uid)
  expect((await ask(bingx, 'account/v1/uid')).body.data.uid).toBe(account.uid)
})

test('some pages ask for the right to trade futures: then a key that only reads is refused', async () => {
  await start()
  const span = { startTs: now - 86_400_000, endTs: now }
  expect((await orderFills(bingx, span)).body.code).toBe(0)
  bingx.options.readings.traders = 'ledger-and-orders'
  expect((await orderFills(bingx, span)).body.code).toBe(100004)
  expect((await ledger(bingx)).body.code).toBe(100004)
  expect((await ledger(bingx, {}, { key: keys.trading })).body.code).toBe(0)
})

test('a sixth call in a second is told until when the key is shut out of that endpoint', async () => {
  await start()
  for (let call = 0; call < 5; call++) expect((await spotFills(bingx)).body.code).toBe(0)
  const refused = await spotFills(bingx)
  expect(refused.status).toBe(200)
  expect(refused.body).toMatchObject({
    code: 100410,
    msg: expect.stringMatching(new RegExp(`unblocked after ${now + 300_000}$`)),
  })
  expect((await ledger(bingx)).body.code).toBe(0)
  expect((await spotFills(bingx, {}, { key: keys.trading })).body.code).toBe(0)
  time = now + 299_999
  expect((await spotFills(bingx)).body.code).toBe(100410)
  time = now + 300_000
  expect((await spotFills(bingx)).body.code).toBe(0)
})
