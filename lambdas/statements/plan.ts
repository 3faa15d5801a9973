import { keyOf } from '../domain/transaction.ts'
import type { MergedRow } from './merged-row.ts'

/** What must be written and removed so that the rows that files tell are those of a merge. */
export type Plan = {
  readonly write: readonly MergedRow[]
  readonly remove: readonly MergedRow[]
  readonly unchanged: number
}

/**
 * Compares the rows of files that are stored with those of a merge. Which lines tell a row is no part of it: that follows from the readings,
 * and a second file that tells the same writes nothing. Carried out in part, it leaves the rest to the next one.
 */
export function planOf(stored: readonly MergedRow[], merged: readonly MergedRow[]): Plan {
  const known = new Map(stored.map((row) => [nameOf(row), contentOf(row)]))
  const wanted = new Set(merged.map(nameOf))
  const write = merged.filter((row) => known.get(nameOf(row)) !== contentOf(row))
  const remove = stored.filter((row) => !wanted.has(nameOf(row)))
  return { write, remove, unchanged: merged.length - write.length }
}

function nameOf(row: MergedRow): string {
  return `${row.stream} ${keyOf(row)}`
}

function contentOf({ places: _places, ...told }: MergedRow): string {
  const said = Object.entries(told).filter(([, value]) => value !== undefined)
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)))
}
