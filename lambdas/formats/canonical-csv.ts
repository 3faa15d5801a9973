import { stringify } from 'csv-stringify/sync'
import { amountPattern } from '../domain/amount.ts'
import { describeTransaction, type Origin } from '../domain/outward.ts'
import type { Transaction } from '../domain/transaction.ts'

type Column = { readonly name: string; readonly kind: 'text' | 'amount' }

/** The outward contract's fields in its order. */
const columns: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'connection', kind: 'text' },
  { name: 'exchange', kind: 'text' },
  { name: 'subaccount', kind: 'text' },
  { name: 'stream', kind: 'text' },
  { name: 'time', kind: 'text' },
  { name: 'symbol', kind: 'text' },
  { name: 'base', kind: 'text' },
  { name: 'quote', kind: 'text' },
  { name: 'side', kind: 'text' },
  { name: 'price', kind: 'amount' },
  { name: 'amount', kind: 'amount' },
  { name: 'quoteAmount', kind: 'amount' },
  { name: 'fee', kind: 'amount' },
  { name: 'feeCurrency', kind: 'text' },
  { name: 'role', kind: 'text' },
  { name: 'orderId', kind: 'text' },
  { name: 'tradeId', kind: 'text' },
  { name: 'orderMode', kind: 'text' },
  { name: 'contracts', kind: 'amount' },
  { name: 'contractSize', kind: 'amount' },
  { name: 'position', kind: 'text' },
  { name: 'realizedPnl', kind: 'amount' },
  { name: 'account', kind: 'text' },
  { name: 'currency', kind: 'text' },
  { name: 'network', kind: 'text' },
  { name: 'address', kind: 'text' },
  { name: 'txId', kind: 'text' },
  { name: 'status', kind: 'text' },
  { name: 'type', kind: 'text' },
  { name: 'raw', kind: 'text' },
]

/** What a spreadsheet would run instead of show. */
const formula = /^[=+\-@\t\r]/

/** RFC 4180 asks for quotes around a lone CR too, which the library does not see to by itself. */
const rfc4180 = { record_delimiter: '\n', quoted_match: /\r/ }

/**
 * RFC 4180, UTF-8 without byte order mark, LF, the header always present, rows in the order given. A text that a
 * spreadsheet would take for a formula gets a leading apostrophe; amounts stay as they are, signs included. Rows
 * pass one by one, so memory does not grow with them.
 */
export async function* canonicalCsv(
  connection: Origin,
  transactions: AsyncIterable<Transaction>,
): AsyncIterable<string> {
  yield line(columns.map(({ name }) => name))
  for await (const transaction of transactions) {
    const described = { ...describeTransaction(connection, transaction), raw: transaction.raw }
    const fields = new Map(Object.entries(described))
    yield line(columns.map((column) => cell(column, fields.get(column.name))))
  }
}

function cell({ kind }: Column, value: unknown): string {
  const text = value === undefined ? '' : String(value)
  const safe = !formula.test(text) || (kind === 'amount' && amountPattern.test(text))
  return safe ? text : `'${text}`
}

function line(cells: readonly string[]): string {
  return stringify([[...cells]], rfc4180)
}
