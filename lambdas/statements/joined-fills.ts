import { agree, type Share, sumOf } from '../domain/add-up.ts'
import { isZero, multiply } from '../domain/amount.ts'
import { unitsOf } from '../domain/units.ts'
import type { Window } from '../domain/window.ts'
import type { Known } from './known.ts'
import { type Sided, sharesOf, sideName, waysOf } from './nameless-fills.ts'
import { isTurnable } from './told.ts'
import type { Plain } from './told-by-fills.ts'

/** A trade, seen as one of a market and side, with what it moved of both coins. */
type Side = { readonly known: Known; readonly share: Share<Known> }

/** Trades of a file, and those of finer sources that come to the same. */
export type Joined = { readonly rows: readonly Known[]; readonly fills: readonly Known[] }

/** After so many sums it is left in doubt which of the trades of one moment come to one other, or to any. */
const mostSums = 2_000
const mostOfMoment = 20_000

/**
 * Which trades of a file tell again what others do, in other parts: a tool that keeps histories may tell the fills of a moment as one, or
 * split one. Such a tool names no market, so of both sources one names none. What comes to the same in both coins, of one market, side
 * and moment, and says no other fee, is the same; each trade is told once.
 */
export function joinedFills(rows: readonly Plain[], finer: readonly Known[], unit: number) {
  const told = new Set<Known>()
  const used = new Set<Known>()
  const joined: Joined[] = []
  const trades = rows.filter(({ event }) => isTrade(event))
  const isOfTool = trades.some(({ event }) => isTurnable(event.row))
  const fills = trades.length === 0 ? [] : finer.filter(isTrade)
  const ofMoment = openMoments(isOfTool ? fills : fills.filter(({ row }) => isTurnable(row)), unit)
  for (const moment of momentsOf(trades)) {
    const near = ofMoment(moment.span)
    if (near.length === 0) continue
    for (const [name, all] of bySide(moment.events)) {
      const others = near.filter((one) => one.name === name).map(({ side }) => side)
      for (const isTool of [true, false]) {
        const ones = all.filter(({ known }) => isTurnable(known.row) === isTool)
        const theirs = isTool ? others : others.filter(({ known }) => isTurnable(known.row))
        for (const { rows: some, fills: same } of inParts(left(ones, told), left(theirs, used))) {
          for (const one of some) told.add(one)
          for (const one of same) used.add(one)
          joined.push({ rows: some, fills: same })
        }
      }
    }
  }
  return {
    told,
    joined,
    /** Beside trades of its moment that may be parts of it, or the whole, and whose amounts do not show it. */
    doubted({ event, span }: Plain): Known {
      const { row } = event
      if (!('places' in row)) return event
      const open = ofMoment(span).filter(({ side }) => !used.has(side.known))
      const mayBeTwice = sidesOf(event).some((own) =>
        open.some(
          ({ name, side }) =>
            name === own.name &&
            (isTurnable(row) || isTurnable(side.known.row)) &&
            (isPartOf(side.share, own.side.share) || isPartOf(own.side.share, side.share)),
        ),
      )
      return mayBeTwice ? { ...event, row: { ...row, mayBeTwice } } : event
    },
  }
}

/** What of one market, side and moment comes to the same: all of both, or one of one and some of the other. Each is of one match. */
export function inParts(ones: readonly Side[], others: readonly Side[]): readonly Joined[] {
  const [told, used] = [new Set<Known>(), new Set<Known>()]
  const found: Joined[] = []
  let sums = mostOfMoment
  take(ones, others)
  const orders = alike(others, ({ known }) => known.row.orderId)
  for (const one of left(ones, told)) {
    if (sums <= 0) break
    sums -= orders.length
    const ofOrder = orders.find(
      ({ sides, sum }) =>
        agree(sum, one.share) && sides.every(({ known }) => !used.has(known)) && areOne([one], sides),
    )
    take([one], ofOrder?.sides ?? search(left(others, used), one))
  }
  for (const other of left(others, used)) take(search(left(ones, told), other), [other])
  take(left(ones, told), left(others, used))
  return found

  function search(sides: readonly Side[], whole: Side): readonly Side[] {
    const { some, tried } = someOf(sides, whole, Math.min(sums, mostSums))
    sums -= tried
    return some
  }

  function take(some: readonly Side[], more: readonly Side[]): void {
    if (!areOne(some, more)) return
    for (const { known } of some) told.add(known)
    for (const { known } of more) used.add(known)
    found.push({ rows: some.map(({ known }) => known), fills: more.map(({ known }) => known) })
  }
}

function left(sides: readonly Side[], taken: ReadonlySet<Known>): readonly Side[] {
  return sides.filter(({ known }) => !taken.has(known))
}

type Named = { readonly name: string; readonly side: Side }

/** A trade that names no market is of either of its coins. */
function sidesOf(known: Known): readonly Named[] {
  return waysOf(known).flatMap((way) =>
    sharesOf(known, way).map((share) => ({
      name: sideName(way),
      side: { known, share: { ...share, ...against(known, way) } },
    })),
  )
}

