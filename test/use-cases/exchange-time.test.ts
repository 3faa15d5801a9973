import { afterEach, describe, expect, it } from 'vitest'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { day, hour, minute, subtract } from '../../lambdas/domain/window.ts'
import { checkCredentials } from '../../lambdas/use-cases/check-credentials.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { bitmartInMemory } from '../model/bitmart-in-memory.ts'
import { brokenPromises } from '../model/broken-promises.ts'
import { demoCredentials, hurried, memoryStore, openTestClient, syncOnce } from '../model/engine.ts'
import { countsOf } from '../model/truth.ts'

const start = Date.UTC(2026, 7, 20, 12)
const opened = Date.UTC(2024, 0, 1)
let now = start
afterEach(() => {
  now = start
})

async function simulate(options: Partial<SimulatorOptions> = {}) {
  const simulator = bitmartInMemory({ clock: () => now, enforceLimits: false, ...options })
  return simulator
}

/** As many of each kind as fit into a few pages, over so many days. */
const accountOf = (days: number, spotFills = 300) =>
  generateAccount({ seed: 7, now: start, spotFills, futuresFills: 40, withdrawals: 12, days })

const spotOf = ({ coverages }: ReturnType<typeof memoryStore>): Coverage => {
  const found = [...coverages.values()].find(({ stream }) => stream === 'spot-trade')
  if (found === undefined) throw new Error('no coverage of spot fills')
  return found
}

const fillsOf = (store: ReturnType<typeof memoryStore>) => countsOf(store.rows.values())['spot-trade']

/** How long ago the oldest fill is that is covered, in days. */
const coveredDays = (store: ReturnType<typeof memoryStore>) =>
  (now - (spotOf(store).covered[0]?.from ?? now)) / day

function expectPromises(account: SimulatedAccount, store: ReturnType<typeof memoryStore>) {
  expect(brokenPromises(account, store, opened)).toEqual([])
}

const clocks: readonly [string, number][] = [
  ['3,500 days behind', -3_500 * day],
  ['200 days behind', -200 * day],
  ['200 days ahead', 200 * day],
  ['three minutes ahead', 3 * minute],
]

describe('a clock of ours that is wrong', () => {
  it.each(clocks)('is not believed when it is %s', async (_what, wrong) => {
    const account = accountOf(80)
    const simulator = await simulate({ account, refusesFuture: true })
    const { run, store } = await syncOnce(simulator, memoryStore(), hurried(), undefined, {
      clock: () => now + wrong,
    })
    expect(run.streams.map(({ failure, gaps }) => ({ failure, gaps }))).toEqual(
      run.streams.map(() => ({ failure: undefined, gaps: [] })),
    )
    expect(fillsOf(store)).toBe(300)
    expect(spotOf(store).covered.at(-1)?.to).toBeGreaterThanOrEqual(start - 11 * minute)
    expectPromises(account, store)
    // Once it is right again, nothing is left of it.
    const later = await syncOnce(simulator, store)
    expect(spotOf(later.store).unverified).toEqual(spotOf(store).unverified)
    expect(spotOf(later.store).lost).toEqual([])
  })

  it.each(clocks)(
    'is put right by the dates of answers when the exchange tells no time, %s',
    async (_what, wrong) => {
      const account = accountOf(80)
      const simulator = await simulate({ account, publicEndpoints: 'down' })
      const { run, store } = await syncOnce(simulator, memoryStore(), hurried(), undefined, {
        clock: () => now + wrong,
      })
      expect(run.streams.map(({ failure }) => failure)).toEqual(run.streams.map(() => undefined))
      expect(fillsOf(store)).toBe(300)
      expectPromises(account, store)
    },
  )

  it('makes no complete sync of one in which nobody was asked anything', async () => {
    const account = accountOf(80)
    const simulator = await simulate({ account })
    // Nothing comes back at all, so that nobody tells the time either.
    await simulator.close()
    const { run, store } = await syncOnce(simulator, memoryStore(), hurried(), undefined, {
      clock: () => now - 3_500 * day,
      deadline: 0,
    })
    expect(run.state).toBe('failed')
    expect(run.streams.map(({ failure }) => failure)).toEqual(run.streams.map(() => 'exchange-down'))
    expect([...store.coverages.values()].flatMap(({ covered }) => covered)).toEqual([])
  })
})

describe('a question', () => {
  it('never ends in what is still the future of the exchange', async () => {
    const simulator = await simulate({ account: accountOf(20), serverClockOffset: 123 })
    await syncOnce(simulator)
    const ends = simulator.requests.flatMap(({ at, params }) => [
      Number(params.endTime ?? 0) - at,
      Number(params.end_time ?? 0) * (Number(params.end_time) < 1e11 ? 1_000 : 1) - at,
    ])
    expect(Math.max(...ends)).toBeLessThanOrEqual(0)
  })
})

