import type { Connection } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Run } from '../domain/run.ts'
import { type FindConnectionPorts, findConnection, isId, nameOf, type Owner } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type StartSyncPorts = {
  readonly clock: () => number
  /** Ids that sort by the time (epoch milliseconds) they are made for. */
  readonly newRunId: (now: number) => string
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  /** Saves the run and queues it. Resolves with the run that will do the work: an earlier one while it lasts. */
  readonly enqueue: (connection: Connection, run: Run) => Promise<Run>
}

/** Starts a sync, or joins the one under way. */
export async function startSync(ports: StartSyncPorts, connection: Connection): Promise<Run> {
  const now = ports.clock()
  const streams = ports.exchanges.get(connection.exchange)?.streams ?? []
  return ports.enqueue(connection, {
    id: ports.newRunId(now),
    connection: connection.id,
    state: 'running',
    startedAt: now,
    requests: 0,
    streams: streams.map(({ stream }) => ({
      stream,
      state: 'waiting',
      requests: 0,
      served: 0,
      new: 0,
      changed: 0,
      unchanged: 0,
      percent: 0,
      gaps: [],
    })),
  })
}

/** Starts a sync of a connection that still has its key. */
export async function requestSync(
  ports: StartSyncPorts & FindConnectionPorts,
  user: string,
  id: string,
): Promise<Run> {
  const connection = await findConnection(ports, user, id)
  if (connection.status === 'disconnected')
    throw new RefusedError(
      'disconnected',
      `The key of ${nameOf(connection)} was destroyed when it was disconnected. Connect it again to go on importing.`,
      id,
    )
  return startSync(ports, connection)
}

export type ReadRunPorts = FindConnectionPorts & {
  readonly runs: { find(owner: Owner, id: string): Promise<Run | undefined> }
}

export async function readRun(ports: ReadRunPorts, user: string, id: string, run: string): Promise<Run> {
  await findConnection(ports, user, id)
  const found = isId(run) ? await ports.runs.find({ user, connection: id }, run) : undefined
  if (found === undefined) throw new RefusedError('not-found', 'This connection has no sync with this id.')
  return found
}
