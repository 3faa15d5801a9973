import type { Account, Coverage } from './answers.ts'
import { transactionWords } from './words/transactions.ts'
import { accountName } from './words.ts'

/** The period of an export, as its form has it; the API knows what it means. */
export type AskedPeriod = { readonly period?: string; readonly from?: string; readonly to?: string }

/** Where what is known of an account in that time is asked for. */
export function coveragePath(id: string, period: AskedPeriod, timezone: string): string {
  return `${id}/coverage?${new URLSearchParams({ ...period, timezone })}`
}

/** What of a period is not covered, in the words of the API: a line for all streams of which the same is so. */
export function shortfallsIn(
  known: readonly { readonly of: Account; readonly is: Coverage }[],
): readonly string[] {
  return known.flatMap(({ of, is }) =>
    is.lacking.map((line) => `${known.length > 1 ? `${accountName(of)}, ` : ''}${line}`),
  )
}

const { stream, symbol, side, status, q } = transactionWords.filters
const filterNames = new Map(Object.entries({ stream, symbol, side, status, q }))

/** By which filters an export cannot be narrowed, as the page of transactions calls those that are in its address. */
export function droppedIn(query: URLSearchParams): readonly string[] {
  const names = query.get('without')?.split(',') ?? []
  return [...new Set(names)].flatMap((name) => filterNames.get(name) ?? [])
}
