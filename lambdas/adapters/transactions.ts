import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { mergeSorted } from '../domain/merge-sorted.ts'
import { isDatedAnew, type StreamKind, streamKinds } from '../domain/stream.ts'
import { checkOf } from '../domain/sums.ts'
import {
  type Change,
  compareTransactions,
  derivations,
  type Order,
  type Place,
  positions,
  roles,
  sides,
  type Transaction,
  transferStatuses,
} from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import {
  checkSize,
  contentOf,
  countExisting,
  DamagedError,
  damageOf,
  getItem,
  parseItem,
  type QueryPage,
  queryAll,
  queryPage,
  queryPages,
  type Shape,
  type Table,
  writeAll,
} from './table.ts'
import {
  allCoverageParts,
  allPlaceKeys,
  allTransactionKeys,
  asideKey,
  asideKeys,
  coverageKeys,
  fileHistoryKey,
  foundKey,
  holdingsKey,
  type Key,
  type KeyRange,
  leaseKey,
  placeKey,
  placeKeys,
  runKeys,
  statementFileKeys,
  sumsKeys,
  timeOfPlace,
  transactionKey,
  transactionKeys,
  transactionSort,
} from './table-keys.ts'

/** Which part of a history: `from <= time < to` in epoch milliseconds. */
export type Selection = { readonly from?: number; readonly to?: number; readonly order?: Order }

export type PageRequest = Selection & {
  readonly stream: StreamKind
  readonly limit: number
  /** The page begins behind this place, whether or not there is such a row. */
  readonly after?: Place
}

export type Page = { readonly items: readonly Transaction[]; readonly next?: Place }

/** An item that is not what was stored under its key, and the time that its key tells. */
export type Unreadable = { readonly item: Readonly<Record<string, unknown>>; readonly time: number }

/** A row with its check, or what cannot be read as one. */
export type Inspected =
  | { readonly transaction: Transaction; readonly check: string }
  | { readonly unreadable: Unreadable }

const text = z.string().optional()

const told = {
  symbol: text,
  base: text,
  quote: text,
  side: z.enum(sides).optional(),
  price: text,
  amount: text,
  quoteAmount: text,
  fee: text,
  feeCurrency: text,
  role: z.enum(roles).optional(),
  orderId: text,
  tradeId: text,
  orderMode: text,
  contracts: text,
  contractSize: text,
  position: z.enum(positions).optional(),
  realizedPnl: text,
  account: text,
  currency: text,
  network: text,
  address: text,
  txId: text,
  status: z.enum(transferStatuses).optional(),
  type: text,
}

const changeSchema: z.ZodType<Change> = z.object({
  ...told,
  until: z.number(),
  time: z.number().optional(),
  missingSince: z.number().optional(),
} satisfies Shape<Change>)

export const transactionSchema: z.ZodType<Transaction> = z.object({
  ...told,
  stream: z.enum(streamKinds),
  time: z.number(),
  identity: z.string(),
  movedTo: z.number().optional(),
  history: z.array(changeSchema).optional(),
  missingSince: z.number().optional(),
  unreadableSince: z.number().optional(),
  unreadableRaw: text,
  raw: z.string(),
  source: z.literal('file').optional(),
  precision: z.number().optional(),
  derived: z.enum(derivations).optional(),
  mayBeTwice: z.literal(true).optional(),
} satisfies Shape<Transaction>)

