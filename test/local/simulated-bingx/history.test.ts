import { expect, onTestFinished, test } from 'vitest'
import { demoAccount, generateAccount } from '../../../local/simulated-bingx/account.ts'
import { everywhere, type SimulatorOptions } from '../../../local/simulated-bingx/options.ts'
import { type SimulatedBingx, startSimulatedBingx } from '../../../local/simulated-bingx/server.ts'
import { publishedSpotFills } from '../../../local/simulated-bingx/spot-fills.ts'
import { truthOf } from '../../../local/simulated-bingx/truth.ts'
import {
  ask,
  day,
  deposits,
  futuresFills,
  ledger,
  now,
  orderFills,
  reply,
  spotFills,
  withdrawals,
} from './caller.ts'

const account = demoAccount(now)

let bingx: SimulatedBingx
const start = async (options: Partial<SimulatorOptions> = {}) => {
  bingx = await startSimulatedBingx({ clock: () => now, account, enforceLimits: false, ...options })
  onTestFinished(() => bingx.close())
}

const truth = () => truthOf(bingx.account, bingx.options)
const lastDay = { startTime: now - day, endTime: now }
const lastWeek = { startTs: now - 7 * day, endTs: now }

test('every row is served letter by letter: ids of 19 digits as numbers, small fees with an exponent', async () => {
  await start()
  const { text, body } = await spotFills(bingx, { startTime: now - 20 * day, endTime: now, limit: 1000 })
  expect(body.data.fills.length).toBeGreaterThan(100)
  const shown = truth().spotFills.filter(({ time }) => time >= now - 20 * day)
  expect(shown).toHaveLength(body.data.fills.length)
  for (const row of shown) expect(text).toContain(row.text)
  expect(text).toMatch(/"orderId":\d{19},/)
})

test('what is published is served as it was, but for its time', async () => {
  const fills = publishedSpotFills.map((fill) => ({ ...fill, time: now - day }))
  await start({ account: { ...generateAccount({ seed: 3, now }), spotFills: fills } })
  const { text } = await spotFills(bingx)
  expect(text).toContain('"orderId":1745362930595004400,')
  expect(text).toContain('"quoteQty":"17.997667582000002","commission":-1.2493e-07,')
})

test.each([500, 1000] as const)('a page of spot fills has %i rows at most', async (spotPage) => {
  await start()
  bingx.options.readings.spotPage = spotPage
  const { body } = await spotFills(bingx, { startTime: now - 80 * day, endTime: now })
  expect(body.data.fills).toHaveLength(spotPage)
})

test('a window that begins long ago is answered with the newest fills, whatever it asked for', async () => {
  await start()
  const { body } = await spotFills(bingx, { startTime: now - 130 * day, endTime: now - 120 * day })
  const newest = Math.max(...account.spotFills.map(({ time }) => time))
  expect(body.data.fills.at(-1).time).toBe(newest)
  expect(
    (await spotFills(bingx, { startTime: now - 99 * day, endTime: now - 90 * day })).body.data.fills,
  ).toEqual([])
})

test('a symbol may be left out or not', async () => {
  await start()
  bingx.options.readings.symbol = 'required'
  expect((await spotFills(bingx)).body.code).toBe(100400)
  expect((await futuresFills(bingx, lastWeek)).body.code).toBe(100400)
  expect((await ledger(bingx)).body.code).toBe(100400)
  expect((await spotFills(bingx, { symbol: 'BTC-USDT' })).body.code).toBe(0)
})

test('the times of futures fills carry their offset, and the other time is eight hours late', async () => {
  await start()
  const rows = (await futuresFills(bingx, { startTs: now - 7 * day, endTs: now })).body.data
    .fill_history_orders
  const known = new Map(truth().futuresFills.map((row) => [row.text, row.time]))
  for (const row of rows) {
    const time = known.get(JSON.stringify(row)) ?? 0
    expect(Date.parse(row.filledTime)).toBe(time)
    expect(Date.parse(row.filledTm)).toBe(time + 8 * 3_600_000)
    expect(Number(row.commission)).toBeLessThanOrEqual(0)
    expect(Number((BigInt(row.orderId) >> 22n) + 1288834974657n)).toBeLessThanOrEqual(time)
  }
})

test('600 futures fills of one second are on one page, 512 of them where older fills are told', async () => {
  await start()
  const seconds = account.futuresFills.map(({ at }) => Math.floor(at / 1000) * 1000)
  const busiest = seconds.find((second) => seconds.filter((other) => other === second).length >= 600) ?? 0
  const span = { startTs: busiest - 1, endTs: busiest + 999 }
  expect((await futuresFills(bingx, span)).body.data.fill_history_orders).toHaveLength(600)
  const older = (await orderFills(bingx, span)).body.data.fill_orders
  expect(older).toHaveLength(512)
  expect(older[0]).not.toHaveProperty('tradeId')
  expect(older[0]).not.toHaveProperty('realisedPNL')
  bingx.options.readings.orderFillsOf = 'orders'
  expect((await orderFills(bingx, span)).body.data.fill_orders.length).toBeLessThan(60)
})

test('pages of futures fills follow each other', async () => {
  await start()
  const page = async (pageIndex: number) =>
    (await futuresFills(bingx, { ...lastWeek, pageIndex, pageSize: 500 })).body.data.fill_history_orders
  const all = [...(await page(1)), ...(await page(2)), ...(await page(3))].map((row) => JSON.stringify(row))
  expect(all.sort()).toEqual(
    truth()
      .futuresFills.map(({ text }) => text)
      .sort(),
  )
})

