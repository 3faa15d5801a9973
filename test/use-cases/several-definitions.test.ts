import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { judgeAll, lastSync } from '../../lambdas/domain/completeness.ts'
import { coverageLag } from '../../lambdas/domain/coverage.ts'
import { streamSentences } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { kindsOf, noMarkets, type WindowStream } from '../../lambdas/domain/stream.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
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

const row: ModelRow = {
  id: '1',
  time: start - 100 * tick,
  late: 0,
  symbol: 'X',
  order: '1',
  partition: 'a',
  doneAt: 0,
}

const account: ModelExchange = {
  rows: [row, { ...row, id: '2', partition: 'b' }],
  page: 'newest',
  beyond: 'clipped',
  served: 20_000 * tick,
  maxSpan: 1_000 * tick,
  inclusive: false,
  faults: [],
  clock: start,
  asked: 0,
}

/** One history, served by two endpoints of which one reaches further back. */
const definition: ExchangeDefinition = {
  ...modelDefinition(),
  streams: [
    modelStream({ partitions: ['a'], opened: start - 900 * tick }),
    modelStream({ partitions: ['b'], opened: start - 500 * tick }),
  ],
}

async function synced(exchange: ExchangeDefinition, around = (client: ExchangeClient) => client) {
  const model = { ...account }
  const store = memoryStore()
  const client = around(modelClient(model))
  const run = await syncConnection(
    { ...store, clock: () => model.clock, sleep: patiently, client, markets: noMarkets },
    connection,
    exchange,
    { runId: '1', holder: 'test' },
  )
  return { run, rows: [...store.rows.values()], coverage: [...store.coverages.values()], now: model.clock }
}

describe('an exchange that serves one kind of history in two ways', () => {
  it('is asked in both, and tells of one stream', async () => {
    const { run, rows } = await synced(definition)
    expect(rows.map(({ identity }) => identity)).toEqual(['1', '2'])
    expect(run.streams).toHaveLength(1)
    expect(run.streams[0]).toMatchObject({ stream: 'withdrawal', state: 'complete', new: 2 })
  })

  it('is not called never opened because one of its parts is', async () => {
    const { run, coverage } = await synced(definition, (client) => ({
      ...client,
      ask: async (request, schema, options) => {
        if (request.params.partition === 'b') throw new FailureError({ kind: 'not-opened' })
        return client.ask(request, schema, options)
      },
    }))
    expect(run.streams[0]?.note).toBeUndefined()
    expect(run.streams[0]).toMatchObject({ state: 'complete', new: 1, percent: 100 })
    const [kind] = kindsOf(definition.streams)
    if (kind === undefined) throw new Error('no stream')
    expect(streamSentences(kind, coverage, {}).slice(1)).toEqual(['never opened on this account: b'])
  })

  it('is complete when both are, each since its own beginning', async () => {
    const { coverage, now } = await synced(definition)
    const { streams } = definition
    expect(judgeAll(streams, coverage)).toBe('complete')
    expect(describeCoverage(definition, coverage, {}, now).items).toHaveLength(1)
    for (const partition of ['a', 'b']) {
      const half = coverage.filter((one) => one.partition === partition)
      expect(judgeAll(streams, half)).toBe('incomplete')
      expect(lastSync(streams, half)).toBeUndefined()
      expect(shortfalls(streams, half)).toEqual([
        `Withdrawals: nothing is known yet (${partition === 'a' ? 'b' : 'a'})`,
      ])
      expect(coverageLag(streams, half, 0, now)).toBe(now)
    }
  })
})

describe('a reserve', () => {
  const asked = async (opened: number) => {
    const questions: { readonly of: 'better' | 'reserve'; readonly from: number; readonly to: number }[] = []
    const { ask } = modelStream()
    const noting = (of: 'better' | 'reserve'): WindowStream['ask'] => {
      return (question) => {
        questions.push({ of, from: question.start * tick, to: question.end * tick })
        return ask(question)
      }
    }
    const common = { opened, stream: 'spot-trade', mutable: false, maxSpan: 200 * tick } as const
    const streams = [
      modelStream({ ...common, partitions: ['a'], ask: noting('better') }),
      modelStream({ ...common, partitions: ['b'], reserveOf: 'a', ask: noting('reserve') }),
    ]
    await synced({ ...definition, streams })
    return questions
  }
  const ofReserve = (questions: Awaited<ReturnType<typeof asked>>) =>
    questions.filter((question) => question.of === 'reserve')

  it('is asked for nothing where its better is complete, and else for what that one cannot tell', async () => {
    expect(ofReserve(await asked(start - 900 * tick))).toEqual([])
    const questions = ofReserve(await asked(start - 6_000 * tick))
    expect(questions.length).toBeGreaterThan(0)
    for (const { from } of questions) expect(from).toBeLessThan(start - 100 * tick)
  })

  it('does not wait until its better has been asked for everything, and never comes before it', async () => {
    const questions = await asked(start - 6_000 * tick)
    const last = questions.findLastIndex((question) => question.of === 'better')
    expect(questions.slice(0, last).filter((question) => question.of === 'reserve').length).toBeGreaterThan(3)
    questions.forEach((question, index) => {
      if (question.of === 'better') return
      const later = questions.slice(index).filter((one) => one.of === 'better')
      expect(later.filter(({ from, to }) => from < question.to - tick && to > question.from + tick)).toEqual(
        [],
      )
    })
  })
})
