import { type StreamKind, streamKinds } from '../domain/stream.ts'
import { isId, ownerOf } from './find-connection.ts'
import type { ListedTransaction, ListTransactionsPorts } from './list-transactions.ts'
import { RefusedError } from './refusal.ts'

/** A row's id names where it is stored: connection, stream, time and identity, which may itself hold any sign. */
const idPattern = new RegExp(`^(.+?):(${streamKinds.join('|')}):(\\d{1,13}):(.*)$`, 's')

/** So many rows of one instant are read at once. */
const pageSize = 1_000

/** One row by its id, as lists name it. Another user's is as unknown as one that does not exist. */
export async function readTransaction(
  ports: ListTransactionsPorts,
  user: string,
  id: string,
): Promise<ListedTransaction> {
  // Whether a gateway takes an address apart before or after it reads its escapes is not documented.
  for (const reading of new Set([id, unescaped(id)])) {
    const found = await find(ports, user, reading)
    if (found !== undefined) return found
  }
  throw new RefusedError('not-found', 'There is no transaction with this id.')
}

async function find(
  ports: ListTransactionsPorts,
  user: string,
  id: string,
): Promise<ListedTransaction | undefined> {
  const [, of = '', kind, at, identity = ''] = idPattern.exec(id) ?? []
  const stream = streamKinds.find((one): one is StreamKind => one === kind)
  if (stream === undefined) return undefined
  const connection = isId(of) ? await ports.connections.find(user, of) : undefined
  if (connection === undefined) return undefined
  const time = Number(at)
  const question = { stream, from: time, to: time + 1, limit: pageSize }
  let page = await ports.transactions.page(ownerOf(connection), question)
  for (;;) {
    const transaction = page.items.find((row) => row.identity === identity)
    if (transaction !== undefined) return { connection, transaction }
    if (page.next === undefined) return undefined
    page = await ports.transactions.page(ownerOf(connection), { ...question, after: page.next })
  }
}

function unescaped(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
