import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { runStore } from '../../lambdas/adapters/runs.ts'
import { put } from '../../lambdas/adapters/table.ts'
import { transactionKey } from '../../lambdas/adapters/table-keys.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import type { Place, Transaction } from '../../lambdas/domain/transaction.ts'
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
      /^The item TX#spot-trade#\d+#BTC_USDT\|1\|order-1 in the store is not what was stored there \(look at amount\): sync \(npm run import\), and the exchange is asked for it again\.$/,
    )
  })
})

describe('reading one stream', () => {
  it('does not read the others: two deposits beside the eleven megabytes of 20,000 fills cost one query', async () => {
    const { table, requests } = await temporaryStore()
    const transactions = transactionStore(table)
    const fills = Array.from({ length: 400 }, (_, index) => ({ ...fill(index), raw: 'x'.repeat(28_000) }))
    await transactions.write(owner, [...fills, deposit(1, 1_700_000_000_100), deposit(2, 1_700_000_000_200)])
    const before = requests.reads
    expect(await transactions.stored(owner, 'deposit', always)).toHaveLength(2)
    expect(requests.reads - before).toBe(1)
    expect((await transactions.page(owner, { stream: 'deposit', limit: 100 })).items).toHaveLength(2)
    expect(requests.reads - before).toBe(2)
  })
})

describe('a row whose time is not known', () => {
  it('is found by its id, with every row that has the same', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const again = deposit(1, 900_000)
    await transactions.write(owner, [deposit(1, 1_000), again, deposit(11, 5), deposit(2, 1_000), fill(1)])
    expect(await transactions.byId(owner, 'deposit', 'd1')).toEqual([deposit(1, 1_000), again])
    expect(await transactions.byId(owner, 'deposit', 'd11')).toEqual([deposit(11, 5)])
    expect(await transactions.byId(owner, 'withdrawal', 'd1')).toEqual([])
    expect(await transactions.byId({ ...owner, connection: 'c2' }, 'deposit', 'd1')).toEqual([])
    expect(await transactions.byId(owner, 'deposit', 'd3')).toEqual([])
  })

  it('is found by whatever text its id is', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    let connection = 0
    const id = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 9 }),
      fc.constantFrom('a', 'a#', 'a#0000000000001', 'a#1'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(id, fc.integer({ min: 0, max: 3 })), { maxLength: 9 }),
        async (pairs) => {
          const own = { ...owner, connection: `ids${connection++}` }
          const rows = pairs.map(([identity, time]) => ({ ...deposit(0, time), identity }))
          await transactions.write(own, rows)
          for (const { identity } of rows) {
            const times = new Set(rows.filter((row) => row.identity === identity).map(({ time }) => time))
            const found = await transactions.byId(own, 'deposit', identity)
            expect(found.map(({ time }) => time)).toEqual([...times].sort())
            expect(new Set(found.map((row) => row.identity))).toEqual(new Set([identity]))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is never stored without being found: killed at any write, the place was first, and alone it is no row', async () => {
    const rows = [deposit(1, 1_000), deposit(2, 2_000), fill(1)]
    for (let survived = 0; ; survived += 1) {
      const { table } = await temporaryStore()
      const transactions = transactionStore(table)
      let writes = 0
      table.client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'BatchWriteItemCommand' && writes++ >= survived) throw new Error('killed')
            return next(args)
          },
        { step: 'initialize' },
      )
      const outcome = await transactions.write(owner, rows).catch(() => 'killed')
      const stored = await transactions.stored(owner, 'deposit', always)
      const found = await Promise.all(['d1', 'd2'].map((id) => transactions.byId(owner, 'deposit', id)))
      expect(found.flat()).toEqual(stored)
      if (outcome !== 'killed') {
        expect(stored).toHaveLength(2)
        expect(survived).toBe(2)
        return
      }
    }
  })
})

const orders = ['asc', 'desc'] as const

