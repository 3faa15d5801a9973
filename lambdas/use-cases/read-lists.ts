import { evidenceAge, strongerEvidence } from '../domain/cover-answer.ts'
import type { Coverage, Evidence, LearntWay } from '../domain/coverage.ts'
import { endsThePartition, type Failure, retryPolicy } from '../domain/failure.ts'
import { apartBy, type NamesAsked } from '../domain/names-asked.ts'
import { isUnlisted, type Names, whoseTurn } from '../domain/rotation.ts'
import { hasPartition, isListed, type ListStream } from '../domain/stream.ts'
import { believeEmpty } from './believe-empty.ts'
import { expectNames, neverAsked } from './expect-names.ts'
import type { ListCoverage } from './keep-list-coverage.ts'
import { type ReadList, type ReadListPorts, readList, type Shared } from './read-list.ts'

export type ReadListsPorts = Omit<ReadListPorts, 'shared' | 'isUnlisted' | 'isLikely'> & {
  /** Our clock, and that of the exchange as far as it is known. */
  readonly clock: () => number
  readonly now: () => number
  readonly names: Names
  readonly coverage: ListCoverage
  readonly onProgress: (progress: ListsProgress) => void
}

/** How far the lists of one definition have been read: how many partitions were to be asked for, and were. */
export type ListsProgress = {
  readonly planned: number
  readonly asked: number
  readonly served: number
  readonly unreadable: number
  /** Where only run time knows the partitions: the same over all workers of the run. */
  readonly names?: NamesAsked
}

/** Lists under way at once: enough that the exchange's limit, not its distance, sets the pace, however many there are. */
const listsAtOnce = 6

/** After so many in a row that were tried in vain again and again, the rest is left to the next run. */
const mostFailures = 3

/**
 * Brings every partition of a definition up to date whose turn it is, several at once. `startedAt`: when the run began, by
 * our clock; what was asked since then was asked by the worker before this one. Returns the first failure, if any.
 */
