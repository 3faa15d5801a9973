import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { encodeCursor } from '../../lambdas/api/cursor.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { fill, startOfTime } from '../use-cases/home-in-memory.ts'
import { expectShape, openApp } from './open-app.ts'

describe('looking for transactions', () => {
  async function openHistory() {
    const world = openApp()
    const { json } = await world.connect()
    const owner = { user: 'ada', connection: json.id }
    world.put(
      owner,
      fill(startOfTime - hour, 'a', { symbol: 'BTC_USDT', base: 'BTC', side: 'buy', orderId: '4711' }),
      fill(startOfTime - 2 * hour, 'b', {
        symbol: 'ETH_USDT',
        base: 'ETH',
        side: 'sell',
        feeCurrency: 'BMX',
      }),
      fill(startOfTime - 3 * hour, 'c', { symbol: 'ETH_BTC', base: 'ETH', quote: 'BTC', side: 'sell' }),
    )
    const found = async (query: string) => {
      const { json: page } = await world.get(`/v1/transactions?${query}`)
      expectShape(shapes.transactionList, page)
      return page.items.map(({ id }: { id: string }) => id.at(-1))
    }
    return { ...world, found, id: json.id }
  }

  it.each([
    ['symbol=eth_usdt', ['b']],
    ['currency=btc', ['c', 'a']],
    ['currency=BMX', ['b']],
    ['side=sell', ['c', 'b']],
    ['side=sell&symbol=ETH_BTC&order=desc', ['c']],
    ['q=4711', ['a']],
    ['q=eth_', ['c', 'b']],
    ['status=done', []],
    ['type=funding', []],
  ])('finds by %s', async (query, expected) => {
    expect(await (await openHistory()).found(query)).toEqual(expected)
  })

  it('goes on behind ten thousand rows that do not fit, says how far it looked, and misses none', async () => {
    const { put, get, id } = await openHistory()
    const many = Array.from({ length: 10_001 }, (_, n) =>
      fill(startOfTime - (n + 4) * hour, `x${n}`, { symbol: 'X_Y' }),
    )
    put({ user: 'ada', connection: id }, ...many)
    const first = await get('/v1/transactions?symbol=BTC_USDT')
    expect(first.json).toMatchObject({
      items: [],
      nextCursor: expect.any(String),
      searchedUntil: new Date(startOfTime - 5 * hour).toISOString(),
    })
    const second = await get(`/v1/transactions?symbol=BTC_USDT&cursor=${first.json.nextCursor}`)
    expect(second.json.items).toHaveLength(1)
    expect(second.json).not.toHaveProperty('searchedUntil')
  })

  it('leaves out the rows as they were served, and shows one with all its digits by its id', async () => {
    const { put, get, id } = await openHistory()
    const raw = '{"price":0.10000000000000000001}'
    put({ user: 'ada', connection: id }, fill(startOfTime - 9 * hour, 'A|/ %25#ü', { raw }))
    const { json } = await get('/v1/transactions?raw=none')
    expect(json.items.every((row: object) => !('raw' in row))).toBe(true)
    const answer = await get(`/v1/transactions/${encodeURIComponent(json.items[0].id)}`)
    expect(answer.status).toBe(200)
    expectShape(shapes.transaction, answer.json)
    expect(answer.text).toContain(`"raw":${raw}}`)
    // As a gateway might pass it on that has read the escapes already, or read none.
    const twice = await get(`/v1/transactions/${encodeURIComponent(encodeURIComponent(json.items[0].id))}`)
    expect(twice.json.id).toBe(json.items[0].id)
  })

  it('shows a transaction to nobody else, and none for an id that no row has', async () => {
    const { get, id } = await openHistory()
    const known = (await get('/v1/transactions?limit=1')).json.items[0].id
    const answers = [
      await get(`/v1/transactions/${encodeURIComponent(known)}`, 'bob'),
      await get(`/v1/transactions/${id}:spot-trade:${startOfTime}:none`),
      await get('/v1/transactions/nothing'),
      await get('/v1/transactions/%25E0%25A4%25A'),
    ]
    for (const { status, json } of answers) {
      expect(status).toBe(404)
      expect(json).toEqual(answers[0]?.json)
    }
  })
})

