import { attestedTime, type FileTime } from '../domain/attested.ts'
import { behindOf, toldBehind } from '../domain/behind.ts'
import { closingAdvice } from '../domain/closing-words.ts'
import { type JudgedPart, judge, judgeAll, lastSync, ownersWord, type Scope } from '../domain/completeness.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import { type Coverage, frontier, gaps } from '../domain/coverage.ts'
import { eachBeginning, refutedWords, streamNames, streamSentences } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { ordersWords, toldOrders } from '../domain/order-witness.ts'
import { isoTime } from '../domain/outward.ts'
import type { Period } from '../domain/period.ts'
import { perishing, perishingWords } from '../domain/perishable.ts'
import { provenTime } from '../domain/proven-time.ts'
import { isQuiet } from '../domain/rotation.ts'
import { believedNow, type Run } from '../domain/run.ts'
import { shortfalls } from '../domain/shortfalls.ts'
import { fileSentences } from '../domain/statement.ts'
import { type KindOf, kindsOf, type StreamDefinition } from '../domain/stream.ts'
import type { Sums } from '../domain/sums.ts'
import { mostTold, toldSpans } from '../domain/told-spans.ts'
import { toldWord } from '../domain/told-word.ts'
import type { Window } from '../domain/window.ts'
import { type FileTimePorts, fileTime } from './file-time.ts'
import { type FindConnectionPorts, findConnection } from './find-connection.ts'
import { comparedAt } from './known-coverage.ts'
import { RefusedError } from './refusal.ts'

export type ReadCoveragePorts = FindConnectionPorts &
  FileTimePorts & {
    readonly clock: () => number
    readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
    readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
    readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
    readonly runs: { latest(owner: Owner): Promise<Run | undefined> }
  }

/**
 * What is known about every stream of a connection within a period, in words and as intervals, and what the streams leave out;
 * outward, so times are ISO 8601.
 */
export async function readCoverage(ports: ReadCoveragePorts, user: string, id: string, period: Period = {}) {
  const connection: Connection = await findConnection(ports, user, id)
  const exchange = ports.exchanges.get(connection.exchange)
  if (exchange === undefined)
    throw new RefusedError('not-found', `The exchange ${connection.exchange} is not known here any more.`)
  return describeCoverage(
    exchange,
    await ports.coverage.load({ user, connection: id }),
    connection,
    believedNow(ports.clock(), [await ports.runs.latest({ user, connection: id })]),
    comparedAt(await ports.sums.load({ user, connection: id })),
    await fileTime(ports, connection),
    period,
  )
}

/** The whole, and every stream of the exchange, the ones never asked included. `compared`: when a sync last looked at all rows. */
export function describeCoverage(
  exchange: ExchangeDefinition,
  coverage: readonly Coverage[],
  { accountSince, statementsOnly }: Pick<Connection, 'accountSince' | 'statementsOnly'>,
  now: number,
  compared?: number,
  files?: FileTime,
  period: Period = {},
) {
  const scope: Scope = { period, word: ownersWord(accountSince, coverage, files), statementsOnly }
  const { word } = scope
  const asOf = lastSync(exchange.streams, coverage)
  const state = judgeAll(exchange.streams, coverage, scope)
  const lacking = shortfalls(exchange.streams, coverage, scope)
  return {
    state,
    ...(asOf !== undefined && { asOf: isoTime(asOf) }),
    ...(compared !== undefined && { comparedAt: isoTime(compared) }),
    ...(word !== undefined && { accountSince: toldWord(word) }),
    sentences: [
      ...refutedWords(scope),
      ...lacking,
      // Without a key nobody can come back for it.
      ...(statementsOnly ? [] : perishing(exchange.streams, coverage, now))
        .filter(({ isUrgent }) => isUrgent)
        .map((one) => perishingWords(one, now)),
      ...(state === 'complete' || asOf === undefined ? [] : closingAdvice(exchange, coverage, now)),
      ...(files === undefined ? [] : fileSentences(exchange.streams, coverage, files)),
    ],
    lacking,
    items: kindsOf(exchange.streams).map((kind) => describeStream(exchange, kind, coverage, scope)),
    ...(files !== undefined && { attested: attestedOf(exchange, coverage, files) }),
    absent: exchange.absent,
  }
}

/** Time for which files are said to be whole, beside what is covered. */
function attestedOf(exchange: ExchangeDefinition, coverage: readonly Coverage[], files: FileTime) {
  const kinds = kindsOf(exchange.streams)
  return [...new Set(files.claims.map(({ stream }) => stream))].flatMap((stream) => {
    const kind = kinds.find(([one]) => one.stream === stream)
    const covered = kind === undefined ? [] : provenTime(kind, coverage)
    return attestedTime(files, stream, covered).map(({ by, ...window }) => ({
      stream,
      ...outside(window),
      by,
    }))
  })
}

function describeStream(
  { sentences }: ExchangeDefinition,
  kind: KindOf<StreamDefinition>,
  coverage: readonly Coverage[],
  scope: Scope,
) {
  const [{ stream }] = kind
  // As it is judged: what a reserve tells is told with its better, and the owner's word counts.
  const judged = judge(kind, coverage, scope)
  const { state, parts } = judged
  const each = eachBeginning(kind, coverage, scope)
  const [behind, orders] = [behindOf(judged), ordersWords(parts)]
  const named = parts.length <= mostTold ? parts : [...parts].sort(mostTellingFirst).slice(0, mostTold)
  return {
    stream,
    title: streamNames[stream],
    state,
    sentences: streamSentences(kind, coverage, sentences, scope),
    ...(each.length > 0 && { each }),
    ...(behind.length > 0 && { behind: toldBehind(behind) }),
    ...(orders.length > 0 && { orders: toldOrders(orders) }),
    partitions: named.map(describePart),
    ...(parts.length > named.length && { morePartitions: parts.length - named.length }),
  }
}

/** Of thousands of partitions, those with rows come first, and of them those that lack something. */
function mostTellingFirst(a: Coverage, b: Coverage): number {
  const rank = (part: Coverage) => (isQuiet(part) ? 2 : 0) + (part.lost.length === 0 ? 1 : 0)
  return rank(a) - rank(b) || (a.partition < b.partition ? -1 : 1)
}

function describePart(part: JudgedPart<StreamDefinition>) {
  const newest = frontier(part)
  const [covered, missing, unverified] = [
    toldSpans(part.covered),
    toldSpans(gaps(part, part.begin)),
    toldSpans(part.unverified),
  ]
  return {
    partition: part.partition,
    ...(part.note !== undefined && { note: part.note }),
    ...(newest !== undefined && { coveredUntil: isoTime(newest) }),
    covered: covered.named.map(outside),
    ...(covered.others.length > 0 && { moreCovered: covered.others.length }),
    gaps: missing.named.map((gap) => ({ ...outside(gap), reason: gap.reason })),
    ...(missing.others.length > 0 && { moreGaps: missing.others.length }),
    unverified: unverified.named.map((span) => ({ ...outside(span), reason: span.reason })),
    ...(unverified.others.length > 0 && { moreUnverified: unverified.others.length }),
    unfinished: part.unfinished.length,
    ...(part.missing !== undefined && { missing: part.missing.length }),
    ...(part.unread !== undefined && { unreadable: part.unread.length }),
    ...(part.revised !== undefined && { revised: part.revised.length }),
  }
}

function outside({ from, to }: Window): { from: string; to: string } {
  return { from: isoTime(from), to: isoTime(to) }
}
