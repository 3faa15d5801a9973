import Table from 'cli-table3'
import type { FileTime } from '../../lambdas/domain/attested.ts'
import { closingAdvice, closingTable, closingTitle } from '../../lambdas/domain/closing-words.ts'
import { ownersWord, type Scope } from '../../lambdas/domain/completeness.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords, listed, refutedWords, streamNames } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { perishing, perishingWords } from '../../lambdas/domain/perishable.ts'
import { completenessAfter, type Run, type StreamProgress } from '../../lambdas/domain/run.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { failureSentence } from '../../lambdas/use-cases/verify-key.ts'
import { type Pair, pairs, wrapped } from '../layout.ts'
import { bare, unpadded } from './plain-table.ts'
import { count, counted, duration, ofFiles } from './wording.ts'
import type { WrittenFile } from './write-history.ts'

/** What an import did, and what is known after it. */
export type Imported = {
  readonly exchange: ExchangeDefinition
  readonly run: Run
  readonly coverage: readonly Coverage[]
  readonly files: readonly WrittenFile[]
  /** Why no files were written, in a sentence. */
  readonly problem?: string | undefined
  /** Where the files are; none where none were written. */
  readonly folder?: string
  readonly connection: Pick<Connection, 'accountSince'>
  /** What statement files tell of time. */
  readonly told?: FileTime | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/** Everything a user should know at the end. `width`: columns of the terminal, undefined where there is none. */
export function summary(
  { exchange, connection, run, coverage, told, files, now }: Imported,
  width: number | undefined,
): string {
  const scope: Scope = { word: ownersWord(connection.accountSince, coverage, told) }
  const perishable = perishing(exchange.streams, coverage, now).map(
    (one): Pair => [streamNames[one.stream], perishingWords(one, now)],
  )
  const sections = [
    headline(
      run,
      [
        ...runWarnings(run),
        ...failures(exchange, run),
        ...refutedWords(scope),
        ...reasons(exchange, run, coverage, scope),
      ],
      width,
    ),
    streamTable(run, width),
    section('What is covered', coverageTable(exchange, coverage, scope, width)),
    perishable.length > 0 && section('Come back in time', pairs(perishable, width)),
    exchange.closing.length > 0 &&
      section(closingTitle(exchange, now), pairs(closingLines(exchange, coverage, now), width)),
    files.length > 0 && section('Files', pairs(files.map(fileLine), width)),
  ]
  return `${sections.filter((text) => text !== false).join('\n\n')}\n`
}

const stateWords = {
  complete: 'Complete',
  unverified: 'Not known to be complete',
  incomplete: 'Not complete',
} as const

function headline(run: Run, why: readonly string[], width: number | undefined): string {
  const fresh = run.streams.reduce((sum, stream) => sum + stream.new, 0)
  const changed = run.streams.reduce((sum, stream) => sum + stream.changed, 0)
  const what =
    fresh + changed === 0
      ? 'nothing new'
      : `${counted(fresh, 'new transaction')}${changed > 0 ? `, ${count(changed)} changed` : ''}`
  const how = `in ${duration(elapsed(run))} with ${counted(run.requests, 'request')}`
  return [
    ...wrapped(`${stateWords[completenessAfter(run.state)]}: ${what} ${how}.`, width),
    ...why.flatMap((reason) => wrapped(reason, width, '  ')),
  ].join('\n')
}

/** Which streams are not complete, and why: those that failed say so. */
function reasons(exchange: ExchangeDefinition, run: Run, coverage: readonly Coverage[], scope: Scope) {
  const failed = run.streams.flatMap(({ stream, state }) => (state === 'failed' ? [stream] : []))
  const others = exchange.streams.filter(({ stream }) => !failed.includes(stream))
  return shortfalls(others, coverage, scope).map((reason) => `${reason}.`)
}

function failures(exchange: ExchangeDefinition, run: Run): readonly string[] {
  const failed = run.streams.filter((stream) => stream.state === 'failed')
  const kinds = [...new Set(failed.map(({ failure }) => failure))]
  const unreadable = run.streams.reduce((sum, stream) => sum + (stream.unreadable ?? 0), 0)
  return [
    ...(unreadable > 0 ? [`${counted(unreadable, 'row')} could not be read: kept raw.`] : []),
    ...kinds.map((kind) => {
      const names = listed(failed.filter(({ failure }) => failure === kind).map(nameOf))
      return `${names}: failed. ${kind === undefined ? '' : failureSentence(exchange, kind)}`
    }),
  ]
}

function nameOf({ stream }: StreamProgress): string {
  return streamNames[stream]
}

/** Milliseconds. */
export function elapsed(run: Run): number {
  return (run.finishedAt ?? run.startedAt) - run.startedAt
}

type Column = {
  readonly title: string
  readonly value: (stream: StreamProgress) => string | number
  /** What it counts, where that is not plain. */
  readonly counts?: string
}

const columns: readonly Column[] = [
  { title: 'stream', value: ({ stream }) => stream },
  { title: 'requests', value: ({ requests }) => requests },
  { title: 'served', value: ({ served }) => served, counts: 'rows in all answers, some of which overlap' },
  { title: 'new', value: (stream) => stream.new },
  { title: 'changed', value: ({ changed }) => changed, counts: 'stored before, and written anew' },
  { title: 'unchanged', value: ({ unchanged }) => unchanged, counts: 'served as they are stored' },
  { title: 'result', value: result },
]

/** What a narrow terminal has no room for, the least important first. */
const dispensable = ['unchanged', 'changed', 'requests', 'served']

function streamTable(run: Run, width: number | undefined): string {
  let shown = columns
  for (const title of dispensable) {
    const text = tableOf(shown, run, width)
    if (width === undefined || text.split('\n').every((line) => [...line].length <= width))
      return explained(text, shown, width)
    shown = shown.filter((column) => column.title !== title)
  }
  return explained(tableOf(shown, run, width), shown, width)
}

/** The table with a line on those of its columns that need one. */
function explained(table: string, shown: readonly Column[], width: number | undefined): string {
  const words = shown.flatMap(({ title, counts }) => (counts === undefined ? [] : [`${title}: ${counts}`]))
  return words.length === 0 ? table : `${table}\n${wrapped(words.join('; '), width, '  ').join('\n')}`
}

function tableOf(shown: readonly Column[], { streams }: Run, width: number | undefined): string {
  const rows = streams.map((stream) => shown.map(({ value }) => value(stream)))
  const table = new Table({
    head: shown.map(({ title }) => title),
    colAligns: shown.map((_column, index) => (typeof rows[0]?.[index] === 'number' ? 'right' : 'left')),
    ...(width === undefined
      ? { chars: bare, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } }
      : { style: { head: [], border: [], compact: true } }),
  })
  for (const row of rows) table.push(row.map((value) => (typeof value === 'number' ? count(value) : value)))
  return unpadded(table.toString())
}

