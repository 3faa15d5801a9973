import type { ExchangeClient } from '../domain/client.ts'
import { judge, ownersWord, type Scope, worst } from '../domain/completeness.ts'
import type { Connection } from '../domain/connection.ts'
import { type Coverage, noCoverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { type Failure, FailureError } from '../domain/failure.ts'
import { completenessAfter, type Run, type RunState, type StreamProgress } from '../domain/run.ts'
import type { Markets, StreamDefinition } from '../domain/stream.ts'
import { noSums, type Sums } from '../domain/sums.ts'
import { toldSpans } from '../domain/told-spans.ts'
import { type CountRowsPorts, countRows } from './count-rows.ts'
import { type ClockTrouble, learnTime } from './learn-time.ts'
import { queue } from './one-by-one.ts'
import { storeRows } from './store-rows.ts'
import { type PartitionProgress, syncPartition } from './sync-partition.ts'
import { isDueForVerification, type VerifyRowsPorts, type VerifyTurn, verifyRows } from './verify-rows.ts'

type Owner = { readonly user: string; readonly connection: string }

/** What a sync needs of the world. Times are epoch milliseconds. */
export type SyncPorts = {
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly client: ExchangeClient
  readonly markets: Markets
  readonly transactions: CountRowsPorts['transactions'] & VerifyRowsPorts['transactions']
  readonly sums: VerifyRowsPorts['sums'] & { load(owner: Owner): Promise<readonly Sums[]> }
  /** How often all that is stored is compared with what was put there: weekly, unless said otherwise. */
  readonly verification?: VerifyTurn
  readonly coverage: {
    load(owner: Owner): Promise<readonly Coverage[]>
    /** Throws `lease-lost` when a newer run has taken over. */
    save(owner: Owner, coverage: Coverage, epoch: number): Promise<void>
  }
  readonly lease: {
    /** The epoch of the lease, or undefined while another run holds it. */
    acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined>
    renew(owner: Owner, holder: string, epoch: number, now: number, ttl: number): Promise<boolean>
    release(owner: Owner, holder: string, epoch: number): Promise<void>
    /** Whether the epoch is still the latest: nobody took the lease over, and the history was not removed. */
    holds(owner: Owner, epoch: number): Promise<boolean>
  }
  readonly runs: { save(owner: Owner, run: Run): Promise<void> }
  readonly onProgress?: (run: Run) => void
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
    const streams = exchange.streams.map((definition) =>
      streamRun(
        definition,
        known,
        sums,
        before?.streams.find(({ stream }) => stream === definition.stream),
      ),
    )
    let savedAt = begunAt
    let saving = Promise.resolve()

    const progress = () => {
      const coverage = streams.flatMap((stream) => stream.coverage())
      const word = ownersWord(connection.accountSince, coverage)
      return streams.map((stream) => stream.progress({ word }))
    }
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
    const work: Work = {
      owner,
      epoch,
      signal,
      publish,
      clockTrouble: await learnTime(ports, signal),
      recheck,
    }
    const outcomes = await Promise.allSettled(streams.map((stream) => stream.sync(ports, work)))
    await saving
    if (leaseLost) throw new FailureError({ kind: 'lease-lost' })
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
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

/** A run that was stopped and that somebody else goes on with, as it looks in between. */
export function handedOn(run: Run): Run {
  const { finishedAt: _notYet, failure: _stopped, ...rest } = run
  return {
    ...rest,
    state: 'running',
    streams: run.streams.map((stream) =>
      stream.failure === 'aborted' ? { ...stream, state: 'running', failure: undefined } : stream,
    ),
  }
}

function conclude(snapshot: (state: RunState, failure?: Failure) => Run, aborted: boolean): Run {
  const { streams } = snapshot('running')
  if (aborted) return snapshot('interrupted')
  const failures = streams.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
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

/** What all streams of a run have in common. */
type Work = {
  readonly owner: Owner
  readonly epoch: number
  readonly signal: AbortSignal
  readonly publish: () => void
  readonly recheck: boolean
  readonly clockTrouble: ClockTrouble
}

/** One stream within a run: its partitions side by side, their writes one after the other. */
function streamRun(
  definition: StreamDefinition,
  known: readonly Coverage[],
  sums: readonly Sums[],
  before?: StreamProgress,
) {
  const counts = {
    new: before?.new ?? 0,
    changed: before?.changed ?? 0,
    unchanged: before?.unchanged ?? 0,
    requests: before?.requests ?? 0,
  }
  const partitions = new Map(
    definition.partitions.map((partition): [string, PartitionProgress] => {
      const coverage = known.find((one) => one.stream === definition.stream && one.partition === partition)
      return [
        partition,
        {
          coverage: coverage ?? noCoverage(definition.stream, partition),
          served: 0,
          planned: 0,
          asked: 0,
          unreadable: 0,
        },
      ]
    }),
  )
  let state: 'waiting' | 'running' | 'ended' = 'waiting'
  let failure: Failure | undefined

  async function sync(ports: SyncPorts, work: Work): Promise<void> {
    const { owner, epoch, signal, publish } = work
    const { stream } = definition
    const askedBefore = counts.requests
    const { damaged, transactions, close, version } = await compareStored(ports, owner, epoch)
    const rows = storeRows({ ...ports, transactions }, definition, { owner, epoch, counts })
    const client: ExchangeClient = {
      ...ports.client,
      ask: (request, schema, options) =>
        ports.client.ask(request, schema, {
          ...options,
          onSend: () => {
            counts.requests += 1
          },
        }),
    }

    state = 'running'
    publish()
    const outcomes = await Promise.allSettled(
      [...partitions].map(([partition, { coverage }]) => {
        // Several windows are under way: what the first of them saves must not land on what the next one did.
        const inOrder = queue()
        return syncPartition(
          {
            client,
            markets: ports.markets,
            signal,
            clock: ports.client.now,
            isTimeTold: work.clockTrouble(false) === undefined,
            ...rows,
            stored: (window) => transactions.stored(owner, stream, window),
            remove: async (gone) => {
              if (!(await ports.lease.holds(owner, epoch))) throw new FailureError({ kind: 'lease-lost' })
              await transactions.remove(owner, gone)
            },
            save: (saved) => inOrder(() => ports.coverage.save(owner, { ...saved, sums: version() }, epoch)),
            onProgress: (progress) => {
              partitions.set(partition, progress)
              publish()
            },
          },
          definition,
          coverage,
          work.recheck || damaged,
        )
      }),
    )
    // After a failure of the store, or without the lease, what was touched stays so until the next run counts it.
    outcomes.push(...(await Promise.allSettled([close().then(() => undefined)])))
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') failure ??= outcome.value
      else if (outcome.reason instanceof FailureError) failure ??= outcome.reason.failure
    }
    failure ??= work.clockTrouble(counts.requests > askedBefore)
    state = 'ended'
    publish()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** What is not stored as it was put there is taken back before the plan is made: it is asked again at once. */
  async function compareStored(ports: SyncPorts, owner: Owner, epoch: number) {
    const { stream } = definition
    const run = { owner, epoch, stream, turn: ports.verification ?? 'weekly', now: ports.clock() }
    const start = sums.find((one) => one.stream === stream) ?? noSums(stream)
    const saved = coverage()
    const due = isDueForVerification(start, saved, run.turn, run.now)
    const verified = due
      ? await verifyRows(ports, run, start, saved)
      : { sums: start, coverage: saved, damaged: false }
    for (const part of verified.coverage) {
      const progress = partitions.get(part.partition)
      if (progress !== undefined) partitions.set(part.partition, { ...progress, coverage: part })
    }
    return { damaged: verified.damaged, ...countRows(ports, run, verified.sums) }
  }

  function coverage(): readonly Coverage[] {
    return [...partitions.values()].map((partition) => partition.coverage)
  }

  function progress(scope: Scope): StreamProgress {
    const known = judge(definition, coverage(), scope)
    const [gaps, unverified] = [toldSpans(known.gaps), toldSpans(known.unverified)]
    const all = [...partitions.values()]
    const planned = all.reduce((sum, partition) => sum + partition.planned, 0)
    const asked = all.reduce((sum, partition) => sum + partition.asked, 0)
    const share = planned === 0 ? (state === 'ended' && failure === undefined ? 1 : 0) : asked / planned
    const doneBefore = before?.percent ?? 0
    const unreadable = all.reduce((sum, partition) => sum + partition.unreadable, before?.unreadable ?? 0)
    const note = all.find(({ coverage }) => coverage.note !== undefined)?.coverage.note
    return {
      stream: definition.stream,
      state: state !== 'ended' ? state : failure !== undefined ? 'failed' : known.state,
      requests: counts.requests,
      served: all.reduce((sum, partition) => sum + partition.served, before?.served ?? 0),
      new: counts.new,
      changed: counts.changed,
      unchanged: counts.unchanged,
      ...(unreadable > 0 && { unreadable }),
      percent: Math.floor(doneBefore + (100 - doneBefore) * share),
      ...(failure !== undefined && { failure: failure.kind }),
      ...(note !== undefined && { note }),
      gaps: gaps.named,
      ...(gaps.others.length > 0 && { moreGaps: gaps.others.length }),
      unverified: unverified.named,
      ...(unverified.others.length > 0 && { moreUnverified: unverified.others.length }),
    }
  }

  return { sync, coverage, progress }
}
