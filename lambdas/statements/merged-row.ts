import type { Transaction } from '../domain/transaction.ts'
import type { Place } from './layers.ts'
import { ledgerCause } from './ledger-words.ts'
import type { StatementRow, StatementStream } from './row.ts'

/** A row that only files tell. */
export type MergedRow = Omit<Transaction, 'stream'> & {
  readonly stream: StatementStream
  /** It happened within so many milliseconds from `time`; nobody says when. */
  readonly precision: number
  /** Every line that tells it, or tells as much as it. */
  readonly places: readonly Place[]
  /** What it was worked out from, where no line says it as it is. */
  readonly derived?: 'order' | 'ledger' | 'position'
}

/** The fields of a statement's row under the names of a transaction. */
export function transactionFields(row: StatementRow): Omit<Transaction, 'stream' | 'time' | 'identity'> {
  const { raw, stream, type } = row
  const isTransfer = stream === 'withdrawal' || stream === 'deposit'
  const { symbol, base, quote, side, price, amount, quoteAmount, fee, feeCurrency, role, orderId, tradeId } =
    row
  const { orderMode, contracts, position, realizedPnl, account, currency, network, address, txId, status } =
    row
  const fields = {
    symbol,
    base,
    quote,
    side,
    price,
    amount,
    quoteAmount,
    fee,
    feeCurrency,
    role,
    orderId,
    tradeId,
    orderMode,
    contracts,
    position,
    realizedPnl,
    account,
    currency,
    network,
    address,
    txId,
    // A statement without such a column lists what happened.
    status: isTransfer ? (status ?? 'done') : status,
    type: stream === 'futures-ledger' ? wordOf(type) : type,
  }
  return { ...told(fields), raw }
}

/** In the words of the API's ledger, which exports know; in the statement's own where there is none. */
function wordOf(type: string | undefined): string | undefined {
  const cause = ledgerCause(type)
  return cause === 'other' ? type : cause
}

function told<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const rest = { ...fields }
  for (const name in rest) if (rest[name] === undefined) delete rest[name]
  return rest
}
