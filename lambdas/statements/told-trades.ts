import { add, canonical, isZero, multiply, negate, sign } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import type { Known } from './known.ts'
import type { MergedRow } from './merged-row.ts'

/** What of a coin came, or went. */
type Side = { readonly coin: string; readonly isIn: boolean }

/** By `nameOf` its side: how much moved at one moment. */
export type Moves = ReadonlyMap<string, Amount>

/** A trade of which somebody finer tells. */
export type Fill = {
  readonly time: number
  readonly base: Side & { readonly amount: Amount }
  /** An exchange may have rounded it, or not say it. */
  readonly quote: Side & { readonly amount: Amount | undefined }
  readonly known: Known
}

/** The fills that finer sources tell. Each tells of one moment of a ledger: of two alike, one fill tells one. */
export function openToldTrades(finer: readonly Known[], unit: number) {
  const units = new Map<number, Set<Fill>>()
  for (const known of finer) {
    const fill = fillOf(known)
    if (fill === undefined) continue
    const number = Math.floor(fill.time / unit)
    units.set(number, (units.get(number) ?? new Set()).add(fill))
  }

  function within({ from, to }: Window): readonly Fill[] {
    const found: Fill[] = []
    for (let number = Math.floor(from / unit); number * unit < to; number += 1)
      for (const fill of units.get(number) ?? []) if (fill.time >= from && fill.time < to) found.push(fill)
    return found
  }

  function use(fills: Iterable<Fill>): void {
    for (const fill of fills) units.get(Math.floor(fill.time / unit))?.delete(fill)
  }

  return {
    use,
    /** Those of a time that tell of no moment yet. */
    within,
    /** Those that tell of no moment yet. */
    left: (): readonly Fill[] => [...units.values()].flatMap((fills) => [...fills]),
    /** Whether the fills of a time add up to what moved. */
    take(span: Window, moves: Moves): boolean {
      const fills = within(span).filter((fill) => isPartOf(fill, moves))
      if (!addUp(fills, moves)) return false
      use(fills)
      return true
    },

    /** What is left of a trade without the fills of its time, which tell a part of it. */
    takePart(span: Window, trade: MergedRow): MergedRow {
      const whole = sidesOf(trade)
      // What was converted is no fill.
      if (whole === undefined) return trade
      const moves = new Map([whole.base, whole.quote].map((side) => [nameOf(side), side.amount ?? '0']))
      const fills = within(span).filter((fill) => isPartOf(fill, moves))
      const rest = (name: string) => lessOf(moves.get(name), fills, name)
      const [amount, quoteAmount] = [rest(nameOf(whole.base)), rest(nameOf(whole.quote))]
      if (fills.length === 0 || amount === undefined || quoteAmount === undefined) return trade
      if (sign(amount) <= 0 || sign(quoteAmount) <= 0) return trade
      use(fills)
      const { fee: all, feeCurrency, ...told } = trade
      const fee = fills
        .map(({ known }) => known.row)
        .filter((row) => row.feeCurrency !== undefined && coinOf(row.feeCurrency) === coinOf(feeCurrency))
        .reduce((left, row) => add(left, negate(row.fee ?? '0')), all ?? '0')
      return {
        ...told,
        amount,
        quoteAmount,
        ...(feeCurrency !== undefined && !isZero(fee) && { fee: canonical(fee), feeCurrency }),
      }
    },
  }
}

export function nameOf({ coin, isIn }: Side): string {
  return `${coinOf(coin)} ${isIn ? 'in' : 'out'}`
}

function coinOf(name = ''): string {
  return name.toUpperCase()
}

function fillOf(known: Known): Fill | undefined {
  const sides = sidesOf(known.row)
  return sides === undefined ? undefined : { ...sides, known }
}

function sidesOf(row: Known['row']): Omit<Fill, 'known'> | undefined {
  const { stream, time, base, quote, side, amount, price } = row
  if (stream !== 'spot-trade' || base === undefined || quote === undefined) return undefined
  if (side === undefined || amount === undefined) return undefined
  const quoteAmount = row.quoteAmount ?? (price === undefined ? undefined : multiply(price, amount))
  return {
    time,
    base: { coin: base, isIn: side === 'buy', amount },
    quote: { coin: quote, isIn: side === 'sell', amount: quoteAmount },
  }
}

function isPartOf({ base, quote }: Fill, moves: Moves): boolean {
  return moves.has(nameOf(base)) && moves.has(nameOf(quote))
}

/** Whether these fills moved the same: all of what is told in full, and of the rest that it moved. */
function addUp(fills: readonly Fill[], moves: Moves): boolean {
  const bases = new Set(fills.map(({ base }) => nameOf(base)))
  const quotes = new Set(fills.map(({ quote }) => nameOf(quote)))
  return (
    fills.length > 0 &&
    [...moves].every(([name, amount]) =>
      bases.has(name) ? isNothing(lessOf(amount, fills, name)) : quotes.has(name),
    )
  )
}

function isNothing(amount: Amount | undefined): boolean {
  return amount !== undefined && isZero(amount)
}

/** Undefined where a fill does not say how much of it moved. */
function lessOf(all: Amount | undefined, fills: readonly Fill[], name: string): Amount | undefined {
  let left = all
  for (const { base, quote } of fills)
    for (const side of [base, quote]) {
      if (nameOf(side) !== name) continue
      left = left === undefined || side.amount === undefined ? undefined : add(left, negate(side.amount))
    }
  return left === undefined ? undefined : canonical(left)
}
