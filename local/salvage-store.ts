import { access, link, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { create, type Store } from 'dynalite/db/index.js'
import { liveFilesOf, versionsOfLog } from './level-logs.ts'
import { isWholeTable, versionsOfTable } from './level-tables.ts'
import { makeDirectory } from './make-directory.ts'
import { isDamage } from './store-errors.ts'
import { systemCodeOf } from './system-code.ts'
import { wholeEntry } from './whole-entry.ts'

/**
 * Whether LevelDB would find the files there are. It would take a directory without CURRENT for a new one, and delete the data files.
 * Killed while it made a new one, it has left none of them yet.
 */
export async function areFilesNamed(dataDir: string): Promise<boolean> {
  const { current } = paths(dataDir)
  const isEmpty = !(await readdir(current)).some((name) => /^CURRENT$|\.(ldb|log|sst)$/.test(name))
  return isEmpty || (await liveFiles(current)) !== undefined
}

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

/** Whether every entry is one that dynalite can read. Throws when the disk cannot be read: that says nothing of what is on it. */
export async function isWhole(store: Store): Promise<boolean> {
  try {
    for await (const [key, value] of store.db.iterator({ valueEncoding: 'utf8' }))
      if (wholeEntry(key, value) === undefined) return false
    return true
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  }
}

/**
 * Copies what can be read into new files, which take the place of the old ones; those are kept beside, as `store.damaged`,
 * and those of another time, which nobody may have looked at yet, stay.
 * What is missing then is noticed by whoever compares the rows with their sums. The old files are read without LevelDB,
 * which goes astray in them: its own repair ends the process when keys are out of order, and so does its compaction.
 * Throws, and changes nothing, when somebody else has the store open, and when a file of it cannot be read at all: its rows would
 * be missing for a permission, or for a disk that answers again tomorrow.
 */
export async function rebuild(dataDir: string): Promise<void> {
  const { unfinished, finished, current } = paths(dataDir)
  await rm(unfinished, { recursive: true, force: true })
  await makeDirectory(unfinished, 0o700)
  // One lock for both: while the new files are written, nobody else opens the old ones. Not every disk knows links.
  await link(join(current, 'LOCK'), join(unfinished, 'LOCK')).catch(() => undefined)
  const copy = create({ path: unfinished, createTableMs: 0 })
  await copy.db.open()
  let isWritten = false
  try {
    const latest = new Map<string, number>()
    for await (const { key, sequence } of versions(current))
      if (sequence >= (latest.get(key) ?? 0)) latest.set(key, sequence)
    for await (const { key, sequence, content } of versions(current))
      if (content !== undefined && latest.get(key) === sequence) await copy.db.put(key, content)
    isWritten = true
  } finally {
    await copy.db.close()
    // On a disk that is full, half a copy is in the way of whatever makes room.
    if (!isWritten) await rm(unfinished, { recursive: true, force: true })
  }
  await rm(finished, { recursive: true, force: true })
  await rename(unfinished, finished)
  await rename(current, await unusedName(dataDir))
  await rename(finished, current)
}

/** Every version of every entry that is whole, or says that it was removed. */
async function* versions(
  directory: string,
): AsyncGenerator<{ readonly key: string; readonly sequence: number; readonly content?: unknown }> {
  const files = await liveFiles(directory)
  if (files === undefined) throw new Error('Nobody can tell which files belong to the store.')
  for (const { name, isTable } of files) {
    const file = await contentOf(join(directory, name))
    if (file === undefined) continue
    for (const { key, sequence, value } of isTable ? versionsOfTable(file) : versionsOfLog(file)) {
      const whole = value === undefined ? {} : wholeEntry(key, value)
      if (whole !== undefined) yield { key, sequence, ...whole }
    }
  }
}

/** Undefined where nobody can tell which files belong to it. */
async function liveFiles(directory: string) {
  const manifest = await manifestIn(directory)
  const live = manifest === undefined ? undefined : liveFilesOf(manifest)
  if (live === undefined) return undefined
  return (await readdir(directory)).flatMap((name) => {
    const [, number, kind] = /^(\d+)\.(ldb|sst|log)$/.exec(name) ?? []
    const isTable = kind !== 'log'
    const isLive = isTable ? live.tables.has(Number(number)) : Number(number) >= live.firstLog
    return number !== undefined && isLive ? [{ name, isTable }] : []
  })
}

/** The file that CURRENT names. Whoever opens the store puts a new one in its place. */
async function manifestIn(directory: string): Promise<Buffer | undefined> {
  for (let last: string | undefined; ; ) {
    const current = (await contentOf(join(directory, 'CURRENT')))?.toString()
    const name = /^(MANIFEST-\d+)\n$/.exec(current ?? '')?.[1]
    const manifest = name === undefined ? undefined : await contentOf(join(directory, name))
    if (manifest !== undefined || current === last) return manifest
    last = current
  }
}

/** Undefined for a file that is not there, or went while we looked: whoever has the store open puts several together. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(unlessMissing)
}

/** Neither is it there where the way to it leads through a file. */
function unlessMissing(error: unknown): undefined {
  const code = systemCodeOf(error)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
}

/** Killed between the last two steps, a rebuilt store is there under another name. */
export async function finishRebuilding(dataDir: string): Promise<void> {
  const { current, finished } = paths(dataDir)
  if (!(await exists(current)) && (await exists(finished))) await rename(finished, current)
}

/** Whether there is a store, or one that was being rebuilt. Throws when nobody may look. */
export async function isThere(dataDir: string): Promise<boolean> {
  const { current, finished } = paths(dataDir)
  return (await exists(current)) || exists(finished)
}

/** The folders of damaged files, one for each time that some were found. */
export async function keptDamage(dataDir: string): Promise<readonly string[]> {
  const names = (await readdir(dataDir)).filter((name) => /^store\.damaged(-\d+)?$/.test(name))
  return names.sort().map((name) => join(dataDir, name))
}

/** `store.damaged`, and where that is taken, one with a number. */
async function unusedName(dataDir: string): Promise<string> {
  const { damaged } = paths(dataDir)
  const taken = await keptDamage(dataDir)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? damaged : `${damaged}-${number}`
    if (!taken.includes(name)) return name
  }
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
    (error) => unlessMissing(error) ?? false,
  )
}
