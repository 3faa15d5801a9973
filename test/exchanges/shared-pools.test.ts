import { describe, expect, it } from 'vitest'
import { allowanceStore } from '../../lambdas/adapters/allowances.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'
import { openSharedPools } from '../../lambdas/exchanges/shared-pools.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'
import { mostInWindow } from '../model/night-of-many.ts'

const hundred: RateLimit = { id: 'somewhere weight', calls: 100, per: 1_000, scope: 'address' }
const counted = Promise.resolve(0)

/** Processes that share a table and the time, which moves only when all of them wait. */
async function processes(count: number) {
  const { reserve } = allowanceStore((await temporaryStore()).table)
  let now = 1_700_000_000_000
  const waiting: { readonly at: number; readonly wake: () => void }[] = []
  const clock = () => now
  const sleep = (ms: number, signal?: AbortSignal) =>
    ms <= 0
      ? Promise.resolve()
      : new Promise<void>((wake) => {
          waiting.push({ at: now + ms, wake })
          signal?.addEventListener('abort', () => wake(), { once: true })
        })
  return {
    clock,
    pools: Array.from({ length: count }, () => openSharedPools({ clock, sleep, reserve })),
    /** Lets time go by until it is all done. */
    async run(work: Promise<unknown>): Promise<void> {
      let isDone = false
      void work.finally(() => {
        isDone = true
      })
      while (!isDone) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        waiting.sort((a, b) => a.at - b.at)
        const next = waiting.shift()
        now = Math.max(now, next?.at ?? now)
        next?.wake()
      }
      await work
    },
  }
}

describe('allowances in the table', () => {
  it('are shared by processes that see nothing else of each other', async () => {
    const { clock, pools, run } = await processes(3)
    const made: number[] = []
    const work = pools.map(async (pool) => {
      for (let call = 0; call < 40; call += 1) {
        await pool.take([hundred], 2, counted)
        made.push(clock(), clock())
      }
    })
    await run(Promise.all(work))
    expect(
      mostInWindow(
        made.sort((a, b) => a - b),
        hundred.per,
      ),
    ).toBeLessThanOrEqual(hundred.calls)
    const lasted = (made.at(-1) ?? 0) - (made[0] ?? 0)
    expect(lasted).toBeGreaterThan(1_400)
    expect(lasted).toBeLessThan(4_000)
  })

  it('of one exchange are no concern of another, and one that was called off waits no longer', async () => {
    const { clock, pools, run } = await processes(1)
    const [pool] = pools
    if (pool === undefined) throw new Error('There is one process.')
    await run(pool.take([hundred], 100, counted))
    const begun = clock()
    const stop = new AbortController()
    const stopped = pool.take([hundred], 100, counted, stop.signal)
    await pool.take([{ ...hundred, id: 'elsewhere weight' }], 4, counted)
    expect(clock()).toBe(begun)
    stop.abort()
    await stopped
    await pool.take([hundred], 100, counted, stop.signal)
    expect(clock()).toBe(begun)
  })

  it('hold for whoever comes next when the table failed for one', async () => {
    let fails = true
    const pools = openSharedPools({
      clock: () => 5,
      sleep: async () => undefined,
      reserve: async (_, __, now) => {
        if (fails) throw new Error('down')
        return now
      },
    })
    await expect(pools.take([hundred], 1, counted)).rejects.toThrow('down')
    fails = false
    await pools.take([hundred], 1, counted)
  })
})
