import { isoTime } from '../domain/outward.ts'
import type { Transaction } from '../domain/transaction.ts'
import { day, union, type Window } from '../domain/window.ts'
import { tradeTimeOf } from './ledgers.ts'
import type { Sources } from './merge.ts'
import type { Granularity, Reading, StatementRow } from './row.ts'
import { pairOf } from './told.ts'

/** A stretch of time none of whose rows can be told by a row of another: it is merged by itself. */
export type Block = Sources & { readonly window: Window }

/** How far from a row what it may tell of can lie, on both sides, beside its unit: an order's fills, a transfer under way. */
const reach: Readonly<Record<Granularity, number>> = {
  fill: 0,
  order: day,
  transfer: 0,
  ledger: 3 * day,
  position: 0,
}

/**
 * Divides what is to be merged at the first quiet moment of each month (UTC), so that a change touches the months around it, and a
 * merge needs the memory of one. An order lies in one block with all of its fills.
 */
export function blocksOf({ api, readings, proven }: Sources): readonly Block[] {
  const busy = union([
    ...api.map(({ time }) => ({ from: time, to: time + 1_000 })),
    ...readings.flatMap(({ grain, rows }) =>
      rows.map((row) => extentOf(row, 2 * grain.unit + reach[grain.granularity])),
    ),
    ...ordersOf(api, readings),
  ])
  const cuts = cutsIn(busy)
  const blockAt = (time: number) => lastBefore(cuts, time)
  const apiOf = grouped(api, ({ time }) => blockAt(time))
  const rowsOf = readings.map(({ rows }) => grouped(rows, ({ times: [time] }) => blockAt(time)))
  const tradeTime = tradeTimeOf(readings)
  return cuts.flatMap((from, index) => {
    const own = readings.map((reading, number) => ({ ...reading, rows: rowsOf[number]?.get(index) ?? [] }))
    const served = apiOf.get(index) ?? []
    if (served.length === 0 && own.every(({ rows }) => rows.length === 0)) return []
    const window = { from, to: cuts[index + 1] ?? Number.POSITIVE_INFINITY }
    return [{ window, api: served, readings: own, proven, tradeTime }]
  })
}

function extentOf(row: StatementRow, around: number): Window {
  const held = row.openWall === undefined ? 0 : Math.max(0, row.wall - row.openWall)
  return { from: row.times[0] - held - around, to: (row.times[1] ?? row.times[0]) + around }
}

/** From the first to the last that is told of each order. */
function ordersOf(api: readonly Transaction[], readings: readonly Reading[]): readonly Window[] {
  const orders = new Map<string, Window>()
  const see = (row: Transaction | StatementRow, time: number) => {
    if (row.orderId === undefined) return
    const name = JSON.stringify([row.stream, row.orderId, pairOf(row)])
    const { from, to } = orders.get(name) ?? { from: time, to: time }
    orders.set(name, { from: Math.min(from, time), to: Math.max(to, time + 1) })
  }
  for (const row of api) see(row, row.time)
  for (const { rows } of readings) for (const row of rows) see(row, row.times[0])
  return [...orders.values()]
}

/** The beginning of all, and the first moment of each month in which nothing happens. */
function cutsIn(busy: readonly Window[]): readonly number[] {
  const [first, last] = [busy[0], busy.at(-1)]
  if (first === undefined || last === undefined) return []
  const cuts = [Math.min(0, first.from)]
  let index = 0
  for (let month = nextMonth(first.from); month < last.to; month = nextMonth(month)) {
    while ((busy[index]?.to ?? Number.POSITIVE_INFINITY) <= month) index += 1
    const here = busy[index]
    const quiet = here !== undefined && here.from < month ? here.to : month
    if (quiet > (cuts.at(-1) ?? 0) && quiet < last.to) cuts.push(quiet)
  }
  return cuts
}

function nextMonth(time: number): number {
  const inMonth = (at: number) => isoTime(Math.max(0, at)).slice(0, 'yyyy-mm'.length)
  let next = (Math.floor(time / day) + 1) * day
  while (inMonth(next) === inMonth(time)) next += day
  return next
}

/** The index of the last of these that is not after a time. */
function lastBefore(cuts: readonly number[], time: number): number {
  let [low, high] = [0, cuts.length]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if ((cuts[middle] ?? 0) <= time) low = middle
    else high = middle
  }
  return low
}

function grouped<T>(list: readonly T[], groupOf: (one: T) => number): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>()
  for (const one of list) {
    const known = groups.get(groupOf(one))
    if (known === undefined) groups.set(groupOf(one), [one])
    else known.push(one)
  }
  return groups
}
