import type { Span } from '../simulated-exchange/account-frame.ts'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'
import { futuresMarkets } from './catalogue.ts'
import type { FuturesAccount } from './futures-fills.ts'

/** A row as `GET /contract/private/transaction-history` serves it. `time` is text; `tran_id` is not unique. */
export type LedgerRow = {
  symbol: string
  flow_type: 1 | 2 | 3 | 4 | 5
  type: string
  amount: string
  asset: string
  account: FuturesAccount
  time: string
  tran_id: string
}

export const publishedLedgerRows: readonly LedgerRow[] = [
  {
    symbol: 'LTCUSDT',
    flow_type: 3,
    type: 'Funding Fee',
    amount: '-0.00008253',
    asset: 'USDT',
    account: 'futures',
    time: '1734422402121',
    tran_id: '1734422402121',
  },
]

const flows = [
  { flow_type: 1, type: 'Transfer' },
  { flow_type: 2, type: 'Realized PNL' },
  { flow_type: 3, type: 'Funding Fee' },
  { flow_type: 4, type: 'Commission Fee' },
  { flow_type: 5, type: 'Liquidation Clearance' },
] as const

export type LedgerPlan = {
  readonly random: Random
  readonly count: number
  readonly span: Span
}

/** Exactly `count` rows in time order. Twins, equal in every field, come first into the count. */
export function generateLedger({ random, count, span }: LedgerPlan): LedgerRow[] {
  const rows: LedgerRow[] = []
  const add = (time: number, flow: (typeof flows)[number]) => rows.push(ledgerRow(random, time, flow))
  for (const flow of flows) {
    if (count - rows.length < 3) break
    const twin = ledgerRow(random, integer(random, span.earliest, span.latest), flow)
    const copies = flow.flow_type === 3 ? 3 : 2
    for (let copy = 0; copy < copies; copy++) rows.push({ ...twin })
  }
  for (const border of span.borders) if (rows.length < count) add(border, flows[3])
  while (rows.length < count) {
    // Funding and commission of several contracts fall on one instant and share its tran_id.
    const time = integer(random, span.earliest, span.latest)
    const flow = pick(random, flows)
    for (let left = integer(random, 1, 4); left > 0 && rows.length < count; left--) add(time, flow)
  }
  return rows.sort((a, b) => Number(a.time) - Number(b.time))
}

function ledgerRow(random: Random, time: number, flow: (typeof flows)[number]): LedgerRow {
  const negative = flow.flow_type >= 4 || random() < 0.5
  return {
    symbol: flow.flow_type === 1 ? '' : pick(random, futuresMarkets).symbol,
    flow_type: flow.flow_type,
    type: flow.type,
    amount: `${negative ? '-' : ''}${integer(random, 0, 90)}.${digits(random, 8)}${integer(random, 1, 9)}0`,
    asset: 'USDT',
    account: random() < 0.3 ? 'copy_trading' : 'futures',
    time: String(time),
    tran_id: random() < 0.7 ? String(time) : digits(random, 12, '123456789'),
  }
}
