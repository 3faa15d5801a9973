import { z } from 'zod'
import { type StreamKind, streamKinds } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import {
  countExisting,
  coverageKeys,
  type KeyRange,
  leaseKey,
  type Owner,
  parseItem,
  queryAll,
  queryPages,
  runKeys,
  type Shape,
  type Table,
  transactionKey,
  transactionKeys,
  writeAll,
} from './table.ts'

/** Which part of a history: `from <= time < to` in epoch milliseconds, of one stream or of all. */
export type Selection = { readonly stream?: StreamKind; readonly from?: number; readonly to?: number }

export type PageRequest = Selection & {
  readonly limit: number
  /** The `next` of the page before. */
  readonly after?: string
}

export type Page = { readonly items: readonly Transaction[]; readonly next?: string }

const text = z.string().optional()

const transactionSchema: z.ZodType<Transaction> = z.object({
  stream: z.enum(streamKinds),
  time: z.number(),
  identity: z.string(),
  symbol: text,
  base: text,
  quote: text,
  side: z.enum(['buy', 'sell']).optional(),
  price: text,
  amount: text,
  quoteAmount: text,
  fee: text,
  feeCurrency: text,
  role: z.enum(['taker', 'maker']).optional(),
  orderId: text,
  tradeId: text,
  orderMode: text,
  contracts: text,
  contractSize: text,
  position: z.enum(['open', 'close']).optional(),
  realizedPnl: text,
  account: text,
  currency: text,
  network: text,
  address: text,
  txId: text,
  status: z.enum(['pending', 'done', 'cancelled', 'failed']).optional(),
  type: text,
  raw: z.string(),
} satisfies Shape<Transaction>)

/** The history of every connection: rows keyed by time, so that one query reads them in order. */
export function transactionStore(table: Table) {
  return {
    /** What is stored of one stream in `[from, to)`, strongly consistent. */
    async stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]> {
      const items = await queryAll(table, transactionKeys(owner, window.from, window.to), ofStream(stream))
      return items.map(transactionOf)
    },

    /**
     * Stores the rows, over those of the same time, stream and identity; of several with one key the last.
     * Resolves only when every row is stored. Throws, with some possibly stored, when the store keeps refusing,
     * and before anything is stored when a row is too large.
     */
    async write(owner: Owner, transactions: readonly Transaction[]): Promise<void> {
      await writeAll(
        table,
        transactions.map((transaction) => ({
          put: { ...transactionKey(owner, transaction), ...transaction },
        })),
      )
    },

    /** At most `limit` rows in time order. `next` is there when more follow. */
    async page(owner: Owner, request: PageRequest): Promise<Page> {
      const { stream, limit, after } = request
      const range = startingAfter(selected(owner, request), after)
      // One row more than asked for tells whether more follow; another, because the range begins with `after`.
      const options = { ...ofStream(stream), pageSize: stream === undefined ? limit + 2 : undefined }
      const rows: Record<string, unknown>[] = []
      for await (const page of queryPages(table, range, options)) {
        rows.push(...page.filter((item) => item.SK !== after))
        if (rows.length > limit) break
      }
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return {
        items: items.map(transactionOf),
        ...(rows.length > limit && last !== undefined ? { next: String(last.SK) } : {}),
      }
    },

    /** Every row in time order; holds one answer of the store in memory (1 MB), however long the history. */
    async *each(owner: Owner, selection: Selection = {}): AsyncGenerator<Transaction> {
      const pages = queryPages(table, selected(owner, selection), ofStream(selection.stream))
      for await (const page of pages) {
        for (const item of page) yield transactionOf(item)
      }
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
      await removeRange(table, runKeys(owner))
      const removed = await removeRange(table, transactionKeys(owner))
      // The lease last: who began anew before would lose rows that the new coverage claims.
      await writeAll(table, [{ remove: leaseKey(owner) }])
      return removed
    },
  }
}

function selected(owner: Owner, { from, to }: Selection): KeyRange {
  return transactionKeys(owner, from, to)
}

function ofStream(stream: StreamKind | undefined) {
  return stream === undefined ? {} : { where: { attribute: 'stream', is: stream } }
}

/** A cursor from elsewhere cannot lead out of the range. */
function startingAfter(range: KeyRange, after: string | undefined): KeyRange {
  return after === undefined || after < range.first ? range : { ...range, first: after }
}

function transactionOf(item: Readonly<Record<string, unknown>>): Transaction {
  return parseItem(transactionSchema, item)
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
