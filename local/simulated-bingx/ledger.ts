import type { Span } from '../simulated-exchange/account-frame.ts'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'
import { futuresMarkets } from './catalogue.ts'
import type { FuturesFill } from './futures-fills.ts'

/** A row as `GET /openApi/swap/v2/user/income` serves it. */
export type LedgerRow = {
  symbol: string
  incomeType:
    | 'TRANSFER'
    | 'REALIZED_PNL'
    | 'FUNDING_FEE'
    | 'TRADING_FEE'
    | 'INSURANCE_CLEAR'
    | 'TRIAL_FUND'
    | 'ADL'
    | 'SYSTEM_DEDUCTION'
    | 'GTD_PRICE'
  income: string
  asset: string
  info: string
  time: number
  tranId: string
  tradeId: string
}

const rare = ['INSURANCE_CLEAR', 'TRIAL_FUND', 'ADL', 'SYSTEM_DEDUCTION', 'GTD_PRICE'] as const

export type LedgerPlan = {
  readonly random: Random
  /** Where it is fewer than the fills make, the oldest of those are left out. */
  readonly count: number
  readonly span: Span
  readonly fills: readonly FuturesFill[]
}

/** Fees and profits of every fill, to the last digit; the rest of the count is funding, transfers and what is rare. */
export function generateLedger({ random, count, span, fills }: LedgerPlan): LedgerRow[] {
  const ofFills = fills.flatMap((fill) => rowsOf(fill)).slice(-count)
  const others: LedgerRow[] = []
  const missing = Math.max(0, count - ofFills.length)
  for (const incomeType of rare) if (others.length < missing) others.push(event(random, span, incomeType))
  // Twins: nothing in them tells them apart.
  if (missing - others.length >= 2) {
    const twin = event(random, span, 'FUNDING_FEE')
    others.push(twin, { ...twin })
  }
  while (others.length < missing)
    others.push(event(random, span, random() < 0.1 ? 'TRANSFER' : 'FUNDING_FEE'))
  return [...ofFills, ...others].sort((a, b) => a.time - b.time)
}

function rowsOf({ at, row }: FuturesFill): LedgerRow[] {
  const part = { symbol: row.symbol, asset: row.commissionAsset, time: Math.floor(at / 1000) * 1000 }
  const fee: LedgerRow = {
    ...part,
    incomeType: 'TRADING_FEE',
    income: row.commission,
    info: 'Position opening fee',
    tranId: `${row.tradeId}_1`,
    tradeId: row.tradeId,
  }
  if (/^-?0\.0+$/.test(row.realisedPNL)) return [fee]
  return [
    fee,
    {
      ...part,
      incomeType: 'REALIZED_PNL',
      income: row.realisedPNL,
      info: row.side === 'BUY' ? 'Buy to Close' : 'Sell to Close',
      tranId: `${row.tradeId}_2`,
      tradeId: row.tradeId,
    },
  ]
}

function event(random: Random, { earliest, latest }: Span, incomeType: LedgerRow['incomeType']): LedgerRow {
  const market = pick(random, futuresMarkets)
  const id = digits(random, 15, '123456789')
  const negative = incomeType === 'SYSTEM_DEDUCTION' || random() < 0.5
  return {
    symbol: incomeType === 'TRANSFER' ? '' : market.symbol,
    incomeType,
    income: `${negative ? '-' : ''}${integer(random, 0, 90)}.${digits(random, 7)}${integer(random, 1, 9)}`,
    asset: incomeType === 'TRANSFER' ? 'USDT' : market.quote,
    info: incomeType === 'TRANSFER' ? 'Transfer In' : '',
    time: Math.floor(integer(random, earliest + 1000, latest) / 1000) * 1000,
    tranId: id,
    tradeId: incomeType === 'TRANSFER' ? '' : id,
  }
}
