import { afterEach, describe, expect, it } from 'vitest'
import { gaps } from '../../lambdas/domain/coverage.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { isUnreadable } from '../../lambdas/domain/unreadable.ts'
import { day, hour, subtract } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { bitmartInMemory } from '../model/bitmart-in-memory.ts'
import { hurried, type memoryStore, syncOnce } from '../model/engine.ts'

const start = Date.UTC(2026, 7, 20, 12)
let now = start
afterEach(() => {
  now = start
})

const newAccount = (sizes: object = {}) =>
  generateAccount({
    seed: 4,
    now: start,
    spotFills: 90,
    withdrawals: 12,
    days: 60,
    transferYears: 0.1,
    ...sizes,
  })

async function simulate(options: Partial<SimulatorOptions> = {}) {
  const simulator = bitmartInMemory({
    clock: () => now,
    account: newAccount(),
    enforceLimits: false,
    ...options,
  })
  return simulator
}

/** A fill of the last two hours: the next sync looks back at it. */
function recentFill({ spotFills }: SimulatedAccount) {
  const last = spotFills.at(-1)
  if (last === undefined) throw new Error('no fill')
  const recent = { ...last, tradeId: '77', createTime: start - 2 * hour }
  spotFills[spotFills.length - 1] = recent
  return recent
}

type Store = ReturnType<typeof memoryStore>
const unreadableOf = (store: Store) => [...store.rows.values()].filter(isUnreadable)
const readableOf = (store: Store) => [...store.rows.values()].filter((row) => !isUnreadable(row))
const gapsOf = (store: Store, stream: string) =>
  [...store.coverages.values()]
    .filter((one) => one.stream === stream)
    .flatMap((one) => gaps(one, Date.UTC(2024, 0, 1)))

const wordsOf = (store: Store, stream: string) =>
  coverageWords(bitmart, [...store.coverages.values()])
    .find((one) => one.stream === stream)
    ?.sentences.join('; ')

/** One row of an account, and what becomes of it in every answer. */
function garbling(id: string, change: object) {
  return (row: unknown) =>
    JSON.stringify(row).includes(`"${id}"`) && typeof row === 'object' ? { ...row, ...change } : row
}

