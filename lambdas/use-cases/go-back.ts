import type { Coverage, LearntWay } from '../domain/coverage.ts'
import { coverCut, coverShown, settledAt } from '../domain/list-coverage.ts'
import { heedsTime, isOldest, missingFrom, oldestUnit, unitOf } from '../domain/list-proof.ts'
import { isDueAgain } from '../domain/plan-windows.ts'
import { firstPageOf, type ListStream, type WayBack } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { day, subtract, type Window } from '../domain/window.ts'
import { askHalf, askList, isDoubtful, type ListPorts } from './fetch-list.ts'
import type { Page } from './fetch-window.ts'

export type GoBackPorts = ListPorts & {
  /** What was learnt of each way, by any partition. */
  readonly ways: Map<string, LearntWay>
  readonly stored: (window: Window) => Promise<readonly Transaction[]>
  /** Stores the rows of an answer; resolves when every row is stored. */
  readonly take: (page: Page) => Promise<void>
  readonly now: number
}

/** A way that an exchange did not heed is tried again after this long: it may have learnt to. */
const doubtedAfter = 7 * day

/** The end of what is known so far: every row since this unit began was shown, but perhaps not all of the unit itself. */
type Edge = { readonly unit: number; readonly rows: readonly Transaction[] }

/** All the rows of the list that was cut off, too: ids that do not grow with time among them are no way back. */
type CutList = Edge & { readonly page: readonly Transaction[] }

/** What came of one way: as far as it led, whether each answer showed that it was heeded, and what is to be said of the rest. */
type Trip = {
  readonly coverage: Coverage
  readonly heeded: boolean
  readonly rest: readonly (Window & { readonly reason: 'saturated' | 'beyond-depth' })[]
}

/**
 * Asks for what is older than a list that was cut off, by each way in turn until one is heeded, as long as each answer shows
 * that it leaves nothing out. What cannot be had then holds more rows than there is a way to.
 */
export async function goBack(
  ports: GoBackPorts,
  definition: ListStream,
  start: Coverage,
  page: Page,
  /** What is said of the rest where no way is heeded: that there is more, or that there may be. */
  unheeded: 'saturated' | 'beyond-depth',
): Promise<Coverage> {
  const unit = oldestUnit(page.transactions, definition.unit)
  if (unit === undefined) return start
  const edge: CutList = {
    unit,
    rows: page.transactions.filter(({ time }) => time < unit + definition.unit),
    page: page.transactions,
  }
  const settled = settledAt(definition, page.askedAt)
  const open: Window = { from: definition.opened, to: unit + definition.unit }
  const ways = definition.waysBack.filter(({ name }) => isWorthTrying(ports.ways.get(name), ports.now))
  let coverage = start
  // What nobody could be made to show is asked again with each way that may be heeded by now.
  const again = start.reasked === undefined || isDueAgain(start, ports.now)
  const given = again && ways.length > 0 ? [] : start.lost
  if (subtract([open], [...start.covered, ...start.unverified, ...given]).length === 0) return start
  for (const way of ways) {
    coverage = { ...coverage, reasked: ports.now }
    const trip =
      way.by === 'time'
        ? await byTime(ports, definition, coverage, edge, settled)
        : await byId(ports, definition, way.idOf, coverage, edge, settled)
    // Of a list that may be whole, that nothing older came is no sign of anything.
    coverage =
      trip.heeded || unheeded === 'saturated' ? learn(ports, trip.coverage, way, trip.heeded) : trip.coverage
    if (!trip.heeded) continue
    for (const { to, reason } of trip.rest) {
      // Where a way is heeded by now and nothing older comes, it is no longer known that there is more.
      if (reason === 'beyond-depth') coverage = withoutSaturated(coverage, to)
      coverage = coverCut(coverage, definition, to, reason)
    }
    return coverage
  }
  return coverCut(coverage, definition, open.to, unheeded)
}

function withoutSaturated(coverage: Coverage, to: number): Coverage {
  const lost = coverage.lost.flatMap((gap) =>
    gap.reason === 'saturated'
      ? subtract([gap], [{ from: 0, to }]).map((window) => ({ ...gap, ...window }))
      : [gap],
  )
  return { ...coverage, lost }
}

function isWorthTrying(learnt: LearntWay | undefined, now: number): boolean {
  return learnt === undefined || learnt.heeded || now - learnt.at >= doubtedAfter
}

function learn({ ways, now }: GoBackPorts, coverage: Coverage, { name }: WayBack, heeded: boolean): Coverage {
  const learnt: LearntWay = { way: name, heeded, at: now }
  ways.set(name, learnt)
  return { ...coverage, ways: [...(coverage.ways ?? []).filter(({ way }) => way !== name), learnt] }
}

/** Nothing younger than the oldest that is known, and so on: each answer must hold the rows that the one before ended with. */
async function byTime(
  ports: GoBackPorts,
  definition: ListStream,
  start: Coverage,
  edge: Edge,
  settled: number,
): Promise<Trip> {
  const { unit } = definition
  let [coverage, reached, heeded] = [start, edge, false]
  const question = firstPageOf(definition, start.partition)
  const done = (reason: 'saturated' | 'beyond-depth'): Trip => ({
    coverage,
    heeded,
    rest: [{ from: definition.opened, to: reached.unit + unit, reason }],
  })
  for (;;) {
    if (heeded && isKnown(coverage, definition, reached.unit + unit)) return done('beyond-depth')
    // A unit later: right whether the exchange counts that instant in or not.
    const page = await askList(ports, definition, { ...question, until: reached.unit + unit })
    if (!heedsTime(page.transactions, reached.rows, reached.unit + unit, unit)) return done('saturated')
    await ports.take(page)
    heeded = true
    const oldest = oldestUnit(page.transactions, unit) ?? reached.unit
    if (oldest >= reached.unit)
      // Nothing older came. An answer may be clipped to a span: only one that was full says that there is more.
      return done(isDoubtful(page.served, ports.manners) ? 'saturated' : 'beyond-depth')
    coverage = coverShown(coverage, { from: oldest + unit, to: Math.min(settled, reached.unit + unit) })
    reached = { unit: oldest, rows: page.transactions.filter(({ time }) => time < oldest + unit) }
  }
}

