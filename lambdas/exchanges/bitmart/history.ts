import type { Unverified } from '../../domain/stream.ts'
import { day, hour } from '../../domain/window.ts'

/** The platform started in the spring of 2018; nothing can be older than this. */
export const opened = Date.UTC(2018, 0, 1)

/** "startTime and endTime both omitted: the last 7 days" is all that is documented of fills and of the ledger. */
export const depth = 7 * day

/** Said by users and other tools, documented nowhere. */
export const reportedDepth = 90 * day

/** What a question without times is documented to be answered with. */
export const transferDepth = 90 * day

/** Just under the documented 90 days, so that both "at most" and "less than" are met. */
export const maxSpan = 89 * day

/**
 * No page of the documentation says whether the ends of a time filter belong to the answer, whether a filter in seconds is
 * compared with milliseconds, or whether it may begin where it ends.
 */
export const undocumentedEnds = { lowerEnd: 'unknown', upperEnd: 'unknown' } as const

/** An order may be older than its fill: the lists of orders are asked for narrowly and widely. */
export const orderMargins = [1_000, hour]

export function endsUnverified(unit: string): Unverified {
  return {
    says: `Whether the ends of the time filter are part of the answer: questions overlap by ${unit} at both.`,
    probe: 'ends',
  }
}