describe('transactions over HTTP', () => {
  async function withRows(...rows: Parameters<typeof fill>[]) {
    const app = openApp()
    const { json } = await app.connect()
    app.put({ user: 'ada', connection: json.id }, ...rows.map((row) => fill(...row)))
    return { ...app, id: json.id as string }
  }

  it('carry the row as served, with every digit', async () => {
    const raw = '{"tradeId":182342999769370687,"size":20.710000000000000000,"n":1e400}'
    const { get, id } = await withRows([startOfTime, 'ADA|1|2', { raw, amount: '20.710000000000000000' }])
    const { text, json } = await get('/v1/transactions')
    expect(text).toContain(`"raw":${raw}`)
    expectShape(shapes.transactionList, json)
    expect(json.items[0]).toMatchObject({
      id: `${id}:spot-trade:${startOfTime}:ADA|1|2`,
      connection: id,
      exchange: 'bitmart',
      time: '2026-08-20T12:00:00.000Z',
      amount: '20.710000000000000000',
    })
    expect(json.items[0]).not.toHaveProperty('subaccount')
    expect(json).not.toHaveProperty('nextCursor')
  })

  it('come in pages that follow one another by an opaque cursor', async () => {
    const { get } = await withRows([1, 'a'], [1, 'b'], [1, 'c'], [2, 'd'])
    const read: string[] = []
    let path = '/v1/transactions?limit=1'
    for (let page = 0; page < 9 && path !== ''; page += 1) {
      const { json } = await get(path)
      read.push(...json.items.map((item: { id: string }) => item.id.at(-1)))
      path = json.nextCursor === undefined ? '' : `/v1/transactions?limit=1&cursor=${json.nextCursor}`
      expect(json.nextCursor ?? 'a').toMatch(/^[\w-]+$/)
    }
    expect(read).toEqual(['a', 'b', 'c', 'd'])
  })

  it('come newest first when that is asked for, page after page', async () => {
    const { get } = await withRows([1, 'a'], [1, 'b'], [1, 'c'], [2, 'd'])
    const read: string[] = []
    for (let cursor = ''; ; ) {
      const { json } = await get(`/v1/transactions?order=desc&limit=1${cursor}`)
      read.push(...json.items.map((item: { id: string }) => item.id.at(-1)))
      if (json.nextCursor === undefined) break
      cursor = `&cursor=${json.nextCursor}`
    }
    expect(read).toEqual(['d', 'c', 'b', 'a'])
  })

  it('are 100 unless more or fewer are asked for, up to 1000', async () => {
    const { get } = await withRows(
      ...Array.from({ length: 1_005 }, (_, n): [number, string] => [5, String(n)]),
    )
    expect((await get('/v1/transactions')).json.items).toHaveLength(100)
    expect((await get('/v1/transactions?limit=1000')).json.items).toHaveLength(1_000)
  })

  it('are of the time asked for, the end left out', async () => {
    const { get } = await withRows([startOfTime, 'a'], [startOfTime + hour, 'b'])
    const times = async (query: string) => (await get(`/v1/transactions?${query}`)).json.items.length
    expect(await times('from=2026-08-20T12:00:00Z&to=2026-08-20T13:00:00Z')).toBe(1)
    expect(await times('from=2026-08-20T14:00:00.001%2B02:00')).toBe(1)
    expect(await times('from=2026-08-21')).toBe(0)
    expect(await times('from=0001-01-01&to=9999-12-31')).toBe(2)
    expect(await times('stream=deposit')).toBe(0)
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=1755691200000', 'from'],
    ['to=2026-08-20T12:00', 'to'],
    ['from=2026-08-21&to=2026-08-20', 'to'],
    ['from=2026-08-21&to=2026-08-21', 'to'],
    ['stream=gifts', 'stream'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=', 'cursor'],
    ['cursor=WzEsImEiLCJiIiwiYyJd', 'cursor'],
    ['order=newest', 'order'],
    ['since=1', 'since'],
  ])('answer 400 to %s, naming %s', async (query, field) => {
    const { get } = openApp()
    const { status, json } = await get(`/v1/transactions?${query}`)
    expect([status, json.errors[0].field]).toEqual([400, field])
  })

  it('answer 400 to a cursor that was tampered with', async () => {
    const { get } = await withRows([1, 'a'], [2, 'b'])
    const { json } = await get('/v1/transactions?limit=1')
    for (const cursor of [`${json.nextCursor}A`, json.nextCursor.slice(1), `${json.nextCursor}=`])
      expect((await get(`/v1/transactions?cursor=${cursor}`)).status).toBe(400)
  })

  it('answer 400 to a cursor of a row that no store could hold', async () => {
    const { get } = await withRows([1, 'a'])
    const position = { time: 1, connection: 'c', stream: 'spot-trade', identity: 'a' } as const
    const status = async (wrong: object) =>
      (await get(`/v1/transactions?cursor=${encodeCursor({ ...position, ...wrong })}`)).status
    expect(await status({})).toBe(200)
    for (const wrong of [{ time: 1e13 }, { identity: '\ud800' }, { identity: 'é'.repeat(512) }])
      expect(await status(wrong)).toBe(400)
  })
})
