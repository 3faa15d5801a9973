import { z } from 'zod'
import type { believableTiming, ExchangeAnswer, ExchangeClient } from '../../lambdas/domain/client.ts'
import type { FailureError, FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest, ListedOrder, ListStream } from '../../lambdas/domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { tick } from './model-exchange.ts'
import { toldTime } from './told-time.ts'

export const start = 10_000 * tick
export const lag = 20 * tick
export const depth = 4_000 * tick
/** How much of the time that a list does not reach is asked for at once. */
export const span = 500 * tick

export type ListRow = {
  /** A whole number that grows with time. */
  readonly id: number
  readonly time: number
  /** How long it stays hidden, milliseconds. */
  readonly late: number
  readonly partition: string
  readonly amount: string
  /** Since when a transfer is done. */
  readonly doneAt: number
  /** Since when it is not shown any more, although rows around it are. */
  readonly takenAt?: number
  /** It is served without saying when. */
  readonly isTimeless?: boolean
  /** Since when it does not say when any more. */
  readonly timelessSince?: number
  /** The order that it fills, where orders are listed. */
  readonly order?: string
}

/** What an exchange that serves lists really does; its documents say less, or something else. */
export type ListExchange = {
  readonly rows: readonly ListRow[]
  readonly kind: 'fills' | 'transfers' | 'numbered'
  /** Rows that a page holds at most, whatever is asked for. */
  readonly cap: 4 | 7 | 10
  readonly heedsLimit: boolean
  readonly turnsPages: boolean
  readonly order: 'newest' | 'oldest' | 'updated'
  readonly until: 'heeded' | 'exclusive' | 'ignored' | 'empty' | 'clipped' | 'shifted'
  /**
   * What `fromId` does: `trade` compares the other id, `newest` shows the young end of what it matches, `skips` leaves out the
   * first few, `thinned` shows some of all of them, `first series` answers nothing for the ids of another.
   */
  readonly fromId:
    | 'heeded'
    | 'exclusive'
    | 'trade'
    | 'newest'
    | 'ignored'
    | 'empty'
    | 'skips'
    | 'thinned'
    | 'first series'
  /** What a list without status shows. */
  readonly bare: 'all' | 'initial'
  /** Since when a question for a status is refused. */
  readonly refusesViews?: number
  /** Rows of every partition are shown, whichever is asked for. */
  readonly mixes?: boolean
  readonly ownIds: boolean
  /** Pages overlap: an offset names the first row, and the rows have ids that are not relied on. */
  readonly overlaps?: true
  /** An offset counts whole pages. */
  readonly countsPages?: true
  /** Since when a partition is not listed, and answered with nothing, whatever there is of it. */
  readonly delisted?: Readonly<Record<string, number>>
  /** A question that names no time shows what is younger than this, milliseconds. */
  readonly unasked?: number
  /**
   * What a question for a time does: more than a span of it is `clipped` to its young end, `refused` or answered with nothing
   * (`narrow`); of what is `thinned`, every other row is left out.
   */
  readonly within?: 'heeded' | 'clipped' | 'refused' | 'narrow' | 'thinned' | 'ignored' | 'empty'
  /** From when on a question for a time shows anything, and `until` is heeded. */
  readonly archiveFrom?: number
  /** Of the orders of a partition, the newest so many are listed. */
  readonly orders?: number
  /** When every question is answered with nothing, without an error. */
  readonly silent?: { readonly from: number; readonly to: number }
  /** How far back it serves, milliseconds. */
  served: number
  /** Since when a partition is not served any more. */
  readonly gone: Readonly<Record<string, number>>
  readonly faults: readonly (FailureKind | 'nothing' | undefined)[]
  readonly latency: readonly (readonly [there: number, back: number])[]
  readonly ahead: number
  clock: number
  asked: number
}

const modelRow = z.object({
  id: z.number().optional(),
  trade: z.number(),
  time: z.number(),
  partition: z.string(),
  amount: z.string(),
  done: z.boolean(),
  loose: z.number().optional(),
  order: z.string().optional(),
})

/** What is served: a row need not say when. */
const servedRows = z.array(modelRow.partial({ time: true })).transform((list) => ({
  readable: list.flatMap(({ time, ...row }) => (time === undefined ? [] : [{ ...row, time }])),
  unreadable: list.flatMap((row) => (row.time === undefined ? [{ raw: JSON.stringify(row) }] : [])),
}))

