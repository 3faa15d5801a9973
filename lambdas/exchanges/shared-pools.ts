import { draw, type Slice, sliceFor } from '../domain/allowance.ts'
import type { RateLimit } from '../domain/stream.ts'
import type { Pools } from './pools.ts'

export type SharedPoolsPorts = {
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Spends so many milliseconds of an allowance, and resolves with until when it was spent before (epoch milliseconds). */
  readonly reserve: (id: string, takes: number, now: number) => Promise<number>
}

/**
 * Allowances that many processes draw on, none of which sees the others: each reserves a slice where all can see it, and makes its
 * calls when they are due. Who comes first is let go first.
 */
export function openSharedPools({ clock, sleep, reserve }: SharedPoolsPorts): Pools {
  const slices = new Map<string, Slice>()
  const lines = new Map<string, Promise<void>>()

  async function takeOne(limit: RateLimit, weight: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return
    const known = slices.get(limit.id)
    const drawn = (known && draw(known, limit, weight, clock())) ?? (await drawAnew(limit, weight, known))
    slices.set(limit.id, drawn.slice)
    await sleep(Math.max(0, drawn.at - clock()), signal)
  }

  async function drawAnew(
    limit: RateLimit,
    weight: number,
    before: Slice | undefined,
  ): Promise<{ at: number; slice: Slice }> {
    const now = clock()
    const wanted = sliceFor(limit, weight, before, now)
    const slice = { spentUntil: await reserve(limit.id, wanted.takes, now), left: wanted.weight }
    // As of when it was asked for: however long the table took to answer, what was reserved just now can be used.
    const drawn = draw(slice, limit, weight, now)
    if (drawn === undefined) throw new Error(`What was reserved of ${limit.id} cannot be used.`)
    return drawn
  }

  return {
    async take(limits, weight, _counted, signal) {
      for (const limit of limits) {
        const mine = (lines.get(limit.id) ?? Promise.resolve()).then(() => takeOne(limit, weight, signal))
        // Whoever comes next does not fail because the table failed for this one.
        lines.set(
          limit.id,
          mine.catch(() => undefined),
        )
        await mine
      }
    },
  }
}
