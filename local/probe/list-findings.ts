import { mayBeCut } from '../../lambdas/domain/list-proof.ts'
import type { WayBack } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import type { Answer } from './lab.ts'
import type { ListLab } from './list-lab.ts'

/** What a list shows when it is asked for as an import does, by the views that it has. */
export type Look = { readonly views: readonly View[] }
type View = { readonly value: string | undefined; readonly answer: Answer }

/** A sentence's end that tells what was found; undefined where the account has not enough rows to tell. */
type Experiment = (lab: ListLab, look: Look) => Promise<string | undefined>

/** Without a view, and with each. */
export async function lookAt(lab: ListLab): Promise<Look> {
  const { views } = lab.definition
  const asked: View[] = [{ value: undefined, answer: await lab.ask() }]
  for (const value of views?.all ?? [])
    asked.push({ value, answer: await lab.ask({ filters: { [views?.filter ?? '']: value } }) })
  return { views: asked }
}

function rowsOf(answer: Answer | undefined): readonly Transaction[] {
  return answer !== undefined && 'rows' in answer ? answer.rows : []
}

export function countOf({ views }: Look): number {
  return views.reduce((most, { answer }) => Math.max(most, rowsOf(answer).length), 0)
}

/** Rows by which a list that turns its pages can be told. */
const enough = 10

/** Whether there is nothing better to be found: more rows than fit on a page, where pages are not turned. */
export function tellsAll(look: Look, { definition: { paging, pageSizes } }: ListLab): boolean {
  return paging === 'none' ? mayBeCut(countOf(look), pageSizes.slice(-1)) : countOf(look) >= enough
}

/** By age, the oldest first; only where there are enough of them at different times. */
function inTime({ views }: Look): readonly Transaction[] {
  const [fullest] = views.map(({ answer }) => rowsOf(answer)).sort((a, b) => b.length - a.length)
  const rows = [...(fullest ?? [])].sort((a, b) => a.time - b.time)
  return new Set(rows.map(({ time }) => time)).size > 2 ? rows : []
}

const reach: Experiment = async ({ now }, { views }) => {
  const rows = views.flatMap(({ answer }) => rowsOf(answer))
  if (rows.length === 0) return undefined
  const oldest = rows.reduce((first, { time }) => Math.min(first, time), Number.POSITIVE_INFINITY)
  return `a row of ${((now - oldest) / day).toFixed(1)} days ago was served`
}

/** Which rows are shown of more than fit, and in which order. */
const order: Experiment = async (lab, look) => {
  const rows = inTime(look)
  const [second, last] = [rows[1], rows.at(-2)]
  if (second === undefined || last === undefined) return undefined
  const view = look.views.find(({ answer }) => rowsOf(answer).length === rows.length)?.value
  const { filter = '' } = lab.definition.views ?? {}
  const few = await lab.ask({ limit: 2, ...(view !== undefined && { filters: { [filter]: view } }) })
  if ('refused' in few) return `two rows may not be wished for: ${few.refused}`
  if (few.rows.length !== 2) return `the wish for two rows is not obeyed: ${few.rows.length} came`
  const shown = few.rows.map(({ time }) => time)
  const whole = rowsOf(look.views.find(({ value }) => value === view)?.answer).map(({ time }) => time)
  const sequence = sequenceOf(whole)
  if (Math.min(...shown) >= last.time) return `the newest rows are shown, ${sequence}`
  if (Math.max(...shown) <= second.time) return `the oldest rows are shown, ${sequence}`
  return `neither the oldest nor the newest rows are shown, ${sequence}`
}

function sequenceOf(times: readonly number[]): string {
  const pairs = times.slice(1).map((time, index) => time - (times[index] ?? time))
  if (pairs.every((step) => step <= 0)) return 'the newest first'
  return pairs.every((step) => step >= 0) ? 'the oldest first' : 'in no order'
}

/** Whether each way back is obeyed. */
const filter: Experiment = async (lab, look) => {
  const rows = inTime(look)
  if (rows.length === 0) return undefined
  const told: string[] = []
  for (const way of lab.definition.waysBack) {
    const found = way.by === 'time' ? await endTime(lab, rows) : await fromId(lab, rows, way.idOf)
    if (found !== undefined) told.push(`${way.name}: ${found}`)
  }
  return told.length === 0 ? undefined : told.join('; ')
}

