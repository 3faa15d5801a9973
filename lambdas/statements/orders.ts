import type { Share } from '../domain/add-up.ts'
import { add, canonical, isZero, negate, sign } from '../domain/amount.ts'
import { compareBytes } from '../domain/byte-order.ts'
import { type Amount, identityOf, type Transaction } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import { day } from '../domain/window.ts'
import type { Assignment } from './assign.ts'
import {
  type Contradiction,
  decimalsOf,
  eventOf,
  isProven,
  type Known,
  type Proven,
  type Settled,
} from './known.ts'
import { countIn, type Group, type Layer, placesOf, rowKey } from './layers.ts'
import { type MergedRow, transactionFields } from './merged-row.ts'
import type { NumberField } from './row.ts'
import { isTurnable, pairOf, toldByFile, turnedRow } from './told.ts'
import { matchLedger, mayTell } from './told-moments.ts'

/** How long before and after the time of its order a fill may be: what an order's time tells, no statement says. */
const filledWithin = 30 * day

/** How near to an order finer rows tell of the same interval. */
export const interval = day

/**
 * What orders tell that their fills do not. An order is the sum of its fills, whenever they happened: those that are known are
 * subtracted, and the rest is one row, which shrinks as fills come. Orders whose fills cannot be told count only where no fills are known.
 */
export function settleOrders(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
): Settled {
  const fresh: Known[] = []
  const open: Known[] = []
  const contradictions: Contradiction[] = []
  let known = 0
  const fills = byOrderId(finer)
  const times = timesOf(finer)
  const indexOf = new Map(layer.groups.map((group, index) => [group, index]))
  const isTaken = (group: Group) => (found.taken.get(indexOf.get(group) ?? -1) ?? 0) >= group.count
  for (const [, orders] of ordersOf(layer.groups)) {
    const [{ row }] = orders
    const filled = fills.get(nameOf(row) ?? '') ?? []
    const rest = restOf(layer, orders, filled)
    const places = orders.flatMap(placesOf)
    // A trade that names no order, as spreadsheets write them, and says all that the order does, is the order.
    if (filled.length === 0 && orders.every(isTaken)) known += 1
    else if (rest === 'more') contradictions.push({ why: 'beyond-order', row, count: 1, places })
    else if (rest === 'nothing') known += 1
    else if (hasSize(rest) && isLongProven(row, proven, layer))
      contradictions.push({ why: 'unserved', row, count: 1, places })
    else {
      if (filled.length > 0) known += 1
      open.push({
        row: { ...rest, places },
        told: toldByFile(row, layer.grain, found.rule),
        decimals: layer.grain.decimals,
      })
    }
  }
  const nameless = toldByNameless(open, finer, found)
  known += nameless.told.size
  for (const one of open) if (!nameless.told.has(one)) fresh.push(nameless.doubted(one))
  layer.groups.forEach((group, index) => {
    const { row } = group
    if (nameOf(row) !== undefined) return
    const taken = found.taken.get(index) ?? 0
    known += taken
    const left = group.count - taken
    if (left === 0) return
    const near = times.get(pairName(row)) ?? []
    const why = near.some((time) => row.times.some((one) => Math.abs(one - time) <= interval))
      ? 'no-common-id'
      : isProven(row, layer.grain, found.rule, proven)
        ? 'unserved'
        : undefined
    if (why !== undefined) contradictions.push({ why, row, count: left, places: placesOf(group) })
    else
      for (let ordinal = 1; ordinal <= left; ordinal += 1)
        fresh.push(eventOf(layer, group, ordinal, found.rule))
  })
  return { fresh, contradictions, known }
}

/** The orders that fills of their market and side add up to which name no order, as spreadsheets write them. */
function toldByNameless(open: readonly Known[], finer: readonly Known[], { groupOf }: Assignment) {
  const told = new Set<Known>()
  const used = new Set<Known>()
  const fills = groupedBy(
    finer
      .filter(({ row }, index) => row.orderId === undefined && groupOf[index] === undefined)
      .flatMap(waysOf),
    ({ seen }) => sideName(seen.row),
  )
  const ofSide = (name: string) => (fills.get(name) ?? []).filter(({ known }) => !used.has(known))
  for (const [name, orders] of groupedBy(open, ({ row }) => sideName(row))) {
    const others = ofSide(name)
    if (others.length === 0) continue
    const found = matchLedger(
      orders.flatMap((one) => sharesOf(one, one)),
      others.flatMap(({ known, seen }) => sharesOf({ known }, seen)),
    )
    for (const one of found.ones) told.add(one)
    for (const { known } of found.others) used.add(known)
  }
  return {
    told,
    /** Beside fills that may be of it, and whose amounts do not show it. */
    doubted(one: Known): Known {
      const { row } = one
      const size = (of: Known) => unitsOf(of.row.amount ?? of.row.contracts ?? '0')
      const span = { from: row.time, to: row.time + 1 }
      const mayBeTwice = ofSide(sideName(row)).some(
        ({ seen }) => mayTell(seen, span) && size(seen) > 0n && size(seen) <= size(one),
      )
      return mayBeTwice && 'places' in row ? { ...one, row: { ...row, mayBeTwice } } : one
    },
  }
}

