import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { type Coverage, coverageLag, gaps, noCoverage } from '../../lambdas/domain/coverage.ts'
import { streamSentences } from '../../lambdas/domain/coverage-words.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { edgeSlack } from '../../lambdas/domain/plan-windows.ts'
import { noMarkets, type WindowStream } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { totalWidth } from '../../lambdas/domain/window.ts'
import { readWindows } from '../../lambdas/use-cases/read-windows.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { connection, patiently } from './engine.ts'
import { memoryStore } from './memory-store.ts'
import { modelDefinition, modelReportedDepth, modelStream, tick } from './model-exchange.ts'
import { toldTime } from './told-time.ts'

const row = z.object({
  id: z.string(),
  time: z.number(),
  symbol: z.string(),
  order: z.string(),
  done: z.boolean(),
})
type Row = z.output<typeof row>
type Asked = {
  readonly from: number
  readonly to: number
  readonly order?: string
  readonly symbol?: string
}

const now = 10_000 * tick

/** One partition against an exchange whose every answer the test decides. */
async function run(
  answer: (asked: Asked) => Row[] | FailureKind,
  change: Partial<WindowStream> = {},
  latency = 0,
) {
  const stream = modelStream({ lowerEnd: 'inclusive', ...change })
  const rows = new Map<string, Transaction>()
  let coverage: Coverage = noCoverage(stream.stream, 'a')
  let asked = 0
  const client: ExchangeClient = {
    ...toldTime(() => now),
    requests: () => asked,
    close: async () => undefined,
    ask: async ({ params }, schema) => {
      asked += 1
      const { order, symbol } = params
      const served = answer({
        from: Number(params.start) * tick,
        to: Number(params.end) * tick,
        ...(order !== undefined && { order: String(order) }),
        ...(symbol !== undefined && { symbol: String(symbol) }),
      })
      if (typeof served === 'string') throw new FailureError({ kind: served })
      return { data: schema.parse(served), askedAt: now, answeredAt: now + latency }
    },
  }
  const failure = await readWindows(
    {
      client,
      markets: noMarkets,
      clock: () => now,
      isTimeTold: true,
      store: async ({ transactions }) => {
        for (const one of transactions) rows.set(one.identity, one)
        return {
          settled: transactions.map((one) => ({ served: one, before: undefined, now: one, order: 'newer' })),
          absent: [],
        }
      },
      rewrite: async () => undefined,
      stored: async ({ from, to }) => [...rows.values()].filter(({ time }) => time >= from && time < to),
      remove: async (gone) => {
        for (const one of gone) rows.delete(one.identity)
      },
      save: async (saved) => {
        coverage = saved
      },
      onProgress: () => undefined,
    },
    stream,
    coverage,
  )
  return { failure, coverage, rows, asked }
}

const edge = now - modelStream().depth + edgeSlack

describe('an exchange that answers a question with rows of other time', () => {
  const at = (age: number): Row => {
    return { id: String(age), time: now - age * tick, symbol: 'X', order: '1', done: true }
  }
  const fills = [100, 900, 1_200].map(at)
  const within = ({ from, to }: Asked) => fills.filter(({ time }) => time >= from && time < to)
  const saidEdge = now - modelReportedDepth + edgeSlack

  it('does not serve old time that it answers with the newest rows: the edge is found, and they are stored', async () => {
    const horizon = now - 1_500 * tick
    const { failure, coverage, rows, asked } = await run((one) =>
      one.from < horizon ? fills.slice(0, 2) : within(one),
    )
    expect(failure).toBeUndefined()
    expect([...rows.keys()].sort()).toEqual(['100', '1200', '900'])
    expect(coverage.covered).toEqual([{ from: now - 1_200 * tick, to: now - 20 * tick }])
    expect(coverage.lost).toEqual([])
    const [oldest, ...others] = coverage.unverified
    expect(oldest).toMatchObject({ from: 0, reason: 'refused' })
    expect(oldest?.to).toBeGreaterThan(saidEdge)
    expect(Math.abs((oldest?.to ?? 0) - horizon)).toBeLessThanOrEqual(2 * tick)
    expect(others.map(({ reason }) => reason)).toEqual(['beyond-depth'])
    expect(asked).toBeLessThan(40)
  })

  it('is asked again for young time, whatever the page, and nothing of that time is claimed', async () => {
    const { failure, coverage, rows } = await run((one) => [...within(one), at(10_005)])
    expect(failure).toEqual({ kind: 'bad-payload' })
    expect([...rows.keys()].sort()).toContain('10005')
    expect(coverage.covered).toEqual([])
    expect(coverage.lost).toEqual([])
    expect(coverage.unverified.every(({ to }) => to <= edge)).toBe(true)
  })

  it('proves nothing of a crowded instant by parts of which one holds another symbol, or another time', async () => {
    const crowd = Array.from({ length: 6 }, (_, index): Row => {
      return { ...at(50), id: `c${index}`, symbol: index < 3 ? 'X' : 'Y', order: String(index) }
    })
    const serving = (stray: Row | undefined) => (one: Asked) =>
      one.symbol === undefined
        ? crowd.filter(({ time }) => time >= one.from && time < one.to).slice(0, 5)
        : [...crowd.filter(({ symbol }) => symbol === one.symbol), ...(stray === undefined ? [] : [stray])]
    const doubtOf = async (stray: Row | undefined) =>
      (await run(serving(stray))).coverage.unverified.some(({ reason }) => reason === 'indivisible')
    expect(await doubtOf(undefined)).toBe(false)
    expect(await doubtOf({ ...at(50), id: 's', symbol: 'Z', order: '9' })).toBe(true)
    expect(await doubtOf({ ...at(900), id: 's', symbol: 'Y', order: '9' })).toBe(true)
  })
})

