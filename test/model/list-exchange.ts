import { z } from 'zod'
import type { believableTiming, ExchangeAnswer, ExchangeClient } from '../../lambdas/domain/client.ts'
import type { FailureError, FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest, ListStream } from '../../lambdas/domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { tick } from './model-exchange.ts'
import { toldTime } from './told-time.ts'

export const start = 10_000 * tick
export const lag = 20 * tick
export const depth = 4_000 * tick

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
  /** Rows of every partition are shown, whichever is asked for. */
  readonly mixes?: boolean
  readonly ownIds: boolean
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
})

/** What is served: a row need not say when. */
const servedRows = z.array(modelRow.partial({ time: true })).transform((list) => ({
  readable: list.flatMap(({ time, ...row }) => (time === undefined ? [] : [{ ...row, time }])),
  unreadable: list.flatMap((row) => (row.time === undefined ? [{ raw: JSON.stringify(row) }] : [])),
}))

const rate = { id: 'model', calls: 1, per: 1, scope: 'key' } as const

/** The stream as the documents have it. */
export function listStream({ kind }: Pick<ListExchange, 'kind'>): ListStream {
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
    partitionOf: (row) => row.account,
    unverified: [],
    ask: ({ partition, filters, limit, skip, page, until, fromId }) => ({
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
      },
      rate,
    }),
    rows: servedRows,
    normalise: (rows) => {
      const ordinals = counted(
        rows.map((row) => ({
          alike: identityOf(row.partition, String(row.time), row.amount),
          raw: JSON.stringify(row),
        })),
      )
      return rows.map(
        (row, index): Transaction => ({
          stream,
          time: row.time,
          identity: row.id === undefined ? (ordinals[index] ?? '') : String(row.id),
          tradeId: String(row.trade),
          amount: row.amount,
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
  readonly onAsked: (partition: string, at: number) => void
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
      hooks.onAsked(partition, exchange.clock)
      if (fault === 'nothing' && isFirst(request) && hooks.mayLie(partition))
        lying.set(partition, exchange.clock + lyingFor)
      const rows = (lying.get(partition) ?? 0) > exchange.clock ? [] : serve(exchange, request)
      exchange.clock += back
      return { data: schema.parse(rows), ...hooks.timing({ askedAt, answeredAt: ours() }, told) }
    },
  }
}

/** Whether a question is the one that a reading begins with. */
function isFirst({ params: { offset = 0, page = 1, until, fromId, status } }: ExchangeRequest): boolean {
  return [until, fromId, status].every((one) => one === undefined) && offset === 0 && page === 1
}

export function isVisible(exchange: ListExchange, row: ListRow): boolean {
  const isTaken = row.takenAt !== undefined && row.takenAt <= exchange.clock
  return !isTaken && row.time >= exchange.clock - exchange.served && row.time + row.late <= exchange.clock
}

/** The other id of a row. */
function tradeOf({ id }: Pick<ListRow, 'id'>): number {
  return 5_000 + 3 * id
}

function serve(exchange: ListExchange, { params }: ExchangeRequest): readonly object[] {
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
      (exchange.kind === 'fills' || status === undefined || (status === '1') === done(row)) &&
      (until === undefined || isUntil(exchange, row, until)) &&
      (fromId === undefined || isFrom(exchange, row, fromId)),
  )
  const touched = (row: ListRow) => (exchange.order === 'updated' && done(row) ? row.doneAt : row.time)
  const sorted = [...matching].sort((a, b) => touched(b) - touched(a) || b.id - a.id)
  if (exchange.order === 'oldest') sorted.reverse()
  if (isOldestFirst) sorted.sort((a, b) => a.id - b.id)
  const size = exchange.heedsLimit ? Math.min(exchange.cap, Number(params.limit)) : exchange.cap
  const skip = exchange.turnsPages ? Number(params.offset ?? (Number(params.page ?? 1) - 1) * size) : 0
  const page =
    fromId !== undefined && exchange.fromId === 'thinned'
      ? thinned(sorted, size)
      : sorted.slice(skip, skip + size)
  return page.map((row) => ({
    ...(exchange.ownIds && { id: row.id }),
    trade: exchange.ownIds ? tradeOf(row) : 0,
    ...(!row.isTimeless && { time: row.time }),
    partition: row.partition,
    amount: row.amount,
    done: exchange.kind === 'fills' || done(row),
  }))
}

function isUntil(exchange: ListExchange, { time }: ListRow, until: number): boolean {
  if (exchange.until === 'ignored') return true
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