/** A trade that names no market is one of either of its coins: sold for the other, or bought with it. */
function waysOf(known: Known): readonly { readonly known: Known; readonly seen: Known }[] {
  const { row, decimals = {} } = known
  const { amount: cut, quoteAmount: cutOfQuote } = decimals
  const asIs = { known, seen: known }
  if (!isTurnable(row) || row.quoteAmount === undefined) return [asIs]
  const turnedCuts = {
    ...(cut !== undefined && { quoteAmount: cut }),
    ...(cutOfQuote !== undefined && { amount: cutOfQuote }),
  }
  return [asIs, { known, seen: { ...known, row: turnedRow(row), decimals: turnedCuts } }]
}

function sideName(row: Known['row']): string {
  return identityOf(pairName(row), row.side ?? '')
}

function groupedBy<T>(list: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const one of list) {
    const known = found.get(nameOf(one))
    if (known === undefined) found.set(nameOf(one), [one])
    else known.push(one)
  }
  return found
}

function sharesOf<T>(of: T, known: Known): readonly Share<T>[] {
  const { time, amount, contracts, quoteAmount } = known.row
  const size = amount ?? contracts
  if (size === undefined || sign(size) <= 0) return []
  const decimals = decimalsOf(known, amount === undefined ? 'contracts' : 'amount')
  const within = decimals === undefined ? 0n : unitOf(decimals)
  const against = quoteAmount === undefined ? {} : { against: unitsOf(quoteAmount) }
  return [{ of, window: { from: time, to: time + 1 }, at: time, amount: unitsOf(size), ...against, within }]
}

function isLongProven(row: Group['row'], proven: Proven, { grain }: Layer): boolean {
  return row.times.every((time) =>
    proven(row, { from: time - filledWithin, to: time + grain.unit + filledWithin }),
  )
}

/** An order's id is counted by the exchange, or by each of its markets. */
function nameOf(
  row: Pick<Transaction, 'orderId' | 'symbol' | 'base' | 'quote'> & { readonly stream: string },
) {
  return row.orderId === undefined ? undefined : identityOf(row.stream, row.orderId, pairOf(row) ?? '')
}

function pairName(row: Pick<Transaction, 'symbol' | 'base' | 'quote'> & { readonly stream: string }): string {
  return identityOf(row.stream, pairOf(row) ?? '')
}

function byOrderId(finer: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const found = new Map<string, Known[]>()
  for (const one of finer) {
    const name = nameOf(one.row)
    if (name === undefined) continue
    const known = found.get(name)
    if (known === undefined) found.set(name, [one])
    else known.push(one)
  }
  return found
}

