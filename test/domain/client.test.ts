import { describe, expect, it } from 'vitest'
import { believableTiming } from '../../lambdas/domain/client.ts'

const minute = 60_000
const now = Date.UTC(2026, 7, 20, 12)

describe('when a question was looked at', () => {
  it('is told by our clock where the exchange says nothing', () => {
    const timing = { askedAt: now, answeredAt: now + 300 }
    expect(believableTiming(timing, undefined)).toEqual(timing)
  })

  it('is not later than the exchange says, so that no time is claimed which it has not reached', () => {
    const ahead = { askedAt: now + 5 * minute, answeredAt: now + 5 * minute + 300 }
    expect(believableTiming(ahead, now)).toEqual({ askedAt: now, answeredAt: now + 5 * minute + 300 })
  })

  it('is not earlier than the exchange says, so that no time is claimed which it has just ceased to serve', () => {
    const behind = { askedAt: now - 5 * minute, answeredAt: now - 5 * minute + 300 }
    expect(believableTiming(behind, now)).toEqual({ askedAt: now - 5 * minute, answeredAt: now + 1_000 })
  })

  it('may be up to a second after what the exchange says, which it says in whole seconds', () => {
    expect(believableTiming({ askedAt: now + 100, answeredAt: now + 300 }, now).answeredAt).toBe(now + 1_000)
    expect(believableTiming({ askedAt: now, answeredAt: now + 20_000 }, now).answeredAt).toBe(now + 20_000)
  })

  it('is told by our clock while the two hardly differ: a slow question was still asked when it was sent', () => {
    expect(believableTiming({ askedAt: now + 1_900, answeredAt: now + 2_000 }, now).askedAt).toBe(now + 1_900)
  })
})
