import { compareBytes } from '../domain/byte-order.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import { mergeSorted } from '../domain/merge-sorted.ts'
import { transactionJson } from '../domain/outward.ts'
import { isFilter, type RowFilter, rowMatcher } from '../domain/row-filter.ts'
import { type StreamKind, streamKinds } from '../domain/stream.ts'
import { compareTransactions, type Order, type Place, type Transaction } from '../domain/transaction.ts'
import { findConnection, ownerOf } from './find-connection.ts'

export type ListTransactionsPorts = {
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    list(user: string): Promise<readonly Connection[]>
  }
  readonly transactions: {
    /**
     * Rows of one stream in the order of time and, within an instant, of the identity's bytes, or in the opposite one: at
     * most `limit`, and fewer where they are large. `next` is there when more may follow.
     */
    page(owner: Owner, question: PageQuestion): Promise<{ items: readonly Transaction[]; next?: Place }>
  }
}

export type PageQuestion = {
  readonly stream: StreamKind
  /** `from <= time < to` */
  readonly from?: number
  readonly to?: number
  readonly order?: Order
  readonly limit: number
  readonly after?: Place
}

/** The place of one transaction in the order of a user's whole history. */
export type Position = Place & { readonly connection: string; readonly stream: StreamKind }

export type TransactionsQuestion = {
  readonly connection?: string
  readonly stream?: StreamKind
  readonly from?: number
  readonly to?: number
  /** Oldest first, unless said otherwise. */
  readonly order?: Order
  readonly limit: number
  readonly after?: Position
  /** Only rows that fit. */
  readonly filter?: RowFilter
}

export type ListedTransaction = { readonly connection: Connection; readonly transaction: Transaction }

export type TransactionsPage = {
  readonly items: readonly ListedTransaction[]
  /** Present when there is more: where to go on. */
  readonly next?: Position
  /** Up to where it was looked for rows that fit, when more may follow that was not looked at. Epoch milliseconds. */
  readonly searchedUntil?: number
}

/**
 * What API Gateway takes from a function is 6 MB, quotes escaped. A page ends before it has more than this, and has
 * one row at least: none is larger than the store's 400 KB.
 */
const mostBytes = 4_000_000

/** Rows of one stream that are read at once where only some of them fit. */
const largestRead = 1_000

/** So many rows are looked at for one page of those that fit: who waits for an answer shall not wait for a whole history. */
const mostLookedAt = 10_000

/**
 * A page of a user's history across connections, in the order of time, connection, stream and identity, or in the
 * opposite one: total, so that no row is skipped or shown twice between pages, however many share an instant. It
 * holds at most `limit` rows, and fewer where they are large, or where few of so many fit.
 */
export async function listTransactions(
  ports: ListTransactionsPorts,
  user: string,
  question: TransactionsQuestion,
): Promise<TransactionsPage> {
  const connections =
    question.connection === undefined
      ? await ports.connections.list(user)
      : [await findConnection(ports, user, question.connection)]
  const items: ListedTransaction[] = []
  const { filter = {}, limit } = question
  const fits = rowMatcher(filter)
  // One row more than asked for tells whether more follow; of those that fit, nobody knows how many rows that takes.
  const readAtOnce = isFilter(filter) ? largestRead : limit + 1
  let bytes = 0
  let lookedAt = 0
  for await (const item of mergedHistory(ports, connections, { ...question, limit: readAtOnce })) {
    lookedAt += 1
    if (!fits(item.transaction)) {
      if (lookedAt < mostLookedAt) continue
      return { items, next: positionOf(item), searchedUntil: item.transaction.time }
    }
    bytes += bytesOf(item)
    const last = items.at(-1)
    if (last !== undefined && (items.length === limit || bytes > mostBytes))
      return { items, next: positionOf(last) }
    items.push(item)
  }
  return { items }
}

/** As it travels: as text within JSON. */
function bytesOf({ connection, transaction }: ListedTransaction): number {
  return Buffer.byteLength(JSON.stringify(transactionJson(connection, transaction)))
}

/** All histories as one, each read only as far as it is asked for, `limit` rows at a time. */
export function mergedHistory(
  ports: ListTransactionsPorts,
  connections: readonly Connection[],
  question: TransactionsQuestion,
): AsyncGenerator<ListedTransaction> {
  const streams = question.stream === undefined ? streamKinds : [question.stream]
  const direction = question.order === 'desc' ? -1 : 1
  return mergeSorted(
    connections.flatMap((connection) =>
      streams.map((stream) => history(ports, connection, stream, question)),
    ),
    (a, b) => direction * compare(a, b),
  )
}

/** One stream of one connection, from where the question says. */
async function* history(
  { transactions }: ListTransactionsPorts,
  connection: Connection,
  stream: StreamKind,
  question: TransactionsQuestion,
): AsyncGenerator<ListedTransaction> {
  const { order, limit } = question
  const { from, to, after: start } = rest(question, connection.id, stream)
  let after = start
  do {
    const page = await transactions.page(ownerOf(connection), { stream, from, to, order, limit, after })
    for (const transaction of page.items) yield { connection, transaction }
    after = page.next
  } while (after !== undefined)
}

/** What is left of one stream behind a position: of the position's own instant what comes later in the whole order. */
function rest(
  { from, to, order, after }: TransactionsQuestion,
  connection: string,
  stream: StreamKind,
): Pick<PageQuestion, 'from' | 'to' | 'after'> {
  if (after === undefined) return { from, to }
  const side = compareBytes(connection, after.connection) || compareBytes(stream, after.stream)
  if (side === 0) return { from, to, after: { time: after.time, identity: after.identity } }
  if (order === 'desc')
    return { from, to: Math.min(to ?? Number.POSITIVE_INFINITY, after.time + (side < 0 ? 1 : 0)) }
  return { from: Math.max(from ?? 0, after.time + (side > 0 ? 0 : 1)), to }
}

/** Where it stands in the whole order. */
export function positionOf({ connection, transaction }: ListedTransaction): Position {
  const { time, stream, identity } = transaction
  return { time, connection: connection.id, stream, identity }
}

/** Byte by byte, as the store orders its keys. */
function compare(a: ListedTransaction, b: ListedTransaction): number {
  return (
    a.transaction.time - b.transaction.time ||
    compareBytes(a.connection.id, b.connection.id) ||
    compareTransactions(a.transaction, b.transaction)
  )
}
