import type { Timing } from '../domain/client.ts'
import { type Diff, diff } from '../domain/diff.ts'
import { FailureError } from '../domain/failure.ts'
import { fewAtOnce } from '../domain/few-at-once.ts'
import { isRevisedSince } from '../domain/revised.ts'
import { farApart } from '../domain/same-row.ts'
import type { StreamDefinition, StreamKind } from '../domain/stream.ts'
import { keyOf, servedTime, type Transaction } from '../domain/transaction.ts'
import { isUnreadable } from '../domain/unreadable.ts'
import type { Window } from '../domain/window.ts'
import type { Shown } from './keep-rows.ts'
import { queue } from './one-by-one.ts'

type Owner = { readonly user: string; readonly connection: string }

export type StoreRowsPorts = {
  readonly transactions: {
    stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]>
    /** Every row of this identity, whatever its time says. */
    byId(owner: Owner, stream: StreamKind, identity: string): Promise<readonly Transaction[]>
    write(owner: Owner, transactions: readonly Transaction[]): Promise<void>
    /** Only for what could not be read and is replaced by what can. */
    remove(owner: Owner, transactions: readonly Transaction[]): Promise<void>
  }
  readonly lease: { holds(owner: Owner, epoch: number): Promise<boolean> }
}

/** Ids that are looked for at once: all those of a page of a thousand took more memory than all else. */
const mostLookedFor = 8

/** What storing did, counted over a run. */
export type RowCounts = {
  new: number
  changed: number
  unchanged: number
  /** Of those changed: that said something final, and say something else now. */
  revised: number
  /** Of those changed: that are not shown any more. */
  vanished: number
}

/** Rows as they were served, in answers given at some moment between these two. */
export type ServedRows = Timing & { readonly transactions: readonly Transaction[] }

/** Whether the rows of an answer are served again, in parts. */
export type More = 'more to come' | 'whole'

export type StoreRows = {
  /** Stores what is new or changed. `due`: where the answer should show every stored row of this partition. */
  readonly store: (page: ServedRows, more: More, due: Due) => Promise<Shown>
  /** Writes rows as they should read now, of which nothing new was served. */
  readonly rewrite: (rows: readonly Transaction[]) => Promise<void>
  /** Counts rows that were served again word for word, and need not be compared. */
  readonly recognise: (count: number) => void
}

export type Due = {
  readonly partition: string
  readonly windows: readonly Window[]
  /** What was asked for, where that was a time: rows beyond its ends count with the questions for theirs. */
  readonly asked?: Window | undefined
}

