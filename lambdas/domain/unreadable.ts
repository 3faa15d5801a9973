import type { StreamKind } from './stream.ts'
import { identityOf, type Transaction } from './transaction.ts'

/** A row that is not what the exchange documents, as it was served. `time` where at least that can be read. */
export type UnreadableRow = { readonly raw: string; readonly time?: number }

/** The rows of one answer. One that cannot be read costs none of the others. */
export type ServedRows<Row> = {
  readonly readable: readonly Row[]
  readonly unreadable: readonly UnreadableRow[]
}

const unreadableType = 'unreadable'

/** What is kept of such a row: that it was served, when as far as anybody can tell, and its text. */
export function unreadableTransaction(
  stream: StreamKind,
  { raw, time }: UnreadableRow & { readonly time: number },
  account: string | undefined,
): Transaction {
  return {
    stream,
    time,
    identity: identityOf(unreadableType, hashOf(raw)),
    ...(account !== undefined && { account }),
    type: unreadableType,
    raw,
  }
}

export function isUnreadable({ type, identity }: Transaction): boolean {
  return type === unreadableType && identity.startsWith(identityOf(unreadableType, ''))
}

/** Whether a row carries every id that this row, which could not be read, was served with: then it is the same, readable. */
export function isSameRow({ raw }: Transaction, { tradeId, orderId, identity }: Transaction): boolean {
  const ids =
    tradeId === undefined ? identity.split('|') : [tradeId, ...(orderId === undefined ? [] : [orderId])]
  const values = new Set(raw.match(/"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*/g))
  return ids.every((id) => values.has(id) || values.has(JSON.stringify(id)))
}

/** 64 bits of a text: FNV-1a over its code units, forwards and backwards. */
function hashOf(text: string): string {
  let [forwards, backwards] = [0x811c9dc5, 0x811c9dc5]
  for (let index = 0; index < text.length; index += 1) {
    forwards = Math.imul(forwards ^ text.charCodeAt(index), 0x01000193)
    backwards = Math.imul(backwards ^ text.charCodeAt(text.length - 1 - index), 0x01000193)
  }
  return [forwards, backwards].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
