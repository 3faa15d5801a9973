import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Failure } from '../../lambdas/domain/failure.ts'
import { learnTime } from '../../lambdas/use-cases/learn-time.ts'

/** An exchange that says why it does not tell the time, or nothing; its answers move what is known of it. */
async function learning(untold: Failure | undefined, moves = 0) {
  let ahead = 0
  const client: Pick<ExchangeClient, 'learnTime' | 'now'> = {
    learnTime: async () => untold,
    now: () => 1_000 + ahead,
  }
  const trouble = await learnTime(
    { client: client as ExchangeClient, clock: () => 1_000 },
    new AbortController().signal,
  )
  ahead = moves
  return { asked: trouble(true), notAsked: trouble(false) }
}

const down: Failure = { kind: 'exchange-down' }

describe('the time of an exchange', () => {
  it('that is told leaves no doubt, whatever its answers correct', async () => {
    expect(await learning(undefined, 3_600_000)).toEqual({ asked: undefined, notAsked: undefined })
  })

  it('that cannot be had leaves streams without learning anything about which nobody was asked', async () => {
    expect(await learning(down)).toEqual({ asked: undefined, notAsked: down })
  })

  it('that cannot be had, and turns out to be another, leaves none in order', async () => {
    for (const moves of [3_600_000, -3_600_000]) {
      const skewed = { kind: 'clock-skew' }
      expect(await learning(down, moves)).toEqual({ asked: skewed, notAsked: skewed })
    }
  })
})
