import type { ExportFormat, ExportRow, FileFacts, Piece } from '../../lambdas/domain/export-format.ts'
import type { Statement } from '../../lambdas/domain/statement.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { served } from './small-account.ts'

export const statement: Statement = {
  state: 'unverified',
  sentences: [
    'All that is stored, as of 2026-11-21 07:50 UTC: not known to be complete.',
    'BitMart, c0ffee:',
  ],
}

/** For tests that look at files alone. */
export const silent: FileFacts['notes'] = {
  wrote: () => undefined,
  leftOut: () => undefined,
  shortened: () => undefined,
  byHand: () => undefined,
}

export type ExportInput = FileFacts & {
  readonly rows: AsyncIterable<ExportRow>
  readonly rowsOf: (stream: StreamKind) => AsyncIterable<ExportRow>
}

/** A file, piece by piece, as an export writes it. */
export async function* written(
  format: ExportFormat,
  { rows, rowsOf, ...facts }: ExportInput,
): AsyncIterable<Piece> {
  const writer = await format.open(facts)
  yield writer.begin()
  const sources = format.apart === undefined ? [rows] : format.apart.map(rowsOf)
  for (const source of sources) for await (const row of source) yield writer.row(row)
  yield writer.end()
}

export function inputOf(rows: readonly ExportRow[], wishes: Partial<ExportInput> = {}): ExportInput {
  return {
    rows: served(rows),
    rowsOf: (stream) => served(rows.filter(({ transaction }) => transaction.stream === stream)),
    statement,
    timezone: 'UTC',
    accounts: defaultAccounts,
    notes: silent,
    closing: () => [],
    ...wishes,
  }
}
