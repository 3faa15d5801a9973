import { farApart } from './same-row.ts'
import type { StreamKind } from './stream.ts'
import { identityOf, isIdentifier, keyOf, servedTime, type Transaction } from './transaction.ts'

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
export function isSameRow(unread: Transaction, row: Transaction): boolean {
  return rowsNamedIn(unread, [row]).length > 0
}

/**
 * Whether a row that is new where this one was, and not shown there before, may be what became of it: no id that both tell says
 * otherwise, and it is in its place or says all that this one said.
 */
export function mayBecome(unread: Transaction, row: Transaction, near: number): boolean {
  const [before, now] = [fieldsOf(unread), fieldsOf(row)]
  const said = [...before].filter(([, value]) => !['null', '""'].includes(value))
  const keeps = ([name, value]: readonly [string, string]) => now.get(name) === value
  if (said.some((one) => isId(one) && now.has(one[0]) && !keeps(one))) return false
  return Math.abs(unread.time - row.time) <= near || (said.length > 0 && said.every(keeps))
}

/** What could be no identifier of a row tells nothing of which row it is. */
function isId([name, value]: readonly [string, string]): boolean {
  return /(^|[a-z_])(i|I)[dD]$|^ID$/.test(name) && isIdentifier(String(JSON.parse(value)))
}

/** Names and values as they were served: ids may be longer than a number can be. */
function fieldsOf({ raw }: Transaction): ReadonlyMap<string, string> {
  const found = raw.matchAll(/"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,{}[\]]+)/g)
  return new Map([...found].map(([, name = '', value = '']) => [name, value]))
}

/** Those of these rows whose every id stands in a row that cannot be read. */
export function rowsNamedIn({ raw }: Transaction, rows: readonly Transaction[]): readonly Transaction[] {
  const values = new Set(raw.match(/"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*/g))
  const isNamed = (id: string) => values.has(id) || values.has(JSON.stringify(id))
  return rows.filter((row) => !isUnreadable(row) && idsOf(row).every(isNamed))
}

/** Its own ids; of a transfer without one, its transaction and where that went to; else all that tells it from others. */
function idsOf({ tradeId, orderId, txId, address, identity }: Transaction): readonly string[] {
  if (tradeId !== undefined) return orderId === undefined ? [tradeId] : [tradeId, orderId]
  const parts = identity.split('|')
  if (parts.length === 1 || !txId) return parts
  return address ? [txId, address] : [txId]
}

/**
 * Which of the stored rows a served row is that cannot be read; undefined where none has its ids, or more than one. `taken` names
 * those that the same answer shows otherwise.
 */
export function knownRow(
  stored: readonly Transaction[],
  served: Transaction,
  taken: ReadonlySet<string>,
): Transaction | undefined {
  const near = stored.filter((row) => !taken.has(keyOf(row)) && areNear(row, served))
  const [found, ...others] = rowsNamedIn(served, near)
  return others.length === 0 ? found : undefined
}

/**
 * Which of these stored rows, all of them recognised already in what cannot be read, is served in one more state that nobody can
 * read: parts of an answer are given one after the other. Only ids of its own tell; one transaction may pay several transfers.
 */
export function rowInAnotherState(
  recognised: Iterable<Transaction>,
  served: Transaction,
): Transaction | undefined {
  return knownRow([...recognised].filter(hasOwnId), served, new Set())
}

function hasOwnId({ tradeId, identity }: Transaction): boolean {
  return tradeId !== undefined || !identity.includes('|')
}

/**
 * Which of the stored rows each of these is, by identity, where nothing but its ids tells. `shown` are those of its answer that can
 * be read: it is none of them.
 */
export function rowsRecognised(
  unread: readonly Transaction[],
  stored: readonly Transaction[],
  shown: readonly Transaction[],
): ReadonlyMap<string, Transaction> {
  const taken = new Set(shown.map(keyOf))
  const found = new Map<string, Transaction>()
  for (const row of unread) {
    if (found.has(row.identity)) continue
    const left = stored.filter((one) => !taken.has(keyOf(one)))
    const [known, ...others] = rowsNamedIn(row, left)
    if (known === undefined || others.length > 0) continue
    found.set(row.identity, known)
    taken.add(keyOf(known))
  }
  return found
}

/** A fill keeps its time; a transfer may be dated anew until it is done. */
function areNear(row: Transaction, served: Transaction): boolean {
  const apart = Math.min(Math.abs(row.time - served.time), Math.abs(servedTime(row) - served.time))
  return apart <= (row.status === undefined ? 0 : farApart)
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
