import { add, canonical, negate, sign } from '../domain/amount.ts'
import { type Amount, identityOf } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { near } from './futures-ledgers.ts'
import type { Known } from './known.ts'
import { ledgerCause } from './ledger-words.ts'
import { pairOf } from './told.ts'

/** A row of a file that has no words of its own for what a fill earned or cost, and when it happened. */
export type Plain = { readonly event: Known; readonly span: Window }

/** What one fill earned, or cost: a row of such a file tells one of them, or several at once. */
type Part = {
  readonly kind: 'profit' | 'fee'
  readonly amount: Amount
  readonly coin?: string
  readonly fill: Known['row']
}

/**
 * Which of these rows tell again what fills do: profit and fees of futures that stand as gains, and fees that stand as rows of their own.
 * One that says as much as one part of one fill is that; of those that are left, each may be a fill less its fee, or the sum of the
 * fills of an order, of a market, or of its moment. Each part is told once.
 */
export function toldByFills(rows: readonly Plain[], finer: readonly Known[]): ReadonlySet<Known> {
  const told = new Set<Known>()
  const used = new Set<Part>()
  const futures = openParts(finer, 'futures-trade')
  const spot = openParts(finer, 'spot-trade')
  for (const ways of [singly, together])
    for (const { event, span } of rows) {
      const open = partsFor(event, span).filter((part) => !used.has(part))
      const parts = told.has(event) ? undefined : ways(open).find((some) => isSum(some, event))
      if (parts === undefined) continue
      told.add(event)
      for (const part of parts) used.add(part)
    }
  return told

  function partsFor({ row: { stream, type } }: Known, span: Window): readonly Part[] {
    const cause = ledgerCause(type)
    if (stream === 'futures-ledger' && cause !== 'funding') return futures(span)
    const fees = stream === 'spot-ledger' ? spot(span).filter(({ kind }) => kind === 'fee') : []
    if (cause === 'fee') return fees
    // What was given back of a fee has no other word in some files.
    return cause === 'income' ? fees.filter(({ amount }) => sign(amount) > 0) : []
  }
}

function openParts(finer: readonly Known[], stream: Known['row']['stream']) {
  const fills = near(finer, stream)
  const partsOf = new Map<Known, readonly Part[]>()
  return (span: Window): readonly Part[] =>
    fills(span).flatMap((one) => {
      const parts = partsOf.get(one) ?? partsIn(one.row)
      partsOf.set(one, parts)
      return parts
    })
}

function partsIn(fill: Known['row']): readonly Part[] {
  const { realizedPnl, fee, currency, feeCurrency } = fill
  return [
    ...(realizedPnl === undefined
      ? []
      : [{ kind: 'profit' as const, amount: realizedPnl, coin: currency, fill }]),
    ...(fee === undefined ? [] : [{ kind: 'fee' as const, amount: negate(fee), coin: feeCurrency, fill }]),
  ]
}

function singly(parts: readonly Part[]): readonly (readonly Part[])[] {
  return parts.map((part) => [part])
}

function together(parts: readonly Part[]): readonly (readonly Part[])[] {
  const names: ((part: Part) => string)[] = [
    ({ fill }) => identityOf(String(fill.time), fill.identity),
    ({ fill }) => identityOf(pairOf(fill) ?? '', fill.orderId ?? ''),
    ({ fill }) => pairOf(fill) ?? '',
    () => '',
  ]
  return names
    .flatMap((nameOf) => alike(parts, nameOf))
    .flatMap((some) => [
      some.filter(({ kind }) => kind === 'profit'),
      some.filter(({ kind }) => kind === 'fee'),
      some,
    ])
    .filter((some) => some.length > 1)
}

function alike(parts: readonly Part[], nameOf: (part: Part) => string): readonly (readonly Part[])[] {
  const found = new Map<string, Part[]>()
  for (const part of parts) found.set(nameOf(part), [...(found.get(nameOf(part)) ?? []), part])
  return [...found.values()]
}

function isSum(parts: readonly Part[], { row: { amount, currency } }: Known): boolean {
  if (amount === undefined) return false
  const isOfCoin = ({ coin }: Part) =>
    coin === undefined || currency === undefined || coin.toUpperCase() === currency.toUpperCase()
  const sum = parts.reduce((all, part) => add(all, part.amount), '0')
  return parts.every(isOfCoin) && canonical(sum) === canonical(amount)
}
