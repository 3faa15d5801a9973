import type { FileTime } from '../domain/attested.ts'
import { cellOf } from '../domain/cell.ts'
import type { ExchangeClient } from '../domain/client.ts'
import { judge, ownersWord, type Scope } from '../domain/completeness.ts'
import type { Connection, Credentials, Owner } from '../domain/connection.ts'
import { type Coverage, coverageLag, type Gap } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Run } from '../domain/run.ts'
import { kindsOf } from '../domain/stream.ts'
import { laneOfMessages, type SyncMessage } from '../domain/sync-message.ts'
import { minute } from '../domain/window.ts'
import { dueAgainAfter } from './enqueue-sync.ts'
import { fileTime } from './file-time.ts'
import { attemptSync, endRun, failSync, noteSync, type RunSyncPorts, type SyncJob } from './run-sync.ts'
import { handedOn } from './sync-connection.ts'

export type ContinueSyncPorts = Omit<RunSyncPorts, 'openClient'> & {
  /** `onCoolDown` is called when the exchange asks everybody to wait until then (epoch milliseconds). */
  readonly openClient: (
    exchange: ExchangeDefinition,
    credentials: Credentials,
    onCoolDown: (until: number) => void,
  ) => ExchangeClient
  readonly runs: { find(owner: Owner, id: string): Promise<Run | undefined> }
  readonly queue: { send(message: SyncMessage, delay?: number): Promise<void> }
  readonly coolDowns: {
    until(exchange: string): Promise<number>
    extend(exchange: string, until: number): Promise<void>
  }
  readonly newHolder: () => string
  /** The cell that the calls of this process leave from; absent: the first. */
  readonly cell?: number
  /** Called when the exchange asked everybody to wait until then (epoch milliseconds). */
  readonly onCoolDown: (exchange: string, until: number) => void
  /** Called when a run begins, with how far behind its account was, in milliseconds. */
  readonly onBegin: (connection: Connection, lag: number) => void
  /** Called when a run has ended, with what an operator wants to know of it. */
  readonly onEnd: (report: SyncReport) => void
}

/** How one run of one connection went. */
export type SyncReport = {
  readonly connection: string
  readonly exchange: string
  readonly run: Run
  /** Gaps that were not there before this hop. */
  readonly newGaps: readonly Gap[]
}

/**
 * `ended`: the run is over. `handed-on`: another message goes on with it. `waiting`: nothing was done, another
 * message comes back to it. `dropped`: nothing is to be done. `given-up`: nothing can be done with this run any more;
 * who sent its message again wants another one.
 */
export type Continued = 'ended' | 'handed-on' | 'waiting' | 'dropped' | 'given-up'

/** A run whose hops bring nothing so often in a row is given up. */
const mostStalls = 3

/** A message that meets another run at work comes back after this long, and gives up after so many times. */
const waitForOther = minute
const mostWaits = 60

/** How often the cool-down of the exchange is looked at while a run lasts. Milliseconds. */
const lookAtCoolDownEvery = 15_000

/**
 * Does what one message of the queue asks for, until `outOfTime` fires: then the run is handed on. The same message
 * may come twice, and several messages for one connection may come at once: nothing is stored twice.
 *
 * Throws what is neither the exchange's nor the user's fault, so that the message is delivered again; with
 * `lastDelivery` the run is ended as failed before.
 */
export async function continueSync(
  ports: ContinueSyncPorts,
  message: SyncMessage,
  { outOfTime, lastDelivery }: { readonly outOfTime: AbortSignal; readonly lastDelivery: boolean },
): Promise<Continued> {
  const owner = { user: message.user, connection: message.connection }
  const run = await ports.runs.find(owner, message.run)
  if (run?.givenUp) return 'given-up'
  // Deleted, done by another delivery of the same message, or handed on by it.
  if (run === undefined || run.state !== 'running' || (run.hop ?? 0) > message.hop) return 'dropped'
  const job: SyncJob = { ...owner, run, holder: ports.newHolder(), handsOn: true }
  const connection = await ports.connections.find(owner.user, owner.connection)
  const exchange = ports.exchanges.get(connection?.exchange ?? '')
  if (connection?.vaultRef === undefined || exchange === undefined) {
    await endRun(ports, job, 'interrupted')
    return 'dropped'
  }
  const sent = { ...message, ...laneOfMessages(connection) }
  // Its key may be bound to the address of its own cell. A dead letter that is sent again may come to any.
  if (sent.cell !== cellOf(ports)) return wait(ports, job, sent, 0)
  const coolDown = (await ports.coolDowns.until(exchange.id)) - ports.clock()
  if (coolDown > 0) return wait(ports, job, sent, coolDown)
  try {
    return await hop(ports, sent, job, connection, exchange, outOfTime)
  } catch (error) {
    if (lastDelivery) {
      const ended = await failSync(ports, job)
      ports.onEnd({ connection: job.connection, exchange: exchange.id, run: ended, newGaps: [] })
    }
    throw error
  }
}

