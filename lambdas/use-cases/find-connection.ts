import type { Connection, Owner } from '../domain/connection.ts'
import { RefusedError } from './refusal.ts'

export type FindConnectionPorts = {
  readonly connections: { find(user: string, id: string): Promise<Connection | undefined> }
}

/** No id of ours looks different, and no store needs to be asked about one that does. */
export function isId(text: string): boolean {
  return /^[\w:.-]{1,64}$/.test(text)
}

/** Another user's connection is as unknown as one that does not exist. */
export async function findConnection(
  { connections }: FindConnectionPorts,
  user: string,
  id: string,
): Promise<Connection> {
  const connection = isId(id) ? await connections.find(user, id) : undefined
  if (connection === undefined) throw new RefusedError('not-found', 'There is no connection with this id.')
  return connection
}

export function ownerOf(connection: Pick<Connection, 'user' | 'id'>): Owner {
  return { user: connection.user, connection: connection.id }
}

/** As much of an id as people need to tell theirs apart. */
const shortId = 12

/** How a sentence names a connection to its user. */
export function nameOf(connection: Connection): string {
  const name = connection.label ?? (connection.subaccount === '' ? undefined : connection.subaccount)
  const key = connection.keyHint === '' ? '' : ` (key …${connection.keyHint})`
  const id = connection.id.slice(0, shortId)
  if (name === undefined && connection.statementsOnly === true) return `the account from files (${id})`
  return name === undefined ? `the connection ${id}${key}` : `the connection “${name}”${key}`
}
