import { integer, type Random } from '../simulated-exchange/random.ts'
import type { Call } from './endpoints.ts'

/** A history that is asked for as a list, and what can be asked of it. */
export type List<Row> = {
  /** In time order. */
  readonly rows: readonly Row[]
  readonly timeOf: (row: Row) => number
  readonly page: { readonly cap: number; readonly skip?: number }
  /** Milliseconds: where no time is asked for, nothing older is shown. */
  readonly reach?: number
  /** The id that `fromId` is compared with; absent where there is no such filter. */
  readonly idOf?: (row: Row) => bigint
}

/** The rows of one page, as the readings say that it is taken. */
export function pageOf<Row>(
  { rows, timeOf, page, idOf, reach = Number.POSITIVE_INFINITY }: List<Row>,
  call: Call,
): readonly Row[] {
  const { params, options, now, random } = call
  const { times, upperEnd, lookBack } = options.readings
  let found = rows.filter((row) => timeOf(row) >= now - lookBack)
  const { startTime = params.beginTime, endTime, fromId } = params
  const isTimed = times === 'obeyed' && (startTime !== undefined || endTime !== undefined)
  if (!isTimed) found = found.filter((row) => timeOf(row) >= now - reach)
  if (startTime !== undefined || endTime !== undefined) {
    if (times === 'emptying') return []
    if (times === 'obeyed') {
      const last = Number(endTime ?? Number.MAX_SAFE_INTEGER) - (upperEnd === 'inclusive' ? 0 : 1)
      found = found.filter((row) => timeOf(row) >= Number(startTime ?? 0) && timeOf(row) <= last)
    }
  }
  const cap = Math.min(page.cap, options.pageCap ?? page.cap)
  if (fromId !== undefined && idOf !== undefined) {
    const manner = options.readings.fromId
    if (manner === 'emptying') return []
    if (manner !== 'ignored')
      return arranged(found.filter((row) => idOf(row) >= BigInt(fromId)).slice(0, cap), call)
  }
  if (page.skip !== undefined) return turned(found, cap, page.skip, call)
  switch (options.page) {
    case 'newest':
      return arranged(found.slice(-cap), call)
    case 'oldest':
      return arranged(found.slice(0, cap), call)
    case 'shuffled':
      return arranged(shuffled(found, random).slice(0, cap), call)
  }
}

/** The page after the first `skip` rows: a list keeps its order from page to page, as long as no row comes. */
function turned<Row>(rows: readonly Row[], cap: number, skip: number, { options }: Call): readonly Row[] {
  const all = options.readings.order === 'newest-first' ? [...rows].reverse() : rows
  return all.slice(skip, skip + cap)
}

/** `rows` are in time order. */
function arranged<Row>(rows: readonly Row[], { options, random }: Call): readonly Row[] {
  switch (options.readings.order) {
    case 'newest-first':
      return [...rows].reverse()
    case 'oldest-first':
      return rows
    case 'any':
      return shuffled(rows, random)
  }
}

function shuffled<Row>(rows: readonly Row[], random: Random): readonly Row[] {
  const all = [...rows]
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = integer(random, 0, last)
    const [a, b] = [all[last], all[other]]
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a]
  }
  return all
}
