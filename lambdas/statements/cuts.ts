import { isoTime } from '../domain/outward.ts'
import type { Transaction } from '../domain/transaction.ts'
import { day, union, type Window } from '../domain/window.ts'
import type { Grain, Granularity, StatementRow } from './row.ts'
import { pairOf } from './told.ts'

/** How far from a row what it may tell of can lie, on both sides, beside its unit: an order's fills, a transfer under way. */
const reach: Readonly<Record<Granularity, number>> = {
  fill: 0,
  order: day,
  transfer: 0,
  ledger: 3 * day,
  position: 0,
}

/** So many stretches wait before they are put together: a history may have millions of moments. */
const mostWaiting = 20_000

/**
 * Looks at every row once, in any order, and keeps none: where a history can be divided so that no row tells of one in another part.
 * Those are the first quiet moments of each month (UTC); an order lies in one part with all of its fills.
 */
export function openCuts() {
  let busy: Window[] = []
  let most = mostWaiting
  const orders = new Map<number, Window>()

  function seeBusy(window: Window): void {
    busy.push(window)
    if (busy.length < most) return
    busy = [...union(busy)]
    most = mostWaiting + busy.length
  }

  function seeOrder(row: Transaction | StatementRow, time: number): void {
    if (row.orderId === undefined) return
    const name = numberOf(JSON.stringify([row.stream, row.orderId, pairOf(row)]))
    const known = orders.get(name)
    if (known === undefined) orders.set(name, { from: time, to: time + 1 })
    else if (time < known.from || time >= known.to)
      orders.set(name, { from: Math.min(known.from, time), to: Math.max(known.to, time + 1) })
  }

  return {
    served(row: Transaction): void {
      seeBusy({ from: row.time, to: row.time + 1_000 })
      seeOrder(row, row.time)
    },
    told(row: StatementRow, { unit, granularity }: Pick<Grain, 'unit' | 'granularity'>): void {
      seeBusy(extentOf(row, 2 * unit + reach[granularity]))
      seeOrder(row, row.times[0])
    },
    /** The beginning of all, and of each part after the first. */
    result: (): readonly number[] => cutsIn(union(busy, [...orders.values()])),
  }
}

/** Two names that meet in one number only make a part longer. */
function numberOf(text: string): number {
  let [a, b] = [0x811c9dc5, 0x2f6b1a4d]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff)
}

function extentOf(row: StatementRow, around: number): Window {
  const held = row.openWall === undefined ? 0 : Math.max(0, row.wall - row.openWall)
  return { from: row.times[0] - held - around, to: (row.times[1] ?? row.times[0]) + around }
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
