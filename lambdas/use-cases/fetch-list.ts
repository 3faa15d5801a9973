import { FailureError } from '../domain/failure.ts'
import { fewestDoubted, isYoungest, mayBeCut, mayEndAt, sameRows } from '../domain/list-proof.ts'
import { type Filters, firstPageOf, type ListQuestion, type ListStream } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import { type UnreadableRow, unreadableTransaction } from '../domain/unreadable.ts'
import type { Window } from '../domain/window.ts'
import type { FetchPorts, Page } from './fetch-window.ts'
import { shownBefore } from './join-pages.ts'

/** What the lists of one definition have shown of the exchange in this run. */
export type Manners = {
  /** A list without the filter of a view held rows that the filter was thought to be needed for. */
  showsAllViews: boolean
  /** Numbers of rows at which its pages may end: those that sources name, and those that were seen. */
  pageSizes: readonly number[]
  /** Rows of the largest page that was shown. */
  largest: number
}

/** Whether a page of so many rows may have been cut there, at a number that is named or at one that nobody names. */
export function isDoubtful(served: number, { pageSizes, largest }: Manners): boolean {
  return mayBeCut(served, pageSizes) || mayEndAt(served, largest, pageSizes)
}

export type ListPorts = FetchPorts & { readonly manners: Manners }

export type Listed = Page & {
  /**
   * `whole`: every row that is served. `youngest`: every row that is served since the oldest of these. `some`: there may
   * be more of any age.
   */
  readonly extent: 'whole' | 'youngest' | 'some'
  /** Rows of the longest page of which no question shows whether others follow. */
  readonly lastPage: number
}

/** A list that never stands still is left to the next run after so many readings. */
const mostReadings = 5

/** Reads one partition as a whole, or as much of it as the exchange shows. */
export async function fetchList(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
): Promise<Listed> {
  let before: Reading | undefined
  for (let turn = 1; turn <= mostReadings; turn += 1) {
    const reading = await readViews(ports, definition, partition)
    if (reading === undefined) continue
    if (reading.cut) return proveYoungest(ports, definition, partition, reading)
    // One page is as it was at one moment; several may have shifted against each other.
    if (reading.atOnce) return { ...reading, extent: 'whole' }
    if (before !== undefined && sameRows(rowsIn(before), rowsIn(reading)))
      return { ...reading, askedAt: before.askedAt, extent: 'whole' }
    before = reading
  }
  throw new FailureError({ kind: 'bad-payload' })
}

/** What a list that was cut off is worth. Asked for half of it, an exchange that shows the youngest rows shows its young half. */
export async function proveYoungest(
  ports: FetchPorts,
  definition: ListStream,
  partition: string,
  page: Omit<Listed, 'extent'>,
): Promise<Listed> {
  if (definition.paging !== 'none') return { ...page, extent: 'some' }
  const half = await askHalf(ports, definition, partition, page)
  const proven = isYoungest(page.transactions, half.transactions, definition.unit)
  return { ...page, served: page.served + half.served, extent: proven ? 'youngest' : 'some' }
}

/** The same question for half as many rows. */
export function askHalf(
  ports: FetchPorts,
  definition: ListStream,
  partition: string,
  { served }: Pick<Page, 'served'>,
  more: Pick<ListQuestion, 'fromId'> = {},
): Promise<Page> {
  const limit = Math.max(1, Math.floor(served / 2))
  return askList(ports, definition, { ...firstPageOf(definition, partition), ...more, limit })
}

type Reading = Page & {
  /** Each view fitted into one page, and that was no page that may have ended early. */
  readonly atOnce: boolean
  /** There may be rows that were not shown, and no way to them. */
  readonly cut: boolean
  readonly lastPage: number
}

/** Undefined: to be read again. */
async function readViews(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
  within?: Window,
): Promise<Reading | undefined> {
  const { views } = definition
  const bare = await readView(ports, definition, partition, {}, within)
  if (views === undefined || bare === undefined) return bare
  // Only a status that is documented as a later one: an unknown one may be one of those that are under way.
  const later = new Set(views.all.slice(1))
  ports.manners.showsAllViews ||= rowsIn(bare).some((row) => later.has(views.of(row) ?? ''))
  if (ports.manners.showsAllViews) return bare
  let all = bare
  for (const value of views.all.slice(1)) {
    const view = await readView(ports, definition, partition, { [views.filter]: value }, within).catch(
      asRefused,
    )
    if (view === undefined) return undefined
    // Whether what was shown is all, nobody can tell then.
    if (view === 'refused') {
      all = { ...all, cut: true }
      continue
    }
    all = {
      askedAt: all.askedAt,
      answeredAt: view.answeredAt,
      served: all.served + view.served,
      transactions: [...all.transactions, ...view.transactions],
      timeless: [...all.timeless, ...view.timeless],
      atOnce: all.atOnce && view.atOnce,
      cut: all.cut || view.cut,
      lastPage: Math.max(all.lastPage, view.lastPage),
    }
  }
  return all
}

/** The exchange has no such view, or calls it otherwise: what it showed without one is kept all the same. */
function asRefused(error: unknown): 'refused' {
  if (error instanceof FailureError && error.failure.kind === 'rejected') return 'refused'
  throw error
}

