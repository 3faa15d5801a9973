import type { Owner } from '../domain/connection.ts'
import { lastTime, longestKey } from '../domain/key-limits.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { tableSchema } from './table-schema.ts'

const PK = tableSchema.partitionKey.name
const SK = tableSchema.sortKey.name

/** What of a transaction its key is made of. */
type RowName = Pick<Transaction, 'stream' | 'time' | 'identity'>

export type Key = { readonly [PK]: string; readonly [SK]: string }

/** Sort keys of one partition, both ends included. */
export type KeyRange = { readonly [PK]: string; readonly first: string; readonly last: string }

// Keys. A part that another part follows is escaped, so that no two owners or rows share a key.

export function connectionKey(user: string, id: string): Key {
  return key(userPartition(user), `CONNECTION#${id}`)
}

export function connectionKeys(user: string): KeyRange {
  return startingWith(userPartition(user), 'CONNECTION')
}

export function guardKey(user: string, exchange: string, keyHash: string): Key {
  return key(userPartition(user), `KEY#${escapePart(exchange)}#${keyHash}`)
}

export function guardKeys(user: string): KeyRange {
  return startingWith(userPartition(user), 'KEY')
}

export function transactionKey(owner: Owner, { stream, time, identity }: RowName): Key {
  checkTime(stream, time)
  return key(ownerPartition(owner), transactionSort({ stream, time, identity }))
}

export function transactionSort({ stream, time, identity }: RowName): string {
  return `TX#${stream}#${digits(time)}#${identity}`
}

/** Every transaction of one stream with `from <= time < to`. Without ends: all. */
export function transactionKeys(
  owner: Owner,
  stream: StreamKind,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): KeyRange {
  // No key is exactly an end: in a key, more follows the time. `$` is the character after `#`.
  const end = (time: number) =>
    time > lastTime ? `TX#${stream}$` : `TX#${stream}#${digits(Math.ceil(Math.max(0, time)))}`
  return { [PK]: ownerPartition(owner), first: end(from), last: end(to) }
}

/** Everything of a user that is not part of a history. */
export function everyKeyOfUser(user: string): KeyRange {
  return { [PK]: userPartition(user), ...everySort }
}

/** Everything of a history. */
export function everyKeyOfOwner(owner: Owner): KeyRange {
  return { [PK]: ownerPartition(owner), ...everySort }
}

const everySort = { first: ' ', last: '\uffff' }

/** Every transaction, of all streams. */
export function allTransactionKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'TX')
}

/** That a row of this identity may be stored at this time: it says where to look for a row whose time is not known. */
export function placeKey(owner: Owner, { stream, time, identity }: RowName): Key {
  checkTime(stream, time)
  return key(ownerPartition(owner), `ID#${stream}#${identity}#${digits(time)}`)
}

/** The places of one identity; and of those that go on where it ends, if it holds a `#`: see `timeOfPlace`. */
export function placeKeys(owner: Owner, stream: StreamKind, identity: string): KeyRange {
  const start = `ID#${stream}#${identity}`
  return { [PK]: ownerPartition(owner), first: `${start}#${digits(0)}`, last: `${start}#${digits(lastTime)}` }
}

/** Undefined for the place of another identity. */
export function timeOfPlace(sort: string, stream: StreamKind, identity: string): number | undefined {
  const time = sort.slice(`ID#${stream}#${identity}#`.length)
  return /^\d{13}$/.test(time) ? Number(time) : undefined
}

export function allPlaceKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'ID')
}

export function coverageKey(owner: Owner, stream: StreamKind, partition: string): Key {
  return key(ownerPartition(owner), `COVERAGE#${stream}#${partition}`)
}

/** Where coverage that outgrows an item continues. */
export function coveragePartKey(
  owner: Owner,
  stream: StreamKind,
  partition: string,
  version: string,
  number: number,
): Key {
  const part = `${version}#${String(number).padStart(4, '0')}`
  return key(ownerPartition(owner), `PART#${stream}#${escapePart(partition)}#${part}`)
}

/** The parts of every version from `first` up to, and without, `end`. */
export function coveragePartKeys(
  owner: Owner,
  stream: StreamKind,
  partition: string,
  first: string,
  end: string,
): KeyRange {
  const start = `PART#${stream}#${escapePart(partition)}#`
  return { [PK]: ownerPartition(owner), first: `${start}${first}`, last: `${start}${end}` }
}

export function allCoverageParts(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'PART')
}

export function coverageKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'COVERAGE')
}

/** What an account held when it was last looked at. */
export function holdingsKey(owner: Owner): Key {
  return key(ownerPartition(owner), 'HOLDINGS')
}

export function sumsKey(owner: Owner, stream: StreamKind): Key {
  return key(ownerPartition(owner), `SUMS#${stream}`)
}

