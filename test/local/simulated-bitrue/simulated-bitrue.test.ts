import { describe, expect, it, onTestFinished, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitrue/account.ts'
import { readCommandLine } from '../../../local/simulated-bitrue/command-line.ts'
import {
  demoKey,
  type Readings,
  type SimulatorOptions,
  usualReadings,
} from '../../../local/simulated-bitrue/options.ts'
import { startSimulatedBitrue } from '../../../local/simulated-bitrue/server.ts'
import { publishedSignatures, sign } from '../../../local/simulated-bitrue/signature.ts'

const now = Date.UTC(2026, 10, 27)
const account = generateAccount({
  seed: 7,
  now,
  symbols: 60,
  coins: 40,
  linear: 12,
  inverse: 3,
  traded: 4,
  mostFills: 1_200,
  movedCoins: 5,
  mostDeposits: 30,
  tradedContracts: 2,
  mostFuturesFills: 20,
})
const busiest = account.symbols[0]?.symbol ?? ''

async function serve(readings: Partial<Readings> = {}, options: Partial<SimulatorOptions> = {}) {
  let time = now
  const server = await startSimulatedBitrue({
    account,
    clock: () => time,
    readings: { ...usualReadings, ...readings },
    ...options,
  })
  onTestFinished(() => server.close())
  const raw = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(server.url + path, { headers })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('<') ? text : JSON.parse(text) }
  }
  return {
    raw,
    wait: (ms: number) => {
      time += ms
    },
    spot: (path: string, query: string, secret: string = demoKey.secret, at = time) => {
      const signed = `timestamp=${at}&recvWindow=5000${query === '' ? '' : `&${query}`}`
      return raw(`${path}?${signed}&signature=${sign(secret, signed)}`, { 'X-MBX-APIKEY': demoKey.apiKey })
    },
    futures: (path: string, query: string) => {
      const full = query === '' ? path : `${path}?${query}`
      return raw(full, {
        'X-CH-APIKEY': demoKey.apiKey,
        'X-CH-TS': String(time),
        'X-CH-SIGN': sign(demoKey.secret, `${time}GET${full}`),
      })
    },
  }
}

type Fill = { readonly id: number; readonly time: number }
const times = (rows: readonly Fill[]) => rows.map(({ time }) => time)

test('signatures are those that are published', () => {
  for (const { secret, text, signature } of publishedSignatures) expect(sign(secret, text)).toBe(signature)
})

describe('fills', () => {
  it('are the newest thousand of one symbol, by users’ reports whatever time or id is asked for', async () => {
    const { spot } = await serve()
    const { body } = await spot('/api/v2/myTrades', `symbol=${busiest}&limit=1000`)
    expect(body).toHaveLength(1_000)
    const all = account.spotFills.filter(({ symbol }) => symbol === busiest)
    expect(times(body)).toEqual(times(all.slice(-1_000)).reverse())
    const half = `symbol=${busiest}&limit=1000&endTime=${body[500].time}`
    expect((await spot('/api/v2/myTrades', half)).body).toEqual(body)
    expect((await spot('/api/v2/myTrades', `symbol=${busiest}`)).body).toHaveLength(100)
  })

  it('go back by time or by id where the reading says so, and are none at all in another', async () => {
    const all = account.spotFills.filter(({ symbol }) => symbol === busiest)
    const old = all[100]
    if (old === undefined) throw new Error('there are older fills')
    const asking = async (readings: Partial<Readings>, filter: string) =>
      (await (await serve(readings)).spot('/api/v2/myTrades', `symbol=${busiest}&limit=1000&${filter}`)).body
    const upTo = await asking({ times: 'obeyed', order: 'oldest-first' }, `endTime=${old.time}`)
    expect(times(upTo)).toEqual(times(all.filter(({ time }) => time <= old.time)))
    expect(
      await asking({ times: 'obeyed', upperEnd: 'exclusive' }, `endTime=${old.time}`),
    ).not.toContainEqual(expect.objectContaining({ id: old.id }))
    expect(await asking({ times: 'emptying' }, `endTime=${old.time}`)).toEqual([])
    expect(await asking({ fromId: 'emptying' }, 'fromId=1')).toEqual([])
    const byId = await asking({ fromId: 'id', order: 'oldest-first' }, `fromId=${old.id}`)
    expect([byId[0].id, byId.length]).toEqual([old.id, 1_000])
    const byTradeId = await asking({ fromId: 'tradeId', order: 'oldest-first' }, `fromId=${old.tradeId}`)
    expect(byTradeId[0].id).toBe(old.id)
  })

  it('of a symbol that has left the catalogue are served or refused, and of none that never was', async () => {
    const served = await serve()
    expect((await served.spot('/api/v2/myTrades', 'symbol=GONEUSDT')).body).toHaveLength(7)
    const refused = await serve({ delisted: 'refused' })
    for (const answer of [
      await served.spot('/api/v2/myTrades', 'symbol=NEVERUSDT'),
      await refused.spot('/api/v2/myTrades', 'symbol=GONEUSDT'),
    ])
      expect(answer).toMatchObject({ status: 412, body: { code: -1121 } })
  })

  it('are refused by 412 where they are asked for too quickly, and limited by their weight', async () => {
    const hasty = await serve({ apart: 2_000 })
    const statuses: number[] = []
    for (const pause of [0, 1_000, 2_500]) {
      hasty.wait(pause)
      statuses.push((await hasty.spot('/api/v2/myTrades', `symbol=${busiest}&limit=1`)).status)
    }
    expect(statuses).toEqual([200, 412, 200])
    const heavy = await serve({ weight: 12 })
    const asked = []
    for (let turn = 0; turn < 3; turn += 1)
      asked.push((await heavy.spot('/api/v2/myTrades', `symbol=${busiest}&limit=1`)).status)
    expect(asked).toEqual([200, 200, 429])
    heavy.wait(60_001)
    expect((await heavy.spot('/api/v2/myTrades', `symbol=${busiest}&limit=1`)).status).toBe(200)
  })

  it('of futures come in an envelope, of both sides, and never to who has not activated them', async () => {
    const { futures } = await serve()
    const contract = account.linear[0]?.symbol
    const { body } = await futures('/fapi/v2/myTrades', `contractName=${contract}&limit=1000`)
    expect(body).toMatchObject({ code: '0', data: { length: 20 } })
    const never = await serve({}, { keys: [{ ...demoKey, futures: 'never' }] })
    expect((await never.futures('/fapi/v2/myTrades', `contractName=${contract}`)).body).toMatchObject({
      code: '-1025',
    })
  })
})

