import { meaningOf } from '../../lambdas/domain/accounting.ts'
import type { ExportRow, StoredRow } from '../../lambdas/domain/export-format.ts'

/** A row by itself, as an export hands it to its format. */
export function meant({ origin, transaction }: StoredRow): ExportRow {
  return { origin, transaction, meaning: meaningOf(origin, transaction) }
}
