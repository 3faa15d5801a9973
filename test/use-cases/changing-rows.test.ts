import { afterEach, describe, expect, it } from 'vitest'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { demoAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import { type FuturesFillRow, publishedFuturesFills } from '../../local/simulated-bitmart/futures-fills.ts'
import { publishedLedgerRows } from '../../local/simulated-bitmart/ledger.ts'
import { publishedSpotFills, type SpotFillRow } from '../../local/simulated-bitmart/spot-fills.ts'
import { publishedTransfers, type TransferRow } from '../../local/simulated-bitmart/transfers.ts'
import { bitmartInMemory } from '../model/bitmart-in-memory.ts'
import { hurried, memoryStore, syncOnce } from '../model/engine.ts'

const start = Date.UTC(2026, 7, 20, 12)
let now = start
afterEach(() => {
  now = start
})

/** An account with these rows, and its history after each sync. Rows are changed by putting new lists in place. */
async function home(rows: Partial<SimulatedAccount>) {
  const empty = { spotFills: [], futuresFills: [], ledger: [], transfers: [] }
  const account = { ...demoAccount(start), ...empty, ...rows }
  const simulator = bitmartInMemory({ clock: () => now, account, enforceLimits: false })
  const store = memoryStore()
  const exchange = hurried(bitmart, start - 100 * day)
  return {
    account: simulator.account,
    options: simulator.options,
    store,
    sync: async () => (await syncOnce(simulator, store, exchange)).run,
    stored: (stream: StreamKind): readonly Transaction[] =>
      [...store.rows.values()].filter((row) => row.stream === stream),
    coverage: (stream: StreamKind): Coverage | undefined =>
      [...store.coverages.values()].find((one) => one.stream === stream),
  }
}

const withdrawal = (change: Partial<TransferRow> = {}): TransferRow => {
  const [published] = publishedTransfers
  if (published === undefined) throw new Error('no published withdrawal')
  return { ...published, apply_time: start - 3 * day, status: 3, tx_id: '0x1', ...change }
}

function published<Row>([first]: readonly Row[], change: Partial<Row>): Row {
  if (first === undefined) throw new Error('nothing published')
  return { ...first, ...change }
}

describe('a withdrawal whose time moves between pending and done', () => {
  it('is stored and exported once, under the time at which it was first seen, and the move is history', async () => {
    const asked = start - 3 * day
    const { account, sync, stored, coverage } = await home({
      transfers: [withdrawal({ apply_time: asked, status: 0, tx_id: '' })],
    })
    await sync()
    account.transfers = [withdrawal({ apply_time: asked + hour, status: 3 })]
    now += day
    const run = await sync()
    expect(run.streams.find(({ stream }) => stream === 'withdrawal')).toMatchObject({ new: 0, changed: 1 })
    expect(stored('withdrawal')).toMatchObject([
      {
        time: asked,
        movedTo: asked + hour,
        status: 'done',
        txId: '0x1',
        history: [{ time: asked, status: 'pending' }],
      },
    ])
    expect(stored('withdrawal')[0]?.missingSince).toBeUndefined()
    expect(coverage('withdrawal')?.unfinished).toEqual([])
    now += day
    await sync()
    expect(stored('withdrawal')[0]?.history).toHaveLength(1)
  })

  it('is read again at its new time for as long as it is pending', async () => {
    const { account, sync, stored } = await home({ transfers: [withdrawal({ status: 0, tx_id: '' })] })
    await sync()
    account.transfers = [withdrawal({ apply_time: start - 2 * day, status: 0, tx_id: '' })]
    now += day
    await sync()
    now += 40 * day
    account.transfers = [withdrawal({ apply_time: start - 2 * day, status: 3 })]
    await sync()
    expect(stored('withdrawal')).toMatchObject([{ time: start - 3 * day, status: 'done' }])
  })

  it('is two rows where its id was used years before with other content', async () => {
    const { sync, stored } = await home({
      transfers: [
        withdrawal(),
        withdrawal({ apply_time: start - 80 * day, arrival_amount: '7', address: '0xother', tx_id: '0x2' }),
      ],
    })
    await sync()
    await sync()
    expect(stored('withdrawal').map(({ amount }) => amount)).toHaveLength(2)
    expect(stored('withdrawal').every(({ history }) => history === undefined)).toBe(true)
  })
})

it('between which rows anything is stored is known, whatever a later sync reads', async () => {
  const [first, last] = [start - 80 * day, start - 3 * day]
  const { account, sync, coverage } = await home({
    transfers: [withdrawal({ apply_time: first }), withdrawal({ withdraw_id: '2', apply_time: last })],
  })
  await sync()
  expect(coverage('withdrawal')).toMatchObject({ oldest: first, newest: last })
  account.transfers = [withdrawal({ withdraw_id: '3', apply_time: last - day })]
  await sync()
  expect(coverage('withdrawal')).toMatchObject({ oldest: first, newest: last })
})

describe('a final status that is not for ever', () => {
  it.each([
    [5, 3, 'failed', 'done'],
    [3, 5, 'done', 'failed'],
    [4, 3, 'cancelled', 'done'],
  ] as const)(
    'goes from %i to %i: the newest answer counts, and the change is history',
    async (from, to, before, after) => {
      const { account, sync, stored, coverage } = await home({ transfers: [withdrawal({ status: from })] })
      await sync()
      account.transfers = [withdrawal({ status: to })]
      now += day
      const run = await sync()
      expect(run.streams.find(({ stream }) => stream === 'withdrawal')).toMatchObject({ changed: 1 })
      expect(stored('withdrawal')).toMatchObject([{ status: after, history: [{ status: before }] }])
      expect(coverage('withdrawal')?.revised).toHaveLength(1)
    },
  )

  it('is kept while an answer says pending, and read again until it is final: 5, then 2, then 3', async () => {
    const { account, sync, stored, coverage } = await home({ transfers: [withdrawal({ status: 5 })] })
    await sync()
    account.transfers = [withdrawal({ status: 2 })]
    now += day
    await sync()
    expect(stored('withdrawal')[0]?.status).toBe('failed')
    expect(coverage('withdrawal')?.unfinished).toHaveLength(1)
    // Long behind the look-back.
    now += 60 * day
    account.transfers = [withdrawal({ status: 3 })]
    await sync()
    expect(stored('withdrawal')[0]).toMatchObject({ status: 'done', history: [{ status: 'failed' }] })
    expect(coverage('withdrawal')?.unfinished).toEqual([])
  })
})

describe('a finished withdrawal of which the exchange says something else', () => {
  it.each([
    ['amount', { arrival_amount: '1000' }],
    ['coin', { currency: 'BTC' }],
    ['address', { address: '0xother' }],
    ['fee', { fee: '77' }],
  ])('is told, and counted: another %s', async (_what, change) => {
    const { account, store, sync, stored, coverage } = await home({ transfers: [withdrawal()] })
    await sync()
    expect(coverage('withdrawal')?.revised).toBeUndefined()
    account.transfers = [withdrawal(change)]
    now += day
    await sync()
    expect(stored('withdrawal')).toMatchObject([{ status: 'done', history: [{ until: expect.any(Number) }] }])
    expect(coverage('withdrawal')?.revised).toHaveLength(1)
    const said = coverageWords(bitmart, [...store.coverages.values()]).flatMap(({ sentences }) => sentences)
    expect(said).toContainEqual(
      expect.stringMatching(/^1 row said something final, and something else later/),
    )
  })

  it('is told by the next run, where the one that stored the change died before it could', async () => {
    const { account, store, sync, coverage } = await home({ transfers: [withdrawal()] })
    await sync()
    account.transfers = [withdrawal({ arrival_amount: '1000' })]
    now += day
    const before = structuredClone([...store.coverages])
    await sync()
    store.coverages.clear()
    for (const [key, known] of before) store.coverages.set(key, known)
    await sync()
    expect(coverage('withdrawal')?.revised).toHaveLength(1)
  })
})

describe('a row that a whole answer no longer shows', () => {
  const fill = (change: Partial<SpotFillRow> = {}) =>
    published(publishedSpotFills, { createTime: start - hour, ...change })

  it('is kept and marked, once, and loses the mark with history when it is shown again', async () => {
    const rows = [fill(), fill({ tradeId: '2', createTime: start - 2 * hour })]
    const { account, store, sync, stored, coverage } = await home({
      spotFills: rows,
      transfers: [withdrawal(), withdrawal({ withdraw_id: '2', apply_time: start - 5 * day })],
    })
    await sync()
    now += hour
    account.spotFills = rows.slice(0, 1)
    account.transfers = [withdrawal()]
    await sync()
    expect(stored('spot-trade').filter(({ missingSince }) => missingSince !== undefined)).toMatchObject([
      { tradeId: '2', missingSince: expect.any(Number) },
    ])
    expect(stored('withdrawal').find(({ identity }) => identity === '2')?.missingSince).toBeGreaterThan(start)
    for (const stream of ['spot-trade', 'withdrawal'] as const)
      expect(coverage(stream)?.missing).toHaveLength(1)
    const written = store.writes.transactions
    await sync()
    expect(store.writes.transactions).toBe(written)

    account.spotFills = [...rows]
    account.transfers = [withdrawal(), withdrawal({ withdraw_id: '2', apply_time: start - 5 * day })]
    await sync()
    for (const stream of ['spot-trade', 'withdrawal'] as const) {
      expect(stored(stream).some(({ missingSince }) => missingSince !== undefined)).toBe(false)
      expect(stored(stream).flatMap(({ history = [] }) => history)).toMatchObject([
        { missingSince: expect.any(Number) },
      ])
      expect(coverage(stream)?.missing).toBeUndefined()
    }
  })

  it('is counted with all others, however many they are, in the time that is spoken of', async () => {
    const at = start - 2 * hour
    const { account, sync, coverage, stored } = await home({
      spotFills: Array.from({ length: 520 }, (_, index) =>
        published<SpotFillRow>(publishedSpotFills, { tradeId: `${index}`, createTime: at + index * 1_000 }),
      ),
    })
    await sync()
    account.spotFills = []
    now += hour
    await sync()
    await sync()
    expect(stored('spot-trade').filter(({ missingSince }) => missingSince !== undefined)).toHaveLength(520)
    const parts = [coverage('spot-trade')].flatMap((part) => part ?? [])
    expect(parts[0]?.missing).toHaveLength(520)
    const told = (from: number) => coverageWords(bitmart, parts, { period: { from } })[0]?.sentences.join()
    expect(told(at)).toContain('520 rows are no longer shown')
    expect(told(at + 420_000)).toContain('100 rows are no longer shown')
  })

  it('is counted by the run with what it revised, and of many it is told that another account may be behind the key', async () => {
    const own = [3, 4, 5, 6].map((days) =>
      withdrawal({ withdraw_id: `${days}`, apply_time: start - days * day }),
    )
    const fills = [1, 2, 3].map((index) => fill({ tradeId: `${index}`, createTime: start - index * hour }))
    const { account, sync } = await home({ spotFills: fills, transfers: own })
    expect(runWarnings(await sync())).toEqual([])
    now += hour
    account.spotFills = [fill({ tradeId: '9', createTime: start - 4 * hour })]
    account.transfers = own.map((row) => ({ ...row, status: 5 }))
    const run = await sync()
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({ new: 1, vanished: 3 })
    expect(run.streams.find(({ stream }) => stream === 'withdrawal')).toMatchObject({
      changed: 4,
      revised: 4,
    })
    expect(runWarnings(run)).toHaveLength(2)
    expect(runWarnings(await sync())).toEqual([])
  })

  it('is not called missing while it is too young, or of another partition', async () => {
    const futures = (change: Partial<FuturesFillRow>) => published(publishedFuturesFills, change)
    const { account, sync, store } = await home({
      spotFills: [fill(), fill({ tradeId: '2', createTime: start - 5 * minute })],
      futuresFills: [
        futures({ create_time: start - hour, account: 'futures' }),
        futures({ create_time: start - hour, account: 'copy_trading', trade_id: '2' }),
      ],
    })
    await sync()
    account.spotFills = [fill()]
    for (const wait of [minute, hour]) {
      now += wait
      await sync()
    }
    expect([...store.rows.values()].filter(({ missingSince }) => missingSince !== undefined)).toEqual([])
  })

  it('is left alone where it does not say of which partition it is', async () => {
    const { account, options, sync, store } = await home({
      futuresFills: [published(publishedFuturesFills, { create_time: start - hour, account: 'futures' })],
    })
    options.garble = withoutAccount
    await sync()
    account.futuresFills = []
    now += hour
    await sync()
    expect([...store.rows.values()].map(({ missingSince }) => missingSince)).toEqual([undefined])
  })
})

const withoutAccount = (row: unknown) => ({ ...Object(row), account: undefined })

describe('a futures ledger row without account', () => {
  it('is one row, although it is served to the questions for both accounts', async () => {
    const row = published(publishedLedgerRows, { time: String(start - hour) })
    const { options, sync, stored } = await home({
      ledger: [
        { ...row, account: 'futures' },
        { ...row, account: 'copy_trading' },
      ],
    })
    options.garble = withoutAccount
    await sync()
    expect(stored('futures-ledger')).toMatchObject([{ amount: row.amount, account: undefined }])
  })
})

describe('a market that was renamed after the trade', () => {
  it('makes no second row: what was first served stays', async () => {
    const fill = published(publishedSpotFills, { createTime: start - hour, symbol: 'MATIC_USDT' })
    const { account, sync, stored } = await home({ spotFills: [fill] })
    await sync()
    account.spotFills = [{ ...fill, symbol: 'POL_USDT', feeCoinName: 'POL', price: `${fill.price}0` }]
    now += hour
    const run = await sync()
    expect(run.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({ new: 0, changed: 0 })
    expect(stored('spot-trade')).toMatchObject([{ symbol: 'MATIC_USDT', price: fill.price }])
  })
})

describe('a contract size that is learnt later', () => {
  it('reaches rows stored long before, once', async () => {
    const fill = published(publishedFuturesFills, { create_time: start - 3 * day, account: 'futures' })
    const { options, store, sync, stored, coverage } = await home({ futuresFills: [fill] })
    options.publicEndpoints = 'down'
    await sync()
    expect(stored('futures-trade')[0]?.amount).toBeUndefined()
    expect(coverage('futures-trade')?.sizeless).toEqual([
      { symbol: fill.symbol, from: fill.create_time, to: fill.create_time + 1 },
    ])
    now += 5 * day
    options.publicEndpoints = 'up'
    const run = await sync()
    expect(run.streams.find(({ stream }) => stream === 'futures-trade')).toMatchObject({ changed: 1 })
    expect(stored('futures-trade')[0]).toMatchObject({ contractSize: '0.001', raw: expect.any(String) })
    expect(stored('futures-trade')[0]?.amount).toBeDefined()
    expect(coverage('futures-trade')?.sizeless).toBeUndefined()
    const written = store.writes.transactions
    await sync()
    expect(store.writes.transactions).toBe(written)
  })
})
