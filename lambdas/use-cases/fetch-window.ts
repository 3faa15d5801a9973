import type { ExchangeClient, Timing } from '../domain/client.ts'
import { FailureError } from '../domain/failure.ts'
import { splitWindow } from '../domain/split-window.ts'
import { type Filters, type Markets, questionOf, type Split, type WindowStream } from '../domain/stream.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import { unreadableTransaction } from '../domain/unreadable.ts'
import { divide, type Window, width } from '../domain/window.ts'

/** What one partition of a stream needs to ask. */
export type FetchPorts = {
  readonly client: ExchangeClient
  readonly markets: Markets
  readonly signal?: AbortSignal
}

/**
 * Transactions of one answer or several. `served` counts rows, those served twice counted twice. `timeless` are rows that
 * cannot be read and do not say when either: they are dated by the beginning of the window in which they were served.
 */
export type Page = Timing & {
  readonly transactions: readonly Transaction[]
  readonly timeless: readonly Transaction[]
  readonly served: number
}

export type Fetched = Page &
  (
    | { readonly outcome: 'complete' }
    /** The page was full: ask for each of these instead. */
    | { readonly outcome: 'full'; readonly pieces: readonly Window[] }
    /** Somewhere in the window are rows that do not say when: ask for each of these instead. */
    | { readonly outcome: 'undated'; readonly pieces: readonly Window[] }
    /** The page of a smallest window was full: time divides it no further. */
    | { readonly outcome: 'dense' }
    /** Rows of other time came: the exchange did not heed the window, and says nothing about it. */
    | { readonly outcome: 'astray' }
  )

/** A list that only adds names is not worth more attempts. */
const listAttempts = 4

/** So many rows that cannot be dated may be all that a window holds. */
const fewTimeless = 2

/** Asks for one window of one partition, once. */
export async function fetchWindow(
  ports: FetchPorts,
  definition: WindowStream,
  partition: string,
  window: Window,
): Promise<Fetched> {
  const page = await askPage(ports, definition, partition, window, {})
  if (isAstray(page, window, definition)) return { ...page, outcome: 'astray' }
  if (page.served < definition.pageCap) {
    const { timeless, served } = page
    if (timeless.length === 0 || width(window) <= definition.unit) return { ...page, outcome: 'complete' }
    // Rows of which none says when are another kind of answer: dividing would go on for every one of them.
    if (timeless.length === served && served > fewTimeless) throw new FailureError({ kind: 'bad-payload' })
    return { ...page, outcome: 'undated', pieces: divide(window, 2, definition.unit) }
  }
  if (width(window) <= definition.unit) return { ...page, outcome: 'dense' }
  const times = page.transactions.map(({ time }) => time)
  return { ...page, outcome: 'full', pieces: splitWindow(window, times, definition) }
}

/** Questions may be a unit wider than their window, and an exchange may see more than one in an end: what lies further off was not asked for. */
function isAstray({ transactions }: Page, window: Window, { unit }: WindowStream): boolean {
  return transactions.some(({ time }) => time < window.from - unit || time >= window.to + unit)
}

export type FetchedParts = Page & {
  /** The parts are known to add up to the whole. */
  readonly proven: boolean
  /** Nothing brought more than a full page holds. */
  readonly saturated: boolean
}

/**
 * Asks for a smallest window that is full, or a few that adjoin, divided by everything but time. `known` are rows and symbols seen
 * elsewhere: they name parts that a full page may leave out.
 */
