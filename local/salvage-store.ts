import { access, link, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { create, type Store } from 'dynalite/db/index.js'
import { z } from 'zod'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'
import { liveFilesOf, versionsOfLog } from './level-logs.ts'
import { isWholeTable, versionsOfTable } from './level-tables.ts'
import { makeDirectory } from './make-directory.ts'

const [partition, sort] = [tableSchema.partitionKey.name, tableSchema.sortKey.name]
const keyed = z.object({ [partition]: z.object({ S: z.string() }), [sort]: z.object({ S: z.string() }) })

/** Whether every table is what LevelDB wrote, of a store that may be open elsewhere, or not be there at all. */
export async function areTablesWhole(dataDir: string): Promise<boolean> {
  const { current } = paths(dataDir)
  const files = await liveFiles(current)
  for (const { name, isTable } of files ?? []) {
    const content = isTable ? await contentOf(join(current, name)) : undefined
    if (content !== undefined && !isWholeTable(content)) return false
  }
  return true
}

/** Whether every entry lies under its own key: one that does not would fail every query that meets it, or show a row twice. */
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
 * What is missing then is noticed by whoever compares the rows with their sums. The old files are read without LevelDB,
 * which goes astray in them: its own repair ends the process when keys are out of order, and so does its compaction.
 * Throws, and changes nothing, when somebody else has the store open.
 */
export async function rebuild(dataDir: string): Promise<void> {
  const { unfinished, finished, damaged, current } = paths(dataDir)
  await rm(unfinished, { recursive: true, force: true })
  await makeDirectory(unfinished, 0o700)
  // One lock for both: while the new files are written, nobody else opens the old ones. Not every disk knows links.
  await link(join(current, 'LOCK'), join(unfinished, 'LOCK')).catch(() => undefined)
  const copy = create({ path: unfinished, createTableMs: 0 })
  await copy.db.open()
  try {
    const latest = new Map<string, number>()
    for await (const { key, sequence } of versions(current))
      if (sequence >= (latest.get(key) ?? 0)) latest.set(key, sequence)
    for await (const { key, sequence, content } of versions(current))
      if (content !== undefined && latest.get(key) === sequence) await copy.db.put(key, content)
  } finally {
    await copy.db.close()
  }
  await rm(finished, { recursive: true, force: true })
  await rename(unfinished, finished)
  await rm(damaged, { recursive: true, force: true })
  await rename(current, damaged)
  await rename(finished, current)
}

/** Every version of every entry that is whole, or says that it was removed. */
async function* versions(
  directory: string,
): AsyncGenerator<{ readonly key: string; readonly sequence: number; readonly content?: unknown }> {
  for (const { name, isTable } of (await liveFiles(directory)) ?? []) {
    const file = await contentOf(join(directory, name))
    if (file === undefined) continue
    for (const { key, sequence, value } of isTable ? versionsOfTable(file) : versionsOfLog(file)) {
      const whole = value === undefined ? {} : wholeValue(key, value)
      if (whole !== undefined) yield { key, sequence, ...whole }
    }
  }
}

/** Undefined where nobody can tell which files belong to it. */
async function liveFiles(directory: string) {
  try {
    const manifest = (await readFile(join(directory, 'CURRENT'), 'utf8')).trim()
    const { tables, firstLog } = liveFilesOf(await readFile(join(directory, manifest)))
    return (await readdir(directory)).flatMap((name) => {
      const [, number, kind] = /^(\d+)\.(ldb|sst|log)$/.exec(name) ?? []
      const isTable = kind !== 'log'
      const isLive = isTable ? tables.has(Number(number)) : Number(number) >= firstLog
      return number !== undefined && isLive ? [{ name, isTable }] : []
    })
  } catch {
    return undefined
  }
}

/** Undefined for a file that went while we looked: whoever has the store open puts several together. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined)
}

/** Killed between the last two steps, a rebuilt store is there under another name. */
export async function finishRebuilding(dataDir: string): Promise<void> {
  const { current, finished } = paths(dataDir)
  const [isThere, isRebuilt] = await Promise.all([exists(current), exists(finished)])
  if (!isThere && isRebuilt) await rename(finished, current)
}

/** The folder of damaged files; undefined where there is none. */
export async function keptDamage(dataDir: string): Promise<string | undefined> {
  const { damaged } = paths(dataDir)
  return (await exists(damaged)) ? damaged : undefined
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
    if (typeof content !== 'object') return undefined
    if (!key.startsWith('item-')) return { content }
    const { [partition]: first, [sort]: second } = keyed.parse(content)
    if (!areAttributes(content)) return undefined
    return key.endsWith(`/${hex(first?.S)}/${hex(second?.S)}/`) ? { content } : undefined
  } catch {
    return undefined
  }
}

/** What values of attributes there are that hold no others. No item of ours holds a set. */
const plainTypes: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL'])

/** Whether every attribute is of a type that there is: one that is not would fail every query that meets its item. */
function areAttributes(attributes: unknown): boolean {
  return Object.values(attributes ?? {}).every(isAttribute)
}

function isAttribute(attribute: unknown): boolean {
  const [typed, more]: readonly (readonly [string, unknown])[] = Object.entries(attribute ?? {})
  if (typed === undefined || more !== undefined) return false
  const [type, value] = typed
  if (type === 'L') return Array.isArray(value) && value.every(isAttribute)
  return type === 'M' ? areAttributes(value) : plainTypes.has(type)
}

function hex(text = ''): string {
  return Buffer.from(text).toString('hex')
}
