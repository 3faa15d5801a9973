import type { Connection, Credentials, Owner } from '../domain/connection.ts'
import type { Intent } from '../domain/intent.ts'
import { forgetSecret, storeSecret } from './connect.ts'
import { ownerOf } from './find-connection.ts'

export type MoveCredentialsPorts = {
  readonly clock: () => number
  readonly connections: {
    /** Those whose sync is due before then, whatever their key's place. */
    due(before: number): AsyncIterable<Connection>
    swap(before: Connection, after: Connection): Promise<boolean>
  }
  /** Until when nobody may use a key of this exchange. */
  readonly coolDowns: { until(exchange: string): Promise<number> }
  readonly vault: {
    put(ref: string, credentials: Credentials, owner: Owner): Promise<void>
    get(ref: string, owner: Owner): Promise<Credentials | undefined>
    remove(ref: string): Promise<void>
  }
  readonly intents: { begin(intent: Intent): Promise<void>; end(id: string): Promise<void> }
  /** What a secret is called in the place that all are to be moved to. */
  readonly newSecretRef: () => string
  readonly isThere: (ref: string) => boolean
}

export type Moved = {
  readonly moved: number
  /** Found elsewhere and not moved: somebody was at work on the connection, or the time was over. At least. */
  readonly left: number
}

const mostFailures = 10

/**
 * Moves the keys of all connections that are synced from wherever they are to one place, until the signal fires. May be cut short at
 * any moment and begun again: a connection refers to one key that is there, always, and the sweeper takes away what is left.
 */
export async function moveCredentials(ports: MoveCredentialsPorts, signal: AbortSignal): Promise<Moved> {
  let moved = 0
  let left = 0
  let failedInARow = 0
  for await (const connection of ports.connections.due(Number.MAX_SAFE_INTEGER)) {
    const from = connection.vaultRef
    if (from === undefined || ports.isThere(from)) continue
    const isStopped = signal.aborted || (await ports.coolDowns.until(connection.exchange)) > ports.clock()
    try {
      if (!isStopped && (await move(ports, connection, from))) moved += 1
      else left += 1
      failedInARow = 0
    } catch (error) {
      // One keeps no other from being moved; where all fail, it is no one's own trouble.
      left += 1
      failedInARow += 1
      if (failedInARow === mostFailures) throw error
    }
    if (signal.aborted) break
  }
  return { moved, left }
}

/** False when the key was replaced or destroyed meanwhile, and nothing was moved. */
async function move(ports: MoveCredentialsPorts, connection: Connection, from: string): Promise<boolean> {
  const { connections, vault, intents, clock } = ports
  const owner = ownerOf(connection)
  const credentials = await vault.get(from, owner)
  if (credentials === undefined) return false
  const to = ports.newSecretRef()
  await storeSecret(ports, owner, to, credentials)
  await intents.begin({ kind: 'secret', id: from, ...owner, since: clock() })
  const isMoved = await connections.swap(connection, { ...connection, vaultRef: to })
  // What the connection does not refer to goes, and what it does is no longer on its way.
  await forgetSecret(ports, isMoved ? from : to)
  await intents.end(isMoved ? to : from)
  return isMoved
}
