import { copyFile, link, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeDirectory } from './make-directory.ts'
import { isMissing, systemCodeOf } from './system-code.ts'

const prefix = 'looking-'
/** So many, since on a busy machine files come and go more quickly than they are copied: twenty seconds of waiting, and the copying. */
const mostTries = 400
/** Milliseconds: as long as LevelDB takes to put a few files in the place of others. */
const between = 50

/**
 * A copy of the store in `dataDir` while another process writes to it, as it would be found had that process ended just now: all
 * that was acknowledged before, in its order, and nothing of it torn. LevelDB adds to its log and its manifest, writes each table
 * once, and changes which there are only by making and removing files: as long as their names stay, what was copied is of one
 * moment. Tables are linked, not copied. Undefined where that cannot be had; `remove` when it is not needed any more.
 */
export async function copyToLookInto(
  dataDir: string,
): Promise<{ readonly dataDir: string; remove(): Promise<void> } | undefined> {
  await removeLeftOver(dataDir)
  const copy = join(dataDir, `${prefix}${process.pid}`)
  const remove = () => rm(copy, { recursive: true, force: true })
  try {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      await remove()
      if (await copied(join(dataDir, 'store'), join(copy, 'store'))) return { dataDir: copy, remove }
      await sleep(between)
    }
  } catch {
    // A disk that takes no links and has no room, or a system that shares no files that are open.
  }
  await remove()
  return undefined
}

/** False where files came or went meanwhile. */
async function copied(from: string, to: string): Promise<boolean> {
  await makeDirectory(to, 0o700)
  const before = await filesOf(from)
  const current = await readFile(join(from, 'CURRENT'), 'utf8')
  try {
    for (const name of before)
      await (isTable(name)
        ? link(join(from, name), join(to, name)).catch(() => copyFile(join(from, name), join(to, name)))
        : copyFile(join(from, name), join(to, name)))
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  const after = await filesOf(from)
  return before.join() === after.join() && current === (await readFile(join(from, 'CURRENT'), 'utf8'))
}

function isTable(name: string): boolean {
  return /\.(ldb|sst)$/.test(name)
}

/** First what says which tables count: those that it names are whole by then. */
async function filesOf(store: string): Promise<readonly string[]> {
  const isFirst = (name: string) => name === 'CURRENT' || name.startsWith('MANIFEST-')
  const names = (await readdir(store)).filter((name) => !/^LO(CK|G|G\.old)$/.test(name)).sort()
  return [...names.filter(isFirst), ...names.filter((name) => !isFirst(name))]
}

/** What somebody left who was killed while looking. */
async function removeLeftOver(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length) : Number.NaN)
    if (Number.isInteger(pid) && pid !== process.pid && !isAlive(pid))
      await rm(join(dataDir, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
