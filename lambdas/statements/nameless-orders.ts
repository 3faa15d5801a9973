import { agree, matchSums, type Share, sumOf } from '../domain/add-up.ts'
import type { Assignment } from './assign.ts'
import { type Contradiction, eventOf, type Known } from './known.ts'
import { type Group, type Layer, placesOf } from './layers.ts'
import { matchMost } from './match.ts'
import { groupedBy, sharesOf, sideName, waysOf } from './nameless-fills.ts'
import { orderName } from './order-rest.ts'
import { orderReach, orderReaches, restingFor, skew } from './told-moments.ts'
import type { Together } from './untold-money.ts'

/** What was traded of one market and side: the fills that name one order, all together, or one that names none. */
type Traded = { readonly fills: readonly Known[]; readonly name: string | undefined }

type Shares = readonly Share<Traded>[]

/** An order of a layer, and of which of its groups it is. */
type Open = { readonly known: Known; readonly group: Group }

/**
 * What orders without an id tell that finer rows do not. Which fills are theirs only amounts show: those of one order together, or
 * some that name none, of their market and side, within a day. Where amounts do not show it, an order counts, and is in doubt beside fills
 * that may be of it; in time of which the exchange has shown everything, its money is told, or never was.
 */
export function settleNamelessOrders(
  layer: Layer,
  finer: readonly Known[],
  { groupOf, taken, rule }: Assignment,
  isShown: (row: Group['row']) => boolean,
) {
  const contradicted = new Map<Group, Contradiction>()
  const fresh: Known[] = []
  const open: Open[] = []
  let known = 0
  const named = new Set(layer.groups.flatMap(({ row }) => orderName(row) ?? []))
  layer.groups.forEach((group, index) => {
    if (orderName(group.row) !== undefined) return
    const already = taken.get(index) ?? 0
    known += already
    for (let ordinal = 1; ordinal <= group.count - already; ordinal += 1)
      open.push({ known: eventOf(layer, group, ordinal, rule), group })
  })
  const others = finer.filter(({ row }, index) => {
    const name = orderName(row)
    return groupOf[index] === undefined && (name === undefined || !named.has(name))
  })
  const { told, together, isBeside } = toldByAmounts(
    open.map((one) => one.known),
    open.length === 0 ? [] : others,
  )
  for (const { known: one, group } of open) {
    if (told.has(one)) known += 1
    else if (isShown(group.row)) {
      const why = isBeside(one, orderReach) ? 'no-common-id' : 'unserved'
      const count = (contradicted.get(group)?.count ?? 0) + 1
      contradicted.set(group, { why, row: group.row, count, places: placesOf(group) })
    } else fresh.push(isBeside(one, restingFor) ? inDoubt(one) : one)
  }
  const confirmed = together.flatMap(({ orders, fills }) => {
    const places = orders.flatMap(({ row }) => ('places' in row ? row.places : []))
    return fills.map(({ row }) => ({ row, places }))
  })
  return { fresh, contradictions: [...contradicted.values()], known, together, confirmed }
}

function inDoubt(one: Known): Known {
  return 'places' in one.row ? { ...one, row: { ...one.row, mayBeTwice: true } } : one
}

function toldByAmounts(open: readonly Known[], finer: readonly Known[]) {
  const told = new Set<Known>()
  const used = new Set<Known>()
  const together: Together[] = []
  const traded = tradedBySide(finer)
  const ofSide = (name: string) =>
    (traded.get(name) ?? []).filter(({ of }) => of.fills.every((fill) => !used.has(fill)))
  const take = (orders: readonly Known[], some: readonly Traded[]) => {
    const fills = some.flatMap((one) => one.fills)
    for (const order of orders) told.add(order)
    for (const fill of fills) used.add(fill)
    together.push({ orders, fills })
  }
  const sideOf = (known: Known) => sideName({ known, row: known.row })
  for (const [name, known] of groupedBy(open, sideOf)) {
    const orders = known.flatMap(shareOfOrder)
    // Whatever names an order is of no other: the whole of it tells one of them.
    const whole = ofSide(name).filter(({ of }) => of.name !== undefined)
    const nearest = openNearest(whole)
    const placeOf = matchMost(
      orders.length,
      (index) => nearest(orders[index]),
      () => 1,
    )
    placeOf.forEach((place, index) => {
      const [order, one] = [orders[index], whole[place ?? -1]]
      if (order !== undefined && one !== undefined) take([order.of], [one.of])
    })
    const found = matchSums(
      orders.filter(({ of }) => !told.has(of)),
      ofSide(name).filter(({ of }) => of.name === undefined),
      [skew, ...orderReaches],
    )
    for (const { ones, others } of found.matches) take(ones, others)
  }
  const left = new Map<string, Shares>()
  const leftOf = (name: string) => {
    const shares = left.get(name) ?? ofSide(name)
    left.set(name, shares)
    return shares
  }
  return {
    told,
    /** Which orders which of the fills add up to. */
    together,
    /** Whether something was traded within so long of an order that may be a part of it, and is of no other. */
    isBeside(one: Known, reach: number): boolean {
      return shareOfOrder(one).some((order) =>
        leftOf(sideOf(one)).some(
          (part) =>
            distance(order, part) <= reach && part.amount - part.within <= order.amount + order.within,
        ),
      )
    },
  }
}

