import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmbeddedStore } from './embedded-store.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { finishRebuilding } from './salvage-store.ts'
import { type Caller, openStore } from './terminal.ts'

/** The store that an import or the server has made. Throws `InvalidInputError`, and makes none. */
export async function openKnownStore(caller: Caller): Promise<EmbeddedStore> {
  const dataDir = caller.env.DATA_DIR || '.data'
  await finishRebuilding(dataDir)
  try {
    await access(join(dataDir, 'store'))
  } catch {
    throw new InvalidInputError(
      `Nothing was imported into ${dataDir} yet: npm run import begins, or DATA_DIR names where the history is.`,
    )
  }
  return openStore(caller)
}
