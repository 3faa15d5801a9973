import { openBalances } from '../domain/running-balance.ts'
import { monthOf } from '../domain/sums.ts'
import { openHints } from './hints.ts'
import { openPackedRows } from './packed-rows.ts'
import type { Reading, StatementRow } from './row.ts'
import { openSpans, openToldMoney } from './spans.ts'
import type { KeptTable } from './statement-file.ts'

/** Reads the rows of a table once: what is kept of it beside them, and the rows themselves, packed month by month. */
export async function packTable(
  { name, ...reading }: Omit<Reading, 'rows'> & { readonly name: string },
  rows: AsyncIterable<StatementRow>,
) {
  const { unit, granularity } = reading.grain
  const packed = openPackedRows()
  const spans = openSpans(unit)
  const money = openToldMoney(unit)
  const balances = openBalances()
  const hints = openHints()
  let count = 0
  // A wallet beside it says nothing of what the spot wallet's ledger lacks.
  let isOfWallet = false
  for await (const row of rows) {
    const [time] = row.times
    count += 1
    packed.add(monthOf({ time }), row)
    hints.see(row)
    spans.see(row)
    isOfWallet ||= row.stream !== 'spot-ledger' || (row.account ?? 'spot').toLowerCase() === 'spot'
    money.see(row)
    const coin = row.currency ?? ''
    balances.see({ account: row.account ?? '', coin, amount: row.amount, balance: row.balance })
  }
  const table: KeptTable = {
    ...reading,
    name,
    rows: count,
    months: packed.months(),
    spans: spans.result(),
    money: money.result(),
    hints: hints.result(),
    isUnbroken: granularity === 'ledger' && isOfWallet && balances.isUnbroken(),
  }
  return { table, bytesOf: packed.bytesOf }
}
