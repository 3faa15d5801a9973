import { limits } from './limits.ts'
import { FileRefused } from './refusal.ts'

/** One line of a table. */
export type CellLine = {
  /** The line of a text at which it begins, the row of a sheet. The first is 1. */
  readonly line: number
  readonly cells: readonly string[]
  /** Which cells a workbook holds as numbers, whose sign is always a point; absent in texts. */
  readonly numbers?: ReadonlySet<number>
}

/** A text of cells, or a sheet. It is read anew, from its bytes, as often as it is asked for. */
export type CellTable = {
  readonly name: string
  /** How its bytes were read as text, and whether that is a guess by their looks: `windows-1251`. */
  readonly encoding?: { readonly name: string; readonly isGuess: boolean }
  readonly lines: () => AsyncIterable<CellLine>
}

/** Passes lines on for as long as they are within what a table may hold. */
export async function* withinLimits(name: string, lines: AsyncIterable<CellLine>): AsyncIterable<CellLine> {
  let rows = 0
  for await (const line of lines) {
    rows += 1
    if (rows > limits.rows)
      throw new FileRefused(
        `${name} has more than ${limits.rows.toLocaleString('en')} rows: download it in several files of shorter time.`,
      )
    if (line.cells.length > limits.columns)
      throw new FileRefused(
        `Line ${line.line} of ${name} has ${line.cells.length} columns, and no statement has more than ${limits.columns}: choose the file as the exchange made it.`,
      )
    if (line.cells.some((cell) => cell.length > limits.cellCharacters))
      throw new FileRefused(
        `Line ${line.line} of ${name} has a cell of more than ${limits.cellCharacters.toLocaleString('en')} characters: choose the file as the exchange made it.`,
      )
    yield line
  }
}
