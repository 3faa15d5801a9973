import { describe, expect, it, onTestFinished } from 'vitest'
import { completenessAfter } from '../../lambdas/domain/run.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { demoAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { hurried, memoryStore, startSimulatedBitmart, syncOnce } from '../model/engine.ts'
import { countsOf, payloadsOf, truthOf } from '../model/truth.ts'

const start = Date.UTC(2026, 7, 20, 12)

async function simulate(options: Partial<SimulatorOptions> = {}) {
  let now = start
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account: demoAccount(start),
    enforceLimits: false,
    ...options,
  })
  onTestFinished(() => simulator.close())
  const later = (ms: number) => {
    now += ms
  }
  return { simulator, later }
}

describe('an interrupted sync', () => {
  it('loses nothing and stores nothing twice, wherever it is stopped', async () => {
    const { simulator } = await simulate({ page: 'shuffled' })
    const store = memoryStore()
    for (const stopAfter of [3, 20, 45, 80, 120, 160]) {
      const stop = new AbortController()
      const from = simulator.requests.length
      simulator.options.onRequest = () => {
        if (simulator.requests.length - from > stopAfter) stop.abort()
      }
      const { run } = await syncOnce(simulator, store, hurried(), stop.signal)
      if (stop.signal.aborted) expect(run.state).toBe('interrupted')
    }
    simulator.options.onRequest = undefined
    const { run } = await syncOnce(simulator, store)
    expect(run.state).toBe('unverified')
    expect([...store.rows.values()].map(({ raw }) => raw).sort()).toEqual(payloadsOf(simulator.account))
  })

  it('refuses to start while another run holds the connection', async () => {
    const { simulator } = await simulate()
    const store = memoryStore()
    await store.lease.acquire({ user: 'u1', connection: 'c1' }, 'another', start, minute)
    await expect(syncOnce(simulator, store)).rejects.toMatchObject({ failure: { kind: 'busy' } })
  })

  it('stops without harm when another run takes the connection over', async () => {
    const { simulator, later } = await simulate()
    const store = memoryStore()
    simulator.options.onRequest = () => {
      if (simulator.requests.length === 60) {
        store.lease.acquire({ user: 'u1', connection: 'c1' }, 'another', start + day, minute)
      }
    }
    await expect(syncOnce(simulator, store)).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    later(2 * day)
    const { run } = await syncOnce(simulator, store)
    expect(run.state).toBe('unverified')
    expect(countsOf(store.rows.values())).toEqual(truthOf(simulator.account))
  })

  it('tells of a key that is revoked in the middle, and keeps what it had', async () => {
    const keys = [{ ...demoKey, expired: false }]
    const { simulator } = await simulate({ keys })
    simulator.options.onRequest = () => {
      if (simulator.requests.length > 90) Object.assign(keys[0] ?? {}, { expired: true })
    }
    const { run, store } = await syncOnce(simulator)
    expect(run.streams.some(({ failure }) => failure === 'expired')).toBe(true)
    expect(completenessAfter(run.state)).toBe('incomplete')
    simulator.options.onRequest = undefined
    Object.assign(keys[0] ?? {}, { expired: false })
    const second = await syncOnce(simulator, store)
    expect(second.run.state).toBe('unverified')
    expect(countsOf(store.rows.values())).toEqual(truthOf(simulator.account))
  })
})
