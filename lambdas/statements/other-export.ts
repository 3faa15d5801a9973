import { keyOf, type Transaction } from '../domain/transaction.ts'
import type { Merged } from './merge.ts'
import { FileRefused } from './refusal.ts'
import type { Reading } from './row.ts'

type Table = Pick<Reading, 'exportOf'>

/** What was merged of a stretch of time. */
type Block = { readonly api: readonly Transaction[]; readonly merged: Pick<Merged, 'rows' | 'confirmed'> }

/**
 * Looks whether an export of ours is of the account that it is brought to. It names the connection whose history it is, and one account may
 * have had several. Two exports that name different ones are of one account if any row that has an id of the exchange's is in both, or
 * if the exchange shows one of the rows here. `own`: which of the tables are the file's.
 */
export function openOtherExport(connection: string, tables: readonly Table[], own: ReadonlySet<number>) {
  const named = tables.find((table, index) => own.has(index) && table.exportOf !== undefined)?.exportOf
  const others = new Set(
    tables.flatMap(({ exportOf }, index) =>
      own.has(index) || exportOf === undefined || exportOf === named ? [] : [index],
    ),
  )
  let isKnown = named === undefined || named === connection || others.size === 0
  return {
    see({ api, merged }: Block): void {
      if (isKnown) return
      const ofBoth = merged.rows.some(
        (row) =>
          hasId(row) &&
          row.places.some(({ reading }) => own.has(reading)) &&
          row.places.some(({ reading }) => others.has(reading)),
      )
      const served = (row: Transaction) =>
        hasId(row) && (merged.confirmed.get(keyOf(row)) ?? []).some(({ reading }) => own.has(reading))
      isKnown = ofBoth || api.some(served)
    },

    /** Throws `FileRefused` where nothing tells that it is of this account. */
    refuse(): void {
      if (isKnown) return
      throw new FileRefused(
        'This file is an export of another account than the export that this connection has already, and no row of it is known here: ' +
          'take it to an account of its own.',
      )
    },
  }
}

/** What says no id may be alike in two accounts. */
function hasId({ tradeId, txId }: Pick<Transaction, 'tradeId' | 'txId'>): boolean {
  return tradeId !== undefined || txId !== undefined
}