describe('an exchange that forgets', () => {
  it('is asked first for what it may forget first, and for what it may have forgotten long ago at last', async () => {
    const saidEdge = now - modelReportedDepth + edgeSlack
    const asked: Asked[] = []
    await run((one) => {
      asked.push(one)
      return []
    })
    const rank = ({ from }: Asked) => (from >= edge ? 0 : from >= saidEdge ? 1 : 2)
    expect(asked[0]?.from).toBe(edge)
    expect(asked.map(rank)).toEqual(asked.map(rank).sort())
    expect(new Set(asked.map(rank)).size).toBe(3)
    for (const each of [0, 1, 2]) {
      const begins = asked.filter((one) => rank(one) === each).map(({ from }) => from)
      // Where nobody says that it is served, young time may show that old time is not.
      expect(begins).toEqual([...begins].sort((a, b) => (each === 2 ? b - a : a - b)))
    }
  })
})

describe('an exchange that does not serve old time', () => {
  it.each(['refuses it', 'answers its newest rows'])(
    'and %s, is not asked for decades of it: the edge is found, and what is older lies beyond',
    async (how) => {
      const horizon = now - 6_000 * tick
      const newest: Row = { id: '1', time: now - 100 * tick, symbol: 'X', order: '1', done: true }
      const { failure, coverage, asked } = await run(
        ({ from, to }) => {
          if (from < horizon) return how === 'refuses it' ? 'out-of-range' : [newest]
          return newest.time >= from && newest.time < to ? [newest] : []
        },
        { opened: -1_000_000 * tick },
      )
      expect(failure).toBeUndefined()
      expect(asked).toBeLessThan(60)
      expect(coverage.unverified[0]).toMatchObject({ from: -1_000_000 * tick, reason: 'refused' })
      expect(Math.abs((coverage.unverified[0]?.to ?? 0) - horizon)).toBeLessThanOrEqual(2 * tick)
    },
  )

  it('or not some of it for a while, is asked for all that is older than what it serves after all', async () => {
    const old: Row = { id: '1', time: now - 9_000 * tick, symbol: 'X', order: '1', done: true }
    let refusals = 0
    const { coverage, rows } = await run(({ from, to }) => {
      if (from === now - 5_000 * tick && refusals++ === 0) return 'out-of-range'
      return old.time >= from && old.time < to ? [old] : []
    })
    expect(refusals).toBeGreaterThan(0)
    expect(rows.size).toBe(1)
    expect(coverage.covered[0]?.from).toBe(old.time)
    expect(coverage.unverified.some(({ reason }) => reason === 'refused')).toBe(false)
  })
})

