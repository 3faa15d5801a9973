import type { Connection, Owner } from '../domain/connection.ts'
import type { Intent } from '../domain/intent.ts'
import { minute } from '../domain/window.ts'
import { findConnection, ownerOf } from './find-connection.ts'

export type DisconnectPorts = {
  readonly clock: () => number
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    swap(before: Connection, after: Connection): Promise<boolean>
    /** False, and nothing changes, when the connection has a key (again). */
    removeKeyless(user: string, id: string): Promise<boolean>
    releaseKeys(user: string, connection: string): Promise<void>
  }
  readonly transactions: { removeAll(owner: Owner): Promise<number> }
  readonly lease: { seize(owner: Owner, now: number, ttl: number): Promise<number> }
  readonly vault: { remove(ref: string): Promise<void> }
  readonly intents: { begin(intent: Intent): Promise<void> }
  readonly newId: () => string
  /**
   * Stops the sync of this connection, if one is waiting or running: from now on it claims nothing any more. What it
   * was just about to store may still arrive.
   */
  readonly stopSync: (connection: Connection) => Promise<void>
  /** Removes the files of exports that hold rows of this connection, where they do not vanish by themselves. */
  readonly forgetExports: (connection: Connection) => Promise<void>
  /** Removes what the files hold that were given to this connection. */
  readonly forgetFiles: (owner: Owner) => Promise<void>
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
  const { connections, transactions, lease } = ports
  const connection = await destroyKey(ports, user, id)
  await ports.stopSync(connection)
  if (history === 'keep') return
  // Removed once more when nothing that was under way can be any longer.
  await ports.intents.begin({
    kind: 'history',
    id: ports.newId(),
    user,
    connection: id,
    since: ports.clock(),
  })
  await lease.seize(ownerOf(connection), ports.clock(), seizureTime)
  // Connected again while the sync was being stopped. Under the lease, which goes with the history, nobody can be.
  await destroyKey(ports, user, id)
  await connections.releaseKeys(user, id)
  await transactions.removeAll(ownerOf(connection))
  // After the rows: an export that is written now finds none.
  await ports.forgetExports(connection)
  await ports.forgetFiles(ownerOf(connection))
  await connections.removeKeyless(user, id)
}

/** Takes the secret first, and again when a new one came in between. */
async function destroyKey(
  { connections, vault }: DisconnectPorts,
  user: string,
  id: string,
): Promise<Connection> {
  for (;;) {
    const connection = await findConnection({ connections }, user, id)
    if (connection.vaultRef !== undefined) await vault.remove(connection.vaultRef)
    if (await connections.swap(connection, withoutKey(connection))) return connection
  }
}

function withoutKey(connection: Connection): Connection {
  const { vaultRef: _destroyed, nextSyncAt: _none, reason: _solved, ...rest } = connection
  return { ...rest, status: 'disconnected' }
}
