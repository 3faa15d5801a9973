import type { Connection } from '../../lambdas/domain/connection.ts'

type Connections = {
  find(user: string, id: string): Promise<Connection | undefined>
  swap(before: Connection | undefined, after: Connection): Promise<boolean>
}

/**
 * Connections as an importer sees them that never keeps a key: each is one whose key was destroyed, so that going on
 * with it is no duplicate. What another part of the product knows about the key and the schedule of a connection
 * stays as it is. A doubt whether a key opens the same account is about its history, and both parts keep it.
 */
export function keylessConnections<T extends Connections>(store: T): T {
  return {
    ...store,
    async find(user: string, id: string) {
      const known = await store.find(user, id)
      return known === undefined ? undefined : withoutKey(known)
    },
    async swap(_before: Connection | undefined, after: Connection) {
      const known = await store.find(after.user, after.id)
      return store.swap(known, {
        ...withoutKey(after),
        ...(known !== undefined && {
          status: known.status,
          reason: doubtOf(after) ?? (doubtOf(known) === undefined ? known.reason : undefined),
          vaultRef: known.vaultRef,
          nextSyncAt: known.nextSyncAt,
        }),
      })
    },
  }
}

function withoutKey(connection: Connection): Connection {
  const { vaultRef: _none, nextSyncAt: _never, reason: _gone, ...rest } = connection
  const doubt = doubtOf(connection)
  return { ...rest, status: 'disconnected', ...(doubt !== undefined && { reason: doubt }) }
}

function doubtOf({ reason }: Connection): string | undefined {
  return reason === 'different-account' ? reason : undefined
}
