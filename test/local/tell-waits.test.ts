import { describe, expect, it } from 'vitest'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { openPatience } from '../../lambdas/exchanges/patience.ts'
import { openPools } from '../../lambdas/exchanges/pools.ts'
import { tellWaits } from '../../local/import/tell-waits.ts'

const start = Date.UTC(2026, 10, 27, 10, 20, 30)
const perKey = { id: 'fills', calls: 10, per: 1_000, scope: 'key' } as const

function listening() {
  let now = start
  const told: string[] = []
  const waiting = {
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
    onWait: tellWaits(
      bingx.name,
      () => now,
      (sentence) => told.push(sentence),
    ),
  }
  return { told, waiting, pass: (ms: number) => waiting.sleep(ms) }
}

describe('a wait for the exchange', () => {
  it('is told with until when, and what may be the cause, once, however many questions wait', async () => {
    const { told, waiting, pass } = listening()
    const patience = openPatience(waiting)
    for (const more of [0, 3, 10]) patience.pause(perKey, 180_000 + more)
    expect(told).toEqual([
      'BingX asks to wait until 2026-11-27 10:24 UTC, since it was asked too often. Does something else use this key? It goes ' +
        'on by itself.',
    ])
    await pass(181_000)
    patience.pause(perKey, 60_000)
    expect(told).toHaveLength(2)
  })

  it('is told of a ban of the address, too, and of none that nobody would notice', () => {
    const { told, waiting } = listening()
    const patience = openPatience(waiting)
    patience.pause(perKey, 5_000)
    expect(told).toEqual([])
    const request = { endpoint: 'x', access: 'private', rate: perKey } as never
    patience.tellEverybody({ kind: 'rate-limited', everybody: true, retryAfter: 300_000 }, request)
    expect(told).toEqual([
      expect.stringContaining(
        '10:26 UTC, since it was asked too often. Does something else ask it from this address?',
      ),
    ])
  })

  it('says that an allowance is used up, where nobody asked to wait', async () => {
    const { told, waiting } = listening()
    const hourly = { id: 'transfers', calls: 2, per: 3_600_000, scope: 'address' } as const
    const pools = openPools(waiting)
    for (let call = 0; call < 3; call += 1) await pools.take([hourly], 1, Promise.resolve(waiting.clock()))
    expect(told).toEqual([
      'What BingX allows of questions is used up: waiting until 2026-11-27 11:21 UTC, then it goes on by itself.',
    ])
  })
})
