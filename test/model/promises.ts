import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { saidDepth } from '../../lambdas/domain/plan-windows.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import { subtract } from '../../lambdas/domain/window.ts'
import { isHiddenAt, nameOf, statusAt, timeAt } from './changes.ts'
import type { Account } from './invariants.ts'
import { horizonOf, isBrokenAt, type ModelRow, tick } from './model-exchange.ts'
import type { Stored } from './model-expressions.ts'
import type { ModelTable } from './model-table.ts'

/** What is stored and known of one account at a moment. */
export type Moment = { readonly clock: number; readonly coverages: readonly Coverage[] }

export function momentOf({ exchange, partition }: Account, table: ModelTable): Moment {
  const coverages = [...table.items(partition)].flatMap(([sort, item]) =>
    sort.startsWith('COVERAGE#') ? [structuredClone(item) as unknown as Coverage] : [],
  )
  return { clock: exchange.clock, coverages }
}

/**
 * What a sync promises in which nothing failed: every row that could be had is stored, as it was when the sync
 * began, and nothing is left to be asked again. `before` is the moment at which it began; `again`, whether that was
 * a sync that asked for everything that nobody could tell.
 */
export function brokenPromises(
  account: Account,
  table: ModelTable,
  stream: WindowStream,
  before: Moment,
  again: boolean,
): readonly string[] {
  const { exchange } = account
  const now = momentOf(account, table)
  const items = [...table.items(account.partition).values()]
  const transactions = items.filter((item) => 'raw' in item)
  const stored = new Map(
    exchange.rows.flatMap((row) => {
      const found = transactions.find(
        ({ identity, time }) => identity === nameOf(row) && [row.time, row.moved?.to].includes(Number(time)),
      )
      return found === undefined ? [] : [[row.id, found]]
    }),
  )
  // An exchange that answers nothing to a question that begins too early hides what is younger.
  const shown = again && exchange.beyond !== 'empty' ? horizonOf(exchange) : Number.POSITIVE_INFINITY
  const horizon = Math.min(exchange.clock - stream.depth, shown) + 70 * tick

  function due(row: ModelRow): boolean {
    const { partition, late, moved, hidden } = row
    const time = timeAt(row, before.clock)
    const visible = row.time + late <= before.clock && time <= before.clock - 5 * tick
    if (isHiddenAt(row, before.clock) || isHiddenAt(row, exchange.clock)) return false
    const given = now.coverages.find((one) => one.partition === partition)
    // An instant with more rows than a page holds is divided by what its rows name: that may not be all there is.
    // What could not be read and is lost again is asked for with the rest of what was damaged, which may have been cut short.
    const isMended = !given?.unverified.some(({ reason }) => reason === 'damaged')
    const admissions = ['expired', 'indivisible', 'damaged', ...(isMended ? [] : ['unreadable'])]
    const admitted = [...(given?.lost ?? []), ...(given?.unverified ?? [])].some(
      ({ from, to, reason }) => admissions.includes(reason) && time >= from && time < to,
    )
    // Rows that nobody can read name nothing to divide a crowd by: that time may be a gap, or asked for again once settled.
    const crowd = exchange.rows.filter(
      (row) => row.partition === partition && Math.abs(row.time - time) < 2 * tick,
    )
    if (crowd.some(({ broken }) => broken !== undefined) && crowd.length >= (exchange.cap ?? stream.pageCap))
      return false
    // Where the newest rows answer old questions, one that does not say when may be of any time: it is kept where documents tell.
    const isTimeless = row.broken?.dated === false && exchange.beyond === 'ignored'
    if (isTimeless && time < exchange.clock - stream.depth + 70 * tick) return false
    if (!visible || time < horizon || admitted) return false
    const frontier = before.coverages.find((one) => one.partition === partition)?.covered.at(-1)?.to ?? 0
    // Nobody looks back behind what the exchange is said to serve.
    const looksBack = frontier > exchange.clock - saidDepth(stream) + 70 * tick
    return (late < stream.settleLag && !moved && !hidden) || (looksBack && time >= frontier - stream.lookBack)
  }

  // Of a row that nobody could read when it was last asked for, what was served is there.
  const kept = new Set(
    items.flatMap((item) =>
      'raw' in item && item.type === 'unreadable' ? [JSON.parse(String(item.raw)).id] : [],
    ),
  )
  const isUnreadable = ({ broken }: ModelRow) =>
    broken !== undefined && [before.clock, exchange.clock].some((at) => isBrokenAt(broken, at))
  const hidden = exchange.beyond === 'empty' ? exchange.clock - stream.depth : horizonOf(exchange)
  const stillShown = hidden + 70 * tick
  const missing = exchange.rows.filter((row) => due(row) && !stored.has(row.id) && !kept.has(row.id))
  const outdated = exchange.rows.filter(
    (row) =>
      stored.get(row.id)?.status === 'pending' &&
      !isUnreadable(row) &&
      [before.clock, exchange.clock].every((at) => statusAt(row, at) !== 'pending' && !isHiddenAt(row, at)) &&
      timeAt(row, before.clock) === timeAt(row, exchange.clock) &&
      row.time >= stillShown &&
      // Where an empty answer proves nothing, a row that is not where it was is not searched for.
      (row.moved === undefined || row.time >= exchange.clock - stream.depth + 70 * tick),
  )
  /** Whether a sync reads the row again, and finds it as it was when the sync began. */
  function isReadAgain(row: ModelRow): boolean {
    const time = timeAt(row, before.clock)
    const given = before.coverages.find((one) => one.partition === row.partition)
    const frontier = given?.covered.at(-1)?.to ?? 0
    const found = stored.get(row.id)
    if (found === undefined || time < Math.max(horizon, stillShown) || time > before.clock - 5 * tick)
      return false
    if (timeAt(row, exchange.clock) !== time || row.time + row.late > before.clock) return false
    return (
      (frontier > exchange.clock - saidDepth(stream) + 70 * tick &&
        time >= frontier - stream.lookBack + 2 * tick) ||
      given?.unfinished.some(({ identity, movedTo, ...one }) => {
        return identity === nameOf(row) && (movedTo ?? one.time) === time
      }) === true
    )
  }

  const isShown = (row: ModelRow) => !isHiddenAt(row, before.clock) && !isHiddenAt(row, exchange.clock)
  const readAgain = exchange.rows.filter(isReadAgain)
  const contradicted = readAgain.filter((row) => {
    const status = statusAt(row, before.clock)
    return (
      isShown(row) &&
      !isUnreadable(row) &&
      stored.get(row.id)?.status !== undefined &&
      status === statusAt(row, exchange.clock) &&
      status !== 'pending' &&
      stored.get(row.id)?.status !== status
    )
  })
  const doubled = readAgain.filter(
    (row) =>
      kept.has(row.id) &&
      row.broken !== undefined &&
      [before.clock, exchange.clock].every((at) => isBrokenAt(row.broken ?? { until: 0 }, at)),
  )
  const marked = readAgain.filter((row) => isShown(row) && stored.get(row.id)?.missingSince !== undefined)
  const unmarked = readAgain.filter((row) => {
    const { hidden, partition } = row
    const time = timeAt(row, before.clock)
    const given = before.coverages.find((one) => one.partition === partition)
    // A crowd, anywhere after it, may hide a row that was dated anew.
    const after = exchange.rows
      .filter((one) => one.partition === partition && timeAt(one, before.clock) >= time - 3 * tick)
      .map((one) => timeAt(one, before.clock))
    const isCrowded = after.some(
      (one) => after.filter((other) => Math.abs(other - one) <= 3 * tick).length > 1,
    )
    return (
      hidden !== undefined &&
      // A row that was dated anew is looked for where it is now, and is not missed there.
      row.moved === undefined &&
      hidden.from < before.clock &&
      hidden.until > exchange.clock + 5 * tick &&
      time < before.clock - stream.settleLag - 10 * tick &&
      // That older time is answered with nothing does not show that its rows are gone.
      time >= exchange.clock - stream.depth + 70 * tick &&
      given?.covered.some(({ from, to }) => time >= from && time < to) &&
      !isCrowded &&
      stored.get(row.id)?.missingSince === undefined
    )
  })
  const told = new Set(
    now.coverages.flatMap(({ revised = [] }) => revised.map(({ time, identity }) => `${time}|${identity}`)),
  )
  const untold = readAgain.filter((row) => {
    const found = stored.get(row.id)
    return tookBack(found) && !told.has(`${found?.time}|${found?.identity}`)
  })
  const settled = before.clock - stream.settleLag - 10 * tick
  const unasked = now.coverages.flatMap(({ covered, unverified, lost, partition }) =>
    subtract([{ from: stream.opened, to: settled }], [...covered, ...unverified, ...lost]).map(
      ({ from, to }) => `${partition} from ${from} to ${to}`,
    ),
  )
  return [
    ...missing.map(({ id, time, late }) => `completeness: row ${id} of ${time}, ${late} late, is not stored`),
    ...outdated.map(({ id }) => `progress: row ${id} is still pending`),
    ...contradicted.map(({ id }) => `newest: row ${id} says something that the exchange no longer says`),
    ...doubled.map(
      ({ id }) => `uniqueness: row ${id} is stored, and what cannot be read of it any more as another one`,
    ),
    ...marked.map(({ id }) => `missing: row ${id} is shown again, and still called missing`),
    ...unmarked.map(({ id }) => `missing: row ${id} is not shown any more, and nobody is told`),
    ...untold.map(
      ({ id }) => `told: row ${id} said something final and something else later, and nobody is told`,
    ),
    ...unasked.map((part) => `progress: something is left to be asked of ${part}`),
  ]
}

/** Whether a stored row said that it was finished, how and when, before it came to say something else. */
function tookBack(item: Stored | undefined): boolean {
  const history: readonly Stored[] = Array.isArray(item?.history) ? item.history : []
  let status = item?.status
  return history.toReversed().some((said) => {
    status = said.status ?? status
    const saidOtherwise = said.status !== undefined || said.time !== undefined
    return saidOtherwise && status !== undefined && status !== 'pending'
  })
}