const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const

const listedOrders: z.ZodType<readonly ListedOrder[]> = z.array(
  z.object({ id: z.string(), time: z.number(), changed: z.number(), filled: z.string() }),
)

/** The stream as the documents have it. */
export function listStream(
  { kind, unasked, orders }: Pick<ListExchange, 'kind' | 'unasked' | 'orders'>,
  count = counted,
): ListStream {
  const transfers = kind !== 'fills'
  const stream = transfers ? 'withdrawal' : 'spot-trade'
  const definition: ListStream<z.output<typeof modelRow>> = {
    stream,
    reads: 'list',
    title: 'Model rows',
    mutable: transfers,
    partitions: {
      each: ['symbol', 'symbols'],
      listed: ({ spot }) => [...spot.keys()],
      has: () => true,
      suggestedBy: (hint) => ('symbol' in hint ? [hint.symbol] : []),
      every: 2 * day,
    },
    unit: tick,
    depth,
    // Lists that end somewhere by themselves are those that a document tells of.
    ...(unasked === undefined && { isDepthTaken: true as const }),
    opened: 0,
    settleLag: lag,
    rate,
    paging: kind === 'fills' ? 'none' : kind === 'transfers' ? 'offset' : 'number',
    pageSizes: [4, 10],
    ...(transfers && {
      views: {
        filter: 'status',
        all: ['0', '1'] as const,
        of: (row: Transaction) => (row.status === 'pending' ? '0' : '1'),
      },
    }),
    waysBack: transfers
      ? []
      : [
          { name: 'until', by: 'time' },
          { name: 'from id', by: 'id', idOf: ({ identity }) => identity },
          { name: 'from trade id', by: 'id', idOf: ({ tradeId }) => tradeId },
        ],
    ...(unasked !== undefined && { older: { span } }),
    ...(orders !== undefined && {
      witness: {
        limit: 1_000,
        ask: ({ partition, limit }) => ({
          access: 'private' as const,
          method: 'GET' as const,
          path: 'orders',
          params: { partition, limit },
          rate,
        }),
        orders: listedOrders,
      },
    }),
    partitionOf: (row) => row.account,
    unverified: [],
    ask: ({ partition, filters, limit, skip, page, until, fromId, within }) => ({
      access: 'private',
      method: 'GET',
      path: 'rows',
      params: {
        partition,
        limit,
        ...filters,
        ...(kind === 'transfers' && { offset: skip }),
        ...(kind === 'numbered' && { page }),
        ...(until !== undefined && { until: until / tick }),
        ...(fromId !== undefined && { fromId }),
        ...(within !== undefined && within),
      },
      rate,
    }),
    rows: servedRows,
    normalise: (rows) => {
      const ordinals = count(
        rows.map((row) => ({
          alike: identityOf(row.partition, String(row.time), row.amount),
          raw: JSON.stringify(row),
          id: row.loose?.toString(),
        })),
      )
      return rows.map(
        (row, index): Transaction => ({
          stream,
          time: row.time,
          identity: row.id === undefined ? (ordinals[index] ?? '') : String(row.id),
          tradeId: String(row.trade),
          amount: row.amount,
          ...(row.order !== undefined && { orderId: row.order }),
          account: row.partition,
          ...(transfers && { status: row.done ? 'done' : 'pending' }),
          raw: JSON.stringify(row),
        }),
      )
    },
  }
  return definition
}

export type ListHooks = {
  readonly beforeAnswer: () => Promise<void>
  /** Whether an exchange that answers nothing, without an error, can be caught at it. */
  readonly mayLie: (partition: string) => boolean
  /** Told of every question, with the exchange's time at which it looked at it. */
  readonly onAsked: (partition: string, at: number, request: ExchangeRequest) => void
  readonly Failure: typeof FailureError
  readonly timing: typeof believableTiming
}

const usual = [tick / 100, 0] as const

/** How long an exchange goes on answering nothing once it has begun to. */
const lyingFor = 60 * tick

