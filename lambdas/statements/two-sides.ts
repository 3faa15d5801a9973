import { add, negate, sign } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import type { TwoSides } from './layout.ts'
import { isNothing, parseNumber } from './number-text.ts'
import type { RowField, RowInMaking } from './row.ts'

/** What a row of two sides may come to say. */
export const fieldsOfSides: readonly RowField[] = [
  'base',
  'quote',
  'side',
  'currency',
  'type',
  'status',
  'amount',
  'quoteAmount',
]

type Fault = { readonly column: string; readonly text: string; readonly why: string }
type Side = { readonly amount: Amount; readonly coin: string }

/**
 * Makes a row of what went and what came: a trade of both, else a transfer or a change of a ledger, as its label says. Who wrote it says
 * which coin was given for which, and not which of them a market calls its base: what was received stands as bought.
 */
export function settleSides(
  row: RowInMaking,
  sides: TwoSides,
  cellOf: (column: string) => string,
): Fault | undefined {
  const sent = sideIn(sides.sent, sides.sentCoin, cellOf)
  const received = sideIn(sides.received, sides.receivedCoin, cellOf)
  if (sent !== undefined && 'why' in sent) return sent
  if (received !== undefined && 'why' in received) return received
  if (row.feeCurrency !== undefined) row.feeCurrency = withoutGuard(row.feeCurrency)
  const fee = row.fee === undefined || row.feeCurrency === undefined ? undefined : row.fee
  const beside = (side: Side, share: Amount): Amount =>
    sides.areWithFee && fee !== undefined && side.coin === row.feeCurrency
      ? add(side.amount, share)
      : side.amount
  if (sent !== undefined && received !== undefined) {
    delete row.txId
    row.stream = 'spot-trade'
    row.side = 'buy'
    row.base = received.coin
    row.quote = sent.coin
    row.amount = beside(received, fee ?? '0')
    row.quoteAmount = beside(sent, negate(fee ?? '0'))
    return undefined
  }
  const [one, column] = [sent ?? received, sent === undefined ? sides.received : sides.sent]
  if (one === undefined) return { column, text: '', why: 'nothing that came or went' }
  const kind = kindOf(cellOf(sides.label), sides)
  row.currency = one.coin
  if (kind === 'transfer') {
    row.stream = sent === undefined ? 'deposit' : 'withdrawal'
    // Where the tool wants something there, whoever has no hash writes an id of his own.
    if (row.txId?.includes(':')) delete row.txId
    row.status = 'done'
    row.amount = sent === undefined ? beside(one, '0') : beside(one, negate(fee ?? '0'))
    return undefined
  }
  delete row.txId
  row.amount = sent === undefined ? one.amount : negate(one.amount)
  if (kind === 'futures' || kind === 'realized-pnl' || kind === 'commission') {
    row.stream = 'futures-ledger'
    row.type = kind === 'futures' ? cellOf(sides.label) : kind
    return undefined
  }
  row.stream = 'spot-ledger'
  row.type = kind === 'income' && sent !== undefined ? 'expense' : kind
  return undefined
}

function kindOf(label: string, { means }: TwoSides) {
  return (
    Object.entries(means).find(([word]) => word.toLowerCase() === label.trim().toLowerCase())?.[1] ?? 'income'
  )
}

function sideIn(
  amountColumn: string,
  coinColumn: string,
  cellOf: (column: string) => string,
): Side | Fault | undefined {
  const [text, coin] = [cellOf(amountColumn), withoutGuard(cellOf(coinColumn))]
  if (isNothing(text)) return undefined
  const value = parseNumber(text, '.')
  if (value === undefined || sign(value.amount) < 0)
    return { column: amountColumn, text, why: 'no positive number with "." before its decimals' }
  // Some write zero where nothing went.
  if (sign(value.amount) === 0) return undefined
  if (isNothing(coin)) return { column: coinColumn, text: coin, why: 'no coin of the amount beside it' }
  return { amount: value.amount, coin }
}

/** An apostrophe before what a spreadsheet would run is no part of a coin's name. */
function withoutGuard(coin: string): string {
  return /^'(?='*["\s]*[=+\-@])/.test(coin) ? coin.slice(1) : coin
}
