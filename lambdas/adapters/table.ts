import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb'
import type { z } from 'zod'
import { fewAtOnce } from '../domain/few-at-once.ts'
import type { Key, KeyRange } from './table-keys.ts'
import { tableSchema } from './table-schema.ts'

const PK = tableSchema.partitionKey.name
const SK = tableSchema.sortKey.name

/** The one table, with what its retries need. */
export type Table = {
  readonly client: DynamoDBDocumentClient
  readonly name: string
  /** From 0 up to 1: spreads retries. */
  readonly random: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

export type Item = Key & Readonly<Record<string, unknown>>

export function openTable(
  config: DynamoDBClientConfig,
  name: string,
  { random, sleep }: Pick<Table, 'random' | 'sleep'>,
): Table {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  })
  // It copies every item that goes or comes, for a log that nobody keeps: a twentieth of what storing a file allocates.
  client.middlewareStack.remove('loggerMiddleware')
  return { client, name, random, sleep }
}

// Reading.

/** A schema for every field of `T`, so that none is forgotten when items are read back. */
export type Shape<T> = { readonly [Name in keyof Required<T>]: z.ZodType<T[Name]> }

/** Every word of a closed union, for `z.enum`, so that none is forgotten when items are read back. */
export type Words<T extends string> = { readonly [Word in T]: Word }

/** Something in the store is not what was stored. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

/** What to do where nobody can be asked for it again. */
export const wholeAgain = 'restore the store from a copy, or begin a new one'

/** Throws `DamagedError` when the store holds something else than `schema` describes. */
export function parseItem<T>(
  schema: z.ZodType<T>,
  item: Readonly<Record<string, unknown>>,
  remedy = wholeAgain,
): T {
  const parsed = schema.safeParse(item)
  if (parsed.success) return parsed.data
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ')
  throw damageOf(item, fields, remedy)
}

/** The message is a sentence for whoever has the store. It names fields, never values. */
export function damageOf(
  item: Readonly<Record<string, unknown>>,
  fields: string,
  remedy: string,
): DamagedError {
  return new DamagedError(
    `The item ${String(item[SK])} in the store is not what was stored there (look at ${fields}): ${remedy}.`,
  )
}

/** An item less its key and its check: what the check is of. */
export function contentOf({
  [PK]: _partition,
  [SK]: _sort,
  check: _check,
  ...content
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return content
}

export type QueryOptions = {
  /** Only items whose attribute has this value. */
  readonly where?: { readonly attribute: string; readonly is: string }
  readonly descending?: boolean
  /** Items to look at for one page, before `where`. Without it, as many as fit into one answer. */
  readonly pageSize?: number
  readonly keysOnly?: boolean
  /** Begins behind this key of the range, whether or not there is such an item. */
  readonly after?: Key
}

export type QueryPage = {
  readonly items: readonly Record<string, unknown>[]
  /** Where to go on; absent when nothing follows. */
  readonly next?: Key
}

/** One answer of the store in key order, strongly consistent, of 1 MB at most. It may be empty although more follows. */
export async function queryPage(
  table: Table,
  range: KeyRange,
  { where, descending = false, pageSize, keysOnly = false, after }: QueryOptions = {},
): Promise<QueryPage> {
  if (range.first > range.last) return { items: [] }
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :first AND :last',
      FilterExpression: where === undefined ? undefined : '#where = :where',
      ProjectionExpression: keysOnly ? '#partition, #sort' : undefined,
      ExpressionAttributeNames: {
        '#partition': PK,
        '#sort': SK,
        ...(where === undefined ? {} : { '#where': where.attribute }),
      },
      ExpressionAttributeValues: {
        ':partition': range[PK],
        ':first': range.first,
        ':last': range.last,
        ...(where === undefined ? {} : { ':where': where.is }),
      },
      ScanIndexForward: !descending,
      Limit: pageSize,
      ExclusiveStartKey: after,
    }),
  )
  const last = page.LastEvaluatedKey
  return {
    items: page.Items ?? [],
    ...(last !== undefined && { next: { [PK]: range[PK], [SK]: String(last[SK]) } }),
  }
}

/** All answers of the store for the range. Asks only as far as it is consumed. */
export async function* queryPages(
  table: Table,
  range: KeyRange,
  options: QueryOptions = {},
): AsyncGenerator<readonly Record<string, unknown>[]> {
  let after = options.after
  do {
    const { items, next } = await queryPage(table, range, { ...options, after })
    yield items
    after = next
  } while (after !== undefined)
}

/** All items of the range at once: for ranges known to be small. */
export async function queryAll(
  table: Table,
  range: KeyRange,
  options?: QueryOptions,
): Promise<readonly Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for await (const page of queryPages(table, range, options)) items.push(...page)
  return items
}

