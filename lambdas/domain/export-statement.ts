import { ownersWord } from './completeness.ts'
import { ownersWords } from './coverage-words.ts'
import type { ExchangeDefinition } from './exchange.ts'
import type { ExportFormat } from './export-format.ts'
import type { CoinSum, Tally } from './export-tally.ts'
import { allFileRows, fileRowSentences } from './file-rows.ts'
import { isoTime } from './outward.ts'
import type { Period } from './period.ts'
import { zoneSentences } from './period-words.ts'
import { product } from './product.ts'
import { rowSentences, rowsOf } from './row-counts.ts'
import { shortfalls } from './shortfalls.ts'
import { silenceInPart } from './silence-words.ts'
import type { Covered, Statement } from './statement.ts'

/** Whose history it is. */
export type Account = Covered & {
  readonly id: string
  readonly exchange: Pick<ExchangeDefinition, 'name' | 'id' | 'streams' | 'sentences' | 'absent' | 'closing'>
  readonly label?: string
  readonly subaccount: string
  readonly keyHint: string
}

/** All that is known once the file is written. `madeAt`: epoch milliseconds. */
export type StatementFacts = {
  readonly statement: Statement
  readonly accounts: readonly Account[]
  readonly period: Period
  readonly timezone: string
  readonly format: Pick<ExportFormat, 'id' | 'name' | 'timezone' | 'cannotSay' | 'upload'>
  readonly tally: Tally
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string }
  readonly madeAt: number
}

/** What is said of the rows once they are written: in the statement, and in files that can hold it. */
export function closingSentences(tally: Tally, accounts: readonly Summed[] = []): readonly string[] {
  const { rows, opening, sums, fileRowsOf } = tally
  return [
    ...rowSentences(rows),
    ...fileRowSentences(allFileRows(fileRowsOf.values())),
    ...openingSentences(tally),
    ...apartSentences(tally),
    ...fillSentences(tally),
    ...doubtSentences(tally),
    ...(sums.length === 0
      ? []
      : [
          `The file adds up to, coin by coin what came less what went${opening.length === 0 ? '' : ', the opening balances included'}: ${sumWords(sums)}.`,
        ]),
    ...accountSentences(tally, accounts),
  ]
}

/** An account as far as it matters to what a file adds up to. */
type Summed = Pick<Account, 'id' | 'name' | 'subaccount'> & {
  readonly exchange: Pick<ExchangeDefinition, 'id' | 'name'>
}

function sumWords(sums: readonly CoinSum[]): string {
  return sums.map(({ coin, amount }) => `${amount} ${coin}`).join(', ')
}

/** In a file of every row, which of them its sums pass over. */
function apartSentences({ apartFromSums = [] }: Tally): readonly string[] {
  return apartFromSums.map(({ count, reason }) => {
    const where =
      reason === silenceInPart ? 'In part in what the file adds up to' : 'Not in what the file adds up to'
    return `${where}, ${rowsOf(count)}: ${reason}.`
  })
}

/** Each account can be held against what its exchange shows, and accounts that the file calls alike are told. */
function accountSentences({ sumsOf, apartFromSums }: Tally, accounts: readonly Summed[]): readonly string[] {
  if (accounts.length < 2) return []
  const named = accounts.map((account) => ({
    ...account,
    words: `${account.exchange.name}, ${account.name}`,
  }))
  return [
    ...named.map(({ id, words }) => {
      const sums = sumsOf.get(id) ?? []
      return `Of that ${words}: ${sums.length === 0 ? 'nothing' : sumWords(sums)}.`
    }),
    ...namedAlike(named, apartFromSums !== undefined).map(
      (some) =>
        `The file has the same name for ${some.length} accounts (${some.map(({ words }) => words).join('; ')}), and does not tell whose a row is. ` +
        'Where that matters, export each of them by itself.',
    ),
  ]
}

/** Accounts that a file cannot tell apart: formats call them by exchange and sub-account, and a file of every row by their connection. */
export function namedAlike<T extends Summed>(
  accounts: readonly T[],
  isEveryRow: boolean,
): readonly (readonly T[])[] {
  const alike = new Map<string, T[]>()
  for (const account of accounts) {
    const name = JSON.stringify([account.exchange.id, account.subaccount])
    alike.set(name, [...(alike.get(name) ?? []), account])
  }
  return isEveryRow ? [] : [...alike.values()].filter((some) => some.length > 1)
}

