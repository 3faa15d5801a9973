import type { Window } from '../domain/window.ts'
import { openCuts } from './cuts.ts'
import { tradeTimeOf } from './ledgers.ts'
import type { Sources } from './merge.ts'

/** A stretch of time none of whose rows can be told by a row of another: it is merged by itself. */
export type Block = Sources & { readonly window: Window }

/** Divides what is to be merged, so that a change touches the months around it, and a merge needs the memory of one. */
export function blocksOf({ api, readings, proven }: Sources): readonly Block[] {
  const seen = openCuts()
  for (const row of api) seen.served(row)
  for (const { grain, rows } of readings) for (const row of rows) seen.told(row, grain)
  const cuts = seen.result()
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