async function hop(
  ports: ContinueSyncPorts,
  message: SyncMessage,
  job: SyncJob,
  connection: Connection,
  exchange: ExchangeDefinition,
  outOfTime: AbortSignal,
): Promise<Continued> {
  const before = await ports.coverage.load(job)
  if (message.hop === 0)
    ports.onBegin(connection, coverageLag(exchange.streams, before, connection.createdAt, ports.clock()))
  const over = new AbortController()
  const coolDown = watchCoolDown(ports, exchange.id, over.signal)
  const openClient: RunSyncPorts['openClient'] = (of, credentials) =>
    ports.openClient(of, credentials, coolDown.begin)
  let ended: Run
  try {
    ended = await attemptSync({ ...ports, openClient }, job, AbortSignal.any([outOfTime, coolDown.signal]))
  } finally {
    over.abort()
    await coolDown.ended()
  }
  if (ended.failure === 'busy') return waitForAnother(ports, message, job)
  if (ended.state === 'interrupted' && ended.failure === undefined) {
    const stalls = (await progressed(ports, job, before, ended)) ? 0 : message.stalls + 1
    if (stalls < mostStalls || coolDown.signal.aborted) {
      await handOn(ports, job, ended, { ...message, hop: message.hop + 1, stalls, waits: 0 })
      return 'handed-on'
    }
    ended = await endRun(ports, { ...job, run: ended }, 'failed', 'stalled')
  }
  await noteSync(ports, job, ended)
  ports.onEnd({
    connection: job.connection,
    exchange: exchange.id,
    run: ended,
    newGaps: newGaps(
      exchange,
      connection,
      before,
      await ports.coverage.load(job),
      await fileTime(ports, connection),
    ),
  })
  return 'ended'
}

/** Fires when the exchange asks everybody to wait, or an operator does. A store that does not answer stops nothing. */
function watchCoolDown(
  { coolDowns, clock, sleep, onCoolDown }: ContinueSyncPorts,
  exchange: string,
  over: AbortSignal,
) {
  const told = new AbortController()
  let telling = Promise.resolve()

  /** The exchange told us: we stop at once, and tell the others. */
  function begin(until: number): void {
    told.abort()
    onCoolDown(exchange, until)
    telling = telling.then(() => coolDowns.extend(exchange, until)).catch(() => undefined)
  }

  async function watch(): Promise<void> {
    while (!over.aborted && !told.signal.aborted) {
      await sleep(lookAtCoolDownEvery, over)
      const until = over.aborted ? 0 : await coolDowns.until(exchange).catch(() => 0)
      if (until > clock()) told.abort()
    }
  }
  const watching = watch()
  return {
    signal: told.signal,
    begin,
    ended: async () => {
      await watching
      await telling
    },
  }
}

/** The message goes first: lost between the two, the run is gone on with twice, which does no harm. */
async function handOn(ports: ContinueSyncPorts, job: SyncJob, run: Run, message: SyncMessage): Promise<void> {
  await ports.queue.send(message)
  await keepAlive(ports, job, { ...handedOn(run), hop: message.hop })
}

async function wait(
  ports: ContinueSyncPorts,
  job: SyncJob,
  message: SyncMessage,
  delay: number,
): Promise<Continued> {
  await ports.queue.send(message, delay)
  await keepAlive(ports, job, job.run)
  return 'waiting'
}

async function waitForAnother(
  ports: ContinueSyncPorts,
  message: SyncMessage,
  job: SyncJob,
): Promise<Continued> {
  if (message.waits >= mostWaits) {
    await endRun(ports, job, 'interrupted', 'busy')
    return 'dropped'
  }
  // The run itself is left alone: the one at work may be another delivery of this very message.
  await ports.queue.send({ ...message, waits: message.waits + 1 }, waitForOther)
  return 'waiting'
}

/** For all to see that somebody will come back to the run, and that the connection is not due. */
async function keepAlive(ports: ContinueSyncPorts, job: SyncJob, run: Run): Promise<void> {
  const now = ports.clock()
  const connection = await ports.connections.find(job.user, job.connection)
  // Nobody comes back to a run whose connection was deleted or lost its key.
  if (connection?.vaultRef === undefined) return
  // Whoever took the message may have ended the run by now, or handed it on further.
  const known = await ports.runs.find(job, run.id)
  if (known?.state !== 'running' || (known.hop ?? 0) > (run.hop ?? 0)) return
  await ports.runs.save(job, { ...run, updatedAt: now })
  if (connection.lastRun === run.id)
    await ports.connections.note(connection, { nextSyncAt: now + dueAgainAfter })
}

/** Whether a hop stored anything, or learnt what is complete and what cannot be had. */
async function progressed(
  ports: ContinueSyncPorts,
  owner: SyncJob,
  before: readonly Coverage[],
  { streams }: Run,
): Promise<boolean> {
  const stored = (run: Pick<Run, 'streams'>) =>
    run.streams.reduce((sum, stream) => sum + stream.new + stream.changed, 0)
  if (stored({ streams }) > stored(owner.run)) return true
  const known = (all: readonly Coverage[]) =>
    JSON.stringify(
      all.flatMap(({ stream, partition, covered, unverified, lost, note, asked = [] }) =>
        [covered, unverified, lost, note ?? [], asked].flat().map((one) => [stream, partition, one]),
      ),
    )
  return known(await ports.coverage.load(owner)) !== known(before)
}

/** Of the coverage itself: a run names only so many. */
function newGaps(
  exchange: ExchangeDefinition,
  { accountSince }: Connection,
  before: readonly Coverage[],
  after: readonly Coverage[],
  files: FileTime | undefined,
): readonly Gap[] {
  const scope: Scope = { word: ownersWord(accountSince, after, files) }
  return kindsOf(exchange.streams).flatMap((kind) => {
    const known = new Set(judge(kind, before, scope).gaps.map(nameOfGap))
    return judge(kind, after, scope).gaps.filter((gap) => !known.has(nameOfGap(gap)))
  })
}

function nameOfGap({ from, to, reason }: Gap): string {
  return `${from} ${to} ${reason}`
}
