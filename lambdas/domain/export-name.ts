import { type Shown, shownAt } from './clock-words.ts'
import type { AccountNames } from './export-format.ts'
import type { OpeningBalance } from './opening-balances.ts'
import { isoTime } from './outward.ts'
import type { Period } from './period.ts'
import { offsetsOf } from './timezone.ts'

type Named = {
  readonly format: string
  readonly extension: string
  readonly period: Period
  readonly timezone: string
  /** Of whom, where it is not all that the user has: as `namesInFiles` calls them. */
  readonly accounts?: readonly string[]
  /** What the file begins with, by the word of the owner. */
  readonly opening?: readonly OpeningBalance[]
  /** What a journal calls its accounts, where its user chose. */
  readonly accountNames?: Partial<AccountNames>
}

/** More accounts than this are counted, and told apart by a sum over their names. */
const mostAccounts = 3
const longestAccount = 40

/**
 * What the file of an export is called when it is saved. It tells whose history it is, of which days, by the clocks of which zone,
 * the last day included: `exchange-history-koinly-2026-01-01-to-2026-12-31-Europe-Berlin.csv`. So one period never takes the place
 * of another, nor of the same days elsewhere; asked for again, it takes its own.
 */
export function exportName({
  format,
  extension,
  period,
  timezone,
  accounts,
  opening,
  accountNames,
}: Named): string {
  const zone = timezone.replaceAll(/[^A-Za-z0-9+]+/g, '-')
  const of = [...ofAccounts(accounts ?? []), ...ofOpening(opening), ...ofNames(accountNames)]
  const parts = ['exchange-history', format, ...of, ...days(period, timezone), zone]
  return `${parts.join('-')}.${extension}`
}

function days({ from, to }: Period, timezone: string): readonly string[] {
  const offset = offsetsOf(timezone)
  const first = from === undefined ? undefined : place(shownAt(from, offset))
  // The last millisecond is shown as its day; an end within a day as the instant that it is.
  const last =
    to === undefined
      ? undefined
      : place(
          shownAt(to, (time) => offset(time - 1)),
          'last',
        )
  if (first === undefined) return last === undefined ? ['all'] : ['until', last]
  return last === undefined ? ['since', first] : [first, 'to', last]
}

/** A day where it begins (or, `last`, ends) there; else the time, in letters that every file system takes. */
function place({ local, ahead = '', isAgain }: Shown, end?: 'last'): string {
  const iso = isoTime(local)
  if (!isAgain && /T00:00:00\.000Z$/.test(iso))
    return isoTime(end === 'last' ? local - 1 : local).slice(0, 10)
  const time = iso.replace('Z', '').replace(/(:00)?\.000$/, '')
  return `${time}${ahead}`.replaceAll(/[:.]/g, '')
}

/** An account as its user calls it, and what tells it apart where another is called so, too. */
export type NamedAccount = {
  readonly id: string
  readonly exchange: string
  readonly label?: string
  readonly subaccount: string
  readonly keyHint: string
}

/**
 * What accounts are called in the name of a file. Where another of the `known` ones would be called the same by a file system that
 * tells no capitals apart, the exchange stands before it, and where that is not enough the id behind it.
 */
export function namesInFiles(
  accounts: readonly NamedAccount[],
  known: readonly NamedAccount[],
): readonly string[] {
  return accounts.map((account) => {
    const others = known.filter(({ id }) => id !== account.id)
    const spellings = [plainName, withExchange, withId]
    const isAlone = (spell: Spelling) =>
      others.every((other) => folded(spell(other)) !== folded(spell(account)))
    return (spellings.find(isAlone) ?? withId)(account)
  })
}

type Spelling = (account: NamedAccount) => string

function plainName({ label, subaccount, keyHint, id }: NamedAccount): string {
  return spelled(
    [label, subaccount, keyHint].find((name) => name !== undefined && name !== '') ?? id.slice(0, shortId),
  )
}

function withExchange(account: NamedAccount): string {
  return `${spelled(account.exchange)}-${plainName(account)}`
}

function withId(account: NamedAccount): string {
  return `${withExchange(account)}-${spelled(account.id.slice(0, shortId))}`
}

const shortId = 12

function folded(name: string): string {
  return name.toLowerCase()
}

function spelled(name: string): string {
  const letters = name.normalize('NFC').replaceAll(/[^\p{L}\p{N}]+/gu, '-')
  return [...letters].slice(0, longestAccount).join('')
}

/** No account's own name has a plus: so two are never taken for one. */
function ofAccounts(accounts: readonly string[]): readonly string[] {
  if (accounts.length === 0) return []
  return [
    accounts.length > mostAccounts ? `${accounts.length}-accounts-${sumOf(accounts)}` : accounts.join('+'),
  ]
}

/** Figures of the owner's own are part of the file: other ones make another file. */
function ofOpening(opening: readonly OpeningBalance[] | undefined): readonly string[] {
  if (opening === undefined) return []
  return [`opening-${sumOf(opening.map(({ wallet, coin, amount }) => `${wallet} ${coin} ${amount}`).sort())}`]
}

/** The same rows under other names are another file. */
function ofNames(names: Partial<AccountNames> | undefined): readonly string[] {
  const chosen = Object.entries(names ?? {})
  return chosen.length === 0 ? [] : [`names-${sumOf(chosen.map(([use, name]) => `${use} ${name}`).sort())}`]
}

/** A short sum over texts, by FNV-1a. */
function sumOf(texts: readonly string[]): string {
  let sum = 0x811c9dc5
  for (const character of texts.join('\n')) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (sum >>> 0).toString(36)
}
