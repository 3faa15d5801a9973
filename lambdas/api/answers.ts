import type { Connection } from '../domain/connection.ts'
import { ownersWords } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Export } from '../domain/export.ts'
import type { ExportFormat } from '../domain/export-format.ts'
import { isoTime } from '../domain/outward.ts'
import { type Run, type StreamProgress, whenRan, whenStreamRan } from '../domain/run.ts'
import { runWarnings } from '../domain/run-warnings.ts'
import { toldProgress } from '../domain/told-progress.ts'
import type { Month } from '../use-cases/count-months.ts'
import { describeExchange } from '../use-cases/describe-exchange.ts'
import type { KnownConnection } from '../use-cases/list-connections.ts'
import type { Summary } from '../use-cases/summarise.ts'
import { failureSentence } from '../use-cases/verify-key.ts'

/** A connection as its user sees it: what the vault and the planner need stays inside. */
export function describeConnection(
  connection: Connection,
  exchange: ExchangeDefinition | undefined,
  { word, known }: KnownConnection = {},
) {
  return {
    id: connection.id,
    exchange: connection.exchange,
    ...(connection.subaccount !== '' && { subaccount: connection.subaccount }),
    label: connection.label,
    keyHint: connection.keyHint,
    status: connection.status,
    reason: connection.reason === undefined ? undefined : describeFailure(connection.reason, exchange),
    ...(connection.accountSince !== undefined && { accountSince: isoTime(connection.accountSince) }),
    ...(word?.refutedBy !== undefined && {
      accountSinceRefuted: { by: isoTime(word.refutedBy), sentence: ownersWords(word) },
    }),
    ...(connection.symbols !== undefined && { symbols: connection.symbols }),
    ...(connection.statementsOnly && { fromFiles: true }),
    ...(connection.begun && { begun: true }),
    ...(connection.paused && { paused: true }),
    ...(known !== undefined && { completeness: known.completeness, asOf: isoTime(known.asOf) }),
    createdAt: isoTime(connection.createdAt),
    checkedAt: connection.checkedAt === undefined ? undefined : isoTime(connection.checkedAt),
    lastRun: connection.lastRun,
    nextSyncAt:
      connection.nextSyncAt === undefined || connection.paused ? undefined : isoTime(connection.nextSyncAt),
  }
}

/** A connection at a glance. `now`: of the dates of its exchange. */
export function describeSummary(
  { connection, known, word, run, rows, files, streams, sentences }: Summary,
  exchange: ExchangeDefinition | undefined,
  now: number,
) {
  const { id, name, state, closing, closingAdvice } =
    exchange === undefined
      ? { id: connection.exchange, name: connection.exchange, state: 'open', closing: [], closingAdvice: [] }
      : describeExchange(exchange, [], now)
  return {
    connection: describeConnection(connection, exchange, { known, word }),
    exchange: { id, name, state, closing, closingAdvice },
    rows,
    ...(files !== undefined && { files }),
    streams,
    sentences,
    ...(run !== undefined && { sync: describeRun(run, exchange) }),
  }
}

export function describeMonth({ stream, from, to, rows }: Month) {
  return { stream, from: isoTime(from), to: isoTime(to), rows }
}

/** Milliseconds: whoever watches a sync asks again this often, and less often once it takes long. */
function pollAfterOf({ state, requests }: Run): number | undefined {
  return state === 'running' ? Math.min(5_000, Math.max(1_000, 5 * requests)) : undefined
}

/** The progress of a run. `percent` of the whole is that of its streams together. */
export function describeRun(run: Run, exchange: ExchangeDefinition | undefined) {
  const warnings = runWarnings(run)
  const percents = run.streams.map(({ percent }) => percent)
  const { startedAt, finishedAt } = whenRan(run)
  return {
    id: run.id,
    connection: run.connection,
    state: run.state,
    startedAt: isoTime(startedAt),
    finishedAt: finishedAt === undefined ? undefined : isoTime(finishedAt),
    requests: run.requests,
    percent: Math.floor(percents.reduce((sum, percent) => sum + percent, 0) / Math.max(1, percents.length)),
    failure: run.failure === undefined ? undefined : describeFailure(run.failure, exchange),
    ...(warnings.length > 0 && { warnings }),
    streams: run.streams.map((stream) => ({
      stream: stream.stream,
      state: stream.state,
      ...streamTimes(stream, run),
      asked: stream.requests,
      stored: stream.new + stream.changed,
      ...toldProgress(stream),
      percent: stream.percent,
      ...(stream.names !== undefined && { names: stream.names }),
      failure: stream.failure === undefined ? undefined : describeFailure(stream.failure, exchange),
      note: stream.note === undefined ? undefined : describeFailure(stream.note, exchange).sentence,
    })),
    pollAfter: pollAfterOf(run),
  }
}

function streamTimes(stream: StreamProgress, run: Run) {
  const { startedAt, finishedAt } = whenStreamRan(stream, run)
  return {
    startedAt: startedAt === undefined ? undefined : isoTime(startedAt),
    finishedAt: finishedAt === undefined ? undefined : isoTime(finishedAt),
    position: stream.position === undefined ? undefined : isoTime(stream.position),
  }
}

export function describeFormat(format: ExportFormat) {
  const { id, name, extension, contentType, timezone, statement, carries, cannotSay, upload } = format
  return { format: id, name, extension, contentType, timezone, statement, carries, cannotSay, upload }
}

type Download = { readonly url: string; readonly until?: number }

/** Where the files of an export can be had; none while there are none. */
export type Downloads = {
  readonly history?: Download
  readonly statement?: Download
  readonly statementJson?: Download
}

export function describeExport(one: Export, { history, statement, statementJson }: Downloads) {
  const { format, period, timezone, connections } = one.request
  return {
    id: one.id,
    format,
    state: one.state,
    from: period.from === undefined ? undefined : isoTime(period.from),
    to: period.to === undefined ? undefined : isoTime(period.to),
    timezone,
    connections,
    requestedAt: isoTime(one.requestedAt),
    finishedAt: one.finishedAt === undefined ? undefined : isoTime(one.finishedAt),
    transactions: one.rows?.lookedAt,
    rows: one.rows,
    bytes: one.bytes,
    complete: one.statement === undefined ? undefined : one.statement.state === 'complete',
    completeness: one.statement?.state,
    statement: one.statement?.sentences,
    download: history?.url,
    statementDownload: statement?.url,
    statementJsonDownload: statementJson?.url,
    downloadUntil: history?.until === undefined ? undefined : isoTime(history.until),
  }
}

function describeFailure(code: string, exchange: ExchangeDefinition | undefined) {
  return {
    code,
    sentence: exchange === undefined ? 'This exchange is not known here.' : failureSentence(exchange, code),
  }
}
