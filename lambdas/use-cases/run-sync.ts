import { type ExchangeClient, stoppable } from '../domain/client.ts'
import type { Connection, Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError, type FailureKind } from '../domain/failure.ts'
import type { Run } from '../domain/run.ts'
import { day, hour, minute } from '../domain/window.ts'
import { fetchMarkets, type MarketPorts } from './fetch-markets.ts'
import { ownerOf } from './find-connection.ts'
import { type SyncPorts, syncConnection } from './sync-connection.ts'

export type RunSyncPorts = Omit<SyncPorts, 'client' | 'markets'> &
  Omit<MarketPorts, 'client'> & {
    readonly random: () => number
    readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
    readonly connections: {
      find(user: string, id: string): Promise<Connection | undefined>
      save(connection: Connection): Promise<void>
    }
    readonly vault: { get(ref: string): Promise<Credentials | undefined> }
    readonly openClient: (exchange: ExchangeDefinition, credentials: Credentials) => ExchangeClient
    /** Milliseconds after which the catalogue of markets is asked for again. */
    readonly marketsMaxAge: number
  }

export type SyncJob = {
  readonly user: string
  readonly connection: string
  readonly run: Run
  /** Who holds the lease: unique for each worker. */
  readonly holder: string
}

/**
 * Does what `startSync` asked for: takes the key from the vault, syncs, and notes at the connection how it went and
 * when the next sync is due. Whatever happens, the run is left in a final state.
 */
export async function runSync(ports: RunSyncPorts, job: SyncJob, signal: AbortSignal): Promise<Run> {
  const connection = await ports.connections.find(job.user, job.connection)
  const exchange = ports.exchanges.get(connection?.exchange ?? '')
  if (connection === undefined || exchange === undefined || connection.vaultRef === undefined)
    return end(ports, job, 'interrupted')
  // From now on, so that whoever reads the connection finds the run while it lasts.
  await ports.connections.save({ ...connection, lastRun: job.run.id })
  const credentials = await ports.vault.get(connection.vaultRef)
  // A vault that lost the key asks of the user what a deleted key asks: a new one.
  const run =
    credentials === undefined
      ? await end(ports, job, 'failed', 'unauthorized')
      : await sync(ports, job, connection, exchange, credentials, signal)
  await note(ports, job, run)
  return run
}

async function sync(
  ports: RunSyncPorts,
  job: SyncJob,
  connection: Connection,
  exchange: ExchangeDefinition,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Run> {
  const client = stoppable(ports.openClient(exchange, credentials), signal)
  try {
    const markets = await fetchMarkets({ ...ports, client }, exchange, ports.marketsMaxAge)
    return await syncConnection({ ...ports, client, markets }, connection, exchange, {
      runId: job.run.id,
      holder: job.holder,
      signal,
    })
  } catch (error) {
    if (error instanceof FailureError) return end(ports, job, 'interrupted', error.failure.kind)
    await note(ports, job, await end(ports, job, 'failed'))
    throw error
  } finally {
    await client.close()
  }
}

async function end(
  ports: RunSyncPorts,
  { user, connection, run }: SyncJob,
  state: 'interrupted' | 'failed',
  failure?: FailureKind,
): Promise<Run> {
  const ended: Run = { ...run, state, finishedAt: ports.clock(), ...(failure !== undefined && { failure }) }
  await ports.runs.save({ user, connection }, ended)
  return ended
}

/** Failures that stay until the user does something. */
const attention: ReadonlySet<FailureKind> = new Set([
  'unauthorized',
  'wrong-signature',
  'forbidden-ip',
  'expired',
  'no-permission',
  'account-restricted',
  'exchange-closed',
])

/** Read again, since the user may have disconnected or replaced the key while the sync ran. */
async function note(ports: RunSyncPorts, job: SyncJob, run: Run): Promise<void> {
  const connection = await ports.connections.find(job.user, job.connection)
  if (connection === undefined) return
  const noted = { ...connection, lastRun: run.id }
  if (connection.status === 'disconnected') return ports.connections.save(noted)
  const reason = [run.failure, ...run.streams.map((stream) => stream.failure)].find(
    (kind) => kind !== undefined && attention.has(kind),
  )
  const served = run.streams.some((stream) => stream.state === 'done')
  return ports.connections.save({
    ...noted,
    ...(reason !== undefined
      ? { status: 'attention', reason }
      : served && { status: 'connected', reason: undefined }),
    // A run that was stopped goes on when whoever stopped it starts again.
    nextSyncAt: run.state === 'interrupted' ? ports.clock() : nextNight(ports.clock(), ports.random),
  })
}

/** Nightly syncs are spread over the first hours of the day. */
const night = 6 * hour

/** A random whole minute of the coming night, UTC. */
export function nextNight(now: number, random: () => number): number {
  const tomorrow = (Math.floor(now / day) + 1) * day
  return tomorrow + Math.floor((random() * night) / minute) * minute
}

/**
 * After a start, when nobody else can be at work: frees a connection from a worker that died and closes its run.
 * True when a sync is due, because that run did not end or the time has come.
 */
export async function recoverSync(
  ports: Pick<RunSyncPorts, 'clock' | 'runs'> & {
    readonly lease: { expire(owner: ReturnType<typeof ownerOf>): Promise<void> }
    readonly runs: { latest(owner: ReturnType<typeof ownerOf>): Promise<Run | undefined> }
  },
  connection: Connection,
): Promise<boolean> {
  const owner = ownerOf(connection)
  await ports.lease.expire(owner)
  const latest = await ports.runs.latest(owner)
  if (latest?.state === 'running')
    await ports.runs.save(owner, { ...latest, state: 'interrupted', finishedAt: ports.clock() })
  if (connection.status === 'disconnected') return false
  const unfinished = latest === undefined || latest.state === 'running' || latest.state === 'interrupted'
  return unfinished || (connection.nextSyncAt ?? 0) <= ports.clock()
}
