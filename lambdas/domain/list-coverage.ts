import { believableFrom, place } from './cover-answer.ts'
import { type Coverage, type Evidence, frontier, isGone } from './coverage.ts'
import { edgeSlack } from './plan-windows.ts'
import type { ListStream } from './stream.ts'
import { hour, subtract, type Window } from './window.ts'

/** Where covered time begins is told to the hour, so that what many partitions know is alike, and is kept once. */
const grain = hour

/** A list that was read, all of its rows stored. */
export type ListAnswer = {
  /** Every row from here on is among them; undefined: every row that is served at all. */
  readonly since: number | undefined
  /** Rows that are older than this had appeared when it was asked for. */
  readonly settled: number
  readonly answeredAt: number
  readonly evidence: Evidence | undefined
}

/** Up to when rows had appeared that were asked for at this time. */
export function settledAt({ settleLag, unit }: ListStream, askedAt: number): number {
  return Math.floor((askedAt - settleLag) / unit) * unit
}

/**
 * Coverage after a list was read: a tail of time. What is older than a list that was cut off is left open, since going
 * back may still bring it. `careSince`: where covered time began when the run started, as for windows.
 */
export function coverList(
  coverage: Coverage,
  { opened, depth, isDepthTaken }: ListStream,
  { since, settled, answeredAt, evidence }: ListAnswer,
  careSince: number | undefined,
): Coverage {
  if (since !== undefined) return place(coverage, [{ from: Math.min(settled, since), to: settled }], [], [])
  const horizon = Math.ceil(believableFrom(depth, answeredAt, evidence) / grain) * grain
  const from = Math.min(settled, Math.max(opened, horizon))
  const before = subtract([{ from: opened, to: from }], [...coverage.covered, ...coverage.unverified])
  const isLossKnown = careSince !== undefined && isDepthTaken === undefined
  const lost = isLossKnown ? subtract(before, [{ from: 0, to: careSince }]) : []
  return place(
    coverage,
    [{ from, to: settled }],
    subtract(before, lost).map((part) => ({ ...part, reason: 'beyond-depth' })),
    lost.map((part) => ({ ...part, reason: 'expired' })),
  )
}

/** Coverage after rows were shown by going back: nothing is left out in this window. */
export function coverShown(coverage: Coverage, window: Window): Coverage {
  return window.from < window.to ? place(coverage, [window], [], []) : coverage
}

/** Coverage without what was claimed of time before `to`. */
export function withoutClaims(coverage: Coverage, to: number): Coverage {
  return { ...coverage, covered: subtract(coverage.covered, [{ from: 0, to }]) }
}

/** Coverage after nothing more is to be had of what is older than `to`; what was known of it stays. */
export function coverCut(
  coverage: Coverage,
  { opened }: ListStream,
  to: number,
  reason: 'saturated' | 'beyond-depth',
): Coverage {
  const { covered, unverified, lost } = coverage
  const open = subtract([{ from: opened, to: Math.max(opened, to) }], [...covered, ...unverified, ...lost])
  return reason === 'saturated'
    ? place(
        coverage,
        [],
        [],
        open.map((part) => ({ ...part, reason })),
      )
    : place(
        coverage,
        [],
        open.map((part) => ({ ...part, reason })),
        [],
      )
}

/**
 * Coverage after the exchange said that it knows no such partition, or showed nothing of one that it does not list: of the time since it was
 * read last it may have served something. Of what comes after there is nothing to have, so that this grows no more.
 */
export function coverGone(coverage: Coverage, settled: number): Coverage {
  const known = frontier(coverage)
  if (known === undefined)
    return { ...coverage, note: 'not-served', attempted: Math.max(coverage.attempted, settled) }
  if (isGone(coverage)) return coverage
  const open = subtract([{ from: known, to: Math.max(known, settled) }], coverage.lost)
  const gone = place(
    coverage,
    [],
    open.map((part) => ({ ...part, reason: 'unlisted' })),
    [],
  )
  return { ...gone, attempted: Math.max(coverage.attempted, settled) }
}

/** From when on the exchange has documented to show what it showed before, with some time to spare. */
export function promisedFrom({ depth }: ListStream, answeredAt: number): number {
  return answeredAt - depth + edgeSlack
}