/** Page after page until one is empty: then it does not matter how many rows a page holds. Undefined: to be read again. */
async function readView(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
  filters: Filters,
  within?: Window,
): Promise<Reading | undefined> {
  const { pageSizes } = ports.manners
  const question = { ...firstPageOf(definition, partition, filters), ...(within && { within }) }
  const first = await askRows(ports, definition, question)
  noteSize(ports.manners, first)
  const done = (rows: Rows, pages: number, cut: boolean, lastPage = 0): Reading => ({
    ...pageOf(ports, definition, partition, rows),
    askedAt: first.askedAt,
    atOnce: pages <= 1 && !mayBeCut(countOf(rows), pageSizes),
    cut,
    lastPage,
  })
  let all = first
  let [last, pages] = [pageOf(ports, definition, partition, first), 1]
  const alone = () => done(all, pages, mayBeCut(countOf(all), pageSizes), countOf(all))
  if (definition.paging === 'none') return alone()
  while (countOf(all) > 0) {
    // The last row is asked for again: that it is there tells that an offset counts rows.
    const again = definition.paging === 'offset' ? 1 : 0
    const skip = countOf(all) - again
    const rows = await askRows(ports, definition, { ...question, skip, page: pages + 1 })
    const next = pageOf(ports, definition, partition, rows)
    if (next.served === 0) {
      if (again === 0 || countOf(all) < fewestDoubted(pageSizes)) break
      // Not even that one: an offset counts something else, or the list has moved on.
      return pages === 1 ? done(all, pages, true, countOf(all)) : undefined
    }
    // The same again: the exchange does not turn pages, or the list has moved on by just as much as we have.
    if (isSameAgain(next, last)) return pages === 1 ? alone() : undefined
    noteSize(ports.manners, rows)
    last = next
    const fresh = again > 0 ? withoutShown(definition, partition, ports, all, rows) : rows
    if (fresh === undefined) return undefined
    if (countOf(fresh) === 0) break
    // Made of all rows at once: rows alike in every field are counted over the pages.
    all = {
      ...rows,
      readable: [...all.readable, ...fresh.readable],
      unreadable: [...all.unreadable, ...fresh.unreadable],
    }
    pages += 1
  }
  return done(all, pages, false)
}

/** Whether two pages say the same, word for word: rows that are alike but for an id are not the same. */
function isSameAgain(page: Page, last: Page): boolean {
  const words = (one: Page) =>
    rowsIn(one)
      .map(({ raw }) => raw)
      .sort()
      .join()
  return words(page) === words(last)
}

/** The rows of a page without those that were shown before it; undefined where it shows none of those. */
function withoutShown(
  definition: ListStream,
  partition: string,
  { markets }: FetchPorts,
  before: Rows,
  page: Rows,
): Rows | undefined {
  const wordsOf = ({ readable }: Rows) =>
    definition.normalise(readable, { partition, markets }).map(({ raw }) => raw)
  const isShown = shownBefore(wordsOf(before), wordsOf(page))
  const unreadable = shownBefore(
    before.unreadable.map(({ raw }) => raw),
    page.unreadable.map(({ raw }) => raw),
  )
  if (![...isShown, ...unreadable].includes(true)) return undefined
  return {
    ...page,
    readable: page.readable.filter((_, index) => isShown[index] === false),
    unreadable: page.unreadable.filter((_, index) => unreadable[index] === false),
  }
}

/** What is answered for a time, as far as pages are turned; undefined where it moved while it was read. */
export function fetchWithin(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
  within: Window,
): Promise<Page | undefined> {
  return readViews(ports, definition, partition, within)
}

/** Asks for one page. */
export async function askList(
  ports: FetchPorts,
  definition: ListStream,
  question: ListQuestion,
): Promise<Page> {
  return pageOf(ports, definition, question.partition, await askRows(ports, definition, question))
}

/** Every row that was shown, whether it says when or not. */
export function rowsIn({ transactions, timeless }: Page): readonly Transaction[] {
  return [...transactions, ...timeless]
}

type Rows = {
  readonly askedAt: number
  readonly answeredAt: number
  readonly readable: readonly unknown[]
  readonly unreadable: readonly UnreadableRow[]
}

function noteSize(manners: Manners, rows: Rows): void {
  manners.largest = Math.max(manners.largest, countOf(rows))
}

function countOf({ readable, unreadable }: Rows): number {
  return readable.length + unreadable.length
}

async function askRows(
  { client, signal }: FetchPorts,
  definition: ListStream,
  question: ListQuestion,
): Promise<Rows> {
  const { data, askedAt, answeredAt } = await client.ask(definition.ask(question), definition.rows, {
    signal,
  })
  return { ...data, askedAt, answeredAt }
}

function pageOf({ markets }: FetchPorts, definition: ListStream, partition: string, rows: Rows): Page {
  const transactions = definition.normalise(rows.readable, { partition, markets })
  // A row of another partition: what was asked for is not heeded, and says nothing about this one.
  if (
    !definition.mayShowOthers &&
    transactions.some((row) => isOther(definition.partitionOf(row), partition))
  )
    throw new FailureError({ kind: 'bad-payload' })
  return {
    askedAt: rows.askedAt,
    answeredAt: rows.answeredAt,
    served: countOf(rows),
    transactions: [...transactions, ...unreadableOf(definition, partition, rows.unreadable)],
    timeless: timelessOf(definition, partition, rows.unreadable),
  }
}

function isOther(told: string | undefined, partition: string): boolean {
  return told !== undefined && told !== partition
}

function unreadableOf(
  { stream }: ListStream,
  partition: string,
  rows: readonly UnreadableRow[],
): readonly Transaction[] {
  return rows.flatMap(({ raw, time }) =>
    time === undefined ? [] : [unreadableTransaction(stream, { raw, time }, partition)],
  )
}

/** No question is about a time: where such a row belongs cannot be found out by asking. They are dated by whoever keeps them. */
function timelessOf(
  { stream, opened }: ListStream,
  partition: string,
  rows: readonly UnreadableRow[],
): readonly Transaction[] {
  return rows.flatMap(({ raw, time }) =>
    time === undefined ? [unreadableTransaction(stream, { raw, time: opened }, partition)] : [],
  )
}
