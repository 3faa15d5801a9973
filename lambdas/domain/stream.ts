import type { z } from 'zod'
import type { Amount, Transaction } from './transaction.ts'
import type { ServedRows } from './unreadable.ts'
import type { Window } from './window.ts'

/**
 * Kinds that exchanges serve to a key. `forced-order`: what an exchange closed of a position for its owner (a liquidation, automatic deleveraging),
 * where it lists that beside the fills.
 */
const servedKinds = [
  'spot-trade',
  'futures-trade',
  'futures-ledger',
  'withdrawal',
  'deposit',
  'wallet-transfer',
  'forced-order',
] as const

/**
 * Kinds that only statement files tell. No exchange is asked for them, so that none lacks them: `spot-ledger`, what changed in the spot
 * wallet and beside it (earn, airdrops, conversions) as far as no trade and no transfer tells it; `futures-position`, positions that
 * were closed, with what they brought and cost.
 */
const fileKinds = ['spot-ledger', 'futures-position'] as const

export const streamKinds = [...servedKinds, ...fileKinds] as const

/** One kind of history of a connection. */
export type StreamKind = (typeof streamKinds)[number]

/** Whether an exchange may tell another time of a row than it told before: a transfer's, between asked for and done; a forced order's, by another clock. */
export function isDatedAnew(stream: StreamKind): boolean {
  return stream === 'withdrawal' || stream === 'deposit' || stream === 'forced-order'
}

export type RateLimit = {
  /** Streams with the same id draw on the same allowance. */
  readonly id: string
  readonly calls: number
  /** Milliseconds. */
  readonly per: number
  /** Whom the exchange counts together: one key, all keys of an account, or all that calls from our address. */
  readonly scope: 'key' | 'account' | 'address'
}

/** One call of an exchange's API, before signing. */
export type ExchangeRequest = {
  /** Where ccxt's endpoint table has sections above the access: `['spot', 'v1']`. */
  readonly section?: readonly string[]
  readonly access: 'public' | 'private'
  readonly method: 'GET' | 'POST'
  /** As ccxt's endpoint table spells it: no leading slash. */
  readonly path: string
  readonly params: Readonly<Record<string, string | number>>
  /** How this is answered, by the exchange's `families`; without it, as most of the exchange's endpoints are. */
  readonly family?: string
  /** The endpoint's own allowance: each call costs one, and those of one limit stand in one line. */
  readonly rate: RateLimit
  /** Allowances that the endpoint shares with others: each call costs `weight`. */
  readonly pools?: readonly RateLimit[]
  /** What this call costs of each of `pools`; 1 where nothing is said. */
  readonly weight?: number
}

/** Values that narrow a question further than time can: `{ symbol: 'BTC_USDT' }`. */
export type Filters = Readonly<Record<string, string>>

export type Question = {
  /** The ends of the time filter as the exchange wants them: in its unit, the upper one meaning what it means there. */
  readonly start: number
  readonly end: number
  readonly partition: string
  readonly filters: Filters
}

/** One way to divide a smallest window that is still full, by a filter other than time. Tried in the order listed. */
export type Split = {
  readonly filter: string
  /** The filter's value that a row belongs to. */
  readonly of: (transaction: Transaction) => string | undefined
  /** Every value there can be, where the exchange documents them: then the parts add up to the whole. */
  readonly all?: readonly string[]
  /** The catalogue of markets lists the values, as far as the exchange still publishes it. */
  readonly catalogue?: 'spot' | 'futures'
  /** The exchange documents no page cap for this filter. */
  readonly uncapped?: boolean
  /** It is not documented whether a question must name one: where it must, each that is known is asked for. */
  readonly mayBeDemanded?: true
  /** Another endpoint that names values which a full page leaves out. Its list proves nothing. */
  readonly discover?: {
    /** Milliseconds by which each question is wider than the window, on both sides. */
    readonly margins: readonly number[]
    readonly ask: (question: Question) => ExchangeRequest
    readonly values: z.ZodType<readonly string[]>
  }
}

