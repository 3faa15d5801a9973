import type { Connection } from '../domain/connection.ts'

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