function result({ state, note, gaps, moreGaps = 0 }: StreamProgress): string {
  if (state === 'failed') return 'failed'
  if (gaps.length > 0) return counted(gaps.length + moreGaps, 'gap')
  if (note !== undefined) return note.replace('-', ' ')
  return state === 'waiting' || state === 'running' ? 'not finished' : state
}

function coverageTable(
  exchange: ExchangeDefinition,
  coverage: readonly Coverage[],
  scope: Scope,
  width: number | undefined,
): string {
  const words = coverageWords(exchange, coverage, scope)
  return pairs(
    words.flatMap(({ title, sentences }) =>
      sentences.map((sentence, index): Pair => [index === 0 ? title : '', sentence]),
    ),
    width,
  )
}

function closingLines(
  exchange: ExchangeDefinition,
  coverage: readonly Coverage[],
  now: number,
): readonly Pair[] {
  return [
    ...closingTable(exchange, now).map(({ at, words }): Pair => [at, words]),
    ...closingAdvice(exchange, coverage, now).map(
      (advice, index): Pair => [index === 0 ? 'What that means' : '', advice],
    ),
  ]
}

function fileLine({ path, transactions, fromFiles }: WrittenFile): Pair {
  return [
    path,
    transactions === undefined
      ? 'what is covered, and what is not'
      : `${counted(transactions, 'transaction')}${ofFiles(fromFiles)}`,
  ]
}

function section(title: string, body: string): string {
  return `${title}\n${body}`
}
