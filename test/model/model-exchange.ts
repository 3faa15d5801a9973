import { z } from 'zod'
import { believableTiming, type ExchangeAnswer, type ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest, StreamDefinition } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart.ts'

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
}

export type ModelExchange = {
  readonly rows: readonly ModelRow[]
  readonly page: 'newest' | 'oldest' | 'scattered'
  readonly beyond: 'clipped' | 'empty' | 'refused'
  /** Milliseconds that are really served; at least the documented depth. */
  served: number
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
  /** For every question in turn: milliseconds on its way there, and back. */
  readonly latency?: readonly (readonly [there: number, back: number])[]
  clock: number
  asked: number
}

export const modelDepth = 4_000 * tick
const modelCap = 5

const modelRow = z.object({
  id: z.string(),
  time: z.number(),
  symbol: z.string(),
  order: z.string(),
  done: z.boolean(),
  ending: z.enum(['done', 'failed', 'cancelled']).optional(),
  amount: z.string().optional(),
})

/** The stream of the model, in the shape of a real one. */
export function modelStream(change: Partial<StreamDefinition> = {}): StreamDefinition {
  const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const
  const stream: StreamDefinition<z.output<typeof modelRow>> = {
    stream: 'withdrawal',
    title: 'Model rows',
    mutable: true,
    partitions: ['a', 'b'],
    maxSpan: 1_000 * tick,
    unit: tick,
    lowerEnd: 'unknown',
    upperEnd: 'unknown',
    pageCap: modelCap,
    depth: modelDepth,
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
    rows: z.array(modelRow).transform((readable) => ({ readable, unreadable: [] })),
    normalise: (rows) =>
      rows.map(
        ({ id, time, symbol, order, done, ending = 'done', amount }): Transaction => ({
          stream: 'withdrawal',
          time,
          identity: id,
          symbol,
          orderId: order,
          amount,
          status: done ? ending : 'pending',
          raw: JSON.stringify({ id, done, amount }),
        }),
      ),
  }
  return { ...stream, ...change }
}

export function modelDefinition(change: Partial<StreamDefinition> = {}): ExchangeDefinition {
  return { ...bitmart, streams: [modelStream(change)] }
}

export type ModelClientHooks = {
  /** Runs before the exchange looks at the question: time for something else to happen. */
  readonly beforeAnswer?: () => Promise<void>
  /** Runs between the answer and its use, where a process may die. */
  readonly afterAnswer?: () => void
  readonly Failure?: typeof FailureError
  readonly timing?: typeof believableTiming
}

/** The clock of an exchange goes on by itself only while a question is on its way. */
const usualLatency = [tick / 100, 0] as const

/** A client of the model, which tells when it answered in whole seconds, as HTTP does. */
export function modelClient(
  exchange: ModelExchange,
  { beforeAnswer, afterAnswer, Failure = FailureError, timing = believableTiming }: ModelClientHooks = {},
): ExchangeClient {
  let requests = 0
  const { ahead = 0 } = exchange
  return {
    requests: () => requests,
    close: async () => undefined,
    ask: async <T>(request: ExchangeRequest, schema: z.ZodType<T>): Promise<ExchangeAnswer<T>> => {
      requests += 1
      await beforeAnswer?.()
      const askedAt = exchange.clock + ahead
      const stale = inTurn(exchange.stale, exchange.asked) ?? 0
      const fault = inTurn(exchange.faults, exchange.asked)
      const [there, back] = inTurn(exchange.latency, exchange.asked) ?? usualLatency
      exchange.asked += 1
      exchange.clock += there
      await Promise.resolve()
      const told = Math.floor(exchange.clock / 1_000) * 1_000
      const rows = fault === undefined ? serve(exchange, request, stale) : undefined
      exchange.clock += back
      if (fault !== undefined) throw new Failure({ kind: fault })
      if (rows === undefined) throw new Failure({ kind: 'out-of-range' })
      afterAnswer?.()
      return {
        data: schema.parse(rows),
        ...timing({ askedAt, answeredAt: exchange.clock + ahead }, told),
      }
    },
  }
}

function inTurn<T>(list: readonly T[] | undefined, turn: number): T | undefined {
  return list?.[turn % Math.max(1, list.length)]
}

/** Undefined when the exchange refuses. */
function serve(exchange: ModelExchange, { params }: ExchangeRequest, stale: number) {
  const horizon = exchange.clock - exchange.served
  const from = Number(params.start) * tick
  const to = Number(params.end) * tick
  if (params.order === undefined) {
    if (to <= from) return undefined
    if (to - from > exchange.maxSpan + tick) return undefined
    if (from < horizon && exchange.beyond === 'refused') return undefined
    if (from < horizon && exchange.beyond === 'empty') return []
  }
  const matching = exchange.rows.filter(
    (row) =>
      row.partition === params.partition &&
      row.time >= horizon &&
      row.time + row.late <= exchange.clock &&
      (params.symbol === undefined || row.symbol === params.symbol) &&
      (params.order === undefined ? isBetween(exchange, row.time, from, to) : row.order === params.order),
  )
  const sorted = [...matching].sort((a, b) => a.time - b.time || a.id.localeCompare(b.id))
  const chosen =
    params.order !== undefined
      ? sorted
      : exchange.page === 'newest'
        ? sorted.slice(-modelCap)
        : exchange.page === 'oldest'
          ? sorted.slice(0, modelCap)
          : sorted.sort((a, b) => reverse(a.id).localeCompare(reverse(b.id))).slice(0, modelCap)
  return chosen.map(({ id, time, symbol, order, doneAt, ending, amount }) => ({
    id,
    time,
    symbol,
    order,
    done: doneAt <= exchange.clock - stale,
    ending,
    amount,
  }))
}

function isBetween({ inclusive, begins, precise }: ModelExchange, time: number, from: number, to: number) {
  if (precise) return time > from && time <= to
  return time >= from + (begins === 'after' ? tick : 0) && time < to + (inclusive ? tick : 0)
}

const reverse = (text: string) => [...text].reverse().join('')
