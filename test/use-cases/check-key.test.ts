import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { type Failure, FailureError } from '../../lambdas/domain/failure.ts'
import { minute } from '../../lambdas/domain/window.ts'
import { keyChecker } from '../../lambdas/use-cases/check-key.ts'
import { toldTime } from '../model/told-time.ts'
import { exchange, startOfTime, submission } from './home-in-memory.ts'

type World = {
  readonly coolDown?: number
  /** How every question fails. */
  readonly failure?: Failure
  readonly storeIsBroken?: boolean
  /** Every question is taken and never answered. */
  readonly hangs?: boolean
}

/** An exchange that serves an empty account to a read-only key, or fails every question in one way. */
function checking({ coolDown = 0, failure, storeIsBroken = false, hangs = false }: World = {}) {
  const timeIsUp = new AbortController()
  const given: number[] = []
  const deadlines: number[] = []
  const told: unknown[] = []
  let until = startOfTime + coolDown
  let closed = 0
  const check = keyChecker({
    clock: () => startOfTime,
    timeIsUp: (ms) => {
      given.push(ms)
      return timeIsUp.signal
    },
    coolDowns: {
      until: async (id) => (id === exchange.id ? until : Number.NaN),
      extend: async (id, to) => {
        if (storeIsBroken) throw new Error('broken')
        told.push([id, to])
        until = to
      },
    },
    openClient: (_exchange, _credentials, deadline, onCoolDown): ExchangeClient => {
      deadlines.push(deadline)
      return {
        ask: async ({ path }, schema, options) => {
          if (hangs) await untilAborted(options?.signal)
          if (failure?.everybody) onCoolDown(startOfTime + 20 * minute)
          if (failure !== undefined) throw new FailureError(failure)
          if (path.startsWith('account/v1/')) throw new FailureError({ kind: 'no-permission' })
          return { data: schema.parse([]), askedAt: startOfTime, answeredAt: startOfTime }
        },
        ...toldTime(() => startOfTime),
        requests: () => 0,
        close: async () => {
          closed += 1
        },
      }
    },
  })
  return {
    check: () => check(exchange, submission().credentials, undefined),
    deadlines,
    given,
    endTime: () => timeIsUp.abort(),
    told,
    closed: () => closed,
  }
}

/** As the client does when its signal fires. */
function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new FailureError({ kind: 'aborted' }))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })
}

const limited = { failure: { kind: 'rate-limited' } }

describe('checking a key while somebody waits', () => {
  it('asks with a client of its own, that makes no attempt after 20 seconds and is closed', async () => {
    const { check, deadlines, given, closed } = checking()
    expect(await check()).toEqual({ powers: [], uncheckable: ['spot trading'], sample: [], asked: [] })
    expect(deadlines).toEqual([startOfTime + 20_000])
    expect(given).toEqual([20_000])
    expect(closed()).toBe(1)
  })

  it('calls an exchange that takes the question and never answers down, once the time is up', async () => {
    const { check, endTime, closed } = checking({ hangs: true })
    const checked = check()
    endTime()
    await expect(checked).rejects.toMatchObject({ failure: { kind: 'exchange-down' } })
    expect(closed()).toBe(1)
  })

  it('closes its client when the exchange refuses the key, too', async () => {
    const { check, closed } = checking({ failure: { kind: 'expired' } })
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

describe('an exchange that bans our address while a key is checked', () => {
  const banned = { kind: 'rate-limited', everybody: true } as const

  it('is left alone by everybody, the next who connects included', async () => {
    const { check, told, deadlines, closed } = checking({ failure: banned })
    await expect(check()).rejects.toMatchObject(limited)
    expect(told).toEqual([['bitmart', startOfTime + 20 * minute]])
    await expect(check()).rejects.toMatchObject({ failure: { retryAfter: 20 * minute } })
    expect([deadlines.length, closed()]).toEqual([1, 1])
  })

  it('is the reason that is told although the store does not answer', async () => {
    const { check } = checking({ failure: banned, storeIsBroken: true })
    await expect(check()).rejects.toMatchObject(limited)
  })
})
