import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportHistoryPorts } from '../lambdas/use-cases/export-history.ts'
import { makeDirectory } from './make-directory.ts'

/**
 * Finished exports as files in a directory, one folder for each, under the name that they are saved by. What is left of
 * an export that was cut short is never served.
 */
export function exportFiles(directory: string) {
  const objects: ExportHistoryPorts['objects'] = {
    async write(key, body, { downloadName }) {
      const folder = join(directory, key)
      await makeDirectory(folder, 0o700)
      const draft = join(folder, unfinished)
      try {
        await pipeline(Readable.from(body), createWriteStream(draft, { flush: true, mode: 0o600 }))
        await rename(draft, join(folder, downloadName))
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },
  }

  return {
    ...objects,

    /** Removing what is not there succeeds. */
    remove: (key: string): Promise<void> => rm(join(directory, key), { recursive: true, force: true }),

    /** Undefined when there is no such file. */
    async open(key: string): Promise<{ readonly name: string; readonly stream: Readable } | undefined> {
      const folder = join(directory, key)
      const [name] = (await readdir(folder).catch(() => [])).filter((file) => file !== unfinished)
      if (name === undefined) return undefined
      return { name, stream: createReadStream(join(folder, name)) }
    },
  }
}

const unfinished = '.unfinished'
