import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { create, type Store } from 'dynalite/db/index.js'
import { z } from 'zod'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'

const [partition, sort] = [tableSchema.partitionKey.name, tableSchema.sortKey.name]
const keyed = z.object({ [partition]: z.object({ S: z.string() }), [sort]: z.object({ S: z.string() }) })

/**
 * Whether every entry can be read and lies under its own key: one that does not would fail every query that meets it, or
 * show a row twice. LevelDB itself looks at no checksum of its tables.
 */
export async function isWhole(store: Store): Promise<boolean> {
  try {
    for await (const [key, value] of store.db.iterator({ valueEncoding: 'utf8' }))
      if (wholeValue(key, value) === undefined) return false
    return true
  } catch {
    return false
  }
}

/**
 * Copies what can be read into new files, which take the place of the old ones; those are kept beside, as `store.damaged`.
 * What is missing then is noticed by whoever compares the rows with their sums. LevelDB's own repair ends the process when keys
 * are out of order, and so does its compaction. The store is closed afterwards.
 */
export async function rebuild(store: Store, dataDir: string): Promise<void> {
  const { unfinished, finished, damaged, current } = paths(dataDir)
  await rm(unfinished, { recursive: true, force: true })
  const copy = create({ path: unfinished, createTableMs: 0 })
  await copy.db.open()
  try {
    // One entry at a time: of several, all are lost behind one that cannot be read.
    for await (const [key, value] of store.db.iterator({ valueEncoding: 'utf8', highWaterMarkBytes: 0 })) {
      const whole = wholeValue(key, value)
      if (whole !== undefined) await copy.db.put(key, whole.content)
    }
  } catch {
    // A block of a table that cannot be read is passed over, and told of at the end.
  }
  await copy.db.close()
  await store.db.close()
  await rm(finished, { recursive: true, force: true })
  await rename(unfinished, finished)
  await rm(damaged, { recursive: true, force: true })
  await rename(current, damaged)
  await rename(finished, current)
}

/** Killed between the last two steps, a rebuilt store is there under another name. */
export async function finishRebuilding(dataDir: string): Promise<void> {
  const { current, finished } = paths(dataDir)
  const [isThere, isRebuilt] = await Promise.all([exists(current), exists(finished)])
  if (!isThere && isRebuilt) await rename(finished, current)
}

function paths(dataDir: string) {
  const current = join(dataDir, 'store')
  return {
    current,
    unfinished: `${current}.rebuilding`,
    finished: `${current}.rebuilt`,
    damaged: `${current}.damaged`,
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function wholeValue(key: string, value: string): { readonly content: unknown } | undefined {
  try {
    const content: unknown = JSON.parse(value)
    if (!key.startsWith('item-')) return { content }
    const { [partition]: first, [sort]: second } = keyed.parse(content)
    return key.endsWith(`/${hex(first?.S)}/${hex(second?.S)}/`) ? { content } : undefined
  } catch {
    return undefined
  }
}

function hex(text = ''): string {
  return Buffer.from(text).toString('hex')
}
