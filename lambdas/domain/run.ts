import type { Behind } from './behind.ts'
import type { Completeness, WhoseDoubt, WhoseGap } from './completeness.ts'
import type { FailureKind } from './failure.ts'
import type { NamesAsked } from './names-asked.ts'
import type { StreamKind } from './stream.ts'

/** `failed`: incomplete, because of the failure that is told with it. */
export type StreamState = 'waiting' | 'running' | Completeness | 'failed'

/** What one run did for one stream. Numbers are counts of this run. */
export type StreamProgress = {
  readonly stream: StreamKind
  readonly state: StreamState
  /** When this run began with it, and when it had done all it could. */
  readonly startedAt?: number
  readonly finishedAt?: number | undefined
  /** When the oldest row happened that this run was served. */
  readonly position?: number
  /** Requests sent, retries included. */
  readonly requests: number
  /** Rows the exchange answered, rows served twice counted twice. */
  readonly served: number
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  /** Of the changed rows: said something final, and say something else now. */
  readonly revised?: number
  /** Of the changed rows: the exchange does not show them any more. */
  readonly vanished?: number
  /** Rows that could not be read, and are kept as they were served. */
  readonly unreadable?: number
  /** Share of what was planned, be it time or names, that has been asked for, 0 to 100. */
  readonly percent: number
  /** For each way in which names are asked for one by one. */
  readonly names?: readonly NamesAsked[]
  /** What could not be asked. Where the stream is not `failed`, nothing is missing for that in the time that matters. */
  readonly failure?: FailureKind
  /** The stream is empty for a reason the exchange states. */
  readonly note?: 'not-opened' | 'not-served'
  /** Those that are named; `moreGaps` are only counted. */
  readonly gaps: readonly WhoseGap[]
  readonly moreGaps?: number
  /** Time of which nobody can tell; `moreUnverified` are only counted. */
  readonly unverified: readonly WhoseDoubt[]
  readonly moreUnverified?: number
  /** Parts of which nothing is known to the end: no gap tells of them. */
  readonly behind?: readonly Behind[]
}

/** `interrupted`: stopped before the end; the next run goes on. `failed`: nothing could be had at all. */
export type RunState = 'running' | Completeness | 'interrupted' | 'failed'

/** One sync of one connection. Times are epoch milliseconds. */
export type Run = {
  /** Sortable by start. */
  readonly id: string
  readonly connection: string
  readonly state: RunState
  readonly startedAt: number
  readonly finishedAt?: number
  readonly requests: number
  readonly streams: readonly StreamProgress[]
  /** When this was last written while the run was under way: one that nobody writes any more has died. */
  readonly updatedAt?: number
  /** Whether the run asks again for all that could not be told or had before. */
  readonly recheck?: boolean
  /** How often the run was handed on, because the time of whoever worked on it was over. */
  readonly hop?: number
  /** Milliseconds that the exchange's clock was ahead of ours, where that shows that ours was wrong: all times of the run are by ours. */
  readonly ahead?: number
  /** Why the whole run failed. */
  readonly failure?: FailureKind
  /**
   * Nobody goes on with it: its last delivery broke, or whoever worked on it died. A message that comes for it all the
   * same was sent again by an operator.
   */
  readonly givenUp?: boolean
}

/** Whether a stream was asked to its end. */
export function isEnded(state: StreamState): boolean {
  return state !== 'waiting' && state !== 'running' && state !== 'failed'
}

/** What is known after a run or a stream of this state: what did not end, or failed, is incomplete. */
export function completenessAfter(state: RunState | StreamState): Completeness {
  return state === 'complete' || state === 'unverified' ? state : 'incomplete'
}

/** When a run was, by the exchange's clock where that had shown ours to be wrong. Epoch milliseconds. */
export function whenRan({ startedAt, finishedAt, ahead = 0 }: Run) {
  return {
    startedAt: startedAt + ahead,
    ...(finishedAt !== undefined && { finishedAt: finishedAt + ahead }),
  }
}

/** The same of one of its streams. */
export function whenStreamRan({ startedAt, finishedAt }: StreamProgress, { ahead = 0 }: Run) {
  return {
    ...(startedAt !== undefined && { startedAt: startedAt + ahead }),
    ...(finishedAt !== undefined && { finishedAt: finishedAt + ahead }),
  }
}

/**
 * What time it is for whoever tells of dates and asks nobody: `now` by our clock, unless it is behind a run to which the exchange told
 * the time, or the last of these runs has shown it to be wrong. Whether it was put right since then nobody knows: it is not later
 * than by either reading, nor before that run.
 */
export function believedNow(now: number, runs: readonly (Run | undefined)[]): number {
  const told = runs.flatMap((run) => {
    if (run === undefined || !isTimeTold(run)) return []
    const { startedAt, finishedAt = startedAt } = whenRan(run)
    return [{ at: finishedAt, ahead: run.ahead ?? 0 }]
  })
  const last = told.reduce<(typeof told)[number] | undefined>(
    (latest, one) => (latest === undefined || one.at > latest.at ? one : latest),
    undefined,
  )
  return last === undefined ? now : Math.max(last.at, Math.min(now, now + last.ahead))
}

/** Of a run of which nothing came, the time is by our clock alone. */
function isTimeTold({ ahead, streams }: Run): boolean {
  return ahead !== undefined || streams.some(({ state }) => isEnded(state))
}
