import type { RateLimit } from './stream.ts'

/** Some weight that one process has reserved of an allowance, and has not used yet. */
export type Slice = {
  /** Until when the allowance is spent by what came before this; epoch milliseconds. */
  readonly spentUntil: number
  readonly left: number
  /** When the last call of it was let go; absent before the first. */
  readonly at?: number
}

type Limit = Pick<RateLimit, 'calls' | 'per'>

/** Calls are on their way for unequal times, and what left evenly arrives in a bunch: so much of a window is left for that. */
const spare = 0.1
/** What may come at once after a pause. The rest is spread over the window, so that no two windows in a row meet both. */
const saved = 0.05
/** A process reserves so much of a window at a time, so that the table is not asked for every call … */
const sliceOfWindow = 1 / 120
/** … and what it has not used so long afterwards is lost: used later, it would meet what others have reserved for then. */
const lastsWindows = 1 / 60

/** Weight that is earned in a millisecond, and weight that can be saved up. */
export function paceOf({ calls, per }: Limit): { readonly earned: number; readonly most: number } {
  const ours = calls * (1 - spare)
  const most = Math.max(1, ours * saved)
  return { earned: Math.max(ours - most, ours / 2) / per, most }
}

/**
 * What to reserve for a call of this weight and those after it: weight, and the milliseconds that it takes to be earned. A process whose
 * last call (of the slice `before`) took long reserves only what it can use in time: the rest would be lost to everybody.
 */
export function sliceFor(
  limit: Limit,
  weight: number,
  before?: Slice,
  now = 0,
): { readonly weight: number; readonly takes: number } {
  const { earned, most } = paceOf(limit)
  const largest = Math.floor(limit.calls * (1 - spare) * sliceOfWindow)
  const pause = before?.at === undefined ? 0 : now - before.at
  const behind = pause - weight / earned
  // Where many wait, a call is let go as long before its weight is earned as weight can be saved up.
  const lasts = limit.per * lastsWindows + (most - weight) / earned
  const usable = behind <= 0 ? Number.POSITIVE_INFINITY : 1 + Math.floor(lasts / behind)
  const reserved = Math.max(weight, Math.min(largest, usable * weight))
  return { weight: reserved, takes: Math.ceil(reserved / earned) }
}

/**
 * When a call of this weight may be made, at or after `now` (epoch milliseconds), and what is left of the slice then. Undefined when
 * the slice has not enough left, or has waited too long. A call that is heavier than what can be saved up waits until the rest of it
 * is earned, too; it may exceed a window by what it weighs more, so that no call should weigh a tenth of its limit.
 */
export function draw(
  { spentUntil, left }: Omit<Slice, 'at'>,
  limit: Limit,
  weight: number,
  now: number,
): { readonly at: number; readonly slice: Slice } | undefined {
  const { earned, most } = paceOf(limit)
  const ready = spentUntil - (most - weight) / earned
  if (left < weight || now > Math.max(ready, spentUntil) + limit.per * lastsWindows) return undefined
  const at = Math.max(now, Math.ceil(ready))
  return { at, slice: { spentUntil: spentUntil + weight / earned, left: left - weight, at } }
}