describe('a row that cannot be read', () => {
  it.each([
    ['a fill whose side is a number that nobody documents', { side: 5 }, 30],
    ['a fill without a price', { price: null }, 45],
    ['a fill whose symbol is an object', { symbol: {} }, 1],
  ])('costs its own millisecond and nothing else: %s', async (_what, change, index) => {
    const account = newAccount()
    const bad = account.spotFills[index]
    if (bad === undefined) throw new Error('no fill')
    const simulator = await simulate({ account, garble: garbling(bad.tradeId, change) })
    const { run, store } = await syncOnce(simulator)
    const alike = account.spotFills.filter(({ tradeId }) => tradeId === bad.tradeId)
    expect(readableOf(store)).toHaveLength(90 - alike.length + 12)
    expect(unreadableOf(store).map(({ raw }) => raw)).toEqual(
      alike.map((fill) => JSON.stringify({ ...fill, ...change })),
    )
    expect(unreadableOf(store)).toMatchObject([
      { time: bad.createTime, type: 'unreadable', stream: 'spot-trade' },
    ])
    expect(gapsOf(store, 'spot-trade')).toEqual([
      { from: bad.createTime, to: bad.createTime + 1, reason: 'unreadable' },
    ])
    expect(run.state).toBe('incomplete')
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({ unreadable: 1 })
    expect(run.streams.map(({ failure }) => failure)).toEqual(run.streams.map(() => undefined))
  })

  it('is a withdrawal whose fee is "--": the others are there', async () => {
    const account = newAccount()
    const [, , bad] = account.transfers
    if (bad === undefined) throw new Error('no withdrawal')
    const simulator = await simulate({ account, garble: garbling(bad.withdraw_id, { fee: '--' }) })
    const { store } = await syncOnce(simulator)
    expect(readableOf(store).filter(({ stream }) => stream === 'withdrawal')).toHaveLength(11)
    expect(unreadableOf(store)).toMatchObject([{ time: bad.apply_time, stream: 'withdrawal' }])
  })

  it.each([
    ['is not told', { createTime: undefined }],
    ['is told in seconds', { createTime: 1_780_000_000 }],
  ])(
    'is searched for to its millisecond where its time %s, with a bounded number of questions',
    async (_how, change) => {
      const account = newAccount()
      const bad = account.spotFills[40]
      if (bad === undefined) throw new Error('no fill')
      const simulator = await simulate({ account, garble: garbling(bad.tradeId, change) })
      const { run, store } = await syncOnce(simulator)
      expect(readableOf(store).filter(({ stream }) => stream === 'spot-trade')).toHaveLength(89)
      expect(unreadableOf(store)).toHaveLength(1)
      const [gap, ...others] = gapsOf(store, 'spot-trade')
      expect(others).toEqual([])
      expect(gap?.reason).toBe('unreadable')
      expect(gap?.from).toBeLessThanOrEqual(bad.createTime)
      expect(gap?.to).toBeGreaterThan(bad.createTime)
      // Nobody knows which end of a question belongs to it.
      expect((gap?.to ?? 0) - (gap?.from ?? 0)).toBeLessThanOrEqual(3)
      expect(run.requests).toBeLessThan(300)
      const again = await syncOnce(simulator, store)
      expect(unreadableOf(store)).toHaveLength(1)
      expect(again.run.requests).toBeLessThan(100)
    },
  )

  it('is let go of as soon as it can be read, and its gap is closed', async () => {
    const account = newAccount()
    const bad = recentFill(account)
    for (const change of [{ side: 5 }, { createTime: null }]) {
      const simulator = await simulate({ account, garble: garbling(bad.tradeId, change) })
      const { store } = await syncOnce(simulator)
      expect(unreadableOf(store)).toHaveLength(1)
      simulator.options.garble = undefined
      now = start + 2 * hour
      const { run } = await syncOnce(simulator, store)
      expect(unreadableOf(store)).toEqual([])
      expect(readableOf(store)).toHaveLength(90 + 12)
      expect(gapsOf(store, 'spot-trade')).toEqual([])
      expect(run.streams.find(({ stream }) => stream === 'spot-trade')).not.toHaveProperty('unreadable')
      now = start
    }
  })

  it('is asked for again every week, however old it is', async () => {
    const account = newAccount()
    const [bad] = account.spotFills
    if (bad === undefined) throw new Error('no fill')
    const simulator = await simulate({ account, garble: garbling(bad.tradeId, { side: 5 }) })
    const { store } = await syncOnce(simulator)
    simulator.options.garble = undefined
    now += 8 * day
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toEqual([])
    expect(gapsOf(store, 'spot-trade')).toEqual([])
  })

  it('is kept, and its gap, where the exchange shows only its neighbours any more', async () => {
    const account = generateAccount({ seed: 4, now: start, futuresFills: 30, days: 0.2 })
    const [bad, good] = account.futuresFills
    if (bad === undefined || good === undefined) throw new Error('no fills')
    const second = start - 2 * hour
    Object.assign(bad, { create_time: second + 100, account: 'futures' })
    Object.assign(good, { create_time: second + 700, account: 'futures' })
    account.futuresFills.sort((a, b) => a.create_time - b.create_time)
    const simulator = await simulate({ account, garble: garbling(bad.trade_id, { side: 5 }) })
    const { store } = await syncOnce(simulator)
    const gap = { from: second, to: second + 1_000, reason: 'unreadable' }
    for (const shown of [false, false, true]) {
      now += hour
      if (shown) {
        account.futuresFills.push(bad)
        account.futuresFills.sort((a, b) => a.create_time - b.create_time)
        simulator.options.garble = undefined
      } else if (account.futuresFills.includes(bad))
        account.futuresFills.splice(account.futuresFills.indexOf(bad), 1)
      await syncOnce(simulator, store)
      expect(unreadableOf(store)).toHaveLength(shown ? 0 : 1)
      expect(gapsOf(store, 'futures-trade')).toEqual(shown ? [] : [gap])
    }
    expect(store.rows.size).toBe(30)
  })

  it('is let go of by the next run, where one died before it could', async () => {
    const account = newAccount()
    const bad = recentFill(account)
    const simulator = await simulate({ account, garble: garbling(bad.tradeId, { side: 5 }) })
    const { store } = await syncOnce(simulator)
    const [kept] = [...store.rows].filter(([, row]) => isUnreadable(row))
    if (kept === undefined) throw new Error('all can be read')
    simulator.options.garble = undefined
    await syncOnce(simulator, store)
    store.rows.set(...kept)
    const [spot] = [...store.coverages].filter(([, { stream }]) => stream === 'spot-trade')
    if (spot === undefined) throw new Error('no coverage')
    const at = { from: bad.createTime, to: bad.createTime + 1 }
    store.coverages.set(spot[0], {
      ...spot[1],
      covered: subtract(spot[1].covered, [at]),
      lost: [{ ...at, reason: 'unreadable' }],
    })
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toEqual([])
    expect(gapsOf(store, 'spot-trade')).toEqual([])
  })

  it('does not stand beside what it became while nobody could read that either', async () => {
    const account = newAccount()
    const bad = recentFill(account)
    const simulator = await simulate({ account, garble: garbling(bad.tradeId, { side: 5 }) })
    const { store } = await syncOnce(simulator)
    simulator.options.garble = garbling(bad.tradeId, { side: 6 })
    await syncOnce(simulator, store)
    expect(unreadableOf(store).map(({ raw }) => JSON.parse(raw).side)).toEqual([6])
  })

  it('is let go of where the row that it became is shown, though nobody can read that any more', async () => {
    const account = newAccount()
    const bad = recentFill(account)
    const simulator = await simulate({ account, garble: garbling(bad.tradeId, { side: 5 }) })
    const { store } = await syncOnce(simulator)
    const unread = [...store.rows].filter(([, row]) => isUnreadable(row))
    const coverages = [...store.coverages]
    simulator.options.garble = undefined
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toEqual([])
    // As a run leaves it that stored what can be read now, and died before it could let go of what was kept for it.
    for (const [key, row] of unread) store.rows.set(key, row)
    for (const [key, coverage] of coverages) store.coverages.set(key, coverage)
    simulator.options.garble = garbling(bad.tradeId, { side: 6 })
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toEqual([])
    const stored = readableOf(store).find(({ tradeId }) => tradeId === bad.tradeId)
    expect(JSON.parse(stored?.unreadableRaw ?? '{}')).toMatchObject({ side: 6 })
    expect(gapsOf(store, 'spot-trade')).toEqual([])
  })
})

