import { draw, type Slice, sliceFor } from '../../lambdas/domain/allowance.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'

export type Night = {
  readonly connections: number
  /** Questions of each. */
  readonly questions: number
  readonly weight: number
  readonly workers: number
  readonly limit: Pick<RateLimit, 'calls' | 'per'>
  /** Milliseconds that the exchange takes for an answer. */
  readonly answersIn: number
}

export type Counted = {
  /** Milliseconds until the last answer. */
  readonly lasted: number
  /** The most weight that the exchange has counted in any of its windows. */
  readonly most: number
  /** How often the table was asked. */
  readonly reserved: number
}

/** A night as it goes by when everybody is due at once: workers that see nothing of each other but what the table holds. */
export function nightOfMany({ connections, questions, weight, workers, limit, answersIn }: Night): Counted {
  let spentUntil = 0
  let reserved = 0
  let waiting = connections
  let lasted = 0
  const counted: number[] = []
  const slices: (Slice | undefined)[] = Array.from({ length: workers }, () => undefined)
  const asked = Array.from({ length: workers }, () => questions)
  /** When each worker is free: those that are are served in the order of time. */
  const free = Array.from({ length: workers }, () => 0)

  for (;;) {
    const worker = free.reduce((earliest, at, index) => (at < (free[earliest] ?? 0) ? index : earliest), 0)
    const now = free[worker] ?? 0
    if (now === Number.POSITIVE_INFINITY) break
    if (asked[worker] === questions) {
      if (waiting === 0) {
        free[worker] = Number.POSITIVE_INFINITY
        continue
      }
      waiting -= 1
      asked[worker] = 0
    }
    const known = slices[worker]
    let drawn = known && draw(known, limit, weight, now)
    if (drawn === undefined) {
      const { weight: left, takes } = sliceFor(limit, weight)
      const before = Math.max(spentUntil, now)
      spentUntil = before + takes
      reserved += 1
      drawn = draw({ spentUntil: before, left }, limit, weight, now)
    }
    if (drawn === undefined) throw new Error('What was just reserved cannot be used.')
    slices[worker] = drawn.slice
    asked[worker] = (asked[worker] ?? 0) + 1
    counted.push(drawn.at)
    free[worker] = drawn.at + answersIn
    lasted = Math.max(lasted, drawn.at + answersIn)
  }
  return {
    lasted,
    most:
      mostInWindow(
        counted.sort((a, b) => a - b),
        limit.per,
      ) * weight,
    reserved,
  }
}

/** Of moments in order. */
export function mostInWindow(times: readonly number[], per: number): number {
  let most = 0
  let first = 0
  for (const [index, at] of times.entries()) {
    while ((times[first] ?? at) <= at - per) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}
