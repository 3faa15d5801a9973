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
  const { line: _line, wall: _wall, times: _times, openWall: _openWall, direction: _direction, ...more } = row
  const { funding: _funding, openPrice: _openPrice, leverage: _leverage, balance: _balance, ...told } = more
  const { stream, ...fields } = told
  const isTransfer = stream === 'withdrawal' || stream === 'deposit'
  return {
    ...fields,
    // A statement without such a column lists what happened.
    ...(isTransfer && { status: fields.status ?? 'done' }),
    ...(stream === 'futures-ledger' && fields.type !== undefined && { type: wordOf(fields.type) }),
  }
}

/** In the words of the API's ledger, which exports know; in the statement's own where there is none. */
function wordOf(type: string): string {
  const cause = ledgerCause(type)
  return cause === 'other' ? type : cause
}
