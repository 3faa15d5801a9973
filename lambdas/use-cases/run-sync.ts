import { type ExchangeClient, stoppable } from '../domain/client.ts'
import type { Connection, Credentials, SyncNote } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError, type FailureKind } from '../domain/failure.ts'
import { dueBeforeLost } from '../domain/perishable.ts'
import { isEnded, type Run } from '../domain/run.ts'
import { fetchMarkets, type MarketPorts } from './fetch-markets.ts'
import { ownerOf } from './find-connection.ts'
import { type Night, nextNight } from './next-night.ts'
import { type SyncPorts, syncConnection } from './sync-connection.ts'

export type RunSyncPorts = Omit<SyncPorts, 'client' | 'markets'> &
  Omit<MarketPorts, 'client'> & {
    readonly random: () => number
    /** Neither is to be forgotten where syncs are run: nobody would notice. */
    readonly fileHistory: NonNullable<SyncPorts['fileHistory']>
    readonly mergeFiles: NonNullable<SyncPorts['mergeFiles']>
    readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
    readonly connections: {
      find(user: string, id: string): Promise<Connection | undefined>
      /** False when the connection was deleted, disconnected or given another key since it was read. */
      note(before: Connection, note: SyncNote): Promise<boolean>
    }
    readonly vault: { get(ref: string, owner: ReturnType<typeof ownerOf>): Promise<Credentials | undefined> }
    readonly openClient: (exchange: ExchangeDefinition, credentials: Credentials) => ExchangeClient
    /** Milliseconds after which the catalogue of markets is asked for again. */
    readonly marketsMaxAge: number
    readonly night: Night
  }

export type SyncJob = {
  readonly user: string
  readonly connection: string
  readonly run: Run
  /** Who holds the lease: unique for each worker. */
  readonly holder: string
  /** Whether somebody goes on with the run when the signal ends it: it stays `running` then. */
  readonly handsOn?: boolean
}

/**
 * Does what `startSync` asked for: takes the key from the vault, syncs, and notes at the connection how it went and
 * when the next sync is due. Whatever happens, the run is left in a final state.
 */
export async function runSync(ports: RunSyncPorts, job: SyncJob, signal: AbortSignal): Promise<Run> {
  try {
    const run = await attemptSync(ports, job, signal)
    await noteSync(ports, job, run)
    return run
  } catch (error) {
    await failSync(ports, job)
    throw error
  }
}

/** The key. It may have been moved to another vault since the connection was looked at: it is the same key there. */
async function credentialsOf(
  { connections, vault }: Pick<RunSyncPorts, 'connections' | 'vault'>,
  connection: Connection,
  ref: string,
): Promise<Credentials | undefined> {
  const owner = ownerOf(connection)
  const credentials = await vault.get(ref, owner)
  if (credentials !== undefined) return credentials
  const now = await connections.find(owner.user, owner.connection)
  const isMoved = now?.vaultRef !== ref && now?.checkedAt === connection.checkedAt
  return isMoved && now?.vaultRef !== undefined ? vault.get(now.vaultRef, owner) : undefined
}

/**
 * One go at a run, which is saved as it ends. Nothing is noted at the connection but that it is under way. Throws what
 * is no failure of the exchange: a broken store, a bug.
 */
export async function attemptSync(ports: RunSyncPorts, job: SyncJob, signal: AbortSignal): Promise<Run> {
  const connection = await ports.connections.find(job.user, job.connection)
  const exchange = ports.exchanges.get(connection?.exchange ?? '')
  if (connection === undefined || exchange === undefined || connection.vaultRef === undefined)
    return endRun(ports, job, 'interrupted')
  // From now on, so that whoever reads the connection finds the run while it lasts.
  await ports.connections.note(connection, { lastRun: job.run.id })
  const credentials = await credentialsOf(ports, connection, connection.vaultRef)
  if (credentials === undefined) return endRun(ports, job, 'failed', 'key-missing')
  const client = stoppable(ports.openClient(exchange, credentials), signal)
  try {
    const markets = await fetchMarkets({ ...ports, client }, exchange, ports.marketsMaxAge)
    return await syncConnection({ ...ports, client, markets }, connection, exchange, {
      runId: job.run.id,
      before: job.run,
      holder: job.holder,
      signal,
      handsOn: job.handsOn,
    })
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { kind } = error.failure
    // Whoever is at work may be at this very run.
    if (kind === 'busy' && job.handsOn) return { ...job.run, failure: kind }
    if (kind === 'aborted' && job.handsOn) return { ...job.run, state: 'interrupted' }
    return endRun(ports, job, 'interrupted', kind)
  } finally {
    await client.close()
  }
}

