import { z } from 'zod'
import { believableTiming, type ExchangeAnswer, type ExchangeClient } from '../../lambdas/domain/client.ts'
import type { WindowExchange } from '../../lambdas/domain/exchange.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest, WindowStream } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { exchangeTime } from '../../lambdas/exchanges/exchange-time.ts'
import { asServed, type Changes, isHiddenAt, nameOf, timeAt } from './changes.ts'

/** One tick of the model's time filter. The engine's own margins are in minutes and hours, so a tick is a minute. */
export const tick = 60_000

/** A row of the model: appears `late` after its time, belongs to a symbol and an order, may still change. */
export type ModelRow = {
  readonly id: string
  readonly time: number
  readonly late: number
  readonly symbol: string
  readonly order: string
  readonly partition: string
  /** Epoch ms at which a transfer is finished. */
  readonly doneAt: number
  readonly ending?: 'done' | 'failed' | 'cancelled'
  /** An exact decimal, as this exchange writes it. */
  readonly amount?: string
  /** Nobody can read it, until then, and where it could be read at first, since then; `dated`, but for its time. */
  readonly broken?: { readonly dated: boolean; readonly since?: number; readonly until: number }
} & Changes

export type ModelExchange = {
  readonly rows: readonly ModelRow[]
  /** Rows in one answer, where that is fewer than documented. */
  readonly cap?: number
  readonly page: 'newest' | 'oldest' | 'scattered'
  /** What becomes of a question that begins before what is served; `ignored`: its filter of time does, and the newest rows come. */
  readonly beyond: 'clipped' | 'empty' | 'refused' | 'ignored'
  /** For every question in turn: whether its filter of time is ignored, whatever it asks for. */
  readonly strays?: readonly boolean[]
  /** Milliseconds that are really served; at least the documented depth. */
  served: number
  /** When the exchange opens its archive: from then on it serves everything. */
  readonly opensAt?: number
  /** Until when it answers questions about old time with an error that nobody knows. */
  readonly strangeUntil?: number
  /** Whether it refuses a question that ends in its own future. */
  readonly refusesFuture?: boolean
  /** How it tells the time: when it is asked, or only by the dates of its answers. */
  readonly tells?: 'time' | 'dates'
  /** Windows wider than this are refused. */
  readonly maxSpan: number
  /** Whether the unit of the upper end is part of an answer. */
  readonly inclusive: boolean
  /** Whether the unit of the lower end is left out of an answer. */
  readonly begins?: 'after'
  /** The ends are instants: of the upper unit its first millisecond is part of an answer, of the lower one all but that. */
  readonly precise?: boolean
  /** For every question in turn: what goes wrong. */
  readonly faults: readonly (FailureKind | undefined)[]
  /** For every question in turn: by how many milliseconds the state of the transfers is out of date. */
  readonly stale?: readonly number[]
  /** Milliseconds by which our clock is ahead of the exchange's. */
  readonly ahead?: number
  /** Our clock, as far as the client reads it, is put forward by so much once so many questions were asked. */
  readonly jump?: { readonly after: number; readonly by: number }
  /** For every question in turn: milliseconds on its way there, and back. */
  readonly latency?: readonly (readonly [there: number, back: number])[]
  /** The oldest row of each partition that it has shown so far. */
  readonly shown?: Map<string, number>
  clock: number
  asked: number
}

export const modelDepth = 1_000 * tick
export const modelReportedDepth = 4_000 * tick
const modelCap = 5

const modelRow = z.object({
  id: z.string(),
  time: z.number(),
  symbol: z.string(),
  order: z.string(),
  partition: z.string().optional(),
  done: z.boolean(),
  ending: z.enum(['done', 'failed', 'cancelled']).optional(),
  amount: z.string().optional(),
})

const dated = z.object({ time: z.number().optional().catch(undefined) })

