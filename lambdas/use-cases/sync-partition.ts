import {
  type Answer,
  type Coverage,
  coverAnswer,
  coverRefusal,
  coverSaturation,
  edgeSlack,
  evidenceAge,
  isDueAgain,
  planWindows,
  provenPart,
  saidDepth,
  strongerEvidence,
  withhold,
} from '../domain/coverage.ts'
import { type Failure, FailureError, type FailureKind } from '../domain/failure.ts'
import { halvesOf } from '../domain/largest-answer.ts'
import { farApart } from '../domain/same-row.ts'
import type { StreamDefinition } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import {
  alignTo,
  chop,
  divide,
  intersect,
  minute,
  subtract,
  union,
  type Window,
  width,
} from '../domain/window.ts'
import { type Doubted, largestAnswers } from './doubt-largest.ts'
import { type FetchPorts, fetchDenseWindow, fetchNarrowed, fetchWindow, type Page } from './fetch-window.ts'
import { type KeepRowsPorts, keepRows } from './keep-rows.ts'
import { type KeepUnreadablePorts, unreadableKeeper } from './keep-unreadable.ts'
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

/** Questions under way at once: enough that the exchange's limit, not its distance, sets the pace. */
const questionsAtOnce = 6

/** Coverage saved too late only repeats work, so not after every answer. Milliseconds. */
const saveEvery = 1_000

/** After so many windows in a row that could not be had, the rest is left to the next run. */
const mostFailures = 3

/** So often a run divides windows of a partition to find when rows happened that do not say it: some of them, each to its unit. */
const mostDivisions = 200

/** How much less than younger time time counts that is older than the exchange is said to serve. */
const oldTimeDiscount = 40

/** The edge of what an exchange refuses is found to this precision. */
const refusalGrain = minute

/** Young time that is refused is halved on until so many questions in a row were refused: more than any one end takes. */
const mostRefusals = 20

/**
 * Brings one partition of a stream up to date: asks for what the coverage lacks, stores rows before coverage, and
 * goes on past windows that fail. `recheck`: also for what could not be told or had before, which is done every week
 * without being told. Returns the failure that ended or marred it, if any.
 */
