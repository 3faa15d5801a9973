import type { StreamKind } from './stream.ts'

/** An exact decimal as the exchange wrote it: `"0.00509358"`. Never a JavaScript number. */
export type Amount = string

export type TransferStatus = 'pending' | 'done' | 'cancelled' | 'failed'

/**
 * One row of an account's history, as every exchange's `normalise` makes it. Fields without meaning for a
 * stream are absent. Names are those of the outward contract.
 */
export type Transaction = {
  readonly stream: StreamKind
  /** Epoch milliseconds, UTC. */
  readonly time: number
  /** Unique within a connection and stream, made of immutable fields only. */
  readonly identity: string
  readonly symbol?: string
  readonly base?: string
  readonly quote?: string
  readonly side?: 'buy' | 'sell'
  readonly price?: Amount
  /** Fills: base amount. Transfers: net amount that arrived. Ledger rows: signed amount. */
  readonly amount?: Amount
  readonly quoteAmount?: Amount
  readonly fee?: Amount
  readonly feeCurrency?: string
  readonly role?: 'taker' | 'maker'
  readonly orderId?: string
  readonly tradeId?: string
  readonly orderMode?: string
  readonly contracts?: Amount
  /** Base units per contract; absent when the market is unknown, and then `amount` is absent too. */
  readonly contractSize?: Amount
  readonly position?: 'open' | 'close'
  readonly realizedPnl?: Amount
  readonly account?: string
  readonly currency?: string
  readonly network?: string
  readonly address?: string
  readonly txId?: string
  readonly status?: TransferStatus
  readonly type?: string
  /** The row as served, as JSON text: number literals and key order are the exchange's own. */
  readonly raw: string
}

/**
 * Joins immutable fields to an identity. Injective: the separators of identities and of store keys are escaped.
 */
export function identityOf(...fields: readonly string[]): string {
  return fields
    .map((field) => field.replace(/[%|#]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))
    .join('|')
}
