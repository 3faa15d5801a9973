import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { runStore } from '../../lambdas/adapters/runs.ts'
import { type Owner, put, transactionKey } from '../../lambdas/adapters/table.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { fill } from './fill.ts'
import { scriptedTable, temporaryStore } from './temporary-store.ts'

const owner: Owner = { user: 'ann', connection: 'c1' }
const always = { from: 0, to: Number.MAX_SAFE_INTEGER }

async function collect(rows: AsyncIterable<Transaction>): Promise<Transaction[]> {
  const collected: Transaction[] = []
  for await (const row of rows) collected.push(row)
  return collected
}

function deposit(number: number, time: number): Transaction {
  return { stream: 'deposit', time, identity: `d${number}`, currency: 'BTC', status: 'pending', raw: '{}' }
}

const text = fc.option(fc.string({ unit: 'binary', maxLength: 60 }), { nil: undefined })
const transaction: fc.Arbitrary<Transaction> = fc.record(
  {
    stream: fc.constantFrom(...streamKinds),
    time: fc.integer({ min: 0, max: 9_999_999_999_999 }),
    identity: fc.string({ unit: 'binary', maxLength: 200 }),
    symbol: text,
    base: text,
    quote: text,
    side: fc.constantFrom('buy', 'sell', undefined),
    price: text,
    amount: text,
    quoteAmount: text,
    fee: text,
    feeCurrency: text,
    role: fc.constantFrom('taker', 'maker', undefined),
    orderId: text,
    tradeId: text,
    orderMode: text,
    contracts: text,
    contractSize: text,
    position: fc.constantFrom('open', 'close', undefined),
    realizedPnl: text,
    account: text,
    currency: text,
    network: text,
    address: text,
    txId: text,
    status: fc.constantFrom('pending', 'done', 'cancelled', 'failed', undefined),
    type: text,
    raw: fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 3_000 })),
  },
  { requiredKeys: ['stream', 'time', 'identity', 'raw'] },
)

describe('transactions', () => {
  it('come back as they were written, whatever their text', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    let connection = 0
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 30 }), async (rows) => {
        const own = { user: 'ann', connection: `c${connection++}` }
        await transactions.write(own, rows)
        const expected = new Map(rows.map((row) => [transactionKey(own, row).SK, row]))
        const stored = await collect(transactions.each(own))
        expect(new Map(stored.map((row) => [transactionKey(own, row).SK, row]))).toEqual(expected)
        expect(stored.map((row) => row.time)).toEqual(stored.map((row) => row.time).sort((a, b) => a - b))
        expect(await transactions.has(own, rows)).toBe(expected.size)
      }),
      { numRuns: 60 },
    )
  })

  it('of one stream in a window: its start included, its end not', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = [fill(1, 999), fill(2, 1_000), fill(3, 1_000), fill(4, 1_999), fill(5, 2_000)]
    await transactions.write(owner, [...rows, deposit(1, 1_500)])
    await transactions.write({ ...owner, connection: 'c2' }, [fill(6, 1_500)])
    expect(await transactions.stored(owner, 'spot-trade', { from: 1_000, to: 2_000 })).toEqual(
      rows.slice(1, 4),
    )
    expect(await transactions.stored(owner, 'deposit', always)).toEqual([deposit(1, 1_500)])
    expect(await transactions.stored(owner, 'withdrawal', always)).toEqual([])
    expect(await transactions.stored(owner, 'spot-trade', { from: 1_000, to: 1_000 })).toEqual([])
    expect(await transactions.stored(owner, 'spot-trade', { from: 2_000, to: 1_000 })).toEqual([])
  })

  it('are kept once for each key, the last one written', async () => {
    const { table, requests } = await temporaryStore()
    const transactions = transactionStore(table)
    const changed = { ...fill(1), fee: '9' }
    await transactions.write(owner, [fill(1), fill(2), changed])
    expect(requests.transactionWrites).toBe(2)
    expect(await transactions.stored(owner, 'spot-trade', always)).toEqual([changed, fill(2)])
    await transactions.write(owner, [fill(1)])
    expect(await transactions.stored(owner, 'spot-trade', always)).toEqual([fill(1), fill(2)])
  })

  it('are read across many answers of the store', async () => {
    const { table, requests } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = Array.from({ length: 60 }, (_, index) => ({ ...fill(index), raw: 'x'.repeat(60_000) }))
    await transactions.write(owner, rows)
    expect(await transactions.stored(owner, 'spot-trade', always)).toEqual(rows)
    expect(requests.reads).toBeGreaterThan(3)
    expect(await collect(transactions.each(owner, { from: rows[10]?.time, to: rows[50]?.time }))).toEqual(
      rows.slice(10, 50),
    )
    expect(await transactions.has(owner, [...rows, fill(1_000)])).toBe(60)
  })

  it('that cannot be read back are an error that names the field and no value', async () => {
    const { table } = await temporaryStore()
    const { amount: _, ...rest } = fill(1)
    await put(table, { ...transactionKey(owner, fill(1)), ...rest, amount: 12345 })
    const reading = transactionStore(table).stored(owner, 'spot-trade', always)
    await expect(reading).rejects.toThrow(
      /^The item TX#\d+#spot-trade#BTC_USDT\|1\|order-1 in the store cannot be read: check amount\.$/,
    )
  })
})