describe('how far back an exchange serves', () => {
  it.each(['clipped', 'empty', 'refused'] as const)(
    'is claimed no further than it did: 30 days of 80, where older time is %s',
    async (beyondLookBack) => {
      const account = accountOf(80, 1_450)
      const look = { fills: 30 * day, ledger: 30 * day, transfers: Number.POSITIVE_INFINITY }
      const simulator = await simulate({ account, lookBack: look, beyondLookBack })
      const { run, store } = await syncOnce(simulator)
      expectPromises(account, store)
      expect(coveredDays(store)).toBeLessThanOrEqual(30)
      expect(run.streams.find(({ stream }) => stream === 'spot-trade')?.state).toBe('unverified')
      // What an exchange that answers nothing hides is less than the window in which its horizon lies.
      expect(coveredDays(store)).toBeGreaterThan(beyondLookBack === 'empty' ? 27 : 29)
    },
  )

  it('is what it documents, for an account of which nothing older is served', async () => {
    const account = accountOf(3)
    const { store } = await syncOnce(await simulate({ account }))
    expect(coveredDays(store)).toBeCloseTo(7, 1)
    expectPromises(account, store)
  })
})

describe('what could not be told or had', () => {
  it('is had a week after the exchange opened its archive, and not claimed before it is', async () => {
    const account = accountOf(400)
    const simulator = await simulate({ account, archiveOpensAt: start + day })
    const { store } = await syncOnce(simulator)
    expect(fillsOf(store)).toBeLessThan(120)
    now += 2 * day
    await syncOnce(simulator, store)
    expectPromises(account, store)
    now += 6 * day
    const asked = simulator.requests.length
    const { run } = await syncOnce(simulator, store)
    expect(fillsOf(store)).toBe(300)
    expect(countsOf(store.rows.values())['futures-trade']).toBe(40)
    expectPromises(account, store)
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')?.failure).toBeUndefined()
    expect(simulator.requests.length - asked).toBeGreaterThan(50)
    // Until the next week, it is quiet again.
    now += day
    const before = simulator.requests.length
    await syncOnce(simulator, store)
    expect(simulator.requests.length - before).toBeLessThanOrEqual(12)
  })

  it('is had at once when the sync is told to ask again', async () => {
    const account = accountOf(400)
    const simulator = await simulate({ account, archiveOpensAt: start + hour })
    const { store } = await syncOnce(simulator)
    now += 2 * hour
    await syncOnce(simulator, store, hurried(), undefined, { recheck: true })
    expect(fillsOf(store)).toBe(300)
    expectPromises(account, store)
  })

  it('is no verdict where old time met an error that nobody knows, for a minute', async () => {
    const account = accountOf(400)
    const look = { fills: 1_000 * day, ledger: 1_000 * day, transfers: Number.POSITIVE_INFINITY }
    const simulator = await simulate({ account, lookBack: look, strangeUntil: start + minute })
    const { run, store } = await syncOnce(simulator)
    expect(fillsOf(store)).toBeLessThan(120)
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({
      state: 'unverified',
      gaps: [],
    })
    now += 7 * day
    const healed = await syncOnce(simulator, store)
    expect(fillsOf(store)).toBe(300)
    expect(healed.run.streams.find(({ stream }) => stream === 'spot-trade')?.gaps).toEqual([])
    expectPromises(account, store)
  })

  it('stays as it was where it is refused again', async () => {
    const simulator = await simulate({ account: accountOf(80), beyondLookBack: 'refused' })
    const { store } = await syncOnce(simulator)
    const { unverified, covered } = spotOf(store)
    now += 8 * day
    await syncOnce(simulator, store)
    const after = spotOf(store)
    expect(after.unverified.slice(0, unverified.length)).toEqual(unverified)
    expect(after.lost).toEqual([])
    expect(subtract(covered, after.covered)).toEqual([])
    expect(after.reasked).toBe(now)
  })

  it('is had after all where time had expired', async () => {
    const account = accountOf(80)
    const simulator = await simulate({ account })
    const { store } = await syncOnce(simulator)
    const [fill] = account.spotFills
    if (fill === undefined) throw new Error('no fill')
    account.spotFills.push({ ...fill, tradeId: '1', orderId: '2', createTime: start + day })
    now += 200 * day
    const { run } = await syncOnce(simulator, store)
    const spot = () => run.streams.find(({ stream }) => stream === 'spot-trade')
    expect(spot()?.gaps.map(({ reason }) => reason)).toEqual(['expired'])
    simulator.options.archiveOpensAt = start
    const again = await syncOnce(simulator, store, hurried(), undefined, { recheck: true })
    expect(fillsOf(store)).toBe(301)
    // No row shows that what is older than the fill is whole.
    expect(again.run.streams.find(({ stream }) => stream === 'spot-trade')?.gaps).toEqual([
      { from: start - 10 * minute, to: start + day, reason: 'expired' },
    ])
    expectPromises(account, store)
  })
})

