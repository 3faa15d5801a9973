import fc from 'fast-check'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute, type Window } from '../../lambdas/domain/window.ts'
import { packTable } from '../../lambdas/statements/kept-table.ts'
import { type Merged, merge } from '../../lambdas/statements/merge.ts'
import { unpackRows } from '../../lambdas/statements/packed-rows.ts'
import type { Grain, Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { type MergedBlock, mergedBlocks, type TableSource } from '../../lambdas/use-cases/merge-files.ts'
import { fillGrain, line, orderGrain, readingOf, servedFill, start } from './cases.ts'

/** Random histories that are merged at once and in parts: orders filled for months, transfers under way, ledgers of both wallets. */

const owner = { user: 'u', connection: 'c' }
const fills: Grain = { ...fillGrain, fields: ['symbol', 'side', 'orderId', 'price', 'amount'] }
const futuresOrders: Grain = {
  ...orderGrain,
  fields: ['symbol', 'orderId', 'contracts', 'fee', 'realizedPnl'],
}
const ledgers: Grain = {
  granularity: 'ledger',
  unit: 1_000,
  fields: ['currency', 'type', 'amount'],
  decimals: {},
}

const ledgerTypes = ['deposit', 'withdrawal', 'transfer', 'trade', 'airdrop'] as const

const kinds = ['fill', 'fill', 'fill', 'nameless', 'moved', 'futures'] as const

const eventOf = (what: readonly (typeof kinds)[number][], types: readonly (typeof ledgerTypes)[number][]) =>
  fc.record({
    time: fc.oneof(
      fc.integer({ min: 0, max: (100 * day) / minute }).map((minutes) => start + minutes * minute),
      fc.integer({ min: -3, max: 3 }).map((minutes) => Date.UTC(2025, 11, 1) + minutes * minute),
      fc.integer({ min: 0, max: 90 }).map((hours) => Date.UTC(2025, 10, 28) + hours * hour),
    ),
    what: fc.constantFrom(...what),
    amount: fc.constantFrom('1', '2', '3'),
    id: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
    type: fc.constantFrom(...types),
    market: fc.constantFrom('KAS', 'BTC'),
    isNamed: fc.boolean(),
    later: fc.constantFrom(0, 5_000, 30_000, hour, day - hour, 2 * day),
    isServed: fc.boolean(),
    isTold: fc.boolean(),
  })

type Event = ReturnType<typeof eventOf> extends fc.Arbitrary<infer One> ? One : never

const world = fc.record({
  // What reaches for days leaves no quiet moments between what does not: some histories have none of it.
  events: fc.oneof(
    fc.array(eventOf(kinds, ledgerTypes), { maxLength: 40 }),
    fc.array(eventOf(['fill', 'moved', 'futures'], ['trade']), { maxLength: 20 }),
  ),
  most: fc.constantFrom(1, 3, 10),
  proven: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
})

function apiOf(events: readonly Event[]): readonly Transaction[] {
  return events.flatMap(
    ({ time, what, amount, id, later, type, market, isServed }, index): readonly Transaction[] => {
      if (!isServed) return []
      const told = { time: time + later, identity: `${index}`, currency: 'USDT', amount, raw: '{}' }
      switch (what) {
        case 'fill':
          return [servedFill({ time, amount, orderId: id, tradeId: `${index}` })]
        case 'nameless':
          return [servedFill({ time: time + later, amount, tradeId: `${index}` })]
        case 'moved':
          if (type === 'deposit' || type === 'withdrawal') return [{ ...told, stream: type }]
          return type === 'transfer' ? [{ ...told, stream: 'wallet-transfer', type: 'out' }] : []
        default:
          return [
            {
              ...servedFill({
                time: time + later,
                tradeId: `${index}`,
                symbol: `${market}_USDT`,
                base: market,
              }),
              stream: 'futures-trade',
              fee: '1',
            },
          ]
      }
    },
  )
}

function readingsOf(events: readonly Event[]): readonly Reading[] {
  const at = (time: number) => ({ times: [time] as const, wall: time })
  const of = (what: Event['what']) => events.filter((one) => one.what === what)
  const number = (rows: readonly StatementRow[]) => rows.map((row, index) => ({ ...row, line: index + 2 }))
  const change = ({ time, amount, type }: Event): StatementRow => {
    const isOut = type === 'withdrawal' || type === 'trade'
    const told = {
      stream: 'spot-ledger',
      currency: 'USDT',
      amount: isOut ? `-${amount}` : amount,
      type,
    } as const
    return { line: 2, ...at(time), ...told, raw: '{}' }
  }
  // A trade gives one coin for another.
  const changes = (one: Event) =>
    one.type === 'trade'
      ? [change(one), { ...change(one), currency: one.market, amount: one.amount }]
      : [change(one)]
  const marketOf = (market: Event['market']) => ({ symbol: `${market}/USDT`, base: market })
  const bare = ({ amount, time }: Event) => {
    const { fee: _fee, feeCurrency: _coin, ...told } = line({ ...at(time), amount })
    return told
  }
  const told = of('fill').filter(({ isTold }) => isTold)
  const futures = of('futures')
  return [
    readingOf(number(told.map((one) => ({ ...bare(one), orderId: one.id }))), { grain: fills }),
    readingOf(
      number(
        of('fill').map(({ time, id }) =>
          line({ ...at(time), orderId: id, amount: '40', quoteAmount: '1.6' }),
        ),
      ),
      { grain: orderGrain },
    ),
    readingOf(number(of('nameless').map(bare)), { format: 'nameless', grain: orderGrain, clock: 'UTC+1' }),
    readingOf(number(of('moved').flatMap(changes)), { format: 'wallet', grain: ledgers }),
    readingOf(
      number(
        futures
          .filter(({ isTold }) => isTold)
          .map(({ time, id, market }) =>
            line({
              ...at(time),
              stream: 'futures-trade',
              orderId: `f${id}`,
              contracts: '9',
              ...marketOf(market),
            }),
          ),
      ),
      { format: 'futures', grain: futuresOrders },
    ),
    readingOf(
      number(
        futures.map((one) => ({
          ...change(one),
          stream: 'futures-ledger' as const,
          type: 'Trading Fee',
          ...(one.isNamed && { symbol: marketOf(one.market).symbol }),
        })),
      ),
      { format: 'contracts', grain: ledgers },
    ),
  ]
}

async function sourceOf(reading: Reading): Promise<TableSource> {
  const { rows, ...told } = reading
  const { table, bytesOf } = await packTable(
    { name: 'T', ...told },
    (async function* () {
      yield* rows
    })(),
  )
  return {
    file: told.format,
    reading: '',
    table,
    rowsIn: async (month, isWanted) => unpackRows(bytesOf(month), isWanted),
  }
}

/** All blocks of a history that lies in memory. */
export async function blocksOf(
  api: readonly Transaction[],
  readings: readonly Reading[],
  proven: Parameters<typeof merge>[0]['proven'],
  most?: number,
): Promise<readonly MergedBlock[]> {
  const sources = await Promise.all(readings.map(sourceOf))
  const sorted = [...api].sort((a, b) => a.time - b.time)
  const merging = async function* (_owner: unknown, { from, to }: Window) {
    yield* sorted.filter(({ time }) => time >= from && time < to)
  }
  const blocks: MergedBlock[] = []
  for await (const one of mergedBlocks(
    { transactions: { merging } },
    owner,
    sources,
    proven,
    { stored: [] },
    most,
  ))
    blocks.push(one)
  return blocks
}

function told({ rows, contradictions, confirmed }: Omit<Merged, 'known'>): readonly string[] {
  const lines = (places: readonly unknown[]) =>
    places
      .map((place) => JSON.stringify(place))
      .sort()
      .join()
  return [
    ...rows.map((row) => `row ${keyOf(row)} ${row.amount} ${row.contracts} ${lines(row.places)}`),
    ...contradictions.map(({ why, row, count, places }) => `${why} ${row.times} ${count} ${lines(places)}`),
    ...[...confirmed].map(([key, places]) => `confirmed ${key} ${lines(places)}`),
  ].sort()
}

/** Throws where a history comes to something else in parts than at once. */
export async function mergesInParts(runs: fc.Parameters<unknown>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(world, async ({ events, most, proven: days }) => {
      const api = apiOf(events)
      const readings = readingsOf(events)
      const to = days === undefined ? 0 : start + days * day
      const proven = (_row: StatementRow, window: Window) => window.to <= to
      const whole = told(merge({ api, readings, proven }))
      const parts = (await blocksOf(api, readings, proven, most)).flatMap(({ merged }) => told(merged)).sort()
      const [lost] = whole.filter((one) => !parts.includes(one))
      const [invented] = parts.filter((one) => !whole.includes(one))
      if (lost !== undefined || invented !== undefined || whole.length !== parts.length)
        throw new Error(`In parts: ${String(invented)} instead of ${String(lost)}`)
    }),
    runs,
  )
}