function isKnown({ covered, unverified, lost }: Coverage, { opened }: ListStream, to: number): boolean {
  const shut = lost.filter(({ reason }) => reason !== 'saturated')
  return subtract([{ from: opened, to }], [...covered, ...unverified, ...shut]).length === 0
}

/**
 * From the oldest row on, or from one that is stored, until what is known: each answer must begin with the row that the one
 * before ended with, and nothing counts before the next answer has shown that.
 */
async function byId(
  ports: GoBackPorts,
  definition: ListStream,
  idOf: (row: Transaction) => string | undefined,
  start: Coverage,
  edge: CutList,
  settled: number,
): Promise<Trip> {
  const { unit } = definition
  const { partition } = start
  const none: Trip = { coverage: start, heeded: false, rest: [] }
  // Two series of ids side by side: a page of one looks as if nothing lay between its rows.
  if (inOrder(edge.page, idOf) === undefined) return none
  const anchor = await anchorOf(ports, definition, idOf, start, edge)
  let coverage = start
  let heeded = false
  /** The last row that is known to follow on what came before; its id. */
  let last = anchor
  /** Where the time begins that is shown without a gap up to the last row. */
  let since = anchor === undefined ? undefined : unitOf(anchor.row.time, unit)
  for (;;) {
    // One less: right whether the exchange counts that id in or not.
    const fromId = last === undefined ? '1' : String(last.id - 1n)
    const page = await askList(ports, definition, { ...firstPageOf(definition, partition), fromId })
    const rows = inOrder(page.transactions, idOf)
    // What was shown so far may be half of what there is of its time.
    if (rows === undefined) return none
    if (rows.some(({ id }) => id < BigInt(fromId))) break
    const [first, end] = [rows[0], rows.at(-1)]
    if (first === undefined || end === undefined) break
    if (last !== undefined && !rows.some(({ id }) => id === last?.id)) break
    if (last === anchor && !(await isOldEnd(ports, definition, partition, page, fromId, edge))) return none
    await ports.take(page)
    since ??= unitOf(first.row.time, unit) + unit
    // The answer begins with the row that the last one ended with: nothing between the two is left out.
    if (last !== undefined) heeded = true
    if (missingFrom(page.transactions, edge.rows).length === 0) {
      coverage = coverShown(coverage, { from: since, to: Math.min(settled, edge.unit + unit) })
      return { coverage, heeded: true, rest: [restBefore(definition, since, anchor)] }
    }
    if (last !== undefined)
      coverage = coverShown(coverage, { from: since, to: Math.min(settled, unitOf(last.row.time, unit)) })
    if (last !== undefined && end.id <= last.id) break
    last = end
  }
  if (!heeded || since === undefined) return none
  return {
    coverage,
    heeded,
    rest: [
      restBefore(definition, since, anchor),
      { from: definition.opened, to: edge.unit + unit, reason: 'saturated' },
    ],
  }
}

/** What is older than the first row that was shown: that nothing older came proves nothing. */
function restBefore({ opened }: ListStream, since: number, anchor: object | undefined): Trip['rest'][number] {
  return { from: opened, to: since, reason: anchor === undefined ? 'beyond-depth' : 'saturated' }
}

type Identified = { readonly row: Transaction; readonly id: bigint }

/** The rows by their ids; undefined where one has none, or ids do not grow with time. */
function inOrder(
  rows: readonly Transaction[],
  idOf: (row: Transaction) => string | undefined,
): readonly Identified[] | undefined {
  const identified = rows.flatMap((row): readonly Identified[] => {
    const id = idOf(row)
    return id !== undefined && /^\d+$/.test(id) ? [{ row, id: BigInt(id) }] : []
  })
  if (identified.length < rows.length) return undefined
  identified.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const isLate = identified.some(({ row }, index) => row.time < (identified[index - 1]?.row.time ?? 0))
  return isLate ? undefined : identified
}

/** The youngest row that was stored when the list was last read whole, where what is open begins after it. */
async function anchorOf(
  { stored }: GoBackPorts,
  definition: ListStream,
  idOf: (row: Transaction) => string | undefined,
  { seen, covered, partition }: Coverage,
  edge: Edge,
): Promise<Identified | undefined> {
  const time = (seen?.until ?? 0) - 1
  const isBefore = time > 0 && time < edge.unit
  if (!isBefore || !covered.some(({ from, to }) => time >= from && time < to)) return undefined
  const rows = await stored({ from: time, to: time + 1 })
  return inOrder(
    rows.filter((row) => definition.partitionOf(row) === partition),
    idOf,
  )?.at(-1)
}

/** Whether a page is the old end of what it was asked for, and older than what is known: half as many rows are its old half. */
async function isOldEnd(
  ports: GoBackPorts,
  definition: ListStream,
  partition: string,
  page: Page,
  fromId: string,
  edge: Edge,
): Promise<boolean> {
  const oldest = oldestUnit(page.transactions, definition.unit)
  if (oldest === undefined || oldest >= edge.unit) return false
  if (!isDoubtful(page.served, ports.manners)) return true
  const half = await askHalf(ports, definition, partition, page, { fromId })
  return isOldest(page.transactions, half.transactions, definition.unit)
}