describe('transfers', () => {
  it('are ten of one coin unless more are asked for, and turn their pages by offset', async () => {
    const { spot } = await serve()
    const coin = account.coins[0]?.coin
    const page = async (query: string) =>
      (await spot('/api/v1/deposit/history', `coin=${coin}&${query}`)).body.data
    const all = await page('limit=1000')
    expect(all).toHaveLength(31)
    expect(await page('limit=10')).toEqual(all.slice(0, 10))
    expect(await page('limit=1000&offset=10')).toEqual(all.slice(10))
    expect(await page('limit=1000&offset=31')).toEqual([])
  })

  it('show without a status all, or those that have just begun', async () => {
    const coin = account.coins[0]?.coin
    const { spot } = await serve({ defaultStatus: 'first' })
    const ask = async (query: string) =>
      (await spot('/api/v1/deposit/history', `coin=${coin}${query}`)).body.data
    expect(await ask('')).toEqual([])
    expect(await ask('&status=1&limit=1000')).toHaveLength(31)
  })
})

describe('a key', () => {
  it('is refused in the same words for a wrong secret, a clock that is off and a right that is missing', async () => {
    const { spot, raw } = await serve()
    const unread = await serve({}, { keys: [{ ...demoKey, reads: false }] })
    const query = `symbol=${busiest}`
    for (const answer of [
      await spot('/api/v2/myTrades', query, 'another secret'),
      await spot('/api/v2/myTrades', query, demoKey.secret, now - 6_000),
      await spot('/api/v2/myTrades', query, demoKey.secret, now + 1_000),
      await unread.spot('/api/v2/myTrades', query),
      await raw('/api/v2/myTrades', { 'X-MBX-APIKEY': 'unknown' }),
    ])
      expect(answer).toMatchObject({ status: 401, body: { code: -1022 } })
  })

  it('needs a signature of the query too, of futures', async () => {
    const { raw } = await serve()
    const answer = await raw('/fapi/v2/myTrades?contractName=E-BTC-USDT', {
      'X-CH-APIKEY': demoKey.apiKey,
      'X-CH-TS': String(now),
      'X-CH-SIGN': sign(demoKey.secret, `${now}GET/fapi/v2/myTrades`),
    })
    expect(answer).toMatchObject({ status: 200, body: { code: '-1022' } })
  })
})

test('the command line says each reading, and what it does not know', () => {
  const read = readCommandLine('--times obeyed --from-id tradeId --weight 25000 --no-futures'.split(' '))
  expect(read).toMatchObject({
    wishes: {
      options: {
        readings: { times: 'obeyed', fromId: 'tradeId', weight: 25_000 },
        keys: [{ futures: 'never' }, { futures: 'never' }],
      },
    },
  })
  expect(readCommandLine(['--times', 'perhaps'])).toHaveProperty('wrong')
})

test('the same seed makes the same account, another one another', () => {
  const sizes = { now, symbols: 60, coins: 40, traded: 4, mostFills: 20, movedCoins: 3 }
  expect(generateAccount({ ...sizes, seed: 1 })).toEqual(generateAccount({ ...sizes, seed: 1 }))
  expect(generateAccount({ ...sizes, seed: 2 }).spotFills).not.toEqual(
    generateAccount({ ...sizes, seed: 1 }).spotFills,
  )
})

test('two accounts share no id, of a fill, an order or a transfer: nobody takes the one for the other', () => {
  const idsOf = (seed: number) => {
    const { spotFills, linearFills, inverseFills, deposits, withdrawals } = generateAccount({
      ...{ seed, now, symbols: 60, coins: 40, linear: 12, inverse: 3, traded: 4, mostFills: 200 },
      ...{ movedCoins: 20, mostDeposits: 30, tradedContracts: 2, mostFuturesFills: 20 },
    })
    return [
      ...spotFills.flatMap(({ id, tradeId, orderId }) => [
        `fill ${id}`,
        `trade ${tradeId}`,
        `order ${orderId}`,
      ]),
      ...[...linearFills, ...inverseFills].flatMap(({ bidId, askId }) => [
        `order ${bidId}`,
        `order ${askId}`,
      ]),
      ...deposits.flatMap(({ id, txid }) => [`deposit ${id ?? txid}`, `transaction ${txid}`]),
      ...withdrawals.map(({ id }) => `withdrawal ${id}`),
    ]
  }
  const first = new Set(idsOf(1))
  expect(first.size).toBeGreaterThan(700)
  for (const seed of [2, 3, 20_261_127]) expect(idsOf(seed).filter((id) => first.has(id))).toEqual([])
})
