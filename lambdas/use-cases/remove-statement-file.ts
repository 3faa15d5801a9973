import { findStatementFile, placeOf } from './add-statement-file.ts'
import { ownerOf } from './find-connection.ts'
import type { FileRequest } from './read-statement-file.ts'
import { type StoreStatementFilePorts, takeBackHeld, underLease } from './store-statement-file.ts'

/**
 * Removes a file and all that is kept of it, as if it had never come; its rows first, where it is part of the history. The file
 * itself is the last to go: whoever is cut off does it again. Throws `RefusedError`.
 */
export async function removeStatementFile(
  ports: StoreStatementFilePorts,
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
  })
}
