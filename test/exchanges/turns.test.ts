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
