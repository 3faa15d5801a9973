import type { FileTime } from '../domain/attested.ts'
import { clockTolerance } from '../domain/client.ts'
import { ownersWord, worst } from '../domain/completeness.ts'
import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { type Failure, FailureError } from '../domain/failure.ts'
import { completenessAfter, type Run, type RunState } from '../domain/run.ts'
import { isListed, type KindOf, kindsOf, type StreamDefinition, type StreamKind } from '../domain/stream.ts'
import type { Sums } from '../domain/sums.ts'
import { withoutFuture } from '../domain/without-future.ts'
import { fileTime } from './file-time.ts'
import { type FindNamesPorts, findNames } from './find-names.ts'
import { learnTime } from './learn-time.ts'
import { recogniseAccount } from './recognise-account.ts'
import { type StreamWork, type SyncStreamPorts, syncStream } from './sync-stream.ts'

type Owner = { readonly user: string; readonly connection: string }

/** What a sync needs of the world. Times are epoch milliseconds. */
export type SyncPorts = SyncStreamPorts & {
  readonly holdings?: FindNamesPorts['holdings']
  readonly fileHistory?: FindNamesPorts['fileHistory']
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
  readonly lease: {
    /** The epoch of the lease, or undefined while another run holds it. */
    acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined>
    renew(owner: Owner, holder: string, epoch: number, now: number, ttl: number): Promise<boolean>
    release(owner: Owner, holder: string, epoch: number): Promise<void>
  }
  readonly runs: { save(owner: Owner, run: Run): Promise<void> }
  readonly onProgress?: (run: Run) => void
  /** Merges again what files tell, as far as this run has changed anything; `goOn` throws once the lease is lost. */
  readonly mergeFiles?: (connection: Connection, goOn: () => Promise<void>) => Promise<unknown>
}

export type SyncOptions = {
  /** Sortable by start. */
  readonly runId: string
  /** The same run as it was handed on: its counts go on. */
  readonly before?: Run
  /** Who holds the lease: unique for each worker. */
  readonly holder: string
  /** Ends the run early; what was had by then is kept. */
  readonly signal?: AbortSignal
  /** Asks again for all that could not be told or had before, which is done every week without being told. */
  readonly recheck?: boolean
  /** Whether somebody else goes on with the run when it ends early: then it stays `running` for all to see. */
  readonly handsOn?: boolean
}

/** A dead worker's connection is free after this long. Milliseconds. */
const leaseTime = 60_000

/** How often progress is written where others can read it. Milliseconds. */
const runSaveEvery = 2_000

/**
 * One run: brings every stream of a connection up to date, each at its own pace. Throws `busy` when another run
 * holds the connection and `lease-lost` when another takes it over meanwhile; every other trouble is told in the run.
 */
export async function syncConnection(
  ports: SyncPorts,
  connection: Connection,
  exchange: ExchangeDefinition,
  options: SyncOptions,
): Promise<Run> {
  const owner = { user: connection.user, connection: connection.id }
  const { before, recheck = before?.recheck ?? false } = options
  const begunAt = ports.clock()
  const startedAt = before?.startedAt ?? begunAt
  const epoch = await ports.lease.acquire(owner, options.holder, begunAt, leaseTime)
  if (epoch === undefined) throw new FailureError({ kind: 'busy' })

  const ending = new AbortController()
  const signal =
    options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal])
  let leaseLost = false
  const heartbeat = keepLease(ports, owner, options.holder, epoch, ending.signal, () => {
    leaseLost = true
    ending.abort()
  })

  try {
    const [known, sums] = [await ports.coverage.load(owner), await ports.sums.load(owner)]
    const streams = kindsOf(exchange.streams).map((kind) =>
      syncStream(
        kind,
        known,
        sums,
        before?.streams.find(({ stream }) => stream === kind[0].stream),
      ),
    )
    let told = await toldByFiles(ports, connection)
    let savedAt = begunAt
    let saving = Promise.resolve()

    const progress = () => {
      const coverage = streams.flatMap((stream) => stream.coverage())
      const word = ownersWord(connection.accountSince, coverage, told)
      return streams.map((stream) => stream.progress({ word }))
    }
    const ahead = () => ports.client.now() - ports.clock()
    const isWrong = () => Math.abs(ahead()) > clockTolerance
    const snapshot = (state: RunState, failure?: Failure): Run => ({
      id: options.runId,
      connection: connection.id,
      state,
      startedAt,
      ...(state === 'running' ? { updatedAt: ports.clock() } : { finishedAt: ports.clock() }),
      requests: (before?.requests ?? 0) + ports.client.requests(),
      streams: progress(),
      ...(before?.hop !== undefined && { hop: before.hop }),
      ...(recheck && { recheck }),
      ...(isWrong() && { ahead: ahead() }),
      ...(failure !== undefined && { failure: failure.kind }),
    })
    const publish = () => {
      const isDue = ports.clock() - savedAt >= runSaveEvery
      // After every answer, to judge all coverage for nobody would cost as much as to bring it up to date.
      if (!isDue && ports.onProgress === undefined) return
      const run = snapshot('running')
      ports.onProgress?.(run)
      if (!isDue) return
      savedAt = ports.clock()
      // Only shown meanwhile: the run's end is saved again, and counts.
      saving = saving.then(() => ports.runs.save(owner, run)).catch(() => undefined)
    }

    await ports.runs.save(owner, snapshot('running'))
    const clockTrouble = await learnTime(ports, signal)
    const clocks = { theirs: ports.client.now(), ours: ports.clock() }
    // Nothing of a stream is asked before: who goes on with a run need not see it again.
    const doubt = before?.streams.some(({ requests }) => requests > 0)
      ? undefined
      : await recogniseAccount(
          { ...ports, signal },
          exchange,
          connection,
          clockTrouble(false) === undefined ? known.map((part) => withoutFuture(part, clocks)) : known,
        )
    // What is held is not believed to be of this account, either.
    const believed = doubt === undefined ? ports : { ...ports, holdings: undefined }
    const names = await findNames(believed, exchange, connection, epoch, () =>
      streams.flatMap((stream) => stream.coverage()),
    )
    const work: StreamWork = {
      ...{ owner, epoch, signal, publish, clockTrouble },
      ...{ doubt, recheck, names, startedAt },
    }
    const outcomes = await inTurn(streams, (stream) => stream.sync(ports, work))
    await saving
    if (leaseLost) throw new FailureError({ kind: 'lease-lost' })
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    // A run that was stopped leaves it to the one that goes on.
    if (connection.files && !signal.aborted)
      await ports.mergeFiles?.(connection, async () => {
        // Asked for itself: after a long standstill the heart may not have beaten yet.
        if (!(await ports.lease.renew(owner, options.holder, epoch, ports.clock(), leaseTime)))
          throw new FailureError({ kind: 'lease-lost' })
      })
    told = await toldByFiles(ports, connection)
    const run = conclude(snapshot, options.signal?.aborted ?? false)
    await ports.runs.save(owner, options.handsOn && run.state === 'interrupted' ? handedOn(run) : run)
    ports.onProgress?.(run)
    return run
  } finally {
    ending.abort()
    await heartbeat
    await ports.lease.release(owner, options.holder, epoch)
  }
}

