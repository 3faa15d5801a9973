import { compareBytes } from '../domain/byte-order.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import { type Assignment, assign } from './assign.ts'
import { instantsOf } from './exactness.ts'
import { settleFuturesLedger } from './futures-ledgers.ts'
import { joinedFills } from './joined-fills.ts'
import { type Contradiction, eventOf, isProven, type Known, type Proven, type Settled } from './known.ts'
import { type Group, type Layer, layersOf, type Place, placesOf } from './layers.ts'
import { settleLedger } from './ledgers.ts'
import type { MergedRow } from './merged-row.ts'
import { settleOrders } from './orders.ts'
import { withoutJoined } from './parted-tellings.ts'
import { settlePositions } from './positions.ts'
import type { Reading } from './row.ts'
import { toldByApi } from './told.ts'
import { type Plain, toldByFills } from './told-by-fills.ts'

export type Sources = {
  /** Every row of the time that is merged that the API has served. */
  readonly api: readonly Transaction[]
  readonly readings: readonly Reading[]
  readonly proven: Proven
}

export type Merged = {
  /** What files add to the API's rows, in the order of time. */
  readonly rows: readonly MergedRow[]
  /** The rows of the API that a file tells too, by `keyOf`, with the lines that do. */
  readonly confirmed: ReadonlyMap<string, readonly Place[]>
  readonly contradictions: readonly Contradiction[]
  /** How many events of the files something finer tells already. */
  readonly known: number
}

/**
 * The history that API and files tell together: each event once. The API's rows first, then files from fine to coarse, of which each
 * adds the events that nothing finer tells. The same for every order of rows and readings.
 */
export function merge({ api, readings, proven }: Sources): Merged {
  const unit = api.every(({ time }) => time % 1_000 === 0) ? 1_000 : 1
  const served = api.map((row): Known => ({ row, told: toldByApi(row, unit) }))
  const all: Known[] = [...served].sort(byOrder)
  const confirmed = new Map<string, Place[]>()
  const rows: MergedRow[] = []
  const contradictions: Contradiction[] = []
  const identities = new Set(api.map(nameOf))
  let known = 0
  for (const told of layersOf(readings)) {
    const layer = withoutJoined(told)
    known += eventsIn(told) - eventsIn(layer)
    const found = assign(
      all.map(({ told }) => told),
      layer,
    )
    all.forEach(({ row }, index) => {
      const group = layer.groups[found.groupOf[index] ?? -1]
      if (group !== undefined) confirm(row, placesOf(group))
    })
    const settled = settle(layer, found)
    for (const { row, places } of settled.confirmed ?? []) confirm(row, places)
    for (const one of settled.fresh) {
      if (!('places' in one.row)) continue
      const row = named(one.row, identities)
      identities.add(nameOf(row))
      rows.push(row)
    }
    contradictions.push(...settled.contradictions)
    known += settled.known
    for (const one of settled.fresh) all.push(one)
    for (const one of settled.hidden ?? []) all.push(one)
  }
  return { rows: rows.sort(byTime), confirmed, contradictions, known }

  function confirm(row: Known['row'], places: readonly Place[]): void {
    if ('places' in row) return
    confirmed.set(keyOf(row), [...(confirmed.get(keyOf(row)) ?? []), ...places])
  }

  function settle(layer: Layer, found: Assignment): Settled {
    switch (layer.grain.granularity) {
      case 'order':
        return settleOrders(layer, all, found, proven)
      case 'position':
        return settlePositions(layer, all, found, proven)
      case 'ledger':
        return layer.isOfWallet
          ? settleLedger(layer, all, found, proven)
          : settleFuturesLedger(layer, all, found, proven)
      case 'fill':
      case 'transfer':
        return settleEvents(layer, all, found, proven)
    }
  }
}

function eventsIn({ groups }: Layer): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

/** What is left of a layer whose rows are events. */
function settleEvents(
  layer: Layer,
  finer: readonly Known[],
  { taken, groupOf, rule }: Assignment,
  proven: Proven,
): Settled {
  const left: (Plain & { readonly group: Group })[] = []
  let known = 0
  layer.groups.forEach((group, index) => {
    const already = taken.get(index) ?? 0
    known += already
    for (let ordinal = 1; ordinal <= group.count - already; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, rule)
      left.push({ event, span: instantsOf(event.row.time, layer.grain.unit, rule.time), group })
    }
  })
  const parts = joinedFills(
    left,
    finer.filter((_, index) => groupOf[index] === undefined),
    layer.grain.unit,
  )
  const unserved = new Map<Group, number>()
  const open = left.filter(({ event, group }) => {
    if (parts.told.has(event)) return false
    if (!isProven(group.row, layer.grain, rule, proven)) return true
    unserved.set(group, (unserved.get(group) ?? 0) + 1)
    return false
  })
  const told = toldByFills(open, finer)
  return {
    fresh: open.flatMap((one) => (told.has(one.event) ? [] : [parts.doubted(one)])),
    // What tells fills in other parts is not among these: of both, those fills tell a coarser layer what moved.
    hidden: open.flatMap(({ event }) => (told.has(event) ? [event] : [])),
    confirmed: parts.joined.flatMap(({ rows, fills }) => {
      const places = rows.flatMap(({ row }) => ('places' in row ? row.places : []))
      return fills.map(({ row }) => ({ row, places }))
    }),
    contradictions: [...unserved].map(([group, count]) => ({
      why: 'unserved',
      row: group.row,
      count,
      places: placesOf(group),
    })),
    known: known + parts.told.size + told.size,
  }
}

/** Rows of two streams may have one time and one id. */
function nameOf(row: Pick<Transaction, 'stream' | 'time' | 'identity'>): string {
  return `${row.stream} ${keyOf(row)}`
}

/** A row whose ids somebody else's row has already, as when an exchange gave them twice, is told apart by what it says. */
function named(row: MergedRow, taken: ReadonlySet<string>): MergedRow {
  let unique = row
  for (let more = 2; taken.has(nameOf(unique)); more += 1)
    unique = { ...row, identity: `${row.identity}|${more}` }
  return unique
}

/** Which of several that fit is taken first must not depend on how they came; whoever has an id chooses first. */
function byOrder(a: Known, b: Known): number {
  const withId = ({ row }: Known) => (row.tradeId === undefined ? 1 : 0)
  return withId(a) - withId(b) || a.row.time - b.row.time || compareBytes(a.row.identity, b.row.identity)
}

function byTime(a: MergedRow, b: MergedRow): number {
  return a.time - b.time || compareBytes(a.stream, b.stream) || compareBytes(a.identity, b.identity)
}
