import type { Pages } from './largest-answer.ts'
import { hasPartition, isListed, type StreamDefinition, type StreamKind } from './stream.ts'
import type { Sum } from './sums.ts'
import type { Transaction } from './transaction.ts'
import type { Unfinished } from './unfinished.ts'
import { subtract, type Window } from './window.ts'

/**
 * Why an interval that should have been had was not: `expired`, the exchange served it no more when we came;
 * `saturated`, it holds more rows than any question obtains; `failed`, asking did not succeed (yet);
 * `unreadable`, a row in it could not be read, and is kept as it was served.
 */
export type GapReason = 'expired' | 'saturated' | 'failed' | 'unreadable'
export type Gap = Window & { readonly reason: GapReason }

/**
 * Why nobody can tell whether an interval is complete: `beyond-depth`, asked and answered, but older than what
 * the exchange is known to serve; `refused`, the exchange does not serve that time; `indivisible`, so many rows in one
 * smallest unit that they were collected part by part without proof that there is no further part; `by-order`, there is no
 * question for time, and rows were found by what lists name; `unlisted`, of a name that the exchange does not list any more, and of which
 * it shows nothing; `damaged`, what is
 * stored does not agree with what was stored then.
 */
export type UnverifiedReason =
  | 'beyond-depth'
  | 'refused'
  | 'indivisible'
  | 'by-order'
  | 'unlisted'
  | 'damaged'
export type Unverified = Window & { readonly reason: UnverifiedReason }

/** What an exchange has shown about how far back it serves: it still served a row of `time` when asked at `servedAt`. */
export type Evidence = { readonly time: number; readonly servedAt: number }

/** What is known about one partition of a stream of a connection. All windows are sorted and disjoint. */
export type Coverage = {
  readonly stream: StreamKind
  readonly partition: string
  readonly covered: readonly Window[]
  readonly unverified: readonly Unverified[]
  /** Only gaps that asking again cannot mend; what is still to be asked is derived by `gaps`. */
  readonly lost: readonly Gap[]
  /** The end of the time that runs have tried to cover; 0 before the first. */
  readonly attempted: number
  /** Transfers that are read again until they say something final, oldest first. */
  readonly unfinished: readonly Unfinished[]
  /** Every symbol that rows of this partition have named: what a window too dense for time is divided by. */
  readonly symbols: readonly string[]
  /** How far back the exchange has lately been seen to serve, for a run that goes on where another was cut off. */
  readonly evidence?: Evidence
  /** When what is unverified or lost was last asked for as a whole; the first run counts, whether it got that far or not. */
  readonly reasked?: number
  /** Stored rows that the exchange no longer shows, oldest first. However many: what is said of a period counts those of it. */
  readonly missing?: readonly Missing[]
  /** Stored rows whose newest state cannot be read, oldest first. */
  readonly unread?: readonly Missing[]
  /** Rows that said something final and then something else, oldest first. However many: what is said of a period counts those of it. */
  readonly revised?: readonly Pick<Transaction, 'time' | 'identity'>[]
  /** Where rows lie whose contract's size nobody has told yet. */
  readonly sizeless?: readonly Sizeless[]
  /** The time of the oldest row that was ever stored: what an owner says of the beginning is held against it. */
  readonly oldest?: number
  /** The time of the youngest row that was ever stored: what is said of an end is held against it. */
  readonly newest?: number
  /** How many rows its answers have been seen to hold. */
  readonly pages?: Pages
  /** The version of the stream's sums when this was saved: what is covered is counted there. */
  readonly sums?: number
  /** Lists only. When the partition was last asked for, by our clock: it is the turn of whoever was asked the longest ago. */
  readonly asked?: number
  /** Lists only. A number of rows at which a page was seen to end although there were more. */
  readonly pageEnds?: number
  /** Lists only. Back to when it was asked for time that the list does not reach, by a worker that did not get to the end. */
  readonly olderTo?: number
  /** Lists only. What the list held when it was last read whole; every row of it is stored. */
  readonly seen?: Seen
  /** Lists only. What this partition has shown of the ways to what is older than a full page. */
  readonly ways?: readonly LearntWay[]
  /** Lists only. What orders witness of the fills that could not be had. */
  readonly lacking?: Lacking
  /**
   * The partition is empty for a reason that the exchange states. `not-known`: lists only, a name that was made up from a coin, and
   * that is none.
   */
  readonly note?: 'not-opened' | 'not-served' | 'not-known'
}

/** Of so many orders that were listed, back to `since`, so many were filled with more than is stored, `between` these times. */
export type Lacking = {
  readonly asked: number
  /** Orders that were listed, too, and tell nothing: they changed just now, or do not say when. */
  readonly untold?: number
  readonly since: number
  readonly lacking: number
  readonly between?: Window
  /** When they were asked for. */
  readonly at: number
}

