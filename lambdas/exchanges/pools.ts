import type { Wait } from '../domain/client.ts'
import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import { jitter } from './pace.ts'

type Waiting = {
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly onWait?: (wait: Wait) => void
}

/** Allowances that calls of many limits draw on together. */
export type Pools = {
  /**
   * Resolves when each of these allowances has room for the call, or when it is not to be made any more. `counted`: when the
   * exchange counted it, epoch milliseconds.
   */
  take(
    pools: readonly RateLimit[],
    weight: number,
    counted: Promise<number>,
    signal?: AbortSignal,
  ): Promise<void>
}

/** What one call has taken of a pool, until a window after it was counted. */
type Taken = { readonly weight: number; readonly counted: Promise<number>; at?: number }
type Pool = { taken: Taken[]; line: Promise<void> }

/**
 * Rolling windows: what was counted counts until a window later, and what is yet to be counted counts too. Who comes first
 * is let go first, also before lighter ones.
 */
export function openPools({ clock, sleep, onWait }: Waiting): Pools {
  const pools = new Map<string, Pool>()

  function poolOf({ id }: RateLimit): Pool {
    const pool = pools.get(id) ?? { taken: [], line: Promise.resolve() }
    pools.set(id, pool)
    return pool
  }

  async function makeRoom(
    pool: Pool,
    { calls, per, scope }: RateLimit,
    weight: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const window = per + jitter
    while (!signal?.aborted) {
      pool.taken = pool.taken.filter(({ at }) => at === undefined || at + window > clock())
      const [oldest] = pool.taken
      const used = pool.taken.reduce((sum, taken) => sum + taken.weight, weight)
      // A call that is heavier than the whole allowance has to be made all the same.
      if (oldest === undefined || used <= calls) return
      const at = await oldest.counted
      onWait?.({ why: 'used up', scope, until: at + window })
      await sleep(Math.max(0, at + window - clock()), signal)
      // Sat out: that it is over does not need to be read from a clock.
      if (!signal?.aborted) pool.taken = pool.taken.filter((taken) => taken !== oldest)
    }
  }

  return {
    async take(limits, weight, counted, signal) {
      for (const limit of limits) {
        const pool = poolOf(limit)
        pool.line = pool.line.then(async () => {
          await makeRoom(pool, limit, weight, signal)
          if (signal?.aborted) return
          const taken: Taken = { weight, counted }
          pool.taken.push(taken)
          void counted.then((at) => {
            taken.at = at
          })
        })
        await pool.line
      }
    },
  }
}

/** The allowances of one client: what all keys of our address share at an exchange comes from `shared`, the rest is its own. */
export function poolsOfClient(exchange: string, own: Pools, shared: Pools) {
  return async (
    { pools = [], weight = 1 }: ExchangeRequest,
    counted: Promise<number>,
    signal?: AbortSignal,
  ): Promise<void> => {
    const isShared = ({ scope }: RateLimit) => scope === 'address'
    await own.take(
      pools.filter((pool) => !isShared(pool)),
      weight,
      counted,
      signal,
    )
    await shared.take(
      pools.filter(isShared).map((pool) => ({ ...pool, id: `${exchange} ${pool.id}` })),
      weight,
      counted,
      signal,
    )
  }
}
