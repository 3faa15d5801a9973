import { z } from 'zod'
import { type ToldMoney, toldMoneySchema } from '../domain/futures-money.ts'
import { streamKinds } from '../domain/stream.ts'
import type { Window } from '../domain/window.ts'
import { type FiledName, filedNameSchema } from './hints.ts'
import { layoutSchema } from './layout.ts'
import type { Settings } from './read-statement.ts'
import { type Grain, numberFields, type Reading, textFields } from './row.ts'
import type { Span } from './spans.ts'

/**
 * A file that its owner gave to a connection. `awaited`: its content is not there yet; `here`: nothing of it counts yet;
 * `stored`: its rows are part of the history; `taken-back`: they are no more, and it can be read again.
 */
export type StatementFile = {
  /** Made of its content: the same file again is this one. */
  readonly id: string
  readonly user: string
  readonly connection: string
  /** As it was called where it came from. */
  readonly name: string
  /** How many. */
  readonly bytes: number
  /** Of its content, in hexadecimal digits. */
  readonly sha256: string
  /** Epoch milliseconds. */
  readonly addedAt: number
  readonly state: 'awaited' | 'here' | 'stored' | 'taken-back'
  /** Why it could not be read when it was tried last, as a sentence; `exchange`: the id of that whose file it is, where that is why. */
  readonly refused?: { readonly sentence: string; readonly exchange?: string }
  /** As it was read when it was stored: kept when it is taken back. */
  readonly reading?: KeptReading
}

/** An upload and the settings by which it was read. */
export type KeptReading = {
  /** Made of the settings: where its rows lie. */
  readonly id: string
  readonly settings: Settings
  /** Its owner says that it tells everything of this time. */
  readonly attests?: Window
  /** Epoch milliseconds. */
  readonly storedAt: number
  readonly tables: readonly KeptTable[]
}

/** What is known of a table of a reading without its rows. */
export type KeptTable = Omit<Reading, 'rows'> & {
  readonly name: string
  /** How many rows it has. */
  readonly rows: number
  /** The months (`monthOf`) in which it has some. */
  readonly months: readonly number[]
  readonly spans: readonly Span[]
  /** Of which time it tells profits and fees of futures, market by market. */
  readonly money: readonly ToldMoney[]
  /** The symbols and coins that it names. */
  readonly hints: readonly FiledName[]
  /** Whether its running balance is broken by no row. */
  readonly isUnbroken: boolean
}

const windowSchema = z.object({ from: z.number(), to: z.number() })

const grainSchema: z.ZodType<Grain> = z.object({
  granularity: layoutSchema.shape.granularity,
  unit: z.number(),
  fields: z.array(z.enum([...textFields, ...numberFields])),
  decimals: z.partialRecord(z.enum(numberFields), z.number()),
})

const streamSchema = z.enum(streamKinds)

const settingsSchema: z.ZodType<Settings> = z.object({
  encoding: z.string().optional(),
  delimiter: z.string().optional(),
  dateOrder: z.enum(['day-first', 'month-first']).optional(),
  decimalSigns: z.record(z.string(), z.enum(['.', ','])).optional(),
  clock: z.string().optional(),
  layouts: z.record(z.string(), layoutSchema).optional(),
})

const tableSchema: z.ZodType<KeptTable> = z.object({
  name: z.string(),
  format: z.string(),
  exchange: z.string().optional(),
  clock: z.string(),
  owner: z.string().optional(),
  exportOf: z.string().optional(),
  grain: grainSchema,
  rows: z.number(),
  months: z.array(z.number()),
  spans: z.array(windowSchema.extend({ stream: streamSchema, rows: z.number() })),
  money: z.array(toldMoneySchema),
  hints: z.array(filedNameSchema),
  isUnbroken: z.boolean(),
})

export const statementFileSchema: z.ZodType<StatementFile> = z.object({
  id: z.string(),
  user: z.string(),
  connection: z.string(),
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  addedAt: z.number(),
  state: z.enum(['awaited', 'here', 'stored', 'taken-back']),
  refused: z.object({ sentence: z.string(), exchange: z.string().optional() }).optional(),
  reading: z
    .object({
      id: z.string(),
      settings: settingsSchema,
      attests: windowSchema.optional(),
      storedAt: z.number(),
      tables: z.array(tableSchema),
    })
    .optional(),
})