/** Stores the rows of one stream for one run: only what is new or changed is written. Adds to `counts`. */
export function storeRows(
  ports: StoreRowsPorts,
  definition: Pick<StreamDefinition, 'stream' | 'mutable'> & {
    /** The partition that a row is of, where it can be told. */
    readonly whose: (row: Transaction) => string | undefined
  },
  run: { readonly owner: Owner; readonly epoch: number; readonly counts: RowCounts },
): StoreRows {
  const { stream, mutable } = definition
  const { owner, epoch, counts } = run
  const oneByOne = queue()
  /** Rows that are stored from a full page, or from beyond the ends of a window, and are still served where they count. */
  const shown = new Set<string>()
  const revised = new Set<string>()
  /** When the newest answer that held a row was given: answers of one run may come to be stored in any order. */
  const said = new Map<string, Timing>()

  async function store({ transactions, ...answer }: ServedRows, more: More, due: Due): Promise<Shown> {
    const stored = await known(transactions, due.windows)
    const found = diff(stored, transactions, { answer, byId: mutable, said })
    await write(found.write)
    if (mutable) for (const { now, order } of found.settled) if (order !== 'older') hear(keyOf(now), answer)
    count(found, more, due.asked)
    countRevised(found)
    const shownNow = new Set(found.settled.map(({ now }) => keyOf(now)))
    return {
      settled: found.settled,
      absent: stored.filter((row) => isDue(row, due) && !shownNow.has(keyOf(row))),
    }
  }

  /** What is stored of the rows' time, and, where rows can be dated anew, of their ids at any other. */
  async function known(
    transactions: readonly Transaction[],
    due: readonly Window[],
  ): Promise<readonly Transaction[]> {
    const spans = [...due, ...transactions.map(placeOf)]
    if (spans.length === 0) return []
    const from = spans.reduce((first, span) => Math.min(first, span.from), Infinity)
    const to = spans.reduce((last, span) => Math.max(last, span.to), 0)
    const near = await ports.transactions.stored(owner, stream, { from, to })
    if (!mutable) return near
    const keys = new Set(near.map(keyOf))
    const isUnmet = (row: Transaction) => !isUnreadable(row) && !keys.has(keyOf(row))
    const unmet = new Set(transactions.filter(isUnmet).map(({ identity }) => identity))
    const far = await fewAtOnce(unmet, mostLookedFor, (identity) =>
      ports.transactions.byId(owner, stream, identity),
    )
    return [...near, ...far.flat().filter((row) => !keys.has(keyOf(row)))]
  }

  /** Where a served row is stored, if it is. One that cannot be read has no identity by which it is found at another time. */
  function placeOf(row: Transaction): Window {
    const apart = mutable && isUnreadable(row) ? farApart : 0
    return { from: Math.max(0, row.time - apart), to: row.time + apart + 1 }
  }

  /** Whether the answer should show a row: where it cannot be told whose it is, it is left alone. */
  function isDue(row: Transaction, { partition, windows }: Due): boolean {
    const time = servedTime(row)
    return (
      definition.whose(row) === partition &&
      !isUnreadable(row) &&
      windows.some(({ from, to }) => time >= from && time < to)
    )
  }

  async function rewrite(rows: readonly Transaction[]): Promise<void> {
    await write(rows)
    counts.changed += rows.length
    counts.vanished += rows.filter(({ missingSince }) => missingSince !== undefined).length
  }

  async function write(rows: readonly Transaction[]): Promise<void> {
    if (rows.length === 0) return
    // A history that was just deleted must not get rows from a run that does not know yet.
    if (!(await ports.lease.holds(owner, epoch))) throw new FailureError({ kind: 'lease-lost' })
    await ports.transactions.write(owner, rows)
  }

  function hear(key: string, answer: Timing): void {
    const before = said.get(key) ?? answer
    said.set(key, {
      askedAt: Math.max(before.askedAt, answer.askedAt),
      answeredAt: Math.max(before.answeredAt, answer.answeredAt),
    })
  }

  /**
   * What a full page showed is served again with the parts of its window, and what lies beyond the ends of a window with its
   * neighbour: it counts once, as what it was first.
   */
  function count(found: Diff, more: More, asked?: Window): void {
    const isBeyond = ({ time }: Transaction) => asked !== undefined && (time < asked.from || time >= asked.to)
    const written = new Set(found.write.map(keyOf))
    const met = new Set<string>()
    counts.new += found.new
    counts.changed += found.changed
    for (const { served, now } of found.settled) {
      const key = keyOf(now)
      if (met.has(key)) continue
      met.add(key)
      const isServedAgain = more === 'more to come' || isBeyond(served)
      if (isServedAgain && written.has(key)) shown.add(key)
      if (!isServedAgain && !shown.delete(key) && !written.has(key)) counts.unchanged += 1
    }
  }

  function countRevised({ settled }: Diff): void {
    for (const { before, now } of settled) {
      if (before === undefined || revised.has(keyOf(now)) || !isRevisedSince(before, now)) continue
      revised.add(keyOf(now))
      counts.revised += 1
    }
  }

  // The same row can come from two windows or two partitions: compared and written one answer at a time.
  return {
    store: (page, more, due) => oneByOne(() => store(page, more, due)),
    rewrite: (rows) => oneByOne(() => rewrite(rows)),
    recognise: (count) => {
      counts.unchanged += count
    },
  }
}