/** The item of this key, strongly consistent. */
export async function getItem(table: Table, key: Key): Promise<Record<string, unknown> | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
  )
  return answer.Item
}

/** How many of these keys have an item. */
export async function countExisting(table: Table, keys: readonly Key[]): Promise<number> {
  const distinct = [...new Map(keys.map((one) => [textOf(one), one])).values()]
  const counts = await fewAtOnce(chunks(distinct, largestRead), parallel, (chunk) => readBatch(table, chunk))
  return counts.reduce((sum, count) => sum + count, 0)
}

const largestRead = 100

async function readBatch(table: Table, keys: readonly Key[]): Promise<number> {
  let left: BatchGetCommandInput['RequestItems'] = {
    [table.name]: {
      Keys: [...keys],
      ConsistentRead: true,
      ProjectionExpression: '#sort',
      ExpressionAttributeNames: { '#sort': SK },
    },
  }
  let found = 0
  for (let attempt = 1; ; attempt += 1) {
    const answer: BatchGetCommandOutput = await table.client.send(new BatchGetCommand({ RequestItems: left }))
    found += answer.Responses?.[table.name]?.length ?? 0
    const unprocessed = answer.UnprocessedKeys?.[table.name]?.Keys?.length ?? 0
    if (unprocessed === 0) return found
    await patience(table, attempt, `answer for ${unprocessed} of ${keys.length} keys`)
    left = answer.UnprocessedKeys
  }
}

// Writing.

export type Change = { readonly put: Item } | { readonly remove: Key }

/**
 * Writes any number of items; of several changes to one key the last wins. Resolves when every one is stored;
 * throws, with some of them possibly stored, when the store keeps refusing.
 */
export async function writeAll(table: Table, changes: readonly Change[]): Promise<void> {
  const latest = new Map<string, Change>()
  for (const change of changes) {
    if ('put' in change) checkSize(change.put)
    latest.set(textOf('put' in change ? change.put : change.remove), change)
  }
  await fewAtOnce(chunks([...latest.values()], largestWrite), parallel, (chunk) => writeBatch(table, chunk))
}

const largestWrite = 25

async function writeBatch(table: Table, changes: readonly Change[]): Promise<void> {
  let left: BatchWriteCommandInput['RequestItems'] = {
    [table.name]: changes.map((change) =>
      'put' in change
        ? { PutRequest: { Item: change.put } }
        : { DeleteRequest: { Key: { [PK]: change.remove[PK], [SK]: change.remove[SK] } } },
    ),
  }
  for (let attempt = 1; ; attempt += 1) {
    const answer: BatchWriteCommandOutput = await table.client.send(
      new BatchWriteCommand({ RequestItems: left }),
    )
    const unprocessed = answer.UnprocessedItems?.[table.name]?.length ?? 0
    if (unprocessed === 0) return
    await patience(table, attempt, `take ${unprocessed} of ${changes.length} items`)
    left = answer.UnprocessedItems
  }
}

/** Puts one item, unconditionally. */
export async function put(table: Table, item: Item): Promise<void> {
  checkSize(item)
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }))
}

/** What a conditional operation answers, or undefined when its condition does not hold. */
export async function unlessRefused<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

const largestItem = 400 * 1024

/** Whether DynamoDB would refuse the item for its size. */
export function isTooLarge(item: Item, largest = largestItem): boolean {
  return sizeOf(item) - 3 > largest
}

/** Throws when DynamoDB would refuse the item for its size. */
export function checkSize(item: Item): void {
  if (!isTooLarge(item)) return
  const bytes = sizeOf(item) - 3
  throw new Error(
    `The item ${item[SK]} has ${Math.ceil(bytes / 1024)} KB, a stored item may have 400 KB: ` +
      'nothing of it was stored; please report which exchange and stream it came from.',
  )
}

/** As DynamoDB counts, rounded up: UTF-8 bytes of names and values, and three bytes more for a list or a map. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return 21
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + 1 + sizeOf(part), 3)
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).reduce(
      (sum, [name, part]) => (part === undefined ? sum : sum + 1 + Buffer.byteLength(name) + sizeOf(part)),
      3,
    )
  return 1
}

// Both.

/** Requests under way at once for one call: one more gains little, and a burst would only be throttled. */
const parallel = 4
const mostAttempts = 10
const firstWait = 100
const longestWait = 5_000

/** Waits with full jitter before the next attempt, or gives up. */
async function patience(table: Table, attempt: number, what: string): Promise<void> {
  if (attempt === mostAttempts) throw new Error(`The store did not ${what} in ${mostAttempts} attempts.`)
  await table.sleep(table.random() * Math.min(longestWait, firstWait * 2 ** (attempt - 1)))
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}

/** No key contains a line break that another could be mistaken for: the partition's length comes first. */
function textOf(one: Key): string {
  return `${one[PK].length}:${one[PK]}${one[SK]}`
}
