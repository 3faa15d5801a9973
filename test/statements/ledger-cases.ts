import { minute } from '../../lambdas/domain/window.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { readingOf } from './cases.ts'

export const ledgerGrain: Grain = {
  granularity: 'ledger',
  unit: minute,
  fields: ['currency', 'type', 'account', 'amount'],
  decimals: {},
}
/** When what has no other time happened. */
export const at = Date.UTC(2022, 7, 9, 8, 3)

/** A row of a ledger. */
export function change(
  type: string,
  currency: string,
  amount: string,
  more: Partial<StatementRow> = {},
): StatementRow {
  const time = more.times?.[0] ?? at
  return {
    line: 2,
    stream: 'spot-ledger',
    wall: time,
    times: [time],
    type,
    currency,
    amount,
    raw: '{}',
    ...more,
  }
}

export const ledger = (...rows: readonly StatementRow[]) => readingOf(rows, { grain: ledgerGrain })
