import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import {
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
