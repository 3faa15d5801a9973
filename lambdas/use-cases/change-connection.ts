import type { Connection, ConnectionChange } from '../domain/connection.ts'
import { type FindConnectionPorts, findConnection, nameOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type ChangeConnectionPorts = FindConnectionPorts & {
  readonly clock: () => number
  readonly connections: {
    /** False, and nothing changes, when the connection was deleted, disconnected or given another key meanwhile. */
    change(before: Connection, change: ConnectionChange): Promise<boolean>
  }
}

/** Changes what its owner says of a connection. What is not mentioned stays; null takes it away. */
export async function changeConnection(
  ports: ChangeConnectionPorts,
  user: string,
  id: string,
  said: {
    readonly label?: string | null
    readonly accountSince?: number | null
    readonly symbols?: readonly string[]
    readonly paused?: boolean
  },
): Promise<Connection> {
  const before = await findConnection(ports, user, id)
  const change: ConnectionChange = {
    ...(said.label !== undefined && { label: said.label ?? undefined }),
    ...(said.symbols !== undefined && { symbols: said.symbols }),
    ...(said.accountSince !== undefined && { accountSince: said.accountSince ?? undefined }),
    ...(said.paused !== undefined && pausing(before, said.paused, ports.clock())),
  }
  if (Object.keys(change).length === 0) return before
  if (!(await ports.connections.change(before, change)))
    throw new RefusedError(
      'busy',
      `Another request is at work on ${nameOf(before)}. Try again in a minute.`,
      before.id,
    )
  return { ...before, ...change }
}

/** What was not asked during a pause is asked at once when it is over. */
function pausing(
  { paused, status }: Connection,
  said: boolean,
  now: number,
): Pick<ConnectionChange, 'paused' | 'nextSyncAt'> {
  if (said === (paused ?? false)) return {}
  if (said) return { paused: true }
  return { paused: undefined, ...(status !== 'disconnected' && { nextSyncAt: now }) }
}
