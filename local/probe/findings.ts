import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, type Window } from '../../lambdas/domain/window.ts'
import { type Answer, type Lab, saysSize } from './lab.ts'

/** What is known of a partition before anything is tried: windows of recent time, newest first, with what they hold. */
export type Survey = readonly Tile[]
type Tile = { readonly window: Window; readonly answer: Answer }

/** A sentence's end that tells what was found; undefined where the account has not enough rows to tell. */
type Experiment = (lab: Lab, survey: Survey) => Promise<string | undefined>

/** How far back it is looked. */
const surveyed = 800 * day

/** Stops where so many windows in a row were refused or held rows of other times: there is nothing more to be had. */
const enough = 3

export async function survey(lab: Lab, isOver: () => boolean): Promise<Survey> {
  const { maxSpan } = lab.definition
  const tiles: Tile[] = []
  let beyond = 0
  for (let to = lab.now; to > lab.now - surveyed && beyond < enough && !isOver(); to -= maxSpan) {
    const window = { from: to - maxSpan, to }
    const answer = await lab.window(window)
    tiles.push({ window, answer })
    beyond = isBeyond(answer, window, lab) ? beyond + 1 : 0
  }
  return tiles
}

function rowsOf(answer: Answer): readonly Transaction[] {
  return 'rows' in answer ? answer.rows : []
}

function inside({ definition: { unit } }: Lab, { from, to }: Window) {
  return ({ time }: Transaction) => time >= from - unit && time < to + unit
}

/** Refused, or answered with rows of other times. */
function isBeyond(answer: Answer, window: Window, lab: Lab): boolean {
  return 'refused' in answer || answer.rows.some((row) => !inside(lab, window)(row))
}

/** Where what is served ends, to the hour: the last window that was answered rightly, and the first that was not. */
const reach: Experiment = async (lab, tiles) => {
  const rows = tiles.flatMap(({ window, answer }) => (isBeyond(answer, window, lab) ? [] : rowsOf(answer)))
  const oldest = rows.reduce((first, { time }) => Math.min(first, time), Number.POSITIVE_INFINITY)
  const served = Number.isFinite(oldest) ? `a row of ${daysAgo(lab, oldest)} was served` : 'no row was served'
  const index = tiles.findIndex(({ window, answer }) => isBeyond(answer, window, lab))
  const first = tiles[index]
  if (first === undefined) return `${served}, and nothing older was refused`
  let [good, bad] = [tiles[index - 1]?.window.from ?? lab.now, first.window.from]
  let { answer } = first
  while (good - bad > hour) {
    const from = Math.floor((good + bad) / 2 / lab.definition.unit) * lab.definition.unit
    const window = { from, to: Math.min(lab.now, from + lab.definition.maxSpan) }
    const tried = await lab.window(window)
    if (isBeyond(tried, window, lab)) {
      bad = from
      answer = tried
    } else good = from
  }
  const how = 'refused' in answer ? `is refused: ${answer.refused}` : 'is answered with rows of other times'
  return `${served}; a question that begins more than ${daysAgo(lab, good).replace(' ago', '')} ago ${how}`
}

function daysAgo({ now }: Lab, time: number): string {
  return `${((now - time) / day).toFixed(1)} days ago`
}

