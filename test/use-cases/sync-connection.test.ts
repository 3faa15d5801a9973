import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { edgeSlack } from '../../lambdas/domain/plan-windows.ts'
import { completenessAfter, type Run } from '../../lambdas/domain/run.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { demoSizes, generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { bitmartInMemory } from '../model/bitmart-in-memory.ts'
import {
  connection,
  hurried,
  memoryStore,
  patiently,
  startSimulatedBitmart,
  syncOnce,
} from '../model/engine.ts'
import { toldTime } from '../model/told-time.ts'
import { countsOf, payloadsOf, truthOf } from '../model/truth.ts'

const start = Date.UTC(2026, 7, 20, 12)
let now = start
const running: SimulatedBitmart[] = []
afterEach(async () => {
  now = start
  for (const simulator of running.splice(0)) await simulator.close()
})

/** Over HTTP where something happens on the way, or to who asks too often. */
async function simulate(options: Partial<SimulatorOptions> = {}) {
  const given = { clock: () => now, account: crowdedAccount(), enforceLimits: false, ...options }
  if (!given.enforceLimits && given.faults === undefined) return bitmartInMemory(given)
  const simulator = await startSimulatedBitmart(given)
  running.push(simulator)
  return simulator
}

/** Of every kind of row, but never more at once than fit into a page: what a second sync does is the same. */
const calmAccount = () =>
  generateAccount({
    ...demoSizes,
    now: start,
    spotFills: 300,
    spotBurst: 0,
    futuresFills: 150,
    futuresBurst: 0,
    ledgerRows: 200,
  })

/** Pages that are full by count and within one second, in every stream, with no more rows than that takes. */
const crowdedAccount = () =>
  generateAccount({
    ...demoSizes,
    now: start,
    spotFills: 480,
    spotBurst: 240,
    futuresFills: 330,
    futuresBurst: 210,
    ledgerRows: 300,
  })

function coverageOf(store: ReturnType<typeof memoryStore>, stream: string, partition?: string): Coverage {
  const found = [...store.coverages.values()].find(
    (one) => one.stream === stream && (partition === undefined || one.partition === partition),
  )
  if (found === undefined) throw new Error(`no coverage of ${stream}`)
  return found
}

const everySeventh = ['http-502-html', 'reset', 'http-200-html', 'http-429', 'truncated-json'] as const

const circumstances: readonly [string, Partial<SimulatorOptions>][] = [
  ['that serves the newest rows of a full page', {}],
  ['that serves the oldest rows of a full page', { page: 'oldest' }],
  ['that serves a random choice of a full page in random order', { page: 'shuffled' }],
  ['whose public endpoints are down', { publicEndpoints: 'down' }],
  ['whose public endpoints list nothing, serving the oldest', { publicEndpoints: 'empty', page: 'oldest' }],
  ['that fails every seventh call in five ways', { faults: { every: 7, kinds: everySeventh } }],
  ['that answers empty pages beyond its look-back', { beyondLookBack: 'empty' }],
  ['that refuses to look beyond its look-back', { beyondLookBack: 'refused' }],
  ['that refuses spot windows wider than a month', { maxSpotSpan: 30 * day }],
  ['that refuses both', { maxSpotSpan: 30 * day, beyondLookBack: 'refused' }],
  ['whose end of a window is exclusive', { upperEnd: 'exclusive' }],
  ['whose ends of a window are both exclusive', { upperEnd: 'exclusive', lowerEnd: 'exclusive' }],
  [
    'that compares its ends in milliseconds, and refuses a question that ends where it begins',
    { upperEnd: 'milliseconds', lowerEnd: 'milliseconds', emptySpan: 'refused' },
  ],
  ['that caps transfers at a thousand', { transferCap: 1000 }],
  ['that writes its codes as text', { codeAs: 'string' }],
  ['whose clock is five minutes ahead', { serverClockOffset: 5 * minute }],
  ['whose clock is five minutes behind', { serverClockOffset: -5 * minute }],
]