export async function fetchDenseWindow(
  ports: FetchPorts,
  definition: WindowStream,
  partition: string,
  window: Window,
  known: {
    readonly rows: readonly Transaction[]
    readonly symbols: readonly string[]
    /** The end of what the run asks for: lists are not asked for what lies in the exchange's future. */
    readonly until: number
  },
): Promise<FetchedParts> {
  const page = await askWhole()
  if (page.isWhole && page.served < definition.pageCap)
    return { ...page, proven: !isAstray(page, window, definition), saturated: false }
  return collectParts(page, {}, definition.splits)

  /** Nothing, where the exchange demands that a part is named. */
  async function askWhole(): Promise<Page & { readonly isWhole: boolean }> {
    const page = await askPart(ports, definition, partition, window, {})
    if (page !== undefined) return { ...page, isWhole: true }
    if (!definition.splits.some(({ mayBeDemanded }) => mayBeDemanded))
      throw new FailureError({ kind: 'rejected' })
    const now = ports.client.now()
    return { askedAt: now, answeredAt: now, transactions: [], timeless: [], served: 0, isWhole: false }
  }

  /**
   * Divides by the first of `splits`, and what is full again by the rest. The parts prove the whole only if their
   * values are all there are, and if every row of the full page turns up in one of them.
   */
  async function collectParts(
    whole: Page,
    filters: Filters,
    [split, ...rest]: readonly Split[],
  ): Promise<FetchedParts> {
    if (split === undefined) return { ...whole, proven: false, saturated: true }
    const found = new Map(whole.transactions.map((transaction) => [keyOf(transaction), transaction]))
    const timeless = new Map(whole.timeless.map((transaction) => [keyOf(transaction), transaction]))
    const missing = new Set([...found.keys(), ...timeless.keys()])
    let { served, answeredAt } = whole
    let proven =
      split.all !== undefined || (split.catalogue !== undefined && ports.markets[split.catalogue].size > 0)
    let saturated = false
    for (const value of await valuesOf(split, filters, whole.transactions)) {
      const narrowed = { ...filters, [split.filter]: value }
      const page = await askPart(ports, definition, partition, window, narrowed)
      if (page === undefined) {
        // Of what rows name, there may be more than was shown; of what a list names, nobody can tell.
        saturated ||= whole.transactions.some((row) => split.of(row) === value)
        proven = false
        continue
      }
      // Without a documented cap, only a page of exactly that size is suspicious.
      const full = split.uncapped ? page.served === definition.pageCap : page.served >= definition.pageCap
      const part = full
        ? await collectParts(page, narrowed, split.uncapped ? [] : rest)
        : { ...page, proven: heeds(page, split, value), saturated: false }
      for (const transaction of part.transactions) {
        found.set(keyOf(transaction), transaction)
        missing.delete(keyOf(transaction))
      }
      for (const transaction of part.timeless) {
        // An answer without cap may be without time filter too: what is new in it may be of any time.
        if (!split.uncapped) timeless.set(keyOf(transaction), transaction)
        missing.delete(keyOf(transaction))
      }
      served += part.served
      answeredAt = part.answeredAt
      proven &&= part.proven
      saturated ||= part.saturated
    }
    // The last means that brings nothing beyond the full page was no means.
    if (split.uncapped && found.size <= whole.transactions.length) saturated = true
    return {
      askedAt: whole.askedAt,
      answeredAt,
      transactions: [...found.values()],
      timeless: [...timeless.values()],
      served,
      proven: proven && missing.size === 0,
      saturated,
    }
  }

  /** Whether nothing in the part shows that a filter was ignored. Without documented cap, an answer may be without time filter too. */
  function heeds(page: Page, { of, uncapped }: Split, value: string): boolean {
    if (!uncapped && isAstray(page, window, definition)) return false
    return page.transactions.every((row) => (of(row) ?? value) === value)
  }

  /** The values to ask for: all there can be, or those that rows, other windows and the exchange's lists name. */
  async function valuesOf(
    split: Split,
    filters: Filters,
    page: readonly Transaction[],
  ): Promise<readonly string[]> {
    if (split.all !== undefined) return split.all
    const applied = definition.splits.filter(({ filter }) => filters[filter] !== undefined)
    const akin = known.rows.filter((row) => applied.every(({ filter, of }) => of(row) === filters[filter]))
    const listed =
      split.catalogue === undefined ? [] : [...ports.markets[split.catalogue].keys(), ...known.symbols]
    const values = new Set([
      ...[...page, ...akin].map(split.of),
      ...listed,
      ...(await discover(split, filters)),
    ])
    return [...values].flatMap((value) => (value ? [value] : [])).sort()
  }

  async function discover({ discover: list }: Split, filters: Filters): Promise<readonly string[]> {
    if (list === undefined) return []
    const lists = await Promise.all(
      list.margins.map(async (margin) => {
        const wider = { from: window.from - margin, to: window.to + margin }
        try {
          const request = list.ask(questionOf(definition, wider, partition, filters))
          return (
            await ports.client.ask(request, list.values, { signal: ports.signal, attempts: listAttempts })
          ).data
        } catch (error) {
          if (error instanceof FailureError && error.failure.kind !== 'aborted') return []
          throw error
        }
      }),
    )
    return lists.flat()
  }
}

