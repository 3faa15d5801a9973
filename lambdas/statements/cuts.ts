import { isoTime } from '../domain/outward.ts'
import { isDatedAnew } from '../domain/stream.ts'
import { servedTime, type Transaction } from '../domain/transaction.ts'
import { hour, union, type Window } from '../domain/window.ts'
import { ledgerCause } from './ledger-words.ts'
import { betweenWallets, underWay } from './ledgers.ts'
import { ownPast } from './own-row.ts'
import type { Grain, StatementRow } from './row.ts'
import { betweenDates, pairOf } from './told.ts'
import { orderReach, skew } from './told-moments.ts'

type Manner = Pick<Grain, 'unit' | 'granularity'>

/** So many stretches wait before they are put together: a history may have millions of moments. */
const mostWaiting = 20_000

/** Rows after which the next quiet moment is taken, wherever in a month. */
const mostInPart = 3_000

/** Rows after which a part ends where nothing else may tell of its rows but an order by its amount. */
const mostUnparted = 3 * mostInPart

/** How a history is divided into parts, each of which is merged by itself. */
export type Cuts = {
  /** The beginning of all, and of each part after the first. */
  readonly begins: readonly number[]
  /** Whether the rows of some orders lie in several parts. */
  readonly areOrdersCut: boolean
  /** To be shown every row again, if some do: where the other rows of each part's orders lie, with all that happened around them. */
  readonly openGuests: () => Guests
}

export type Guests = Looking & { readonly result: () => ReadonlyMap<number, readonly Window[]> }

/** Looks at every row once, in any order, and keeps none. */
export type Looking = {
  readonly served: (row: Transaction) => void
  readonly told: (row: StatementRow, grain: Manner) => void
}

/**
 * Where a history can be divided so that no row tells of one in another part: at the first quiet moment of each month (UTC), and after
 * so many rows. Only what has an id reaches beyond such a moment: orders, which meet their fills by it whenever they happened, and transfers
 * that were dated anew.
 */
export function openCuts(most = mostInPart): Looking & { readonly result: () => Cuts } {
  let busy: Window[] = []
  let mostBusy = mostWaiting
  const hours = new Map<number, number>()
  const orders = openOrders()
  const told = { orders: false, bare: false, trades: false, nameless: false, ledgers: false }

  function see(window: Window, time: number): void {
    const hourOf = Math.floor(time / hour)
    hours.set(hourOf, (hours.get(hourOf) ?? 0) + 1)
    busy.push(window)
    if (busy.length < mostBusy) return
    busy = [...union(busy)]
    mostBusy = mostWaiting + busy.length
  }

  return {
    served(row) {
      const dated = servedTime(row)
      see({ from: Math.min(row.time, dated), to: Math.max(row.time, dated) + 1_000 }, row.time)
      orders.see(row, row.time)
    },
    told(row, grain) {
      if (grain.granularity === 'ledger') told.ledgers = true
      else if (grain.granularity === 'order') {
        told.orders = true
        told.bare ||= row.orderId === undefined
      } else if (grain.granularity === 'fill') {
        told.trades ||= row.tradeId === undefined
        told.nameless ||= row.orderId === undefined
      }
      see(extentOf(row, 2 * grain.unit + reachOf(row, grain)), row.times[0])
      orders.see(row, row.times[0])
    },
    result() {
      const quiet = union(busy)
      // Orders are held against a ledger by their amounts, and without an id against all trades, which may lie that far apart.
      const isHeld = told.orders ? told.bare || told.ledgers || told.nameless : told.trades && told.ledgers
      const parted = isHeld ? widened(quiet) : quiet
      const begins = cutsIn(parted, quiet, wishes(hours, most))
      const cut = orders.across((time) => partOf(begins, time))
      return { begins, areOrdersCut: cut.size > 0, openGuests: () => openGuests(quiet, begins, cut) }
    },
  }
}

/** When the rows of each order lie: as a rule all at one moment. */
function openOrders() {
  const moments = new Map<number, number>()
  const longer = new Map<number, Window>()
  return {
    see(row: Transaction | StatementRow, time: number): void {
      const name = bondOf(row)
      if (name === undefined) return
      const first = moments.get(name)
      if (first === undefined) moments.set(name, time)
      else if (first !== time) {
        const { from, to } = longer.get(name) ?? { from: first, to: first }
        longer.set(name, { from: Math.min(from, time), to: Math.max(to, time) })
      }
    },
    /** Those of which some rows lie in another part than others. */
    across: (partOf: (time: number) => number): ReadonlySet<number> =>
      new Set([...longer].flatMap(([name, { from, to }]) => (partOf(from) === partOf(to) ? [] : [name]))),
  }
}