describe('a first sync', () => {
  it.each(circumstances)('is complete and exact against an exchange %s', async (_what, options) => {
    const simulator = await simulate(options)
    const { run, store } = await syncOnce(simulator)
    expect(run.streams.map(({ gaps, failure }) => ({ gaps, failure }))).toEqual(
      run.streams.map(() => ({ gaps: [], failure: undefined })),
    )
    expect(run.state).toBe('unverified')
    expect(countsOf(store.rows.values())).toEqual(truthOf(simulator.account))
    expect([...store.rows.values()].map(({ raw }) => raw).sort()).toEqual(payloadsOf(simulator.account))
  })

  it.each([
    ['in one second', 150, 'inclusive'],
    ['in one second', 150, 'milliseconds'],
    ['in one second', 450, 'inclusive'],
    ['in one second', 450, 'milliseconds'],
  ] as const)(
    'has all fills of a burst %s, %i of them, where ends are %s and a question must not end where it begins',
    async (_when, burst, end) => {
      const account = generateAccount({
        seed: 8,
        now: start,
        futuresFills: burst + 60,
        futuresBurst: burst,
        spotFills: burst + 60,
        spotBurst: burst,
        days: 60,
      })
      const simulator = await simulate({ account, upperEnd: end, lowerEnd: end, emptySpan: 'refused' })
      const { run, store } = await syncOnce(simulator)
      expect(run.streams.flatMap(({ gaps }) => gaps)).toEqual([])
      expect(countsOf(store.rows.values())).toEqual(truthOf(account))
    },
  )

  it('asks every partition back to the exchange’s opening and marks what nobody can tell', async () => {
    const simulator = await simulate()
    const { store } = await syncOnce(simulator)
    const spot = coverageOf(store, 'spot-trade')
    // What others report is no proof: the oldest fill that was served is.
    const oldestFill = Math.min(...simulator.account.spotFills.map(({ createTime }) => createTime))
    expect(spot.unverified.filter(({ reason }) => reason === 'beyond-depth')).toEqual([
      { from: Date.UTC(2024, 0, 1), to: oldestFill, reason: 'beyond-depth' },
    ])
    expect(spot.covered[0]?.from).toBe(oldestFill)
    expect(spot.covered.at(-1)?.to).toBe(start - 10 * minute)
    const withdrawals = coverageOf(store, 'withdrawal')
    const oldest = Math.min(
      ...simulator.account.transfers.flatMap((row) =>
        row.operation_type === 'withdraw' ? [row.apply_time] : [],
      ),
    )
    expect(withdrawals.covered[0]?.from).toBe(oldest)
  })

  it('tells of each stream when it began, when it had done all it could, and the oldest row it was served', async () => {
    const account = generateAccount({ seed: 4, now: start, spotFills: 40, futuresFills: 0, ledgerRows: 0 })
    const simulator = await simulate({ account })
    simulator.options.onRequest = () => {
      now += 10
    }
    const store = memoryStore()
    const { run } = await syncOnce(simulator, store)
    for (const { stream, startedAt = 0, finishedAt = 0, position, served } of run.streams) {
      expect(startedAt, stream).toBeGreaterThanOrEqual(run.startedAt)
      expect(finishedAt, stream).toBeGreaterThan(startedAt)
      expect(run.finishedAt, stream).toBeGreaterThanOrEqual(finishedAt)
      const times = [...store.rows.values()].filter((row) => row.stream === stream).map(({ time }) => time)
      expect(position, stream).toBe(served === 0 ? undefined : Math.min(...times))
    }
    expect(run.streams.map(({ served }) => served > 0)).toContain(false)
  })

  it('calls nothing done that the store cut off: what was under way was stopped', async () => {
    const account = generateAccount({ seed: 4, now: start, spotFills: 40, futuresFills: 40, ledgerRows: 0 })
    const seen: Run[] = []
    const store = memoryStore()
    const full = {
      ...store,
      onProgress: (run: Run) => void seen.push(run),
      transactions: { ...store.transactions, write: () => Promise.reject(new Error('no room')) },
    }
    await expect(syncOnce(await simulate({ account }), full)).rejects.toThrow('no room')
    const last = seen.at(-1)?.streams ?? []
    const cut = last.filter(({ failure }) => failure === 'aborted')
    expect(cut.map(({ stream }) => stream)).toEqual(expect.arrayContaining(['spot-trade', 'futures-trade']))
    expect(cut.map(({ state }) => state)).toEqual(cut.map(() => 'failed'))
  })

  it('waits and goes on when the exchange finds its questions too many', async () => {
    const account = generateAccount({ seed: 3, now: start, spotFills: 400, futuresFills: 50, days: 30 })
    const simulator = await simulate({ account, enforceLimits: true, page: 'oldest' })
    // The exchange's clock stands still but for this, so that its limit is met whatever the machine does.
    simulator.options.onRequest = ({ code }) => {
      if (code === 30013) now += 500
    }
    const { run, store } = await syncOnce(simulator)
    expect(simulator.requests.some(({ code }) => code === 30013)).toBe(true)
    expect(run.state).toBe('unverified')
    expect(countsOf(store.rows.values())).toEqual(truthOf(account))
  })

  it('says that futures were never opened, and finds them whole once they are', async () => {
    const keys = [{ ...demoKey, futuresOpened: false }]
    const simulator = await simulate({ keys })
    const first = await syncOnce(simulator)
    const futures = first.run.streams.filter(({ stream }) => stream.startsWith('futures'))
    expect(futures).toMatchObject([
      { note: 'not-opened', state: 'complete', new: 0, gaps: [], requests: 2 },
      { note: 'not-opened', state: 'complete', new: 0, gaps: [], requests: 2 },
    ])
    expect(first.run.state).toBe('unverified')
    Object.assign(keys[0] ?? {}, { futuresOpened: true })
    const second = await syncOnce(simulator, first.store)
    expect(countsOf(second.store.rows.values())).toEqual(truthOf(simulator.account))
  })

  it('reads the fills of a sub-account key and says that its transfers are not served', async () => {
    const simulator = await simulate({ keys: [{ ...demoKey, subaccount: true }] })
    const { run, store } = await syncOnce(simulator)
    expect(run.state).toBe('unverified')
    expect(run.streams.filter(({ note }) => note === 'not-served').map(({ stream }) => stream)).toEqual([
      'withdrawal',
      'deposit',
    ])
    expect(countsOf(store.rows.values())['spot-trade']).toBe(480)
  })

  it('records an instant that holds more fills than any question obtains as a gap', async () => {
    const account = generateAccount({ seed: 5, now: start, spotFills: 20, days: 20 })
    const [fill] = account.spotFills
    if (fill === undefined) throw new Error('no fill')
    // 300 makers filled in one millisecond, each by an order of its own that no list can name.
    const burst = Array.from({ length: 300 }, (_, index) => ({
      ...fill,
      tradeId: `9${index}`,
      orderId: `8${index}`,
      createTime: start - 5 * day,
    }))
    const simulator = await simulate({ account: { ...account, spotFills: [...account.spotFills, ...burst] } })
    const { run, store } = await syncOnce(simulator)
    const spot = run.streams.find(({ stream }) => stream === 'spot-trade')
    expect(completenessAfter(run.state)).toBe('incomplete')
    expect(spot?.gaps.every(({ reason }) => reason === 'saturated')).toBe(true)
    expect(spot?.gaps[0]?.from).toBeLessThanOrEqual(start - 5 * day)
    expect(countsOf(store.rows.values())['spot-trade']).toBe(220)
  })

  it('goes on with the other streams when one is refused for good, and names the gap', async () => {
    const simulator = await simulate()
    const broken = {
      ...hurried(),
      streams: hurried().streams.map((stream) =>
        stream.stream === 'deposit'
          ? {
              ...stream,
              ask: () => ({
                ...stream.ask({ start: 0, end: 1, partition: '', filters: {} }),
                path: 'no/such/path',
              }),
            }
          : stream,
      ),
    }
    const { run, store } = await syncOnce(simulator, memoryStore(), broken)
    expect(completenessAfter(run.state)).toBe('incomplete')
    expect(run.streams.find(({ stream }) => stream === 'deposit')).toMatchObject({
      state: 'failed',
      gaps: [{ from: Date.UTC(2024, 0, 1), to: start - 10 * minute, reason: 'failed' }],
    })
    expect(countsOf(store.rows.values()).withdrawal).toBe(137)
  })
})