/** Beside its sums: both are read at once. */
export function foundDamageKey(owner: Owner, stream: StreamKind): Key {
  return key(ownerPartition(owner), `SUMS#${stream}#DAMAGE`)
}

export function sumsKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'SUMS')
}

/** A file that its owner gave to a connection. */
export function statementFileKey(owner: Owner, id: string): Key {
  return key(ownerPartition(owner), `FILE#${id}`)
}

export function statementFileKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'FILE')
}

/** What the merge of all of them came to. */
export function fileHistoryKey(owner: Owner): Key {
  return key(ownerPartition(owner), 'FILEHISTORY')
}

/** What the columns below a header mean, as a user said. */
export function layoutKey(user: string, signature: string): Key {
  return key(userPartition(user), `LAYOUT#${signature}`)
}

/** Whatever else is left of an item that was read, it lay here. */
export function foundKey(owner: Owner, sort: string): Key {
  return { [PK]: ownerPartition(owner), [SK]: sort }
}

/** Where an item is kept that cannot be read. Two that begin alike for so long may meet: the later one stays. */
export function asideKey(owner: Owner, sort: string): Key {
  return key(ownerPartition(owner), `ASIDE#${sort.slice(0, 250)}`)
}

export function asideKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'ASIDE')
}

export function leaseKey(owner: Owner): Key {
  return key(ownerPartition(owner), 'LEASE')
}

export function runKey(owner: Owner, id: string): Key {
  return key(ownerPartition(owner), `RUN#${id}`)
}

export function runKeys(owner: Owner): KeyRange {
  return startingWith(ownerPartition(owner), 'RUN')
}

export function exportKey(user: string, id: string): Key {
  return key(userPartition(user), `EXPORT#${id}`)
}

export function exportKeys(user: string): KeyRange {
  return startingWith(userPartition(user), 'EXPORT')
}

/** What was begun and must be finished or undone; there are few at any time. */
export function intentKey(id: string): Key {
  return key('INTENT', `INTENT#${id}`)
}

export function intentKeys(): KeyRange {
  return startingWith('INTENT', 'INTENT')
}

/** Of all our addresses, or of those of one cell. */
export function coolDownKey(exchange: string, cell?: number): Key {
  return key(`EXCHANGE#${exchange}`, cell === undefined ? 'COOLDOWN' : `COOLDOWN#${cell}`)
}

/** Of an exchange and one of its allowances, as the client names them together; each cell has its own. */
export function allowanceKey(id: string, cell?: number): Key {
  return key(`ALLOWANCE#${id}${cell === undefined ? '' : `#${cell}`}`, 'SPENT')
}

/** Which cell a user belongs to at an exchange. */
export function userCellKey(user: string, exchange: string): Key {
  return key(userPartition(user), `CELL#${exchange}`)
}

/** How much a cell carries at an exchange. */
export function cellLoadKey(exchange: string, cell: number): Key {
  return key(`EXCHANGE#${exchange}`, `CELL#${String(cell).padStart(3, '0')}`)
}

export function cellLoadKeys(exchange: string): KeyRange {
  return startingWith(`EXCHANGE#${exchange}`, 'CELL')
}

export function marketsKey(exchange: string, part: number): Key {
  return key(`EXCHANGE#${exchange}`, `MARKETS#${String(part).padStart(3, '0')}`)
}

export function marketsKeys(exchange: string): KeyRange {
  return startingWith(`EXCHANGE#${exchange}`, 'MARKETS')
}

function checkTime(stream: StreamKind, time: number): void {
  if (!Number.isSafeInteger(time) || time < 0 || time > lastTime)
    throw new Error(`A transaction of ${stream} has the time ${time}, which is no time in milliseconds.`)
}

function digits(time: number): string {
  return String(time).padStart(13, '0')
}

function userPartition(user: string): string {
  return `USER#${escapePart(user)}`
}

function ownerPartition({ user, connection }: Owner): string {
  return `USER#${escapePart(user)}#CONNECTION#${connection}`
}

function escapePart(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('#', '%23')
}

/** `$` is the character after `#`. */
function startingWith(partition: string, kind: string): KeyRange {
  return { [PK]: partition, first: `${kind}#`, last: `${kind}$` }
}

const longestOf = { [PK]: 2048, [SK]: longestKey }

function key(partition: string, sort: string): Key {
  for (const [name, value] of [[PK, partition] as const, [SK, sort] as const]) {
    // Half a surrogate pair would be stored as a replacement character, and two rows could meet.
    if (!value.isWellFormed()) throw new Error(`A key is not valid Unicode: ${JSON.stringify(value)}.`)
    const bytes = Buffer.byteLength(value)
    if (bytes > longestOf[name])
      throw new Error(
        `A key is ${bytes} bytes long, the store takes ${longestOf[name]}: it begins with ${JSON.stringify(value.slice(0, 80))}.`,
      )
  }
  return { [PK]: partition, [SK]: sort }
}
