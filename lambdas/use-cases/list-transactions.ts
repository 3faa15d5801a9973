import type { Connection } from '../domain/connection.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { findConnection, type Owner, ownerOf } from './find-connection.ts'

export type ListTransactionsPorts = {
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    list(user: string): Promise<readonly Connection[]>
  }
  readonly transactions: {
    /** In time order; rows of one instant in the order of stream and identity. `from <= time < to`. */
    page(owner: Owner, question: PageQuestion): Promise<{ items: readonly Transaction[]; next?: string }>
  }
}

export type PageQuestion = {
  readonly stream?: StreamKind
  readonly from?: number
  readonly to?: number
  readonly limit: number
  readonly after?: string
}

/** The place of one transaction in the order of a user's whole history. */
export type Position = {
  readonly time: number
  readonly connection: string
  readonly stream: StreamKind
  readonly identity: string
}

export type TransactionsQuestion = {
  readonly connection?: string
  readonly stream?: StreamKind
  readonly from?: number
  readonly to?: number
  readonly limit: number
  readonly after?: Position
}

export type ListedTransaction = { readonly connection: Connection; readonly transaction: Transaction }

export type TransactionsPage = {
  readonly items: readonly ListedTransaction[]
  /** Present when there is more: where to go on. */
  readonly next?: Position
}

/**
 * A page of a user's history across connections, in the order of time, connection, stream and identity: total, so
 * that no row is skipped or shown twice between pages, however many share an instant.
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
  for await (const item of mergedHistory(ports, connections, question)) {
    const last = items.at(-1)
    if (items.length === question.limit && last !== undefined) return { items, next: positionOf(last) }
    items.push(item)
  }
  return { items }
}

/** All histories as one, each read only as far as it is asked for. */
export async function* mergedHistory(
  ports: ListTransactionsPorts,
  connections: readonly Connection[],
  question: TransactionsQuestion,
): AsyncGenerator<ListedTransaction> {
  const sources = connections.map((connection) => history(ports, connection, question))
  const heads = await Promise.all(sources.map(async (source) => ({ source, item: await first(source) })))
  for (;;) {
    const next = heads
      .filter(({ item }) => item !== undefined)
      .reduce<(typeof heads)[number] | undefined>(
        (least, head) =>
          least?.item === undefined || (head.item !== undefined && compare(head.item, least.item) < 0)
            ? head
            : least,
        undefined,
      )
    if (next?.item === undefined) return
    yield next.item
    next.item = await first(next.source)
  }
}

async function first<T>(source: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await source.next()
  return done ? undefined : value
}

/** One connection's history, from where the question says. */
async function* history(
  { transactions }: ListTransactionsPorts,
  connection: Connection,
  { stream, from = 0, to, limit, after }: TransactionsQuestion,
): AsyncGenerator<ListedTransaction> {
  let next: string | undefined
  do {
    const page = await transactions.page(ownerOf(connection), {
      stream,
      from: Math.max(from, after?.time ?? 0),
      to,
      limit: limit + 1,
      after: next,
    })
    for (const transaction of page.items) {
      const item = { connection, transaction }
      if (after === undefined || comparePositions(positionOf(item), after) > 0) yield item
    }
    next = page.next
  } while (next !== undefined)
}

function positionOf({ connection, transaction }: ListedTransaction): Position {
  const { time, stream, identity } = transaction
  return { time, connection: connection.id, stream, identity }
}

function compare(a: ListedTransaction, b: ListedTransaction): number {
  return comparePositions(positionOf(a), positionOf(b))
}

function comparePositions(a: Position, b: Position): number {
  return (
    a.time - b.time ||
    compareText(a.connection, b.connection) ||
    compareText(a.stream, b.stream) ||
    compareText(a.identity, b.identity)
  )
}

/** By UTF-8 bytes, as the store's keys are; `<` would compare UTF-16 units. */
function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