describe('pages of transactions', () => {
  it('of any size join to the whole, in either order of time', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = Array.from({ length: 100 }, (_, index) =>
      index % 3 === 0 ? deposit(index, 1_000 + index) : fill(index, 1_000 + Math.floor(index / 9)),
    )
    await transactions.write(owner, rows)
    const selection = fc.record(
      { from: fc.integer({ min: 990, max: 1_110 }), to: fc.integer({ min: 990, max: 1_110 }) },
      { requiredKeys: [] },
    )
    const stream = fc.constantFrom('deposit' as const, 'spot-trade' as const, 'withdrawal' as const)
    await fc.assert(
      fc.asyncProperty(
        selection,
        stream,
        fc.constantFrom(...orders),
        fc.integer({ min: 1, max: 110 }),
        async (selected, stream, order, limit) => {
          const { from = 0, to = Number.POSITIVE_INFINITY } = selected
          const expected = rows
            .filter((row) => row.stream === stream && row.time >= from && row.time < to)
            .sort((a, b) => a.time - b.time || (a.identity < b.identity ? -1 : 1))
          const pages: Transaction[] = []
          let after: Place | undefined
          do {
            const page = await transactions.page(owner, { ...selected, stream, order, limit, after })
            expect(page.items.length).toBe(Math.min(limit, expected.length - pages.length))
            pages.push(...page.items)
            after = page.next
          } while (after !== undefined)
          expect(pages).toEqual(order === 'asc' ? expected : expected.reverse())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('go on behind a place whose row is gone, and never leave the selection', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    await transactions.write(owner, [fill(1, 1), fill(2, 2), fill(3, 3)])
    const page = async (order: 'asc' | 'desc', time: number, identity: string) => {
      const after = { time, identity }
      const request = { stream: 'spot-trade', limit: 10, from: 2, to: 3, order, after } as const
      return (await transactions.page(owner, request)).items.length
    }
    const places: [number, string][] = [
      [1, 'zzz'],
      [2, ''],
      [2, 'zzz'],
      [3, ''],
      [9, '\u{10ffff}'],
    ]
    const behind = (order: 'asc' | 'desc') => Promise.all(places.map((place) => page(order, ...place)))
    expect(await behind('asc')).toEqual([1, 1, 0, 0, 0])
    expect(await behind('desc')).toEqual([0, 0, 1, 1, 1])
  })

  it('ask for no more than they show', async () => {
    const { table, calls } = scriptedTable(() => ({ Items: [] }))
    await transactionStore(table).page(owner, { stream: 'deposit', limit: 50, order: 'desc' })
    const input = { Limit: 50, ConsistentRead: true, ScanIndexForward: false }
    expect(calls).toMatchObject([{ operation: 'Query', input }])
  })

  it('end after a megabyte, however many rows were asked for', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = Array.from({ length: 20 }, (_, index) => ({ ...fill(index), raw: 'x'.repeat(300_000) }))
    await transactions.write(owner, rows)
    const sizes: number[] = []
    let after: Place | undefined
    do {
      const page = await transactions.page(owner, { stream: 'spot-trade', limit: 1_000, after })
      sizes.push(page.items.length)
      after = page.next
    } while (after !== undefined)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(20)
  })
})

describe('a whole history', () => {
  it('is read in the order of time, stream and identity, or in the opposite one', async () => {
    const { table } = await temporaryStore()
    const transactions = transactionStore(table)
    const rows = [deposit(1, 5), deposit(2, 5), fill(1, 5), fill(2, 6), deposit(3, 7)]
    await transactions.write(owner, rows.toReversed())
    expect(await collect(transactions.each(owner))).toEqual(rows)
    expect(await collect(transactions.each(owner, { order: 'desc' }))).toEqual(rows.toReversed())
    expect(await collect(transactions.each(owner, { from: 6, to: 7, order: 'desc' }))).toEqual([fill(2, 6)])
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
    const first = (text: string) => asked.findIndex((one) => one.includes(text))
    // A row must not be without its place, not even while it goes.
    expect(first('"TX#')).toBeLessThan(first('"ID#'))
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