export type Market = {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  /** Futures only: the coin in which profit, fees and funding are paid. */
  readonly settle?: string
  /** Futures only: base units per contract, exact decimal. */
  readonly contractSize?: string
}

export type Markets = {
  readonly spot: ReadonlyMap<string, Market>
  readonly futures: ReadonlyMap<string, Market>
  /** Every coin that was ever listed, where the exchange lists coins and histories are asked for by coin. */
  readonly coins?: readonly string[]
  /** Those symbols and coins that were listed once, and are not any more. */
  readonly gone?: ReadonlySet<string>
}

/** For a start without any catalogue: symbols stay the exchange's own, and futures amounts stay in contracts. */
export const noMarkets: Markets = { spot: new Map(), futures: new Map() }

export type End = 'inclusive' | 'exclusive' | 'unknown'

/** What is known of one kind of history, or of some partitions of it, however it is asked for. */
export type StreamFacts<Row = unknown> = {
  readonly stream: StreamKind
  readonly title: string
  /** Rows can change after they were first served (a transfer's status). */
  readonly mutable: boolean
  /** Unit of times in milliseconds, as far as questions and proofs go: 1 or 1000. */
  readonly unit: number
  /** How far back the exchange is documented to serve, milliseconds. */
  readonly depth: number
  /** Nothing is documented of this history: `depth` is the least that is documented of another one, taken for certain. What is older is never said to be lost. */
  readonly isDepthTaken?: true
  /** How far back others report that it serves, milliseconds: it guides what is asked, and proves nothing. */
  readonly reportedDepth?: number
  /** Epoch milliseconds: nothing can be older. */
  readonly opened: number
  readonly settleLag: number
  readonly rate: RateLimit
  /** What an answer says only for so long, in milliseconds: a sentence's end, such as `fills lose their trade id`. */
  readonly perishable?: { readonly after: number; readonly what: string }
  readonly unverified: readonly Unverified[]
  /** The rows in the answer's `data`; unknown fields pass, and a row with wrong types is unreadable. */
  readonly rows: z.ZodType<ServedRows<Row>>
  /** Pure. Readable `rows` in, transactions out, one for each row. */
  normalise(rows: readonly Row[], context: NormaliseContext): readonly Transaction[]
}

/** Asked for window by window: what an answer proves is a stretch of time. */
export type WindowStream<Row = unknown> = StreamFacts<Row> & {
  readonly reads: 'windows'
  readonly partitions: readonly [string, ...string[]]
  /** Which partition a row says it is of, where it says so; a stream of one partition needs no word. */
  readonly partitionOf?: (transaction: Transaction) => string | undefined
  readonly maxSpan: number
  /**
   * Whether each end of the exchange's own filter is part of the answer. Where nobody knows, a question begins a unit
   * earlier, or ends a unit later, than it would have to under the kindest reading: right under each, and also
   * where the exchange compares in milliseconds what it is asked in seconds. So a question may be one unit wider than `maxSpan`.
   */
  readonly lowerEnd: End
  readonly upperEnd: End
  /** Rows at which an answer may be incomplete. */
  readonly pageCap: number
  readonly lookBack: number
  readonly splits: readonly Split[]
  /**
   * The partition of the same kind whose rows this definition tells too, and worse: without it, some of what only this one still
   * serves would be lost. It is asked for nothing but the time that its better has given up.
   */
  readonly reserveOf?: string
  /** There is no question for a window as such: what lies in it is listed, and asked for one by one. */
  readonly byParts?: ByParts
  /** One request. */
  ask(question: Question): ExchangeRequest
}

/** What a list is asked for. */
export type ListQuestion = {
  readonly partition: string
  readonly filters: Filters
  /** Rows that the page may hold. */
  readonly limit: number
  /** Rows that came with the pages before this one. */
  readonly skip: number
  /** The same for exchanges that count pages, from 1. */
  readonly page: number
  /** Nothing younger than this, epoch milliseconds: where going back by time is tried. */
  readonly until?: number
  /** Nothing before the row of this id: where going back by ids is tried. */
  readonly fromId?: string
  /** Nothing outside this time: where what is older than the list is asked for. */
  readonly within?: Window
}