describe('young time that the exchange refuses', () => {
  it('is a failure that the next sync mends, and never expired: our clock was ahead, and nobody told the time', async () => {
    const account = accountOf(20)
    const simulator = await simulate({ account, refusesFuture: true })
    const { store } = await syncOnce(simulator)
    now += day
    // Our own clock rules while the dates of answers come through a cache.
    const planned = { ...hurried(), serverTime: { ...hurried().serverTime, request: nowhere } }
    simulator.options.serverClockOffset = -3 * minute
    const { run } = await syncOnce(simulator, store, planned)
    expect(run.streams.flatMap(({ gaps }) => gaps.map(({ reason }) => reason))).not.toContain('expired')
    expectPromises(account, store)
    simulator.options.serverClockOffset = 0
    const mended = await syncOnce(simulator, store)
    expect(mended.run.streams.flatMap(({ gaps }) => gaps)).toEqual([])
  })
})

const nowhere = { ...hurried().serverTime.request, path: 'no/such/path' }

describe('a transfer that stays pending', () => {
  it('is read again for as long as it does, however old, and in a small window of its own', async () => {
    const account = accountOf(20)
    const [withdrawal] = account.transfers.filter(({ withdraw_id }) => withdraw_id !== '')
    if (withdrawal === undefined) throw new Error('no withdrawal')
    const pending = { ...withdrawal, withdraw_id: '777', status: 1, apply_time: start - 2 * day, tx_id: '' }
    account.transfers.push(pending as typeof withdrawal)
    const simulator = await simulate({ account })
    const { store } = await syncOnce(simulator)
    for (let nights = 0; nights < 4; nights += 1) {
      now += 60 * day
      await syncOnce(simulator, store)
    }
    const statusOf = () => [...store.rows.values()].find(({ identity }) => identity === '777')?.status
    expect(statusOf()).toBe('pending')
    Object.assign(pending, { status: 3, tx_id: '0xabc' })
    now += day
    const asked = simulator.requests.length
    await syncOnce(simulator, store)
    expect(statusOf()).toBe('done')
    const own = simulator.requests
      .slice(asked)
      .filter(({ params }) => Math.abs(Number(params.startTime) - pending.apply_time) <= 2)
    expect(own.map(({ params }) => Number(params.endTime) - Number(params.startTime) <= 2)).toEqual([true])
  })

  it.each(['refused', 'empty'] as const)(
    'harms nothing where that time is %s by now: the sync ends, and nothing covered is taken back',
    async (beyondLookBack) => {
      const account = accountOf(20)
      const [withdrawal] = account.transfers.filter(({ withdraw_id }) => withdraw_id !== '')
      if (withdrawal === undefined) throw new Error('no withdrawal')
      const pending = { ...withdrawal, withdraw_id: '777', status: 1, apply_time: start - 2 * day, tx_id: '' }
      account.transfers.push(pending as typeof withdrawal)
      const simulator = await simulate({ account, beyondLookBack })
      const { store } = await syncOnce(simulator)
      const withdrawals = () => [...store.coverages.values()].find(({ stream }) => stream === 'withdrawal')
      simulator.options.lookBack = { ...simulator.options.lookBack, transfers: 90 * day }
      for (let nights = 0; nights < 4; nights += 1) {
        now += 60 * day
        const covered = withdrawals()?.covered ?? []
        const { run } = await syncOnce(simulator, store)
        expect(run.streams.find(({ stream }) => stream === 'withdrawal')?.failure).toBeUndefined()
        expect(subtract(covered, withdrawals()?.covered ?? [])).toEqual([])
      }
      expect(withdrawals()?.unfinished.map(({ time }) => time)).toContain(start - 2 * day)
    },
  )
})

describe('a key', () => {
  it.each(clocks)('is checked by the time of the exchange, our clock being %s', async (_what, wrong) => {
    const account = accountOf(20)
    const simulator = await simulate({ account, refusesFuture: true })
    const client = openTestClient(hurried(), simulator, demoCredentials, { clock: () => now + wrong })
    const checked = await checkCredentials({ client, clock: () => now + wrong }, hurried())
    expect(checked.sample.length).toBeGreaterThan(0)
    await client.close()
  })
})
