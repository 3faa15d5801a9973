import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { minute } from '../../lambdas/domain/window.ts'
import { keyChecker } from '../../lambdas/use-cases/check-key.ts'
import { exchange, startOfTime, submission } from './home-in-memory.ts'

/** A checker of keys at an exchange that bans its address at the first question. */
function openChecker(extend: (exchange: string, until: number) => Promise<void>) {
  const state = { coolDown: 0, asked: 0, closed: 0 }
  const check = keyChecker({
    clock: () => startOfTime,
    coolDowns: {
      until: async () => state.coolDown,
      extend: async (id, until) => {
        await extend(id, until)
        state.coolDown = until
      },
    },
    openClient: (_exchange, _credentials, _deadline, onCoolDown): ExchangeClient => ({
      ask: async () => {
        state.asked += 1
        onCoolDown(startOfTime + 20 * minute)
        throw new FailureError({ kind: 'rate-limited', everybody: true })
      },
      requests: () => state.asked,
      close: async () => {
        state.closed += 1
      },
    }),
  })
  return { state, check: () => check(exchange, submission().credentials, false) }
}

const limited = { failure: { kind: 'rate-limited' } }

describe('an exchange that bans our address while a key is checked', () => {
  it('is left alone by everybody, the next who connects included', async () => {
    const told: unknown[] = []
    const { state, check } = openChecker(async (...all) => void told.push(all))
    await expect(check()).rejects.toMatchObject(limited)
    expect(told).toEqual([['bitmart', startOfTime + 20 * minute]])
    await expect(check()).rejects.toMatchObject(limited)
    expect(state).toMatchObject({ asked: 1, closed: 1 })
  })

  it('is the reason that is told although the store does not answer', async () => {
    const { check } = openChecker(() => Promise.reject(new Error('broken')))
    await expect(check()).rejects.toMatchObject(limited)
  })
})
