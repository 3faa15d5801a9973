import type { StreamKind } from '../domain/stream.ts'
import type { Amount, TransferStatus } from '../domain/transaction.ts'

/** What one row of a statement stands for. Fills are the finest; a ledger says what changed and not why. */
export type Granularity = 'fill' | 'order' | 'position' | 'ledger' | 'transfer'

/** What a statement's rows belong to: a stream of the API, or one that only files have. */
export type StatementStream = StreamKind

/** The fields of a row that are decimals, always canonical: plain notation, no plus, no zeros that say nothing. */
export const numberFields = [
  'price',
  'amount',
  'quoteAmount',
  'fee',
  'realizedPnl',
  'funding',
  'unsignedFunding',
  'openPrice',
  'contracts',
  'leverage',
  'balance',
] as const

export type NumberField = (typeof numberFields)[number]

/** The fields of a row that are words, ids included. */
export const textFields = [
  'symbol',
  'base',
  'quote',
  'side',
  'position',
  'direction',
  'feeCurrency',
  'currency',
  'type',
  'role',
  'orderMode',
  'account',
  'orderId',
  'tradeId',
  'txId',
  'network',
  'address',
  'status',
] as const

export type TextField = (typeof textFields)[number]

export type RowField = NumberField | TextField

/**
 * How exactly a statement tells its rows. Two readings are of one grain if they agree in all of this, and only then are
 * their rows compared letter by letter.
 */
export type Grain = {
  readonly granularity: Granularity
  /** Milliseconds that the statement tells apart: 1, 1,000, 60,000. */
  readonly unit: number
  /** The fields that the statement's columns fill, in the order of `textFields` and `numberFields`; a row may leave one empty. */
  readonly fields: readonly RowField[]
  /** At how many decimals the exchange cuts or rounds a number in such a statement; without one it is told in full. */
  readonly decimals: Readonly<Partial<Record<NumberField, number>>>
}

/** The row of a statement, read. What its columns do not tell is absent, and everything is in `raw`. */
export type StatementRow = {
  /** Where it stands: the line of a text (its first, where a cell has several), the row of a sheet. The first is 1. */
  readonly line: number
  readonly stream: StatementStream
  /** What the statement's clock showed, as epoch milliseconds of a clock that is UTC; cut to the grain's unit. */
  readonly wall: number
  /**
   * The instants (epoch milliseconds, UTC) at which that clock showed it, the earlier first. Two in the hour that a clock shows
   * twice, and then nothing in the row says which.
   */
  readonly times: readonly [number] | readonly [number, number]
  /** A position: when it was opened, as `wall`. */
  readonly openWall?: number
  readonly symbol?: string
  readonly base?: string
  readonly quote?: string
  readonly side?: 'buy' | 'sell'
  readonly position?: 'open' | 'close'
  readonly direction?: 'long' | 'short'
  readonly price?: Amount
  /** As in a transaction: base units of fills and orders, signed in ledgers, positive and net in transfers. */
  readonly amount?: Amount
  readonly quoteAmount?: Amount
  /** As in a transaction: positive where it was paid, negative where it was a rebate. */
  readonly fee?: Amount
  readonly feeCurrency?: string
  /** Before fees and funding. */
  readonly realizedPnl?: Amount
  /** A position: what it was paid (negative: what it paid) for being held. */
  readonly funding?: Amount
  /** A position: the same where the statement does not say whether it was paid or received. */
  readonly unsignedFunding?: Amount
  readonly openPrice?: Amount
  readonly contracts?: Amount
  readonly leverage?: Amount
  /** What there was after it. Never part of what makes two rows alike. */
  readonly balance?: Amount
  readonly currency?: string
  /** The statement's own word for what happened. */
  readonly type?: string
  readonly role?: 'taker' | 'maker'
  readonly orderMode?: string
  readonly account?: string
  readonly orderId?: string
  readonly tradeId?: string
  readonly txId?: string
  readonly network?: string
  readonly address?: string
  readonly status?: TransferStatus
  /** Of an export of ours: what the row is known by, and as JSON text all that no statement tells. */
  readonly ownId?: string
  readonly own?: string
  /** All cells as they stand in the file, as JSON text: an object under the header's names. */
  readonly raw: string
}

/** A row that is being read. */
export type RowInMaking = { -readonly [field in keyof StatementRow]: StatementRow[field] }

/** One table of an upload (a text, a sheet), read under one set of settings. What files are merged from. */
export type Reading = {
  /** The id of the format: `bingx-spot-orders`, or `mapped:` and the header's signature. */
  readonly format: string
  /** Absent where the user has mapped the columns. */
  readonly exchange?: string
  /** Which clock the times are of: `UTC`, `UTC+8`, `Europe/Berlin`. */
  readonly clock: string
  /** Whose account every row is of, where the statement says. */
  readonly owner?: string
  /** Of an export of ours: the id of the connection whose history it is. */
  readonly exportOf?: string
  readonly grain: Grain
  readonly rows: readonly StatementRow[]
}