describe('a second sync', () => {
  it('writes no transaction and asks a handful of questions', async () => {
    const simulator = await simulate({ account: calmAccount() })
    const { store } = await syncOnce(simulator)
    const written = store.writes.transactions
    const asked = simulator.requests.length
    now += 3 * hour
    const { run } = await syncOnce(simulator, store)
    expect(run.state).toBe('unverified')
    expect(store.writes.transactions).toBe(written)
    // The time and seven questions; the two for the catalogue of markets are kept for a day where there is a store for it.
    expect(simulator.requests.length - asked).toBe(1 + 7 + 2)
    expect(run.streams.every((stream) => stream.new === 0 && stream.changed === 0)).toBe(true)
  })

  it('finds rows that settled late, within the look-back', async () => {
    const simulator = await simulate({ account: calmAccount() })
    const { store } = await syncOnce(simulator)
    const [fill] = simulator.account.spotFills
    if (fill === undefined) throw new Error('no fill')
    simulator.account.spotFills.push({ ...fill, tradeId: '77', orderId: '78', createTime: start - 5 * hour })
    now += day
    const { run } = await syncOnce(simulator, store)
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({ new: 1, changed: 0 })
  })

  it('finds what happened in the hours that a clock of ours was ahead', async () => {
    const simulator = await simulate({ account: calmAccount() })
    const eightHours = 8 * hour
    simulator.options.serverClockOffset = -eightHours
    now += eightHours
    const { run, store } = await syncOnce(simulator)
    expect(run.state).toBe('unverified')
    expect(coverageOf(store, 'futures-trade').covered.at(-1)?.to).toBe(start - 10 * minute)
    const [fill] = simulator.account.futuresFills
    if (fill === undefined) throw new Error('no fill')
    const late = { ...fill, trade_id: '5', order_id: '6', create_time: start + hour }
    simulator.account.futuresFills.push(late)
    simulator.options.serverClockOffset = 0
    now += day
    const second = await syncOnce(simulator, store)
    expect(second.run.streams.find(({ stream }) => stream === 'futures-trade')).toMatchObject({ new: 1 })
  })

  it('moves a transfer forward and never back', async () => {
    const simulator = await simulate({ account: calmAccount() })
    const { store } = await syncOnce(simulator)
    const pending = simulator.account.transfers.find(
      (row) => row.withdraw_id !== '' && Number(row.status) < 3,
    )
    if (pending === undefined) throw new Error('no unfinished withdrawal')
    const statusOf = () =>
      [...store.rows.values()].find(
        (row) => row.stream === 'withdrawal' && row.identity === pending.withdraw_id,
      )?.status
    expect(statusOf()).toBe('pending')
    Object.assign(pending, { status: 3, tx_id: '0xabc' })
    now += 40 * day
    await syncOnce(simulator, store)
    expect(statusOf()).toBe('done')
    Object.assign(pending, { status: 1, tx_id: '' })
    const { run } = await syncOnce(simulator, store)
    expect(statusOf()).toBe('done')
    expect(run.streams.find(({ stream }) => stream === 'withdrawal')).toMatchObject({ changed: 0 })
  })

  it('fills in base amounts once the catalogue can be read', async () => {
    const simulator = await simulate({ account: calmAccount(), publicEndpoints: 'down' })
    const { store } = await syncOnce(simulator)
    const known = () => [...store.rows.values()].filter((row) => row.contractSize !== undefined).length
    expect(known()).toBe(0)
    simulator.options.publicEndpoints = 'up'
    await syncOnce(simulator, store)
    const recent = known()
    simulator.options.publicEndpoints = 'down'
    await syncOnce(simulator, store)
    expect(known()).toBe(recent)
  })

  it('calls an interval expired when the frontier fell behind what the exchange serves', async () => {
    const simulator = await simulate({ account: calmAccount() })
    const { store } = await syncOnce(simulator)
    now += 100 * day
    const { run } = await syncOnce(simulator, store)
    expect(completenessAfter(run.state)).toBe('incomplete')
    const spot = run.streams.find(({ stream }) => stream === 'spot-trade')
    // An answer may have been given up to a second later than it says.
    const gone = now - 90 * day + 1_000
    expect(spot?.gaps).toEqual([{ from: start - 10 * minute, to: gone, reason: 'expired' }])
    expect(coverageOf(store, 'spot-trade').unverified.at(-1)).toEqual({
      from: gone,
      to: now - 7 * day + edgeSlack,
      reason: 'beyond-depth',
    })
  })

  it('asks again for what failed, until there is no gap', async () => {
    const simulator = await simulate({
      account: calmAccount(),
      faults: { every: 2, kinds: ['http-502-html'] },
    })
    const impatient = hurried()
    const { store } = await syncOnce(simulator, memoryStore(), impatient)
    simulator.options.faults = undefined
    const { run } = await syncOnce(simulator, store, impatient)
    expect(run.state).toBe('unverified')
    expect(countsOf(store.rows.values())).toEqual(truthOf(simulator.account))
  })
})

