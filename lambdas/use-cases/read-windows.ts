import type { Coverage } from '../domain/coverage.ts'
import { type Failure, FailureError } from '../domain/failure.ts'
import { halvesOf } from '../domain/largest-answer.ts'
import { edgeSlack, isDueAgain, planWindows, saidDepth, urgentFirst } from '../domain/plan-windows.ts'
import { farApart } from '../domain/same-row.ts'
import type { WindowStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { alignTo, chop, subtract, union, type Window, width } from '../domain/window.ts'
import { askInTurn } from './ask-in-turn.ts'
import { type Doubted, largestAnswers } from './doubt-largest.ts'
import { failurePolicy } from './failure-policy.ts'
import { type FetchedByNames, fetchByNames } from './fetch-by-names.ts'
import { type FetchedByParts, fetchByParts } from './fetch-parts.ts'
import type { FetchPorts, Page } from './fetch-window.ts'
import { findHorizon } from './find-horizon.ts'
import { keepCoverage } from './keep-coverage.ts'
import { type KeepRowsPorts, keepRows } from './keep-rows.ts'
import { type KeepUnreadablePorts, unreadableKeeper } from './keep-unreadable.ts'
import type { Knowledge } from './leave-to-reserve.ts'
import { crowdedWindows } from './look-into-crowds.ts'
import { ownRows } from './own-rows.ts'
import type { More, StoreRows } from './store-rows.ts'

/** What one partition of a stream needs of the world. */
export type PartitionPorts = FetchPorts &
  KeepRowsPorts &
  KeepUnreadablePorts & {
    /** The exchange's time, as far as it is known. */
    readonly clock: () => number
    /** Whether the exchange told it before anything was planned. */
    readonly isTimeTold: boolean
    /** Stores what is new or changed; resolves when every row is stored. Rows with `more to come` are served again. */
    readonly store: StoreRows['store']
    /** Where another partition of the kind tells the same rows: whether a stored row was told by that one. */
    readonly isOthers?: (row: Transaction) => boolean
    /** For a reserve: its better, and what that leaves to it of a window, once it is through with all of it. */
    readonly reserve?: {
      readonly better: WindowStream
      readonly left: (window: Window) => Promise<readonly Window[]>
    }
    /** For one that has reserves: called when more is known of what it leaves to them. */
    readonly onKnown?: (knowledge: () => Knowledge) => void
    /** Saves coverage whose rows are stored. */
    readonly save: (coverage: Coverage) => Promise<void>
    readonly onProgress: (progress: PartitionProgress) => void
  }

export type PartitionProgress = {
  readonly coverage: Coverage
  readonly served: number
  /** Weight of the windows planned, and of those asked for so far. */
  readonly planned: number
  readonly asked: number
  /** Rows of this run that could not be read. */
  readonly unreadable: number
}

/** Coverage saved too late only repeats work, so not after every answer. Milliseconds. */
const saveEvery = 1_000

/** So often a run divides windows of a partition to find when rows happened that do not say it: some of them, each to its unit. */
const mostDivisions = 200

const nothing: Window = { from: 0, to: 0 }

/** How much less than younger time time counts that is older than the exchange is said to serve. */
const oldTimeDiscount = 40

/**
 * Brings one partition of a stream up to date: asks for what the coverage lacks, stores rows before coverage, and
 * goes on past windows that fail. `recheck`: also for what could not be told or had before, which is done every week
 * without being told. Returns the failure that ended or marred it, if any.
 */
export async function readWindows(
  ports: PartitionPorts,
  definition: WindowStream,
  start: Coverage,
  recheck = false,
): Promise<Failure | undefined> {
  const { partition } = start
  const startedAt = ports.clock()
  const again = recheck || isDueAgain(start, startedAt)
  const plan = urgentFirst(
    planWindows(start, definition, startedAt, again, ports.reserve?.better),
    definition,
    startedAt,
  )
  const planned = plan.reduce((sum, window) => sum + weightOf(window), 0)
  const rows = keepRows(ports, definition, start)
  const unreadable = unreadableKeeper(ports, definition, partition)
  const largest = largestAnswers(definition, start.pages, startedAt)
  const policy = failurePolicy((window) => window.to <= documented())
  const own = ports.isOthers && ownRows({ stored: ports.stored, isOthers: ports.isOthers }, definition.unit)
  const known = keepCoverage(definition, start, startedAt, unreadable.unreadable)
  const horizon = findHorizon({
    ...policy,
    unit: definition.unit,
    isTimeTold: ports.isTimeTold,
    documented,
    ask: (window) => work([window], handle),
    refused: known.refuse,
  })
  const { byParts } = definition
  const fetch: (window: Window) => Promise<FetchedByParts & FetchedByNames> =
    byParts === undefined
      ? fetchByNames(ports, largest.asking, partition, { known: known.symbols, isOld })
      : fetchByParts(ports, definition, byParts, partition, isUndocumented)
  const crowds = crowdedWindows(
    {
      ...ports,
      largest,
      known,
      horizon,
      work,
      mine,
      take,
      clear,
      cover,
      dated,
      progress,
      until: plan.reduce((end, { to }) => Math.max(end, to), 0),
    },
    definition,
    partition,
  )
  /** For a reserve: what was planned, and was not left to it so far. */
  const waiting = new Set(ports.reserve === undefined ? [] : plan)
  /** How often windows were divided to find when an unreadable row happened. */
  let divisions = 0
  let served = 0
  let asked = 0
  /** Whether time is asked for that this run has had: its rows were counted. */
  let isAgain = false
  let savedAt = startedAt

  /** Whether nobody says that the exchange serves this window. */
  function isOld(window: Window): boolean {
    return window.to < startedAt - saidDepth(definition) + edgeSlack + definition.unit
  }

  /** Where the time begins that the exchange is documented to serve. What it was at the start may have been told by a clock ahead. */
  function documented(): number {
    return Math.min(startedAt, ports.clock()) - definition.depth + edgeSlack + definition.unit
  }

  /** Whether the window begins where the exchange is not documented to serve. */
  function isUndocumented(window: Window): boolean {
    return window.from < documented() - definition.unit
  }

  /** Older than the exchange is said to serve, a window costs a question; younger, it may cost hundreds. */
  function weightOf(window: Window): number {
    return width(window) / (isOld(window) ? oldTimeDiscount : 1)
  }

  function coverage(): Coverage {
    const cut = doubted()
    const pages = largest.remember(!policy.isStopped() && cut.length === 0)
    return { ...known.known(cut), ...rows.known(), ...(pages !== undefined && { pages }) }
  }

  /** What was planned and is not answered so that nothing is asked for again. */
  function stillOpen(): readonly Window[] {
    return subtract(plan, subtract(known.answered(), doubted()))
  }

  /** The windows of answers that may be cut, and were not looked into yet. */
  function doubted(): readonly Window[] {
    return [...largest.held(), ...crowds.doubted()]
  }

  /** `due`: where the answer should show every row that is stored. */
  async function take(page: Page, window: Window, more: More, due: readonly Window[] = []): Promise<void> {
    served += page.served
    const shown = await ports.store(page, more, {
      partition,
      windows: due,
      asked: counted(window),
    })
    unreadable.note(shown.settled, known.current())
    const absent = unreadable.notAmong(shown.absent, page, window)
    await rows.take({ ...shown, absent }, page.askedAt)
    known.stored(page)
  }

  /** The time of the rows that count with this window. What is found part by part may be of any. */
  function counted(window: Window): Window | undefined {
    if (byParts !== undefined) return undefined
    return isAgain ? nothing : window
  }

  /** What of a page this partition is to tell. */
  async function mine<P extends Page>(page: P, window: Window): Promise<P> {
    return own === undefined ? page : own.of(page, window)
  }

  function cover(window: Window, page: Page, proven: boolean): void {
    const begun = own?.begunIn(window) ?? []
    for (const unit of begun) known.cover(unit, page, false)
    for (const part of subtract([window], begun)) known.cover(part, page, proven)
  }

  async function dated(page: Page, window: Window): Promise<Page> {
    return {
      ...page,
      transactions: [...page.transactions, ...(await unreadable.date(page.timeless, window))],
    }
  }

  async function progress(window?: Window): Promise<void> {
    if (window !== undefined) asked += weightOf(window)
    tell(known.current(), asked)
    if (ports.clock() - savedAt < saveEvery) return
    savedAt = ports.clock()
    await ports.save(coverage())
  }

  function tell(coverage: Coverage, asked: number): void {
    ports.onKnown?.(() => ({ coverage: known.current(), open: stillOpen() }))
    ports.onProgress({
      coverage,
      served,
      planned,
      asked: Math.min(asked, planned),
      unreadable: unreadable.count(),
    })
  }

  function work(
    windows: readonly Window[],
    ask: (window: Window) => Promise<readonly Window[]>,
  ): Promise<void> {
    const skips = (window: Window) =>
      !waiting.has(window) && (policy.skips(window) || (isOld(window) && horizon.skips(window)))
    return askInTurn({ ...policy, skips, absorb }, windows, ask)
  }

  /** What there is to be asked for of a planned window. */
  async function begin(window: Window): Promise<readonly Window[]> {
    if (ports.reserve === undefined || !waiting.has(window)) return handle(window)
    const left = await ports.reserve.left(window)
    waiting.delete(window)
    asked += weightOf(window) - left.reduce((sum, part) => sum + weightOf(part), 0)
    return left
  }

  /** Asks for one window; returns what must be asked instead. Throws what ends the partition. */
  async function handle(window: Window): Promise<readonly Window[]> {
    const page = await mine(await fetch(window), window)
    // Answers to several questions together say nothing of how much one may hold.
    const isOneAnswer = byParts === undefined && page.unproven !== true
    if (isOneAnswer) await clear(largest.see(window, page))
    if (isUndocumented(window) && unreadable.isAnywhere(page.timeless, window)) return notHeeded(window)
    const complete =
      page.outcome === 'complete' && !page.unproven && (byParts !== undefined || !largest.isCut(page))
    if (page.outcome === 'undated' && ++divisions > mostDivisions)
      throw new FailureError({ kind: 'bad-payload' })
    // Of parts that are full, nothing more is asked: nobody else has what they showed.
    const isLast = page.outcome === 'complete' || (page.outcome === 'dense' && byParts !== undefined)
    const shown = isLast ? await dated(page, window) : page
    if (complete) await take(shown, window, 'whole', known.dueFrom(page, window))
    else await take(shown, window, 'more to come')
    if (page.outcome === 'astray') return notHeeded(window)
    if (page.failure !== undefined) throw new FailureError(page.failure)
    policy.succeed()
    horizon.answer()
    if (page.outcome === 'full' || page.outcome === 'undated') {
      await progress()
      return page.pieces
    }
    if (own !== undefined && subtract([window], own.begunIn(window)).length === 0) cover(window, page, false)
    else if (page.outcome === 'dense' && byParts !== undefined) known.saturate(window)
    else if (page.outcome === 'dense') crowds.addDense(window)
    else {
      if (complete) await unreadable.replace(known.current(), window, page)
      else if (isOneAnswer) largest.hold({ window, page })
      cover(window, page, isOneAnswer)
    }
    await progress(window)
    return []
  }

  /** Old time that is answered with rows of other time is not served any more; where young time is, something is wrong. */
  function notHeeded(window: Window): readonly Window[] {
    horizon.answer()
    if (!isUndocumented(window)) throw new FailureError({ kind: 'bad-payload' })
    horizon.note(window)
    return []
  }

  /** Larger answers show that these are whole. */
  async function clear(cleared: readonly Doubted[]): Promise<void> {
    for (const { window, page } of cleared)
      await rows.take(
        await ports.store(page, 'whole', { partition, windows: [], asked: counted(window) }),
        page.askedAt,
      )
  }

  /** Notes what it means that a window could not be had. */
  function absorb(error: unknown, window: Window): void {
    if (!(error instanceof FailureError)) throw error
    const { kind } = error.failure
    if (kind === 'out-of-range') horizon.note(window)
    else if (kind === 'rejected' && isOld(window)) horizon.note(window, error.failure)
    else if ((kind === 'not-opened' || kind === 'not-served') && served === 0 && start.covered.length === 0) {
      known.note(kind)
      policy.stop()
    } else policy.fail(error.failure, window)
  }

  /** Asks in parts for what may be cut; whether there was anything. Killed meanwhile, nothing of it was claimed. */
  async function divideLargest(): Promise<boolean> {
    const doubted = policy.isStopped() ? [] : largest.take()
    known.doubt(doubted.map(({ window }) => window))
    const wide = doubted.filter(({ window }) => width(window) > definition.unit)
    for (const one of doubted) if (!wide.includes(one)) crowds.addCrowded(one.window, one.page)
    const pieces = wide.flatMap(({ window, page }) =>
      halvesOf(
        window,
        page.transactions.map(({ time }) => time),
        definition.unit,
      ),
    )
    await work(
      [...pieces].sort((a, b) => a.from - b.from),
      handle,
    )
    return doubted.length > 0
  }

  /** Asks in parts for what was refused, may be cut or is too dense. */
  async function lookInto(): Promise<void> {
    await horizon.resolve()
    while (await divideLargest()) await horizon.resolve()
    await crowds.lookInto()
  }

  /** Rows that were not shown where they were may have been dated anew: the time after them is asked for before they are called missing. */
  async function callMissing(): Promise<void> {
    const undisturbed = () => policy.isWhole() && policy.failure() === undefined && horizon.isResolved()
    const { unit, maxSpan } = definition
    const to = Math.floor(ports.clock() / unit) * unit
    const after = rows
      .absentTimes()
      .map((time) => alignTo(unit, { from: time, to: Math.min(to, time + farApart) }))
    if (after.length === 0 || !undisturbed()) return
    known.settle()
    crowds.begin()
    isAgain = true
    await work(chop(union(after), maxSpan), handle)
    await lookInto()
    // Where a crowd may hide a row, nobody can tell that it is missing.
    if (undisturbed() && crowds.areWhole()) await rows.markMissing()
  }

  try {
    await rows.completeSizes()
    await work(plan, begin)
    await lookInto()
    await callMissing()
  } finally {
    const ended: Coverage = {
      ...coverage(),
      // What a reserve lacks is what its better lacks: it has no gaps of its own.
      attempted: ports.reserve === undefined ? Math.max(start.attempted, known.settled()) : 0,
      ...(again && policy.isWhole() && { reasked: startedAt }),
    }
    await ports.save(ended)
    tell(ended, policy.isStopped() && ended.note === undefined ? asked : planned)
  }
  return policy.failure()
}