/** Of each fill that tells its own money the reason that is true of it. */
function fillSentences({ toldByFills, withoutLedger, apartFromSums }: Tally): readonly string[] {
  const untilLedger = toldByFills - withoutLedger
  const isEveryRow = apartFromSums !== undefined
  const telling = (count: number) => {
    const where = isEveryRow ? ' in what the file adds up to' : ''
    return count === 1
      ? `1 futures fill tells its own profit and fees${where}`
      : `${count} futures fills tell their own profit and fees${where}`
  }
  // Rows stay in such a file, whatever tells their money.
  const later = isEveryRow
    ? ''
    : ' Should a later sync bring one, its rows take their place: let the new file replace this one then, or they count twice.'
  return [
    ...(untilLedger === 0
      ? []
      : [
          `${telling(untilLedger)}, because no futures ledger of their time is known to be complete.${later}`,
        ]),
    ...(withoutLedger === 0
      ? []
      : [`${telling(withoutLedger)}, because the exchange serves no futures ledger of their contracts.`]),
  ]
}

/** What neither amounts nor ids settle counts, and is said to be in doubt. */
function doubtSentences({ mayBeTwice }: Tally): readonly string[] {
  if (mayBeTwice === 0) return []
  return [
    `In doubt, ${rowsOf(mayBeTwice)}: others of the same market and time are told by another source, and the amounts do not show ` +
      'whether they are the same. All are in the file, so that some may count twice: compare what it adds up to with the balances that the exchange shows.',
  ]
}

/** What no exchange has said must not pass for what it says. */
function openingSentences({
  opening,
  openingDoubts,
}: Pick<Tally, 'opening' | 'openingDoubts'>): readonly string[] {
  if (opening.length === 0) return []
  const balances = opening.map(({ wallet, coin, amount }) => `${amount} ${coin} in ${wallet}`).join(', ')
  return [
    'One more entry of the file holds the opening balances, which are the word of the owner and of no row of the exchange: ' +
      `${balances}.`,
    ...openingDoubts,
  ]
}

/** Whose clocks the file means, which may be others than those of the period. */
function clockSentence({ timezone }: Pick<ExportFormat, 'timezone'>, chosen: string): string {
  return `Days in the file, and times that name no zone, are those of ${timezone === 'utc' || chosen === 'UTC' ? 'UTC' : `the clocks in ${chosen}`}.`
}

/** The statement as sentences, a line each. */
export function statementSentences(facts: StatementFacts): readonly string[] {
  const { statement, accounts, format, timezone, tally, file, madeAt } = facts
  return [
    ...statement.sentences,
    ...closingSentences(tally, accounts),
    clockSentence(format, timezone),
    ...(format.cannotSay.length === 0 ? [] : [`What ${format.name} cannot say:`, ...format.cannotSay]),
    `How to use ${format.name}:`,
    ...format.upload,
    `The file: ${file.name}, ${file.bytes} bytes, SHA-256 ${file.sha256}.`,
    `Made ${isoTime(madeAt).slice(0, 16).replace('T', ' ')} UTC with ${product}.`,
  ]
}

/** The statement in so few sentences that a screen holds them: its first, what of which account is not complete, what became of the rows. */
export function briefSentences({
  statement,
  accounts,
  period,
  timezone,
  tally,
}: StatementFacts): readonly string[] {
  return [
    ...statement.sentences.slice(0, 1),
    ...zoneSentences(timezone),
    ...accounts.flatMap(({ name, exchange, coverage, accountSince, statementsOnly, files }) => {
      const word = ownersWord(accountSince, coverage, files)
      const said = word === undefined || word.at <= (period.from ?? 0) ? [] : [ownersWords(word)]
      const scope = { period, word, statementsOnly }
      const lacking = shortfalls(exchange.streams, coverage, scope).map((one) => `${one}.`)
      return [...said, ...lacking].map((sentence) => `${exchange.name}, ${name}: ${sentence}`)
    }),
    ...rowSentences(tally.rows),
    ...fileRowSentences(allFileRows(tally.fileRowsOf.values())),
    ...openingSentences(tally),
  ]
}