describe('the lease of a sync', () => {
  /** A sync whose first questions are answered after so many beats of its heart. */
  async function beating(beats: number, renewed: (beat: number) => boolean) {
    const store = memoryStore()
    let time = start
    let beat = 0
    const { renew } = store.lease
    const client: ExchangeClient = {
      ask: async ({ path }, schema, options) => {
        while (beat < beats && !options?.signal?.aborted) await setImmediate()
        if (options?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
        const data = schema.parse(path.includes('deposit-withdraw') ? { records: [] } : [])
        return { data, askedAt: time, answeredAt: time }
      },
      ...toldTime(() => time),
      requests: () => 0,
      close: async () => undefined,
    }
    const ports = {
      ...store,
      client,
      markets: noMarkets,
      clock: () => time,
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (beat >= beats) return patiently(ms, signal)
        await setImmediate()
        time += ms
      },
      lease: {
        ...store.lease,
        renew: async (...asked: Parameters<typeof renew>) => {
          beat += 1
          if (!renewed(beat)) throw new Error('the store does not answer')
          return renew(...asked)
        },
      },
    }
    const run = syncConnection(ports, connection, hurried(), { runId: 'r1', holder: 'h1' })
    return { run, store, now: () => time }
  }

  it('is renewed while it lasts, and free once the sync has ended', async () => {
    const { run, store, now } = await beating(5, () => true)
    expect((await run).state).toBe('unverified')
    expect(now() - start).toBe(5 * 20_000)
    expect(await store.lease.acquire({ user: 'u1', connection: 'c1' }, 'another', now(), minute)).toBe(2)
  })

  it('is not given up when the store fails to renew it now and then', async () => {
    const { run } = await beating(7, (beat) => beat % 3 === 0)
    expect((await run).state).toBe('unverified')
  })

  it('is given up when the store did not renew it for as long as it lasts', async () => {
    const { run, store, now } = await beating(4, () => false)
    await expect(run).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    expect(now() - start).toBe(minute)
    expect(store.writes.transactions).toBe(0)
  })

  it('ends the sync as soon as it is found with another', async () => {
    const owner = { user: 'u1', connection: 'c1' }
    const { run, store, now } = await beating(9, () => true)
    await store.lease.acquire(owner, 'another', start + day, minute)
    await expect(run).rejects.toMatchObject({ failure: { kind: 'lease-lost' } })
    expect(now() - start).toBe(20_000)
    expect(store.coverages.size).toBe(0)
  })
})

describe('a stream that the exchange opens later', () => {
  it('is done without a question, and owes nothing', async () => {
    const simulator = await simulate({ account: generateAccount({ seed: 1, now: start }) })
    const exchange = hurried(undefined, start + day)
    const { run, store } = await syncOnce(simulator, memoryStore(), exchange)
    expect(run.state).toBe('complete')
    for (const stream of run.streams)
      expect(stream).toMatchObject({ state: 'complete', requests: 0, percent: 100, gaps: [] })
    expect([...store.coverages.values()].flatMap(({ covered }) => covered)).toEqual([])
  })
})