function openGuests(busy: readonly Window[], begins: readonly number[], cut: ReadonlySet<number>): Guests {
  const around = new Map<number, Map<number, Window>>()

  function see(row: Transaction | StatementRow, time: number): void {
    const name = bondOf(row)
    if (name === undefined || !cut.has(name)) return
    const window = busy[lastBefore(busy.length, (index) => (busy[index]?.from ?? 0) <= time)]
    if (window === undefined) return
    const known = around.get(name) ?? new Map<number, Window>()
    known.set(window.from, window)
    around.set(name, known)
  }

  return {
    served: (row) => see(row, row.time),
    told: (row) => see(row, row.times[0]),
    result() {
      const guests = new Map<number, Window[]>()
      for (const windows of around.values()) {
        const placed = [...windows.values()].map((window) => ({ window, part: partOf(begins, window.from) }))
        for (const part of new Set(placed.map((one) => one.part)))
          guests.set(part, [
            ...(guests.get(part) ?? []),
            ...placed.filter((one) => one.part !== part).map(({ window }) => window),
          ])
      }
      return new Map([...guests].map(([part, windows]) => [part, union(windows)]))
    },
  }
}

/** What rows far apart may have in common: their order, or, of a transfer that was dated anew, what the exchange knows it by. */
function bondOf(row: Transaction | StatementRow): number | undefined {
  if (row.orderId !== undefined) return numberOf(JSON.stringify([row.stream, row.orderId, pairOf(row)]))
  const identity = 'identity' in row ? row.identity : row.ownId
  return identity !== undefined && isDatedAnew(row.stream)
    ? numberOf(JSON.stringify([row.stream, identity]))
    : undefined
}

/** Two names that meet in one number only bring a part more guests. */
function numberOf(text: string): number {
  let [a, b] = [0x811c9dc5, 0x2f6b1a4d]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff)
}

/**
 * How far from a row what it may tell of can lie, on both sides, beside its unit. An order that has an id meets its fills by that, whenever
 * they happened, and a change of a ledger what happened with it, unless a transfer is under way: whoever trades every day has quiet moments.
 */
function reachOf(row: StatementRow, { granularity }: Manner): number {
  if (granularity === 'order') return row.orderId === undefined ? orderReach : 0
  if (granularity !== 'ledger') {
    if (row.txId !== undefined) return betweenDates
    return row.stream === 'futures-ledger' || row.stream === 'spot-ledger' ? skew : 0
  }
  switch (ledgerCause(row.type)) {
    case 'deposit':
    case 'withdrawal':
      return underWay
    case 'transfer':
      return betweenWallets
    default:
      return skew
  }
}

function extentOf(row: StatementRow, around: number): Window {
  const held = row.openWall === undefined ? 0 : Math.max(0, row.wall - row.openWall)
  const first = isDatedAnew(row.stream) ? ownPast(row)?.time : undefined
  const [from, to = from] = row.times
  return { from: Math.min(from, first ?? from) - held - around, to: Math.max(to, first ?? to) + around }
}

function widened(busy: readonly Window[]): readonly Window[] {
  const around = orderReach / 2
  return union(busy.map(({ from, to }) => ({ from: from - around, to: to + around })))
}

/** When it should be cut, and the rows since the wish before it. */
type Wish = { readonly time: number; readonly rows: number }

/** Hours at which it should be cut: where a month begins, and after so many rows. */
function wishes(hours: ReadonlyMap<number, number>, most: number): readonly Wish[] {
  const found: Wish[] = []
  let month: string | undefined
  let rows = 0
  for (const [number, count] of [...hours].sort(([a], [b]) => a - b)) {
    const own = isoTime(Math.max(0, number * hour)).slice(0, 'yyyy-mm'.length)
    if (month !== undefined && (own !== month || rows + count > most)) {
      found.push({ time: number * hour, rows })
      rows = 0
    }
    month = own
    rows += count
  }
  return found
}

/**
 * The beginning of all, and for each wish the first moment from then on in which nothing happens, nor an order may be told nearby: unless a
 * part would be too large without one in which nothing happens.
 */
function cutsIn(
  parted: readonly Window[],
  busy: readonly Window[],
  wished: readonly Wish[],
): readonly number[] {
  const [first, last] = [busy[0], busy.at(-1)]
  if (first === undefined || last === undefined) return []
  const cuts = [Math.min(0, first.from)]
  const [partedFrom, quietFrom] = [openQuiet(parted), openQuiet(busy)]
  let rows = 0
  wished.forEach((wish, index) => {
    rows += wish.rows
    const next = wished[index + 1]?.time ?? Number.POSITIVE_INFINITY
    const near = partedFrom(wish.time)
    const quiet = near > next && rows >= mostUnparted ? quietFrom(wish.time) : near
    if (quiet <= Math.max(cuts.at(-1) ?? 0, first.from) || quiet >= last.to) return
    cuts.push(quiet)
    rows = 0
  })
  return cuts
}

/** The first moment from a time on that is in none of these windows; for times that only grow. */
function openQuiet(busy: readonly Window[]): (time: number) => number {
  let index = 0
  return (time) => {
    while ((busy[index]?.to ?? Number.POSITIVE_INFINITY) <= time) index += 1
    const here = busy[index]
    return here !== undefined && here.from < time ? here.to : time
  }
}

/** The index of the part in which a time lies. */
function partOf(begins: readonly number[], time: number): number {
  return lastBefore(begins.length, (index) => (begins[index] ?? 0) <= time)
}

/** The last index of a sorted list for which it still holds, or 0. */
function lastBefore(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
