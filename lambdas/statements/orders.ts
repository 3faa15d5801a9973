import { isZero } from '../domain/amount.ts'
import type { Assignment } from './assign.ts'
import type { Contradiction, Known, Proven, Settled } from './known.ts'
import { type Group, type Layer, placesOf } from './layers.ts'
import type { MergedRow } from './merged-row.ts'
import { toldByNameless } from './nameless-fills.ts'
import { settleNamelessOrders } from './nameless-orders.ts'
import { type Orders, orderName, restOf } from './order-rest.ts'
import { toldByFile } from './told.ts'
import { restingFor } from './told-moments.ts'
import { type Together, untoldBeside } from './untold-money.ts'

/**
 * What orders tell that their fills do not. An order is the sum of its fills, whenever they happened: those that are known are
 * subtracted, and the rest is one row, which shrinks as fills come. Where no id says which they are, amounts do.
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
  /** What tells all that was traded of which orders, and may not tell their fees and profits. */
  const toldBy: Together[] = []
  const takers = takersOf(finer, found)
  const indexOf = new Map(layer.groups.map((group, index) => [group, index]))
  const isTaken = (group: Group) => (found.taken.get(indexOf.get(group) ?? -1) ?? 0) >= group.count
  for (const [, orders] of ordersOf(layer.groups)) {
    const [{ row }] = orders
    const filled = fills.get(orderName(row) ?? '') ?? []
    const rest = restOf(layer, orders, filled)
    const places = orders.flatMap(placesOf)
    const knownAs = (told: MergedRow): Known => ({
      row: { ...told, places },
      told: toldByFile(row, layer.grain, found.rule),
      decimals: layer.grain.decimals,
    })
    // A trade that names no order, as spreadsheets write them, and says all that the order does, is the order.
    if (filled.every(isMoneyAlone) && orders.every(isTaken)) {
      known += 1
      const same = orders.flatMap((one) => takers.get(indexOf.get(one) ?? -1) ?? [])
      if (rest.kind === 'rest') toldBy.push({ orders: [knownAs(rest.row)], fills: same })
    } else if (rest.kind === 'more') contradictions.push({ why: 'beyond-order', row, count: 1, places })
    else if (rest.kind === 'told') {
      known += 1
      if (rest.whole !== undefined) toldBy.push({ orders: [knownAs(rest.whole)], fills: filled })
    } else if (isLongProven(row, proven, layer))
      contradictions.push({ why: 'unserved', row, count: 1, places })
    else {
      if (filled.length > 0) known += 1
      open.push(knownAs(rest.row))
    }
  }
  const nameless = toldByNameless(open, finer, found)
  known += nameless.told.size
  for (const one of open) if (!nameless.told.has(one)) fresh.push(nameless.doubted(one))
  const bare = settleNamelessOrders(layer, finer, found, (row) => isLongProven(row, proven, layer))
  known += bare.known
  fresh.push(...bare.fresh)
  contradictions.push(...bare.contradictions)
  fresh.push(...untoldBeside([...toldBy, ...nameless.together, ...bare.together], finer))
  return { fresh, contradictions, known, confirmed: bare.confirmed }
}

/** What another file told of an order beside what was traded. */
function isMoneyAlone({ row }: Known): boolean {
  return isZero(row.amount ?? row.contracts ?? '1')
}

/** Which of the finer rows are events of which group. */
function takersOf(finer: readonly Known[], { groupOf }: Assignment): ReadonlyMap<number, readonly Known[]> {
  const found = new Map<number, Known[]>()
  finer.forEach((one, index) => {
    const group = groupOf[index]
    if (group === undefined) return
    const taken = found.get(group)
    if (taken === undefined) found.set(group, [one])
    else taken.push(one)
  })
  return found
}

function isLongProven(row: Group['row'], proven: Proven, { grain }: Layer): boolean {
  return row.times.every((time) =>
    proven(row, { from: time - restingFor, to: time + grain.unit + restingFor }),
  )
}

function byOrderId(finer: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const found = new Map<string, Known[]>()
  for (const one of finer) {
    const name = orderName(one.row)
    if (name === undefined) continue
    const known = found.get(name)
    if (known === undefined) found.set(name, [one])
    else known.push(one)
  }
  return found
}

/** A file that was made while an order was still being filled tells less of it than a later one: the same order all the same. */
function ordersOf(groups: readonly Group[]): ReadonlyMap<string, Orders> {
  const found = new Map<string, [Group, ...Group[]]>()
  for (const group of groups) {
    const name = orderName(group.row)
    if (name === undefined) continue
    const known = found.get(name)
    if (known === undefined) found.set(name, [group])
    else known.push(group)
  }
  return found
}
