import type { Coverage, Missing } from './coverage.ts'
import { isoTime } from './outward.ts'

/** What is said of single rows that are kept: those that the exchange no longer shows, those that it shows so that nobody can read them, and those of which it came to say something else. */
export function rowSentences(
  parts: readonly Pick<Coverage, 'missing' | 'revised' | 'unread'>[],
): readonly string[] {
  const missing = parts.flatMap((part) => part.missing ?? [])
  const revised = parts.flatMap((part) => part.revised ?? [])
  const unread = parts.flatMap((part) => part.unread ?? [])
  const since = firstOf(missing)
  return [
    ...(missing.length === 0
      ? []
      : [
          missing.length === 1
            ? `1 row is no longer shown by the exchange since ${toTheMinute(since)} UTC; it is kept`
            : `${missing.length} rows are no longer shown by the exchange, the first of them since ${toTheMinute(since)} UTC; they are kept`,
        ]),
    ...(unread.length === 0
      ? []
      : [
          unread.length === 1
            ? `1 row could not be read when it was served anew since ${toTheMinute(firstOf(unread))} UTC: what it said before counts, and what came is kept raw with it`
            : `${unread.length} rows could not be read when they were served anew, the first of them since ${toTheMinute(firstOf(unread))} UTC: what they said before counts, and what came is kept raw with them`,
        ]),
    ...(revised.length === 0
      ? []
      : [
          revised.length === 1
            ? '1 row said something final, and something else later: the newest counts, and what it said before is in its history'
            : `${revised.length} rows said something final, and something else later: the newest counts, and what they said before is in their history`,
        ]),
  ]
}

function firstOf(rows: readonly Missing[]): number {
  return rows.reduce((first, one) => Math.min(first, one.since), Number.POSITIVE_INFINITY)
}

function toTheMinute(time: number): string {
  return isoTime(time).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ')
}