function timesOf(finer: readonly Known[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (const { row } of finer) {
    const known = found.get(pairName(row))
    if (known === undefined) found.set(pairName(row), [row.time])
    else known.push(row.time)
  }
  return found
}

type Orders = readonly [Group, ...Group[]]

/** A file that was made while an order was still being filled tells less of it than a later one: the same order all the same. */
function ordersOf(groups: readonly Group[]): ReadonlyMap<string, Orders> {
  const found = new Map<string, [Group, ...Group[]]>()
  for (const group of groups) {
    const name = nameOf(group.row)
    if (name === undefined) continue
    const known = found.get(name)
    if (known === undefined) found.set(name, [group])
    else known.push(group)
  }
  return found
}

/** The lines of the reading that tells the most of an order: as a rule one. */
function fullest(orders: Orders): readonly [Group['row'], ...Group['row'][]] {
  const linesOf = (reading: number) =>
    orders.flatMap((order) => Array.from({ length: countIn(order, reading) }, () => order.row))
  const readings = new Set(orders.flatMap(({ tellings }) => tellings.map((one) => one.reading)))
  const [first, ...more] =
    [...readings].map(linesOf).sort((a, b) => compareSums(a, b) || compareBytes(keysOf(a), keysOf(b)))[0] ??
    []
  return first === undefined ? [orders[0].row] : [first, ...more]
}

function compareSums(a: readonly Group['row'][], b: readonly Group['row'][]): number {
  const [one, other] = [a, b].map((lines) => sumOf(lines.map((line) => line.amount ?? line.contracts)) ?? '0')
  return sign(add(other ?? '0', negate(one ?? '0')))
}

function keysOf(lines: readonly Group['row'][]): string {
  return lines.map(rowKey).sort(compareBytes).join(' ')
}

/** What of an order its fills do not tell: the fullest telling of it, less them. */
function restOf(layer: Layer, orders: Orders, fills: readonly Known[]): MergedRow | 'nothing' | 'more' {
  const lines = fullest(orders)
  const [row] = lines
  const place = {
    stream: row.stream,
    time: row.times[0],
    identity: identityOf('order', row.orderId ?? '', pairOf(row) ?? ''),
    precision: layer.grain.unit,
    places: [],
  }
  if (fills.length === 0 && lines.length === 1) return { ...transactionFields(row), ...place }
  const size = lines.every(({ amount }) => amount !== undefined) ? 'amount' : 'contracts'
  const rest = (field: NumberField): Amount | undefined => {
    const told = sumOf(lines.map((line) => line[field]))
    const known = sumOf(fills.map((fill) => amountIn(fill, field)))
    return told === undefined || known === undefined ? undefined : canonical(add(told, negate(known)))
  }
  const left = rest(size)
  const inOneCoin = fills.every((fill) => fill.row.feeCurrency === row.feeCurrency)
  const fee = inOneCoin ? rest('fee') : undefined
  // Fills that do not say how much they were of: whoever adds the order to them may count it twice.
  if (left === undefined) return 'nothing'
  if (isWithin(left, tolerance(layer, fills, size))) {
    const profit = unsaidProfit(lines, fills)
    return profit === undefined
      ? 'nothing'
      : { ...moneyOf(row), ...profit, ...(fee !== undefined && { fee: '0' }), ...place, derived: 'order' }
  }
  if (sign(left) < 0) return 'more'
  const [quoteAmount, realizedPnl] = [rest('quoteAmount'), rest('realizedPnl')]
  return {
    ...moneyOf(row),
    ...(size === 'amount' ? { amount: left } : { contracts: left }),
    ...(quoteAmount !== undefined && sign(quoteAmount) >= 0 && { quoteAmount }),
    ...(fee !== undefined && { fee }),
    ...(realizedPnl !== undefined && { realizedPnl }),
    ...place,
    derived: 'order',
  }
}

const ofSize = ['price', 'amount', 'contracts', 'quoteAmount'] as const

function moneyOf(row: Group['row']) {
  return without(transactionFields(row), [...ofSize, 'fee', 'realizedPnl'])
}

function hasSize({ amount, contracts }: MergedRow): boolean {
  return amount !== undefined || contracts !== undefined
}

/** What an order made that its fills do not say, as an exchange says profits of its youngest fills alone: absent if they say all. */
function unsaidProfit(
  lines: readonly Group['row'][],
  fills: readonly Known[],
): Pick<MergedRow, 'realizedPnl'> | undefined {
  if (fills.every(({ row }) => row.realizedPnl !== undefined)) return undefined
  const all = sumOf(lines.map((line) => line.realizedPnl))
  if (all === undefined) return undefined
  const said = fills.reduce((sum, { row }) => add(sum, row.realizedPnl ?? '0'), '0')
  const realizedPnl = canonical(add(all, negate(said)))
  return isZero(realizedPnl) ? undefined : { realizedPnl }
}

function without<T extends object, Name extends keyof T>(fields: T, names: readonly Name[]): Omit<T, Name> {
  const rest = { ...fields }
  for (const name of names) delete rest[name]
  return rest
}

function amountIn({ row }: Known, field: NumberField): Amount | undefined {
  switch (field) {
    case 'amount':
    case 'contracts':
    case 'quoteAmount':
    case 'fee':
    case 'realizedPnl':
      return row[field]
    default:
      return undefined
  }
}

/** Undefined where one of them is not known. */
function sumOf(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  return amounts.reduce<Amount | undefined>(
    (sum, amount) => (sum === undefined || amount === undefined ? undefined : add(sum, amount)),
    '0',
  )
}

/** Each number that was cut may be off by one of its last decimals. */
function tolerance({ grain }: Layer, fills: readonly Known[], field: NumberField): bigint {
  const cuts = [grain.decimals[field], ...fills.map((fill) => decimalsOf(fill, field))]
  return cuts.reduce((sum, decimals) => (decimals === undefined ? sum : sum + unitOf(decimals)), 0n)
}

function isWithin(amount: Amount, most: bigint): boolean {
  const units = unitsOf(amount)
  return (units < 0n ? -units : units) <= most
}
