import type { Connection, ConnectionChange, Owner } from '../domain/connection.ts'
import type { FileHistory } from '../statements/file-history.ts'
import { ownerOf } from './find-connection.ts'

export type OweMergePorts = {
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    change(before: Connection, change: ConnectionChange): Promise<boolean>
  }
  readonly fileHistory: {
    load(owner: Owner): Promise<FileHistory | undefined>
    save(owner: Owner, history: FileHistory): Promise<void>
  }
}

/**
 * Leaves it to the next sync, or whoever stores a file before, to merge all files of a connection. False, and nothing is left,
 * where the connection is gone, or has another key by now.
 */
export async function oweMerge(ports: OweMergePorts, connection: Connection): Promise<boolean> {
  // What nobody looks for is not owed to anybody: that there are files is noted first.
  if (!(await ports.connections.change(connection, { files: true, begun: undefined }))) return false
  const owner = ownerOf(connection)
  await ports.fileHistory.save(owner, {
    ...((await ports.fileHistory.load(owner)) ?? nothingMerged),
    isOwed: true,
  })
  return true
}

/** The same for whoever writes a merge and loses the lease: what was written since, whoever has it now may not have seen. */
export async function oweIfLost(
  ports: OweMergePorts,
  { user, id }: Connection,
  goOn: () => Promise<void>,
): Promise<void> {
  try {
    await goOn()
  } catch (lost) {
    const connection = await ports.connections.find(user, id)
    if (connection !== undefined) await oweMerge(ports, connection)
    throw lost
  }
}

export const nothingMerged: FileHistory = {
  isOwed: true,
  readings: [],
  span: { from: 0, to: 0 },
  claims: [],
  ledger: [],
  hints: [],
  months: [],
  seen: { months: [], proven: [] },
}
