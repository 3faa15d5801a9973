import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { day, intersect } from '../../lambdas/domain/window.ts'
import { type ListExchange, type ListRow, lag, ordersOf } from './list-exchange.ts'

/** Looks at what is told of orders whose fills could not be had, and at how often they are asked for. */
export function watchOrders(exchange: () => ListExchange, storing: () => (row: ListRow) => boolean) {
  /** When a partition was asked for last before its orders were. */
  const listedAt = new Map<string, number>()
  let asked = new Set<string>()
  let before: ReadonlyMap<string, Coverage> = new Map()

  return {
    beginRun(known: ReadonlyMap<string, Coverage>): void {
      asked = new Set()
      before = new Map(known)
    },
    noteList(partition: string, at: number): void {
      listedAt.set(partition, at)
    },
    noteOrders(partition: string): void {
      asked.add(partition)
    },
    /** What is wrong with what a partition says, as soon as it is written. */
    violations(part: Coverage, at: number): readonly string[] {
      const { partition, lacking } = part
      const last = before.get(partition)
      const isAsked = asked.has(partition)
      if (saturated(part) === '') return lacking === undefined ? [] : [`honesty: ${partition} lacks nothing`]
      if (lacking === undefined) return []
      const isTold = last?.lacking !== undefined && saturated(last) === saturated(part)
      if (isAsked && isTold && at - last.lacking.at < 7 * day - day / 24)
        return [`quiescence: the orders of ${partition} were asked for within a week`]
      return lies(part, lacking)
    },
  }

  function lies(
    { partition, lost }: Coverage,
    { asked: count, since, lacking, between }: NonNullable<Coverage['lacking']>,
  ): readonly string[] {
    const settled = (listedAt.get(partition) ?? 0) - lag
    const { rows } = exchange()
    const isStored = storing()
    const incomplete = ordersOf(exchange(), partition)
      .filter(({ time }) => time >= since)
      .map((order) => ({ ...order, unstored: order.fills.filter((fill) => !isStored(fill)) }))
    const most = incomplete.filter(({ unstored }) => unstored.some(({ time }) => time < settled))
    const least = incomplete.filter(
      ({ changed, unstored }) =>
        changed < settled - lag &&
        unstored.some(({ time }) => intersect(lost, [{ from: time, to: time + 1 }]).length > 0),
    )
    if (lacking > most.length)
      return [`honesty: ${lacking} orders of ${partition} lack fills, and ${most.length} do`]
    // Of which order a fill is that does not say when, nobody knows: what was told before stays.
    if (rows.some(({ isTimeless }) => isTimeless)) return []
    if (lacking < least.length)
      return [`honesty: ${lacking} of ${count} orders of ${partition} lack fills, and ${least.length} do`]
    const outside = least
      .flatMap(({ unstored }) => unstored)
      .find(({ time }) => between === undefined || time < between.from || time >= between.to)
    return outside === undefined
      ? []
      : [`honesty: a fill of ${outside.time} is missing outside of the time that is told`]
  }
}

/** What holds more rows than can be shown. */
function saturated({ lost }: Coverage): string {
  return JSON.stringify(lost.filter(({ reason }) => reason === 'saturated'))
}
