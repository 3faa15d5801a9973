import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { minute } from '../../lambdas/domain/window.ts'
import { keyChecker } from '../../lambdas/use-cases/check-key.ts'
import { exchange, startOfTime, submission } from './home-in-memory.ts'

/** An exchange that serves an empty account to a read-only key, or fails every question in one way. */
function checking({ coolDown = 0, failure }: { coolDown?: number; failure?: FailureKind } = {}) {
  const deadlines: number[] = []
  let closed = 0
  const client: ExchangeClient = {
    ask: async ({ path }, schema) => {
      if (failure !== undefined) throw new FailureError({ kind: failure })
      if (path.startsWith('account/v1/')) throw new FailureError({ kind: 'no-permission' })
      return { data: schema.parse([]), askedAt: startOfTime, answeredAt: startOfTime }
    },
    requests: () => 0,
    close: async () => {
      closed += 1
    },
  }
  const check = keyChecker({
    clock: () => startOfTime,
    openClient: (_exchange, _credentials, deadline) => {
      deadlines.push(deadline)
      return client
    },
    coolDowns: { until: async (id) => (id === exchange.id ? startOfTime + coolDown : Number.NaN) },
  })
  return {
    check: () => check(exchange, submission().credentials, false),
    deadlines,
    closed: () => closed,
  }
}

describe('checking a key while somebody waits', () => {
  it('asks with a client of its own, that makes no attempt after 22 seconds and is closed', async () => {
    const { check, deadlines, closed } = checking()
    expect(await check()).toEqual({ powers: [], uncheckable: ['spot trading'], sample: [] })
    expect(deadlines).toEqual([startOfTime + 22_000])
    expect(closed()).toBe(1)
  })

  it('closes its client when the exchange refuses the key, too', async () => {
    const { check, closed } = checking({ failure: 'expired' })
    await expect(check()).rejects.toMatchObject({ failure: { kind: 'expired' } })
    expect(closed()).toBe(1)
  })

  it('asks nothing while the exchange wants everybody to wait, and says for how long', async () => {
    const { check, deadlines } = checking({ coolDown: 3 * minute })
    await expect(check()).rejects.toMatchObject({
      failure: { kind: 'rate-limited', retryAfter: 3 * minute },
    })
    expect(deadlines).toEqual([])
  })

  it('asks again from the moment that the exchange named', async () => {
    const { check } = checking({ coolDown: 0 })
    await expect(check()).resolves.toMatchObject({ powers: [] })
  })
})
