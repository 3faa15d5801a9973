import type { ExportInput, ExportRow } from '../../lambdas/domain/export-format.ts'
import type { Statement } from '../../lambdas/domain/statement.ts'
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
export const silent: ExportInput['notes'] = {
  wrote: () => undefined,
  leftOut: () => undefined,
  byHand: () => undefined,
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
