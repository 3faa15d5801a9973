import { compareBytes } from './byte-order.ts'
import type { StreamKind } from './stream.ts'

/** An exact decimal as the exchange wrote it: `"0.00509358"`. Never a JavaScript number. */
export type Amount = string

/** The words of a row that are of few. */
export const sides = ['buy', 'sell'] as const
export const roles = ['taker', 'maker'] as const
export const positions = ['open', 'close'] as const
export const transferStatuses = ['pending', 'done', 'cancelled', 'failed'] as const

/** What a row of a file was worked out from, where no line says it as it is; `export`: our own export had it, as an exchange had served it. */
export const derivations = ['order', 'ledger', 'position', 'export'] as const

export type TransferStatus = (typeof transferStatuses)[number]

/**
 * One row of an account's history, as every exchange's `normalise` makes it. Fields without meaning for a
 * stream are absent. Names are those of the outward contract.
 */
export type Transaction = {
  readonly stream: StreamKind
  /** Epoch milliseconds, UTC. */
  readonly time: number
  /** Together with `time` unique within a connection and stream; made only of what was served and never changes. */
  readonly identity: string
  readonly symbol?: string
  readonly base?: string
  readonly quote?: string
  readonly side?: (typeof sides)[number]
  readonly price?: Amount
  /** Fills: base amount. Transfers: net amount that arrived. Ledger rows: signed amount. */
  readonly amount?: Amount
  readonly quoteAmount?: Amount
  readonly fee?: Amount
  readonly feeCurrency?: string
  readonly role?: (typeof roles)[number]
  readonly orderId?: string
  readonly tradeId?: string
  readonly orderMode?: string
  readonly contracts?: Amount
  /** Base units per contract; absent when the market is unknown, and then `amount` is absent too. */
  readonly contractSize?: Amount
  readonly position?: (typeof positions)[number]
  readonly realizedPnl?: Amount
  readonly account?: string
  readonly currency?: string
  readonly network?: string
  readonly address?: string
  readonly txId?: string
  readonly status?: TransferStatus
  readonly type?: string
  /** The time that the exchange gives it now, where that is not the one with which it was first served: `time` stays. */
  readonly movedTo?: number
  /** What it said before, oldest first. */
  readonly history?: readonly Change[]
  /** Since when the exchange no longer shows it. */
  readonly missingSince?: number
  /** Since when what the exchange says of it cannot be read: what could be read last counts. */
  readonly unreadableSince?: number
  /** What it says of it since, as it was served. */
  readonly unreadableRaw?: string
  /** The row as served, as JSON text: number literals and key order are the exchange's own. */
  readonly raw: string
} & Partial<FromFile>

/** What a row says of itself that no exchange has served, only a file that its owner got there. */
export type FromFile = {
  readonly source: 'file'
  /** It happened within so many milliseconds from `time`; nobody says when. */
  readonly precision: number
  readonly derived?: (typeof derivations)[number]
  /** Rows of another source, of its market and time, may tell the same money: their amounts say neither that they do nor that they do not. */
  readonly mayBeTwice?: true
}

/** The fields that a row tells, apart from its time. */
export const toldFields = [
  'symbol',
  'base',
  'quote',
  'side',
  'price',
  'amount',
  'quoteAmount',
  'fee',
  'feeCurrency',
  'role',
  'orderId',
  'tradeId',
  'orderMode',
  'contracts',
  'contractSize',
  'position',
  'realizedPnl',
  'account',
  'currency',
  'network',
  'address',
  'txId',
  'status',
  'type',
] as const satisfies readonly (keyof Transaction)[]

/** What a row said until an answer said otherwise: only what that answer changed. Times are epoch milliseconds. */
export type Change = Partial<Pick<Transaction, (typeof toldFields)[number]>> & {
  /** When the exchange was asked for what it says since. */
  readonly until: number
  /** The time that the exchange gave it. */
  readonly time?: number
  /** It was not shown from then on. */
  readonly missingSince?: number
}

/** Where in the exchange's time a row is found now. */
export function servedTime({ time, movedTo }: Pick<Transaction, 'time' | 'movedTo'>): number {
  return movedTo ?? time
}

/** Names a row within its connection and stream. */
export function keyOf({ time, identity }: Pick<Transaction, 'time' | 'identity'>): string {
  return `${time}|${identity}`
}

/** Oldest first, or newest first. */
export type Order = 'asc' | 'desc'

/** The place of a row in its stream. */
export type Place = Pick<Transaction, 'time' | 'identity'>

/** The order of one connection's history: time, stream, identity. */
export function compareTransactions(a: Transaction, b: Transaction): number {
  return a.time - b.time || compareBytes(a.stream, b.stream) || compareBytes(a.identity, b.identity)
}

/** UTF-8 bytes of one part of an identity: six of them and an amount fit a store key. */
const longestPart = 128

/** Whether a text can be part of an identity: there is something, it is whole characters, and it fits a store key. */
export function isIdentifier(text: string): boolean {
  // No sign takes more than three bytes, escaped or not: what is so short fits, and is by far the most.
  const fits =
    3 * text.length <= longestPart || new TextEncoder().encode(identityOf(text)).length <= longestPart
  return text !== '' && fits && text.isWellFormed()
}

/**
 * Joins immutable fields to an identity. Injective: the separators of identities and of store keys are escaped.
 */
export function identityOf(...fields: readonly string[]): string {
  return fields
    .map((field) => field.replace(/[%|#]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))
    .join('|')
}

/** A row without an id that can be relied on. */
export type Alike = {
  readonly alike: string
  readonly raw: string
  /** An id that is not always there. */
  readonly id?: string | undefined
}

/**
 * Identities for the rows of one answer that has no ids: rows alike in all of `alike` are told apart by counting them, in an
 * order that does not depend on that of the answer. One that is shown twice with the same id, as where pages overlap, is one row.
 */
export function counted(rows: readonly Alike[]): readonly string[] {
  const order = rows.map((_, index) => index)
  order.sort((a, b) => compareText(rows[a]?.raw ?? '', rows[b]?.raw ?? ''))
  const shared = sharedIds(rows)
  const seen = new Map<string, number>()
  const known = new Map<string, string>()
  const identities: string[] = []
  for (const index of order) {
    const { alike = '', id } = rows[index] ?? {}
    const named = id === undefined || shared.has(id) ? undefined : known.get(id)
    const ordinal = seen.get(alike) ?? 0
    const identity = named ?? `${alike}|${ordinal}`
    if (named === undefined) seen.set(alike, ordinal + 1)
    if (id !== undefined) known.set(id, identity)
    identities[index] = identity
  }
  return identities
}

/** Ids that rows have which are not alike: they name none of them. */
function sharedIds(rows: readonly Alike[]): ReadonlySet<string> {
  const owners = new Map<string, string>()
  const shared = new Set<string>()
  for (const { alike, id } of rows) {
    if (id === undefined) continue
    if ((owners.get(id) ?? alike) !== alike) shared.add(id)
    owners.set(id, alike)
  }
  return shared
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
