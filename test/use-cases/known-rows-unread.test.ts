import { describe, expect, it } from 'vitest'
import { gaps } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { type Account, crowdedAccount, documented, start, syncs } from './bingx-in-memory.ts'

type Held = Account['spot'][number]

const crowded = crowdedAccount(start)
const second = start - 2 * hour
const offset = (at: number) => `${new Date(at + 8 * hour).toISOString().slice(0, 19)}.000+0800`

/** A few of these rows, as young as a night reads again: the last two of them in one second. */
function young(rows: readonly Held[], rowOf: (index: number, at: number) => Record<string, unknown>) {
  return rows.slice(0, 4).map(({ row }, index): Held => {
    const at = index < 2 ? second - hour - index : second
    return { at, row: { ...row, ...rowOf(index, at) } }
  })
}

const id = (index: number) => String(7_190_283_746_001 + index * 1_117)
const account: Account = {
  spot: young(crowded.spot, (index, time) => ({ id: 36_200_001 + index, orderId: id(index), time })),
  futures: young(crowded.futures, (index, at) => ({
    tradeId: String(36_200_001 + index),
    orderId: id(index),
    filledTime: offset(at),
  })),
  orders: [0, 1].map((order) => ({
    at: second,
    id: id(order),
    fills: (crowded.orders[order]?.fills ?? []).map((fill, part) => ({
      ...fill,
      orderId: id(order),
      tradeId: String(48_300_001 + 10 * order + part),
      tradeTime: second + part,
    })),
  })),
  ledger: [],
  deposits: young(crowded.deposits, (index, insertTime) => ({
    txId: `0x${id(index)}`,
    address: `T${id(index)}`,
    insertTime,
  })),
  withdrawals: young(crowded.withdrawals, (index, at) => ({ id: id(index), applyTime: offset(at) })),
}

/** The account with the youngest row of each list changed. */
function changed(change: object): Account {
  const last = <Row>(rows: readonly Row[], changed: (row: Row) => Row) =>
    rows.map((row, index) => (index === rows.length - 1 ? changed(row) : row))
  const held = (rows: readonly Held[]) => last(rows, ({ at, row }) => ({ at, row: { ...row, ...change } }))
  return {
    spot: held(account.spot),
    futures: held(account.futures),
    orders: last(account.orders, (order) => ({
      ...order,
      fills: last(order.fills, (fill) => ({ ...fill, ...change })),
    })),
    ledger: [],
    deposits: held(account.deposits),
    withdrawals: held(account.withdrawals),
  }
}

describe('stored rows of BingX that cannot be read any more', () => {
  it.each([
    ['say "N/A"', { price: 'N/A', amount: 'N/A', tradePrice: 'N/A' }],
    [
      'do not say when they were',
      { time: null, filledTime: null, insertTime: null, applyTime: null, tradeTime: null },
    ],
  ])(
    'are those rows, night after night: neither new nor missing, and no gap: they %s',
    async (_what, change) => {
      const nights = [0, 1, 2, 3, 4].map((night) => start + night * hour)
      const isAsEver = (now: number) => now === nights[0] || now === nights[4]
      const told: unknown[] = []
      const kept: Transaction[][] = []
      await syncs(
        (now) => (isAsEver(now) ? account : changed(change)),
        { ...documented, lower: 'inclusive' },
        nights,
        ({ streams }, { rows, coverages }) => {
          kept.push([...rows.values()].map(({ unreadableSince, unreadableRaw, ...row }) => row))
          told.push({
            unread: [...rows.values()].filter(({ unreadableSince }) => unreadableSince !== undefined).length,
            gaps: [...coverages.values()].flatMap((one) => gaps(one, start - 30 * day)),
            counts: streams
              .filter(({ stream }) => stream !== 'futures-ledger')
              .map((one) => [one.new, one.changed, one.vanished ?? 0, one.unreadable ?? 0]),
          })
        },
      )
      const each = (counts: readonly number[], ofFutures = counts) => [counts, ofFutures, counts, counts]
      const unread = { unread: 5, gaps: [] }
      expect(told).toEqual([
        { unread: 0, gaps: [], counts: each([4, 0, 0, 0], [8, 0, 0, 0]) },
        { ...unread, counts: each([0, 1, 0, 1], [0, 2, 0, 2]) },
        { ...unread, counts: each([0, 0, 0, 1], [0, 0, 0, 2]) },
        { ...unread, counts: each([0, 0, 0, 1], [0, 0, 0, 2]) },
        { unread: 0, gaps: [], counts: each([0, 1, 0, 0], [0, 2, 0, 0]) },
      ])
      for (const rows of kept) expect(rows).toEqual(kept[0])
    },
  )
})
