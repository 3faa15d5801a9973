import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { merge } from '../../lambdas/statements/merge.ts'
import type { Grain, Reading, StatementRow } from '../../lambdas/statements/row.ts'

/** Small statements and what an API serves beside them. */

export const start = Date.UTC(2025, 9, 5, 14, 35, 35)

export const fillGrain: Grain = {
  granularity: 'fill',
  unit: 1_000,
  fields: ['symbol', 'side', 'feeCurrency', 'price', 'amount', 'fee'],
  decimals: {},
}

export const orderGrain: Grain = {
  granularity: 'order',
  unit: 1_000,
  fields: ['symbol', 'side', 'orderId', 'price', 'amount', 'quoteAmount', 'fee'],
  decimals: {},
}

export function line(more: Partial<StatementRow> = {}): StatementRow {
  const time = more.times?.[0] ?? start
  return {
    line: 2,
    stream: 'spot-trade',
    wall: time,
    times: [time],
    symbol: 'KAS/USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount: '1000',
    fee: '1',
    feeCurrency: 'KAS',
    raw: '{}',
    ...more,
  }
}

export function readingOf(rows: readonly StatementRow[], more: Partial<Reading> = {}): Reading {
  return { format: 'a', clock: 'UTC', grain: fillGrain, rows, ...more }
}

export function servedFill(more: Partial<Transaction> = {}): Transaction {
  const { tradeId = '1', time = start + 120 } = more
  const identity = `fill ${tradeId}`
  const told = {
    symbol: 'KAS_USDT',
    base: 'KAS',
    quote: 'USDT',
    side: 'buy',
    price: '0.04',
    amount: '1000',
  } as const
  return { stream: 'spot-trade', time, identity, ...told, fee: '1', feeCurrency: 'KAS', raw: '{}', ...more }
}

export function merged(
  api: readonly Transaction[],
  readings: readonly Reading[],
  proven: Parameters<typeof merge>[0]['proven'] = () => false,
) {
  return merge({ api, readings, proven })
}
