import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StatementFilePorts } from '../lambdas/use-cases/add-statement-file.ts'
import { makeDirectory } from './make-directory.ts'
import { isMissing } from './system-code.ts'

/** What statement files hold, as files in a directory that only its owner may open. */
export function statementObjects(directory: string): StatementFilePorts['statementObjects'] {
  return {
    async write(key, bytes) {
      const path = join(directory, key)
      await makeDirectory(dirname(path), 0o700)
      const draft = `${path}.${randomUUID()}`
      try {
        await writeFile(draft, bytes, { mode: 0o600, flush: true })
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },

    async read(key) {
      try {
        return await readFile(join(directory, key))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    removeAll: (prefix) => rm(join(directory, prefix), { recursive: true, force: true }),
  }
}

/** Where they are kept. */
export function statementsDirectory(dataDir: string): string {
  return join(dataDir, 'statements')
}
