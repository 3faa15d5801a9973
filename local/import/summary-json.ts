import { judge, lastSync, ownersWord, type Scope } from '../../lambdas/domain/completeness.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { refutedWords, streamNames } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { ordersWords, toldOrders } from '../../lambdas/domain/order-witness.ts'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { perishing } from '../../lambdas/domain/perishable.ts'
import { completenessAfter, type StreamProgress } from '../../lambdas/domain/run.ts'
import { runWarnings } from '../../lambdas/domain/run-warnings.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { toldProgress } from '../../lambdas/domain/told-progress.ts'
import { toldWord } from '../../lambdas/domain/told-word.ts'
import { failureSentence } from '../../lambdas/use-cases/verify-key.ts'
import { describeClosing, describePerishing } from '../status/describe-status.ts'
import { elapsed, type Imported } from './summary.ts'

/** The last line of `--json`: all that the summary tells, for programs. Times are ISO 8601. */
export function summaryJson(imported: Imported): string {
  const { exchange, connection, run, coverage, told, files, folder, problem, now } = imported
  const word = ownersWord(connection.accountSince, coverage, told)
  const scope: Scope = { word }
  const asOf = lastSync(exchange.streams, coverage)
  const warnings = runWarnings(run)
  return JSON.stringify({
    connection: run.connection,
    ...(problem !== undefined && { error: { code: 'files-not-written', sentence: problem } }),
    ...(folder !== undefined && { folder, files: files.map(({ path }) => path) }),
    state: completenessAfter(run.state),
    complete: run.state === 'complete',
    ...(run.state === 'interrupted' && { interrupted: true }),
    seconds: elapsed(run) / 1_000,
    requests: run.requests,
    ...(asOf !== undefined && { asOf: isoTime(asOf) }),
    ...(warnings.length > 0 && { warnings }),
    ...(word !== undefined && { accountSince: toldWord(word) }),
    sentences: [...refutedWords(scope), ...shortfalls(exchange.streams, coverage, scope)],
    streams: run.streams.map((stream) => streamJson(stream, exchange, coverage, scope)),
    perishing: describePerishing(perishing(exchange.streams, coverage, now), now),
    closing: describeClosing(exchange, now),
  })
}

function streamJson(
  stream: StreamProgress,
  exchange: ExchangeDefinition,
  coverage: readonly Coverage[],
  scope: Scope,
) {
  const kind = exchange.streams.filter((one) => one.stream === stream.stream)
  const orders = ordersWords(judge(kind, coverage, scope).parts)
  return {
    stream: stream.stream,
    title: streamNames[stream.stream],
    state: completenessAfter(stream.state),
    ...(stream.failure !== undefined && {
      failure: { code: stream.failure, sentence: failureSentence(exchange, stream.failure) },
    }),
    ...(stream.note !== undefined && { note: stream.note }),
    requests: stream.requests,
    ...toldProgress(stream),
    ...(orders.length > 0 && { orders: toldOrders(orders) }),
  }
}