export async function readLists(
  ports: ReadListsPorts,
  definition: ListStream,
  { startedAt, again }: { readonly startedAt: number; readonly again: boolean },
): Promise<Failure | undefined> {
  const { coverage } = ports
  const shared = sharedBy(ports, definition, { startedAt, again })
  const { partitions } = definition
  expectNames(coverage, definition, ports.names)
  const own = new Map([...coverage.known()].filter(([name]) => hasPartition(partitions, name)))
  const queue = isListed(partitions)
    ? [...whoseTurn(own, ports.names, partitions.every, { startedAt, again })]
    : partitions.filter((name) => !isAsked(coverage.of(name)))
  largestFirst(queue, own)
  /** By workers before this one. */
  let askedBefore = [...own.values()].filter(isAsked).length
  let planned = queue.length
  let [asked, served, unreadable] = [0, 0, 0]
  let failure: Failure | undefined
  let failedInARow = 0
  let stopped = false
  let isOpen = false
  const isUnknown = (name: string) => isListed(partitions) && isUnlisted(ports.names, name)
  const empty = believeEmpty(
    { own, isAsked, isUnlisted: isUnknown, now: ports.now(), note: coverage.note },
    definition,
  )
  const doubted: NonNullable<ReadList['unlessCut']>[] = []
  const fatal: unknown[] = []

  /** By this run, whoever was at work on it. */
  function isAsked({ asked: at = Number.NEGATIVE_INFINITY }: Coverage): boolean {
    return at >= startedAt
  }

  function tell(): void {
    ports.onProgress({ planned, asked, served, unreadable, ...namesAsked() })
  }

  function namesAsked(): Pick<ListsProgress, 'names'> {
    if (!isListed(partitions)) return {}
    const counts = { asked: askedBefore + asked, of: askedBefore + planned }
    return { names: { each: partitions.each[1], ...counts, ...apartBy(definition, shared.manners) } }
  }

  function note(name: string, read: ReadList): void {
    empty.take(read)
    // Where the run was stopped meanwhile, the next worker asks it again.
    if (isAsked(read.coverage)) asked = Math.min(planned, asked + 1)
    served += read.served
    unreadable += read.unreadable
    if (read.unlessCut !== undefined) doubted.push(read.unlessCut)
    if (read.failure === undefined) {
      failedInARow = 0
      if (read.coverage.note === undefined) askUnopened()
      // Where others are answered it is open: of this one, nobody can tell.
      else if (read.coverage.note === 'not-opened' && (isOpen || ports.names.isOpen))
        coverage.note({ ...read.coverage, note: 'not-served' })
      else if (read.coverage.note === 'not-opened') leaveUnopened(name)
    } else {
      failure ??= read.failure
      const { kind } = read.failure
      // What is refused at once costs one question; what was tried again and again costs minutes.
      if (retryPolicy(kind) !== 'never') failedInARow += 1
      if (endsThePartition(kind) || failedInARow >= mostFailures) stopped = true
    }
    tell()
  }

  /**
   * A name that the exchange does not know, and of which nothing is stored, is of no history, unless it was listed once. Where none of
   * those that a word of the user may stand for is known, the word itself is one of which nobody can tell: it may be misspelt.
   */
  function tellUnknown(): void {
    const { listed, hinted, said } = ports.names
    const isUnknown = ({ note: why, covered, oldest }: Coverage) =>
      (why === 'not-served' || why === 'not-known') && covered.length === 0 && oldest === undefined
    const words = new Set(
      [...said.values()].flatMap((names) =>
        names.some((name) => !isUnknown(coverage.of(name))) ? [] : names.slice(0, 1),
      ),
    )
    for (const name of hinted.keys()) {
      const part = coverage.of(name)
      const why = words.has(name) || listed.includes(name) ? 'not-served' : 'not-known'
      if (isUnknown(part) && part.note !== why) coverage.note({ ...part, note: why })
    }
  }

  /** What the account never opened it opened for none of them. */
  function leaveUnopened(name: string): void {
    const { attempted, asked: at } = coverage.of(name)
    for (const part of [...own.keys()].map(coverage.of))
      if (part.covered.length === 0) coverage.note({ ...part, note: 'not-opened', attempted, asked: at })
    asked = planned
    stopped = true
  }

  /** What answers for one partition is open by now: what was thought to be empty since it was not is asked for at once. */
  function askUnopened(): void {
    if (isOpen) return
    isOpen = true
    const unopened = [...own.keys()].map(coverage.of).filter((part) => part.note === 'not-opened')
    askedBefore -= unopened.filter(isAsked).length
    for (const part of unopened) coverage.note(neverAsked(part))
    const more = unopened.map(({ partition }) => partition).filter((name) => !queue.includes(name))
    queue.push(...more)
    planned += more.length
  }

  /** What was doubted while no larger page had been shown is believed where one was. */
  function believeShorter(): void {
    for (const { served: size, coverage: known } of doubted)
      if (size < shared.manners.largest) coverage.note(known)
  }

  /** Nothing that should have shown rows did: that others show none proves nothing. */
  function leaveHeld(): void {
    const left = empty.held()
    if (left === 0) return
    asked -= left
    failure ??= { kind: 'bad-payload' }
    tell()
  }

  async function readNext(): Promise<void> {
    const name = queue.shift()
    if (name === undefined) return
    try {
      const isLikely = ports.names.hinted.has(name)
      const list = { ...ports, shared, isUnlisted: isUnknown(name), isLikely }
      note(name, await readList(list, definition, coverage.of(name)))
      await coverage.saveIfDue()
    } catch (error) {
      stopped = true
      fatal.push(error)
    }
  }

  async function work(): Promise<void> {
    while (!stopped && queue.length > 0) await readNext()
  }

  tell()
  try {
    // The first goes alone: it tells whether there is anything to ask.
    await readNext()
    await Promise.all(Array.from({ length: Math.min(listsAtOnce, queue.length) }, work))
  } finally {
    leaveHeld()
    believeShorter()
    tellUnknown()
    if (fatal.length === 0) await coverage.save()
  }
  if (fatal.length > 0) throw fatal[0]
  return failure
}

/** The longest list shows by itself how many rows a page may hold at least: asked first, it spares the others a doubt. */
function largestFirst(queue: string[], own: ReadonlyMap<string, Coverage>): void {
  const sizeOf = (name: string) => own.get(name)?.seen?.count ?? 0
  const largest = queue.reduce<string | undefined>(
    (first, name) => (sizeOf(name) > (first === undefined ? 0 : sizeOf(first)) ? name : first),
    undefined,
  )
  if (largest !== undefined) queue.unshift(...queue.splice(queue.indexOf(largest), 1))
}

function sharedBy(
  { clock, now, coverage }: ReadListsPorts,
  definition: ListStream,
  { startedAt, again }: { readonly startedAt: number; readonly again: boolean },
): Shared {
  const theirs = now()
  const known = [...coverage.known().values()].filter(({ partition }) =>
    hasPartition(definition.partitions, partition),
  )
  const ways = new Map<string, LearntWay>()
  let evidence: Evidence | undefined
  for (const part of known) {
    const { evidence: shown } = part
    if (shown !== undefined && theirs - shown.servedAt < evidenceAge)
      evidence = strongerEvidence(evidence, shown)
    for (const learnt of part.ways ?? [])
      if (learnt.at > (ways.get(learnt.way)?.at ?? 0)) ways.set(learnt.way, learnt)
  }
  return {
    evidence,
    ways,
    again,
    manners: {
      showsAllViews: false,
      largest: known
        .filter(({ asked = 0 }) => definition.paging === 'none' && asked >= startedAt)
        .reduce((most, { seen }) => Math.max(most, seen?.count ?? 0), 0),
      pageSizes: [...definition.pageSizes, ...known.flatMap(({ pageEnds }) => pageEnds ?? [])],
    },
    begunAt: { ours: Math.max(clock(), startedAt), theirs },
  }
}
