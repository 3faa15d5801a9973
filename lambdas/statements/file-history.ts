import { z } from 'zod'
import { type Attestant, attest, type FileTime } from '../domain/attested.ts'
import { type ToldMoney, toldMoneySchema } from '../domain/futures-money.ts'
import { type StreamKind, streamKinds } from '../domain/stream.ts'
import type { Sum } from '../domain/sums.ts'
import type { Window } from '../domain/window.ts'
import { type FiledName, filedNameSchema } from './hints.ts'

/** What the merge of a connection's files came to, apart from its rows. */
export type FileHistory = {
  /** Something has changed since, and its rows are not, or not all, what a merge would make of it. */
  readonly isOwed: boolean
  /** What it was made of (`readingsOf`): where other files count by now, it is owed as well. */
  readonly readings: readonly string[]
  /** From the first to the last that files tell, and what may be told of there. */
  readonly span: Window
  readonly claims: readonly FileClaim[]
  /** Of which time files have profits and fees of the ledger of futures, by market. */
  readonly ledger: readonly ToldMoney[]
  /** The symbols and coins that files name: an exchange that is asked for each by itself is asked for them first. */
  readonly hints: readonly FiledName[]
  /** How many rows files add, thirty days by thirty days (`monthOf`). */
  readonly months: readonly FileMonth[]
  /** When the first of them happened. Epoch milliseconds. */
  readonly oldest?: number
  /** What the exchange had served by then, within the span. */
  readonly seen: Seen
}

export type FileMonth = { readonly stream: StreamKind; readonly month: number; readonly rows: number }

export type Seen = {
  readonly months: readonly (Sum & { readonly stream: StreamKind; readonly month: number })[]
  readonly proven: readonly (Window & { readonly stream: StreamKind })[]
}

/** That a file tells all of a stream that happened in a window, and what speaks against it. */
export type FileClaim = {
  readonly file: string
  readonly stream: StreamKind
  readonly by: Attestant
  readonly window: Window
  /** When its first and its last row happened, each within a window. */
  readonly rows: readonly Window[]
  readonly count: number
  /** The first row that the exchange has served in the window and the file does not tell. */
  readonly refutedAt?: number
  /** The first of its rows that the exchange has shown not to be. */
  readonly disprovedAt?: number
}

export type ToldByFiles = Pick<FileHistory, 'claims' | 'ledger' | 'months' | 'oldest'>

/** What files tell of time, as everybody is told: each claim as far as nothing speaks against it. */
export function fileTimeOf({ claims, ledger, months, oldest }: ToldByFiles): FileTime {
  return {
    claims: claims.map(({ stream, refutedAt, ...claim }) => ({
      stream,
      ...attest({ ...claim, missing: refutedAt === undefined ? [] : [refutedAt] }),
    })),
    ledger,
    streams: [...new Set(months.flatMap(({ stream, rows }) => (rows > 0 ? [stream] : [])))],
    ...(oldest !== undefined && { oldest }),
    ...(oldest !== undefined && { oldest }),
  }
}

const windowSchema = z.object({ from: z.number(), to: z.number() })

const streamSchema = z.enum(streamKinds)

export const fileHistorySchema: z.ZodType<FileHistory> = z.object({
  isOwed: z.boolean(),
  readings: z.array(z.string()),
  span: windowSchema,
  claims: z.array(
    z.object({
      file: z.string(),
      stream: streamSchema,
      by: z.enum(['owner', 'balance']),
      window: windowSchema,
      rows: z.array(windowSchema),
      count: z.number(),
      refutedAt: z.number().optional(),
      disprovedAt: z.number().optional(),
    }),
  ),
  ledger: z.array(toldMoneySchema),
  hints: z.array(filedNameSchema),
  months: z.array(z.object({ stream: streamSchema, month: z.number(), rows: z.number() })),
  oldest: z.number().optional(),
  seen: z.object({
    months: z.array(
      z.object({ stream: z.enum(streamKinds), month: z.number(), count: z.number(), hash: z.string() }),
    ),
    proven: z.array(windowSchema.extend({ stream: z.enum(streamKinds) })),
  }),
})