describe('an exchange that lists orders and is asked for each', () => {
  const orders = ['1', '2', '3'].map((order, index): Row => {
    return { id: `f${order}`, time: now - (100 + index) * tick, symbol: 'X', order, done: true }
  })
  const byOrder: Partial<WindowStream> = {
    byParts: {
      filter: 'order',
      pageCap: 10,
      ask: modelStream().ask,
      values: z.array(z.object({ order: z.string() }).transform(({ order }) => order)),
    },
  }
  const listed = ({ from, to }: Asked) => orders.filter(({ time }) => time >= from && time < to)

  it('loses none of them because one cannot be had, and asks for it again', async () => {
    const { failure, coverage, rows } = await run((one) => {
      if (one.order === undefined) return listed(one)
      return one.order === '2' ? 'rejected' : orders.filter(({ order }) => order === one.order)
    }, byOrder)
    expect([...rows.keys()].sort()).toEqual(['f1', 'f3'])
    expect(failure).toEqual({ kind: 'rejected' })
    expect(coverage.covered).toEqual([])
    expect(gaps(coverage, 0).some(({ from, to }) => from <= now - 101 * tick && to > now - 101 * tick)).toBe(
      true,
    )
  })

  it('stores all that it is shown, and calls none of that time complete', async () => {
    const { failure, coverage, rows } = await run(
      (one) => (one.order === undefined ? listed(one) : orders.filter(({ order }) => order === one.order)),
      byOrder,
    )
    expect(failure).toBeUndefined()
    expect(rows.size).toBe(3)
    expect(coverage.covered).toEqual([])
    expect(coverage.unverified).toEqual([{ from: 0, to: now - 20 * tick, reason: 'by-order' }])
    const definition = modelStream({ ...byOrder, partitions: ['a'] })
    expect(streamSentences([definition], [coverage], {})).toEqual([
      'nothing is known to be complete',
      expect.stringMatching(/^before .* nobody can tell: .* found by the orders that it lists/),
    ])
    expect(coverageLag([definition], [coverage], 0, now)).toBe(20 * tick)
  })
})

describe('an exchange that answers old time with an error that nobody knows', () => {
  const recent: Row = { id: '1', time: now - 100 * tick, symbol: 'X', order: '1', done: true }
  const served = ({ from, to }: Asked) => (recent.time >= from && recent.time < to ? [recent] : [])

  const saidEdge = now - modelReportedDepth + edgeSlack

  it('is still asked for what it serves, and its old time is refused, not failed', async () => {
    const { failure, coverage, rows } = await run((asked) =>
      asked.from < saidEdge ? 'rejected' : served(asked),
    )
    expect(rows.size).toBe(1)
    expect(failure).toBeUndefined()
    expect(coverage.covered).toEqual([{ from: edge, to: now - 20 * tick }])
    expect(coverage.unverified[0]).toEqual({ from: 0, to: saidEdge, reason: 'refused' })
    expect(coverage.lost).toEqual([])
  })

  it('is asked by the next run for what others say it serves, and what is younger does not wait for it', async () => {
    const { failure, coverage, rows } = await run((asked) =>
      asked.from >= saidEdge && asked.from < edge ? 'rejected' : served(asked),
    )
    expect(failure).toEqual({ kind: 'rejected' })
    expect(rows.size).toBe(1)
    expect(gaps(coverage, 0)).toEqual([{ from: saidEdge, to: edge, reason: 'failed' }])
  })

  it.each(['exchange-down', 'bad-payload'] as const)(
    'is still asked for what it serves when old time is %s',
    async (kind) => {
      const { failure, coverage, rows } = await run((asked) => (asked.from < edge ? kind : served(asked)))
      expect(rows.size).toBe(1)
      expect(failure).toEqual({ kind })
      expect(coverage.unverified).toEqual([])
      expect(coverage.covered).toEqual([{ from: edge, to: now - 20 * tick }])
    },
  )

  it('is taken to have failed when it answers young time so, too', async () => {
    const { failure, coverage } = await run(() => 'rejected')
    expect(failure).toEqual({ kind: 'rejected' })
    expect([...coverage.covered, ...coverage.unverified, ...coverage.lost]).toEqual([])
  })
})

describe('a row that is older than the documented depth', () => {
  const old: Row = { id: '1', time: now - 4_500 * tick, symbol: 'X', order: '1', done: true }

  it('proves no more of how far back the exchange serves where its answer took long', async () => {
    const answer = ({ from, to }: Asked) => (old.time >= from && old.time < to ? [old] : [])
    const { coverage } = await run(answer, {}, 20_000)
    expect(coverage.evidence).toEqual({ time: old.time, servedAt: now })
  })
})

describe('two smallest windows side by side that are both full', () => {
  it('are divided one by one where together they hold too much', async () => {
    const at = now - 100 * tick
    const rows = [0, 1].flatMap((unit) =>
      Array.from(
        { length: 6 },
        (_, index): Row => ({
          id: `${unit}-${index}`,
          time: at + unit * tick,
          symbol: 'X',
          order: String(index % 2),
          done: true,
        }),
      ),
    )
    const cap = modelStream().pageCap
    // The orders of this exchange have a cap after all: one second's fills of an order fit, two seconds' do not.
    const { coverage, rows: stored } = await run(
      ({ from, to, order }) =>
        rows
          .filter((one) => one.time >= from && one.time < to && (order === undefined || one.order === order))
          .slice(0, cap),
      { upperEnd: 'unknown' },
    )
    expect(stored.size).toBe(12)
    expect(coverage.lost).toEqual([])
  })
})

