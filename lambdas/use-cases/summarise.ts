import { judge, type OwnersWord, type Scope } from '../domain/completeness.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import { type Coverage, gaps as gapsOf } from '../domain/coverage.ts'
import { refutedWords, streamNames } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { isoTime } from '../domain/outward.ts'
import { perishing, perishingWords } from '../domain/perishable.ts'
import { believedNow, type Run } from '../domain/run.ts'
import { runWarnings } from '../domain/run-warnings.ts'
import { shortfalls } from '../domain/shortfalls.ts'
import { fileSentences } from '../domain/statement.ts'
import {
  type KindOf,
  kindsOf,
  type StreamDefinition,
  type StreamKind,
  streamKinds,
} from '../domain/stream.ts'
import type { Sums } from '../domain/sums.ts'
import { type Window, width } from '../domain/window.ts'
import { fileTimeOf, type ToldByFiles } from '../statements/file-history.ts'
import { ownerOf } from './find-connection.ts'
import {
  type JudgeConnectionPorts,
  type Known,
  knownOf,
  type ListConnectionsPorts,
  listConnections,
} from './list-connections.ts'

export type SummarisePorts = ListConnectionsPorts &
  JudgeConnectionPorts & {
    readonly clock: () => number
    readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
    readonly runs: { latest(owner: Owner): Promise<Run | undefined> }
    readonly fileHistory: { load(owner: Owner): Promise<ToldByFiles | undefined> }
  }

/** One connection at a glance; outward words, epoch milliseconds. */
export type Summary = {
  readonly connection: Connection
  readonly known?: Known
  readonly word?: OwnersWord
  /** The sync under way, or the last one; none where none is remembered. */
  readonly run?: Run
  readonly rows: number
  /** What only files tell; none where no file tells of it. */
  readonly files?: ReturnType<typeof summariseFiles>
  readonly streams: readonly ReturnType<typeof summariseStream>[]
  /** What the last sync warns of, why it is not complete, a line for all streams with the same reason, and what is lost soon. */
  readonly sentences: readonly string[]
}

/** Every connection of a user at a glance, oldest first: the disconnected ones included. */
export async function summarise(ports: SummarisePorts, user: string): Promise<readonly Summary[]> {
  return Promise.all((await listConnections(ports, user)).map((one) => summariseOne(ports, one)))
}

async function summariseOne(ports: SummarisePorts, connection: Connection): Promise<Summary> {
  const owner = ownerOf(connection)
  const [coverage, sums, run, { known, word }, told] = await Promise.all([
    ports.coverage.load(owner),
    ports.sums.load(owner),
    ports.runs.latest(owner),
    knownOf(ports, connection),
    connection.files ? ports.fileHistory.load(owner) : undefined,
  ])
  const streams = ports.exchanges.get(connection.exchange)?.streams ?? []
  const scope: Scope = { word, statementsOnly: connection.statementsOnly }
  const files = told === undefined ? undefined : summariseFiles(told, streams, coverage)
  const kinds = kindsOf(streams).map((kind) => summariseStream(kind, coverage, sums, files, scope))
  return {
    connection,
    ...(known !== undefined && { known }),
    ...(word !== undefined && { word }),
    ...(run !== undefined && { run }),
    // Those of streams that only files have included.
    rows: sums.reduce((sum, one) => sum + rowsOf(one), files?.rows ?? 0),
    ...(files !== undefined && { files }),
    streams: kinds,
    sentences: [
      ...(run === undefined ? [] : runWarnings(run)),
      ...(known === undefined ? [] : sentences(streams, coverage, scope, believedNow(ports.clock(), [run]))),
    ],
  }
}

function sentences(
  streams: ExchangeDefinition['streams'],
  coverage: readonly Coverage[],
  scope: Scope,
  now: number,
): readonly string[] {
  return [
    ...refutedWords(scope),
    ...shortfalls(streams, coverage, scope),
    // Without a key nobody can come back for it.
    ...(scope.statementsOnly ? [] : perishing(streams, coverage, now))
      .filter(({ isUrgent }) => isUrgent)
      .map((one) => perishingWords(one, now)),
  ]
}

function summariseStream(
  kind: KindOf<StreamDefinition>,
  coverage: readonly Coverage[],
  sums: readonly Sums[],
  files: ReturnType<typeof summariseFiles> | undefined,
  scope: Parameters<typeof judge>[2],
) {
  const [{ stream }] = kind
  const { state, gaps, parts, of } = judge(kind, coverage, scope)
  const longest = gaps.reduce<Window | undefined>(
    (known, gap) => (known === undefined || width(gap) > width(known) ? gap : known),
    undefined,
  )
  const own = sums.find((one) => one.stream === stream)
  const told = files?.streams.find((one) => one.stream === stream)
  return {
    stream,
    title: streamNames[stream],
    state,
    rows: (own === undefined ? 0 : rowsOf(own)) + (told?.rows ?? 0),
    gaps: gaps.length,
    ...(longest !== undefined && {
      longestGap: { from: isoTime(longest.from), to: isoTime(longest.to) },
    }),
    parts: of,
    gapParts: parts.filter((part) => gapsOf(part, part.begin).length > 0).length,
  }
}

/** A line for each kind of history that files add rows to, in the order of `streamKinds`. */
function summariseFiles(
  told: ToldByFiles,
  streams: ExchangeDefinition['streams'],
  coverage: readonly Coverage[],
) {
  const { months } = told
  const rowsIn = (stream: StreamKind) =>
    months.reduce((sum, one) => (one.stream === stream ? sum + one.rows : sum), 0)
  return {
    rows: months.reduce((sum, { rows }) => sum + rows, 0),
    streams: streamKinds.flatMap((stream) => {
      const rows = rowsIn(stream)
      return rows === 0 ? [] : [{ stream, title: streamNames[stream], rows }]
    }),
    sentences: fileSentences(streams, coverage, fileTimeOf(told)),
  }
}

function rowsOf({ months }: Sums): number {
  return months.reduce((sum, { count }) => sum + count, 0)
}
