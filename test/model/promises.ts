import { type Coverage, saidDepth } from '../../lambdas/domain/coverage.ts'
import type { StreamDefinition } from '../../lambdas/domain/stream.ts'
import { subtract } from '../../lambdas/domain/window.ts'
import type { Account } from './invariants.ts'
import { horizonOf, type ModelRow, tick } from './model-exchange.ts'
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
  stream: StreamDefinition,
  before: Moment,
  again: boolean,
): readonly string[] {
  const { exchange } = account
  const now = momentOf(account, table)
  const items = [...table.items(account.partition).values()]
  const stored = new Map(items.flatMap((item) => ('identity' in item ? [[String(item.identity), item]] : [])))
  // An exchange that answers nothing to a question that begins too early hides what is younger.
  const shown = again && exchange.beyond !== 'empty' ? horizonOf(exchange) : Number.POSITIVE_INFINITY
  const horizon = Math.min(exchange.clock - stream.depth, shown) + 70 * tick

  function due({ partition, time, late }: ModelRow): boolean {
    const visible = time + late <= before.clock && time <= before.clock - 5 * tick
    const given = now.coverages.find((one) => one.partition === partition)
    // An instant with more rows than a page holds is divided by what its rows name: that may not be all there is.
    const admitted = [...(given?.lost ?? []), ...(given?.unverified ?? [])].some(
      ({ from, to, reason }) =>
        ['expired', 'indivisible', 'damaged'].includes(reason) && time >= from && time < to,
    )
    // Rows that nobody can read name nothing to divide a crowd by: that time may be a gap, or asked for again once settled.
    const crowd = exchange.rows.filter(
      (row) => row.partition === partition && Math.abs(row.time - time) < 2 * tick,
    )
    if (crowd.some(({ broken }) => broken !== undefined) && crowd.length >= (exchange.cap ?? stream.pageCap))
      return false
    if (!visible || time < horizon || admitted) return false
    const frontier = before.coverages.find((one) => one.partition === partition)?.covered.at(-1)?.to ?? 0
    // Nobody looks back behind what the exchange is said to serve.
    const looksBack = frontier > exchange.clock - saidDepth(stream) + 70 * tick
    return late < stream.settleLag || (looksBack && time >= frontier - stream.lookBack)
  }

  // Of a row that nobody could read when it was last asked for, what was served is there.
  const kept = new Set(
    items.flatMap((item) =>
      'raw' in item && item.type === 'unreadable' ? [JSON.parse(String(item.raw)).id] : [],
    ),
  )
  const hidden = exchange.beyond === 'empty' ? exchange.clock - stream.depth : horizonOf(exchange)
  const stillShown = hidden + 70 * tick
  const missing = exchange.rows.filter((row) => due(row) && !stored.has(row.id) && !kept.has(row.id))
  const outdated = exchange.rows.filter(
    ({ id, time, doneAt }) =>
      stored.get(id)?.status === 'pending' && doneAt <= before.clock && time >= stillShown,
  )
  const settled = before.clock - stream.settleLag - 10 * tick
  const unasked = now.coverages.flatMap(({ covered, unverified, lost, partition }) =>
    subtract([{ from: stream.opened, to: settled }], [...covered, ...unverified, ...lost]).map(
      ({ from, to }) => `${partition} from ${from} to ${to}`,
    ),
  )
  return [
    ...missing.map(({ id, time, late }) => `completeness: row ${id} of ${time}, ${late} late, is not stored`),
    ...outdated.map(({ id }) => `progress: row ${id} is still pending`),
    ...unasked.map((part) => `progress: something is left to be asked of ${part}`),
  ]
}