describe('a known row that is served anew and cannot be read', () => {
  it.each([
    ['a fill whose side is a number', 'spot-trade', { side: 5 }],
    ['a fill that does not say when', 'spot-trade', { createTime: null }],
    ['a withdrawal whose fee is "--"', 'withdrawal', { fee: '--' }],
    ['a withdrawal that is dated anew', 'withdrawal', { fee: '--', apply_time: start - 3 * hour }],
    ['a withdrawal that does not say when', 'withdrawal', { apply_time: null }],
  ] as const)(
    'is no new row and leaves no gap: what it said before counts: %s',
    async (_what, stream, change) => {
      const account = newAccount()
      const { tradeId } = recentFill(account)
      const moved = account.transfers.at(-1)
      if (moved === undefined) throw new Error('no withdrawal')
      Object.assign(moved, { apply_time: start - 4 * hour, status: 3, tx_id: '0x1' })
      const id = stream === 'spot-trade' ? tradeId : moved.withdraw_id
      const simulator = await simulate({ account })
      const { store } = await syncOnce(simulator)
      const read = [...store.rows.values()]
      const isIt = (row: Transaction) => (row.tradeId ?? row.identity) === id && row.stream === stream
      const before = read.find(isIt)
      if (before === undefined) throw new Error('not stored')

      simulator.options.garble = garbling(id, change)
      now += hour
      const { run } = await syncOnce(simulator, store)
      expect(unreadableOf(store)).toEqual([])
      expect(store.rows.size).toBe(read.length)
      const { unreadableSince, unreadableRaw = '', ...kept } = [...store.rows.values()].find(isIt) ?? before
      expect(kept).toEqual(before)
      expect(JSON.parse(unreadableRaw)).toMatchObject(change)
      expect(unreadableSince).toBeGreaterThanOrEqual(start)
      expect(gapsOf(store, stream)).toEqual([])
      expect(run.streams.find((one) => one.stream === stream)).toMatchObject({
        new: 0,
        changed: 1,
        unreadable: 1,
      })
      expect(wordsOf(store, stream)).toContain(
        '1 row could not be read when it was served anew since 2026-08-20 13:00 UTC',
      )

      const written = store.writes.transactions
      for (const _night of ['second', 'third']) {
        now += hour
        const { run: again } = await syncOnce(simulator, store)
        expect(store.writes.transactions).toBe(written)
        expect(gapsOf(store, stream)).toEqual([])
        expect(again.streams.find((one) => one.stream === stream)).toMatchObject({
          new: 0,
          changed: 0,
          unreadable: 1,
        })
      }

      simulator.options.garble = undefined
      now += hour
      await syncOnce(simulator, store)
      expect([...store.rows.values()].find(isIt)).toEqual(before)
      expect(wordsOf(store, stream)).not.toContain('could not be read')
    },
  )

  it('is read again every night while it is not finished, however old it is', async () => {
    const account = newAccount()
    const [old] = account.transfers
    if (old === undefined) throw new Error('no withdrawal')
    Object.assign(old, { status: 0, tx_id: '' })
    const simulator = await simulate({ account })
    const { store } = await syncOnce(simulator)
    simulator.options.garble = garbling(old.withdraw_id, { fee: '--' })
    now += day
    await syncOnce(simulator, store)
    simulator.options.garble = undefined
    Object.assign(old, { status: 3, tx_id: '0x1' })
    now += day
    await syncOnce(simulator, store)
    const stored = [...store.rows.values()].find(({ identity }) => identity === old.withdraw_id)
    expect(stored).toMatchObject({ status: 'done' })
    expect(stored?.unreadableSince).toBeUndefined()
  })

  it('is another row, with a gap, where its ids are those of no stored row, or of one that the answer shows too', async () => {
    const account = newAccount()
    const known = recentFill(account)
    const simulator = await simulate({ account })
    const { store } = await syncOnce(simulator)
    const { length } = account.spotFills
    account.spotFills.push({ ...known, orderId: '999999', side: 'buy' })
    simulator.options.garble = garbling('999999', { side: 5 })
    now += hour
    await syncOnce(simulator, store)
    expect(readableOf(store)).toHaveLength(length + 12)
    expect(unreadableOf(store)).toHaveLength(1)
    expect(gapsOf(store, 'spot-trade')).toHaveLength(1)
  })
})

