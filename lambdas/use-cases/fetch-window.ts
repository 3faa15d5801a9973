import type { ExchangeClient } from '../domain/client.ts'
import { FailureError } from '../domain/failure.ts'
import {
  type Filters,
  type Markets,
  questionOf,
  type Split,
  type StreamDefinition,
} from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { divide, type Window, width } from '../domain/window.ts'

/** What one partition of a stream needs to ask. */
export type FetchPorts = {
  readonly client: ExchangeClient
  readonly markets: Markets
  readonly signal?: AbortSignal
  /** Rows already stored for these instants: they name orders and symbols that a full page may leave out. */
  stored(window: Window): Promise<readonly Transaction[]>
}

type Timing = { readonly askedAt: number; readonly answeredAt: number }

export type Fetched = Timing & { readonly transactions: readonly Transaction[]; readonly served: number } & (
    | { readonly outcome: 'complete'; readonly proven: boolean }
    /** The page was full: ask for each of these instead. */
    | { readonly outcome: 'full'; readonly pieces: readonly Window[] }
    /** The smallest window stayed full however it was divided. */
    | { readonly outcome: 'saturated' }
  )

/** More pieces at once would waste questions on an account that trades in bursts. */
const mostPieces = 32

/** A piece is meant to hold this share of a page, so that an uneven account rarely fills it. */
const pieceFill = 0.65

/** Asks for one window of one partition, once; a smallest window that is full is divided by other means at once. */
export async function fetchWindow(
  ports: FetchPorts,
  definition: StreamDefinition,
  partition: string,
  window: Window,
): Promise<Fetched> {
  const page = await askPage(ports, definition, partition, window, {})
  if (page.served < definition.pageCap) return { ...page, outcome: 'complete', proven: true }
  if (!page.transactions.some(({ time }) => time >= window.from && time <= window.to)) {
    // The exchange ignores the time filter: dividing the window would never end.
    throw new FailureError({ kind: 'bad-payload' })
  }
  if (width(window) > definition.unit) {
    return {
      ...page,
      outcome: 'full',
      pieces: divide(window, piecesFor(page.transactions, definition, window), definition.unit),
    }
  }
  const parts = await collectParts(ports, definition, partition, window, {}, definition.splits, page)
  return {
    askedAt: page.askedAt,
    answeredAt: parts.answeredAt,
    transactions: parts.transactions,
    served: parts.served,
    ...(parts.saturated ? { outcome: 'saturated' } : { outcome: 'complete', proven: parts.proven }),
  }
}

type Page = Timing & { readonly transactions: readonly Transaction[]; readonly served: number }

async function askPage(
  { client, markets, signal }: FetchPorts,
  definition: StreamDefinition,
  partition: string,
  window: Window,
  filters: Filters,
): Promise<Page> {
  const question = questionOf(definition, window, partition, filters)
  const { data, askedAt, answeredAt } = await client.ask(definition.ask(question), definition.rows, {
    signal,
  })
  return {
    askedAt,
    answeredAt,
    served: data.length,
    transactions: definition.normalise(data, { partition, markets }),
  }
}

/** How many pieces a full window should be asked in, guessed from how dense the page that came is. */
function piecesFor(page: readonly Transaction[], { pageCap }: StreamDefinition, window: Window): number {
  const times = page.map((transaction) => transaction.time)
  const span = Math.max(1, Math.max(...times) - Math.min(...times))
  const rows = (page.length * width(window)) / Math.min(span, width(window))
  return Math.max(2, Math.min(mostPieces, Math.ceil(rows / (pageCap * pieceFill))))
}

type Parts = {
  readonly transactions: readonly Transaction[]
  readonly served: number
  readonly answeredAt: number
  /** The parts add up to the whole. */
  readonly proven: boolean
  /** Nothing more could be obtained than a full page holds. */
  readonly saturated: boolean
}

/**
 * Divides a full smallest window by the first of `splits`, and what is full again by the rest. The parts prove the
 * whole only if their values are all there are, and if every row of the full page turns up in one of them.
 */
async function collectParts(
  ports: FetchPorts,
  definition: StreamDefinition,
  partition: string,
  window: Window,
  filters: Filters,
  [split, ...rest]: readonly Split[],
  whole: Page,
): Promise<Parts> {
  if (split === undefined) {
    return { ...whole, proven: false, saturated: true }
  }
  const values = await valuesOf(split, ports, definition, window, filters, whole.transactions)
  const found = new Map(whole.transactions.map((transaction) => [transaction.identity, transaction]))
  const missing = new Set(found.keys())
  let { served, answeredAt } = whole
  let proven =
    split.all !== undefined || (split.catalogue !== undefined && ports.markets[split.catalogue].size > 0)
  let saturated = false
  for (const value of values) {
    const narrowed = { ...filters, [split.filter]: value }
    const page = await askPage(ports, definition, partition, window, narrowed)
    // Without a documented cap, only a page of exactly that size is suspicious.
    const full = split.uncapped ? page.served === definition.pageCap : page.served >= definition.pageCap
    const parts = full
      ? await collectParts(ports, definition, partition, window, narrowed, split.uncapped ? [] : rest, page)
      : { ...page, proven: true, saturated: false }
    for (const transaction of parts.transactions) {
      found.set(transaction.identity, transaction)
      missing.delete(transaction.identity)
    }
    served += parts.served
    answeredAt = parts.answeredAt
    proven &&= parts.proven
    saturated ||= parts.saturated
  }
  // The last means that brings nothing beyond the full page was no means.
  if (split.uncapped && found.size <= whole.transactions.length) saturated = true
  return {
    transactions: [...found.values()],
    served,
    answeredAt,
    proven: proven && missing.size === 0,
    saturated,
  }
}

/** The values to ask for: all there can be, or those that rows, the store and the catalogue know. */
async function valuesOf(
  split: Split,
  ports: FetchPorts,
  definition: StreamDefinition,
  window: Window,
  filters: Filters,
  page: readonly Transaction[],
): Promise<readonly string[]> {
  if (split.all !== undefined) return split.all
  const applied = definition.splits.filter((earlier) => filters[earlier.filter] !== undefined)
  const known = (await ports.stored(window)).filter((transaction) =>
    applied.every((earlier) => earlier.of(transaction) === filters[earlier.filter]),
  )
  const listed = split.catalogue === undefined ? [] : ports.markets[split.catalogue].keys()
  const values = new Set([...[...page, ...known].map(split.of), ...listed])
  return [...values].filter((value) => value !== undefined && value !== '').sort()
}
