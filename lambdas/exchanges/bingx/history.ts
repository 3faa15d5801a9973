import { day, hour } from '../../domain/window.ts'

/** The platform started in 2018, under another name (Bingbon); nothing can be older than this. */
export const opened = Date.UTC(2018, 0, 1)

/** Just under seven days, the shortest span that any page names, so that both "at most" and "less than" are met. */
export const week = 7 * day - hour

/** Just under thirty days. */
export const month = 30 * day - hour

/** "Only the last 7 days", says the page of spot fills; no page names less of any history. */
export const shortestDepth = 7 * day

/** "The last three months" have no fewer days than this. */
export const threeMonths = 89 * day

/**
 * Futures fills are dated in whole seconds, and other endpoints may compare them: so questions begin and end with seconds. For
 * one endpoint the documentation names the ends that belong to the answer, for the others it does not; asked for with a second
 * more at the beginning and up to the end, all readings bring everything.
 */
export const wholeSeconds = { unit: 1_000, lowerEnd: 'unknown', upperEnd: 'unknown' } as const

/** The unit of a filter is a second, and it is written in milliseconds. */
export function inMilliseconds(seconds: number): number {
  // Who tries out what is compared asks for parts of a second.
  return Math.round(seconds * wholeSeconds.unit)
}

/** What nobody has tried. `what`: which rows. */
export const unverifiedEnds = {
  says: 'Whether the ends of the time filter are part of the answer, and whether it compares milliseconds or seconds: questions overlap by a second.',
  probe: 'ends',
}
