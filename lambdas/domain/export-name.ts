import { isoTime } from './outward.ts'
import type { Period } from './period.ts'
import { offsetsOf } from './timezone.ts'

type Named = {
  readonly format: string
  readonly extension: string
  readonly period: Period
  readonly timezone: string
  /** Of whom, where it is not all that the user has. */
  readonly accounts?: readonly string[]
}

/** More accounts than this are counted, and told apart by a sum over their names. */
const mostAccounts = 3
const longestAccount = 40

/**
 * What the file of an export is called when it is saved. It tells whose history it is, of which days, by the clocks of which zone,
 * the last day included: `exchange-history-koinly-2026-01-01-to-2026-12-31-Europe-Berlin.csv`. So one period never takes the place
 * of another, nor of the same days elsewhere; asked for again, it takes its own.
 */
export function exportName({ format, extension, period, timezone, accounts }: Named): string {
  const zone = timezone.replaceAll(/[^A-Za-z0-9+]+/g, '-')
  const parts = ['exchange-history', format, ...ofAccounts(accounts ?? []), ...days(period, timezone), zone]
  return `${parts.join('-')}.${extension}`
}

function days({ from, to }: Period, timezone: string): readonly string[] {
  const offset = offsetsOf(timezone)
  const first = from === undefined ? undefined : place(from + offset(from))
  // The last millisecond is shown as its day; an end within a day as the instant that it is.
  const last = to === undefined ? undefined : place(to + offset(to - 1), 'last')
  if (first === undefined) return last === undefined ? ['all'] : ['until', last]
  return last === undefined ? ['since', first] : [first, 'to', last]
}

/** A day where it begins (or, `last`, ends) there; else the time, in letters that every file system takes. */
function place(local: number, end?: 'last'): string {
  const iso = isoTime(local)
  if (/T00:00:00\.000Z$/.test(iso)) return isoTime(end === 'last' ? local - 1 : local).slice(0, 10)
  return iso
    .replace('Z', '')
    .replace(/(:00)?\.000$/, '')
    .replaceAll(/[:.]/g, '')
}

function ofAccounts(accounts: readonly string[]): readonly string[] {
  if (accounts.length === 0) return []
  const names = accounts.map((name) =>
    [...name.normalize('NFC').replaceAll(/[^\p{L}\p{N}]+/gu, '-')].slice(0, longestAccount).join(''),
  )
  return names.length > mostAccounts ? [`${names.length}-accounts-${sumOf(accounts)}`] : names
}

/** A short sum over names, by FNV-1a. */
function sumOf(names: readonly string[]): string {
  let sum = 0x811c9dc5
  for (const character of names.join('\n')) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (sum >>> 0).toString(36)
}