/** The history of every connection: rows keyed by stream and time, so that one query reads those of a window in order. */
export function transactionStore(table: Table) {
  /** One stream's rows in order; holds one answer of the store in memory (1 MB), however long the history. */
  async function* eachOf(
    owner: Owner,
    stream: StreamKind,
    { from, to, order }: Selection,
  ): AsyncGenerator<Transaction> {
    const range = transactionKeys(owner, stream, from, to)
    for await (const page of queryPages(table, range, { descending: order === 'desc' })) {
      for (const item of page) yield transactionOf(item)
    }
  }

  async function* soundOf(
    owner: Owner,
    stream: StreamKind,
    { from, to }: Window,
  ): AsyncGenerator<Transaction> {
    for await (const page of queryPages(table, transactionKeys(owner, stream, from, to)))
      for (const item of page) {
        const found = isOfFile(item) ? inspected(item) : { transaction: transactionOf(item) }
        if ('transaction' in found) yield found.transaction
      }
  }

  /** Every row of all streams in the order of time, stream and identity; holds one answer of each in memory. */
  function each(owner: Owner, selection: Selection = {}): AsyncGenerator<Transaction> {
    const direction = selection.order === 'desc' ? -1 : 1
    return mergeSorted(
      streamKinds.map((stream) => eachOf(owner, stream, selection)),
      (a, b) => direction * compareTransactions(a, b),
    )
  }

  return {
    /** What the exchange has served of one stream in `[from, to)`, strongly consistent: one query for each megabyte. */
    async stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]> {
      const items = await queryAll(table, transactionKeys(owner, stream, window.from, window.to))
      return items.filter((item) => !isOfFile(item)).map(transactionOf)
    },

    /**
     * Every row of all streams, in the order of time, stream and identity, for whoever merges: one of a file that is not what was stored
     * is left out, and put there anew.
     */
    merging(owner: Owner, window: Window): AsyncGenerator<Transaction> {
      return mergeSorted(
        streamKinds.map((stream) => soundOf(owner, stream, window)),
        compareTransactions,
      )
    },

    /**
     * Every row of this identity, whatever its time says; of streams whose rows may be dated anew, and none of others.
     */
    async byId(owner: Owner, stream: StreamKind, identity: string): Promise<readonly Transaction[]> {
      const places = await queryAll(table, placeKeys(owner, stream, identity), { keysOnly: true })
      const times = places.flatMap(({ SK }) => timeOfPlace(String(SK), stream, identity) ?? [])
      const keys = times.map((time) => transactionKey(owner, { stream, time, identity }))
      // Killed before the row was written, a place is of nothing.
      const items = await Promise.all(keys.map((key) => getItem(table, key)))
      return items.flatMap((item) => (item === undefined || isOfFile(item) ? [] : [transactionOf(item)]))
    },

    /**
     * Stores the rows, over those of the same time, stream and identity; of several with one key the last.
     * Resolves only when every row is stored. Throws, with some possibly stored, when the store keeps refusing,
     * and before anything is stored when a row is too large.
     */
    async write(owner: Owner, transactions: readonly Transaction[]): Promise<void> {
      const rows = transactions.map((transaction) => ({
        put: { ...transactionKey(owner, transaction), ...transaction, check: checkOf(transaction) },
      }))
      const places = transactions
        .filter(hasPlace)
        .map((transaction) => ({ put: placeKey(owner, transaction) }))
      if (places.length > 0) for (const { put } of rows) checkSize(put)
      // First the place, then the row: who looks for an identity must not miss a row that is there.
      await writeAll(table, places)
      await writeAll(table, rows)
    },

    /** Removes rows of the given times and identities; resolves when none of them is left. */
    async remove(owner: Owner, transactions: readonly Transaction[]): Promise<void> {
      // First the row, then its place: who looks for an identity must not miss a row that is there.
      await writeAll(
        table,
        transactions.map((transaction) => ({ remove: transactionKey(owner, transaction) })),
      )
      const places = transactions.filter(hasPlace)
      await writeAll(
        table,
        places.map((transaction) => ({ remove: placeKey(owner, transaction) })),
      )
    },

    /**
     * Rows of one stream in the order of time and, within an instant, of the identity's bytes, or in the opposite
     * one: at most `limit`, and at most one answer of the store (1 MB). `next` is there when more may follow.
     */
    async page(owner: Owner, { stream, from = 0, to, limit, order, after }: PageRequest): Promise<Page> {
      const range = transactionKeys(owner, stream, from, to)
      const descending = order === 'desc'
      let start: Key | undefined
      if (after !== undefined) {
        const place = { ...after, stream }
        const [beyond, before] = [after.time >= (to ?? Number.POSITIVE_INFINITY), after.time < from]
        // From outside of the range a place leads to its beginning, or past its end.
        if (descending ? before : beyond) return { items: [] }
        if (!beyond && !before) start = transactionKey(owner, place)
      }
      let page: QueryPage
      do {
        page = await queryPage(table, range, { descending, pageSize: limit, after: start })
        start = page.next
      } while (page.items.length === 0 && start !== undefined)
      const items = page.items.map(transactionOf)
      const last = items.at(-1)
      return {
        items,
        ...(start !== undefined &&
          last !== undefined && { next: { time: last.time, identity: last.identity } }),
      }
    },

    each,

    /** Every item that the exchange has served of one stream, unreadable ones included, in the order of their keys. */
    async *inspect(owner: Owner, stream: StreamKind, window?: Window): AsyncGenerator<Inspected> {
      for await (const page of queryPages(table, transactionKeys(owner, stream, window?.from, window?.to))) {
        for (const item of page) if (!isOfFile(item)) yield inspected(item)
      }
    },

    /** Puts an unreadable item aside, where no history is read, as the JSON text that is left of it. */
    async putAside(owner: Owner, { item }: Unreadable): Promise<void> {
      const remove = foundKey(owner, String(item.SK))
      await writeAll(table, [{ put: { ...asideKey(owner, remove.SK), left: JSON.stringify(item) } }])
      await writeAll(table, [{ remove }])
    },

    /** How many of these are stored, by key; one given twice counts once. */
    async has(owner: Owner, transactions: readonly Transaction[]): Promise<number> {
      return countExisting(
        table,
        transactions.map((transaction) => transactionKey(owner, transaction)),
      )
    },

    /**
     * Forgets everything about the connection but itself: coverage, lease, runs and transactions. Returns how many
     * transactions there were. Seize the lease before, so that a running sync stops.
     */
    async removeAll(owner: Owner): Promise<number> {
      // Coverage first: interrupted halfway, it must not claim rows that are gone.
      await removeRange(table, coverageKeys(owner))
      await removeRange(table, allCoverageParts(owner))
      await writeAll(table, [{ remove: holdingsKey(owner) }])
      await removeRange(table, runKeys(owner))
      const removed = await removeRange(table, allTransactionKeys(owner))
      await removeRange(table, allPlaceKeys(owner))
      await removeRange(table, sumsKeys(owner))
      await removeRange(table, asideKeys(owner))
      await removeRange(table, statementFileKeys(owner))
      await writeAll(table, [{ remove: fileHistoryKey(owner) }])
      // The lease last: who began anew before would lose rows that the new coverage claims.
      await writeAll(table, [{ remove: leaseKey(owner) }])
      return removed
    },
  }
}

