import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import { jitter } from './pace.ts'

type Waiting = { readonly clock: () => number; readonly sleep: (ms: number) => Promise<void> }

/** Allowances that calls of many limits draw on together. */
export type Pools = {
  /** Resolves when each of these allowances has room for the call. `written`: when it was, epoch milliseconds. */
  take(pools: readonly RateLimit[], weight: number, written: Promise<number>): Promise<void>
}

/** What one call has taken of a pool, until a window after it was written. */
type Taken = { readonly weight: number; readonly written: Promise<number>; at?: number }
type Pool = { taken: Taken[]; line: Promise<void> }

/**
 * Rolling windows: what was written counts until a window later, and what is yet to be written counts too. Who comes first
 * is let go first, also before lighter ones. `share`: the part of each that is ours, where others draw on it as well.
 */
export function openPools({ clock, sleep }: Waiting, share = 1): Pools {
  const pools = new Map<string, Pool>()

  function poolOf({ id }: RateLimit): Pool {
    const pool = pools.get(id) ?? { taken: [], line: Promise.resolve() }
    pools.set(id, pool)
    return pool
  }

  async function makeRoom(pool: Pool, { calls, per }: RateLimit, weight: number): Promise<void> {
    const window = per + jitter
    for (;;) {
      pool.taken = pool.taken.filter(({ at }) => at === undefined || at + window > clock())
      const [oldest] = pool.taken
      const used = pool.taken.reduce((sum, taken) => sum + taken.weight, weight)
      // A call that is heavier than all that is ours has to be made all the same.
      if (oldest === undefined || used <= calls * share) return
      const at = await oldest.written
      await sleep(Math.max(0, at + window - clock()))
      // Sat out: that it is over does not need to be read from a clock.
      pool.taken = pool.taken.filter((taken) => taken !== oldest)
    }
  }

  return {
    async take(limits, weight, written) {
      for (const limit of limits) {
        const pool = poolOf(limit)
        pool.line = pool.line.then(async () => {
          await makeRoom(pool, limit, weight)
          const taken: Taken = { weight, written }
          pool.taken.push(taken)
          void written.then((at) => {
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
  return async ({ pools = [], weight = 1 }: ExchangeRequest, written: Promise<number>): Promise<void> => {
    const isShared = ({ scope }: RateLimit) => scope === 'address'
    await own.take(
      pools.filter((pool) => !isShared(pool)),
      weight,
      written,
    )
    await shared.take(
      pools.filter(isShared).map((pool) => ({ ...pool, id: `${exchange} ${pool.id}` })),
      weight,
      written,
    )
  }
}
