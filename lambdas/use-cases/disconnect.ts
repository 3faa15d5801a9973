import type { Connection } from '../domain/connection.ts'
import { minute } from '../domain/window.ts'
import { findConnection, type Owner, ownerOf } from './find-connection.ts'

export type DisconnectPorts = {
  readonly clock: () => number
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    save(connection: Connection): Promise<void>
    remove(user: string, id: string): Promise<void>
    releaseKeys(user: string, connection: string): Promise<void>
  }
  readonly transactions: { removeAll(owner: Owner): Promise<number> }
  readonly lease: { seize(owner: Owner, now: number, ttl: number): Promise<number> }
  readonly vault: { remove(ref: string): Promise<void> }
  /** Aborts the sync of this connection, if one is waiting or running, and resolves when it has ended. */
  readonly stopSync: (connection: Connection) => Promise<void>
}

/** As long as a sync that cannot be stopped may go on writing. */
const seizureTime = 15 * minute

/**
 * Destroys the key. The history stays unless it is to be deleted, and then every trace of the connection goes.
 * Can be repeated after a failure half way: the connection itself is the last to go.
 */
export async function disconnect(
  ports: DisconnectPorts,
  { user, id, history }: { user: string; id: string; history: 'keep' | 'delete' },
): Promise<void> {
  const { connections, transactions, lease, vault } = ports
  const connection = await findConnection(ports, user, id)
  if (connection.vaultRef !== undefined) await vault.remove(connection.vaultRef)
  await connections.save(withoutKey(connection))
  await ports.stopSync(connection)
  // The sync may have saved its end over it.
  await connections.save(withoutKey((await connections.find(user, id)) ?? connection))
  if (history === 'keep') return
  await lease.seize(ownerOf(connection), ports.clock(), seizureTime)
  await transactions.removeAll(ownerOf(connection))
  await connections.releaseKeys(user, id)
  await connections.remove(user, id)
}

function withoutKey(connection: Connection): Connection {
  const { vaultRef: _destroyed, nextSyncAt: _none, reason: _solved, ...rest } = connection
  return { ...rest, status: 'disconnected' }
}
