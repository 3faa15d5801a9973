import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { holdingsStore } from '../../lambdas/adapters/holdings.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { sumsStore } from '../../lambdas/adapters/sums.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { judgeAll } from '../../lambdas/domain/completeness.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { type Market, noMarkets } from '../../lambdas/domain/stream.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { handedOn, syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { connection } from '../model/engine.ts'
import { listStream } from '../model/list-exchange.ts'
import { modelDefinition } from '../model/model-exchange.ts'
import { modelTable } from '../model/model-table.ts'
import { toldTime } from '../model/told-time.ts'

const names = Array.from({ length: 1_700 }, (_, index) => `S${index}USDT`)
const traded = new Set(names.filter((_, index) => index % 57 === 0))
const owner = { user: connection.user, connection: connection.id }
const history = `USER#${owner.user}#CONNECTION#${owner.connection}`
const midnight = Date.UTC(2026, 10, 20)
const kilobyte = 1_024

/** An exchange of 1,700 symbols of which thirty were traded, one question in two seconds, and a worker that lives five minutes. */
function openWorld() {
  let clock = midnight + 2 * hour
  const writes = { coverage: 0, rows: 0, holdings: 0, largest: 0 }
  const table = modelTable(({ sort, after }) => {
    if (sort.startsWith('TX#')) writes.rows += 1
    if (sort === 'HOLDINGS') writes.holdings += 1
    if (!sort.startsWith('COVERAGE#')) return
    writes.coverage += 1
    writes.largest = Math.max(writes.largest, JSON.stringify(after).length)
  })
  const asked = new Map<string, number>()
  const fills = new Map([...traded].map((name, index) => [name, [midnight - (index + 1) * day]]))
  const balances: Record<string, string> = { USDT: '100' }
  const listed = [...names]
  const exchange: ExchangeDefinition = {
    ...modelDefinition(),
    holdings: {
      request: {
        access: 'private',
        method: 'GET',
        path: 'account',
        params: {},
        rate: listStream({ kind: 'fills' }).rate,
      },
      coins: z.record(z.string(), z.string()),
    },
    streams: [
      {
        ...listStream({ kind: 'fills' }),
        partitions: {
          each: ['symbol', 'symbols'],
          listed: ({ spot }) => [...spot.keys()],
          has: () => true,
          suggestedBy: (hint) =>
            'symbol' in hint ? [hint.symbol] : names.filter((name) => name === `${hint.coin}USDT`),
          every: 7 * day,
        },
        depth: 90 * day,
        settleLag: 10 * minute,
        unit: 1_000,
        pageSizes: [100, 1_000],
      },
    ],
  }

  function serve(path: string, partition: string): unknown {
    if (path === 'account') return balances
    return (fills.get(partition) ?? []).map((time, index) => ({
      id: index + 1,
      trade: index + 1,
      time,
      partition,
      amount: '1',
      done: true,
    }))
  }

  /** One run, over as many workers as it takes. `questions`: what each of them gets to ask. */
  async function run(questions: number): Promise<{ readonly hops: number; readonly ended: Run }> {
    asked.clear()
    let before: Run | undefined
    for (let hop = 1; ; hop += 1) {
      let here = 0
      const stop = new AbortController()
      const client: ExchangeClient = {
        ...toldTime(() => clock),
        requests: () => here,
        close: async () => undefined,
        ask: async ({ path, params }, schema) => {
          if (here >= questions) stop.abort()
          if (stop.signal.aborted) throw new FailureError({ kind: 'aborted' })
          here += 1
          const partition = String(params.partition ?? path)
          asked.set(partition, (asked.get(partition) ?? 0) + 1)
          clock += 2_000
          return { data: schema.parse(serve(path, partition)), askedAt: clock, answeredAt: clock }
        },
      }
      const opened = table.open('w')
      const market = (symbol: string): [string, Market] => [symbol, { symbol, base: symbol, quote: 'USDT' }]
      const ended = await syncConnection(
        {
          transactions: transactionStore(opened),
          coverage: coverageStore(opened),
          sums: sumsStore(opened),
          holdings: holdingsStore(opened),
          lease: leaseStore(opened),
          runs: { save: async () => undefined },
          clock: () => clock,
          sleep: (_ms, signal) =>
            new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
          client,
          markets: { ...noMarkets, spot: new Map(listed.map(market)) },
        },
        connection,
        exchange,
        { runId: 'r', holder: `h${hop}`, signal: stop.signal, handsOn: true, before },
      )
      if (ended.state !== 'interrupted') return { hops: hop, ended }
      if (hop > 60) throw new Error('It never ends.')
      before = handedOn(ended)
      clock += 1_000
    }
  }

  const total = () => [...asked.values()].reduce((sum, count) => sum + count, 0) - (asked.get('account') ?? 0)
  const known = () => coverageStore(table.open('r')).load(owner)
  return {
    run,
    asked,
    total,
    known,
    writes,
    fills,
    balances,
    listed,
    exchange,
    items: () => [...table.items(history).keys()],
    sleepUntil: (time: number) => {
      clock = time
    },
  }
}

function stateOf(exchange: ExchangeDefinition, coverage: readonly Coverage[]) {
  return judgeAll(exchange.streams, coverage)
}

describe('1,700 symbols of which thirty were traded', () => {
  it('are each asked once by a first import over thirteen workers, and a seventh a night, few and small writes each', async () => {
    const world = openWorld()
    const { hops, ended } = await world.run(140)
    expect(hops).toBeGreaterThan(12)
    expect(ended.streams[0]).toMatchObject({ percent: 100, new: traded.size })
    expect([...world.asked.keys()].filter((name) => name !== 'account')).toHaveLength(1_700)
    // Those under way when a worker's time is over are asked again by the next.
    expect(world.total()).toBeLessThanOrEqual(1_700 + hops * 6)
    expect(world.items().filter((sort) => sort.startsWith('COVERAGE#'))).toHaveLength(traded.size + 7)
    expect(world.writes.largest).toBeLessThan(64 * kilobyte)
    expect(stateOf(world.exchange, await world.known())).toBe('unverified')

    const last = new Map(names.map((name) => [name, midnight]))
    for (let night = 1; night <= 9; night += 1) {
      const begun = midnight + night * day + 2 * hour + (night % 3) * hour
      world.sleepUntil(begun)
      Object.assign(world.writes, { coverage: 0, rows: 0, holdings: 0 })
      await world.run(400)
      expect(world.total()).toBeLessThanOrEqual(300)
      // The one that tells the most recognises the account before it is read with the others.
      const times = [...traded].map((name) => world.asked.get(name) ?? 0).sort()
      expect(times).toEqual([...Array.from({ length: traded.size - 1 }, () => 1), 2])
      expect(world.writes.rows).toBe(0)
      expect(world.writes.holdings).toBe(0)
      expect(world.writes.coverage).toBeLessThanOrEqual(3 * (traded.size + 7))
      for (const name of world.asked.keys()) last.set(name, begun)
      for (const name of names) expect(begun - (last.get(name) ?? 0), name).toBeLessThan(7 * day)
    }
  })

  it('that are traded for the first time are found the same night where the balance changed, and within seven in any case', async () => {
    const world = openWorld()
    await world.run(9_999)
    const [noticed, unnoticed] = ['S5USDT', 'S6USDT']
    world.fills.set(noticed, [midnight + 20 * hour])
    world.fills.set(unnoticed, [midnight + 20 * hour])
    world.balances.S5 = '1'
    const found = async (name: string) =>
      (await world.known()).find(({ partition }) => partition === name)?.oldest !== undefined
    world.sleepUntil(midnight + day + 2 * hour)
    await world.run(9_999)
    expect(await found(noticed)).toBe(true)
    for (let night = 2; night <= 8 && !(await found(unnoticed)); night += 1) {
      world.sleepUntil(midnight + night * day + 2 * hour)
      await world.run(9_999)
    }
    expect(await found(unnoticed)).toBe(true)
  })

  it('grow, and keep the names that the catalogue loses', async () => {
    const world = openWorld()
    await world.run(9_999)
    world.listed.splice(0, 1, 'NEWUSDT')
    world.sleepUntil(midnight + day + 2 * hour)
    await world.run(9_999)
    expect(world.asked.get('NEWUSDT')).toBe(1)
    expect(world.asked.get('S0USDT'), 'it has rows, and recognises the account').toBe(2)
    expect((await world.known()).map(({ partition }) => partition)).toHaveLength(1_701)
  })

  it('are told in a few sentences, and in an answer that names a hundred', async () => {
    const world = openWorld()
    await world.run(9_999)
    world.sleepUntil(midnight + day + 2 * hour)
    await world.run(9_999)
    const coverage = await world.known()
    const [words] = coverageWords(world.exchange, coverage)
    expect(words?.sentences).toEqual([
      'complete from 2026-08-22 03:00 to 2026-11-20 01:50 UTC',
      'each of 1,700 symbols was asked for last on 2026-11-20 02:00 UTC or later, some on 2026-11-21 02:00 UTC or later',
      'the 30 with rows on 2026-11-21 02:00 UTC or later',
      expect.stringContaining(
        'nothing older was shown. How far back it serves no document says, and 90 days are taken',
      ),
    ])
    const told = describeCoverage(world.exchange, coverage, {}, midnight + 2 * day)
    expect(told.items[0]?.partitions).toHaveLength(100)
    expect(told.items[0]?.morePartitions).toBe(1_600)
    expect(told.items[0]?.partitions.slice(0, traded.size).every(({ covered }) => covered.length > 0)).toBe(
      true,
    )
  })
})
