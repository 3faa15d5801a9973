import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { checkOf } from '../domain/sums.ts'
import {
  contentOf,
  getItem,
  type Item,
  isTooLarge,
  queryAll,
  type Table,
  unlessRefused,
  writeAll,
} from './table.ts'
import type { Key, KeyRange } from './table-keys.ts'

type Fields = Readonly<Record<string, unknown>>

/** Where something lies that may not fit into one item: its head, and its parts by version. */
export type LargeItemKeys = {
  readonly head: Key
  /** What the head says also when the rest lies in parts. */
  readonly names: Fields
  readonly part: (version: string, number: number) => Key
  /** Every part of the versions from `first` up to, and without, `end`. */
  readonly parts: (first: string, end: string) => KeyRange
}

/** How a head names its parts. */
const partsSchema = z.object({ version: z.string(), parts: z.int().nonnegative() })

/** ASCII signs, well below what an item holds. */
const pieceLength = 300_000

/**
 * Puts `fields` under an epoch; false, and nothing that anybody reads has changed, when a later epoch has put them before.
 * What fits is one item and one write. What does not is written in parts of a version that nobody reads yet, which the
 * head then names: whoever is cut off between any two writes leaves the old or the new, whole.
 */
export async function putLargeItem(
  table: Table,
  keys: LargeItemKeys,
  fields: Fields,
  epoch: number,
  largest?: number,
): Promise<boolean> {
  const check = checkOf({ ...fields, epoch })
  const whole: Item = { ...keys.head, ...fields, epoch, check }
  const parts = isTooLarge(whole, largest) ? await putParts(table, keys, fields, epoch) : undefined
  const answer = await unlessRefused(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: parts === undefined ? whole : { ...keys.head, ...keys.names, ...parts, epoch, check },
        ConditionExpression: 'attribute_not_exists(#epoch) OR #epoch <= :epoch',
        ExpressionAttributeNames: { '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':epoch': epoch },
        ReturnValues: 'ALL_OLD',
      }),
    ),
  )
  if (answer === undefined) return false
  // Only what came before: a later epoch may have put parts of its own meanwhile.
  if (parts !== undefined || answer.Attributes?.version !== undefined)
    await removeParts(table, keys.parts('', parts?.version ?? versionOf(epoch + 1, 0)))
  return true
}

async function putParts(table: Table, keys: LargeItemKeys, fields: Fields, epoch: number) {
  const text = JSON.stringify(fields).replaceAll(/[\u0080-\uffff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  const pieces = Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, number) =>
    text.slice(number * pieceLength, (number + 1) * pieceLength),
  )
  const before = partsSchema.safeParse(await getItem(table, keys.head)).data?.version
  const [lastEpoch, lastNumber = 0] = (before ?? '').split('-').map(Number)
  const version = versionOf(epoch, lastEpoch === epoch ? lastNumber + 1 : 1)
  await writeAll(
    table,
    pieces.map((piece, number) => ({ put: { ...keys.part(version, number), piece } })),
  )
  return { version, parts: pieces.length }
}

/** Sorts by epoch, then by number. */
function versionOf(epoch: number, number: number): string {
  return `${String(epoch).padStart(16, '0')}-${String(number).padStart(9, '0')}`
}

async function removeParts(table: Table, range: KeyRange): Promise<void> {
  const old = await queryAll(table, range, { keysOnly: true })
  await writeAll(
    table,
    old.map((item) => ({ remove: { PK: range.PK, SK: String(item.SK) } })),
  )
}

/**
 * What was put, read through its head; undefined when it is not what was put, or the parts that the head names are not
 * there. A put between the two looks takes them away, so the head is looked at again.
 */
export async function readLargeItem(
  table: Table,
  keys: LargeItemKeys,
  head: Fields,
): Promise<Fields | undefined> {
  let seen: Fields | undefined = head
  for (let attempt = 1; attempt <= 3 && seen !== undefined; attempt += 1) {
    const named = partsSchema.safeParse(seen).data
    if (named === undefined) return checked(seen)
    const pieces = await queryAll(table, keys.parts(named.version, `${named.version}$`))
    const fields = fieldsOf(pieces.slice(0, named.parts).map(({ piece }) => String(piece)))
    if (fields !== undefined) return checked({ ...fields, epoch: seen.epoch, check: seen.check })
    seen = await getItem(table, keys.head)
  }
  return undefined
}

function checked(fields: Fields): Fields | undefined {
  return checkOf(contentOf(fields)) === fields.check ? fields : undefined
}

function fieldsOf(pieces: readonly string[]): Fields | undefined {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(pieces.join('')))
  } catch {
    return undefined
  }
}