describe('a row that is no longer shown', () => {
  it('is marked, though another row of the same answer cannot be read', async () => {
    const account = newAccount()
    const gone = recentFill(account)
    const bad = { ...gone, tradeId: '78', orderId: '780', createTime: start - hour }
    const simulator = await simulate({ account, garble: garbling('78', { side: 5 }) })
    const { store } = await syncOnce(simulator)
    account.spotFills.splice(account.spotFills.indexOf(gone), 1, bad)
    now += hour
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toHaveLength(1)
    expect(readableOf(store).filter(({ missingSince }) => missingSince !== undefined)).toMatchObject([
      { tradeId: gone.tradeId },
    ])
  })

  it('is not marked where it may be the row of its moment that nobody can read', async () => {
    const account = newAccount()
    const gone = recentFill(account)
    const simulator = await simulate({ account })
    const { store } = await syncOnce(simulator)
    simulator.options.garble = garbling(gone.tradeId, { side: 5, tradeId: null, orderId: null })
    now += hour
    await syncOnce(simulator, store)
    expect(unreadableOf(store)).toHaveLength(1)
    expect(readableOf(store).map(({ missingSince }) => missingSince)).toEqual(
      readableOf(store).map(() => undefined),
    )
  })
})

describe('an exchange whose every row cannot be read', () => {
  it('costs no more questions than one whose rows can, and keeps them all raw', async () => {
    const account = newAccount()
    const simulator = await simulate({ account, garble: (row) => ({ ...Object(row), side: 5, fee: [] }) })
    const { run, store } = await syncOnce(simulator)
    expect(unreadableOf(store)).toHaveLength(90 + 12)
    expect(run.requests).toBeLessThan(400)
    expect(run.state).toBe('incomplete')
  })

  it('has failed where its rows do not say when either, and is not asked for each of them', async () => {
    const account = newAccount()
    const simulator = await simulate({ account, garble: () => ({ error: 'try again' }) })
    const { run, store } = await syncOnce(simulator, undefined, hurried())
    const spot = run.streams.find(({ stream }) => stream === 'spot-trade')
    expect(spot).toMatchObject({ state: 'failed', failure: 'bad-payload' })
    expect(run.requests).toBeLessThan(700)
    const covered = [...store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
    for (const { createTime } of account.spotFills)
      expect(
        covered.some((one) => one.covered.some(({ from, to }) => createTime >= from && createTime < to)),
      ).toBe(false)
  })
})
