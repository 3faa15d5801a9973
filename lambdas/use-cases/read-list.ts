import type { Timing } from '../domain/client.ts'
import { coverUnreadable, strongerEvidence } from '../domain/cover-answer.ts'
import type { Coverage, Evidence, LearntWay } from '../domain/coverage.ts'
import { endsThePartition, type Failure, FailureError } from '../domain/failure.ts'
import {
  coverCut,
  coverGone,
  coverList,
  promisedFrom,
  settledAt,
  withoutClaims,
} from '../domain/list-coverage.ts'
import {
  fewestDoubted,
  isUnchanged,
  mayBeCut,
  mayEndAt,
  missingFrom,
  oldestUnit,
  remember,
  sameRows,
} from '../domain/list-proof.ts'
import { isDueAgain } from '../domain/plan-windows.ts'
import type { ListStream } from '../domain/stream.ts'
import { keyOf, servedTime, type Transaction } from '../domain/transaction.ts'
import { isUnreadable, rowsRecognised } from '../domain/unreadable.ts'
import { day, subtract, type Window } from '../domain/window.ts'
import { askOlder } from './ask-older.ts'
import { askWitness } from './ask-witness.ts'
import { fetchList, type Listed, type ListPorts, type Manners, proveYoungest, rowsIn } from './fetch-list.ts'
import type { Page } from './fetch-window.ts'
import { goBack } from './go-back.ts'
import { type KeepRowsPorts, keepRows } from './keep-rows.ts'
import { keepUndated } from './keep-undated.ts'
import { type KeepUnreadablePorts, unreadableKeeper } from './keep-unreadable.ts'
import type { StoreRows } from './store-rows.ts'

/** What the partitions of one definition share in a run. */
export type Shared = {
  /** How far back the exchange has been seen to serve: its horizon is the same for all partitions. */
  evidence: Evidence | undefined
  readonly manners: Manners
  /** What was learnt of the ways to older rows: each answer shows it anew, and what is remembered saves questions. */
  readonly ways: Map<string, LearntWay>
  /** Everything that nobody could tell is asked for again. */
  readonly again: boolean
  /** When this worker began: by our clock, never before its run did, and by that of the exchange. */
  readonly begunAt: { readonly ours: number; readonly theirs: number }
}

export type ReadListPorts = Omit<ListPorts, 'manners'> &
  KeepRowsPorts &
  KeepUnreadablePorts & {
    readonly store: StoreRows['store']
    /** Counts rows that were served again word for word, and need not be compared. */
    readonly recognise: (count: number) => void
    readonly shared: Shared
    /** Whether the exchange does not list the partition: it may answer with nothing although there was something. */
    readonly isUnlisted: boolean
    /** Whether something else makes rows of the partition likely. */
    readonly isLikely: boolean
  }

export type ReadList = {
  readonly coverage: Coverage
  readonly served: number
  readonly unreadable: number
  readonly failure?: Failure
  /** What is known where pages are seen to hold more rows than its own, which was doubted while none was. */
  readonly unlessCut?: { readonly served: number; readonly coverage: Coverage }
}

const always: Window = { from: 0, to: Number.MAX_SAFE_INTEGER }

/**
 * Reads one partition that is asked for as a whole, stores its rows, and tells what is known of it then. What is left open is
 * asked for again by the next run.
 */