/** A filter that a list may need to show all its rows: without it, some exchanges show only those of the first value. */
export type Views = {
  readonly filter: string
  /** In the order in which a row goes through them, so that one that moves while they are read is seen at least once. */
  readonly all: readonly [string, ...string[]]
  readonly of: (transaction: Transaction) => string | undefined
}

/** A filter by which an exchange may show what is older than a full page. Whether it obeys shows in each answer. */
export type WayBack = {
  /** What is learnt of it is remembered by this name. */
  readonly name: string
} & (
  | { readonly by: 'time' }
  /** The id that `fromId` may mean: whole numbers that grow with time. */
  | { readonly by: 'id'; readonly idOf: (transaction: Transaction) => string | undefined }
)

/** Partitions that only run time knows: a catalogue lists them, and it grows and loses names. A name once known is kept. */
export type ListedPartitions = {
  /** What each of them is, in one word and in many: `['symbol', 'symbols']`. */
  readonly each: readonly [one: string, many: string]
  /** What the catalogue lists now. */
  readonly listed: (markets: Markets) => readonly string[]
  /** Whether a partition is one of this definition, also where no catalogue lists it any more. */
  readonly has: (partition: string) => boolean
  /** The partitions that a symbol or a coin makes likely: of a balance that changed, of a transfer, or named by the user. */
  readonly suggestedBy: (hint: Hint, markets: Markets) => readonly string[]
  /** Another kind, which is asked for first: a partition that has rows of it has a partition of the same name here that is likely to. */
  readonly alsoOf?: StreamKind
  /** Each is asked for at least once in so many milliseconds. */
  readonly every: number
}

export type Hint = { readonly symbol: string } | { readonly coin: string }

/** An order as the exchange lists it: how much of it was filled, and when it last changed. Epoch milliseconds. */
export type ListedOrder = {
  readonly id: string
  readonly time: number
  /** Undefined where it is not told: it may have been filled a moment ago. */
  readonly changed: number | undefined
  /** In the coin that is traded. */
  readonly filled: Amount
}

/** Another list that tells how much of each order was filled, and not by which fills: what is missing shows in it. */
export type OrderWitness = {
  readonly ask: (question: Pick<ListQuestion, 'partition' | 'limit'>) => ExchangeRequest
  /** Orders that it may list. */
  readonly limit: number
  readonly orders: z.ZodType<readonly ListedOrder[]>
}

/** Asked for as a whole, without any filter of time: what an answer proves is a tail of time, the longer the better. */
export type ListStream<Row = unknown> = StreamFacts<Row> & {
  readonly reads: 'list'
  readonly partitions: readonly [string, ...string[]] | ListedPartitions
  /** The partition that a stored row came from. */
  readonly partitionOf: (transaction: Transaction) => string | undefined
  /** How the rows after the first page are asked for; `none`: they cannot be. */
  readonly paging: 'none' | 'offset' | 'number'
  /** Every number of rows at which, by any source, a page may end; ascending, and the last is asked for. */
  readonly pageSizes: readonly [number, ...number[]]
  readonly views?: Views
  /** Ways to what is older than a full page, in the order in which they are tried. */
  readonly waysBack: readonly WayBack[]
  /**
   * A list that names no time ends `depth` ago, and may be asked for older time, so many milliseconds at once. Nobody says that
   * this is heeded: the rows that come are kept, and prove nothing. `ofLikely`: of partitions alone that have rows, or that something
   * makes likely.
   */
  readonly older?: { readonly span: number; readonly ofLikely?: true }
  /** Asked where more rows are served than there is a way to. */
  readonly witness?: OrderWitness
  /** The answer for a partition may hold rows of another, nobody says. Each row says whose it is, and is one and the same in both. */
  readonly mayShowOthers?: true
  /** A reserve is cut by time, and whatever is asked for in parts is asked for by time: lists are neither. */
  readonly reserveOf?: undefined
  readonly byParts?: undefined
  /** One request. */
  ask(question: ListQuestion): ExchangeRequest
}

