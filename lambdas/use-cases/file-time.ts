import type { FileTime } from '../domain/attested.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import { fileTimeOf, type ToldByFiles } from '../statements/file-history.ts'
import { ownerOf } from './find-connection.ts'

export type FileTimePorts = {
  readonly fileHistory: { load(owner: Owner): Promise<ToldByFiles | undefined> }
}

/** What the files of a connection tell of time; asks nobody where there are none. */
export async function fileTime(
  { fileHistory }: FileTimePorts,
  connection: Pick<Connection, 'user' | 'id' | 'files'>,
): Promise<FileTime | undefined> {
  const history = connection.files ? await fileHistory.load(ownerOf(connection)) : undefined
  return history === undefined ? undefined : fileTimeOf(history)
}