/** Which end belongs to the answer, told by a row at the very end; and whether milliseconds are compared. */
const ends: Experiment = async (lab, tiles) => {
  const rows = tiles.flatMap(({ window, answer }) => rowsOf(answer).filter(inside(lab, window)))
  const { unit } = lab.definition
  const span = Math.min(hour, lab.definition.maxSpan)
  const crowds = new Map(
    rows.map((row) => [row, rows.filter(({ time }) => Math.abs(time - row.time) <= span + unit).length]),
  )
  // Of a row with few neighbours, an answer is not cut.
  const candidates = [...crowds]
    .filter(([, crowd]) => crowd < lab.definition.pageCap)
    .sort(([, a], [, b]) => a - b)
    .map(([row]) => row)
  // A row well between two units tells more: whether it is compared by its milliseconds.
  const between = candidates.find(({ time }) => unit > 1 && time % unit !== 0 && (time + 1) % unit !== 0)
  const row = between ?? candidates[0]
  if (row === undefined) return undefined
  const holds = (answer: Answer) => rowsOf(answer).some(({ identity }) => identity === row.identity)
  const since = async (start: number) => holds(await lab.between(start, start + span))
  const until = async (end: number) => holds(await lab.between(end - span, end))
  const { time } = row
  const floor = Math.floor(time / unit) * unit
  if (time === floor)
    return `the start ${belongs(await since(floor))}, and the end ${belongs(await until(floor))}`
  if (between === undefined || !lab.saysMilliseconds)
    return (await until(floor))
      ? 'whole seconds are compared, and the end belongs to the answer'
      : 'a row between two seconds is served by no question that ends with the first'
  const start = await endOf(
    () => since(time + 1),
    () => since(floor),
    () => since(time),
  )
  const end = await endOf(
    () => until(time - 1),
    () => until(floor + unit - 1),
    () => until(time),
  )
  if (start.compares === end.compares)
    return `${start.compares} are compared, the start ${belongs(start.belongs)}, and the end ${belongs(end.belongs)}`
  return `at the start ${start.compares} are compared, and it ${belongs(start.belongs)}; at the end ${end.compares}, and it ${belongs(end.belongs)}`
}

/**
 * How one end is meant, by a row between two seconds. `past`: asked with an end that excludes the row by a millisecond. `unit`: with one that
 * includes all of its second. `exactly`: with its very time.
 */
async function endOf(
  past: () => Promise<boolean>,
  unit: () => Promise<boolean>,
  exactly: () => Promise<boolean>,
): Promise<{ readonly compares: 'milliseconds' | 'whole seconds'; readonly belongs: boolean }> {
  if (await past()) return { compares: 'whole seconds', belongs: true }
  if (!(await unit())) return { compares: 'whole seconds', belongs: false }
  return { compares: 'milliseconds', belongs: await exactly() }
}

function belongs(does: boolean): string {
  return `${does ? 'belongs' : 'does not belong'} to the answer`
}

/** The largest answer that can be had, when twice as many rows are wished for. */
const page: Experiment = async (lab, tiles) => {
  const { pageCap } = lab.definition
  const full = tiles.find(({ answer }) => rowsOf(answer).length >= pageCap)
  if (full === undefined) return undefined
  const wished = saysSize(lab) ? await lab.window(full.window, { size: 2 * pageCap }) : full.answer
  if ('refused' in wished) return `more than ${pageCap} rows may not be wished for: ${wished.refused}`
  return `an answer holds ${wished.rows.length} rows when ${2 * pageCap} are wished for`
}

/** Which rows are shown of more than fit. */
const order: Experiment = async (lab, tiles) => {
  const { window, answer } = tiles.find(({ answer: one }) => timesOf(rowsOf(one)).length > 2) ?? {}
  if (window === undefined || answer === undefined || !saysSize(lab)) return undefined
  const times = timesOf(rowsOf(answer))
  const few = await lab.window(window, { size: 2 })
  if ('refused' in few) return `two rows may not be wished for: ${few.refused}`
  if (few.rows.length !== 2) return `the wish for two rows is not obeyed: ${few.rows.length} came`
  const [a = 0, b = 0] = few.rows.map(({ time }) => time)
  const sequence = a === b ? '' : a < b ? ', the oldest first' : ', the newest first'
  if (Math.max(a, b) <= (times[1] ?? 0)) return `the oldest rows are shown${sequence}`
  if (Math.min(a, b) >= (times.at(-2) ?? 0)) return `the newest rows are shown${sequence}`
  return `neither the oldest nor the newest rows are shown${sequence}`
}

function timesOf(rows: readonly Transaction[]): readonly number[] {
  const times = rows.map(({ time }) => time).sort((a, b) => a - b)
  return new Set(times).size > 2 ? times : []
}

