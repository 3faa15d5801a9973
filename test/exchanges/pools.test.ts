import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RateLimit } from '../../lambdas/domain/stream.ts'
import { jitter } from '../../lambdas/exchanges/pace.ts'
import { openPools, poolsOfClient } from '../../lambdas/exchanges/pools.ts'

const ten: RateLimit = { id: 'ten', calls: 10, per: 1_000, scope: 'address' }
const window = ten.per + jitter

/** Time that moves only while somebody sleeps. */
function clockwork() {
  let now = 1_700_000_000_000
  const begun = now
  return {
    clock: () => now,
    elapsed: () => now - begun,
    sleep: async (ms: number) => {
      now += ms
    },
  }
}

/** Lets enough of what is waiting happen. */
async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

describe('an allowance that calls share', () => {
  it('is never exceeded in any window, whatever the calls weigh and however late each is written', async () => {
    const call = fc.record({
      weight: fc.integer({ min: 1, max: 10 }),
      late: fc.integer({ min: 0, max: 900 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
        const time = clockwork()
        const pools = openPools(time)
        const written: { at: number; weight: number }[] = []
        for (const { weight, late } of calls) {
          let write: (at: number) => void = () => undefined
          await pools.take(
            [ten],
            weight,
            new Promise((resolve) => {
              write = resolve
            }),
          )
          await time.sleep(late)
          written.push({ at: time.clock(), weight })
          write(time.clock())
        }
        for (const { at } of written) {
          const within = written.filter((one) => one.at >= at && one.at < at + ten.per)
          expect(within.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(ten.calls)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('lets go at once what it has room for, and the next when the first was written a window ago', async () => {
    const time = clockwork()
    const pools = openPools(time)
    for (const weight of [4, 6]) await pools.take([ten], weight, Promise.resolve(time.clock()))
    expect(time.elapsed()).toBe(0)
    await pools.take([ten], 4, Promise.resolve(time.clock()))
    expect(time.elapsed()).toBe(window)
  })

  it('counts a call that is let go and not written yet, and lets nobody pass who came later', async () => {
    const pools = openPools(clockwork())
    const done: string[] = []
    let write: (at: number) => void = () => undefined
    const never = new Promise<number>((resolve) => {
      write = resolve
    })
    await pools.take([ten], 8, never)
    void pools.take([ten], 5, Promise.resolve(0)).then(() => done.push('heavy'))
    void pools.take([ten], 1, Promise.resolve(0)).then(() => done.push('light'))
    await settle()
    expect(done).toEqual([])
    write(1_700_000_000_000)
    await settle()
    expect(done).toEqual(['heavy', 'light'])
  })

  it('is taken by nobody who stopped waiting, and the next in line is let go as if he had not been there', async () => {
    const stop = new AbortController()
    let begun = 0
    const time = clockwork()
    const pools = openPools({
      clock: time.clock,
      sleep: async (ms, signal) => {
        begun += 1
        if (begun === 1) stop.abort()
        if (!signal?.aborted) await time.sleep(ms)
      },
    })
    const now = Promise.resolve(time.clock())
    await pools.take([ten], 8, now)
    const stopped = pools.take([ten], 10, new Promise<number>(() => undefined), stop.signal)
    const next = pools.take([ten], 2, now)
    await stopped
    await next
    expect(time.elapsed()).toBe(0)
  })

  it('lets a call that is heavier than all of it be made all the same, alone', async () => {
    const time = clockwork()
    const pools = openPools(time)
    await pools.take([ten], 5, Promise.resolve(time.clock()))
    expect(time.elapsed()).toBe(0)
    await pools.take([ten], 12, Promise.resolve(time.clock()))
    expect(time.elapsed()).toBe(window)
    await pools.take([ten], 1, Promise.resolve(time.clock()))
    expect(time.elapsed()).toBeGreaterThanOrEqual(window)
  })

  it('is each key’s own unless it is that of the address, which clients of one exchange share', async () => {
    const time = clockwork()
    const shared = openPools(time)
    const client = (exchange: string) => poolsOfClient(exchange, openPools(time), shared)
    const request = (pool: RateLimit) =>
      ({
        access: 'private',
        method: 'GET',
        path: 'p',
        params: {},
        rate: pool,
        pools: [pool],
        weight: 10,
      }) as const
    const now = () => Promise.resolve(time.clock())
    const [first, second, elsewhere] = [client('one'), client('one'), client('two')]
    for (const scope of ['key', 'account'] as const)
      for (const take of [first, second]) await take(request({ ...ten, id: scope, scope }), now())
    await first(request(ten), now())
    await elsewhere(request(ten), now())
    expect(time.elapsed()).toBe(0)
    await second(request(ten), now())
    expect(time.elapsed()).toBe(window)
  })
})
