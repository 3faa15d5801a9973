import { columnNames, headerOf, type KnownFormat, signatureOf, withoutClock } from './known-format.ts'
import { parseNumber } from './number-text.ts'
import type { CellTable } from './table-of-cells.ts'
import { parseTime } from './time-text.ts'

/** How far down the header may stand: some exports begin with lines of their own. */
const preamble = 20

/** How many lines beneath a header are looked at, to propose what its columns mean. */
const sampled = 20

/** The header of a table, and the formats that have it. */
export type Header = {
  readonly line: number
  /** The names of its columns, as they stand in the file. */
  readonly headings: readonly string[]
  /** How many cells it has, empty ones at its end included. */
  readonly width: number
  readonly signature: string
  /** The clocks that its headings name. */
  readonly clocks: readonly string[]
  readonly formats: readonly KnownFormat[]
  readonly samples: readonly (readonly string[])[]
}

/** The first line that is the header of a known format; else the first that looks like one. Nothing where there is none. */
export async function findHeader(
  table: CellTable,
  known: readonly KnownFormat[],
): Promise<Header | undefined> {
  const lines: { readonly line: number; readonly cells: readonly string[] }[] = []
  for await (const { line, cells } of table.lines()) {
    if (cells.every((cell) => cell === '')) continue
    lines.push({ line, cells })
    if (lines.length === preamble + sampled) break
  }
  const candidates = lines.slice(0, preamble)
  const familiar = candidates.findIndex(({ cells }) => formatsOf(cells, known).length > 0)
  const place =
    familiar >= 0
      ? familiar
      : candidates.findIndex(({ cells }, index) => looksLikeHeader(cells, lines[index + 1]?.cells))
  const found = lines[place]
  if (found === undefined) return undefined
  const header = headerOf(found.cells)
  return {
    line: found.line,
    headings: columnNames(header),
    width: found.cells.length,
    signature: signatureOf(header),
    clocks: withoutClock(header).clocks,
    formats: formatsOf(found.cells, known),
    samples: lines.slice(place + 1, place + 1 + sampled).map(({ cells }) => cells),
  }
}

function formatsOf(cells: readonly string[], known: readonly KnownFormat[]): readonly KnownFormat[] {
  const { plain } = withoutClock(headerOf(cells))
  return known.filter(
    ({ header }) => header.length === plain.length && header.every((cell, index) => cell === plain[index]),
  )
}

/** Words above a line of as many cells of which some are times or numbers. */
function looksLikeHeader(cells: readonly string[], next: readonly string[] | undefined): boolean {
  const header = headerOf(cells)
  return header.length > 1 && !header.some(isValue) && (next === undefined || headerOf(next).some(isValue))
}

function isValue(cell: string): boolean {
  return (
    parseNumber(cell, '.') !== undefined ||
    parseNumber(cell, ',') !== undefined ||
    parseTime(cell, 'day-first') !== undefined ||
    parseTime(cell, 'month-first') !== undefined
  )
}
