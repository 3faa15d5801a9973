import { compareBytes } from '../domain/byte-order.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import { type Assignment, assign } from './assign.ts'
import { instantsOf } from './exactness.ts'
import { settleFuturesLedger } from './futures-ledgers.ts'
import { type Contradiction, eventOf, isProven, type Known, type Proven, type Settled } from './known.ts'
import { type Layer, layersOf, type Place, placesOf } from './layers.ts'
import { settleLedger } from './ledgers.ts'
import type { MergedRow } from './merged-row.ts'
import { settleOrders } from './orders.ts'
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
  for (const layer of layersOf(readings)) {
    const found = assign(
      all.map(({ told }) => told),
      layer,
    )
    all.forEach(({ row }, index) => {
      const group = layer.groups[found.groupOf[index] ?? -1]
      if (group !== undefined && !('places' in row))
        confirmed.set(keyOf(row), [...(confirmed.get(keyOf(row)) ?? []), ...placesOf(group)])
    })
    const settled = settle(layer, found)
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
        return settleEvents(layer, found, proven, (rows) => toldByFills(rows, all))
      case 'transfer':
        return settleEvents(layer, found, proven, () => new Set())
    }
  }
}

/** What is left of a layer whose rows are events. */
function settleEvents(
  layer: Layer,
  { taken, rule }: Assignment,
  proven: Proven,
  toldOf: (rows: readonly Plain[]) => ReadonlySet<Known>,
): Settled {
  const left: Plain[] = []
  const contradictions: Contradiction[] = []
  let known = 0
  layer.groups.forEach((group, index) => {
    const already = taken.get(index) ?? 0
    known += already
    const rest = group.count - already
    if (rest === 0) return
    if (isProven(group.row, layer.grain, rule, proven)) {
      contradictions.push({ why: 'unserved', row: group.row, count: rest, places: placesOf(group) })
      return
    }
    for (let ordinal = 1; ordinal <= rest; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, rule)
      left.push({ event, span: instantsOf(event.row.time, layer.grain.unit, rule.time) })
    }
  })
  const told = toldOf(left)
  const events = left.map(({ event }) => event)
  return {
    fresh: events.filter((event) => !told.has(event)),
    hidden: events.filter((event) => told.has(event)),
    contradictions,
    known: known + told.size,
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
