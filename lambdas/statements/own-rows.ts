import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { z } from 'zod'
import { streamKinds } from '../domain/stream.ts'
import { type Change, type Transaction, toldFields } from '../domain/transaction.ts'
import { type KeyFault, ownKeyFault } from './key-fault.ts'
import { derived, said } from './own-row.ts'
import { FileRefused } from './refusal.ts'
import { textOf } from './text-encoding.ts'

/** A row of an export of ours, with the connection that it was stored under. */
export type OwnRow = {
  readonly connection: string
  readonly exchange: string
  readonly subaccount?: string
  readonly transaction: Transaction
}

/** The header of `canonical-csv`, in its order. */
export const ownColumns = [
  'id',
  'connection',
  'exchange',
  'subaccount',
  'stream',
  'time',
  ...toldFields,
  'movedTo',
  'missingSince',
  'unreadableSince',
  'unreadableRaw',
  'history',
  'source',
  'precision',
  'derived',
  'raw',
] as const

const time = z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text))
const text = z.string().optional()

const change: z.ZodType<Change> = z.strictObject({
  ...said,
  until: time,
  time: time.optional(),
  missingSince: time.optional(),
})

const rowSchema = z.strictObject({
  ...said,
  id: z.string(),
  connection: z.string().min(1),
  exchange: z.string().min(1),
  subaccount: text,
  stream: z.enum(streamKinds),
  time,
  movedTo: time.optional(),
  missingSince: time.optional(),
  unreadableSince: time.optional(),
  unreadableRaw: text,
  history: z.array(change).optional(),
  source: z.literal('file').optional(),
  precision: z
    .union([
      z.int().nonnegative(),
      z
        .string()
        .regex(/^\d{1,13}$/)
        .transform(Number),
    ])
    .optional(),
  derived: derived.optional(),
})

/** `'` before what a spreadsheet would run is the writer's, who adds one to every such text, guarded already or not. */
const guard = /^'(?='*["\s]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20])/

/** Whether an upload is an export of ours, and which. */
export function ownFormatOf(bytes: Uint8Array): 'canonical-csv' | 'json-lines' | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 1_024))
  if (head.startsWith(`${ownColumns.join(',')}\n`)) return 'canonical-csv'
  return head.startsWith('{"id":') ? 'json-lines' : undefined
}

/** The rows of an export of ours, every field as it was. One bad line refuses the file. */
export function ownRowsOf(format: 'canonical-csv' | 'json-lines', bytes: Uint8Array): AsyncIterable<OwnRow> {
  const pieces = textOf(bytes, { name: 'utf-8', isGuess: false })
  return format === 'canonical-csv' ? csvRows(pieces) : jsonRows(pieces)
}

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

async function* csvRows(pieces: Iterable<string>): AsyncIterable<OwnRow> {
  const parser = parse({ info: true, from: 2, record_delimiter: '\n', max_record_size: 1024 * 1024 })
  pipeline(Readable.from(pieces), parser, () => {})
  const parsed: AsyncIterable<Parsed> = parser
  try {
    for await (const { record, info } of parsed) {
      const cells = ownColumns.flatMap((name, index): [string, string][] => {
        const cell = record[index] ?? ''
        return cell === '' ? [] : [[name, cell.replace(guard, '')]]
      })
      const { history, raw = '', ...fields } = Object.fromEntries(cells)
      yield rowOf(
        { ...fields, ...(history !== undefined && { history: jsonOf(history, info.lines) }) },
        raw,
        info.lines,
      )
    }
  } catch (error) {
    if (error instanceof CsvError) throw new FileRefused(damagedSentence(Number(error.lines)))
    throw error
  }
}

async function* jsonRows(pieces: Iterable<string>): AsyncIterable<OwnRow> {
  let line = 0
  for await (const text of linesOf(pieces)) {
    line += 1
    if (text === '') continue
    // Within a string every quote has a stroke before it, so that this is where the row as it was served begins, its digits untouched.
    const place = text.indexOf(',"raw":')
    if (place < 0 || !text.endsWith('}')) throw new FileRefused(damagedSentence(line))
    yield rowOf(jsonOf(`${text.slice(0, place)}}`, line), text.slice(place + 7, -1), line)
  }
}

async function* linesOf(pieces: Iterable<string>): AsyncIterable<string> {
  let rest = ''
  for (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function rowOf(fields: unknown, raw: string, line: number): OwnRow {
  const parsed = rowSchema.safeParse(fields)
  jsonOf(raw, line)
  if (!parsed.success) throw new FileRefused(damagedSentence(line))
  const { id, connection, exchange, subaccount, ...told } = parsed.data
  const prefix = `${connection}:${told.stream}:${told.time}:`
  if (!id.startsWith(prefix)) throw new FileRefused(damagedSentence(line))
  const transaction = { ...told, identity: id.slice(prefix.length), raw }
  const fault = ownKeyFault(transaction)
  if (fault !== undefined) throw new FileRefused(faultSentence(line, fault))
  return { connection, exchange, ...(subaccount !== undefined && { subaccount }), transaction }
}

function jsonOf(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FileRefused(damagedSentence(line))
  }
}

function faultSentence(line: number, { text, why }: KeyFault): string {
  return (
    `Line ${line} of this export cannot be stored, so nothing of it is: "${text.slice(0, 80)}" is ${why}. ` +
    'Take the export again, and do not edit it.'
  )
}

function damagedSentence(line: number): string {
  return `Line ${line} of this export is not as it was written: take the export again, and do not edit it.`
}
