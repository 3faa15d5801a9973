import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { judgeAll, ownersWord } from '../../lambdas/domain/completeness.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { believedNow, completenessAfter, type Run, whenRan } from '../../lambdas/domain/run.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { type FileHistory, fileTimeOf } from '../../lambdas/statements/file-history.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { describeStatus } from '../../local/status/describe-status.ts'
import { connection, memoryStore, patiently } from '../model/engine.ts'
import {
  type ModelExchange,
  type ModelRow,
  modelClient,
  modelDefinition,
  modelStream,
  tick,
} from '../model/model-exchange.ts'

const start = 10_000 * tick
const opened = start - 900 * tick

/** Two kinds of history, each asked for in many small windows. */
const definition: ExchangeDefinition = {
  ...modelDefinition(),
  id: 'model',
  streams: [
    modelStream({ opened, maxSpan: 150 * tick }),
    modelStream({ opened, maxSpan: 150 * tick, stream: 'deposit', partitions: ['c'] }),
  ],
}

const rowOf = (id: string, partition: string): ModelRow => ({
  id,
  time: start - 50 * tick,
  late: 0,
  symbol: 'X',
  order: '1',
  partition,
  doneAt: 0,
})

const rows = ['a', 'b', 'c'].map((partition) => rowOf(partition, partition))

function exchangeOf(change: Partial<ModelExchange> = {}): ModelExchange {
  return {
    rows,
    page: 'newest',
    beyond: 'clipped',
    served: 20_000 * tick,
    maxSpan: 1_000 * tick,
    inclusive: false,
    faults: [],
    clock: start,
    asked: 0,
    ...change,
  }
}

/** A night's run, and what everybody says of the store after it. */
async function nightOf(
  exchange: ModelExchange,
  store: ReturnType<typeof memoryStore>,
  mine: Connection,
  around = (client: ExchangeClient) => client,
  fileHistory?: { load: () => Promise<FileHistory | undefined> },
) {
  const client = around(modelClient(exchange))
  const run = await syncConnection(
    {
      ...store,
      clock: () => exchange.clock,
      sleep: patiently,
      client,
      markets: noMarkets,
      ...(fileHistory && { fileHistory }),
    },
    mine,
    definition,
    { runId: '1', holder: 'test' },
  )
  const coverage = [...store.coverages.values()]
  const { accountSince } = mine
  const history = await fileHistory?.load()
  const files = history === undefined ? undefined : fileTimeOf(history)
  const word = ownersWord(accountSince, coverage, files)
  const told = describeCoverage(definition, coverage, mine, exchange.clock, undefined, files)
  const status = describeStatus(
    [
      {
        connection: mine,
        exchange: definition,
        coverage,
        lastRun: run,
        files: history === undefined ? undefined : { stored: [], history },
      },
    ],
    exchange.clock,
  )
  return {
    run,
    said: {
      status: status.state,
      api: told.state,
      export: statementOf(
        [{ name: 'x', exchange: definition, coverage, accountSince, ...(files !== undefined && { files }) }],
        {},
      ).state,
      judged: judgeAll(definition.streams, coverage, { word }),
    },
    streams: told.items.map((item) => item.state),
  }
}

const failures: readonly FailureKind[] = [
  'exchange-down',
  'bad-payload',
  'unauthorized',
  'rate-limited',
  'rejected',
  'out-of-range',
]

describe('a run and the store that it leaves', () => {
  it('are complete since the owner began, whatever could not be asked of the time before', async () => {
    const failing = (client: ExchangeClient): ExchangeClient => ({
      ...client,
      ask: async (request, schema, options) => {
        if (Number(request.params.end) * tick <= start - 300 * tick)
          throw new FailureError({ kind: 'exchange-down' })
        return client.ask(request, schema, options)
      },
    })
    const mine = { ...connection, accountSince: start - 100 * tick }
    const { run, said } = await nightOf(exchangeOf(), memoryStore(), mine, failing)
    expect(said).toEqual({ status: 'complete', api: 'complete', export: 'complete', judged: 'complete' })
    expect(run.state).toBe('complete')
    expect(run.streams.map(({ state, failure, gaps }) => [state, failure, gaps])).toEqual([
      ['complete', 'exchange-down', []],
      ['complete', 'exchange-down', []],
    ])
    const oldest = start - 100 * tick - 1
    const history = {
      readings: [],
      claims: [],
      ledger: [],
      hints: [],
      months: [],
      seen: { months: [], proven: [] },
    }
    const fileHistory = {
      load: async () => ({ ...history, isOwed: false, span: { from: 0, to: 0 }, oldest }),
    }
    const filed = { ...mine, files: true } as const
    const refuted = await nightOf(exchangeOf(), memoryStore(), filed, failing, fileHistory)
    expect(new Set(Object.values(refuted.said))).toEqual(new Set(['incomplete']))
    expect(refuted.run.state).not.toBe('complete')
    const { run: whole } = await nightOf(exchangeOf(), memoryStore(), connection, failing)
    expect([whole.state, whole.failure]).toEqual(['failed', 'exchange-down'])
  })

  it('say the same of themselves and of each stream, whatever failed and whatever the owner says', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.option(fc.constantFrom(...failures), { freq: 3, nil: undefined }), { maxLength: 40 }),
          { minLength: 1, maxLength: 3 },
        ),
        fc.option(fc.integer({ min: opened / tick - 5, max: start / tick + 5 })),
        fc.constantFrom(0, 1, 30, 400),
        async (nights, since, wait) => {
          const mine = { ...connection, ...(since !== null && { accountSince: since * tick }) }
          const store = memoryStore()
          let clock = start
          for (const faults of nights) {
            // A run that nobody told the time is one of whose end nobody can tell.
            const answered = new Set<unknown>()
            const { run, said, streams } = await nightOf(
              exchangeOf({ clock, faults: [undefined, ...faults, undefined] }),
              store,
              mine,
              (client) => ({
                ...client,
                ask: async (request, schema, options) => {
                  const answer = await client.ask(request, schema, options)
                  answered.add(request.params.partition === 'c' ? 'deposit' : 'withdrawal')
                  return answer
                },
              }),
            )
            clock += wait * tick
            const state = completenessAfter(run.state)
            seen.add(`${state}${run.streams.some(({ failure }) => failure !== undefined) ? ' failing' : ''}`)
            expect(new Set(Object.values(said)).size).toBe(1)
            // Whoever got no answer at all did nothing, which takes nothing from what was known before.
            const silent = run.streams.filter(({ stream, failure }) => failure && !answered.has(stream))
            for (const stream of silent) expect(stream.state).toBe('failed')
            if (silent.length > 0) continue
            expect(said.judged).toBe(state)
            expect(run.streams.map((stream) => completenessAfter(stream.state))).toEqual(streams)
          }
        },
      ),
      { numRuns: 30 },
    )
    expect([...seen]).toEqual(expect.arrayContaining(['complete', 'incomplete failing']))
  })
})

