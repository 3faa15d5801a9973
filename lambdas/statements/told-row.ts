import type { Transaction } from '../domain/transaction.ts'
import type { MergedRow } from './merged-row.ts'
import type { StatementRow } from './row.ts'

type Told = Transaction | MergedRow | StatementRow

/** What a row says, in a few words with all digits, for whoever looks at a file before it is stored. */
export function rowInWords(row: Told): string {
  const { stream, side, position, amount, price, fee, feeCurrency } = row
  const isTrade = stream === 'spot-trade' || stream === 'futures-trade' || stream === 'futures-position'
  const feeCoin = feeCurrency ?? (stream === 'futures-position' ? (row.currency ?? row.quote) : undefined)
  const parts = [
    'direction' in row ? row.direction : undefined,
    position,
    side ?? (stream === 'withdrawal' || stream === 'deposit' ? stream : row.type),
    // An amount of a trade is of what was traded, whatever coin its profit is in.
    withUnit(
      amount ?? ('contracts' in row ? row.contracts : undefined),
      isTrade ? row.base : (row.currency ?? row.base),
    ),
    row.symbol ?? pairOf(row),
    price === undefined ? undefined : `at ${price}`,
    row.realizedPnl === undefined
      ? undefined
      : `profit ${withUnit(row.realizedPnl, row.currency ?? row.quote)}`,
    fee === undefined ? undefined : `fee ${withUnit(fee, feeCoin)}`,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' ')
}

function pairOf({ base, quote }: Told): string | undefined {
  return base === undefined || quote === undefined ? undefined : `${base}/${quote}`
}

function withUnit(amount: string | undefined, unit: string | undefined): string | undefined {
  return amount === undefined || unit === undefined ? amount : `${amount} ${unit}`
}
