import { type Completeness, judgeAll, lastSync, type OwnersWord, ownersWord } from '../domain/completeness.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { type FileTimePorts, fileTime } from './file-time.ts'
import { ownerOf } from './find-connection.ts'

export type ListConnectionsPorts = {
  readonly connections: { list(user: string): Promise<readonly Connection[]> }
}

/** All connections of a user, the disconnected ones included, since their history is kept. Oldest first. */
export async function listConnections(
  { connections }: ListConnectionsPorts,
  user: string,
): Promise<readonly Connection[]> {
  return [...(await connections.list(user))].sort(
    (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  )
}

export type JudgeConnectionPorts = FileTimePorts & {
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
}

/** What is known of the history of a connection, and as of when; undefined before all of it was asked for once. */
export type Known = { readonly completeness: Completeness; readonly asOf: number }

/** `word`: what its owner says of the beginning, whether or not a stored row says otherwise. */
export type KnownConnection = { readonly known?: Known | undefined; readonly word?: OwnersWord | undefined }

export async function knownOf(ports: JudgeConnectionPorts, connection: Connection): Promise<KnownConnection> {
  const { exchanges, coverage } = ports
  const streams = exchanges.get(connection.exchange)?.streams ?? []
  const parts = await coverage.load(ownerOf(connection))
  const asOf = lastSync(streams, parts)
  const isSaid = connection.accountSince !== undefined
  const files = isSaid ? await fileTime(ports, connection) : undefined
  const word = ownersWord(connection.accountSince, parts, files)
  const known = asOf === undefined ? undefined : { completeness: judgeAll(streams, parts, { word }), asOf }
  return { known, word }
}