function against({ row: { price } }: Known, { row }: Sided): Pick<Share<Known>, 'against'> {
  if (row.quoteAmount !== undefined || row.amount === undefined || price === undefined) return {}
  return { against: unitsOf(multiply(price, row.amount)) }
}

function isTrade({ row }: Known): boolean {
  return row.stream === 'spot-trade'
}

/** Trades by when they may have happened, none of them told at a coarser unit than this. */
function openMoments(trades: readonly Known[], unit: number) {
  const units = new Map<number, Set<Known>>()
  const numbersOf = ({ from, to }: Window) => [
    ...new Set([Math.floor(from / unit), Math.floor((to - 1) / unit)]),
  ]
  for (const known of trades)
    for (const number of known.told.instants.flatMap(numbersOf))
      units.set(number, (units.get(number) ?? new Set()).add(known))
  const sides = new Map<Known, readonly Named[]>()
  return (span: Window): readonly Named[] =>
    [...new Set(numbersOf(span).flatMap((number) => [...(units.get(number) ?? [])]))]
      .filter(({ told }) => told.instants.some(({ from, to }) => from < span.to && span.from < to))
      .flatMap((known) => {
        const found = sides.get(known) ?? sidesOf(known)
        sides.set(known, found)
        return found
      })
}

/** The trades of a file, moment by moment. */
function momentsOf(rows: readonly Plain[]) {
  const found = new Map<number, { readonly span: Window; readonly events: Known[] }>()
  for (const { event, span } of rows) {
    const known = found.get(span.from)
    if (known === undefined) found.set(span.from, { span, events: [event] })
    else known.events.push(event)
  }
  return [...found.values()]
}

/** Trades by market and side: one that names no market is of two. */
export function bySide(events: readonly Known[]): ReadonlyMap<string, readonly Side[]> {
  const found = new Map<string, Side[]>()
  for (const { name, side } of events.flatMap(sidesOf)) {
    const known = found.get(name)
    if (known === undefined) found.set(name, [side])
    else known.push(side)
  }
  return found
}

/** The first of these, in their order, that come to as much, found within so many sums. */
function someOf(sides: readonly Side[], whole: Side, most: number) {
  let tried = 0
  const search = (from: number, some: readonly Side[], sum: Sum): readonly Side[] | undefined => {
    if (agree(sum, whole.share) && areOne([whole], some)) return some
    for (let index = from; index < sides.length && tried < most; index += 1) {
      const next = sides[index]
      if (next === undefined) break
      tried += 1
      const more = sumOf([sum, next.share])
      const found = isPartOf(more, whole.share) ? search(index + 1, [...some, next], more) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
  return { some: search(0, [], sumOf([])) ?? [], tried }
}

function areOne(ones: readonly Side[], others: readonly Side[]): boolean {
  if (ones.length === 0 || others.length === 0) return false
  const [a, b] = [ones, others].map((sides) => sumOf(sides.map(({ share }) => share)))
  return a !== undefined && b !== undefined && agree(a, b) && sayNoOtherFee(ones, others)
}

/** Who leaves a fee out says nothing of it. */
function sayNoOtherFee(ones: readonly Side[], others: readonly Side[]): boolean {
  const [a, b] = [feesOf(ones), feesOf(others)]
  if (a === undefined || b === undefined) return true
  return [...new Set([...a.keys(), ...b.keys()])].every((coin) =>
    agree(
      { amount: 0n, against: a.get(coin) ?? 0n, within: 0n },
      { amount: 0n, against: b.get(coin) ?? 0n, within: 0n },
    ),
  )
}

function feesOf(sides: readonly Side[]): ReadonlyMap<string, bigint> | undefined {
  const found = new Map<string, bigint>()
  for (const { known } of sides) {
    const { fee, feeCurrency } = known.row
    if (fee === undefined || (feeCurrency === undefined && !isZero(fee))) return undefined
    const coin = (feeCurrency ?? '').toUpperCase()
    found.set(coin, (found.get(coin) ?? 0n) + unitsOf(fee))
  }
  return found
}

type Sum = Pick<Share<unknown>, 'amount' | 'against' | 'within'>

/** Not more of either coin. */
function isPartOf(part: Sum, whole: Sum): boolean {
  if (part.amount - part.within > whole.amount + whole.within) return false
  if (part.against === undefined || whole.against === undefined) return true
  return part.against * 10_000n <= whole.against * 10_001n
}

function alike(sides: readonly Side[], nameOf: (side: Side) => string | undefined) {
  const found = new Map<string, Side[]>()
  for (const side of sides) {
    const name = nameOf(side)
    if (name === undefined) continue
    const known = found.get(name)
    if (known === undefined) found.set(name, [side])
    else known.push(side)
  }
  return [...found.values()].map((some) => ({ sides: some, sum: sumOf(some.map(({ share }) => share)) }))
}
