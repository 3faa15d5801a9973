import type { Transaction } from './transaction.ts'

/** What rows are looked for. Every field that is there must fit; without any, every row does. */
export type RowFilter = {
  /** The market, letters of either case. */
  readonly symbol?: string
  /** A coin: traded, paid with, moved or paid as a fee; letters of either case. */
  readonly currency?: string
  readonly side?: Transaction['side']
  readonly status?: Transaction['status']
  readonly type?: string
  /** A part of what names the row: market, coin, ids, address, network or type; letters of either case. */
  readonly text?: string
}

export function isFilter(filter: RowFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

/** Whether the row is looked for. */
export function rowMatcher(filter: RowFilter): (row: Transaction) => boolean {
  const { side, status, type } = filter
  const [symbol, currency, text] = [filter.symbol, filter.currency, filter.text].map((value) =>
    value?.toLowerCase(),
  )
  return (row) =>
    (symbol === undefined || row.symbol?.toLowerCase() === symbol) &&
    (currency === undefined || coinsOf(row).some((coin) => coin?.toLowerCase() === currency)) &&
    (side === undefined || row.side === side) &&
    (status === undefined || row.status === status) &&
    (type === undefined || row.type === type) &&
    (text === undefined || namesOf(row).some((name) => name?.toLowerCase().includes(text)))
}

function coinsOf({ base, quote, currency, feeCurrency }: Transaction) {
  return [base, quote, currency, feeCurrency]
}

function namesOf(row: Transaction) {
  const { symbol, orderId, tradeId, txId, address, network, type } = row
  return [symbol, ...coinsOf(row), orderId, tradeId, txId, address, network, type]
}