export function listClient(exchange: ListExchange, hooks: ListHooks): ExchangeClient {
  let requests = 0
  const lying = new Map<string, number>()
  const ours = () => exchange.clock + exchange.ahead
  return {
    ...toldTime(ours),
    requests: () => requests,
    close: async () => undefined,
    ask: async <T>(request: ExchangeRequest, schema: z.ZodType<T>): Promise<ExchangeAnswer<T>> => {
      requests += 1
      await hooks.beforeAnswer()
      const askedAt = ours()
      const turn = exchange.asked
      exchange.asked += 1
      const fault = exchange.faults[turn % Math.max(1, exchange.faults.length)]
      const [there, back] = exchange.latency[turn % Math.max(1, exchange.latency.length)] ?? usual
      exchange.clock += there
      await Promise.resolve()
      const told = Math.floor(exchange.clock / 1_000) * 1_000
      if (fault !== undefined && fault !== 'nothing') throw new hooks.Failure({ kind: fault })
      const partition = String(request.params.partition)
      const gone = exchange.gone[partition]
      if (gone !== undefined && exchange.clock >= gone) throw new hooks.Failure({ kind: 'not-served' })
      hooks.onAsked(partition, exchange.clock, request)
      if (fault === 'nothing' && isFirst(request) && hooks.mayLie(partition))
        lying.set(partition, exchange.clock + lyingFor)
      const isNarrowed =
        exchange.clock >= (exchange.refusesViews ?? Number.POSITIVE_INFINITY) &&
        request.params.status !== undefined
      if (isNarrowed || (exchange.within === 'refused' && widthOf(request) > span))
        throw new hooks.Failure({ kind: 'rejected' })
      const isHidden = (lying.get(partition) ?? 0) > exchange.clock || isHushed(exchange, partition)
      const rows = isHidden ? [] : answer(exchange, request)
      exchange.clock += back
      return { data: schema.parse(rows), ...hooks.timing({ askedAt, answeredAt: ours() }, told) }
    },
  }
}

/** Whether a question is the one that a reading begins with. */
function isFirst({
  params: { offset = 0, page = 1, until, fromId, status, from },
}: ExchangeRequest): boolean {
  return [until, fromId, status, from].every((one) => one === undefined) && offset === 0 && page === 1
}

export function isVisible(exchange: ListExchange, row: ListRow): boolean {
  const isTaken = row.takenAt !== undefined && row.takenAt <= exchange.clock
  return !isTaken && row.time >= exchange.clock - exchange.served && row.time + row.late <= exchange.clock
}

/** Whether nothing is shown of a partition, whatever there is of it. */
function isHushed({ delisted = {}, silent, clock }: ListExchange, partition: string): boolean {
  if (silent !== undefined && clock >= silent.from && clock < silent.to) return true
  return clock >= (delisted[partition] ?? Number.POSITIVE_INFINITY)
}

function answer(exchange: ListExchange, request: ExchangeRequest): readonly object[] {
  return request.path === 'orders'
    ? ordersOf(exchange, String(request.params.partition)).slice(0, exchange.orders)
    : serve(exchange, request)
}

/** The orders of a partition that have been filled so far, the newest first, whether their fills are shown or not. */
export function ordersOf({ rows, clock }: ListExchange, partition: string): readonly FilledOrder[] {
  const orders = new Map<string, ListRow[]>()
  for (const row of rows)
    if (row.order !== undefined && row.partition === partition && row.time <= clock)
      orders.set(row.order, [...(orders.get(row.order) ?? []), row])
  return [...orders]
    .map(([id, fills]) => ({
      id,
      fills,
      time: Math.min(...fills.map(({ time }) => time)),
      changed: Math.max(...fills.map(({ time }) => time)),
      filled: String(fills.reduce((sum, { amount }) => sum + Number(amount), 0)),
    }))
    .sort((a, b) => b.time - a.time)
}

export type FilledOrder = ListedOrder & { readonly changed: number; readonly fills: readonly ListRow[] }

/** How much time a question asks for, of one that names a time. */
export function widthOf({ params: { from, to } }: ExchangeRequest): number {
  return from === undefined ? 0 : Number(to) - Number(from)
}

/** Whether the exchange shows what a question for a time names, in a part that is small enough. */
export function heedsParts({ within = 'heeded', archiveFrom = 0 }: ListExchange): boolean {
  return ['heeded', 'clipped', 'refused', 'narrow'].includes(within) && archiveFrom === 0
}