/** What no exchange has served has no part in what a sync compares, counts and finds again. */
function isOfFile(item: Readonly<Record<string, unknown>>): boolean {
  return item.source === 'file'
}

/** A row that may be dated anew is found by its identity; files date nothing anew. */
function hasPlace({ stream, source }: Transaction): boolean {
  return isDatedAnew(stream) && source === undefined
}

/** Throws `DamagedError` when the item is not what was stored. */
function transactionOf(item: Readonly<Record<string, unknown>>): Transaction {
  const from = isOfFile(item) ? 'it is read from its file again' : 'the exchange is asked for it again'
  const remedy = `sync (npm run import), and ${from}`
  const transaction = parseItem(transactionSchema, item, remedy)
  if (checkOf(contentOf(item)) === item.check && transactionSort(transaction) === item.SK) return transaction
  throw damageOf(item, 'check', remedy)
}

function inspected(item: Readonly<Record<string, unknown>>): Inspected {
  try {
    return { transaction: transactionOf(item), check: String(item.check) }
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error
    return { unreadable: { item, time: Number(/#(\d{13})#/.exec(String(item.SK))?.[1] ?? 0) } }
  }
}

async function removeRange(table: Table, range: KeyRange): Promise<number> {
  let removed = 0
  for await (const page of queryPages(table, range, { keysOnly: true })) {
    await writeAll(
      table,
      page.map((item) => ({ remove: { PK: range.PK, SK: String(item.SK) } })),
    )
    removed += page.length
  }
  return removed
}