/** All kinds side by side, but for those whose partitions another kind makes likely: they come after it, however it ends. */
async function inTurn<Stream extends { readonly kind: KindOf<StreamDefinition> }>(
  streams: readonly Stream[],
  sync: (stream: Stream) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> {
  const under = new Map<StreamKind, Promise<void>>()
  for (const stream of streams) {
    const before = stream.kind.flatMap(({ partitions }) =>
      isListed(partitions) && partitions.alsoOf !== undefined ? (under.get(partitions.alsoOf) ?? []) : [],
    )
    const syncing = before.length === 0 ? sync(stream) : Promise.allSettled(before).then(() => sync(stream))
    under.set(stream.kind[0].stream, syncing)
  }
  return Promise.allSettled(under.values())
}

/** What files tell of time decides, too, how far the word of the owner counts. */
async function toldByFiles(
  { fileHistory }: SyncPorts,
  connection: Connection,
): Promise<FileTime | undefined> {
  return fileHistory === undefined ? undefined : fileTime({ fileHistory }, connection)
}

/** A run that was stopped and that somebody else goes on with, as it looks in between. */
export function handedOn(run: Run): Run {
  const { finishedAt: _notYet, failure: _stopped, ...rest } = run
  return {
    ...rest,
    state: 'running',
    streams: run.streams.map((stream) =>
      stream.failure === 'aborted'
        ? { ...stream, state: 'running', failure: undefined, finishedAt: undefined }
        : stream,
    ),
  }
}

function conclude(snapshot: (state: RunState, failure?: Failure) => Run, aborted: boolean): Run {
  const { streams } = snapshot('running')
  if (aborted) return snapshot('interrupted')
  const failures = streams.flatMap(({ state, failure }) =>
    state !== 'failed' || failure === undefined ? [] : [failure],
  )
  const [first] = failures
  if (first !== undefined && failures.length === streams.length) return snapshot('failed', { kind: first })
  return snapshot(worst(streams.map(({ state }) => completenessAfter(state))))
}

/** Renews the lease until the run ends; calls `onLost` when another run has taken it. */
async function keepLease(
  ports: SyncPorts,
  owner: Owner,
  holder: string,
  epoch: number,
  signal: AbortSignal,
  onLost: () => void,
): Promise<void> {
  let renewedAt = ports.clock()
  while (!signal.aborted) {
    await ports.sleep(leaseTime / 3, signal)
    if (signal.aborted) return
    const now = ports.clock()
    // A store that fails to answer has not given the lease away: that takes until it runs out.
    const renewed = await ports.lease
      .renew(owner, holder, epoch, now, leaseTime)
      .catch(() => (now - renewedAt < leaseTime ? 'unknown' : false))
    if (renewed === true) renewedAt = now
    if (renewed === false) onLost()
  }
}
