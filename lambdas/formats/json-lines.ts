import type { ExportFormat, StoredRow } from '../domain/export-format.ts'
import { transactionJson } from '../domain/outward.ts'
import { chunks } from './csv.ts'

export const jsonLines: ExportFormat = {
  id: 'json-lines',
  name: 'JSON Lines, everything',
  extension: 'jsonl',
  contentType: 'application/x-ndjson',
  timezone: 'utc',
  statement: 'beside',
  everyRow: true,
  carries: [
    'Every transaction of every stream, futures fills and unfinished, cancelled and failed transfers included, one per line.',
    'The same names as in the API; amounts are strings, digit by digit as the exchange wrote them, and `raw` is the row as it was served.',
  ],
  cannotSay: [],
  upload: ['Read it line by line with any JSON library: UTF-8, LF, one object per line.'],
  open: () => ({ begin: () => '', row: rowLine, end: () => '', kept: () => ({}) }),
}

/** Rows pass one by one, in the order given, so memory does not grow with them. */
export function jsonLinesOf(rows: AsyncIterable<StoredRow>): AsyncIterable<string> {
  return chunks(lines(rows))
}

async function* lines(rows: AsyncIterable<StoredRow>): AsyncIterable<string> {
  for await (const row of rows) yield rowLine(row)
}

function rowLine({ origin, transaction }: StoredRow): string {
  return `${transactionJson(origin, transaction)}\n`
}
