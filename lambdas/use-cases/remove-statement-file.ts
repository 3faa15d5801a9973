import type { Connection } from '../domain/connection.ts'
import { findStatementFile, placeOf } from './add-statement-file.ts'
import { ownerOf } from './find-connection.ts'
import type { FileRequest } from './read-statement-file.ts'
import { type StoreStatementFilePorts, takeBackHeld, underLease } from './store-statement-file.ts'

export type RemoveStatementFilePorts = StoreStatementFilePorts & {
  readonly connections: {
    /** False, and nothing changes, when the connection has a key by now. */
    removeKeyless(user: string, id: string): Promise<boolean>
    swap(before: Connection | undefined, after: Connection): Promise<boolean>
  }
}

/**
 * Removes a file and all that is kept of it, as if it had never come; its rows first, where it is part of the history, and the account
 * that was opened for it last, where nothing else came to that. Whoever is cut off before the file is gone does it again. Throws
 * `RefusedError`.
 */
export async function removeStatementFile(
  ports: RemoveStatementFilePorts,
  { user, connection: id, file }: Pick<FileRequest, 'user' | 'connection' | 'file'>,
): Promise<void> {
  return underLease(ports, user, id, async (connection, goOn) => {
    const found = await findStatementFile(ports, user, id, file)
    const owner = ownerOf(connection)
    // What never counted left nothing in the history.
    if (found.state === 'stored' || (await ports.fileHistory.load(owner))?.isOwed === true)
      await takeBackHeld(ports, connection, found, goOn)
    await goOn()
    await ports.statementObjects.removeAll(placeOf(found))
    await ports.statementFiles.remove(owner, found.id)
    if (found.reading === undefined && connection.statementsOnly && connection.files !== true)
      await removeUnused(ports, connection)
  })
}

async function removeUnused(
  { connections, statementFiles }: RemoveStatementFilePorts,
  connection: Connection,
): Promise<void> {
  const isUnused = async () => (await statementFiles.list(ownerOf(connection))).length === 0
  if (!(await isUnused()) || !(await connections.removeKeyless(connection.user, connection.id))) return
  // One that was added meanwhile needs its account.
  if (!(await isUnused())) await connections.swap(undefined, connection)
}
