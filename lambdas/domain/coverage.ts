import { believedSince, type Pages } from './largest-answer.ts'
import {
  hasPartition,
  isListed,
  type StreamDefinition,
  type StreamKind,
  type WindowStream,
} from './stream.ts'
import type { Sum } from './sums.ts'
import { servedTime, type Transaction } from './transaction.ts'
import type { Unfinished } from './unfinished.ts'
import { alignTo, chop, day, hour, intersect, subtract, totalWidth, union, type Window } from './window.ts'

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
function readUntil(coverage: Coverage): number | undefined {
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

/**
 * The exchange's horizon moves while we ask: windows are cut this much younger, so that one just inside is not
 * refused or clipped as a whole.
 */
export const edgeSlack = hour

/**
 * A window that begins so much younger than the horizon is answered before the horizon reaches it: it need not be cut.
 * In one window with what is older, an empty answer would prove nothing about it.
 */
const nearSlack = hour / 4

/**
 * The windows to ask for, oldest first: everything unknown, the look-back behind the frontier, or behind where answers
 * are believed that may have been cut, and the instants of
 * unfinished transfers, however old; `again`, what is unverified or lost too. Cut to the exchange's maximum span and
 * at the ages beyond which it may serve no more, so that no window lies half inside. `now` is the exchange's time: a
 * window that ended later might be refused for that. A reserve may be asked for what is unknown, and for nothing else: cut at the
 * ages of its `better`, too, beyond which that may leave time to it.
 */
export function planWindows(
  coverage: Coverage,
  definition: WindowStream,
  now: number,
  again = false,
  better?: WindowStream,
): readonly Window[] {
  const { unit, opened, maxSpan } = definition
  const until = Math.floor(now / unit) * unit
  const doubted = again ? [] : [...coverage.unverified, ...coverage.lost]
  const unknown = subtract([{ from: opened, to: until }], [...coverage.covered, ...doubted])
  const newest = readUntil(coverage)
  const believed = believedSince(coverage.pages, now) ?? now
  const lookBack =
    newest === undefined
      ? []
      : subtract(
          [
            {
              from: Math.max(opened, lookBackFrom(Math.min(newest, believed), definition, now)),
              to: until,
            },
          ],
          again ? [] : coverage.lost.filter(({ reason }) => reason !== 'unreadable'),
        )
  const served = edgeAt(definition.depth, unit, now, edgeSlack)
  const unfinished = inTurn(coverage.unfinished.map(servedTime), served, now)
    .filter((time) => time < until)
    .map((time) => ({ from: time, to: time + unit }))
  const wished = better === undefined ? [...unknown, ...lookBack, ...unfinished] : unknown
  const needed = union(wished.map((window) => alignTo(unit, window)))
  const ages = [definition, ...(better === undefined ? [] : [better])].flatMap(doubtfulAges)
  const wanted = definition.mutable ? bridge(needed, maxSpan, served) : needed
  return wanted.flatMap((window) =>
    chop(
      [window],
      maxSpan,
      ages
        .filter((age) => window.from < edgeAt(age, unit, now, nearSlack))
        .map((age) => edgeAt(age, unit, now, edgeSlack)),
    ),
  )
}

/**
 * Older than `served`, each costs a question of its own, and one that stays as it is would cost it for ever: so many a night, by turns.
 * A turn begins where multiples of the golden section fall, which spread evenly for who comes every night and for who comes once a week:
 * turns that follow each other by days would show the latter the same ones again and again.
 */
function inTurn(times: readonly number[], served: number, now: number): readonly number[] {
  const old = times.filter((time) => time < served)
  if (old.length <= mostBeyond) return times
  const place = (Math.floor(now / day) * goldenSection) % 1
  const first = Math.floor(place * old.length)
  const turn = [...old, ...old].slice(first, first + mostBeyond)
  return [...turn, ...times.filter((time) => time >= served)]
}

const mostBeyond = 12
const goldenSection = (Math.sqrt(5) - 1) / 2

/**
 * What may be lost first comes first: the oldest of the time that the exchange is documented to serve, what is younger, and then
 * what others say that it serves, each oldest first. What nobody says comes last, and youngest first: where it is not served, what is
 * older need not be asked for.
 */
export function urgentFirst(
  plan: readonly Window[],
  definition: Pick<StreamDefinition, 'depth' | 'reportedDepth' | 'unit'>,
  now: number,
): readonly Window[] {
  const documented = edgeAt(definition.depth, definition.unit, now, nearSlack)
  const said = edgeAt(saidDepth(definition), definition.unit, now, nearSlack)
  const rankOf = ({ from }: Window) => (from >= documented ? 0 : from >= said ? 1 : 2)
  return [...plan].sort(
    (a, b) => rankOf(a) - rankOf(b) || (rankOf(a) === 2 ? b.from - a.from : a.from - b.from),
  )
}

/** Where time of this age begins, `slack` younger. */
function edgeAt(age: number, unit: number, now: number, slack: number): number {
  return Math.ceil((now - age + slack) / unit) * unit
}

/** How far back others say that the exchange serves; what is documented where nobody says more. */
export function saidDepth({
  depth,
  reportedDepth,
}: Pick<StreamDefinition, 'depth' | 'reportedDepth'>): number {
  return Math.max(depth, reportedDepth ?? 0)
}

/**
 * The ages at which the exchange may cease to serve: what is documented, what others report, and some in between, since
 * a window that begins beyond the true one may be answered with nothing at all.
 */
function doubtfulAges(definition: StreamDefinition): readonly number[] {
  const last = saidDepth(definition)
  const ages = []
  for (let age = definition.depth; age < last; age *= 2) ages.push(age)
  return [...ages, last]
}

/**
 * Looking back beyond what the exchange is said to serve brings nothing, and an empty answer that reaches there would
 * prove nothing about the rest of its window either. Of what is asked for by parts, no answer proves anything anyway.
 */
function lookBackFrom(newest: number, definition: WindowStream, now: number): number {
  if (definition.byParts !== undefined) return newest - definition.lookBack
  const near = edgeAt(saidDepth(definition), definition.unit, now, nearSlack)
  return newest <= near ? newest : Math.max(newest - definition.lookBack, near)
}

/** An exchange may open its archive, and one that was out of order recovers: what nobody could tell is asked again. */
const askAgainAfter = 7 * day

/** Whether it is time to ask again for what is unverified or lost. */
export function isDueAgain({ reasked, unverified, lost }: Coverage, now: number): boolean {
  return unverified.length + lost.length > 0 && reasked !== undefined && now - reasked >= askAgainAfter
}

/**
 * Joins neighbours that one request can span: a few rows read again cost less than a request. Not where they are older
 * than `served`: one that is served no more would take its neighbour along.
 */
function bridge(windows: readonly Window[], maxSpan: number, served: number): readonly Window[] {
  const joined: Window[] = []
  for (const window of windows) {
    const last = joined.at(-1)
    if (last !== undefined && last.from >= served && window.to - last.from <= maxSpan)
      joined[joined.length - 1] = { from: last.from, to: window.to }
    else joined.push(window)
  }
  return joined
}

/** Exchanges change how far back they serve: what was seen longer ago proves nothing now. */
export const evidenceAge = day

/** The better of two pieces of evidence: the one that reaches further back from its own moment. */
export function strongerEvidence(a: Evidence | undefined, b: Evidence): Evidence {
  return a !== undefined && a.servedAt - a.time >= b.servedAt - b.time ? a : b
}

/**
 * The oldest instant for which an answer of `askedAt` can be believed. An exchange's horizon only moves
 * forward, at most as fast as time: what is younger than its documented depth, or than a row it has served,
 * it serves whole.
 */
export function believableFrom(depth: number, askedAt: number, evidence: Evidence | undefined): number {
  const shown = evidence === undefined ? 0 : evidence.servedAt - evidence.time
  return askedAt - Math.max(depth, shown)
}

export type Answer = {
  readonly window: Window
  /** When the question was sent: rows that appear later are not promised. */
  readonly askedAt: number
  /** When the answer was complete: the exchange's horizon may have moved up to here. */
  readonly answeredAt: number
  /** The best evidence of this run, the answer's own rows included. */
  readonly evidence: Evidence | undefined
  /** The time of the oldest row in this answer. */
  readonly oldest: number | undefined
  /** False where rows were collected part by part without proof that no part is missing. */
  readonly proven: boolean
  /** The windows that were answered before in this run. */
  readonly answeredBefore?: readonly Window[]
  /** Where rows were served that could not be read. */
  readonly unreadable?: readonly Window[]
}

/**
 * Coverage after a complete answer whose rows are all stored. `careSince` is where covered time began when the
 * run started: what is younger, and older than anybody says the exchange serves, is lost (`expired`) where it cannot be
 * believed any more. What else cannot be believed is unverified: of a depth that nobody tells, nobody knows that it has passed.
 */
export function coverAnswer(
  coverage: Coverage,
  definition: WindowStream,
  answer: Answer,
  careSince: number | undefined,
): Coverage {
  const { window } = answer
  if (!answer.proven) {
    const to = provenUntil(definition, answer)
    const reason = definition.byParts === undefined ? ('indivisible' as const) : ('by-order' as const)
    const collected = subtract([{ ...window, to, reason }], coverage.covered)
    const told = place(withoutDamage(coverage, { ...window, to }), [], collected, [])
    return coverUnreadable(confirm(told, answer), answer.unreadable, to)
  }
  const { from, to } = provenPart(definition, answer)
  // What nobody could tell before is not lost because nobody can tell now.
  const doubtful = subtract([{ from: window.from, to: from }], [...coverage.covered, ...coverage.unverified])
  const said = believableFrom(saidDepth(definition), answer.answeredAt, answer.evidence)
  const gone = Math.floor(said / definition.unit) * definition.unit
  const isLossKnown = careSince !== undefined && definition.isDepthTaken === undefined
  const lost = isLossKnown ? intersect(doubtful, [{ from: careSince, to: gone }]) : []
  const unverified = subtract(doubtful, lost)
  return coverUnreadable(
    confirm(
      place(
        coverage,
        [{ from, to }],
        unverified.map((part) => ({ ...part, reason: 'beyond-depth' })),
        lost.map((part) => ({ ...part, reason: 'expired' })),
      ),
      answer,
    ),
    answer.unreadable,
    to,
  )
}

/** What cannot be read any more was not had, even where it was before: nobody can tell whether it is the same row. */
export function coverUnreadable(coverage: Coverage, windows: readonly Window[] = [], to: number): Coverage {
  const settled = subtract(windows, [{ from: to, to: Number.MAX_SAFE_INTEGER }])
  if (settled.length === 0) return coverage
  return place(
    {
      ...coverage,
      covered: subtract(coverage.covered, settled),
      unverified: subtract(coverage.unverified, settled),
      lost: subtract(coverage.lost, settled),
    },
    [],
    [],
    settled.map(({ from, to }) => ({ from, to, reason: 'unreadable' })),
  )
}

/** Coverage without what this run claims of `windows`: only what `before` knew stays. */
export function withhold(coverage: Coverage, before: Coverage, windows: readonly Window[]): Coverage {
  if (windows.length === 0) return coverage
  const kept = intersect(subtract(before.covered, coverage.lost), windows)
  return { ...coverage, covered: union(subtract(coverage.covered, windows), kept) }
}

/** What of the partition could not be read so far. */
export function unreadableIn({ lost }: Coverage): readonly Window[] {
  return lost.filter(({ reason }) => reason === 'unreadable')
}

/**
 * The part of its window for which an answer that holds the whole can be believed: what is older may have been clipped, and what
 * is younger may still appear.
 */
export function provenPart(definition: WindowStream, answer: Answer): Window {
  const { window } = answer
  const to = provenUntil(definition, answer)
  const horizon = believableFrom(definition.depth, answer.answeredAt, answer.evidence)
  // Nothing at all, for a window that begins before the horizon, may be how the exchange says no.
  const silent = window.from < horizon && answer.oldest === undefined
  const believable = silent ? to : Math.min(horizon, answer.oldest ?? horizon)
  const from = Math.min(to, Math.max(window.from, Math.ceil(believable / definition.unit) * definition.unit))
  return { from, to }
}

function provenUntil({ settleLag, unit }: WindowStream, { window, askedAt }: Answer): number {
  return Math.min(window.to, Math.floor((askedAt - settleLag) / unit) * unit)
}

/**
 * Coverage after the exchange refused this time as out of its range. What it may well refuse is unverified; `careSince` is
 * where covered time began when the run started: what is younger should have been had, and is lost.
 */
export function coverRefusal(coverage: Coverage, window: Window, careSince: number | undefined): Coverage {
  const fresh = subtract([window], [...coverage.covered, ...coverage.unverified])
  const lost = careSince === undefined ? [] : subtract(fresh, [{ from: 0, to: careSince }])
  return place(
    coverage,
    [],
    subtract(fresh, lost).map((part) => ({ ...part, reason: 'refused' })),
    lost.map((part) => ({ ...part, reason: 'expired' })),
  )
}

/** Coverage after a smallest window stayed full however it was divided. */
export function coverSaturation(coverage: Coverage, window: Window): Coverage {
  return place(coverage, [], [], subtract([{ ...window, reason: 'saturated' }], coverage.covered))
}

/** What is damaged was shown again, as well as it can be. */
function withoutDamage(coverage: Coverage, window: Window): Coverage {
  const unverified = coverage.unverified.flatMap((part) =>
    part.reason === 'damaged' ? subtract([part], [window]) : [part],
  )
  return { ...coverage, unverified }
}

/** Coverage after what is stored of these windows did not agree with what was stored then: of nothing in them it is known. */
export function takeBack(coverage: Coverage, windows: readonly Window[]): Coverage {
  // What never had a row cannot have lost one.
  if (coverage.asked !== undefined && coverage.oldest === undefined) return coverage
  const damaged = intersect(union(coverage.covered, coverage.unverified), windows)
  if (damaged.length === 0) return coverage
  return {
    ...coverage,
    seen: undefined,
    covered: subtract(coverage.covered, damaged),
    unverified: joinAlike([
      ...subtract(coverage.unverified, damaged),
      ...damaged.map((window) => ({ ...window, reason: 'damaged' as const })),
    ]),
  }
}

/**
 * Promotes answers of this run that were doubted until a row at least as old was served after them. Only the row just
 * served will do, since older evidence the horizon may have moved past it; and only for this run's answers, since
 * the exchange may have opened its archive after those of an earlier one.
 */
function confirm(coverage: Coverage, { oldest, answeredBefore = [] }: Answer): Coverage {
  if (oldest === undefined) return coverage
  const answered = intersect(answeredBefore, [{ from: oldest, to: Number.MAX_SAFE_INTEGER }])
  const doubted = [
    ...coverage.unverified.filter(({ reason }) => reason === 'beyond-depth' || reason === 'refused'),
    ...coverage.lost.filter(({ reason }) => reason === 'expired'),
  ]
  const proven = intersect(doubted, answered)
  return totalWidth(proven) === 0 ? coverage : place(coverage, proven, [], [])
}

/** Coverage with this put in its place: what is covered is neither lost nor unverified, and what is lost is not unverified. */
export function place(
  coverage: Coverage,
  covered: readonly Window[],
  unverified: readonly Unverified[],
  lost: readonly Gap[],
): Coverage {
  const all = union(coverage.covered, covered)
  const gone = joinAlike([...subtract(coverage.lost, all), ...subtract(lost, [...all, ...coverage.lost])])
  const open = subtract(unverified, [...all, ...gone, ...coverage.unverified])
  return {
    ...coverage,
    covered: all,
    lost: gone,
    unverified: joinAlike([...subtract(coverage.unverified, [...all, ...gone]), ...open]),
  }
}

function joinAlike<T extends Window & { readonly reason: string }>(parts: readonly T[]): readonly T[] {
  const joined: T[] = []
  for (const part of [...parts].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last !== undefined && last.reason === part.reason && last.to >= part.from)
      joined[joined.length - 1] = { ...last, to: Math.max(last.to, part.to) }
    else joined.push(part)
  }
  return joined
}
