import type { Transaction } from '../domain/transaction.ts'
import { hour, minute, union } from '../domain/window.ts'
import { assign } from './assign.ts'
import { layersOf } from './layers.ts'
import type { Reading, StatementRow } from './row.ts'
import { type Told, toldByApi } from './told.ts'

/** How a file's clock seems to be off: its times are this much later than those of the API, milliseconds. */
export type Shift = { readonly by: number; readonly matched: number; readonly of: number }

/** Fewer rows may agree by chance. */
const fewest = 5
const enough = 0.9

/** Every clock of the world differs from every other by a multiple of this, and by no more than that. */
const step = 15 * minute
export const furthestShift = 26 * hour

/** So many of the API's rows, one after another, say it as well as all of them. */
const sample = 60

/** Which of so many of the API's rows are compared, counted in the order of time. */
export function middleOf(count: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.floor((count - sample) / 2))
  return { from, to: from + sample }
}

/**
 * The clock by which a file agrees with the API, where it hardly does by its own: undefined where it does, or where too little is told by
 * both. Orders have no times that could be compared with those of fills.
 */
export function findShift(whole: Reading, api: readonly Transaction[]): Shift | undefined {
  if (whole.grain.granularity === 'order' || whole.grain.granularity === 'position') return undefined
  const unit = api.every(({ time }) => time % 1_000 === 0) ? 1_000 : 1
  const streams = new Set(whole.rows.map(({ stream }) => stream))
  const times = whole.rows.map(({ times: [time] }) => time)
  const [first, last] = [least(times), greatest(times)]
  const inReach = api
    .filter(
      ({ stream, time }) =>
        streams.has(stream) && time >= first - furthestShift && time <= last + furthestShift,
    )
    .sort((a, b) => a.time - b.time)
  const middle = middleOf(inReach.length)
  const chosen = inReach.slice(middle.from, middle.to)
  const near = union(chosen.map(({ time }) => ({ from: time - furthestShift, to: time + furthestShift })))
  const nearby = {
    ...whole,
    rows: whole.rows.filter(({ times: [time] }) => near.some(({ from, to }) => time >= from && time < to)),
  }
  const served = chosen.map((row) => toldByApi(row, unit))
  const declared = agreement(nearby, served, 0)
  if (declared.of >= fewest && declared.matched >= enough * declared.of) return undefined
  const found = shifts()
    .map((by): Shift => ({ by, ...agreement(nearby, served, by) }))
    .filter(({ matched, of }) => of >= fewest && matched >= enough * of)
    .sort((a, b) => b.matched - a.matched || Math.abs(a.by) - Math.abs(b.by))
  return found[0]
}

function shifts(): readonly number[] {
  const count = furthestShift / step
  return Array.from({ length: 2 * count + 1 }, (_, index) => (index - count) * step).filter((by) => by !== 0)
}

/** How many of the API's rows within the file's time the file tells, if its clock is late by so much. */
function agreement(reading: Reading, served: readonly Told[], by: number) {
  const rows = reading.rows.map((row) => shifted(row, -by))
  const times = rows.map(({ times: [time] }) => time)
  const [first, last] = [least(times), greatest(times) + reading.grain.unit]
  const within = served.filter(({ instants }) =>
    instants.every(({ from, to }) => from >= first && to <= last),
  )
  const matched = layersOf([{ ...reading, rows }]).reduce(
    (sum, layer) => sum + assign(within, layer).matched,
    0,
  )
  return { matched, of: within.length }
}

function shifted(row: StatementRow, by: number): StatementRow {
  const [first, second] = row.times
  return { ...row, times: second === undefined ? [first + by] : [first + by, second + by] }
}

function least(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
}

function greatest(times: readonly number[]): number {
  return times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
}