/** What was traded, by its market and side. */
function tradedBySide(finer: readonly Known[]): ReadonlyMap<string, Shares> {
  const ways = finer.flatMap(waysOf)
  const named = (known: Known) => orderName(known.row)
  const single = ways.filter(({ known }) => named(known) === undefined)
  const found = new Map<string, Share<Traded>[]>()
  const add = (side: string, share: Share<Traded>) => {
    const sofar = found.get(side)
    if (sofar === undefined) found.set(side, [share])
    else sofar.push(share)
  }
  for (const one of single)
    for (const share of sharesOf({ fills: [one.known], name: undefined }, one)) add(sideName(one), share)
  const ofOrder = (one: (typeof ways)[number]) => `${named(one.known)} ${sideName(one)}`
  for (const [name, [first, ...more]] of groupedBy(
    ways.filter(({ known }) => named(known) !== undefined),
    ofOrder,
  )) {
    if (first === undefined) continue
    const all = [first, ...more]
    const shares = all.flatMap((one) => sharesOf(one.known, one))
    if (shares.length > 0)
      add(sideName(first), wholeOf({ fills: all.map(({ known }) => known), name }, shares))
  }
  return found
}

/** All that was traded of one order, from the first to the last of it. */
function wholeOf(of: Traded, shares: readonly Share<unknown>[]): Share<Traded> {
  const froms = shares.map(({ window }) => window.from)
  const from = froms.reduce((first, time) => Math.min(first, time), Number.MAX_SAFE_INTEGER)
  const to = shares.reduce((last, { window }) => Math.max(last, window.to), from)
  return { of, window: { from, to }, at: from, ...sumOf(shares) }
}

function shareOfOrder(known: Known): readonly Share<Known>[] {
  return sharesOf(known, { known, row: known.row, field: 'amount' })
}

/** Which of these come to as much as an order, by how far from its time they are. */
function openNearest(traded: Shares): (order: Share<Known> | undefined) => readonly number[] {
  const bySize = traded
    .map((one, index) => ({ one, index }))
    .sort((a, b) => (a.one.amount < b.one.amount ? -1 : a.one.amount > b.one.amount ? 1 : 0))
  const mostWithin = traded.reduce((most, { within }) => (within > most ? within : most), 0n)
  return (order) => {
    if (order === undefined) return []
    const within = order.within + mostWithin
    const found: { readonly index: number; readonly far: number }[] = []
    for (let place = firstFrom(bySize, order.amount - within); place < bySize.length; place += 1) {
      const next = bySize[place]
      if (next === undefined || next.one.amount > order.amount + within) break
      const far = distance(order, next.one)
      if (far <= orderReach && agree(order, next.one)) found.push({ index: next.index, far })
    }
    return found.sort((a, b) => a.far - b.far || a.index - b.index).map(({ index }) => index)
  }
}

/** The first place of a list in order of size from which on all are as large. */
function firstFrom(bySize: readonly { readonly one: Share<Traded> }[], amount: bigint): number {
  let [low, high] = [0, bySize.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((bySize[middle]?.one.amount ?? 0n) < amount) low = middle + 1
    else high = middle
  }
  return low
}

/** How far an order's time is from the first to the last of what was traded. Milliseconds. */
function distance({ at }: Share<Known>, { window }: Share<Traded>): number {
  return Math.max(0, window.from - at, at - window.to + 1)
}
