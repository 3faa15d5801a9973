import { integer, type Random } from './random.ts'

const day = 86_400_000

/** Epoch milliseconds: what an account did lies between these, both included. */
export type Span = {
  readonly earliest: number
  readonly latest: number
  /** Instants that must have a row. */
  readonly borders: readonly number[]
}

/** As of when an account is made that shall be the same one whenever it is made again on this day (UTC). */
export function startOfDay(now: number): number {
  return Math.floor(now / day) * day
}

/** The days up to `until`, but its last hour: the newest row has settled. */
export function spanOf(until: number, days: number): Span {
  const latest = until - 3_600_000
  const earliest = until - days * day
  return { earliest, latest, borders: dayBorders(earliest, latest) }
}

/** The last millisecond of a day and the first of the next, for two days inside the span. */
function dayBorders(earliest: number, latest: number): readonly number[] {
  return [Math.ceil(earliest / day) * day, Math.floor(latest / day) * day]
    .flatMap((midnight) => [midnight - 1, midnight])
    .filter((time) => time >= earliest && time <= latest)
}

/** How orders are spread over a span: `most` fills each, at most `apart` milliseconds after the first. */
export type Spread<Order> = {
  readonly random: Random
  readonly count: number
  readonly span: Span
  readonly most: number
  readonly apart: number
  readonly order: () => Order
  readonly fill: (order: Order, time: number) => unknown
}

/** Fills `rows` up to `count`: orders of a few fills each, a quarter of them with three in one instant. */
export function spreadOrders<Order>(
  rows: { readonly length: number },
  { random, count, span, most, apart, order, fill }: Spread<Order>,
): void {
  while (rows.length < count) {
    const next = order()
    const time = integer(random, span.earliest, span.latest)
    const sameInstant = random() < 0.25
    for (let left = sameInstant ? 3 : integer(random, 1, most); left > 0 && rows.length < count; left--)
      fill(next, sameInstant ? time : Math.min(span.latest, time + integer(random, 0, apart)))
  }
}

/** Offsets into the second of a burst: its first and its last millisecond are always there. */
export function burstOffset(random: Random, position: number): number {
  return position === 0 ? 0 : position === 1 ? 999 : integer(random, 0, 999)
}

/** When the transfers of one kind happened: spread evenly over the whole time, and a few of them on purpose. */
export type TransferTimes = {
  readonly random: Random
  readonly earliest: number
  readonly latest: number
}

/** The first is the oldest there can be, the next three are fresh, the fifth and the sixth share a millisecond. */
export function transferTime(
  { random, earliest, latest }: TransferTimes,
  position: number,
  count: number,
): number {
  const span = latest - earliest
  if (position === 0) return earliest
  if (position <= 3) return Math.max(earliest, latest - position * 11 * 3_600_000)
  if (position === 4 || position === 5) return earliest + Math.floor(span / 3)
  const share = span / count
  return Math.floor(earliest + position * share + random() * share * 0.9)
}
