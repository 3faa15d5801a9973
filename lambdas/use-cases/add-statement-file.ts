import type { Owner } from '../domain/connection.ts'
import type { StatementFile } from '../statements/statement-file.ts'
import { type FindConnectionPorts, findConnection, isId, ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

/** Items of files, and where their content lies. */
export type StatementFilePorts = FindConnectionPorts & {
  readonly clock: () => number
  readonly statementFiles: {
    find(owner: Owner, id: string): Promise<StatementFile | undefined>
    /** In the order in which they were added. */
    list(owner: Owner): Promise<readonly StatementFile[]>
    /** False, and nothing changes, when it is not as it was read any more. */
    swap(before: StatementFile | undefined, after: StatementFile): Promise<boolean>
    remove(owner: Owner, id: string): Promise<void>
  }
  /** Bytes under a name, whole or not at all. */
  readonly statementObjects: {
    write(key: string, bytes: Uint8Array): Promise<void>
    read(key: string): Promise<Uint8Array | undefined>
    /** Everything whose key begins so. */
    removeAll(prefix: string): Promise<void>
  }
  /** SHA-256, hexadecimal digits. */
  readonly digestOf: (bytes: Uint8Array) => string
}

export type AddedFile = {
  readonly file: StatementFile
  /** Whether it is there already: when it was added, it says itself. */
  readonly isKnown: boolean
}

/** What an upload may be at most. Bytes. */
export const largestFile = 32 * 1024 * 1024

/** The same content is the same file. */
export function fileId(sha256: string): string {
  return sha256.toLowerCase().slice(0, 32)
}

/** Everything of a file lies below this. */
export function placeOf({ user, connection, id }: Pick<StatementFile, 'user' | 'connection' | 'id'>): string {
  return `${placeOfConnection({ user, connection })}${id}/`
}

export function placeOfConnection({ user, connection }: Owner): string {
  return `${encodeURIComponent(user)}/statement-files/${connection}/`
}

/** Where its content lies, as it came. */
export function contentKey(file: Pick<StatementFile, 'user' | 'connection' | 'id'>): string {
  return `${placeOf(file)}content`
}

/** Announces a file: its content comes next. One that this connection has already is answered as it is. */
export async function addStatementFile(
  ports: StatementFilePorts,
  user: string,
  connectionId: string,
  announced: Pick<StatementFile, 'name' | 'bytes' | 'sha256'>,
): Promise<AddedFile> {
  const connection = await findConnection(ports, user, connectionId)
  const sha256 = announced.sha256.toLowerCase()
  if (announced.bytes > largestFile)
    throw new RefusedError(
      'file-refused',
      `${announced.name} is larger than ${largestFile / 1024 / 1024} MB: download it in several files of shorter time.`,
    )
  const id = fileId(sha256)
  const known = await ports.statementFiles.find(ownerOf(connection), id)
  if (known !== undefined) return { file: known, isKnown: known.state !== 'awaited' }
  const file: StatementFile = {
    id,
    user,
    connection: connection.id,
    name: announced.name,
    bytes: announced.bytes,
    sha256,
    addedAt: ports.clock(),
    state: 'awaited',
  }
  if (await ports.statementFiles.swap(undefined, file)) return { file, isKnown: false }
  return { file: await findStatementFile(ports, user, connectionId, id), isKnown: false }
}

/** Keeps the content of a file that was announced. Throws `RefusedError` where it is not that content. */
export async function keepContent(
  ports: StatementFilePorts,
  user: string,
  connection: string,
  id: string,
  bytes: Uint8Array,
): Promise<StatementFile> {
  const file = await findStatementFile(ports, user, connection, id)
  refuseOtherContent(ports, file, bytes)
  await ports.statementObjects.write(contentKey(file), bytes)
  return arrived(ports, file)
}

export async function findStatementFile(
  ports: Pick<StatementFilePorts, 'connections' | 'statementFiles'>,
  user: string,
  connection: string,
  id: string,
): Promise<StatementFile> {
  const found = isId(connection) ? await ports.connections.find(user, connection) : undefined
  const isOne = found !== undefined && /^[0-9a-f]{32}$/.test(id)
  const file = isOne ? await ports.statementFiles.find(ownerOf(found), id) : undefined
  if (file === undefined) throw new RefusedError('not-found', 'There is no statement file with this id.')
  return file
}

/** All files of a connection in the order in which they were added, those that were taken back included. */
export async function listStatementFiles(
  ports: Pick<StatementFilePorts, 'connections' | 'statementFiles'>,
  user: string,
  connection: string,
): Promise<readonly StatementFile[]> {
  return ports.statementFiles.list(ownerOf(await findConnection(ports, user, connection)))
}

/** The content of a file, which is what was announced. */
export async function contentOf(
  ports: StatementFilePorts,
  file: StatementFile,
): Promise<{ readonly file: StatementFile; readonly bytes: Uint8Array }> {
  const bytes = await ports.statementObjects.read(contentKey(file))
  if (bytes === undefined)
    throw new RefusedError(
      'content-missing',
      `The content of ${file.name} has not arrived yet: send it first.`,
    )
  refuseOtherContent(ports, file, bytes)
  return { file: await arrived(ports, file), bytes }
}

async function arrived(ports: StatementFilePorts, file: StatementFile): Promise<StatementFile> {
  if (file.state !== 'awaited') return file
  const here: StatementFile = { ...file, state: 'here' }
  if (await ports.statementFiles.swap(file, here)) return here
  return findStatementFile(ports, file.user, file.connection, file.id)
}

function refuseOtherContent(ports: StatementFilePorts, file: StatementFile, bytes: Uint8Array): void {
  if (bytes.length === file.bytes && ports.digestOf(bytes) === file.sha256) return
  throw new RefusedError(
    'file-refused',
    `What arrived is not ${file.name} as it was announced: choose the file once more.`,
  )
}
