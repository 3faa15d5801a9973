import { createHash } from 'node:crypto'
import { compareBytes } from '../domain/byte-order.ts'
import { isDatedAnew } from '../domain/stream.ts'
import { identityOf } from '../domain/transaction.ts'
import { openMeetings } from './meeting-files.ts'
import { ownPast } from './own-row.ts'
import {
  type Grain,
  type Granularity,
  numberFields,
  type Reading,
  type StatementRow,
  textFields,
} from './row.ts'

/** Where a row of a file stands: which of the readings, counted from 0, and which line. */
export type Place = { readonly reading: number; readonly line: number }

export type Telling = { readonly reading: number; readonly rows: readonly StatementRow[] }

/** Rows that say the same in every reading of one grain: they stand for `count` events, however many files tell them. */
export type Group = {
  /** What they say, letter by letter. */
  readonly key: string
  readonly row: StatementRow
  readonly count: number
  /** One row for each event, as the reading has them that tells the most, or as several do that meet there. */
  readonly events: readonly StatementRow[]
  /** Each reading that has some, with its rows. */
  readonly tellings: readonly Telling[]
}

/** All that readings of one grain and one clock tell, each event once. */
export type Layer = {
  readonly name: string
  readonly grain: Grain
  /** Its rows are changes of the spot wallet, or of one beside it, which repeat what every other history tells. */
  readonly isOfWallet: boolean
  /** Its rows are those of an export of ours, which are as they were told first. */
  readonly isOwn: boolean
  readonly groups: readonly Group[]
}

/** Fills and transfers are events as they were; the rest tells of several at once, or of what they changed. */
const fineness: Readonly<Record<Granularity | 'wallet', number>> = {
  fill: 0,
  transfer: 0,
  order: 1,
  ledger: 2,
  wallet: 3,
  position: 4,
}

/** Fields that may change from one download to the next, or tell of what is around a row. */
const passing: ReadonlySet<string> = new Set(['status', 'balance'])

/** Readings by their grain, the finest first. Rows told twice by two files are one event, told twice by one file two. */
export function layersOf(readings: readonly Reading[]): readonly Layer[] {
  const grains = new Map<string, { readonly first: Reading; readonly indices: number[] }>()
  readings.forEach((reading, index) => {
    const name = layerName(reading)
    const known = grains.get(name)
    if (known === undefined) grains.set(name, { first: reading, indices: [index] })
    else known.indices.push(index)
  })
  return [...grains]
    .map(([name, { first, indices }]) => ({
      name,
      grain: first.grain,
      isOfWallet: isOfWallet(first),
      isOwn: first.exportOf !== undefined,
      groups: groupsOf(readings, indices),
    }))
    .sort((a, b) => compareFineness(a, b) || compareBytes(a.name, b.name))
}

/** A clock that shows an hour twice says less than one that does not: what they tell is matched, not compared letter by letter. */
function layerName(reading: Reading): string {
  const { grain, clock } = reading
  const { granularity, unit, fields, decimals } = grain
  const cuts = numberFields.map((field) => decimals[field] ?? '')
  const what = isOfWallet(reading) ? 'wallet' : granularity
  return identityOf(what, String(unit), fields.join(' '), cuts.join(' '), clock)
}

/** Whether a reading is of the ledger of the spot wallet: all rows of a ledger are of one kind, those of a tool's template are not. */
function isOfWallet({ rows, grain }: Reading): boolean {
  return grain.granularity === 'ledger' && rows[0]?.stream === 'spot-ledger'
}

type Fine = Pick<Layer, 'grain' | 'isOfWallet' | 'isOwn'>

/** Of two that are as fine, whichever tells more comes first: what is told again gives way. */
function compareFineness(one: Fine, other: Fine): number {
  const rank = ({ grain, isOfWallet }: Fine) => fineness[isOfWallet ? 'wallet' : grain.granularity]
  const [a, b] = [one.grain, other.grain]
  return (
    rank(one) - rank(other) ||
    a.unit - b.unit ||
    cutsOf(a) - cutsOf(b) ||
    Number(other.isOwn) - Number(one.isOwn) ||
    exchangesOwn(b) - exchangesOwn(a) ||
    b.fields.length - a.fields.length
  )
}

/** How much it tells of what an exchange knows and a tool that keeps histories does not. */
function exchangesOwn({ fields }: Grain): number {
  return fields.filter((field) => isExchangesOwn.has(field)).length
}

const isExchangesOwn: ReadonlySet<string> = new Set(['symbol', 'price', 'tradeId', 'orderId'])

/** The more decimals are cut off, the coarser. */
function cutsOf({ decimals }: Grain): number {
  const told = numberFields.flatMap((field) => decimals[field] ?? [])
  return told.reduce((sum, digits) => sum + 1 / (1 + digits), 0)
}

