import type { Settled } from './diff.ts'
import { keyOf, servedTime, type Transaction } from './transaction.ts'
import { isUnreadable } from './unreadable.ts'

/** A transfer that must be read again: it was not final when last read, could not be read, or nobody can tell which of two answers was the later one. */
export type Unfinished = Pick<Transaction, 'time' | 'identity' | 'movedTo'>

/** What must be read again after an answer whose rows were settled so. */
export function unfinishedAfter(
  unfinished: readonly Unfinished[],
  settled: readonly Settled[],
): readonly Unfinished[] {
  const open = new Map(unfinished.map((one) => [keyOf(one), one]))
  for (const { served, now, order } of settled) {
    // An answer older than the one that was heard says nothing, unless its place is not clear and it says something else.
    if (order === 'older' || (order === 'unclear' && saysTheSame(served, now))) continue
    const { time, identity } = now
    const again = served.status === 'pending' || order === 'unclear' || isUnreadable(served)
    if (again) open.set(keyOf(now), { time, identity, ...(served.time !== time && { movedTo: served.time }) })
    else open.delete(keyOf(now))
  }
  return [...open.values()].sort((a, b) => a.time - b.time || (a.identity < b.identity ? -1 : 1))
}

function saysTheSame(served: Transaction, now: Transaction): boolean {
  return served.status === now.status && served.time === servedTime(now)
}