describe('pages of transactions', () => {
  it('of any size join to the whole, in time order', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = Array.from({ length: 100 }, (_, index) =>
      index % 3 === 0 ? deposit(index, 1_000 + index) : fill(index, 1_000 + index),
    )
    await transactions.write(owner, rows)
    const selection = fc.record(
      {
        stream: fc.constantFrom('deposit' as const, 'spot-trade' as const, 'withdrawal' as const),
        from: fc.integer({ min: 990, max: 1_110 }),
        to: fc.integer({ min: 990, max: 1_110 }),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(selection, fc.integer({ min: 1, max: 110 }), async (selected, limit) => {
        const { stream, from = 0, to = Number.POSITIVE_INFINITY } = selected
        const expected = rows.filter(
          (row) => (stream === undefined || row.stream === stream) && row.time >= from && row.time < to,
        )
        const pages: Transaction[] = []
        let after: string | undefined
        do {
          const page = await transactions.page(owner, { ...selected, limit, after })
          expect(page.items.length).toBe(Math.min(limit, expected.length - pages.length))
          pages.push(...page.items)
          after = page.next
        } while (after !== undefined)
        expect(pages).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('go on after the cursor even when its row is gone, and never leave the selection', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    await transactions.write(owner, [fill(1, 1), fill(2, 2), fill(3, 3)])
    const page = (after: string) => transactions.page(owner, { limit: 10, from: 2, to: 3, after })
    expect((await page('TX#0000000000001#zzz')).items).toEqual([fill(2, 2)])
    expect((await page('TX#0000000000002')).items).toEqual([fill(2, 2)])
    expect((await page('TX#0000000000002#spot-trade#zzz')).items).toEqual([])
    expect((await page('COVERAGE#')).items).toEqual([fill(2, 2)])
    expect((await page('TX#0000000000003')).items).toEqual([])
    expect((await page('USER#\u{10ffff}')).items).toEqual([])
    expect((await page('')).items).toEqual([fill(2, 2)])
  })

  it('ask for no more than they show when all streams are wanted', async () => {
    const { table, calls } = scriptedTable(() => ({ Items: [] }))
    await transactionStore(table).page(owner, { limit: 50 })
    expect(calls).toMatchObject([{ operation: 'Query', input: { Limit: 52, ConsistentRead: true } }])
  })
})

describe('removing a history', () => {
  const run: Run = { id: 'r1', connection: 'c1', state: 'running', startedAt: 1, requests: 0, streams: [] }

  it('leaves nothing of the connection and everything of others', async () => {
    const { table } = await temporaryStore()
    const other = { user: 'ann', connection: 'c2' }
    for (const own of [owner, other]) {
      await transactionStore(table).write(
        own,
        Array.from({ length: 130 }, (_, index) => fill(index)),
      )
      await runStore(table).save(own, run)
      const epoch = await leaseStore(table).acquire(own, 'h', 1, 1)
      await coverageStore(table).save(own, noCoverage('deposit', ''), epoch ?? 0)
    }
    expect(await transactionStore(table).removeAll(owner)).toBe(130)
    const left = (own: Owner) =>
      Promise.all([
        collect(transactionStore(table).each(own)).then((rows) => rows.length),
        runStore(table).latest(own),
        coverageStore(table).load(own),
      ])
    expect(await left(owner)).toEqual([0, undefined, []])
    expect(await left(other)).toEqual([130, run, [noCoverage('deposit', '')]])
    expect(await transactionStore(table).removeAll(owner)).toBe(0)
  })

  it('forgets coverage first, so that none is left without its rows', async () => {
    const { table, calls } = scriptedTable(() => ({ Items: [{ SK: { S: 'x' } }] }))
    await transactionStore(table).removeAll(owner)
    const asked = calls.map((call) => JSON.stringify(call.input))
    expect(asked[0]).toContain('COVERAGE#')
    expect(asked[1]).toContain('DeleteRequest')
    expect(asked.at(-3)).toContain('TX#')
    expect(asked.at(-1)).toContain('LEASE')
  })

  it('lets nobody begin anew before the last row is gone: what is stored meanwhile would go, too', async () => {
    const { table } = await temporaryStore()
    const lease = leaseStore(table)
    await lease.seize(owner, 1_000, 500)
    await transactionStore(table).write(owner, [fill(1), fill(2)])
    const begun: (number | undefined)[] = []
    table.client.middlewareStack.add(
      (next) => async (args) => {
        if (/DeleteRequest.*TX#/.test(JSON.stringify(args.input)))
          begun.push(await lease.acquire(owner, 'another', 1_100, 500))
        return next(args)
      },
      { step: 'initialize' },
    )
    await transactionStore(table).removeAll(owner)
    expect(begun).toEqual([undefined])
    expect(await lease.acquire(owner, 'another', 1_100, 500)).toBeDefined()
  })
})