export async function syncPartition(
  ports: PartitionPorts,
  definition: StreamDefinition,
  start: Coverage,
  recheck = false,
): Promise<Failure | undefined> {
  const { partition } = start
  const careSince = start.covered[0]?.from
  const startedAt = ports.clock()
  const again = recheck || isDueAgain(start, startedAt)
  const plan = planWindows(start, definition, startedAt, again)
  const planned = plan.reduce((sum, window) => sum + weightOf(window), 0)
  const symbols = new Set(start.symbols)
  const rows = keepRows(ports, definition, start)
  const refused: Window[] = []
  /** Old windows that met an error which nobody knows: a refusal, if the exchange answers anything at all. */
  let refusedUnsaid: Failure | undefined
  let answered = false
  const dense: Window[] = []
  const largest = largestAnswers(definition, start.pages, startedAt)
  /** Smallest windows whose answers may be cut: time divides them no further. */
  const crowded = new Map<Window, Page>()
  const unreadable = unreadableKeeper(ports, definition, partition)
  /** How often windows were divided to find when an unreadable row happened. */
  let divisions = 0
  const seen = start.evidence
  let evidence = seen !== undefined && startedAt - seen.servedAt < evidenceAge ? seen : undefined
  let coverage: Coverage = {
    ...start,
    note: undefined,
    reasked: Math.min(start.reasked ?? startedAt, startedAt),
  }
  /** The windows that this run got a whole answer for. */
  let answeredBefore: readonly Window[] = []
  /** Whether crowded instants were shown whole, as far as anybody can tell. */
  let crowdsAreWhole = true
  /** What is covered whatever comes of answers that may be cut. */
  let sure = start
  let skipped = false
  let refusedInARow = 0
  let served = 0
  let asked = 0
  let failure: Failure | undefined
  let failedInARow = 0
  let stopped = false
  /** Where old time fails, the rest of it is left to the next run, and what is younger does not wait for it. */
  let oldFailedInARow = 0
  let savedAt = startedAt
  /** The earliest question by the exchange's clock; ours may be ahead. */
  let firstAsked = startedAt

  /** Whether nobody says that the exchange serves this window. */
  function isOld(window: Window): boolean {
    return window.to < startedAt - saidDepth(definition) + edgeSlack + definition.unit
  }

  /** Where the time begins that the exchange is documented to serve. What it was at the start may have been told by a clock ahead. */
  function documented(): number {
    return Math.min(startedAt, ports.clock()) - definition.depth + edgeSlack + definition.unit
  }

  /** Older than the exchange is said to serve, a window costs a question; younger, it may cost hundreds. */
  function weightOf(window: Window): number {
    return width(window) / (isOld(window) ? oldTimeDiscount : 1)
  }

  function known(): Coverage {
    const doubted = [...largest.held(), ...crowded.keys()]
    const pages = largest.remember(!stopped && doubted.length === 0)
    return {
      ...withhold(coverage, sure, doubted),
      ...rows.known(),
      symbols: [...symbols].sort(),
      ...(evidence !== undefined && { evidence }),
      ...(pages !== undefined && { pages }),
    }
  }

  /** `due`: where the answer should show every row that is stored. */
  async function take(page: Page, more: More, due: readonly Window[] = []): Promise<void> {
    served += page.served
    for (const { symbol } of page.transactions) if (symbol !== undefined) symbols.add(symbol)
    unreadable.note(page.transactions)
    await rows.take(await ports.store(page, more, { partition, windows: due }), page.askedAt)
    coverage = withOldest(coverage, page.transactions)
  }

  async function dated(page: Page, window: Window): Promise<Page> {
    return {
      ...page,
      transactions: [...page.transactions, ...(await unreadable.date(page.timeless, window))],
    }
  }

  async function progress(window?: Window): Promise<void> {
    if (window !== undefined) asked += weightOf(window)
    ports.onProgress({
      coverage,
      served,
      planned,
      asked: Math.min(asked, planned),
      unreadable: unreadable.count(),
    })
    if (ports.clock() - savedAt < saveEvery) return
    savedAt = ports.clock()
    await ports.save(known())
  }

  function cover(window: Window, page: Page, proven: boolean) {
    firstAsked = Math.min(firstAsked, page.askedAt)
    coverage = coverAnswer(coverage, definition, answerOf(window, page, proven), careSince)
    if (proven) answeredBefore = union(answeredBefore, [window])
  }

  function answerOf(window: Window, page: Page, proven: boolean): Answer {
    const times = page.transactions.flatMap(({ time }) =>
      time >= window.from && time < window.to ? [time] : [],
    )
    const oldest = times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
    // A row is evidence as soon as it is served: younger answers may be looked at before it is stored.
    if (oldest !== undefined) evidence = strongerEvidence(evidence, { time: oldest, servedAt: page.askedAt })
    return {
      window,
      askedAt: page.askedAt,
      answeredAt: page.answeredAt,
      evidence,
      oldest,
      proven,
      answeredBefore,
      unreadable: unreadable.unreadable(page, window),
    }
  }

  /**
   * What was covered before is shown again by an answer that is whole, as far as it can be believed. A row that cannot be read
   * may be any.
   */
  function dueFrom(page: Page, window: Window): readonly Window[] {
    if (unreadable.unreadable(page, window).length > 0) return []
    return intersect([provenPart(definition, answerOf(window, page, true))], start.covered)
  }

  /** Asks for one window; returns what must be asked instead. Throws what ends the partition. */
  async function handle(window: Window): Promise<readonly Window[]> {
    const page = await fetchWindow(ports, largest.asking(), partition, window)
    await clear(largest.see(window, page))
    const complete = page.outcome === 'complete' && !largest.isCut(page)
    if (page.outcome === 'undated' && ++divisions > mostDivisions)
      throw new FailureError({ kind: 'bad-payload' })
    const shown = page.outcome === 'complete' ? await dated(page, window) : page
    if (complete) await take(shown, 'whole', dueFrom(page, window))
    else await take(shown, 'more to come')
    failedInARow = 0
    oldFailedInARow = 0
    answered = true
    if (page.outcome === 'full' || page.outcome === 'undated') {
      await progress()
      return page.pieces
    }
    if (page.outcome === 'dense') dense.push(window)
    else {
      if (complete) await unreadable.replace(coverage, window, page)
      else largest.hold({ window, page })
      cover(window, page, true)
    }
    await progress(window)
    return []
  }

  /** Larger answers show that these are whole. */
  async function clear(cleared: readonly Doubted[]): Promise<void> {
    for (const { page } of cleared)
      await rows.take(await ports.store(page, 'whole', { partition, windows: [] }), page.askedAt)
  }

  /** Asks in parts for what may be cut; whether there was anything. Killed meanwhile, nothing of it was claimed. */
  async function divideLargest(): Promise<boolean> {
    const doubted = stopped ? [] : largest.take()
    const windows = doubted.map(({ window }) => window)
    coverage = withhold(coverage, sure, windows)
    // No row that comes to light confirms an answer that may be cut.
    answeredBefore = subtract(answeredBefore, windows)
    const wide = doubted.filter(({ window }) => width(window) > definition.unit)
    for (const one of doubted) if (!wide.includes(one)) crowded.set(one.window, one.page)
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

  /** What may be cut within one unit is looked into by all else but time. */
  async function handleCrowded(window: Window): Promise<readonly Window[]> {
    const page = crowded.get(window)
    if (page === undefined) return []
    const narrowed = largest.isProven()
      ? undefined
      : await fetchNarrowed(ports, definition, partition, window, page)
    if (narrowed !== undefined) await take(narrowed, 'more to come')
    crowded.delete(window)
    if (narrowed === undefined || narrowed.more) {
      largest.prove()
      dense.push(window)
    } else {
      crowdsAreWhole &&= narrowed.proven
      cover(window, page, narrowed.proven)
    }
    return []
  }

  async function handleAllCrowded(): Promise<void> {
    const before = refused.length
    await work([...crowded.keys()], handleCrowded)
    for (const window of refused.splice(before)) {
      crowded.delete(window)
      refuse(window)
    }
  }

  async function handleDense(window: Window): Promise<readonly Window[]> {
    const parts = await fetchDenseWindow(ports, largest.asking(), partition, window, {
      rows: await ports.stored(window),
      symbols: [...symbols],
      until: plan.at(-1)?.to ?? window.to,
    })
    const apart = parts.saturated && width(window) > definition.unit
    await take(apart ? parts : await dated(parts, window), apart ? 'more to come' : 'whole')
    // Two instants together may hold more than a question obtains where each alone does not.
    if (apart) return divide(window, 2, definition.unit)
    crowdsAreWhole &&= parts.proven && !parts.saturated
    if (parts.saturated) coverage = coverSaturation(coverage, window)
    else cover(window, parts, parts.proven)
    await progress()
    return []
  }

  /** Notes what a failed window means: `stop` when nothing further can be had. */
  function absorb(error: unknown, window: Window): void {
    if (!(error instanceof FailureError)) throw error
    const { kind } = error.failure
    if (kind === 'out-of-range' || (kind === 'rejected' && isOld(window))) {
      if (kind === 'rejected') refusedUnsaid = error.failure
      refused.push(window)
      return
    }
    if ((kind === 'not-opened' || kind === 'not-served') && served === 0 && start.covered.length === 0) {
      coverage = { ...coverage, note: kind }
      stopped = true
      return
    }
    failure = error.failure
    if (window.to <= documented()) oldFailedInARow += 1
    else failedInARow += 1
    if (endsThePartition(kind) || failedInARow >= mostFailures) stopped = true
  }

  /** Works through windows, oldest first, several at once; pieces of a full window come before younger ones. */
  async function work(
    windows: readonly Window[],
    ask: (window: Window) => Promise<readonly Window[]>,
  ): Promise<void> {
    const queue = [...windows]
    const running = new Set<Promise<void>>()
    // Collected rather than raced: of two jobs that end together, the race tells of the first alone.
    const fatal: unknown[] = []
    // The first question goes alone: it tells whether there is anything to ask.
    let atOnce = 1
    while (queue.length > 0 || running.size > 0) {
      while (!stopped && running.size < atOnce) {
        const window = queue.shift()
        if (window === undefined) break
        if (oldFailedInARow >= mostFailures && window.to <= documented()) {
          skipped = true
          continue
        }
        const job = ask(window)
          .then((pieces) => {
            queue.unshift(...pieces)
          })
          .catch((error: unknown) => absorb(error, window))
          .catch((error: unknown) => {
            stopped = true
            fatal.push(error)
          })
          .finally(() => running.delete(job))
        running.add(job)
      }
      if (running.size === 0) break
      await Promise.race(running)
      atOnce = questionsAtOnce
    }
    if (fatal.length > 0) throw fatal[0]
  }

  /** True when the oldest part of a window, refused as a whole, is served after all. */
  async function servesOldestOf(window: Window): Promise<boolean> {
    if (stopped) return false
    if (width(window) <= Math.max(refusalGrain, definition.unit)) {
      refuse(window)
      return false
    }
    const [older, newer] = divide(window, 2, definition.unit)
    if (older === undefined || newer === undefined) return false
    if (!(await serves(newer))) {
      // Cut off, we know nothing about the older half.
      if (!stopped) refuse(older)
      return false
    }
    return serves(older)
  }

  async function serves(window: Window): Promise<boolean> {
    const before = refused.length
    await work([window], handle)
    const stillRefused = refused.splice(before)
    if (stillRefused.length === 0) return true
    let oldestServed = true
    for (const part of stillRefused.sort((a, b) => b.from - a.from)) oldestServed = await servesOldestOf(part)
    return oldestServed
  }

  /**
   * Of what the exchange is documented to serve, no refusal is a verdict: nor of any time where it did not say what time it is,
   * since all of it may be young to it, or still to come. An error that nobody knows is none that time is lost.
   */
  function refuse(window: Window): void {
    const young = ports.isTimeTold ? documented() : 0
    if (window.to > young) failure ??= { kind: 'out-of-range' }
    const old = { ...window, to: Math.min(window.to, young) }
    if (width(old) > 0)
      coverage = coverRefusal(coverage, old, refusedUnsaid === undefined ? careSince : undefined)
  }

  /**
   * Young time is refused where a window is too long for the exchange, or ends in what is still its future: of its
   * halves, what is served is taken, and the rest is left to the next run.
   */
  async function askYoung(window: Window): Promise<void> {
    if (width(window) <= Math.max(refusalGrain, definition.unit)) return refuse(window)
    for (const half of [...divide(window, 2, definition.unit)].reverse()) {
      if (stopped || refusedInARow >= mostRefusals) return refuse(half)
      const before = refused.length
      await work([half], handle)
      const parts = refused.splice(before).sort((a, b) => b.from - a.from)
      refusedInARow = parts.length === 0 ? 0 : refusedInARow + 1
      for (const part of parts) await askYoung(part)
    }
  }

  /**
   * An exchange refuses a window that begins before its horizon, or that is too long for it. Halving from the young
   * end tells which: the horizon is found once, and what is older than it is not asked for again.
   */
  async function resolveRefusals(): Promise<void> {
    if (refusedUnsaid !== undefined && !answered) {
      failure ??= refusedUnsaid
      return
    }
    const windows = refused.splice(0).sort((a, b) => b.from - a.from)
    let beyond = false
    for (const window of windows) {
      if (stopped) return
      if (window.from >= documented() - definition.unit) await askYoung(window)
      else if (beyond) refuse(window)
      else beyond = !(await servesOldestOf(window))
    }
  }

  /** Of what was served as a whole and is refused in parts, the old has met the horizon meanwhile. */
  async function handleAllDense(): Promise<void> {
    const before = refused.length
    await work(crowds(dense.splice(0)), handleDense)
    for (const window of refused.splice(before)) refuse(window)
  }

  /** Asks in parts for what was refused, may be cut or is too dense. */
  async function lookInto(): Promise<void> {
    await resolveRefusals()
    while (await divideLargest()) await resolveRefusals()
    await handleAllCrowded()
    await handleAllDense()
  }

  /** Rows that were not shown where they were may have been dated anew: the time after them is asked for before they are called missing. */
  async function callMissing(): Promise<void> {
    const undisturbed = () => !stopped && !skipped && failure === undefined && refused.length === 0
    const { unit, maxSpan } = definition
    const to = Math.floor(ports.clock() / unit) * unit
    const after = rows
      .absentTimes()
      .map((time) => alignTo(unit, { from: time, to: Math.min(to, time + farApart) }))
    if (after.length === 0 || !undisturbed()) return
    sure = coverage
    crowdsAreWhole = true
    await work(chop(union(after), maxSpan), handle)
    await lookInto()
    // Where a crowd may hide a row, nobody can tell that it is missing.
    if (undisturbed() && crowdsAreWhole) await rows.markMissing()
  }

  try {
    await rows.completeSizes()
    await work(plan, handle)
    await lookInto()
    await callMissing()
  } finally {
    const settled = Math.floor((firstAsked - definition.settleLag) / definition.unit) * definition.unit
    coverage = { ...known(), attempted: Math.max(coverage.attempted, settled) }
    if (again && !stopped && !skipped) coverage = { ...coverage, reasked: startedAt }
    await ports.save(coverage)
    ports.onProgress({
      coverage,
      served,
      planned,
      asked: stopped ? Math.min(asked, planned) : planned,
      unreadable: unreadable.count(),
    })
  }
  return failure
}

/** Where questions overlap by a unit, one dense instant makes up to three windows dense: they are asked for as one. */
function crowds(windows: readonly Window[]): readonly Window[] {
  return union(windows).flatMap((run) => {
    const parts = windows.filter(({ from, to }) => from >= run.from && to <= run.to)
    return parts.length <= 3 ? [run] : parts
  })
}

/** Whether a failure of one window would meet every other window too. */
function endsThePartition(kind: FailureKind): boolean {
  switch (kind) {
    case 'unauthorized':
    case 'wrong-signature':
    case 'key-missing':
    case 'clock-skew':
    case 'forbidden-ip':
    case 'expired':
    case 'no-permission':
    case 'account-restricted':
    case 'not-opened':
    case 'not-served':
    case 'rate-limited':
    case 'exchange-closed':
    case 'busy':
    case 'lease-lost':
    case 'stalled':
    case 'aborted':
      return true
    case 'out-of-range':
    case 'exchange-down':
    case 'bad-payload':
    case 'rejected':
    case 'window-saturated':
      return false
  }
}

function withOldest(coverage: Coverage, stored: readonly Transaction[]): Coverage {
  const times = [
    ...stored.map(({ time }) => time),
    ...(coverage.oldest === undefined ? [] : [coverage.oldest]),
  ]
  return times.length === 0 ? coverage : { ...coverage, oldest: times.reduce((a, b) => Math.min(a, b)) }
}
