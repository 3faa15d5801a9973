import { openBalances } from '../domain/running-balance.ts'
import type { StreamKind } from '../domain/stream.ts'
import { monthOf } from '../domain/sums.ts'
import { openHints } from './hints.ts'
import { openPackedRows } from './packed-rows.ts'
import type { Reading, StatementRow } from './row.ts'
import type { KeptTable } from './statement-file.ts'

/** Reads the rows of a table once: what is kept of it beside them, and the rows themselves, packed month by month. */
export async function packTable(
  { name, ...reading }: Omit<Reading, 'rows'> & { readonly name: string },
  rows: AsyncIterable<StatementRow>,
) {
  const { unit, granularity } = reading.grain
  const packed = openPackedRows()
  const spans = new Map<StreamKind, { from: number; to: number; rows: number }>()
  const balances = openBalances()
  const hints = openHints()
  let count = 0
  for await (const row of rows) {
    const [time] = row.times
    count += 1
    packed.add(monthOf({ time }), row)
    hints.see(row)
    const last = (row.times[1] ?? time) + unit
    const span = spans.get(row.stream)
    spans.set(row.stream, {
      from: Math.min(time, span?.from ?? time),
      to: Math.max(last, span?.to ?? last),
      rows: (span?.rows ?? 0) + 1,
    })
    const coin = row.currency ?? ''
    balances.see({ account: row.account ?? '', coin, amount: row.amount, balance: row.balance })
  }
  const trades = spans.get('spot-trade')
  const isTrades = granularity === 'fill' || granularity === 'order'
  const table: KeptTable = {
    ...reading,
    name,
    rows: count,
    months: packed.months(),
    spans: [...spans].map(([stream, span]) => ({ stream, ...span })),
    tradeTime: isTrades && trades !== undefined ? [{ from: trades.from, to: trades.to }] : [],
    hints: hints.result(),
    isUnbroken: granularity === 'ledger' && balances.isUnbroken(),
  }
  return { table, bytesOf: packed.bytesOf }
}
