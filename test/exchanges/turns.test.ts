import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jitter } from '../../lambdas/exchanges/pace.ts'
import { openTurns } from '../../lambdas/exchanges/turns.ts'

const two = { id: 'two', calls: 2, per: 1_000, scope: 'key' } as const

function line() {
  let now = 1_700_000_000_000
  const begun = now
  const turns = openTurns(two, {
    clock: () => now,
    sleep: async (ms) => {
      now += ms
    },
  })
  return { turns, elapsed: () => now - begun }
}

it('a call that waits for one behind it is let go when that one is over, although its own write was counted first', async () => {
  const { turns } = line()
  let behind: Promise<number> | undefined
  const first = turns.inTurn(async () => {
    await Promise.resolve()
    return behind
  })
  const second = turns.inTurn(async (isWritten) => {
    behind = isWritten
    // Counted as the write of the first, which is not let go yet.
    turns.noteWrite()
  })
  await second
  await expect(first).resolves.toBeDefined()
})

it('a call that never came to be written counts from when it failed', async () => {
  const { turns, elapsed } = line()
  const fails = async () => {
    throw new Error('no connection')
  }
  for (let call = 1; call <= 2; call += 1) await expect(turns.inTurn(fails)).rejects.toThrow('no connection')
  await turns.inTurn(async () => undefined)
  expect(elapsed()).toBe(two.per + jitter)
})

/** Time that moves on to the next sleeper whenever nobody is at work. */
function virtualTime() {
  let now = 1_700_000_000_000
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ until: now + ms, wake })
    })
  async function run(work: Promise<unknown>): Promise<void> {
    let over = false
    const ending = work.finally(() => {
      over = true
    })
    while (!over) {
      for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
      sleepers.sort((a, b) => a.until - b.until)
      const next = sleepers.shift()
      if (next === undefined) {
        if (over) break
        throw new Error('Nobody is asleep, and nobody goes on.')
      }
      now = Math.max(now, next.until)
      next.wake()
    }
    await ending
  }
  return { clock: () => now, sleep, run }
}

it('no window of the exchange ever holds more than it may, however long each call is on its way and each answer takes', async () => {
  const call = fc.record({
    way: fc.integer({ min: 0, max: 900 }),
    back: fc.integer({ min: 0, max: 900 }),
    fails: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
      const { clock, sleep, run } = virtualTime()
      const three = { id: 'three', calls: 3, per: 1_000, scope: 'key' } as const
      const turns = openTurns(three, { clock, sleep })
      const counted: number[] = []
      // One of the first is not held up.
      const all = [{ way: 0, back: 0, fails: false }, ...calls]
      await run(
        Promise.allSettled(
          all.map(({ way, back, fails }) =>
            turns.inTurn(async () => {
              const onAnswer = turns.noteWrite()
              await sleep(way)
              counted.push(clock())
              await sleep(back)
              if (fails) throw new Error('reset')
              onAnswer()
              await sleep(700)
            }),
          ),
        ),
      )
      expect(counted).toHaveLength(all.length)
      for (const at of counted)
        expect(counted.filter((other) => other >= at && other < at + three.per).length).toBeLessThanOrEqual(
          three.calls,
        )
    }),
    { numRuns: 200 },
  )
})

it('the pace is the exchange’s own where answers take equally long, however long that is', async () => {
  const { clock, sleep, run } = virtualTime()
  const begun = clock()
  const turns = openTurns(two, { clock, sleep })
  const written: number[] = []
  const ask = () =>
    turns.inTurn(async () => {
      written.push(clock() - begun)
      const onAnswer = turns.noteWrite()
      await sleep(400)
      onAnswer()
    })
  await run(Promise.all(Array.from({ length: 10 }, ask)))
  const window = two.per + jitter
  // Of the first two nobody knows when they were counted.
  expect(written.slice(0, 4)).toEqual([0, 0, 400 + window, 400 + window])
  for (const [index, at] of written.entries())
    if (index >= 4) expect(at - (written[index - 2] ?? 0)).toBe(window)
})

it('a call that was stopped while it stood in line waits no longer', async () => {
  const slept: (AbortSignal | undefined)[] = []
  const turns = openTurns(two, {
    clock: () => 0,
    sleep: async (_ms, signal) => void slept.push(signal),
  })
  const { signal } = new AbortController()
  for (let call = 1; call <= 3; call += 1) await turns.inTurn(async () => undefined, signal)
  expect(slept).toEqual([signal])
})
