import type { SyncMessage } from '../domain/sync-message.ts'
import { type EnqueuePorts, enqueueSync } from './enqueue-sync.ts'
import { newRun, type StartSyncPorts } from './start-sync.ts'

export type ReopenSyncPorts = EnqueuePorts & Pick<StartSyncPorts, 'newRunId' | 'exchanges'>

/**
 * Opens a run in place of one that was given up, for the operator who sent its message again. `dropped`: the connection
 * is gone, or another run was begun since, which does the same work.
 */
export async function reopenSync(
  ports: ReopenSyncPorts,
  { user, connection: id, run }: SyncMessage,
): Promise<'reopened' | 'dropped'> {
  const connection = await ports.connections.find(user, id)
  if (connection?.vaultRef === undefined || connection.lastRun !== run) return 'dropped'
  await enqueueSync(ports, connection, newRun(ports, connection))
  return 'reopened'
}