/**
 * How one kind of history, or some partitions of it, is asked for. Where an exchange serves a kind through several
 * endpoints, it has a definition for each, and no partition is in two of them.
 */
export type StreamDefinition<Row = unknown> = WindowStream<Row> | ListStream<Row>

/** What nobody could verify about a stream, in a sentence. `probe` names what somebody with a key can settle it by. */
export type Unverified = { readonly says: string; readonly probe?: string }

/**
 * A list of what happened in a window (orders), each of which is asked for by a filter (its fills). What is listed may tell of
 * rows of any later time, and what has no row in the list is never found: so nothing that is asked for like this is covered.
 */
export type ByParts = {
  readonly filter: string
  readonly ask: (question: Question) => ExchangeRequest
  /** The filter's value for each row of the list: as many as there are rows. */
  readonly values: z.ZodType<readonly string[]>
  /** Rows at which the list may be incomplete. */
  readonly pageCap: number
}

/** All definitions of one kind. */
export type KindOf<S> = readonly [S, ...S[]]

/** Each kind of history that these definitions are of, in their order. */
export function kindsOf<S extends { readonly stream: StreamKind }>(
  definitions: readonly S[],
): readonly KindOf<S>[] {
  const kinds = new Map<StreamKind, [S, ...S[]]>()
  for (const definition of definitions) {
    const kind = kinds.get(definition.stream)
    if (kind === undefined) kinds.set(definition.stream, [definition])
    else kind.push(definition)
  }
  return [...kinds.values()]
}

/** How an exchange is asked for one kind of history; of none where it is never asked for it. */
export function definitionsOf(
  { streams }: { readonly streams: readonly StreamDefinition[] },
  kind: StreamKind,
): readonly StreamDefinition[] {
  return streams.filter(({ stream }) => stream === kind)
}

/** The definition that asks for a partition. */
export function definitionOf<S extends Pick<StreamDefinition, 'partitions'>>(
  kind: readonly S[],
  partition: string,
): S | undefined {
  return kind.find(({ partitions }) => hasPartition(partitions, partition))
}

export function hasPartition(partitions: StreamDefinition['partitions'], partition: string): boolean {
  return isListed(partitions) ? partitions.has(partition) : partitions.includes(partition)
}

/** Whether only run time knows these partitions. */
export function isListed(partitions: StreamDefinition['partitions']): partitions is ListedPartitions {
  return 'listed' in partitions
}

/** Whether all rows of a definition are of one partition, whatever they say. */
export function hasOnePartition({ partitions }: Pick<StreamDefinition, 'partitions'>): boolean {
  return !isListed(partitions) && partitions.length === 1
}

/** Which partition a row says it is of, where it says so. */
export function partitionOf(
  kind: readonly Pick<StreamDefinition, 'partitionOf'>[],
  row: Transaction,
): string | undefined {
  for (const definition of kind) {
    const partition = definition.partitionOf?.(row)
    if (partition !== undefined) return partition
  }
  return undefined
}

/** What a list is asked for first: the page that it begins with, as long as it may be. */
export function firstPageOf(
  { pageSizes }: Pick<ListStream, 'pageSizes'>,
  partition: string,
  filters: Filters = {},
): ListQuestion {
  return { partition, filters, limit: pageSizes.at(-1) ?? pageSizes[0], skip: 0, page: 1 }
}

export type NormaliseContext = { readonly partition: string; readonly markets: Markets }

/**
 * The question for one window of whole units, whole under every reading of the ends that nobody knows. It never begins
 * where it ends, which some exchanges refuse.
 */
export function questionOf(
  { unit, lowerEnd, upperEnd }: Pick<WindowStream, 'unit' | 'lowerEnd' | 'upperEnd'>,
  window: Window,
  partition: string,
  filters: Filters,
): Question {
  const start = window.from / unit - (lowerEnd === 'inclusive' ? 0 : 1)
  const end = window.to / unit - (upperEnd === 'inclusive' ? 1 : 0)
  return { start, end: Math.max(end, start + 1), partition, filters }
}