/** A list as it was: the sum of its rows, all of them older than `until`. */
export type Seen = Sum & { readonly until: number }

/**
 * Whether an exchange heeded one way back when it was tried. It saves questions until it is doubted again, and claims nothing:
 * each answer carries its own proof.
 */
export type LearntWay = { readonly way: string; readonly heeded: boolean; readonly at: number }

/** A stored row that the exchange has not shown any more, or not so that it can be read, since then. */
export type Missing = Pick<Transaction, 'time' | 'identity'> & { readonly since: number }

export type Sizeless = Window & { readonly symbol: string }

export function noCoverage(stream: StreamKind, partition: string): Coverage {
  return {
    stream,
    partition,
    covered: [],
    unverified: [],
    lost: [],
    attempted: 0,
    unfinished: [],
    symbols: [],
  }
}

/** How long a partition without rows waits for its turn, where partitions have one. */
function turnOf(partitions: StreamDefinition['partitions'], part: Coverage | undefined): number {
  return isListed(partitions) && part?.asked !== undefined && part.oldest === undefined ? partitions.every : 0
}

/** Stands for all partitions of a definition of which no name is known yet. */
const unnamed = ''

/**
 * Each partition that a definition should have, and what is known of it: those that it names, or those that runs have put on
 * its roster so far. While there is none, one without a name stands for all: it was never asked for.
 */
export function partsOf(
  { stream, partitions }: Pick<StreamDefinition, 'stream' | 'partitions'>,
  coverage: readonly Coverage[],
): readonly { readonly partition: string; readonly part: Coverage | undefined }[] {
  if (!isListed(partitions))
    return partitions.map((partition) => ({
      partition,
      part: coverage.find((one) => one.stream === stream && one.partition === partition),
    }))
  const roster = coverage.filter((one) => one.stream === stream && hasPartition(partitions, one.partition))
  return roster.length === 0
    ? [{ partition: unnamed, part: undefined }]
    : roster.map((part) => ({ partition: part.partition, part }))
}

/**
 * The parts of the stream's life up to the last attempt that are neither covered nor unverified, with reasons. A run that is at
 * work, or was cut short, has covered younger time than the last one tried: what it left open before that is a gap, too.
 */
export function gaps(coverage: Coverage, opened: number): readonly Gap[] {
  if (coverage.note !== undefined) return []
  const open = subtract(
    [{ from: opened, to: triedUntil(coverage), reason: 'failed' as const }],
    [...coverage.covered, ...coverage.unverified, ...coverage.lost],
  )
  return [...coverage.lost, ...open].sort((a, b) => a.from - b.from)
}

/** The newest instant up to which the partition is known, or undefined before anything is. */
export function frontier(coverage: Coverage): number | undefined {
  return coverage.covered.at(-1)?.to
}

/** Whether the partition had left the exchange when it was asked for last. */
export function isGone(coverage: Coverage): boolean {
  const last = coverage.unverified.at(-1)
  return last?.reason === 'unlisted' && last.to >= triedUntil(coverage)
}

/** The end of the time that was tried to be covered by runs as a whole, or covered by one that did not end; 0 before the first ended. */
export function triedUntil(coverage: Coverage): number {
  return coverage.attempted === 0 ? 0 : Math.max(coverage.attempted, readUntil(coverage) ?? 0)
}

/** The newest instant up to which the partition was read, also where that proves nothing. */
export function readUntil(coverage: Coverage): number | undefined {
  const byOrder = coverage.unverified.filter(({ reason }) => reason === 'by-order').at(-1)?.to
  const covered = frontier(coverage)
  return byOrder === undefined ? covered : Math.max(byOrder, covered ?? 0)
}

/**
 * How far behind `now` the history of an account ends, in milliseconds: that of its partition that is the furthest
 * behind. One that was never covered is as far behind as the connection is old. What the exchange says it does not
 * serve does not count.
 */
export function coverageLag(
  streams: readonly Pick<StreamDefinition, 'stream' | 'partitions' | 'reserveOf'>[],
  coverage: readonly Coverage[],
  connectedAt: number,
  now: number,
): number {
  const ends = streams.flatMap((definition) =>
    partsOf(definition, coverage).flatMap(({ part }) => {
      // What a reserve lacks is what its better lacks.
      if (definition.reserveOf !== undefined) return []
      if (part !== undefined && (part.note !== undefined || isGone(part))) return []
      const end = part === undefined ? connectedAt : (readUntil(part) ?? connectedAt)
      return [Math.min(now, end + turnOf(definition.partitions, part))]
    }),
  )
  return now - ends.reduce((oldest, end) => Math.min(oldest, end), now)
}