describe('the time of a run', () => {
  it('is that of the exchange, however far ours is off, and so is what is said of dates afterwards', async () => {
    for (const ahead of [200 * day, -3_000 * day]) {
      const exchange = exchangeOf({ clock: Date.UTC(2026, 10, 27), ahead })
      const young = definition.streams.map((one) => ({ ...one, opened: exchange.clock - 300 * tick }))
      const client = modelClient(exchange)
      const ours = () => exchange.clock + ahead
      const run = await syncConnection(
        { ...memoryStore(), clock: ours, sleep: patiently, client, markets: noMarkets },
        connection,
        { ...definition, streams: young },
        { runId: '1', holder: 'test' },
      )
      const { startedAt, finishedAt = 0 } = whenRan(run)
      expect(Math.abs(startedAt - exchange.clock)).toBeLessThan(10 * tick)
      expect(Math.abs(finishedAt - exchange.clock)).toBeLessThan(10 * tick)
      for (const now of [ours() + hour, exchange.clock + hour]) {
        const believed = believedNow(now, [undefined, run])
        expect(believed).toBeGreaterThanOrEqual(finishedAt)
        expect(believed).toBeLessThanOrEqual(exchange.clock + hour)
      }
    }
    const { run } = await nightOf(exchangeOf(), memoryStore(), connection)
    expect(run.ahead).toBeUndefined()
    expect(believedNow(start + 5 * day, [run])).toBe(start + 5 * day)
    // A clock that is behind what the exchange once told is wrong, whenever it went wrong.
    expect(believedNow(start - 3_500 * day, [undefined, run])).toBe(whenRan(run).finishedAt)
    // Of a run of which nothing came, the time is by our clock alone.
    const failed = { ...run, streams: run.streams.map((stream) => ({ ...stream, state: 'failed' as const })) }
    expect(believedNow(start - 3_500 * day, [failed])).toBe(start - 3_500 * day)
  })
})

describe('the counts of a run', () => {
  it('hold each row once: new when it comes, unchanged afterwards, however many questions show it', async () => {
    const at = fc.oneof(
      fc.integer({ min: 0, max: 5 }).map((window) => opened / tick + 150 * window),
      fc.integer({ min: opened / tick, max: start / tick - 30 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(at, fc.constantFrom(-1, 0, 0, 1), fc.constantFrom(1, 1, 3, 6)), { maxLength: 20 }),
        fc.boolean(),
        fc.constantFrom('newest' as const, 'scattered' as const),
        async (placed, inclusive, page) => {
          const account = {
            inclusive,
            page,
            rows: placed.flatMap(([place, beside, copies], index) =>
              Array.from({ length: copies }, (_, copy): ModelRow => {
                const time = Math.max(opened, (place + beside) * tick)
                return { ...rowOf(`${index}-${copy}`, 'a'), time }
              }),
            ),
          }
          const store = memoryStore()
          const { run } = await nightOf(exchangeOf(account), store, connection)
          expect(countsOf(run)).toEqual({ new: store.rows.size, changed: 0, unchanged: 0 })
          const { run: again } = await nightOf(exchangeOf(account), store, connection)
          const [from, to] = [start - 20 * tick - 60 * tick, start]
          const shown = account.rows.filter(({ time }) => time >= from && time < to)
          expect(countsOf(again)).toEqual({ new: 0, changed: 0, unchanged: shown.length })
        },
      ),
      { numRuns: 30 },
    )
  })
})

function countsOf({ streams }: Run) {
  const sum = (of: 'new' | 'changed' | 'unchanged') => streams.reduce((all, stream) => all + stream[of], 0)
  return { new: sum('new'), changed: sum('changed'), unchanged: sum('unchanged') }
}