/** What noting the end of a run needs of the world. */
type NotePorts = Omit<RunSyncPorts, 'openClient'>

/** Ends a run that something broke, as far as the store still answers. */
export async function failSync(ports: NotePorts, job: SyncJob): Promise<Run> {
  const ended = await endRun(ports, { ...job, run: { ...job.run, givenUp: true } }, 'failed')
  await noteSync(ports, job, ended)
  return ended
}

/** Ends a run. Of a connection that was deleted nothing is stored. */
export async function endRun(
  ports: Pick<RunSyncPorts, 'clock'> & {
    readonly connections: Pick<RunSyncPorts['connections'], 'find'>
    readonly runs: Pick<RunSyncPorts['runs'], 'save'>
  },
  { user, connection, run }: Pick<SyncJob, 'user' | 'connection' | 'run'>,
  state: 'interrupted' | 'failed',
  failure?: FailureKind,
): Promise<Run> {
  const ended: Run = { ...run, state, finishedAt: ports.clock(), ...(failure !== undefined && { failure }) }
  if ((await ports.connections.find(user, connection)) !== undefined)
    await ports.runs.save({ user, connection }, ended)
  return ended
}

/** Failures that stay until the user does something. */
const attention: ReadonlySet<FailureKind> = new Set([
  'unauthorized',
  'wrong-signature',
  'key-missing',
  'forbidden-ip',
  'expired',
  'no-permission',
  'account-restricted',
  'different-account',
  'exchange-closed',
])

/** The failure of a run that the user has to do something about. */
export function needsAttention(run: Run): FailureKind | undefined {
  return [run.failure, ...run.streams.map((stream) => stream.failure)].find(
    (kind) => kind !== undefined && attention.has(kind),
  )
}

function wasServed(run: Run): boolean {
  return run.streams.some(({ state }) => isEnded(state))
}

/** What the user has to do something about after this run. */
export function reasonAfter({ reason: before }: Pick<Connection, 'reason'>, run: Run): string | undefined {
  if (wasServed(run)) return needsAttention(run)
  // Whatever fails afterwards, nobody has seen yet that it is the same account after all.
  return before === 'different-account' ? before : (needsAttention(run) ?? before)
}

/**
 * Notes at the connection how the run went and when the next is due. Read again, since the user may have
 * disconnected or replaced the key meanwhile: then the run tells nothing about it.
 */
export async function noteSync(ports: NotePorts, job: SyncJob, run: Run): Promise<void> {
  const connection = await ports.connections.find(job.user, job.connection)
  if (connection === undefined || connection.status === 'disconnected' || connection.lastRun !== run.id)
    return
  const reason = needsAttention(run)
  await ports.connections.note(connection, {
    ...(reason !== undefined
      ? { status: 'attention', reason: reasonAfter(connection, run) }
      : wasServed(run) && { status: 'connected', reason: undefined }),
    nextSyncAt: await nextSync(ports, connection, run, reason),
  })
}

async function nextSync(
  ports: NotePorts,
  connection: Connection,
  run: Run,
  reason: FailureKind | undefined,
): Promise<number | undefined> {
  const { clock, random, night } = ports
  // Nothing more will ever come from there.
  if (reason === 'exchange-closed') return undefined
  // A run that was stopped goes on when whoever stopped it starts again.
  if (run.state === 'interrupted') return clock()
  const coming = nextNight(clock(), connection.id, random, night)
  // Only the user can change anything; when it is changed, a sync begins at once.
  if (reason !== undefined) return coming
  return Math.min(coming, (await lastMoment(ports, connection)) ?? coming)
}

/** When to come again, whatever the night, so that nothing is lost that the exchange keeps only for so long. */
async function lastMoment(
  { clock, coverage, exchanges }: NotePorts,
  connection: Connection,
): Promise<number | undefined> {
  const streams = exchanges.get(connection.exchange)?.streams ?? []
  if (!streams.some(({ perishable }) => perishable !== undefined)) return undefined
  return dueBeforeLost(streams, await coverage.load(ownerOf(connection)), clock())
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
  if (connection.status === 'disconnected' || connection.paused) return false
  if (latest === undefined || latest.state === 'running' || latest.state === 'interrupted') return true
  return connection.nextSyncAt !== undefined && connection.nextSyncAt <= ports.clock()
}
