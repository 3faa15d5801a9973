import { type EmbeddedStore, isStoreThere, openEmbeddedStore } from './embedded-store.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { copyToLookInto } from './look-into-store.ts'
import { StoreInUseError } from './store-errors.ts'
import { type Caller, openStore, saidToUser } from './terminal.ts'

/** `isInUse`: what is looked into is a copy of a store that another process is at work on. */
export type ReadStore = Pick<EmbeddedStore, 'table' | 'close'> & { readonly isInUse: boolean }

/**
 * The same to look into: while another process has it open, a copy of how it is now. Nothing that is written to it lasts.
 * Throws `InvalidInputError`, and makes none.
 */
export async function openStoreToRead(caller: Caller): Promise<ReadStore> {
  try {
    return { ...(await openKnownStore(caller)), isInUse: false }
  } catch (error) {
    const { cause } = error instanceof InvalidInputError ? error : { cause: undefined }
    if (!(cause instanceof StoreInUseError)) throw error
    const copy = await copyToLookInto(dataDirOf(caller))
    if (copy === undefined) throw error
    try {
      const { table, close } = await openEmbeddedStore({ dataDir: copy.dataDir })
      return { table, isInUse: true, close: () => close().finally(copy.remove) }
    } catch {
      await copy.remove()
      throw error
    }
  }
}

/** Said of what was read from such a copy. */
export const lookedInto =
  'Note: another process is at work on this store (an import or the server, perhaps): this is what was stored up to now.'

function dataDirOf({ env }: Caller): string {
  return env.DATA_DIR || '.data'
}

/** The store that an import or the server has made. Throws `InvalidInputError`, and makes none. */
export async function openKnownStore(caller: Caller): Promise<EmbeddedStore> {
  const dataDir = dataDirOf(caller)
  const isThere = await isStoreThere(dataDir).catch((error) => {
    throw saidToUser(error)
  })
  if (!isThere)
    throw new InvalidInputError(
      `Nothing was imported into ${dataDir} yet: npm run import begins, or DATA_DIR names where the history is.`,
    )
  return openStore(caller)
}