export async function readList(
  ports: ReadListPorts,
  definition: ListStream,
  start: Coverage,
): Promise<ReadList> {
  const { partition } = start
  const { shared } = ports
  const { unit } = definition
  const careSince = start.covered[0]?.from
  const rows = keepRows(ports, definition, start)
  const unreadable = unreadableKeeper(ports, definition, partition)
  let coverage: Coverage = { ...start, note: undefined, asked: shared.begunAt.ours }
  let served = 0
  /** Rows that were shown and do not say when. */
  const timeless: Transaction[] = []
  /** When the first of them was. */
  let timelessAt: Timing | undefined
  let firstAsked = shared.begunAt.theirs
  let isStrange = false
  let isOutlived = false
  let hasGone = false

  /** Every row that is served since then is on a page that was cut off. */
  function sinceOf({ transactions }: Page): number {
    return (oldestUnit(transactions, unit) ?? Number.MAX_SAFE_INTEGER) + unit
  }

  /** Rows that were had once, and that the exchange promises to show for so long. */
  async function promised(listed: Listed): Promise<readonly Transaction[]> {
    const shown = promisedFrom(definition, listed.answeredAt)
    const from = listed.extent === 'youngest' ? Math.max(shown, sinceOf(listed)) : shown
    const stored = await ports.stored({ from: Math.max(0, from), to: always.to })
    return stored.filter(
      (row) =>
        definition.partitionOf(row) === partition &&
        !isUnreadable(row) &&
        (row.status === undefined || row.status === 'done'),
    )
  }

  /**
   * Whether the exchange has taken rows from the list: others lie around each of them, more are there than are missing, and it
   * says the same when it is read again. One that is behind lacks the youngest, and a list that was cut off its end.
   */
  async function areGone(
    missing: readonly Transaction[],
    { length: known }: readonly Transaction[],
    listed: Listed,
  ): Promise<boolean> {
    const times = listed.transactions.map(({ time }) => time)
    const isBetween = ({ time }: Transaction) =>
      times.some((other) => other < time) &&
      (time < listed.answeredAt - day || times.some((other) => other > time))
    if (!missing.every(isBetween) || 2 * missing.length >= known) return false
    const again = await fetchList({ ...ports, manners: shared.manners }, definition, partition)
    served += again.served
    return again.extent === listed.extent && sameRows(rowsIn(again), rowsIn(listed))
  }

  /** With those rows that do not say when, and are stored as they could be read before, dated as these are. */
  async function recognised<P extends Page>(page: P): Promise<P> {
    if (page.timeless.length === 0) return page
    const stored = (await ports.stored(always)).filter(
      (row) => definition.mayShowOthers || definition.partitionOf(row) === partition,
    )
    const found = rowsRecognised(page.timeless, stored, page.transactions)
    const dated = page.timeless.flatMap((row) => {
      const known = found.get(row.identity)
      return known === undefined ? [] : [{ ...row, time: servedTime(known) }]
    })
    return {
      ...page,
      transactions: [...page.transactions, ...dated],
      timeless: page.timeless.filter(({ identity }) => !found.has(identity)),
    }
  }

  /** The rows that a list should hold and does not, not even so that they cannot be read. */
  function lacking({ transactions }: Listed, witnesses: readonly Transaction[]): readonly Transaction[] {
    const missing = missingFrom(transactions, witnesses)
    const found = [...rowsRecognised(transactions.filter(isUnreadable), missing, []).values()].map(keyOf)
    return missing.filter((row) => !found.includes(keyOf(row)))
  }

  /** What the list proves, held against what is stored; undefined where it proves nothing. */
  async function believe(listed: Listed, answer: Listed): Promise<Listed | undefined> {
    if (listed.extent === 'some' || start.oldest === undefined) return listed
    const witnesses = await promised(listed)
    const missing = lacking(listed, witnesses)
    if (missing.length === 0) return listed
    const since = sinceOf(listed)
    const isShort = listed.extent === 'whole' && definition.paging === 'none' && listed.served > 0
    if (!isShort || missing.some(({ time }) => time >= since)) {
      // None of several rows that are known: it may be the list of another account.
      isStrange = missing.length === witnesses.length && missing.length >= 3
      if (!(await areGone(missing, witnesses, answer))) return undefined
      await rows.take({ settled: [], absent: missing }, listed.askedAt)
      await rows.markMissing()
      return listed
    }
    // Only older ones are missing.
    const { pageSizes, largest } = shared.manners
    // It was longer, and no exchange is taken to cut there: they have left a list that reaches less far back than is taken for certain.
    isOutlived = (start.seen?.count ?? 0) > listed.served && !mayEndAt(listed.served, largest, pageSizes)
    if (isOutlived) return { ...listed, extent: 'youngest' }
    // The page ends at a number of rows that no source names.
    coverage = { ...coverage, pageEnds: listed.served }
    shared.manners.pageSizes = [...shared.manners.pageSizes, listed.served]
    return prove(listed, answer)
  }

  /** What a list is worth that may be cut, tried on the rows of its answer as they came. */
  async function prove({ transactions, timeless }: Listed, answer: Listed): Promise<Listed> {
    return { ...(await proveYoungest(ports, definition, partition, answer)), transactions, timeless }
  }

  /**
   * A page as large as the largest that was shown may have been cut there, at a number that nobody names. One that has grown since
   * it was last read, and lost nothing, was not cut then: nothing is older than it.
   */
  async function isDoubted(listed: Listed, answer: Listed, isKnown: boolean): Promise<Listed | undefined> {
    const { pageSizes, largest } = shared.manners
    if (listed.extent !== 'whole' || !mayEndAt(listed.lastPage, largest, pageSizes)) return undefined
    const tried = await prove(listed, answer)
    served += tried.served - listed.served
    const hasGrown = isKnown && start.seen !== undefined && listed.transactions.length > start.seen.count
    return hasGrown && tried.extent === 'youngest' ? undefined : tried
  }

  /**
   * Pages too short to be doubted by themselves are seen to be cut: what was claimed by one of the same size is not known, from
   * which night on nobody can tell.
   */
  function withdraw({ lastPage: size, extent }: Listed, since: number): void {
    // Pages that were turned to their end were not cut, whatever was refused beside them.
    if (isOutlived || extent === 'whole' || size === 0) return
    if (size >= fewestDoubted(definition.pageSizes) || start.pageEnds === size) return
    if ((start.seen?.count ?? 0) >= size) coverage = withoutClaims(coverage, since)
    coverage = { ...coverage, pageEnds: size }
  }

  /**
   * Whether rows are known to be missing from a list that was cut, or nobody can tell. Of one that ends at no size of a page, or is so short that no exchange is taken to cut
   * there, what is older may as well have left it: how far back lists reach is not always documented.
   */
  function cutReason({ lastPage }: Listed, doubted: Listed | undefined): 'beyond-depth' | 'saturated' {
    const { pageSizes } = shared.manners
    const isShort = lastPage < fewestDoubted(definition.pageSizes) || !mayBeCut(lastPage, pageSizes)
    return doubted !== undefined || isOutlived || isShort ? 'beyond-depth' : 'saturated'
  }

  async function take(page: Page): Promise<void> {
    timeless.push(...page.timeless)
    if (page.timeless.length > 0) timelessAt ??= { askedAt: page.askedAt, answeredAt: page.answeredAt }
    if (page.transactions.length === 0) return
    const shown = await ports.store(page, 'whole', { partition, windows: [] })
    unreadable.note(shown.settled, coverage)
    await rows.take(shown, page.askedAt)
    const oldest = page.transactions.reduce(
      (first, { time }) => Math.min(first, time),
      coverage.oldest ?? Number.POSITIVE_INFINITY,
    )
    coverage = { ...coverage, oldest }
  }

  /** Whether the list says word for word what it said when it was last read, apart from what is younger. */
  function isAsBefore({ transactions }: Listed): boolean {
    if (start.seen !== undefined) return isUnchanged(start.seen, transactions)
    return start.oldest === undefined && transactions.length === 0
  }

  async function takeNew(listed: Listed, isKnown: boolean): Promise<void> {
    const { seen } = start
    // What cannot be read may be a stored row: that is found out among all that the answer shows.
    const allAreRead = !listed.transactions.some(isUnreadable)
    const fresh =
      isKnown && allAreRead && seen !== undefined
        ? listed.transactions.filter(({ time }) => time >= seen.until)
        : listed.transactions
    ports.recognise(listed.transactions.length - fresh.length)
    await take({ ...listed, transactions: fresh })
  }

  /** Whatever an answer is worth, and whatever comes after it: nobody else has a row that it showed. */
  async function keepTimeless(): Promise<void> {
    if (timelessAt === undefined) return
    const timing = timelessAt
    const undated = {
      ...ports,
      keep: async (transactions: readonly Transaction[]) => {
        const shown = await ports.store({ ...timing, transactions }, 'whole', { partition, windows: [] })
        unreadable.note(shown.settled, coverage)
      },
    }
    coverage = await keepUndated(undated, start, coverage, timeless, timing.answeredAt)
  }

  function learnFrom({ transactions, askedAt }: Listed): void {
    if (transactions.length === 0) return
    const time = transactions.reduce((oldest, row) => Math.min(oldest, row.time), Number.POSITIVE_INFINITY)
    const evidence = { time, servedAt: askedAt }
    shared.evidence = strongerEvidence(shared.evidence, evidence)
    coverage = { ...coverage, evidence }
  }

  function becomeGone(): void {
    hasGone = true
    coverage = coverGone(coverage, settledAt(definition, firstAsked))
  }

  async function read(): Promise<Failure | undefined> {
    await rows.completeSizes()
    const answer = await fetchList({ ...ports, manners: shared.manners }, definition, partition)
    served += answer.served
    if (answer.served === 0 && ports.isUnlisted) {
      firstAsked = Math.min(firstAsked, answer.askedAt)
      becomeGone()
      return undefined
    }
    const listed = await recognised(answer)
    const isKnown = isAsBefore(listed)
    const held = isKnown ? listed : await believe(listed, answer)
    if (held === undefined && isStrange) return { kind: 'bad-payload' }
    // Stored before anything more is asked: a run may end at any question.
    await takeNew(held ?? listed, isKnown)
    const doubted = held && (await isDoubted(held, answer, isKnown))
    const believed = doubted ?? held
    learnFrom(listed)
    // Where there are no rows, a moment's delay costs nothing, and what is known is the same for many partitions.
    firstAsked = listed.served === 0 ? Math.min(firstAsked, listed.askedAt) : listed.askedAt
    if (believed === undefined) return { kind: 'bad-payload' }
    const settled = settledAt(definition, firstAsked)
    if (believed.extent === 'some') {
      withdraw(believed, settled)
      coverage = coverCut(coverage, definition, settled, cutReason(believed, doubted))
      if (doubted) coverUnlessCut(believed, settled)
      await callWitness(settled)
      await readBefore(settled)
      return undefined
    }
    const since = believed.extent === 'youngest' ? sinceOf(believed) : undefined
    withdraw(believed, since ?? 0)
    await unreadable.replace(coverage, { ...always, from: since ?? 0 }, believed)
    coverage = coverList(
      coverage,
      definition,
      { since, settled, answeredAt: believed.answeredAt, evidence: shared.evidence },
      careSince,
    )
    coverage = coverUnreadable(
      coverage,
      unreadable.unreadable({ ...believed, timeless: [] }, always),
      settled,
    )
    if (!isKnown || believed.transactions.some(({ time }) => time >= (start.seen?.until ?? 0)))
      coverage = { ...coverage, seen: remember(believed.transactions) }
    if (since !== undefined) await readOlder(believed, settled, cutReason(believed, doubted))
    if (doubted) coverUnlessCut(believed, settled)
    await callWitness(settled)
    await readBefore(settled)
    return undefined
  }

  /** What could not be had is not known, but orders may tell of it. */
  async function callWitness(settled: number): Promise<void> {
    const now = shared.begunAt.theirs
    const stored = async (window: Window) => [...(await ports.stored(window)), ...timeless]
    const witness = { ...ports, stored }
    const lacking = await askWitness(witness, definition, { before: start, now: coverage }, now, settled)
    coverage = { ...coverage, lacking }
  }

  /** What is older than a list that ends somewhere is kept as far as it can be had, and proves nothing. */
  async function readBefore(settled: number): Promise<void> {
    const { begunAt, again } = shared
    const { olderTo } = start
    const inParts = start.reasked === undefined || again || olderTo !== undefined
    if (definition.older === undefined || !(inParts || isDueAgain(start, begunAt.theirs))) return
    if (definition.older.ofLikely && !ports.isLikely && coverage.oldest === undefined) return
    const [open] = subtract([{ from: definition.opened, to: settled }], coverage.covered)
    if (open === undefined) return
    await askOlder({ ...ports, manners: shared.manners }, definition, partition, {
      window: { ...open, to: Math.min(open.to, olderTo ?? open.to) },
      atOnce: olderTo === undefined,
      ...(inParts && { span: definition.older.span }),
      take: async (page) => {
        served += page.served
        await take(await recognised(page))
      },
      onReached: (from) => {
        if (inParts) coverage = { ...coverage, olderTo: from }
      },
    })
    coverage = { ...coverage, olderTo: undefined, reasked: begunAt.theirs }
  }

  /** What would be known if the list were whole; of one that holds more than rows to be read, the next night tells. */
  function coverUnlessCut(
    { transactions, timeless: undated, lastPage, answeredAt }: Listed,
    settled: number,
  ): void {
    const first = transactions.reduce((oldest, { time }) => Math.min(oldest, time), Number.POSITIVE_INFINITY)
    if (undated.length > 0 || transactions.some(isUnreadable) || (coverage.oldest ?? first) < first) return
    const answer = { since: undefined, settled, answeredAt, evidence: shared.evidence }
    unlessCut = { served: lastPage, coverage: coverList(coverage, definition, answer, careSince) }
  }

  async function readOlder(
    page: Page,
    settled: number,
    unheeded: 'saturated' | 'beyond-depth',
  ): Promise<void> {
    const shown: Transaction[] = []
    const back = {
      ...ports,
      manners: shared.manners,
      ways: shared.ways,
      now: shared.begunAt.theirs,
      take: async (page: Page) => {
        served += page.served
        const older = await recognised(page)
        await take(older)
        shown.push(...older.transactions)
      },
    }
    const gone = await goBack(back, definition, coverage, page, unheeded)
    // What was stored on the way may have been noted since.
    coverage = { ...gone, oldest: coverage.oldest }
    const places = unreadable.unreadable({ ...page, transactions: shown, timeless: [] }, always)
    coverage = coverUnreadable(coverage, places, settled)
  }

  let unlessCut: ReadList['unlessCut']
  let failure: Failure | undefined
  let isAsked = true
  try {
    failure = await read().finally(keepTimeless)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { kind } = error.failure
    const isOfPartition = kind === 'not-served' || kind === 'not-opened'
    if (!isOfPartition) failure = error.failure
    else if (kind === 'not-opened' && start.covered.length === 0) coverage = { ...coverage, note: kind }
    else becomeGone()
    // Not this partition's fault: as far as the next worker is concerned, it was not asked.
    isAsked = isOfPartition || !endsThePartition(kind)
  }
  // What was no name before is none for being asked again.
  if (coverage.note === 'not-served' && start.note === 'not-known')
    coverage = { ...coverage, note: start.note }
  const asOfNow = (what: Coverage): Coverage => ({
    ...what,
    ...rows.known(),
    ...(isAsked
      ? !hasGone && { attempted: Math.max(what.attempted, settledAt(definition, firstAsked)) }
      : { asked: start.asked }),
  })
  return {
    coverage: asOfNow(coverage),
    served,
    unreadable: unreadable.count(),
    ...(failure !== undefined && { failure }),
    ...(failure === undefined &&
      unlessCut !== undefined && {
        unlessCut: { ...unlessCut, coverage: asOfNow({ ...unlessCut.coverage, lacking: coverage.lacking }) },
      }),
  }
}
