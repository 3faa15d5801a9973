import { createHash } from 'node:crypto'
import { compareBytes } from '../domain/byte-order.ts'
import { identityOf } from '../domain/transaction.ts'
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

/** Rows that say the same in every reading of one grain: they stand for `count` events, however many files tell them. */
export type Group = {
  /** What they say, letter by letter. */
  readonly key: string
  readonly row: StatementRow
  readonly count: number
  /** How many there are in each reading that has some. */
  readonly counts: ReadonlyMap<number, number>
  readonly places: readonly Place[]
  /** One for each event, as served by the reading that has the most. */
  readonly raws: readonly string[]
}

/** All that readings of one grain and one clock tell, each event once. */
export type Layer = {
  readonly name: string
  readonly grain: Grain
  readonly groups: readonly Group[]
}

const fineness: readonly Granularity[] = ['fill', 'order', 'transfer', 'ledger', 'position']

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
    .map(([name, { first, indices }]) => ({ name, grain: first.grain, groups: groupsOf(readings, indices) }))
    .sort((a, b) => compareFineness(a.grain, b.grain) || compareBytes(a.name, b.name))
}

/** A clock that shows an hour twice says less than one that does not: what they tell is matched, not compared letter by letter. */
function layerName({ grain, clock }: Reading): string {
  const { granularity, unit, fields, decimals } = grain
  const cuts = numberFields.map((field) => decimals[field] ?? '')
  return identityOf(granularity, String(unit), fields.join(' '), cuts.join(' '), clock)
}

function compareFineness(a: Grain, b: Grain): number {
  const rank = ({ granularity }: Grain) => fineness.indexOf(granularity)
  return rank(a) - rank(b) || a.unit - b.unit || cutsOf(a) - cutsOf(b) || b.fields.length - a.fields.length
}

/** The more decimals are cut off, the coarser. */
function cutsOf({ decimals }: Grain): number {
  const told = numberFields.flatMap((field) => decimals[field] ?? [])
  return told.reduce((sum, digits) => sum + 1 / (1 + digits), 0)
}

type Counting = { readonly counts: Map<number, number>; readonly rows: Map<number, StatementRow[]> }

function groupsOf(readings: readonly Reading[], indices: readonly number[]): readonly Group[] {
  const groups = new Map<string, Counting>()
  for (const index of indices) {
    for (const row of readings[index]?.rows ?? []) {
      const key = rowKey(row)
      const group: Counting = groups.get(key) ?? { counts: new Map(), rows: new Map() }
      groups.set(key, group)
      group.counts.set(index, (group.counts.get(index) ?? 0) + 1)
      const own = group.rows.get(index)
      if (own === undefined) group.rows.set(index, [row])
      else own.push(row)
    }
  }
  return [...groups]
    .map(([key, { counts, rows }]) => groupOf(key, counts, rows))
    .sort((a, b) => compareBytes(a.key, b.key))
}

function groupOf(
  key: string,
  counts: ReadonlyMap<number, number>,
  rows: ReadonlyMap<number, readonly StatementRow[]>,
): Group {
  const count = Math.max(...counts.values())
  // Which file is heard must not depend on which came first.
  const [told = []] = [...rows.values()]
    .filter((own) => own.length === count)
    .map((own) => [...own].sort((a, b) => compareBytes(a.raw, b.raw)))
    .sort((a, b) => compareBytes(a.map(({ raw }) => raw).join('\n'), b.map(({ raw }) => raw).join('\n')))
  const [row] = told
  if (row === undefined) throw new Error('A group of rows has no row.')
  return {
    key,
    row,
    count,
    counts,
    places: [...rows].flatMap(([reading, own]) => own.map(({ line }) => ({ reading, line }))),
    raws: told.map(({ raw }) => raw),
  }
}

/** What a row says at its grain: not where it stands, what is left afterwards, or how far it has got. */
export function rowKey(row: StatementRow): string {
  const words = textFields.map((field) => (passing.has(field) ? '' : (row[field] ?? '')))
  const numbers = numberFields.map((field) => (passing.has(field) ? '' : (row[field] ?? '')))
  return identityOf(
    row.stream,
    row.times.join(' '),
    String(row.openWall ?? ''),
    row.direction ?? '',
    ...words,
    ...numbers,
  )
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
