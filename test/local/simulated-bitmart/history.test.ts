import { afterEach, expect, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { publishedFuturesFills } from '../../../local/simulated-bitmart/futures-fills.ts'
import { publishedLedgerRows } from '../../../local/simulated-bitmart/ledger.ts'
import type { SimulatorOptions } from '../../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { publishedSpotFills, type SpotFillRow } from '../../../local/simulated-bitmart/spot-fills.ts'
import { publishedTransfers } from '../../../local/simulated-bitmart/transfers.ts'
import { day, futuresFills, get, ledger, now, post, spotFills, transfers } from './caller.ts'

const account = generateAccount({
  seed: 7,
  now,
  spotFills: 500,
  spotBurst: 230,
  futuresFills: 500,
  ledgerRows: 300,
  withdrawals: 150,
  deposits: 5,
  transferYears: 0.2,
})
const everything = { startTime: now - 80 * day, endTime: now }
const everySecond = { start_time: Math.floor(now / 1000) - 80 * 86_400, end_time: Math.floor(now / 1000) }
const everyMoment = { start_time: now - 80 * day, end_time: now }

let bitmart: SimulatedBitmart
const start = async (options: Partial<SimulatorOptions> = {}) => {
  bitmart = await startSimulatedBitmart({ clock: () => now, enforceLimits: false, account, ...options })
}
afterEach(() => bitmart.close())

test('a full page of spot fills holds the newest two hundred, newest first', async () => {
  await start({ page: 'newest' })
  const { data } = await spotFills(bitmart, everything)
  expect(data).toEqual(account.spotFills.slice(-200).reverse())
})

test('a full page can hold the oldest rows instead', async () => {
  await start({ page: 'oldest' })
  const { data } = await spotFills(bitmart, everything)
  expect(data).toEqual(account.spotFills.slice(0, 200))
})

test('a shuffled page holds any rows of the window, each once, in any order', async () => {
  await start({ page: 'shuffled' })
  const pages = [await spotFills(bitmart, everything), await spotFills(bitmart, everything)]
  for (const { data } of pages) {
    expect(data).toHaveLength(200)
    expect(new Set(data.map(identity)).size).toBe(200)
    const times = data.map((row: SpotFillRow) => row.createTime)
    expect(times).not.toEqual([...times].sort())
  }
  expect(pages[0]?.data).not.toEqual(pages[1]?.data)
})

test('a shuffled page is the same for the same seed', async () => {
  await start({ page: 'shuffled', seed: 3 })
  const first = await spotFills(bitmart, everything)
  await bitmart.close()
  await start({ page: 'shuffled', seed: 3 })
  expect((await spotFills(bitmart, everything)).data).toEqual(first.data)
})

test('rows are served exactly as they are in the account, long decimals and zeros at the end included', async () => {
  await start({ lookBack: { fills: Infinity, ledger: Infinity, transfers: Infinity } })
  bitmart.options.account = {
    ...account,
    spotFills: [...publishedSpotFills],
    futuresFills: [...publishedFuturesFills],
    ledger: [...publishedLedgerRows],
    transfers: [...publishedTransfers],
  }
  const at = (time: number) => ({ startTime: time, endTime: time })
  expect((await spotFills(bitmart, at(1695658457836))).data).toEqual([publishedSpotFills[1]])
  expect((await spotFills(bitmart, at(1681891896569))).data).toEqual([publishedSpotFills[0]])
  const seconds = { start_time: 1695961596, end_time: 1695961596 }
  expect((await futuresFills(bitmart, seconds)).data).toEqual([publishedFuturesFills[1]])
  const moments = { start_time: 1734422402121, end_time: 1734422402121 }
  expect((await ledger(bitmart, moments)).data).toEqual(publishedLedgerRows)
  const withdrawal = { operation_type: 'withdraw', N: 10, ...at(1588867374000) }
  expect((await transfers(bitmart, withdrawal)).data).toEqual({ records: [publishedTransfers[0]] })
  const deposit = { operation_type: 'deposit', N: 10, ...at(1695978904000) }
  expect((await transfers(bitmart, deposit)).data).toEqual({ records: [publishedTransfers[1]] })
})

test('without times spot fills are those of the last seven days', async () => {
  await start()
  const { data } = await spotFills(bitmart, {})
  expect(data.length).toBeGreaterThan(0)
  expect(data).toEqual(account.spotFills.filter((row) => row.createTime >= now - 7 * day).reverse())
})

test('without times futures fills and ledger rows are those of the last seven days of the futures account', async () => {
  await start()
  const fills = await futuresFills(bitmart, {})
  const week = account.futuresFills.filter(
    (row) => row.create_time >= now - 7 * day && row.account === 'futures',
  )
  expect(fills.data).toEqual(week.reverse())
  const rows = await ledger(bitmart, {})
  const ledgerWeek = account.ledger.filter((row) => Number(row.time) >= now - 7 * day)
  expect(rows.data).toHaveLength(ledgerWeek.filter((row) => row.account === 'futures').length)
})

test('parameters in another spelling are ignored, silently', async () => {
  await start()
  const usual = await spotFills(bitmart, {})
  const odd = await spotFills(bitmart, {
    start_time: 1,
    end_time: 2,
    StartTime: 1,
    LIMIT: 1,
    order_mode: 'x',
  })
  expect(odd.code).toBe(1000)
  expect(odd.data).toEqual(usual.data)
})

test('times may be sent as text or as numbers', async () => {
  await start()
  const asText = { startTime: String(everything.startTime), endTime: String(everything.endTime) }
  expect((await spotFills(bitmart, asText)).data).toEqual((await spotFills(bitmart, everything)).data)
})

test('spot fills are narrowed by symbol and by order mode', async () => {
  await start()
  const filters = { ...everything, symbol: 'ETH_USDT', orderMode: 'iso_margin' }
  const { data } = await spotFills(bitmart, filters)
  expect(data).toEqual(
    account.spotFills
      .filter((row) => row.symbol === 'ETH_USDT' && row.orderMode === 'iso_margin')
      .slice(-200)
      .reverse(),
  )
  expect(data.length).toBeGreaterThan(0)
})

test('the fills of an order come whole, even when they are more than a page', async () => {
  await start()
  const [big] = account.spotFills.filter(
    (row) => account.spotFills.filter(({ orderId }) => orderId === row.orderId).length > 20,
  )
  const of = account.spotFills.filter((row) => row.orderId === big?.orderId)
  const large = { ...account, spotFills: [...of, ...of, ...of] }
  bitmart.options.account = large
  const { data } = await post(bitmart, '/spot/v4/query/order-trades', { orderId: big?.orderId })
  expect(data.length).toBeGreaterThan(200)
  expect(data).toHaveLength(large.spotFills.length)
  expect((await post(bitmart, '/spot/v4/query/order-trades', { orderId: 'none' })).data).toEqual([])
  expect((await post(bitmart, '/spot/v4/query/order-trades', {})).code).toBe(50000)
})

test('the upper end of a spot window can be inclusive or exclusive', async () => {
  await start()
  const time = account.spotFills[0]?.createTime ?? 0
  const instant = { startTime: time, endTime: time }
  expect((await spotFills(bitmart, instant)).data.length).toBeGreaterThan(0)
  bitmart.options.upperEnd = 'exclusive'
  expect((await spotFills(bitmart, instant)).data).toEqual([])
  expect((await spotFills(bitmart, { ...instant, endTime: time + 1 })).data.length).toBeGreaterThan(0)
})

test.each([
  ['limit', 201],
  ['limit', 0],
  ['limit', 'many'],
  ['startTime', 'yesterday'],
  ['endTime', 1.5],
])('a spot question with %s %s is refused', async (name, value) => {
  await start()
  expect(await spotFills(bitmart, { [name]: value })).toMatchObject({ status: 400, code: 50000 })
})

test('a smaller limit serves fewer rows', async () => {
  await start()
  expect((await spotFills(bitmart, { ...everything, limit: 1 })).data).toHaveLength(1)
})

test('a window that ends before it begins is refused', async () => {
  await start()
  expect((await spotFills(bitmart, { startTime: now, endTime: now - 1 })).code).toBe(52004)
  expect((await futuresFills(bitmart, { start_time: 20, end_time: 10 })).code).toBe(40039)
  expect((await ledger(bitmart, { start_time: 20, end_time: 10 })).code).toBe(40039)
  const reversed = { operation_type: 'deposit', N: 1, startTime: 20, endTime: 10 }
  expect((await transfers(bitmart, reversed)).code).toBe(60066)
})

test('a spot window wider than the exchange is told to allow is refused', async () => {
  await start({ maxSpotSpan: 7 * day })
  expect(await spotFills(bitmart, everything)).toMatchObject({ status: 400, code: 50041 })
  expect((await spotFills(bitmart, { ...everything, startTime: now - 7 * day })).code).toBe(1000)
})

test('the filter of futures fills takes seconds and takes in the whole of its first and last second', async () => {
  await start()
  const row = publishedFuturesFills[1]
  if (row === undefined) throw new Error('no published fill')
  const second = Math.floor(now / 1000) - 100
  const at = (ms: number) => ({ ...row, trade_id: String(ms), create_time: second * 1000 + ms })
  bitmart.options.account = {
    ...account,
    futuresFills: [at(-1), at(0), at(999), at(1000), at(1999), at(2000)],
  }
  const ids = async (from: number, to: number) =>
    (await futuresFills(bitmart, { start_time: from, end_time: to })).data.map(
      (fill: { trade_id: string }) => fill.trade_id,
    )
  expect(await ids(second, second)).toEqual(['999', '0'])
  expect(await ids(second, second + 1)).toEqual(['1999', '1000', '999', '0'])
})

test('futures fills come two hundred at most and from one account at a time', async () => {
  await start()
  const first = await futuresFills(bitmart, everySecond)
  expect(first.data).toHaveLength(200)
  expect(new Set(first.data.map((row: { account: string }) => row.account))).toEqual(new Set(['futures']))
  const copied = await futuresFills(bitmart, { ...everySecond, account: 'copy_trading' })
  expect(copied.data).toHaveLength(
    account.futuresFills.filter((row) => row.account === 'copy_trading').length,
  )
  expect((await futuresFills(bitmart, { account: 'spot' })).code).toBe(40011)
})

test('futures fills are narrowed by symbol and by order', async () => {
  await start()
  const row = account.futuresFills.find((fill) => fill.account === 'futures')
  const { data } = await futuresFills(bitmart, {
    ...everySecond,
    symbol: row?.symbol ?? '',
    order_id: row?.order_id ?? '',
  })
  expect(data).toEqual(account.futuresFills.filter((fill) => fill.order_id === row?.order_id).reverse())
})

test('a futures window of ninety days is served, one second more is refused', async () => {
  await start()
  const end = Math.floor(now / 1000)
  const from = (days: number) => ({ start_time: end - days * 86_400, end_time: end })
  expect((await futuresFills(bitmart, from(90))).code).toBe(1000)
  const { start_time, end_time } = from(90)
  expect(await futuresFills(bitmart, { start_time: start_time - 1, end_time })).toMatchObject({
    status: 400,
    code: 40039,
  })
})

test('ledger rows come a hundred at a time, or as many as asked for, up to a thousand', async () => {
  await start()
  expect((await ledger(bitmart, everyMoment)).data).toHaveLength(100)
  const all = await ledger(bitmart, { ...everyMoment, page_size: 1000 })
  expect(all.data).toEqual(account.ledger.filter((row) => row.account === 'futures').reverse())
  expect((await ledger(bitmart, { page_size: 1001 })).code).toBe(40011)
  const funding = await ledger(bitmart, { ...everyMoment, page_size: 1000, flow_type: 3 })
  expect(new Set(funding.data.map((row: { flow_type: number }) => row.flow_type))).toEqual(new Set([3]))
  expect((await ledger(bitmart, { ...everyMoment, flow_type: 6 })).code).toBe(40011)
})

test('transfers need a kind and a count, and come of one kind', async () => {
  await start()
  expect((await transfers(bitmart, { N: 10 })).code).toBe(60000)
  expect((await transfers(bitmart, { operation_type: 'withdraw' })).code).toBe(60000)
  expect((await transfers(bitmart, { operation_type: 'gift', N: 10 })).code).toBe(60000)
  expect((await transfers(bitmart, { operation_type: 'withdraw', N: 1001 })).code).toBe(60000)
  expect((await transfers(bitmart, { operation_type: 'deposit', N: 10 })).data.records).toHaveLength(5)
  const some = await transfers(bitmart, { operation_type: 'withdraw', N: 1000, currency: 'USDT' })
  const usdt = account.transfers.filter((row) => row.withdraw_id !== '' && row.currency === 'USDT')
  expect(some.data.records).toEqual(usdt.reverse())
})

test('transfers are cut off at the cap whatever was asked for', async () => {
  await start({ transferCap: 100 })
  const all = { operation_type: 'withdraw', N: 1000 }
  expect((await transfers(bitmart, all)).data.records).toHaveLength(100)
  bitmart.options.transferCap = 1000
  expect((await transfers(bitmart, all)).data.records).toHaveLength(150)
})

test('transfers of ninety days or more are refused, of less are served', async () => {
  await start()
  const of = (span: number) => ({ operation_type: 'deposit', N: 1, startTime: now - span, endTime: now })
  expect(await transfers(bitmart, of(90 * day))).toMatchObject({ status: 400, code: 60067 })
  expect((await transfers(bitmart, of(90 * day - 1))).code).toBe(1000)
})

test('what is older than the look-back is not served, and the window is answered as told', async () => {
  await start({ lookBack: { fills: 30 * day, ledger: 30 * day, transfers: 30 * day } })
  const within = account.spotFills.filter((row) => row.createTime >= now - 30 * day)
  const straddling = { startTime: now - 31 * day, endTime: now }
  bitmart.options.beyondLookBack = 'clipped'
  expect((await spotFills(bitmart, straddling)).data).toEqual(within.slice(-200).reverse())
  bitmart.options.beyondLookBack = 'empty'
  expect((await spotFills(bitmart, straddling)).data).toEqual([])
  bitmart.options.beyondLookBack = 'refused'
  expect(await spotFills(bitmart, straddling)).toMatchObject({ status: 400, code: 50041 })
  const seconds = { start_time: Math.floor(straddling.startTime / 1000), end_time: Math.floor(now / 1000) }
  expect((await futuresFills(bitmart, seconds)).code).toBe(40039)
  const moments = { start_time: straddling.startTime, end_time: now }
  expect((await ledger(bitmart, moments)).code).toBe(40039)
  const kind = { operation_type: 'withdraw', N: 10 }
  expect((await transfers(bitmart, { ...kind, ...straddling })).code).toBe(60067)
})

test('a window that begins at the look-back is served although the question took a while', async () => {
  await start({ lookBack: { fills: 30 * day, ledger: 0, transfers: 0 }, beyondLookBack: 'refused' })
  const { code, data } = await spotFills(bitmart, { startTime: now - 30 * day - 60_000, endTime: now })
  expect(code).toBe(1000)
  expect(data.length).toBeGreaterThan(0)
})

test('rows that are added or changed while it runs are served', async () => {
  await start({ account: structuredClone(account) })
  await spotFills(bitmart, everything)
  const early = {
    ...bitmart.account.spotFills[0],
    tradeId: 'added',
    createTime: now - 60 * day,
  } as SpotFillRow
  bitmart.account.spotFills.push(early)
  const instant = { startTime: early.createTime, endTime: early.createTime }
  expect((await spotFills(bitmart, instant)).data).toEqual([early])
  const pending = bitmart.account.transfers.find((row) => row.status === 0)
  if (pending === undefined) throw new Error('no pending transfer')
  pending.status = 3
  const newest = { operation_type: pending.operation_type, N: 1000, startTime: pending.apply_time }
  expect((await transfers(bitmart, newest)).data.records).toContainEqual(pending)
})

test('the code can be a number or text', async () => {
  await start({ codeAs: 'string' })
  expect((await spotFills(bitmart, {})).code).toBe('1000')
  bitmart.options.codeAs = 'number'
  expect((await spotFills(bitmart, {})).code).toBe(1000)
})

test('public endpoints list the catalogue and the time, to anybody', async () => {
  await start({ serverClockOffset: 5 })
  expect((await get(bitmart, '/system/time')).data).toEqual({ server_time: now + 5 })
  expect((await get(bitmart, '/spot/v1/symbols/details')).data).toEqual({ symbols: account.spotSymbols })
  expect((await get(bitmart, '/spot/v1/symbols')).data.symbols).toContain('$PAC_USDT')
  expect((await get(bitmart, '/contract/public/details')).data).toEqual({ symbols: account.contracts })
  const one = await get(bitmart, '/contract/public/details', { symbol: 'BTCUSDT' })
  expect(one.data.symbols).toMatchObject([{ symbol: 'BTCUSDT', contract_size: '0.001' }])
})

test('public endpoints can list nothing, or be down while history goes on', async () => {
  await start({ publicEndpoints: 'empty' })
  expect((await get(bitmart, '/spot/v1/symbols/details')).data).toEqual({ symbols: [] })
  expect((await get(bitmart, '/contract/public/details')).data).toEqual({ symbols: [] })
  bitmart.options.publicEndpoints = 'down'
  const down = await fetch(`${bitmart.spotUrl}/spot/v1/symbols/details`)
  expect(down.status).toBe(503)
  expect(await down.text()).toContain('<html>')
  expect((await spotFills(bitmart, {})).code).toBe(1000)
})

test('every call is written down with what was asked and what came', async () => {
  const seen: unknown[] = []
  await start({ onRequest: (request) => seen.push(request) })
  await spotFills(bitmart, { limit: 3 })
  await get(bitmart, '/nowhere')
  expect(bitmart.requests).toEqual([
    {
      at: now,
      path: '/spot/v4/query/trades',
      method: 'POST',
      params: { limit: '3' },
      key: bitmart.options.keys[0]?.apiKey,
      code: 1000,
      rows: 3,
    },
    { at: now, path: '/nowhere', method: 'GET', params: {}, code: 30000 },
  ])
  expect(seen).toEqual(bitmart.requests)
})

function identity(row: SpotFillRow): string {
  return `${row.symbol} ${row.tradeId} ${row.orderId}`
}
