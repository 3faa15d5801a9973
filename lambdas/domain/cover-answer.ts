import type { Coverage, Evidence, Gap, Unverified } from './coverage.ts'
import { saidDepth } from './plan-windows.ts'
import type { WindowStream } from './stream.ts'
import { day, intersect, subtract, totalWidth, union, type Window } from './window.ts'

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