describe('a smallest window that is full, and then refused', () => {
  const full = (time: number) =>
    Array.from({ length: 5 }, (_, id): Row => ({ id: `${id}`, time, symbol: 'X', order: '1', done: true }))

  /** Serves a full page of one instant, and refuses every question about a part of it. */
  const refusing =
    (at: number) =>
    ({ from, to, symbol }: Asked) =>
      symbol !== undefined ? ('out-of-range' as const) : at >= from && at < to ? full(at) : []

  it('is refused for good where the horizon has come meanwhile, and is not left to be asked again', async () => {
    const at = now - modelStream().depth + 5 * tick
    const { failure, coverage, rows } = await run(refusing(at), { opened: at - 10 * tick })
    expect(failure).toBeUndefined()
    expect(rows.size).toBe(5)
    expect(coverage.unverified).toContainEqual({ from: at, to: at + tick, reason: 'refused' })
    expect(gaps(coverage, at - 10 * tick)).toEqual([])
  })

  it('is a failure, and asked again, where the exchange should serve it', async () => {
    const at = now - 100 * tick
    const { failure, coverage, rows } = await run(refusing(at), { opened: at - 10 * tick })
    expect(failure).toEqual({ kind: 'out-of-range' })
    expect(rows.size).toBe(5)
    expect(gaps(coverage, at - 10 * tick)).toEqual([{ from: at, to: at + tick, reason: 'failed' }])
  })
})

describe('a refused window whose halving is cut off', () => {
  it('is not taken for lost where nobody asked', async () => {
    const opened = now - 800 * tick
    const half = now - 400 * tick
    const page = Array.from(
      { length: 5 },
      (_, index): Row => ({
        id: String(index),
        time: half + (20 + 80 * index) * tick,
        symbol: 'X',
        order: '1',
        done: true,
      }),
    )
    const { failure, coverage } = await run(
      ({ from, to }) => {
        if (from < half) return 'out-of-range'
        if (from === half && to >= now) return page
        return from === half ? 'out-of-range' : 'aborted'
      },
      { opened },
    )
    expect(failure).toEqual({ kind: 'aborted' })
    expect([...coverage.lost, ...coverage.unverified]).toEqual([])
  })
})

/** Serves an empty account; three seconds pass with each answer. */
function slowExchange() {
  let clock = now
  const client: ExchangeClient = {
    ...toldTime(() => clock),
    requests: () => 0,
    close: async () => undefined,
    ask: async (_request, schema) => {
      clock += 3_000
      await patiently(2)
      return { data: schema.parse([]), askedAt: clock, answeredAt: clock }
    },
  }
  return { clock: () => clock, client }
}

describe('a sync whose store hiccups', () => {
  it('goes on when its lease cannot be renewed for a moment, or its progress not be shown', async () => {
    const store = memoryStore()
    const { clock, client } = slowExchange()
    let renewals = 0
    let saves = 0
    const lease = {
      ...store.lease,
      renew: async (...renewal: Parameters<typeof store.lease.renew>) => {
        renewals += 1
        if (renewals === 1) throw new Error('throttled')
        return store.lease.renew(...renewal)
      },
    }
    const runs = {
      save: async (...saved: Parameters<typeof store.runs.save>) => {
        saves += 1
        if (saves === 2) throw new Error('throttled')
        await store.runs.save(...saved)
      },
    }
    const sleep = (_ms: number, signal?: AbortSignal) => patiently(1, signal)
    const finished = await syncConnection(
      { ...store, lease, runs, clock, sleep, client, markets: noMarkets },
      connection,
      modelDefinition(),
      { runId: '1', holder: 'one' },
    )
    expect(finished.streams[0]?.failure).toBeUndefined()
    expect(renewals).toBeGreaterThan(1)
    expect(saves).toBeGreaterThan(2)
  })
})

describe('coverage that is slow to be saved', () => {
  it('is not saved over what was covered after it', async () => {
    const store = memoryStore()
    const { clock, client } = slowExchange()
    let saves = 0
    const widths: number[] = []
    const coverage = {
      ...store.coverage,
      save: async (...[owner, saved, epoch]: Parameters<typeof store.coverage.save>) => {
        saves += 1
        if (saves === 2) await patiently(50)
        await store.coverage.save(owner, saved, epoch)
        widths.push(totalWidth([...saved.covered, ...saved.unverified]))
      },
    }
    await syncConnection(
      { ...store, coverage, clock, sleep: patiently, client, markets: noMarkets },
      connection,
      modelDefinition({ partitions: ['a'] }),
      { runId: '1', holder: 'one' },
    )
    expect(widths.length).toBeGreaterThan(4)
    expect(widths).toEqual([...widths].sort((a, b) => a - b))
  })
})
