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
  readonly derived?: 'order' | 'ledger' | 'position' | 'export'
  /** Something of its market and time may tell it, too, and no amounts say so. */
  readonly mayBeTwice?: true
}

/** The statement's own word, in the words that exports know; as it stands where there is none. */
function wordOf(type: string): string {
  const cause = ledgerCause(type)
  return cause === 'other' ? type : cause
}

/** Who closes a long position sells. */
function sideOf(direction: StatementRow['direction']): Pick<Transaction, 'side'> {
  if (direction === undefined) return {}
  return { side: direction === 'long' ? 'sell' : 'buy' }
}

/** The fields of a statement's row under the names of a transaction. */
export function transactionFields(row: StatementRow): Omit<Transaction, 'stream' | 'time' | 'identity'> {
  const { line: _line, wall: _wall, times: _times, openWall: _openWall, direction, ...more } = row
  const { openPrice: _openPrice, leverage: _leverage, balance: _balance, ...rest } = more
  const { funding: _funding, unsignedFunding: _unsignedFunding, own: _own, ownId: _ownId, ...told } = rest
  const { stream, ...fields } = told
  const isTransfer = stream === 'withdrawal' || stream === 'deposit'
  const isLedger = stream === 'futures-ledger' || stream === 'spot-ledger'
  return {
    ...fields,
    // A statement without such a column lists what happened.
    ...(isTransfer && { status: fields.status ?? 'done' }),
    ...(isLedger && fields.type !== undefined && { type: wordOf(fields.type) }),
    ...(stream === 'futures-position' && { position: 'close', ...sideOf(direction) }),
  }
}
