import { Buffer } from 'node:buffer'
import type { ExportFormat, ExportRow } from '../../lambdas/domain/export-format.ts'
import { closingSentences } from '../../lambdas/domain/export-statement.ts'
import { openTally } from '../../lambdas/domain/export-tally.ts'
import { inputOf } from './input.ts'

/** The file of a format with what is counted while it is written. */
export async function exported(format: ExportFormat, rows: readonly ExportRow[]) {
  const tally = openTally(format)
  const closing = () => closingSentences(tally.close())
  const writer = await format.open(inputOf([], { notes: tally.notes, closing }))
  const { apart } = format
  const ordered =
    apart === undefined
      ? rows
      : apart.flatMap((stream) => rows.filter(({ transaction }) => transaction.stream === stream))
  const pieces = [
    writer.begin(),
    ...ordered.map((row) => tally.row(row, () => writer.row(row))),
    writer.end(),
  ]
  return {
    bytes: Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
    sentences: closing(),
    ...tally.close(),
  }
}