test('a span that is too wide is refused, and so is one without times', async () => {
  await start()
  expect((await futuresFills(bingx, { startTs: now - 7 * day - 1, endTs: now })).body.code).toBe(109400)
  expect((await futuresFills(bingx)).body.code).toBe(100400)
})

test('ends belong to the answer or not, and may be compared by the second', async () => {
  const alone = generateAccount({ seed: 3, now, ledgerRows: 1 })
  await start({ account: alone })
  const time = alone.ledger[0]?.time ?? 0
  const found = async (startTime: number, endTime: number) =>
    (await ledger(bingx, { startTime, endTime })).body.data.length
  expect(await found(time, time)).toBe(1)
  bingx.options.readings = everywhere({ lowerEnd: 'exclusive' })
  expect(await found(time, time + 9)).toBe(0)
  bingx.options.readings = everywhere({ upperEnd: 'exclusive' })
  expect(await found(time - 9, time)).toBe(0)
  bingx.options.readings = everywhere({ grain: 1000 })
  expect(await found(time + 7, time + 9)).toBe(1)
})

test('an empty list may be written as null, whatever it is a list of, but where there is nothing around it', async () => {
  await start({ account: generateAccount({ seed: 3, now }) })
  expect((await futuresFills(bingx, lastWeek)).body.data).toEqual({ fill_history_orders: [] })
  bingx.options.readings.empty = 'null'
  expect((await futuresFills(bingx, lastWeek)).body.data).toEqual({ fill_history_orders: null })
  expect((await ledger(bingx, lastDay)).body.data).toBeNull()
  expect((await spotFills(bingx)).body.data).toEqual({ fills: null })
  expect((await ask(bingx, 'cswap/v1/trade/orderHistory', lastDay)).body.data).toEqual({ orders: null })
  expect((await ask(bingx, 'cswap/v1/trade/allFillOrders', { orderId: '1' })).body.data).toBeNull()
  expect((await deposits(bingx)).body).toEqual([])
})

test('the ledger has the fee and the profit of every fill, to the last digit', async () => {
  await start()
  const sums = (type: string) => account.ledger.filter(({ incomeType }) => incomeType === type)
  expect(sums('TRADING_FEE').map(({ income }) => income)).toEqual(
    account.futuresFills.map(({ row }) => row.commission),
  )
  expect(account.ledger).toHaveLength(3_000)
  expect(sums('REALIZED_PNL')).toHaveLength(
    account.futuresFills.filter(({ row }) => Number(row.realisedPNL) !== 0).length,
  )
})

test('deposits and withdrawals are bare lists, a credited deposit as the options say', async () => {
  await start()
  const span = { startTime: now - 90 * day, endTime: now }
  expect((await withdrawals(bingx, span)).body).toHaveLength(150)
  const all = (await deposits(bingx, span)).body
  expect(all).toHaveLength(150)
  expect(all[0]).not.toHaveProperty('id')
  expect(all.filter(({ status }: { status: number }) => status === 6).length).toBeGreaterThan(140)
  bingx.options.readings.creditedDeposit = 0
  const old = (await deposits(bingx, span)).body
  expect(new Set(old.map(({ status }: { status: number }) => status))).toEqual(new Set([0]))
})

test('fills of COIN-M contracts are found by their orders', async () => {
  await start()
  const { orders } = (
    await ask(bingx, 'cswap/v1/trade/orderHistory', { ...lastDay, startTime: now - 6 * day })
  ).body.data
  const fills: string[] = []
  for (const { orderId } of orders)
    for (const row of (await ask(bingx, 'cswap/v1/trade/allFillOrders', { orderId })).body.data)
      fills.push(JSON.stringify(row))
  expect(fills.sort()).toEqual(
    truth()
      .coinFills.map(({ text }) => text)
      .sort(),
  )
})

test('one clock tells milliseconds, the other seconds', async () => {
  await start({ serverClockOffset: 5 })
  const at = async (path: string) =>
    (await reply(`${bingx.url}/openApi/${path}/server/time`)).body.data.serverTime
  expect(await at('swap/v2')).toBe(now + 5)
  expect(await at('spot/v1')).toBe(Math.floor(now / 1000))
})

test('catalogues list what is online and what is offline, but not what is gone', async () => {
  await start()
  const symbols = (await reply(`${bingx.url}/openApi/spot/v1/common/symbols`)).body.data.symbols
  const names = symbols.map(({ symbol }: { symbol: string }) => symbol)
  expect(names).toEqual(expect.arrayContaining(['ATOM(ARC20)-USDT', '$U-USDT', 'LUNC-USDT']))
  expect(names).not.toContain('STRK-OLD-USDT')
  expect(JSON.stringify(symbols)).not.toMatch(/base|quote/i)
})

test('the demo account has 1,000 of 2,000 fills of two symbols in one millisecond', () => {
  const times = account.spotFills.map(({ time }) => time)
  expect(times.filter((time) => times.filter((other) => other === time).length >= 1_000)).toHaveLength(1_000)
  expect(new Set(account.spotFills.map(({ symbol }) => symbol)).size).toBe(2)
  expect(new Set(account.spotFills.map((row) => `${row.symbol} ${row.id} ${row.orderId}`)).size).toBe(2_000)
})