function isWithin(exchange: ListExchange, { time, id }: ListRow, { params }: ExchangeRequest): boolean {
  const { within = 'heeded', clock, unasked = Number.POSITIVE_INFINITY, archiveFrom = 0 } = exchange
  const [from, to] = [Number(params.from), Number(params.to)]
  if (params.from === undefined || within === 'ignored') return time >= clock - unasked
  if (clock < archiveFrom || within === 'empty' || (within === 'narrow' && to - from > span)) return false
  if (within === 'thinned' && id % 2 === 0) return false
  return time >= (within === 'clipped' ? Math.max(from, to - span) : from) && time < to
}

/** The other id of a row. */
function tradeOf({ id }: Pick<ListRow, 'id'>): number {
  return 5_000 + 3 * id
}

function serve(exchange: ListExchange, request: ExchangeRequest): readonly object[] {
  const { params } = request
  const done = (row: ListRow) => row.doneAt <= exchange.clock
  const status = params.status ?? (exchange.bare === 'initial' ? '0' : undefined)
  const until = params.until === undefined ? undefined : Number(params.until) * tick
  const fromId = params.fromId === undefined ? undefined : Number(params.fromId)
  if (until !== undefined && exchange.until === 'empty') return []
  if (fromId !== undefined && exchange.fromId === 'empty') return []
  const isOldestFirst = fromId !== undefined && !['ignored', 'newest'].includes(exchange.fromId)
  const matching = exchange.rows.filter(
    (row) =>
      (exchange.mixes || row.partition === params.partition) &&
      isVisible(exchange, row) &&
      isWithin(exchange, row, request) &&
      (exchange.kind === 'fills' || status === undefined || (status === '1') === done(row)) &&
      (until === undefined || isUntil(exchange, row, until)) &&
      (fromId === undefined || isFrom(exchange, row, fromId)),
  )
  const touched = (row: ListRow) => (exchange.order === 'updated' && done(row) ? row.doneAt : row.time)
  const sorted = [...matching].sort((a, b) => touched(b) - touched(a) || b.id - a.id)
  if (exchange.order === 'oldest') sorted.reverse()
  if (isOldestFirst) sorted.sort((a, b) => a.id - b.id)
  const size = exchange.heedsLimit ? Math.min(exchange.cap, Number(params.limit)) : exchange.cap
  const offset = Number(params.offset ?? (Number(params.page ?? 1) - 1) * size)
  const rowsBefore = exchange.countsPages && params.offset !== undefined ? offset * size : offset
  const skip = exchange.turnsPages ? Math.max(0, rowsBefore - (exchange.overlaps ? 1 : 0)) : 0
  const page =
    fromId !== undefined && exchange.fromId === 'thinned'
      ? thinned(sorted, size)
      : sorted.slice(skip, skip + size)
  return page.map((row) => ({
    ...(exchange.ownIds && { id: row.id }),
    ...(exchange.overlaps && { loose: row.id }),
    trade: exchange.ownIds ? tradeOf(row) : 0,
    ...(!row.isTimeless && exchange.clock < (row.timelessSince ?? Infinity) && { time: row.time }),
    partition: row.partition,
    amount: row.amount,
    done: exchange.kind === 'fills' || done(row),
    ...(row.order !== undefined && { order: row.order }),
  }))
}

function isUntil(exchange: ListExchange, { time }: ListRow, until: number): boolean {
  if (exchange.until === 'ignored' || exchange.clock < (exchange.archiveFrom ?? 0)) return true
  if (exchange.until === 'shifted') return time < until - 30 * tick
  if (exchange.until === 'exclusive') return time < until
  return time <= until && (exchange.until !== 'clipped' || time > until - 50 * tick)
}

function isFrom(exchange: ListExchange, row: ListRow, fromId: number): boolean {
  if (exchange.fromId === 'ignored') return true
  if (exchange.fromId === 'trade') return tradeOf(row) >= fromId
  if (exchange.fromId === 'skips') return row.id > fromId + 2
  if (exchange.fromId === 'first series' && fromId > 1_000) return false
  return exchange.fromId === 'exclusive' ? row.id > fromId : row.id >= fromId
}

/** So many of the rows, from the first to the last, with others left out between them. */
function thinned(rows: readonly ListRow[], size: number): readonly ListRow[] {
  const step = (rows.length - 1) / Math.max(1, size - 1)
  const picked = new Set(Array.from({ length: size }, (_, index) => Math.round(index * step)))
  return rows.length <= size ? rows : rows.filter((_, index) => picked.has(index))
}
