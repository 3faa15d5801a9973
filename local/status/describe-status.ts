import { closingDates } from '../../lambdas/domain/closing-words.ts'
import {
  judge,
  judgeAll,
  lastSync,
  ownersWord,
  type Scope,
  worst,
} from '../../lambdas/domain/completeness.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { type Coverage, frontier } from '../../lambdas/domain/coverage.ts'
import { readableTime, streamNames } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { type Perishing, perishing, perishingWords } from '../../lambdas/domain/perishable.ts'
import { type Run, whenRan } from '../../lambdas/domain/run.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { fileSentences } from '../../lambdas/domain/statement.ts'
import { type KindOf, kindsOf, type StreamDefinition, type StreamKind } from '../../lambdas/domain/stream.ts'
import { toldWord } from '../../lambdas/domain/told-word.ts'
import { day } from '../../lambdas/domain/window.ts'
import { type FileHistory, fileTimeOf } from '../../lambdas/statements/file-history.ts'
import type { StatementFile } from '../../lambdas/statements/statement-file.ts'
import { accountName, titleOf } from '../find-by-name.ts'
import { historyFolder } from '../import/history-folder.ts'

/** What is stored of one connection. */
export type KnownConnection = {
  readonly connection: Connection
  readonly exchange: ExchangeDefinition
  readonly coverage: readonly Coverage[]
  readonly lastRun: Run | undefined
  /** What its statement files tell; absent where it has none. */
  readonly files?: KnownFiles | undefined
  /** Another process is at work on the store: a run that has not ended may be under way. */
  readonly isInUse?: boolean
}

/** `stored`: the statement files that are part of the history. */
export type KnownFiles = { readonly stored: readonly StatementFile[]; readonly history: FileHistory }

/** The status of everything that is stored, for programs. Times are ISO 8601; `now` is epoch milliseconds. */
export function describeStatus(known: readonly KnownConnection[], now: number) {
  const connections = known.map((one) => describeConnection(one, now))
  const exchanges = [...new Set(known.map(({ exchange }) => exchange))]
  return {
    state: worst(connections.map(({ state }) => state)),
    connections,
    closing: exchanges.flatMap((exchange) => describeClosing(exchange, now)),
  }
}

/** The dates of an exchange that closes, and how many days are left. */
export function describeClosing(exchange: ExchangeDefinition, now: number) {
  return closingDates(exchange, now).map((date) => ({
    exchange: exchange.id,
    ...date,
    ...(!date.past && { days: Math.floor((Date.parse(date.at) - now) / day) }),
  }))
}

/** What is lost before long. */
export function describePerishing(perishable: readonly Perishing[], now: number) {
  return perishable.map((one) => ({
    stream: one.stream,
    since: isoTime(one.since),
    at: isoTime(one.at),
    sentence: perishingWords(one, now),
  }))
}

function describeConnection(
  { connection, exchange, coverage, lastRun, files, isInUse = false }: KnownConnection,
  now: number,
) {
  const { id, label, subaccount, keyHint, vaultRef, accountSince, statementsOnly, paused } = connection
  const word = ownersWord(accountSince, coverage, files?.history)
  const scope: Scope = { word, statementsOnly }
  const asOf = lastSync(exchange.streams, coverage)
  return {
    id,
    exchange: exchange.id,
    exchangeName: exchange.name,
    name: titleOf(connection),
    title: accountName(exchange.name, connection),
    ...(label !== undefined && { label }),
    ...(subaccount !== '' && { subaccount }),
    keyHint,
    keyKept: vaultRef !== undefined,
    ...(paused && { paused }),
    folder: historyFolder(connection),
    state: judgeAll(exchange.streams, coverage, scope),
    ...(asOf !== undefined && { asOf: isoTime(asOf) }),
    ...(word !== undefined && { accountSince: toldWord(word) }),
    ...(lastRun !== undefined && { lastRun: describeRun(lastRun, isInUse) }),
    ...(statementsOnly && { fromFiles: true }),
    ...(files !== undefined && { files: describeFiles(files, exchange, coverage, now) }),
    streams: kindsOf(exchange.streams).map((kind) => describeStream(kind, coverage, scope)),
    perishing: describePerishing(
      // Where the key is kept, somebody comes every night; where there never was one, nobody can; and where it runs, somebody has come.
      (statementsOnly || isUnderWay(lastRun, isInUse)
        ? []
        : perishing(exchange.streams, coverage, now)
      ).filter(({ isUrgent }) => isUrgent || vaultRef === undefined || paused),
      now,
    ),
  }
}

/** What only files tell: the rows that the exchange shows as well are its own. */
function describeFiles(
  { stored, history }: KnownFiles,
  { streams }: ExchangeDefinition,
  coverage: readonly Coverage[],
  now: number,
) {
  const { months, isOwed } = history
  const spans = stored.flatMap(({ reading }) => reading?.tables.flatMap((table) => table.spans) ?? [])
  const byStream = new Map<StreamKind, number>()
  for (const { stream, rows } of months) byStream.set(stream, (byStream.get(stream) ?? 0) + rows)
  return {
    stored: stored.length,
    ...(isOwed && { isOwed }),
    rows: [...byStream].map(([stream, rows]) => ({ stream, title: streamNames[stream], rows })),
    ...(spans.length > 0 && {
      from: isoTime(spans.reduce((first, { from }) => Math.min(first, from), now)),
      to: isoTime(spans.reduce((last, { to }) => Math.max(last, to), 0)),
    }),
    sentences: fileSentences(streams, coverage, fileTimeOf(history)),
  }
}

function isUnderWay(run: Run | undefined, isInUse: boolean): boolean {
  return run?.state === 'running' && isInUse
}

function describeRun(run: Run, isInUse: boolean) {
  const { startedAt, finishedAt } = whenRan(run)
  return {
    state: run.state,
    ...(isUnderWay(run, isInUse) && { isUnderWay: true }),
    startedAt: isoTime(startedAt),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
    new: run.streams.reduce((sum, stream) => sum + stream.new, 0),
    ...(runWarnings(run).length > 0 && { warnings: runWarnings(run) }),
  }
}

function describeStream(kind: KindOf<StreamDefinition>, coverage: readonly Coverage[], scope: Scope) {
  const [{ stream }] = kind
  const { state, parts } = judge(kind, coverage, scope)
  const newest = parts.flatMap((part) => frontier(part) ?? [])
  const [reason] = shortfalls(kind, coverage, scope)
  return {
    stream,
    title: streamNames[stream],
    state,
    ...(newest.length > 0 && { coveredUntil: isoTime(newest.reduce((a, b) => Math.min(a, b))) }),
    sentence: reason?.slice(`${streamNames[stream]}: `.length) ?? upTo(newest),
  }
}

/** Of a stream that is complete: an account that never opened a product has nothing to be read. */
function upTo(newest: readonly number[]): string {
  return newest.length === 0
    ? 'nothing to import'
    : `up to ${readableTime(newest.reduce((a, b) => Math.min(a, b)))}`
}
