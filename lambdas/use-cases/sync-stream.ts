import { behindOf } from '../domain/behind.ts'
import type { ExchangeClient } from '../domain/client.ts'
import { type Judgement, judge, type Scope } from '../domain/completeness.ts'
import { type Coverage, noCoverage } from '../domain/coverage.ts'
import { type Failure, FailureError } from '../domain/failure.ts'
import { rivalsOf } from '../domain/reserves.ts'
import type { Names } from '../domain/rotation.ts'
import type { StreamProgress } from '../domain/run.ts'
import {
  definitionOf,
  hasOnePartition,
  isListed,
  type KindOf,
  type ListStream,
  type Markets,
  partitionOf,
  type StreamDefinition,
  type StreamKind,
  type WindowStream,
} from '../domain/stream.ts'
import { noSums, type Sums } from '../domain/sums.ts'
import { toldSpans } from '../domain/told-spans.ts'
import type { Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import type { Window } from '../domain/window.ts'
import { type Clocks, withoutFuture } from '../domain/without-future.ts'
import { type CountRowsPorts, countRows } from './count-rows.ts'
import { expectNames } from './expect-names.ts'
import { keepListCoverage, type ListCoverage } from './keep-list-coverage.ts'
import { withOldest } from './known-coverage.ts'
import type { ClockTrouble } from './learn-time.ts'
import { leaveToReserve } from './leave-to-reserve.ts'
import { queue } from './one-by-one.ts'
import { type ListsProgress, readLists } from './read-lists.ts'
import { type PartitionPorts, type PartitionProgress, readWindows } from './read-windows.ts'
import { type StoreRows, storeRows } from './store-rows.ts'
import { isDueForVerification, type VerifyRowsPorts, type VerifyTurn, verifyRows } from './verify-rows.ts'

type Owner = { readonly user: string; readonly connection: string }

/** What one stream needs of the world. Times are epoch milliseconds. */
export type SyncStreamPorts = {
  readonly clock: () => number
  readonly client: ExchangeClient
  readonly markets: Markets
  readonly transactions: CountRowsPorts['transactions'] & VerifyRowsPorts['transactions']
  readonly sums: VerifyRowsPorts['sums']
  /** How often all that is stored is compared with what was put there: weekly, unless said otherwise. */
  readonly verification?: VerifyTurn
  readonly coverage: {
    /** Throws `lease-lost` when a newer run has taken over. */
    save(owner: Owner, coverage: Coverage, epoch: number): Promise<void>
    /** The same of all partitions of a stream that are asked for as lists, of which `changed` are to be written. */
    saveAll(
      owner: Owner,
      stream: StreamKind,
      all: readonly Coverage[],
      changed: ReadonlySet<string>,
      epoch: number,
    ): Promise<void>
  }
  readonly lease: {
    /** Whether the epoch is still the latest: nobody took the lease over, and the history was not removed. */
    holds(owner: Owner, epoch: number): Promise<boolean>
  }
}

/** What all streams of a run have in common. */
export type StreamWork = {
  readonly owner: Owner
  readonly epoch: number
  readonly signal: AbortSignal
  readonly publish: () => void
  readonly recheck: boolean
  /** The names of partitions that only run time knows. */
  readonly names: (definition: ListStream) => Names
  /** When the run began, by our clock, whoever was at work on it then. */
  readonly startedAt: number
  readonly clockTrouble: ClockTrouble
  /** Why nothing that is served may be believed to be of this account: then nothing is asked for. */
  readonly doubt: Failure | undefined
}

/**
 * One stream within a run, asked for by all definitions of its kind: its partitions side by side, their writes one after the
 * other.
 */
export function syncStream(
  kind: KindOf<StreamDefinition>,
  known: readonly Coverage[],
  sums: readonly Sums[],
  before?: StreamProgress,
) {
  const counts = {
    new: before?.new ?? 0,
    changed: before?.changed ?? 0,
    unchanged: before?.unchanged ?? 0,
    revised: before?.revised ?? 0,
    vanished: before?.vanished ?? 0,
    requests: before?.requests ?? 0,
  }
  const [first] = kind
  const { stream } = first
  const asked = windowParts(kind)
  const only =
    kind.length === 1 && !isListed(first.partitions) && hasOnePartition(first)
      ? first.partitions[0]
      : undefined
  const whose = (row: Transaction) => partitionOf(kind, row) ?? only
  const partitions = new Map(
    asked.map(({ partition }): [string, PartitionProgress] => {
      const coverage = known.find((one) => one.stream === stream && one.partition === partition)
      return [
        partition,
        {
          coverage: coverage ?? noCoverage(stream, partition),
          served: 0,
          planned: 0,
          asked: 0,
          unreadable: 0,
        },
      ]
    }),
  )
  const lists = kind.filter((one) => one.reads === 'list')
  let listed: ReadonlyMap<string, Coverage> = new Map(
    known
      .filter((part) => part.stream === stream && definitionOf(lists, part.partition) !== undefined)
      .map((part) => [part.partition, part]),
  )
  const listsProgress = new Map<ListStream, ListsProgress>()
  let judged: Judgement<StreamDefinition> | undefined
  let sinceJudged = 0
  let state: 'waiting' | 'running' | 'ended' = 'waiting'
  let failure: Failure | undefined
  /** Nobody told the time: up to when the stream is known, nobody can tell either. */
  let isUntimed = false
  /** The store failed, or the lease was lost: whatever was asked for, the stream did not come to its end. */
  let isCutOff = false
  let isAnswered = (before?.served ?? 0) > 0
  let { startedAt, position } = before ?? {}
  let finishedAt: number | undefined

  async function sync(ports: SyncStreamPorts, work: StreamWork): Promise<void> {
    const { owner, epoch, signal, publish } = work
    if (work.doubt !== undefined) return giveUp(ports, work, work.doubt)
    if (work.clockTrouble(false) === undefined)
      forgetFuture({ theirs: ports.client.now(), ours: ports.clock() })
    const askedBefore = counts.requests
    const { damaged, transactions, close, version } = await compareStored(ports, owner, epoch)
    const kept = storeRows({ ...ports, transactions }, { ...first, whose }, { owner, epoch, counts })
    const rows: StoreRows = {
      ...kept,
      store: (page, ...how) => {
        position = oldest(page.transactions, position)
        return kept.store(page, ...how)
      },
    }
    const client: ExchangeClient = {
      ...ports.client,
      ask: async (request, schema, options) => {
        const answer = await ports.client.ask(request, schema, {
          ...options,
          onSend: () => {
            counts.requests += 1
          },
        })
        isAnswered = true
        return answer
      },
    }

    const common = {
      client,
      markets: ports.markets,
      signal,
      ...rows,
      stored: (window: Window) => transactions.stored(owner, stream, window),
      remove: async (gone: readonly Transaction[]) => {
        if (!(await ports.lease.holds(owner, epoch))) throw new FailureError({ kind: 'lease-lost' })
        await transactions.remove(owner, gone)
      },
    }

    state = 'running'
    startedAt ??= ports.clock()
    publish()
    const handing = handOn()
    const readWindowsOf = (parts: readonly AskedPart[]) =>
      Promise.allSettled(
        parts.map(({ partition, definition }) => {
          // Several windows are under way: what the first of them saves must not land on what the next one did.
          const inOrder = queue()
          const reading = readWindows(
            {
              ...common,
              clock: ports.client.now,
              isTimeTold: work.clockTrouble(false) === undefined,
              ...sharing(partition, definition, handing),
              save: (saved) =>
                inOrder(() => ports.coverage.save(owner, { ...saved, sums: version() }, epoch)),
              onProgress: (progress) => {
                partitions.set(partition, progress)
                publish()
              },
            },
            definition,
            coverageOf(partition),
            work.recheck || damaged,
          )
          return reading.finally(() => handing.get(partition)?.end(coverageOf(partition)))
        }),
      )
    const keeper = keep(ports, work, version)
    const readAllLists = () =>
      Promise.allSettled(
        lists.map((definition) =>
          readLists(
            {
              ...common,
              clock: ports.clock,
              now: ports.client.now,
              names: work.names(definition),
              coverage: keeper,
              onProgress: (progress) => {
                listsProgress.set(definition, progress)
                publish()
              },
            },
            definition,
            { startedAt: work.startedAt, again: work.recheck },
          ),
        ),
      )
    const [better, whole, reserves] = await Promise.all([
      readWindowsOf(asked.filter(({ definition }) => definition.reserveOf === undefined)),
      readAllLists(),
      readWindowsOf(asked.filter(({ definition }) => definition.reserveOf !== undefined)),
    ])
    const outcomes = [...better, ...whole, ...reserves]
    // After a failure of the store, or without the lease, what was touched stays so until the next run counts it.
    outcomes.push(...(await Promise.allSettled([close().then(() => undefined)])))
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') failure ??= outcome.value
      else {
        isCutOff = true
        failure ??= outcome.reason instanceof FailureError ? outcome.reason.failure : { kind: 'aborted' }
      }
    }
    const trouble = failure === undefined ? work.clockTrouble(counts.requests > askedBefore) : undefined
    isUntimed = trouble !== undefined
    failure ??= trouble
    state = 'ended'
    finishedAt = ports.clock()
    publish()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  function forgetFuture(clocks: Clocks): void {
    const sober = (part: Coverage) => withoutFuture(part, clocks, definitionOf(kind, part.partition)?.depth)
    for (const [name, part] of partitions) partitions.set(name, { ...part, coverage: sober(part.coverage) })
    listed = new Map([...listed].map(([name, part]) => [name, sober(part)]))
  }

  /** Nothing is asked; who should have been stands on the roster all the same. */
  async function giveUp(ports: SyncStreamPorts, work: StreamWork, doubt: Failure): Promise<void> {
    failure = doubt
    startedAt ??= ports.clock()
    finishedAt = ports.clock()
    state = 'ended'
    const keeper = keep(ports, work, () => storedSums().version)
    for (const definition of lists) expectNames(keeper, definition, work.names(definition))
    await keeper.save()
  }

  function storedSums(): Sums {
    return sums.find((one) => one.stream === stream) ?? noSums(stream)
  }

  function keep(
    { clock, coverage }: SyncStreamPorts,
    { owner, epoch }: Pick<StreamWork, 'owner' | 'epoch'>,
    version: () => number,
  ): ListCoverage {
    const keeper = keepListCoverage(
      {
        clock,
        version,
        saveAll: (all, changed) => coverage.saveAll(owner, stream, all, changed, epoch),
      },
      stream,
      [...listed.values()],
    )
    listed = keeper.known()
    return keeper
  }

  /** Each partition that has reserves, with what it hands on to them. */
  function handOn(): ReadonlyMap<string, Handing> {
    return new Map(
      asked
        .filter(({ partition }) => kind.some(({ reserveOf }) => reserveOf === partition))
        .map(({ partition, definition }) => [partition, leaveToReserve(definition.unit)]),
    )
  }

  /** Where several partitions tell the same rows in other words: what of it this one is to tell. */
  function sharing(
    partition: string,
    { reserveOf }: WindowStream,
    handing: ReadonlyMap<string, Handing>,
  ): Pick<PartitionPorts, 'isOthers' | 'reserve' | 'onKnown'> {
    const rivals = rivalsOf(kind, partition)
    if (rivals.length === 0) return {}
    const toldBy = (row: Transaction) => (isUnreadable(row) ? row.account : partitionOf(kind, row))
    const better = asked.find((one) => one.partition === reserveOf)?.definition
    const handed = reserveOf === undefined ? undefined : handing.get(reserveOf)
    return {
      isOthers: (row) => rivals.some((rival) => rival === toldBy(row)),
      ...(better !== undefined && handed !== undefined && { reserve: { better, left: handed.left } }),
      onKnown: handing.get(partition)?.onKnown,
    }
  }

  function coverageOf(partition: string): Coverage {
    return partitions.get(partition)?.coverage ?? noCoverage(stream, partition)
  }

  function isKnown(partition: string): boolean {
    return known.some((one) => one.stream === stream && one.partition === partition)
  }

  /** What is not stored as it was put there is taken back before the plan is made: it is asked again at once. */
  async function compareStored(ports: SyncStreamPorts, owner: Owner, epoch: number) {
    const run = { owner, epoch, stream, now: ports.clock() }
    const start = storedSums()
    const saved = coverage()
    const due = isDueForVerification(start, saved, ports.verification ?? 'weekly', run.now)
    const verified = due
      ? await verifyRows(ports, run, start, saved)
      : { sums: start, coverage: saved, damaged: false }
    const isLost = saved.some(({ partition }) => !isKnown(partition))
    const compared = await withOldest(ports, owner, [verified.sums], verified.coverage, isLost)
    for (const part of compared) {
      const progress = partitions.get(part.partition)
      if (progress !== undefined) partitions.set(part.partition, { ...progress, coverage: part })
    }
    listed = new Map(
      compared.filter((part) => listed.has(part.partition)).map((part) => [part.partition, part]),
    )
    return { damaged: verified.damaged, ...countRows(ports, run, verified.sums) }
  }

  function coverage(): readonly Coverage[] {
    return [...[...partitions.values()].map((partition) => partition.coverage), ...listed.values()]
  }

  /** What failed beside what was answered, and left nothing missing in the scope, is told, and takes nothing from what is known. */
  function hasFailed(known: Judgement): boolean {
    return isUntimed || isCutOff || (failure !== undefined && (!isAnswered || known.state === 'incomplete'))
  }

  /** Of thousands of partitions, each answer changes one: while the run lasts, what is known of all is not judged after each. */
  function judgeNow(scope: Scope): Judgement<StreamDefinition> {
    const isWaiting = judged !== undefined && state === 'running' && listed.size > mostJudgedAtOnce
    sinceJudged = isWaiting && sinceJudged < listed.size / mostJudgedAtOnce ? sinceJudged + 1 : 0
    if (judged === undefined || sinceJudged === 0) judged = judge(kind, coverage(), scope)
    return judged
  }

  function progress(scope: Scope): StreamProgress {
    const known = judgeNow(scope)
    const [gaps, unverified] = [toldSpans(known.gaps), toldSpans(known.unverified)]
    const all = [...partitions.values(), ...listsProgress.values()]
    // Windows are weighed by their time and lists are counted: each says how far it is.
    const shares = [[...partitions.values()], [...listsProgress.values()]].flatMap(shareOf)
    const share =
      shares.length === 0
        ? state === 'ended' && failure === undefined
          ? 1
          : 0
        : shares.reduce((sum, one) => sum + one, 0) / shares.length
    const doneBefore = before?.percent ?? 0
    const begun = [...listsProgress.values()].flatMap(({ names }) => (names === undefined ? [] : [names]))
    const names = begun.length > 0 ? begun : before?.names
    const unreadable = all.reduce((sum, partition) => sum + partition.unreadable, before?.unreadable ?? 0)
    const told = all.reduce((sum, partition) => sum + partition.served, before?.served ?? 0)
    // A list tells how many rows it was served once all its pages are read; what is stored of it by then was served.
    const stored = counts.new + counts.changed - counts.vanished
    // What is said of one part does not speak for the others.
    const note = known.parts[0]?.note
    const isNoted = known.parts.every((part) => part.note === note)
    return {
      stream,
      state: state !== 'ended' ? state : hasFailed(known) ? 'failed' : known.state,
      ...(startedAt !== undefined && { startedAt }),
      ...(finishedAt !== undefined && { finishedAt }),
      ...(position !== undefined && { position }),
      requests: counts.requests,
      served: Math.max(told, stored),
      new: counts.new,
      changed: counts.changed,
      unchanged: counts.unchanged,
      ...(counts.revised > 0 && { revised: counts.revised }),
      ...(counts.vanished > 0 && { vanished: counts.vanished }),
      ...(unreadable > 0 && { unreadable }),
      percent: Math.floor(doneBefore + (100 - doneBefore) * share),
      ...(names !== undefined && { names }),
      ...(failure !== undefined && { failure: failure.kind }),
      ...(isNoted && note !== undefined && note !== 'not-known' && { note }),
      gaps: gaps.named,
      ...(gaps.others.length > 0 && { moreGaps: gaps.others.length }),
      unverified: unverified.named,
      ...(unverified.others.length > 0 && { moreUnverified: unverified.others.length }),
      ...(known.behind.length > 0 && { behind: behindOf(known) }),
    }
  }

  return { kind, sync, coverage, progress }
}

/** When the oldest of these rows and of those before happened. */
function oldest(rows: readonly Transaction[], before: number | undefined): number | undefined {
  return rows.reduce<number | undefined>(
    (first, { time }) => (first === undefined || time < first ? time : first),
    before,
  )
}

/** So many partitions are judged after each answer; of more, the less often the more there are. */
const mostJudgedAtOnce = 50

/** How much of what was planned has been asked for; nothing where nothing was. */
function shareOf(
  parts: readonly { readonly planned: number; readonly asked: number }[],
): readonly [number] | readonly [] {
  const planned = parts.reduce((sum, part) => sum + part.planned, 0)
  return planned === 0 ? [] : [parts.reduce((sum, part) => sum + part.asked, 0) / planned]
}

type Handing = ReturnType<typeof leaveToReserve>

type AskedPart = { readonly partition: string; readonly definition: WindowStream }

/** Each partition of a kind that is asked for by windows, with how; whose a row is can be told of the rows of all of them alike. */
function windowParts(kind: KindOf<StreamDefinition>): readonly AskedPart[] {
  const named = kind.flatMap((one) => (one.reads === 'windows' ? one.partitions : []))
  const [first, ...others] = named
  if (first === undefined) return []
  return kind.flatMap((definition): readonly AskedPart[] => {
    if (definition.reads !== 'windows') return []
    const whole: WindowStream = {
      ...definition,
      partitions: [first, ...others],
      partitionOf: (row) => partitionOf(kind, row),
    }
    return definition.partitions.map((partition) => ({ partition, definition: whole }))
  })
}