/** The stream of the model, in the shape of a real one. */
export function modelStream(change: Partial<WindowStream> = {}): WindowStream {
  const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const
  const { stream = 'withdrawal', mutable = true } = change
  const model: WindowStream<z.output<typeof modelRow>> = {
    reads: 'windows',
    stream,
    title: 'Model rows',
    mutable,
    partitions: ['a', 'b'],
    partitionOf: ({ account }) => account,
    maxSpan: 1_000 * tick,
    unit: tick,
    lowerEnd: 'unknown',
    upperEnd: 'unknown',
    pageCap: modelCap,
    depth: modelDepth,
    reportedDepth: modelReportedDepth,
    opened: 0,
    settleLag: 20 * tick,
    lookBack: 60 * tick,
    rate,
    splits: [
      { filter: 'symbol', of: (row) => row.symbol, all: ['X', 'Y'] },
      { filter: 'order', of: (row) => row.orderId, uncapped: true },
    ],
    unverified: [],
    ask: ({ start, end, partition, filters }) => ({
      access: 'private',
      method: 'GET',
      path: 'rows',
      params: { start, end, partition, ...filters },
      rate,
    }),
    rows: z.array(z.unknown()).transform((list) => ({
      readable: list.flatMap((row) => modelRow.safeParse(row).data ?? []),
      unreadable: list.flatMap((row) =>
        modelRow.safeParse(row).success ? [] : [{ raw: JSON.stringify(row), ...dated.parse(row) }],
      ),
    })),
    normalise: (rows) =>
      rows.map(
        ({ id, time, symbol, order, partition, done, ending = 'done', amount }): Transaction => ({
          stream,
          time,
          identity: id,
          symbol,
          orderId: order,
          amount,
          account: partition,
          status: mutable ? (done ? ending : 'pending') : undefined,
          raw: JSON.stringify({ id, time, symbol, done, ending, amount }),
        }),
      ),
  }
  return { ...model, ...change }
}

export function modelDefinition(change: Partial<WindowStream> = {}): WindowExchange {
  return { ...bitmart, streams: [modelStream(change)] }
}

export type ModelClientHooks = {
  /** Runs before the exchange looks at the question: time for something else to happen. */
  readonly beforeAnswer?: () => Promise<void>
  /** Runs between the answer and its use, where a process may die. */
  readonly afterAnswer?: () => void
  readonly Failure?: typeof FailureError
  readonly timing?: typeof believableTiming
  readonly timeOf?: typeof exchangeTime
}

/** The clock of an exchange goes on by itself only while a question is on its way. */
const usualLatency = [tick / 100, 0] as const

/** A client of the model, which tells when it answered in whole seconds, as HTTP does. */
export function modelClient(
  exchange: ModelExchange,
  {
    beforeAnswer,
    afterAnswer,
    Failure = FailureError,
    timing = believableTiming,
    timeOf = exchangeTime,
  }: ModelClientHooks = {},
): ExchangeClient {
  let requests = 0
  const ours = () => exchange.clock + (exchange.ahead ?? 0) + jumped(exchange)
  const time = timeOf(ours)

  /** Lets a question travel there and back; `look` is what the exchange does about it. */
  async function send<Seen>(look: (stale: number) => Seen) {
    requests += 1
    await beforeAnswer?.()
    const askedAt = ours()
    const stale = inTurn(exchange.stale, exchange.asked) ?? 0
    const fault = inTurn(exchange.faults, exchange.asked)
    const [there, back] = inTurn(exchange.latency, exchange.asked) ?? usualLatency
    exchange.asked += 1
    exchange.clock += there
    await Promise.resolve()
    const told = Math.floor(exchange.clock / 1_000) * 1_000
    const seen = fault === undefined ? look(stale) : undefined
    exchange.clock += back
    // An exchange that refuses tells the time; one that is down does not.
    if (fault !== 'exchange-down' && fault !== 'aborted')
      time.hear({ headers: { Date: new Date(told).toUTCString() } })
    if (fault !== undefined) throw new Failure({ kind: fault })
    if (seen === undefined) throw new Failure({ kind: 'out-of-range' })
    afterAnswer?.()
    return { seen, told, askedAt: time.of(askedAt), answeredAt: time.of(ours()) }
  }

  return {
    requests: () => requests,
    close: async () => undefined,
    now: time.now,
    learnTime: async () => {
      try {
        const { seen } = await send(() => exchange.clock)
        if (exchange.tells !== 'dates') time.learn(seen)
        return undefined
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        return time.isKnown() ? undefined : error.failure
      }
    },
    ask: async <T>(request: ExchangeRequest, schema: z.ZodType<T>): Promise<ExchangeAnswer<T>> => {
      const { seen, told, ...asked } = await send((stale) => {
        if (isStrange(exchange, request)) throw new Failure({ kind: 'rejected' })
        return serve(exchange, request, stale)
      })
      return { data: schema.parse(seen), ...timing(asked, told) }
    },
  }
}

