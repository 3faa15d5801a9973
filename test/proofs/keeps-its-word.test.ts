import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { connection, patiently } from '../model/engine.ts'
import { type MemoryStore, memoryStore } from '../model/memory-store.ts'
import {
  type ModelExchange,
  type ModelRow,
  modelClient,
  modelDefinition,
  modelStream,
  tick,
} from '../model/model-exchange.ts'
import { seed, setting } from '../model/replay.ts'

const numRuns = setting('MODEL_RUNS', 120)
const patience = 60_000 + 50 * numRuns
const definition = modelDefinition()
const stream = modelStream()
const lag = stream.settleLag

const row = fc.record({
  at: fc.integer({ min: 0, max: 9_990 }),
  within: fc.integer({ min: 0, max: 3 }),
  late: fc.integer({ min: 0, max: lag - tick }),
  symbol: fc.constantFrom('X', 'Y'),
  order: fc.constantFrom('1', '2', '3'),
  partition: fc.constantFrom('a', 'b'),
  finishedAfter: fc.integer({ min: 0, max: 500 * tick }),
  copies: fc.constantFrom(1, 1, 1, 2, 4, 7),
})

const world = fc
  .record({
    rows: fc.array(row, { maxLength: 40 }),
    cap: fc.constantFrom(undefined, undefined, 4, 3, 2),
    page: fc.constantFrom('newest' as const, 'oldest' as const, 'scattered' as const),
    beyond: fc.constantFrom('clipped' as const, 'empty' as const, 'refused' as const, 'ignored' as const),
    served: fc.constantFrom(4_000, 4_001, 6_000, 20_000),
    maxSpan: fc.constantFrom(1_000, 1_000, 300),
    inclusive: fc.boolean(),
    begins: fc.constantFrom(undefined, 'after' as const),
    precise: fc.constantFrom(false, false, true),
    faults: fc.array(
      fc.constantFrom(
        undefined,
        undefined,
        undefined,
        undefined,
        'exchange-down' as const,
        'bad-payload' as const,
      ),
      {
        maxLength: 13,
      },
    ),
  })
  .map(
    ({ rows, served, maxSpan, ...rest }): ModelExchange => ({
      ...rest,
      rows: rows.flatMap(({ at, within, copies, finishedAfter, ...one }, index): ModelRow[] =>
        Array.from({ length: copies }, (_, copy) => ({
          ...one,
          id: `${index}-${copy}`,
          time: at * tick + within,
          doneAt: at * tick + finishedAfter,
        })),
      ),
      served: served * tick,
      maxSpan: maxSpan * tick,
      clock: 0,
      asked: 0,
    }),
  )

/** Every row of a covered interval is stored, at every moment at which coverage says so. */
function checkCoverage(exchange: ModelExchange, store: MemoryStore, coverage: Coverage): void {
  for (const one of exchange.rows) {
    if (one.partition !== coverage.partition) continue
    if (!coverage.covered.some(({ from, to }) => one.time >= from && one.time < to)) continue
    if (!store.rows.has(`${one.time}|withdrawal|${one.id}`)) {
      throw new Error(`row ${one.id} of ${one.time} is covered by ${JSON.stringify(coverage)} but not stored`)
    }
  }
}

async function sync(exchange: ModelExchange, store: MemoryStore, options: { crashAfter?: number } = {}) {
  const stop = new AbortController()
  let answers = 0
  const afterAnswer = () => {
    answers += 1
    if (answers === options.crashAfter) stop.abort()
    if (stop.signal.aborted) throw new FailureError({ kind: 'aborted' })
  }
  const client = modelClient(exchange, { afterAnswer })
  const coverage = {
    ...store.coverage,
    save: async (owner: { user: string; connection: string }, saved: Coverage, epoch: number) => {
      checkCoverage(exchange, store, saved)
      await store.coverage.save(owner, saved, epoch)
    },
  }
  return syncConnection(
    { ...store, coverage, clock: () => exchange.clock, sleep: patiently, client, markets: noMarkets },
    connection,
    definition,
    { runId: String(exchange.clock), holder: 'model', signal: stop.signal },
  )
}

/** What can be had must be had: every row that is served, settled and not in an instant too dense to divide. */
function expectWhatIsServed(exchange: ModelExchange, store: MemoryStore): void {
  for (const one of exchange.rows) {
    const settled = one.time <= exchange.clock - lag - 2 * tick
    const reachable = one.time >= exchange.clock - stream.depth + 70 * tick
    const tooDense = [...store.coverages.values()].some(
      ({ partition, unverified }) =>
        partition === one.partition &&
        unverified.some(
          ({ from, to, reason }) => reason === 'indivisible' && one.time >= from && one.time < to,
        ),
    )
    if (settled && reachable && !tooDense)
      expect(store.rows.has(`${one.time}|withdrawal|${one.id}`), `row ${one.id}`).toBe(true)
  }
}

const start = 10_000 * tick

describe(`against any exchange that keeps its word (seed ${seed})`, () => {
  it(
    'covered time is complete at every moment, through faults, crashes and nights',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          world,
          fc.array(
            fc.record({
              wait: fc.constantFrom(0, 1, 30, 600, 3_000, 9_000),
              crashAfter: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
            }),
            { maxLength: 4 },
          ),
          async (exchange, nights) => {
            const model = { ...exchange, clock: start }
            const store = memoryStore()
            for (const { wait, crashAfter } of [{ wait: 0, crashAfter: undefined }, ...nights]) {
              model.clock += wait * tick
              await sync(model, store, { crashAfter })
              for (const coverage of store.coverages.values()) checkCoverage(model, store, coverage)
              const keys = [...store.rows.values()].map((one) => `${one.time}|${one.identity}`)
              expect(new Set(keys).size).toBe(keys.length)
            }
          },
        ),
        { numRuns, seed },
      )
    },
    patience,
  )

  it(
    'everything served is stored once nothing fails any more, and then nothing is written',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          world,
          fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
          async (exchange, crashAfter) => {
            const model = { ...exchange, clock: start }
            const store = memoryStore()
            await sync(model, store, { crashAfter })
            const sound = { ...model, faults: [] }
            await sync(sound, store)
            expectWhatIsServed(sound, store)
            sound.clock += 1_000 * tick
            await sync(sound, store)
            const written = store.writes.transactions
            const run = await sync(sound, store)
            expect(store.writes.transactions).toBe(written)
            expect(run.streams.every(({ failure }) => failure === undefined)).toBe(true)
          },
        ),
        { numRuns, seed },
      )
    },
    patience,
  )
})
