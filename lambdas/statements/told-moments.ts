import { type Matched, matchSums, type Share } from '../domain/add-up.ts'
import type { Amount } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import { day, minute, type Window } from '../domain/window.ts'
import type { Known } from './known.ts'
import { type Fill, type Moves, nameOf } from './told-trades.ts'

/** How much later than its fill a row of a ledger may be dated, or earlier. Milliseconds. */
export const skew = 10_000

/**
 * How far from its fills a statement may date an order: by when it was placed, or filled, nobody says. What lies farther apart is kept,
 * and said to be in doubt.
 */
export const orderReach = day

export const orderReaches = [10 * minute, orderReach] as const

/** An order may rest so long before it is filled, or be dated so long after, though amounts are not looked for as far. */
export const restingFor = 30 * day

/** A row of a file that names no fill stands for an order, whose time is not that of its fills. */
export function isOrder({ row }: Pick<Known, 'row'>): boolean {
  return 'places' in row && row.tradeId === undefined
}

/** Finds what tells the same money: a ledger's rows are dated like their fills, and near their orders. */
export function matchLedger<A, B extends { readonly known: Known }>(
  ones: readonly Share<A>[],
  others: readonly Share<B>[],
): Matched<A, B> {
  const near = matchSums(ones, others, [skew])
  const far = matchSums(
    ones.filter((share) => !near.ones.has(share.of)),
    others.filter((share) => !near.others.has(share.of) && isOrder(share.of.known)),
    orderReaches,
  )
  return {
    ones: new Set([...near.ones, ...far.ones]),
    others: new Set([...near.others, ...far.others]),
    matches: [...near.matches, ...far.matches],
  }
}

/** Whether another source may tell the same at this time, although no amounts show it. */
export function mayTell(known: Known, { from, to }: Window): boolean {
  const reach = isOrder(known) ? restingFor : skew
  return known.row.time >= from - reach && known.row.time < to + reach
}

/** What moved at one moment of a ledger. */
export type Moment<T> = { readonly of: T; readonly span: Window; readonly moves: Moves }

/** The moments at which one coin went for one other, and which trades of other moments add up to, with these trades. */
export function toldByTrades<T>(moments: readonly Moment<T>[], fills: readonly Fill[]) {
  const told = new Set<T>()
  const used = new Set<Fill>()
  for (const [, ofMarket] of byMarket(fills)) {
    const [{ base, quote }] = ofMarket
    const [ours, theirs] = [nameOf(base), nameOf(quote)]
    const shares = moments.flatMap(({ of, span, moves }): readonly Share<T>[] => {
      const [amount, against] = [moves.get(ours), moves.get(theirs)]
      const isOther = moves.size !== 2 || told.has(of) || amount === undefined || against === undefined
      return isOther ? [] : [shareOf(of, span, amount, against)]
    })
    const found = matchLedger(shares, ofMarket.map(shareOfFill))
    for (const one of found.ones) told.add(one)
    for (const one of found.others) used.add(one)
  }
  return { told, used }
}

function byMarket(fills: readonly Fill[]): ReadonlyMap<string, readonly [Fill, ...Fill[]]> {
  const found = new Map<string, [Fill, ...Fill[]]>()
  for (const fill of fills) {
    const name = `${nameOf(fill.base)} ${nameOf(fill.quote)}`
    const known = found.get(name)
    if (known === undefined) found.set(name, [fill])
    else known.push(fill)
  }
  return found
}

function shareOf<T>(of: T, window: Window, amount: Amount, against: Amount): Share<T> {
  return { of, window, at: window.from, amount: unitsOf(amount), against: unitsOf(against), within: 0n }
}

function shareOfFill(fill: Fill): Share<Fill> {
  const { time, base, quote, known } = fill
  const decimals = known.decimals?.amount
  return {
    of: fill,
    window: { from: time, to: time + 1 },
    at: time,
    amount: unitsOf(base.amount),
    ...(quote.amount !== undefined && { against: unitsOf(quote.amount) }),
    within: decimals === undefined ? 0n : unitOf(decimals),
  }
}
