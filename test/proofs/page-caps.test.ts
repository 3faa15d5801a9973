import { afterEach, describe, expect, it } from 'vitest'
import { day, hour } from '../../lambdas/domain/window.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { pageOrders } from '../../local/simulated-exchange/page.ts'
import { startSimulatedBitmart, syncOnce } from '../model/engine.ts'
import { countsOf, truthOf } from '../model/truth.ts'

const start = Date.UTC(2026, 7, 20, 12)
let now = start
const running: SimulatedBitmart[] = []
afterEach(async () => {
  now = start
  for (const simulator of running.splice(0)) await simulator.close()
})

async function simulate(account: SimulatedAccount, options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account,
    enforceLimits: false,
    ...options,
  })
  running.push(simulator)
  return simulator
}

/** How many different questions were asked from then on: one that is tried again, because the machine is busy, counts once. */
function questions({ requests }: SimulatedBitmart, from = 0): number {
  return new Set(requests.slice(from).map(({ path, params }) => JSON.stringify([path, params]))).size
}

/** 700 fills in 80 days: no window holds as many as a documented page. */
const traders = () =>
  generateAccount({
    seed: 9,
    now: start,
    spotFills: 700,
    futuresFills: 300,
    withdrawals: 40,
    ledgerRows: 200,
    days: 80,
  })

describe('an exchange that puts fewer rows into an answer than it documents', () => {
  it.each(pageOrders.flatMap((page) => [100, 37].map((cap) => [cap, page] as const)))(
    'has all of its rows imported, where it cuts at %i and serves the %s of them',
    async (pageCap, page) => {
      const account = traders()
      const simulator = await simulate(account, { pageCap, page })
      const { run, store } = await syncOnce(simulator)
      expect(countsOf(store.rows.values())).toEqual(truthOf(account))
      expect(run.streams.flatMap(({ gaps }) => gaps)).toEqual([])
      const spot = [...store.coverages.values()].find(({ stream }) => stream === 'spot-trade')
      expect(spot?.pages).toEqual({ most: pageCap, at: start, cap: pageCap })
      // What was found is known the next night: a burst of more than that many is not taken for whole.
      const [fill] = account.spotFills
      if (fill === undefined) throw new Error('no fill')
      now += 12 * hour
      for (let index = 0; index < pageCap + 9; index += 1)
        account.spotFills.push({
          ...fill,
          tradeId: `9${index}`,
          orderId: `8${index}`,
          createTime: start + index * 60_000,
        })
      const asked = simulator.requests.length
      await syncOnce(simulator, store)
      expect(countsOf(store.rows.values())).toEqual(truthOf(account))
      expect(questions(simulator, asked)).toBeLessThan(60)
    },
  )

  it('has all rows of an instant imported that holds more than it shows', async () => {
    const account = generateAccount({ seed: 9, now: start, spotFills: 150, spotBurst: 150, days: 80 })
    const simulator = await simulate(account, { pageCap: 60 })
    const { store } = await syncOnce(simulator)
    expect(countsOf(store.rows.values())['spot-trade']).toBe(150)
  })

  it('is not believed in an instant where nothing tells more: nobody can tell whether it is whole', async () => {
    const account = generateAccount({ seed: 9, now: start, spotFills: 1, days: 80 })
    const [fill] = account.spotFills
    if (fill === undefined) throw new Error('no fill')
    account.spotFills = Array.from({ length: 50 }, (_, index) => ({
      ...fill,
      tradeId: `9${index}`,
      orderId: `8${index}`,
    }))
    const simulator = await simulate(account, { pageCap: 20 })
    const { store } = await syncOnce(simulator)
    const spot = [...store.coverages.values()].find(({ stream }) => stream === 'spot-trade')
    const at = fill.createTime
    expect(spot?.covered.some(({ from, to }) => at >= from && at < to)).toBe(false)
    expect(spot?.unverified.some(({ from, to }) => at >= from && at < to)).toBe(true)
  })
})

describe('an exchange that keeps its word about its pages', () => {
  it('is asked two more questions for the largest answer, and none where it showed as many as documented', async () => {
    const small = generateAccount({ seed: 2, now: start, spotFills: 60, days: 6 })
    const quiet = generateAccount({ seed: 2, now: start, spotFills: 9, days: 6 })
    const asked: number[] = []
    for (const account of [quiet, small]) {
      const simulator = await simulate(account)
      const { store } = await syncOnce(simulator)
      asked.push(questions(simulator))
      expect(countsOf(store.rows.values())).toEqual(truthOf(account))
    }
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBe(2)
    const busy = await simulate(generateAccount({ seed: 2, now: start, spotFills: 900, days: 30 }))
    const { store } = await syncOnce(busy)
    const spot = [...store.coverages.values()].find(({ stream }) => stream === 'spot-trade')
    expect(spot?.pages).toEqual({ most: 200, at: start })
  })

  it('costs next to nothing on the nights after', async () => {
    const account = generateAccount({
      seed: 2,
      now: start,
      withdrawals: 60,
      deposits: 60,
      days: 6,
      transferYears: 0.08,
    })
    const simulator = await simulate(account)
    const { store } = await syncOnce(simulator)
    for (let night = 1; night <= 6; night += 1) {
      now += day
      const asked = simulator.requests.length
      await syncOnce(simulator, store)
      // Two of them for the catalogue of markets, which is kept for a day where there is a store for it.
      expect(questions(simulator, asked)).toBeLessThanOrEqual(12 + 2)
    }
  })
})

describe('what is known of the pages of an exchange', () => {
  it.each(pageOrders)(
    'that it begins to cut is found within a week, and what it left out until then is had (%s rows)',
    async (page) => {
      const account = generateAccount({ seed: 1, now: start, spotFills: 150, days: 4 })
      const simulator = await simulate(account, { page })
      const { store } = await syncOnce(simulator)
      now += day
      account.spotFills.push(...generateAccount({ seed: 2, now, spotFills: 140, days: 0.9 }).spotFills)
      simulator.options.pageCap = 100
      for (let night = 0; night < 8; night += 1) {
        await syncOnce(simulator, store)
        now += day
      }
      expect(countsOf(store.rows.values())).toEqual(truthOf(account))
    },
  )

  it('claims nothing of the largest answer until it is checked, should the run be killed before', async () => {
    const account = generateAccount({ seed: 2, now: start, spotFills: 60, days: 6 })
    const simulator = await simulate(account)
    const stop = new AbortController()
    const first = new Set<string>()
    simulator.options.onRequest = ({ path, params, rows = 0 }) => {
      if (path !== '/spot/v4/query/trades') return
      if (rows >= 30 && first.size > 0) stop.abort()
      if (rows >= 50) first.add(String(params.startTime))
    }
    const { store } = await syncOnce(simulator, undefined, undefined, stop.signal)
    expect(stop.signal.aborted).toBe(true)
    expect(countsOf(store.rows.values())['spot-trade']).toBe(60)
    const spot = [...store.coverages.values()].find(({ stream }) => stream === 'spot-trade')
    for (const { createTime } of account.spotFills)
      expect(spot?.covered.some(({ from, to }) => createTime >= from && createTime < to)).toBe(false)
  })
})
