import { describe, expect, it } from 'vitest'
import { gaps } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { isUnreadable } from '../../lambdas/domain/unreadable.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import {
  type Account,
  crowdedAccount,
  documented,
  orderFill,
  type Readings,
  start,
  syncs,
} from '../use-cases/bingx-in-memory.ts'

const account = crowdedAccount(start)

const rawOf = (rows: Iterable<Transaction>, stream: string, isWanted = (_row: Transaction) => true) =>
  [...rows]
    .filter((row) => row.stream === stream && isWanted(row))
    .map(({ raw }) => raw)
    .sort()
const held = (rows: readonly { readonly row: object }[]) => rows.map(({ row }) => JSON.stringify(row)).sort()

const played: readonly [string, Partial<Readings>][] = [
  ['as documented', {}],
  ['with both ends inclusive', { lower: 'inclusive' }],
  ['with both ends exclusive', { upper: 'exclusive' }],
  ['comparing whole seconds', { compares: 'seconds' }],
  [
    'comparing whole seconds, the beginning inclusive and the end not',
    { compares: 'seconds', lower: 'inclusive', upper: 'exclusive' },
  ],
  ['showing the newest rows of a full page', { order: 'newest' }],
  ['with pages of a thousand spot fills', { spotPage: 1_000 }],
  ['answering nothing to what is too old', { beyond: 'empty' }],
  ['refusing questions for all symbols', { symbol: 'required' }],
]

describe('a BingX', () => {
  it.each(played)('%s has every row imported once, and no fill from two lists', async (_how, change) => {
    const { store } = await syncs(account, { ...documented, ...change })
    const rows = [...store.rows.values()]
    expect(rawOf(rows, 'spot-trade')).toEqual(held(account.spot))
    expect(rawOf(rows, 'futures-ledger')).toEqual(held(account.ledger))
    expect(rawOf(rows, 'deposit')).toEqual(held(account.deposits))
    expect(rawOf(rows, 'withdrawal')).toEqual(held(account.withdrawals))
    const coin = ({ account: whose }: Transaction) => whose === 'coin-m'
    expect(rawOf(rows, 'futures-trade', coin)).toEqual(
      account.orders.flatMap(({ fills }) => fills.map((fill) => JSON.stringify(fill))).sort(),
    )
    // What is younger than seven days is told with its ids, what is older without: and each fill once.
    const usdt = rows.filter((row) => row.stream === 'futures-trade' && !coin(row))
    expect(usdt).toHaveLength(account.futures.length)
    const young = account.futures.filter(({ at }) => at > start - 6.9 * day)
    const [fine, coarse] = [true, false].map((isFine) =>
      usdt.filter(({ tradeId }) => (tradeId !== undefined) === isFine).map(({ raw }) => raw),
    )
    expect(fine).toEqual(expect.arrayContaining(held(young)))
    const known = new Set(account.futures.map(({ row }) => JSON.stringify(orderFill(row))))
    expect(coarse?.filter((raw) => !known.has(raw))).toEqual([])
    expect(coarse?.length).toBeGreaterThan(300)
  })
})

/** More fills in one second than a page of older ones holds, of two symbols: and some hours before and after. */
function crowdLongAgo(): Account {
  const second = start - 10 * day
  const futures = account.futures.slice(0, 640).map(({ row }, index) => {
    const at = index < 600 ? second : second + (index - 619.5) * hour
    const filledTime = `${new Date(at + 8 * hour).toISOString().slice(0, 19)}.000+0800`
    return { at, row: { ...row, filledTime, orderId: `719028374600${100 + Math.floor(index / 40)}` } }
  })
  return { spot: [], orders: [], ledger: [], deposits: [], withdrawals: [], futures }
}

describe('a BingX that shows no more than 512 of 600 older fills of a second', () => {
  const long = crowdLongAgo()

  const all = long.futures.map(({ row }) => JSON.stringify(orderFill(row))).sort()

  async function imported(reading: Partial<Readings>) {
    const { store } = await syncs(long, { ...documented, ...reading })
    const covered = [...store.coverages.values()]
      .filter(({ partition }) => partition === 'usdt-m-orders')
      .flatMap((one) => one.covered)
    return { shown: rawOf(store.rows.values(), 'futures-trade'), covered }
  }

  it.each(['optional', 'required'] as const)(
    'has all of them imported by their symbols where these are heeded, and %s',
    async (symbol) => {
      expect((await imported({ symbol })).shown).toEqual(all)
    },
  )

  it('has as many imported as it shows where it ignores symbols, and their second is not called covered', async () => {
    const { shown, covered } = await imported({ orderFillsSymbol: 'ignored' })
    const [left, right] = [new Set(all), new Set(shown)]
    expect(right.size).toBe(shown.length)
    expect(shown.filter((raw) => !left.has(raw))).toEqual([])
    const lost = long.futures.filter(({ row }) => !right.has(JSON.stringify(orderFill(row))))
    // Thirteen orders of 40 fills each are begun on the page; nobody names the other two.
    expect(lost).toHaveLength(2 * 40)
    expect(lost.filter(({ at }) => covered.some(({ from, to }) => at >= from && at < to))).toEqual([])
    const known = long.futures.filter(({ at }) => covered.some(({ from, to }) => at >= from && at < to))
    expect(known).toHaveLength(40)
  })
})

it('a BingX whose order of COIN-M shows a full page has a fill kept that does not say when', async () => {
  const second = start - 2 * hour
  const [order] = account.orders
  const fills = Array.from({ length: 1_000 }, (_, part) => ({
    ...order?.fills[0],
    orderId: '719028374600100',
    tradeId: String(48_300_001 + part),
    tradeTime: part === 3 ? null : second,
  }))
  const none = { spot: [], futures: [], ledger: [], deposits: [], withdrawals: [] }
  const orders = [{ at: second, id: '719028374600100', fills }]
  const { store } = await syncs({ ...none, orders }, documented)
  const rows = [...store.rows.values()]
  expect(rows).toHaveLength(1_000)
  expect(rows.filter(isUnreadable).map(({ raw }) => raw)).toEqual([JSON.stringify(fills[3])])
  expect([...store.coverages.values()].flatMap((one) => gaps(one, start - 30 * day))).toMatchObject([
    { reason: 'saturated' },
  ])
})
