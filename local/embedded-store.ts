import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import batchGetItem from 'dynalite/actions/batchGetItem.js'
import batchWriteItem from 'dynalite/actions/batchWriteItem.js'
import deleteItem from 'dynalite/actions/deleteItem.js'
import describeTable from 'dynalite/actions/describeTable.js'
import getItem from 'dynalite/actions/getItem.js'
import putItem from 'dynalite/actions/putItem.js'
import query from 'dynalite/actions/query.js'
import updateItem from 'dynalite/actions/updateItem.js'
import { create, type Store } from 'dynalite/db/index.js'
import batchGetItemRules from 'dynalite/validations/batchGetItem.js'
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js'
import deleteItemRules from 'dynalite/validations/deleteItem.js'
import describeTableRules from 'dynalite/validations/describeTable.js'
import getItemRules from 'dynalite/validations/getItem.js'
import { checkValidations } from 'dynalite/validations/index.js'
import putItemRules from 'dynalite/validations/putItem.js'
import queryRules from 'dynalite/validations/query.js'
import updateItemRules from 'dynalite/validations/updateItem.js'
import { z } from 'zod'
import { openTable, type Table } from '../lambdas/adapters/table.ts'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'
import { listed } from '../lambdas/domain/coverage-words.ts'
import { ensureDescribed, tableName } from './history-table.ts'
import { makeDirectory } from './make-directory.ts'
import {
  areFilesNamed,
  areTablesWhole,
  finishRebuilding,
  isThere,
  isWhole,
  keptDamage,
  rebuild,
} from './salvage-store.ts'
import { forgetServedAt } from './served-at.ts'
import {
  because,
  damaged,
  StoreNotOpenedError,
  whyItFailed,
  whyNotOpened,
  whyNotRebuilt,
} from './store-errors.ts'

const operations = new Map([
  ['BatchGetItem', { run: batchGetItem, rules: batchGetItemRules }],
  ['BatchWriteItem', { run: batchWriteItem, rules: batchWriteItemRules }],
  ['DeleteItem', { run: deleteItem, rules: deleteItemRules }],
  ['DescribeTable', { run: describeTable, rules: describeTableRules }],
  ['GetItem', { run: getItem, rules: getItemRules }],
  ['PutItem', { run: putItem, rules: putItemRules }],
  ['Query', { run: query, rules: queryRules }],
  ['UpdateItem', { run: updateItem, rules: updateItemRules }],
])

/** What reached the store since it was opened: items written, of those transactions put, and reading requests. */
export type StoreRequests = { writes: number; transactionWrites: number; reads: number }

export type EmbeddedStore = {
  readonly table: Table
  readonly requests: Readonly<StoreRequests>
  /** What its user should know of it, in sentences. */
  readonly notes: readonly string[]
  /** Waits for what is under way, then lets go of the directory. */
  close(): Promise<void>
}

/**
 * Opens the store in `dataDir`, creating both where they are missing. Throws `StoreNotOpenedError` when the directory cannot be
 * written, is in use by another process, or is damaged; nothing is changed then.
 *
 * What was acknowledged survives the end of the process at any moment; after a power failure the latest rows may be
 * missing, but then everything written after them is missing too, coverage included.
 *
 * dynalite runs in this process and without its HTTP server: the SDK hands requests over in memory. So no port or
 * socket exists that somebody else could reach, and a failing disk rejects a request, where the server would
 * throw it out of the process.
 */
export async function openEmbeddedStore({ dataDir }: { dataDir: string }): Promise<EmbeddedStore> {
  const store = await openWhole(dataDir).catch(async (error) => {
    throw await whyNotOpened(dataDir, error)
  })
  const requests: StoreRequests = { writes: 0, transactionWrites: 0, reads: 0 }
  const underWay = new Set<Promise<unknown>>()
  let open = true

  async function handle(request: { headers: Readonly<Record<string, string>>; body?: unknown }) {
    if (!open) throw new Error(`The store in ${dataDir} is closed.`)
    const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
    if (!operations.has(operation)) throw new Error(`The embedded store does not offer ${operation}.`)
    const input = inPortions(operation, JSON.parse(textOf(request.body)))
    count(requests, operation, input)
    const answering = answer(store, operation, input)
    underWay.add(answering)
    try {
      return { response: responseOf(await answering) }
    } catch (error) {
      throw whyItFailed(dataDir, error)
    } finally {
      underWay.delete(answering)
    }
  }

  async function close(): Promise<void> {
    open = false
    await Promise.allSettled(underWay)
    await store.db.close()
  }

  try {
    await ensureDescribed(store, await tableDescription(store))
    await rememberTable(store)
  } catch (error) {
    await close()
    throw await whyNotOpened(dataDir, error)
  }
  const table = openTable(
    {
      region: 'local',
      endpoint: 'http://embedded.invalid',
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
      requestHandler: { handle, updateHttpClientConfig: () => undefined, httpHandlerConfigs: () => ({}) },
    },
    tableName,
    { random: Math.random, sleep },
  )
  return { table, requests, notes: await notesOn(dataDir), close }
}

/** A key or an account may have been lost with a row: who has seen that all are there removes the folders. */
async function notesOn(dataDir: string): Promise<readonly string[]> {
  const kept = await keptDamage(dataDir)
  if (kept.length === 0) return []
  return [
    `Files of the store in ${dataDir} were damaged. All that could be read was kept, and the next import of each account ` +
      `asks again for what is missing. Look whether npm run -s status lists all of your accounts; then remove ${listed(kept)}, ` +
      'where the damaged files are, and this note is gone.',
  ]
}

