import { afterEach, describe, expect, it } from 'vitest'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { needsAttention } from '../../lambdas/use-cases/run-sync.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { hurried, openTestClient, startSimulatedBitmart, syncOnce } from '../model/engine.ts'

const end = Date.UTC(2027, 0, 31, 15, 59)
const running: SimulatedBitmart[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close()
})

async function simulate(now: number, options: Partial<SimulatorOptions> = {}) {
  const account = generateAccount({ seed: 3, now: end - hour, spotFills: 20, days: 5 })
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account,
    enforceLimits: false,
    ...options,
  })
  running.push(simulator)
  return simulator
}

const kindsOf = (run: Awaited<ReturnType<typeof syncOnce>>['run']) =>
  run.streams.map(({ failure }) => failure)

describe('an exchange that cannot be reached', () => {
  it('has closed, after the date on which everything ends: the sync ends at once and says so', async () => {
    const simulator = await simulate(end + minute, { closed: true })
    const { run, store } = await syncOnce(simulator)
    expect(run.state).toBe('failed')
    expect(kindsOf(run)).toEqual(run.streams.map(() => 'exchange-closed'))
    // What is public is tried once, and keyed questions until three of them reached nobody.
    expect(simulator.requests.length).toBeLessThanOrEqual(12)
    expect(needsAttention(run)).toBe('exchange-closed')
    expect(bitmart.sentences['exchange-closed']).toContain('What was imported before stays')
    expect([...store.coverages.values()].flatMap(({ covered }) => covered)).toEqual([])
  })

  it('has closed, too, where no address of it leads anywhere', async () => {
    const simulator = await simulate(end + minute)
    await simulator.close()
    const { run } = await syncOnce(simulator)
    expect(kindsOf(run)).toEqual(run.streams.map(() => 'exchange-closed'))
  })

  it('says so to whoever connects a key', async () => {
    const simulator = await simulate(end + minute, { closed: true })
    const client = openTestClient(hurried(), simulator)
    const [spot] = hurried().streams
    if (spot === undefined) throw new Error('no stream')
    const asked = client.ask(spot.ask({ start: 0, end: 1, partition: 'spot', filters: {} }), spot.rows)
    await expect(asked).rejects.toMatchObject({ failure: { kind: 'exchange-closed' } })
    expect(simulator.requests).toHaveLength(3)
    await client.close()
  })

  it('is down before that date, and patience is what it always was', async () => {
    const simulator = await simulate(end - minute, { closed: true })
    const { run } = await syncOnce(simulator)
    expect(kindsOf(run)).toEqual(run.streams.map(() => 'exchange-down'))
    expect(simulator.requests.length).toBeGreaterThan(40)
  })

  it('is down after that date, too, while it answers keyed questions now and then', async () => {
    const simulator = await simulate(end + minute)
    const client = openTestClient(hurried(), simulator)
    const [spot] = hurried().streams
    if (spot === undefined) throw new Error('no stream')
    const ask = () => client.ask(spot.ask({ start: 0, end: 1, partition: 'spot', filters: {} }), spot.rows)
    await ask()
    simulator.options.closed = true
    await expect(ask()).rejects.toMatchObject({ failure: { kind: 'exchange-down' } })
    await client.close()
  })

  it('is asked on after that date for as long as it serves', async () => {
    const { run } = await syncOnce(await simulate(end + hour))
    expect(kindsOf(run)).toEqual(run.streams.map(() => undefined))
  })
})
