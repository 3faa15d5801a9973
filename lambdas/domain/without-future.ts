import { type Coverage, triedUntil } from './coverage.ts'
import { day, hour, subtract } from './window.ts'

/** How far beyond its time an exchange must have been read to show that it told another time than it tells now. */
export const farAhead = hour

/** So much is asked for again then, if it is served: nobody knows for how many nights the time was wrong. */
const askedAnew = 31 * day

/** Time that is about to be served no more is not asked for again. */
const slack = 2 * hour

/** The time now, by the exchange and by us. Epoch milliseconds. */
export type Clocks = { readonly theirs: number; readonly ours: number }

/**
 * Coverage without what clocks that were far ahead said of it: what is known of time that has not come yet is known of no time, and what was
 * asked for then is asked for again. The exchange's own word is followed until it tells an earlier time. `depth`: how far back it serves.
 */
export function withoutFuture(coverage: Coverage, { theirs, ours }: Clocks, depth = askedAnew): Coverage {
  const { asked = 0, covered, unverified, lost } = coverage
  const awake = asked > ours + farAhead ? { ...coverage, asked: undefined } : coverage
  const until = Math.max(triedUntil(coverage), ...[...covered, ...unverified, ...lost].map(({ to }) => to))
  if (until <= theirs + farAhead) return awake
  const from = theirs - Math.min(askedAnew, depth) + slack
  const doubted = [{ from, to: Number.POSITIVE_INFINITY }]
  return {
    ...awake,
    covered: subtract(covered, doubted),
    unverified: subtract(unverified, doubted),
    lost: subtract(lost, doubted),
    attempted: Math.min(coverage.attempted, from),
    reasked: undefined,
    evidence: undefined,
  }
}