/** Whether there is a store to open. Throws `StoreNotOpenedError` when nobody may look. */
export async function isStoreThere(dataDir: string): Promise<boolean> {
  return isThere(dataDir).catch(async (error) => {
    throw await whyNotOpened(dataDir, error)
  })
}

/** Bits flip on disks: what of the files can still be read is kept. */
async function openWhole(dataDir: string): Promise<Store> {
  await finishRebuilding(dataDir)
  if (!(await areTablesWhole(dataDir))) await rebuilt(dataDir)
  const store = await openLevel(dataDir)
  if (await isWhole(store).catch((error) => closed(store, error))) return store
  await store.db.close()
  await rebuilt(dataDir)
  return openLevel(dataDir)
}

/** Whoever mends the disk opens it again in this process, perhaps. */
async function closed(store: Store, error: unknown): Promise<never> {
  await store.db.close()
  throw error
}

async function rebuilt(dataDir: string): Promise<void> {
  try {
    await rebuild(dataDir)
  } catch (error) {
    throw await whyNotRebuilt(dataDir, error)
  }
}

async function openLevel(dataDir: string): Promise<Store> {
  const path = join(dataDir, 'store')
  try {
    await makeDirectory(path, 0o700)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StoreNotOpenedError(
      `The directory ${path} cannot be written${because(error)}; choose another DATA_DIR.`,
      { cause: error },
    )
  }
  if (!(await areFilesNamed(dataDir)))
    throw new StoreNotOpenedError(damaged(dataDir, ' (CURRENT does not name its files)'))
  const store = create({ path, createTableMs: 0 })
  // Before the next tick: afterwards dynalite opens by itself, and an error is lost.
  await store.db.open(thrifty)
  await forgetServedAt(dataDir)
  closeIterators(store)
  return store
}

/**
 * LevelDB maps its files into memory, and counts as ours what was read of them: larger blocks compress rows that resemble each other
 * a quarter better. What it would keep besides, 8 MB of blocks and two times 4 MB of what is to be written, is much beside an import of 100,000 rows.
 */
const thrifty = { blockSize: 16_384, cacheSize: 1_048_576, writeBufferSize: 1_048_576 }

/**
 * DynamoDB cuts an answer at a megabyte, which in this process is several times as much for a moment: as text, as the objects of
 * dynalite, as text again, and as ours. Nobody waits for a network here, so answers are cut sooner.
 */
function inPortions(operation: string, input: unknown): unknown {
  if (operation !== 'Query' || typeof input !== 'object' || input === null || 'Limit' in input) return input
  return { ...input, Limit: portion }
}

const portion = 200

/** dynalite ends an iterator by `return()`, which LevelDB's do not have: each query would keep a snapshot for good. */
function closeIterators(store: Store): void {
  const values = store.db.values.bind(store.db)
  store.db.values = (options) => {
    const iterator = values(options)
    iterator.return = () => iterator.close()
    return iterator
  }
}

/** dynalite reads the table's description from disk for each item that it reads or writes: as often as the items. */
async function rememberTable(store: Store): Promise<void> {
  const table = await new Promise((resolve, reject) => {
    store.getTable(tableName, (error, found) => (error ? reject(error) : resolve(found)))
  })
  store.getTable = (_name, callback, last = callback) => setImmediate(last, null, table)
}

const descriptionSchema = z.object({ Table: z.unknown() })

/** Undefined when there is no such table. */
async function tableDescription(store: Store): Promise<unknown> {
  const { body } = await answer(store, 'DescribeTable', { TableName: tableName })
  return descriptionSchema.safeParse(body).data?.Table
}

type Answer = { readonly status: number; readonly body: unknown }

const refusalSchema = z.object({ statusCode: z.number(), body: z.unknown() })

/** Runs one operation as DynamoDB would. Refusals are answers; only a failing disk or a bug throws. */
async function answer(store: Store, operation: string, input: unknown): Promise<Answer> {
  const known = operations.get(operation)
  if (known === undefined) throw new Error(`${operation} is not offered`)
  const { run, rules } = known
  try {
    // Of what type everything is, the SDK has seen to: dynalite's `checkTypes` would copy each item once more, for a tenth of all that is allocated.
    checkValidations(input, rules.types, rules.custom, store)
    const body = await new Promise<unknown>((resolve, reject) => {
      run(store, input, (error, output) => (error ? reject(error) : resolve(output)))
    })
    return { status: 200, body }
  } catch (error) {
    const refusal = refusalSchema.safeParse(error)
    if (!refusal.success) throw error
    return { status: refusal.data.statusCode, body: refusal.data.body }
  }
}

function responseOf({ status, body }: Answer) {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify(body)),
  }
}

const key = z.object({ [tableSchema.sortKey.name]: z.object({ S: z.string() }) })
const putSchema = z.object({ Item: key })
const batchSchema = z.object({
  RequestItems: z.object({ [tableName]: z.array(z.object({ PutRequest: putSchema.optional() })) }),
})

function count(requests: StoreRequests, operation: string, input: unknown): void {
  switch (operation) {
    case 'BatchWriteItem': {
      const items = batchSchema.parse(input).RequestItems[tableName] ?? []
      requests.writes += items.length
      requests.transactionWrites += items.filter(
        ({ PutRequest }) => PutRequest !== undefined && isTransaction(PutRequest),
      ).length
      return
    }
    case 'PutItem':
      requests.writes += 1
      if (isTransaction(putSchema.parse(input))) requests.transactionWrites += 1
      return
    case 'UpdateItem':
    case 'DeleteItem':
      requests.writes += 1
      return
    default:
      requests.reads += 1
  }
}

function isTransaction({ Item }: z.infer<typeof putSchema>): boolean {
  return Item.SK.S.startsWith('TX#')
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  throw new Error('A request without text.')
}
