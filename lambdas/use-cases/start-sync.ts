import type { Connection, Owner } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Run } from '../domain/run.ts'
import { kindsOf } from '../domain/stream.ts'
import { minute } from '../domain/window.ts'
import { type FindConnectionPorts, findConnection, isId, nameOf, ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type StartSyncPorts = {
  readonly clock: () => number
  /** Ids that sort by the time (epoch milliseconds) they are made for. */
  readonly newRunId: (now: number) => string
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  /** Saves the run and queues it. Resolves with the run that will do the work: an earlier one while it lasts. */
  readonly enqueue: (connection: Connection, run: Run) => Promise<Run>
}

/** A run that nobody has begun to work on. */
export function newRun(
  { clock, newRunId, exchanges }: Pick<StartSyncPorts, 'clock' | 'newRunId' | 'exchanges'>,
  connection: Connection,
): Run {
  const now = clock()
  const streams = exchanges.get(connection.exchange)?.streams ?? []
  return {
    id: newRunId(now),
    connection: connection.id,
    state: 'running',
    startedAt: now,
    requests: 0,
    // Several definitions may tell one stream.
    streams: kindsOf(streams).map(([{ stream }]) => ({
      stream,
      state: 'waiting',
      requests: 0,
      served: 0,
      new: 0,
      changed: 0,
      unchanged: 0,
      percent: 0,
      gaps: [],
      unverified: [],
    })),
  }
}

/** Starts a sync, or joins the one under way. */
export async function startSync(ports: StartSyncPorts, connection: Connection): Promise<Run> {
  return ports.enqueue(connection, newRun(ports, connection))
}

export type RequestSyncPorts = StartSyncPorts &
  ReadRunPorts & {
    /** Milliseconds after the end of a sync before its user may ask for the next. */
    readonly syncCoolDown: number
  }

/**
 * Starts a sync of a connection that still has its key, and was not synced a moment ago. `recheck`: one that asks again
 * for all that could not be told or had before.
 */
export async function requestSync(
  ports: RequestSyncPorts,
  user: string,
  id: string,
  { recheck = false }: { readonly recheck?: boolean } = {},
): Promise<Run> {
  const connection = await findConnection(ports, user, id)
  if (connection.statementsOnly)
    throw new RefusedError(
      'disconnected',
      `There is no key of ${nameOf(connection)}: only files tell of it. Connect it with a key, or add a file to it.`,
      id,
    )
  if (connection.status === 'disconnected')
    throw new RefusedError(
      'disconnected',
      `The key of ${nameOf(connection)} was destroyed when it was disconnected. Connect it again to go on importing.`,
      id,
    )
  await refuseTooSoon(ports, connection)
  const run = newRun(ports, connection)
  return ports.enqueue(connection, recheck ? { ...run, recheck } : run)
}

/** One that was interrupted may be asked for again at once. */
async function refuseTooSoon(ports: RequestSyncPorts, connection: Connection): Promise<void> {
  if (ports.syncCoolDown === 0 || connection.lastRun === undefined) return
  const last = await ports.runs.find(ownerOf(connection), connection.lastRun)
  if (last?.finishedAt === undefined || last.state === 'interrupted') return
  const wait = last.finishedAt + ports.syncCoolDown - ports.clock()
  if (wait <= 0) return
  const minutes = Math.ceil(wait / minute)
  throw new RefusedError(
    'too-soon',
    `The last sync of ${nameOf(connection)} has only just ended; there can be little new. ` +
      `Ask again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    connection.id,
    wait,
  )
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

export type ListRunsPorts = FindConnectionPorts & {
  readonly runs: { list(owner: Owner, most: number): Promise<readonly Run[]> }
}

/** So many syncs are told of; the store remembers ninety days. */
const mostRuns = 50

/** The latest syncs of a connection, newest first. */
export async function listRuns(ports: ListRunsPorts, user: string, id: string): Promise<readonly Run[]> {
  return ports.runs.list(ownerOf(await findConnection(ports, user, id)), mostRuns)
}
