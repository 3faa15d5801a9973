import { meaningOf } from '../../lambdas/domain/accounting.ts'
import type { ExportRow, StoredRow } from '../../lambdas/domain/export-format.ts'
import { type FuturesTellers, ledgerTellsAll } from '../../lambdas/domain/futures-money.ts'

/** A row by itself, as an export hands it to its format where the futures ledger is known for all time. */
export function meant(
  { origin, transaction }: StoredRow,
  tellers: FuturesTellers = ledgerTellsAll,
): ExportRow {
  return { origin, transaction, meaning: meaningOf(origin, transaction, tellers) }
}
