import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmbeddedStore } from './embedded-store.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { openStore } from './terminal.ts'

/** The store that an import or the server has made. Throws `InvalidInputError`, and makes none. */
export async function openKnownStore(dataDir: string): Promise<EmbeddedStore> {
  try {
    await access(join(dataDir, 'store'))
  } catch {
    throw new InvalidInputError(
      `Nothing was imported into ${dataDir} yet: npm run import begins, or DATA_DIR names where the history is.`,
    )
  }
  return openStore(dataDir)
}
