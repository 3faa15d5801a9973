import { add, canonical, negate } from '../domain/amount.ts'
import { type Amount, identityOf, type Transaction } from '../domain/transaction.ts'
import { tradeValue } from './order-rest.ts'
import { rowOfOwn } from './own-row.ts'
import type { Granularity, StatementRow } from './row.ts'
import { pairOf } from './told.ts'

/** How a row of an export of ours is read: as what it was served as, or as what it was made of where only a file told it. */
export type Origin = Pick<Transaction, 'stream'> & {
  readonly granularity: Granularity
  readonly unit: number
}

/** What is left of an order, or an order of which no fill is known: settled anew beside the fills that are known where it comes back. */
function isOrder(row: Transaction): boolean {
  return row.source !== undefined && row.identity === nameOf(row)
}

/** A change of the spot wallet that a ledger told, or the trade that it made of several. */
function isOfLedger({ source, stream, derived }: Transaction): boolean {
  return (
    source !== undefined && (stream === 'spot-ledger' || (stream === 'spot-trade' && derived === 'ledger'))
  )
}

export function originOf(row: Transaction): Origin {
  const { stream, precision: unit = 1 } = row
  if (isOrder(row)) return { stream, granularity: 'order', unit }
  if (isOfLedger(row)) return { stream: 'spot-ledger', granularity: 'ledger', unit }
  // What rows of a ledger or fills tell of a closed position, they tell wherever it comes from.
  if (stream === 'futures-position') return { stream, granularity: 'position', unit }
  const isTrade = stream === 'spot-trade' || stream === 'futures-trade'
  // What a file told by the minute is no more exact for having stood in an export.
  return { stream, granularity: isTrade ? 'fill' : 'transfer', unit }
}

/** What an order of an export is known by, and what of its fills the export has. */
function nameOf(row: Transaction): string | undefined {
  return row.orderId === undefined ? undefined : identityOf('order', row.orderId, pairOf(row) ?? '')
}

/** What was traded: a sum only where each of them says it. */
const sizes = ['amount', 'contracts', 'quoteAmount'] as const

type Sizes = Partial<Record<(typeof sizes)[number], Amount>>

/** What fills come to. Which of them leave out a fee or a profit, the rest of their order says. */
type Filled = Sizes & {
  readonly fee: Amount
  readonly realizedPnl: Amount
  readonly feeCoins: ReadonlySet<string | undefined>
}

/** The fills of the orders of which an export has a rest: seen once, whatever their order. */
export function openFilled(rests: ReadonlySet<string>) {
  const filled = new Map<string, Filled>()
  return {
    see(row: Transaction): void {
      const name = nameOf(row)
      if (name === undefined || !rests.has(`${row.stream} ${name}`) || isOrder(row)) return
      const key = `${row.stream} ${name}`
      filled.set(key, withFill(filled.get(key), row))
    },
    of: (row: Transaction): Filled | undefined => filled.get(`${row.stream} ${nameOf(row) ?? ''}`),
  }
}

export function restName(row: Transaction): string | undefined {
  return isOrder(row) ? `${row.stream} ${nameOf(row) ?? ''}` : undefined
}

function withFill(before: Filled | undefined, row: Transaction): Filled {
  const quoteAmount = tradeValue(row)
  const { fee = '0', realizedPnl = '0' } = row
  return {
    ...sumOf(before ?? { amount: '0', contracts: '0', quoteAmount: '0' }, {
      ...row,
      ...(quoteAmount !== undefined && { quoteAmount }),
    }),
    fee: add(before?.fee ?? '0', fee),
    realizedPnl: add(before?.realizedPnl ?? '0', realizedPnl),
    feeCoins: new Set([...(before?.feeCoins ?? []), ...(row.fee === undefined ? [] : [row.feeCurrency])]),
  }
}

/** Numbers that both tell, added. */
function sumOf(one: Sizes, other: Sizes): Sizes {
  const sums: { -readonly [size in keyof Sizes]: Sizes[size] } = {}
  for (const size of sizes) {
    const [a, b] = [one[size], other[size]]
    if (a !== undefined && b !== undefined) sums[size] = canonical(add(a, b))
  }
  return sums
}

/** The rows that it is read as. */
export function rowsOfOwn(
  line: number,
  transaction: Transaction,
  filled: Pick<ReturnType<typeof openFilled>, 'of'>,
): readonly StatementRow[] {
  if (isOrder(transaction)) return [orderOf(plainRow(line, transaction), filled.of(transaction))]
  if (isOfLedger(transaction) && transaction.stream === 'spot-trade')
    return changesOf(plainRow(line, transaction))
  return [rowOfOwn(line, transaction)]
}

function plainRow(line: number, transaction: Transaction): StatementRow {
  const { own: _own, ownId: _ownId, ...row } = rowOfOwn(line, transaction)
  return row
}

/** The whole order again: what is left of it, and what was filled. */
function orderOf(row: StatementRow, filled: Filled | undefined): StatementRow {
  if (filled === undefined) return row
  const { amount: _amount, contracts: _contracts, quoteAmount: _quote, fee, realizedPnl, ...told } = row
  // A fee in another coin is no part of the order's.
  const isInCoin = [...filled.feeCoins].every((coin) => coin === row.feeCurrency)
  return {
    ...told,
    ...sumOf(filled, row),
    ...(fee !== undefined && isInCoin && { fee: canonical(add(fee, filled.fee)) }),
    ...(realizedPnl !== undefined && { realizedPnl: canonical(add(realizedPnl, filled.realizedPnl)) }),
  }
}

/** What a ledger told before a trade was made of it, the base in a word that says so. */
function changesOf(row: StatementRow): readonly StatementRow[] {
  const { line, wall, times, account, raw, base, quote, side, amount, quoteAmount, fee, feeCurrency } = row
  const change = (
    type: string,
    currency: string | undefined,
    size: Amount | undefined,
  ): readonly StatementRow[] =>
    currency === undefined || size === undefined
      ? []
      : [
          {
            line,
            wall,
            times,
            stream: 'spot-ledger',
            ...(account !== undefined && { account }),
            type,
            currency,
            amount: size,
            raw,
          },
        ]
  const isSell = side === 'sell'
  const went = (size: Amount | undefined) => (size === undefined ? undefined : canonical(negate(size)))
  return [
    ...change('TradeTransferBaseAmount', base, isSell ? went(amount) : amount),
    ...change('trade', quote, isSell ? quoteAmount : went(quoteAmount)),
    ...change('trade-fee', feeCurrency, went(fee)),
  ]
}