const ignored = 'is not obeyed'
const emptying = 'is answered with nothing'

async function endTime(lab: ListLab, rows: readonly Transaction[]): Promise<string | undefined> {
  const middle = rows[Math.floor(rows.length / 2)]
  if (middle === undefined) return undefined
  const answer = await lab.ask({ until: middle.time })
  if ('refused' in answer) return `is refused: ${answer.refused}`
  if (answer.rows.some(({ time }) => time > middle.time)) return ignored
  if (answer.rows.length === 0) return emptying
  const holds = answer.rows.some(({ time }) => time === middle.time)
  return `is obeyed, and the end ${holds ? 'belongs' : 'does not belong'} to the answer`
}

type ById = Extract<WayBack, { by: 'id' }>

async function fromId(
  lab: ListLab,
  rows: readonly Transaction[],
  idOf: ById['idOf'],
): Promise<string | undefined> {
  const ids = rows
    .flatMap((row) => idOf(row) ?? [])
    .filter((id) => /^\d+$/.test(id))
    .map(BigInt)
    .sort((a, b) => (a < b ? -1 : 1))
  const middle = ids[Math.floor(ids.length / 2)]
  if (middle === undefined || ids.length < rows.length) return undefined
  const answer = await lab.ask({ fromId: String(middle) })
  if ('refused' in answer) return `is refused: ${answer.refused}`
  if (answer.rows.length === 0) return emptying
  const shown = answer.rows.map((row) => BigInt(idOf(row) ?? '0'))
  return shown.some((id) => id < middle) ? ignored : 'is obeyed'
}

/** What is shown without a status, and which statuses there are. */
const statuses: Experiment = async ({ definition: { views } }, look) => {
  const [bare, ...asked] = look.views
  const byStatus = new Map<string, Transaction['status']>()
  for (const { answer } of look.views)
    for (const row of rowsOf(answer)) byStatus.set(views?.of(row) ?? 'none', row.status)
  const isDone = (answer: Answer | undefined) => rowsOf(answer).some(({ status }) => status === 'done')
  if (!asked.some(({ answer }) => isDone(answer)) && !isDone(bare?.answer)) return undefined
  const seen = [...byStatus].map(([value, status]) => `${value} (${status ?? 'none'})`).sort()
  return `a question without one shows ${isDone(bare?.answer) ? 'rows that are done, too' : 'no row that is done'}; seen: ${seen.join(', ')}`
}

/** Whether a time that is asked for is heeded, told by rows that are known to be there. */
const times: Experiment = async (lab, look) => {
  const rows = inTime(look)
  const middle = rows[Math.floor(rows.length / 2)]
  if (middle === undefined) return undefined
  const within = { from: middle.time - lab.definition.unit, to: middle.time + lab.definition.unit }
  const answer = await lab.ask({ within })
  if ('refused' in answer) return `are refused: ${answer.refused}`
  if (answer.rows.some(({ time }) => time < within.from || time > within.to)) return 'are not obeyed'
  return answer.rows.length === 0 ? 'are answered with nothing' : 'are obeyed'
}

/** Whether rows come that say that they are of another partition. */
const families: Experiment = async ({ definition, partition }, look) => {
  const rows = look.views.flatMap(({ answer }) => rowsOf(answer))
  if (rows.length === 0) return undefined
  return rows.some((row) => definition.partitionOf(row) !== partition)
    ? 'each shows those of the other, too'
    : 'none of the other was shown'
}

const witness: Experiment = async (lab) => {
  const orders = await lab.orders()
  if (orders === undefined) return 'orders are not to be had'
  if (orders.length === 0) return undefined
  const oldest = orders.reduce((first, { time }) => Math.min(first, time), Number.POSITIVE_INFINITY)
  const telling = orders.filter(({ changed }) => changed !== undefined).length
  return `${orders.length} orders are listed, the oldest of ${((lab.now - oldest) / day).toFixed(1)} days ago; ${telling} say when they changed`
}

/** By the names that `unverified` gives. */
export const listExperiments: ReadonlyMap<string, Experiment> = new Map([
  ['reach', reach],
  ['order', order],
  ['filter', filter],
  ['statuses', statuses],
  ['times', times],
  ['families', families],
  ['witness', witness],
])
