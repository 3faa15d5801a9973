import { attestedSentences, type FileTime } from './attested.ts'
import { closingFacts } from './closing-words.ts'
import { type Completeness, judge, knownUntil, ownersWord, type Scope, worst } from './completeness.ts'
import type { Coverage } from './coverage.ts'
import { coverageWords, listed, readableTime, refutedWords, streamNames } from './coverage-words.ts'
import type { ExchangeDefinition } from './exchange.ts'
import type { Period } from './period.ts'
import { periodInWords, zoneSentences } from './period-words.ts'
import { provenTime } from './proven-time.ts'
import { kindsOf, type StreamKind } from './stream.ts'
import { minuteOf } from './to-the-minute.ts'

/** What an export covers, in sentences for whoever files it. */
export type Statement = {
  /** Of the period, in every stream of every connection. */
  readonly state: Completeness
  readonly sentences: readonly string[]
}

/** A connection as its user calls it, and what is known about its history. */
export type Covered = {
  readonly name: string
  readonly exchange: Pick<ExchangeDefinition, 'name' | 'streams' | 'sentences' | 'absent' | 'closing'>
  readonly coverage: readonly Coverage[]
  /** Its owner says that the account was not used before. */
  readonly accountSince?: number
  /** It has no key and never had one. */
  readonly statementsOnly?: true | undefined
  /** What files tell of time. */
  readonly files?: FileTime
}

const stateWords: Readonly<Record<Completeness, string>> = {
  complete: 'complete',
  unverified: 'not known to be complete',
  incomplete: 'not complete',
}

/**
 * What is known about the period, whose days are those of the zone. It says as of which sync that is, and not as of now: the same data makes the same
 * statement.
 */
export function statementOf(connections: readonly Covered[], period: Period, timezone = 'UTC'): Statement {
  const parts = connections.map((connection) => statementOfOne(connection, period))
  const state = worst(parts.map((part) => part.state))
  return {
    state,
    sentences: [
      `${periodInWords(period, timezone)}${asOf(connections)}: ${stateWords[state]}${whyNot(state, parts)}.`,
      ...zoneSentences(timezone),
      ...(connections.length === 0 ? ['There are no connections.'] : []),
      ...parts.flatMap((part) => part.sentences),
      ...absentSentences(connections),
    ],
  }
}

/** Which of several reasons it is that a state has, for who reads no further. */
function whyNot(state: Completeness, parts: readonly StatementOfOne[]): string {
  if (state === 'complete' || parts.length === 0) return ''
  if (state === 'unverified')
    return ': nothing is known to be missing, and for some of the time nobody can tell'
  const has = (kind: keyof StatementOfOne['lacks']) => parts.some(({ lacks }) => lacks[kind])
  const reasons = [
    ...(has('missing') ? ['something is missing'] : []),
    ...(has('unasked') ? ['some of it was not asked for yet'] : []),
    ...(has('keyless') ? ['of an account without a key only files tell'] : []),
    ...(has('late') ? ['it ends later than is known yet'] : []),
  ]
  return `: ${listed(reasons)}`
}

/** What no period and no connection of these exchanges ever holds, once for each exchange, but where files tell of it. */
function absentSentences(connections: readonly Covered[]): readonly string[] {
  const exchanges = new Map(connections.map(({ exchange }) => [exchange.name, exchange]))
  return [...exchanges.values()].flatMap(({ name, absent }) => {
    if (absent.length === 0) return []
    const isTold = connections.some(
      ({ exchange, files }) => exchange.name === name && kindsOfFilesOnly(exchange.streams, files).length > 0,
    )
    return [
      `Never imported from ${name}${isTold ? ', and here only as far as statement files tell it' : ''}:`,
      ...absent,
    ]
  })
}

/** The kinds of which files have rows, and for which the exchange is never asked. */
export function kindsOfFilesOnly(
  streams: ExchangeDefinition['streams'],
  files: FileTime | undefined,
): readonly StreamKind[] {
  return (files?.streams ?? []).filter((kind) => !streams.some(({ stream }) => stream === kind))
}

/** Up to when every connection is known; undefined where nothing is of one. Epoch milliseconds. */
export function syncedUntil(connections: readonly Covered[]): number | undefined {
  const synced = connections.map(({ exchange, coverage }) => knownUntil(exchange.streams, coverage) ?? 0)
  const all = synced.reduce((earliest, time) => Math.min(earliest, time), Number.POSITIVE_INFINITY)
  return Number.isFinite(all) && all > 0 ? all : undefined
}

function asOf(connections: readonly Covered[]): string {
  const synced = syncedUntil(connections)
  return synced === undefined ? '' : `, as of ${readableTime(synced)} UTC`
}

type StatementOfOne = Statement & {
  readonly lacks: {
    readonly missing: boolean
    readonly unasked: boolean
    readonly keyless: boolean
    readonly late: boolean
  }
}

function statementOfOne(
  { name, exchange, coverage, accountSince, statementsOnly, files }: Covered,
  period: Period,
): StatementOfOne {
  const scope: Scope = { period, word: ownersWord(accountSince, coverage, files), statementsOnly }
  const known = kindsOf(exchange.streams).map((kind) => judge(kind, coverage, scope))
  const behind = known.flatMap((stream) => stream.behind)
  const synced = coverage.reduce((latest, { attempted }) => Math.max(latest, attempted), 0)
  const state = worst(known.map((stream) => stream.state))
  return {
    state,
    lacks: {
      missing: known.some(({ gaps }) => gaps.length > 0),
      unasked: !statementsOnly && behind.some(({ known: until }) => until === undefined),
      keyless: statementsOnly === true,
      late: behind.some(({ known: until }) => until !== undefined),
    },
    sentences: [
      `${exchange.name}, ${name}:`,
      ...refutedWords(scope),
      ...coverageWords(exchange, coverage, scope).map(
        ({ title, sentences }) => `${title}: ${sentences.join('; ').replace(/\.$/, '')}.`,
      ),
      ...(files === undefined ? [] : fileSentences(exchange.streams, coverage, files)),
      ...(behind.length === 0 || statementsOnly
        ? []
        : [lateSentence(behind.map(({ known: until }) => until))]),
      ...(state === 'complete' || synced === 0 ? [] : closingFacts(exchange, coverage, synced)),
    ],
  }
}

/** What files attest, stream by stream, those included that only files have. */
export function fileSentences(
  streams: ExchangeDefinition['streams'],
  coverage: readonly Coverage[],
  files: FileTime,
): readonly string[] {
  const kinds = kindsOf(streams)
  return [...new Set(files.claims.map(({ stream }) => stream))].flatMap((stream) => {
    const kind = kinds.find(([one]) => one.stream === stream)
    const covered = kind === undefined ? [] : provenTime(kind, coverage)
    return attestedSentences(files, stream, covered).map((sentence) => `${streamNames[stream]}: ${sentence}`)
  })
}

function lateSentence(known: readonly (number | undefined)[]): string {
  const times = known.filter((time) => time !== undefined)
  if (times.length < known.length)
    return 'The end of the period is not imported yet: of some of it nothing is known. Sync, and export again.'
  return (
    `The period ends later than is known yet: nothing is known after ${readableTime(minuteOf(times.reduce((a, b) => Math.min(a, b))))} UTC ` +
    '(rows of the minutes before a sync may come late, and are not counted as known). Sync again once it is over, and export again.'
  )
}