/** Whether each filter is obeyed, and whether all kinds of rows come where none is named. */
const filter: Experiment = async (lab, tiles) => {
  const told: string[] = []
  for (const { filter: name, of } of lab.definition.splits) {
    const found = tiles.find(({ answer }) => new Set(rowsOf(answer).flatMap((row) => of(row) ?? [])).size > 1)
    const newest = tiles[0]?.answer
    if (newest !== undefined && 'refused' in newest)
      told.push(`a question without ${name} is refused: ${newest.refused}`)
    if (found === undefined) continue
    const rows = rowsOf(found.answer)
    const value = rows.flatMap((row) => of(row) ?? [])[0] ?? ''
    const narrowed = await lab.window(found.window, { filters: { [name]: value } })
    if ('refused' in narrowed) told.push(`a question with ${name} is refused: ${narrowed.refused}`)
    else if (narrowed.rows.some((row) => of(row) !== value)) told.push(`${name} is not obeyed`)
    else if (narrowed.rows.length < rows.filter((row) => of(row) === value).length)
      told.push(`with ${name} rows are missing that come without it`)
    else told.push(`${name} is obeyed, and rows of several come without it`)
  }
  return told.length === 0 ? undefined : told.join('; ')
}

/** Whether a question may be longer than the import's. */
const span: Experiment = async (lab, [newest, older]) => {
  if (newest === undefined || older === undefined || 'refused' in older.answer) return undefined
  const whole = await lab.window({ from: older.window.from, to: newest.window.to })
  const length = `${((2 * lab.definition.maxSpan) / day).toFixed(1)} days`
  if ('refused' in whole) return `${length} are refused: ${whole.refused}`
  const parts = rowsOf(newest.answer).length + rowsOf(older.answer).length
  if (parts === 0 || parts >= lab.definition.pageCap) return undefined
  return whole.rows.length >= parts
    ? `${length} are answered whole`
    : `${length} are answered with ${whole.rows.length} of ${parts} rows`
}

const permission: Experiment = async (_lab, [newest]) => {
  if (newest === undefined) return undefined
  return 'refused' in newest.answer ? `this key is refused: ${newest.answer.refused}` : 'this key is answered'
}

/** Which statuses are served, how often, and what we take them for. */
const statuses: Experiment = async (_lab, tiles) => {
  const counts = new Map<string, number>()
  for (const row of tiles.flatMap(({ answer }) => rowsOf(answer))) {
    const said = `${servedStatus(row)} (${row.status ?? 'none'})`
    counts.set(said, (counts.get(said) ?? 0) + 1)
  }
  if (counts.size === 0) return undefined
  return [...counts]
    .map(([said, count]) => `${said}: ${count} rows`)
    .sort()
    .join(', ')
}

function servedStatus({ raw }: Transaction): string {
  const row: unknown = JSON.parse(raw)
  const status = typeof row === 'object' && row !== null && 'status' in row ? row.status : undefined
  return typeof status === 'number' || (typeof status === 'string' && /^\w{1,16}$/.test(status))
    ? String(status)
    : 'none'
}

/** Of as many orders as a page of this report has room for. */
const mostOrders = 20

const byOrder: Experiment = async (lab) => {
  const window = { from: lab.now - lab.definition.maxSpan, to: lab.now }
  const orders = await lab.listed(window)
  if (orders === undefined || orders.length === 0) return undefined
  let [filled, outside] = [0, 0]
  const asked = orders.slice(0, mostOrders)
  for (const order of asked) {
    const rows = rowsOf(await lab.part(order))
    if (rows.length > 0) filled += 1
    if (rows.some((row) => !inside(lab, window)(row))) outside += 1
  }
  return `of ${asked.length} orders listed, ${filled} have fills, ${outside} of them at another time than they are listed by`
}

/** By the names that `unverified` gives. */
export const experiments: ReadonlyMap<string, Experiment> = new Map([
  ['reach', reach],
  ['ends', ends],
  ['page', page],
  ['order', order],
  ['filter', filter],
  ['span', span],
  ['permission', permission],
  ['statuses', statuses],
  ['by-order', byOrder],
])
