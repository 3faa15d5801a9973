/** One account to import from a simulated BitMart. */
export type Task = {
  readonly url: string
  readonly product: 'spot' | 'futures'
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Without regard to limits or patience, where the simulator enforces none. */
  readonly hurried: boolean
  /** Whether ccxt is told how far back to ask. Ours asks back to the exchange's opening always. */
  readonly sinceGiven: boolean
}

export type Outcome = {
  /** `keyOfRow` of every row obtained, each once. */
  readonly rows: readonly string[]
  /** What ended it before it was done. */
  readonly stoppedBy?: string
}

/** What tells one row that the exchange serves from every other: both sides of a self-trade share their trade id. */
export function keyOfRow(row: Readonly<Record<string, unknown>>): string {
  return [row.symbol, row.tradeId ?? row.trade_id, row.orderId ?? row.order_id].join(' ')
}