function groupsOf(readings: readonly Reading[], indices: readonly number[]): readonly Group[] {
  const groups = new Map<string, { reading: number; rows: StatementRow[] }[]>()
  const several = namesOfSeveral(indices.map((index) => readings[index]?.rows ?? []))
  for (const reading of indices) {
    for (const row of readings[reading]?.rows ?? []) {
      const name = datedAnewName(row)
      const key = name === undefined || several.has(name) ? rowKey(row) : name
      const tellings = groups.get(key)
      const own = tellings?.at(-1)
      if (tellings === undefined) groups.set(key, [{ reading, rows: [row] }])
      else if (own?.reading === reading) own.rows.push(row)
      else tellings.push({ reading, rows: [row] })
    }
  }
  const { eventsOf } = openMeetings(readings)
  return [...groups]
    .map(([key, tellings]) => groupOf(key, tellings, eventsOf(tellings)))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Two exports of ours tell one row that was dated anew between them at two times. */
function datedAnewName({ stream, ownId }: StatementRow): string | undefined {
  return ownId !== undefined && isDatedAnew(stream) ? JSON.stringify([stream, 'own', ownId]) : undefined
}

/** The ids that an exchange has given to two transfers. */
function namesOfSeveral(readings: readonly (readonly StatementRow[])[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const rows of readings) {
    const seen = new Set<string>()
    for (const row of rows) {
      const name = datedAnewName(row)
      if (name === undefined) continue
      if (seen.has(name)) found.add(name)
      seen.add(name)
    }
  }
  return found
}

function groupOf(key: string, tellings: readonly Telling[], events?: readonly StatementRow[]): Group {
  const [one] = events ?? []
  if (events !== undefined && one !== undefined)
    return { key, row: one, count: events.length, events, tellings }
  const most = tellings.reduce((sofar, { rows }) => Math.max(sofar, rows.length), 0)
  // Which file is heard must not depend on which came first.
  const [told] = tellings
    .filter(({ rows }) => rows.length === most)
    .map(({ rows }) => (rows.length === 1 ? rows : [...rows].sort((a, b) => compareBytes(a.raw, b.raw))))
    .sort(
      (a, b) => endedIn(b) - endedIn(a) || changesIn(b) - changesIn(a) || compareBytes(rawsOf(a), rawsOf(b)),
    )
  const [row] = told ?? []
  if (told === undefined || row === undefined) throw new Error('A group of rows has no row.')
  return { key, row, count: most, events: told, tellings }
}

/** How far rows had got: what was pending in one file has ended in a later one, and not the other way round. */
function endedIn(rows: readonly StatementRow[]): number {
  return rows.reduce((sum, { status }) => sum + ended[status ?? 'unsaid'], 0)
}

const ended = { pending: 0, unsaid: 1, cancelled: 2, failed: 2, done: 3 } as const

/** What an exchange has changed in one export of ours, it had not yet in an earlier one. */
function changesIn(rows: readonly StatementRow[]): number {
  return rows.reduce((sum, row) => sum + (ownPast(row)?.changes ?? 0), 0)
}

function rawsOf(rows: readonly StatementRow[]): string {
  return rows.map(({ raw, own = '' }) => raw + own).join('\n')
}

/** Every line that tells the events of a group. */
export function placesOf({ tellings }: Group): readonly Place[] {
  return tellings.flatMap(({ reading, rows }) => rows.map(({ line }) => ({ reading, line })))
}

/** How many of its events a reading tells. */
export function countIn({ tellings }: Group, reading: number): number {
  return tellings.find((one) => one.reading === reading)?.rows.length ?? 0
}

const lasting = [...textFields, ...numberFields].filter((field) => !passing.has(field))

/** What a row says at its grain: not where it stands, what is left afterwards, or how far it has got. */
export function rowKey(row: StatementRow): string {
  if (row.ownId !== undefined) return JSON.stringify([row.stream, row.times, 'own', row.ownId])
  // What is left out is not what is empty: JSON tells them apart, and every sign from every other.
  return JSON.stringify([row.stream, row.times, row.openWall, ...lasting.map((field) => row[field])])
}

/**
 * The identity of the n-th event (from 1) of a group that the API does not tell: as the API's own where the row has the ids
 * that fills are known by, else made of what the row says. Never of the file, the line, or the order.
 */
export function statementIdentity(layer: Layer, { key, row }: Group, ordinal: number): string {
  const { tradeId, orderId, price, amount } = row
  const isKnownById =
    ordinal === 1 &&
    tradeId !== undefined &&
    orderId !== undefined &&
    price !== undefined &&
    amount !== undefined
  return isKnownById
    ? identityOf(tradeId, orderId, price, amount)
    : identityOf('file', digestOf(`${layer.name}\n${key}`), String(ordinal))
}

/** Short, since what a row says may be longer than a key can be. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40)
}
