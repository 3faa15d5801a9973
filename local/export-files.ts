import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { DraftGoneError } from '../lambdas/domain/draft-gone.ts'
import type { ExportHistoryPorts } from '../lambdas/use-cases/export-history.ts'
import { makeDirectory } from './make-directory.ts'
import { isMissing } from './system-code.ts'

/**
 * Finished exports as files in a directory, one folder for each, under the name that they are saved by. What is left of
 * an export that was cut short is never served, and gone on with.
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

    async upload(key, { downloadName }, kept) {
      const folder = join(directory, key)
      await makeDirectory(folder, 0o700)
      const path = join(folder, unfinished)
      await openDraft(path, keptSchema.optional().parse(kept))
      return {
        append: (bytes) => appendFile(path, bytes),
        keep: () => synced(path),
        async finish() {
          await synced(path)
          await rename(path, join(folder, downloadName))
        },
        abandon: () => rm(path, { force: true }),
      }
    },
  }

  return {
    ...objects,

    /** Undefined when there is no such file. */
    async read(key: string): Promise<Uint8Array | undefined> {
      const [name] = await namesIn(join(directory, key))
      return name === undefined ? undefined : readFile(join(directory, key, name))
    },

    /** Removing what is not there succeeds. */
    remove: (key: string): Promise<void> => rm(join(directory, key), { recursive: true, force: true }),

    /** Undefined when there is no such file. */
    async open(key: string): Promise<{ readonly name: string; readonly stream: Readable } | undefined> {
      const folder = join(directory, key)
      const [name] = await namesIn(folder)
      if (name === undefined) return undefined
      return { name, stream: createReadStream(join(folder, name)) }
    },
  }
}

const unfinished = '.unfinished'

const keptSchema = z.object({ length: z.number() })

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  return names.filter((file) => file !== unfinished)
}

/** Cut to what was kept of it: what was written behind that is written again. */
async function openDraft(path: string, kept: z.infer<typeof keptSchema> | undefined): Promise<void> {
  const draft = await open(path, kept === undefined ? 'w' : 'a', 0o600)
  try {
    const { size } = await draft.stat()
    if (kept !== undefined && size < kept.length) throw new DraftGoneError()
    await draft.truncate(kept?.length ?? 0)
  } finally {
    await draft.close()
  }
}

/** What was written is on the disk, and so much it is. */
async function synced(path: string): Promise<z.infer<typeof keptSchema>> {
  const draft = await open(path, 'r+')
  try {
    await draft.sync()
    return { length: (await draft.stat()).size }
  } finally {
    await draft.close()
  }
}