/**
 * Looks for rows that an answer about a smallest window may have left out, by asking for parts that hold fewer than it
 * showed. `proven`: the parts add up to the whole, and none was as large. Of all values there can be only those that rows
 * name are tried where the exchange does not document them.
 */
export async function fetchNarrowed(
  ports: FetchPorts,
  definition: WindowStream,
  partition: string,
  window: Window,
  whole: Page,
): Promise<Page & { readonly more: boolean; readonly proven: boolean }> {
  const shown = new Set(whole.transactions.map(keyOf))
  // What appeared since is no sign of anything.
  const settled = Math.min(window.to, whole.askedAt - definition.settleLag)
  const isNew = (row: Transaction) => row.time >= window.from && row.time < settled && !shown.has(keyOf(row))
  const found: Transaction[] = []
  let served = 0
  let proven = false
  for (const split of definition.splits) {
    const values = new Set(split.all ?? whole.transactions.flatMap((row) => split.of(row) ?? []))
    const parts = [...values].map((value) => ({
      value,
      rows: whole.transactions.filter((row) => split.of(row) === value).length,
    }))
    const telling = parts.filter(({ rows }) => split.uncapped || rows < whole.served)
    let largest = 0
    let refused = false
    for (const { value } of telling) {
      const part = await askPart(ports, definition, partition, window, { [split.filter]: value })
      if (part === undefined) {
        refused = true
        continue
      }
      found.push(...part.transactions)
      served += part.served
      largest = Math.max(largest, part.served)
    }
    if (found.some(isNew)) break
    proven ||=
      !refused && split.all !== undefined && telling.length === parts.length && largest < whole.served
  }
  const more = found.some(isNew)
  return { ...whole, transactions: found, timeless: [], served, more, proven: proven && !more }
}

/** One part of a window; undefined where the exchange takes no question about it: a symbol may be offline, or gone. */
export async function askPart(...asked: Parameters<typeof askPage>): Promise<Page | undefined> {
  try {
    return await askPage(...asked)
  } catch (error) {
    if (error instanceof FailureError && error.failure.kind === 'rejected') return undefined
    throw error
  }
}

/** One answer. */
export async function askPage(
  { client, markets, signal }: FetchPorts,
  definition: WindowStream,
  partition: string,
  window: Window,
  filters: Filters,
): Promise<Page> {
  const question = questionOf(definition, window, partition, filters)
  const { data, askedAt, answeredAt } = await client.ask(definition.ask(question), definition.rows, {
    signal,
  })
  const { readable, unreadable } = data
  // Which of several accounts it was can be told, and is all that tells two that are broken alike apart.
  const account = definition.partitions.length > 1 ? partition : undefined
  const keep = (row: { readonly raw: string; readonly time: number }) =>
    unreadableTransaction(definition.stream, row, account)
  return {
    askedAt,
    answeredAt,
    served: readable.length + unreadable.length,
    transactions: [
      ...definition.normalise(readable, { partition, markets }),
      ...unreadable.flatMap(({ raw, time }) => (time === undefined ? [] : [keep({ raw, time })])),
    ],
    timeless: unreadable.flatMap(({ raw, time }) =>
      time === undefined ? [keep({ raw, time: window.from })] : [],
    ),
  }
}