function jumped({ asked, jump }: ModelExchange): number {
  return jump !== undefined && asked >= jump.after ? jump.by : 0
}

function isStrange({ clock, strangeUntil = 0 }: ModelExchange, { params }: ExchangeRequest): boolean {
  return clock < strangeUntil && Number(params.end) * tick < clock - modelReportedDepth
}

function inTurn<T>(list: readonly T[] | undefined, turn: number): T | undefined {
  return list?.[turn % Math.max(1, list.length)]
}

/** What is older is not served at this moment. */
export function horizonOf({ clock, served, opensAt = Number.POSITIVE_INFINITY }: ModelExchange): number {
  return clock >= opensAt ? 0 : clock - served
}

/** Undefined when the exchange refuses. */
function serve(exchange: ModelExchange, { params }: ExchangeRequest, stale: number) {
  const horizon = horizonOf(exchange)
  const from = Number(params.start) * tick
  const to = Number(params.end) * tick
  if (params.order === undefined) {
    if (to <= from) return undefined
    if (to - from > exchange.maxSpan + tick) return undefined
    if (exchange.refusesFuture && to > exchange.clock) return undefined
    if (from < horizon && exchange.beyond === 'refused') return undefined
    if (from < horizon && exchange.beyond === 'empty') return []
  }
  const strays = inTurn(exchange.strays, exchange.asked) ?? false
  const ignored = params.order === undefined && (strays || (from < horizon && exchange.beyond === 'ignored'))
  const isAsked = (row: ModelRow, time: number) =>
    params.order === undefined ? ignored || isBetween(exchange, time, from, to) : row.order === params.order
  // Most rows are of other time: what a row says now is worked out of the few that are asked for.
  const matching = exchange.rows
    .filter((row) => {
      if (row.partition !== params.partition || row.time + row.late > exchange.clock) return false
      const time = timeAt(row, exchange.clock)
      return time >= horizon && isAsked(row, time) && !isHiddenAt(row, exchange.clock)
    })
    .map((row) => asServed(row, exchange.clock, stale))
    .filter((row) => params.symbol === undefined || row.symbol === params.symbol)
  const cap = Math.min(modelCap, exchange.cap ?? modelCap)
  const sorted = matching.sort((a, b) => a.time - b.time || a.id.localeCompare(b.id))
  const chosen =
    params.order !== undefined
      ? sorted
      : exchange.page === 'newest' || ignored
        ? sorted.slice(-cap)
        : exchange.page === 'oldest'
          ? sorted.slice(0, cap)
          : sorted.sort((a, b) => reverse(a.id).localeCompare(reverse(b.id))).slice(0, cap)
  for (const { partition, time } of chosen)
    exchange.shown?.set(partition, Math.min(time, exchange.shown.get(partition) ?? time))
  return chosen.map((row) => {
    const { time, symbol, order, partition, done, ending, amount, broken } = row
    const served = { id: nameOf(row), time, symbol, order, partition, done, ending, amount }
    if (broken === undefined || !isBrokenAt(broken, exchange.clock)) return served
    return { ...served, time: broken.dated ? time : null, symbol: 7 }
  })
}

export function isBrokenAt(
  { since = 0, until }: Pick<NonNullable<ModelRow['broken']>, 'since' | 'until'>,
  at: number,
): boolean {
  return at >= since && at < until
}

function isBetween({ inclusive, begins, precise }: ModelExchange, time: number, from: number, to: number) {
  if (precise) return time > from && time <= to
  return time >= from + (begins === 'after' ? tick : 0) && time < to + (inclusive ? tick : 0)
}

const reverse = (text: string) => [...text].reverse().join('')
