import { isLosslessNumber, stringify } from 'lossless-json'
import { z } from 'zod'
import { amountPattern } from '../domain/amount.ts'
import { isIdentifier } from '../domain/transaction.ts'
import type { ServedRows, UnreadableRow } from '../domain/unreadable.ts'

/** A scalar as the exchange wrote it: some answers hold ids and decimals as strings, some as numbers. */
const scalar = z.union([
  z.string(),
  z.number().transform(String),
  z.custom<object>(isLosslessNumber, 'a number').transform(String),
])

/** An identifier, symbol or coin, or anything else that identities are made of: text that fits a store key. */
export const id = scalar.pipe(z.string().refine(isIdentifier, 'a short identifier of whole characters'))

/** An identifier that the exchange may leave out; empty means absent. */
export const optionalId = z
  .union([z.literal('').transform(() => undefined), z.null().transform(() => undefined), id])
  .optional()

/** Any short text, possibly empty. */
export const text = scalar.pipe(z.string().max(1_024))

/** An exact decimal, kept letter by letter. */
export const amount = scalar.pipe(z.string().max(256).regex(amountPattern))

/** An exact decimal that the exchange may leave out or send empty. */
export const optionalAmount = z
  .union([z.literal('').transform(() => undefined), z.null().transform(() => undefined), amount])
  .optional()

/** Text that the exchange may leave out; empty means absent. */
export const optionalText = z
  .union([z.null().transform(() => undefined), text])
  .optional()
  .transform((value) => (value === '' ? undefined : value))

/**
 * Epoch milliseconds between 2001 and 2286. A value in seconds or microseconds is refused: stored under a wrong
 * time, a row would be worse than missing.
 */
export const milliseconds = scalar.pipe(z.string().regex(/^\d{13}$/)).transform(Number)

/** Bytes of a row as served: with the fields made of it, it must fit an item of the store. */
const longestRow = 300 * 1024

/** A row with the text it was served as: fields that its schema does not name live on in `raw`. */
export type Row<Fields> = { readonly fields: Fields; readonly raw: string }

/**
 * A list of rows, each read by itself. `time` names the field that says when an unreadable one happened, and `written` how it
 * is written. `kept` is what of a row may be stored, where others are named in it.
 */
export function rowsOf<Fields>(
  fields: z.ZodType<Fields>,
  time: string,
  written: z.ZodType<number> = milliseconds,
  kept: (served: unknown) => unknown = (served) => served,
): z.ZodType<ServedRows<Row<Fields>>> {
  return z
    .array(z.unknown())
    .refine(isListOfRows, 'a list of rows')
    .transform((list) => {
      const readable: Row<Fields>[] = []
      const unreadable: UnreadableRow[] = []
      for (const served of list) {
        const parsed = fields.safeParse(served)
        const raw = textOf(kept(served))
        if (parsed.success && raw !== undefined && Buffer.byteLength(raw) <= longestRow)
          readable.push({ fields: parsed.data, raw })
        else unreadable.push({ raw: bounded(raw), ...timeOf(served, time, written) })
      }
      return { readable, unreadable }
    })
}

/** Rows in a list too many are no single row that would have to be looked for. */
function isListOfRows(list: readonly unknown[]): boolean {
  const [first] = list
  const isWrapped = list.length === 1 && Array.isArray(first) && first.length > 0
  return !(isWrapped && first.every((row) => typeof row === 'object' && row !== null))
}

function timeOf(served: unknown, field: string, written: z.ZodType<number>): { readonly time?: number } {
  const parsed = z.looseObject({ [field]: written }).safeParse(served)
  const value = parsed.success ? parsed.data[field] : undefined
  return typeof value === 'number' ? { time: value } : {}
}

/** What the store has room for, as JSON: of a text that is longer, its beginning. */
function bounded(raw: string | undefined): string {
  if (raw === undefined) return '"a row too deep to be written"'
  const bytes = Buffer.byteLength(raw)
  return bytes <= longestRow ? raw : JSON.stringify(`a row of ${bytes} bytes: ${raw.slice(0, 1_000)}`)
}

/** JSON text with every number as served; undefined for what is too deep to be written. */
function textOf(served: unknown): string | undefined {
  try {
    return stringify(served)
  } catch {
    return undefined
  }
}

/** How a fill met its order, where the exchange says so in words that are known. */
export function roleOf(role: string | undefined): 'taker' | 'maker' | undefined {
  const known = role?.toLowerCase()
  return known === 'taker' || known === 'maker' ? known : undefined
}
