import { pipeline, Readable } from 'node:stream'
import { CsvError, type Options, parse } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { z } from 'zod'
import { FileRefused } from './refusal.ts'
import { type CellLine, type CellTable, withinLimits } from './table-of-cells.ts'
import { type Encoding, encodingOf, textOf } from './text-encoding.ts'

const delimiters = [',', ';', '\t', '|'] as const

/** How much of a text, and how many of its records, tell what parts its columns. */
const [sampleCharacters, sampleRecords] = [64 * 1024, 20]

/** A text whose columns are parted by a sign, read as strictly as RFC 4180 has it. */
export function delimitedText(
  name: string,
  bytes: Uint8Array,
  chosen: { readonly encoding?: string; readonly delimiter?: string } = {},
): CellTable {
  const encoding = encodingOf(bytes, chosen.encoding)
  const sample = sampleOf(bytes, encoding)
  if (sample.includes('\0'))
    throw new FileRefused(`${name} is no text: choose the file as the exchange made it.`)
  const marked = /^sep=(.)\r?\n/.exec(sample)
  const options: Options = {
    bom: true,
    max_record_size: 64 * 1024,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // Spreadsheets are told by ="…" that an id is none of their numbers.
    relax_quotes: /(^|[,;\t|\r\n])="[^"\r\n]*"([,;\t|\r\n]|$)/.test(sample),
  }
  const delimiter = chosen.delimiter ?? marked?.[1] ?? delimiterOf(name, sample, options)
  return {
    name,
    encoding,
    lines: () => {
      const all = lines(name, textOf(bytes, encoding), { ...options, delimiter })
      return withinLimits(name, marked === null ? all : behindMark(all))
    },
  }
}

/** The line `sep=;` is a spreadsheet's. */
async function* behindMark(lines: AsyncIterable<CellLine>): AsyncIterable<CellLine> {
  for await (const line of lines) if (line.line > 1) yield line
}

/** Whole lines from the beginning, as many as tell. */
function sampleOf(bytes: Uint8Array, encoding: Encoding): string {
  let sample = ''
  for (const text of textOf(bytes, encoding)) {
    sample += text
    if (sample.length > sampleCharacters) break
  }
  const end = Math.max(sample.lastIndexOf('\n'), sample.lastIndexOf('\r'))
  return sample.length > sampleCharacters && end > 0 ? sample.slice(0, end) : sample
}

const sampled = z.array(z.array(z.string()))

/** The one by which most columns come out, the same number in every record; where none does so, in most records. */
function delimiterOf(name: string, sample: string, options: Options): string {
  const tried = delimiters.flatMap((delimiter) => {
    const counts = countsOf(sample, { ...options, delimiter })
    const columns = commonest(counts)
    const share = counts.filter((count) => count === columns).length / counts.length
    return columns > 1 && share >= 0.5 ? [{ delimiter, columns, isSame: share === 1 }] : []
  })
  tried.sort((a, b) => Number(b.isSame) - Number(a.isSame) || b.columns - a.columns)
  const [best] = tried
  if (best === undefined)
    throw new FileRefused(`${name} is no table with columns: choose the file as the exchange made it.`)
  return best.delimiter
}

function countsOf(sample: string, options: Options): readonly number[] {
  return sampled
    .parse(recordsOf(sample, { ...options, to: sampleRecords }))
    .filter((cells) => cells.some((cell) => cell.trim() !== ''))
    .map((cells) => cells.length)
}

function recordsOf(sample: string, options: Options): unknown {
  try {
    return parseSync(sample, options)
  } catch {
    // A quote that is not closed is told with its line by whoever reads all of it.
    return parsedOrNone(sample, { ...options, quote: null })
  }
}

function parsedOrNone(sample: string, options: Options): unknown {
  try {
    return parseSync(sample, options)
  } catch {
    return []
  }
}

function commonest(counts: readonly number[]): number {
  const times = new Map<number, number>()
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1)
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

async function* lines(name: string, text: Iterable<string>, options: Options): AsyncIterable<CellLine> {
  const parser = parse({ ...options, info: true })
  // What fails in the one fails in the other, so that it is met below.
  pipeline(Readable.from(text), parser, () => {})
  const parsed: AsyncIterable<Parsed> = parser
  let last = 0
  try {
    for await (const { record, info } of parsed) {
      yield { line: last + 1, cells: record.map(bare) }
      last = info.lines
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new FileRefused(
      `${name} breaks off or is damaged ${whereOf(error)}: download it again, and do not edit it.`,
    )
  }
}

function whereOf(error: CsvError): string {
  const line = z.number().safeParse(error.lines)
  if (!line.success) return 'somewhere'
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? `behind line ${line.data}, where a quote is not closed`
    : `in line ${line.data}`
}

/** Blanks around a cell, and `="…"` around an id, are the spreadsheet's. */
function bare(cell: string): string {
  const trimmed = cell.trim()
  return /^="[^"]*"$/.test(trimmed) ? trimmed.slice(2, -1) : trimmed
}
