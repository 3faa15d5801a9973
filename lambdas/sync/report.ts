import type { Telemetry } from '../adapters/telemetry.ts'
import type { Connection } from '../domain/connection.ts'
import type { GapReason } from '../domain/coverage.ts'
import type { Run, RunState, StreamProgress } from '../domain/run.ts'
import type { SyncReport } from '../use-cases/continue-sync.ts'
import { needsAttention } from '../use-cases/run-sync.ts'

const ended = {
  complete: 'RunsComplete',
  unverified: 'RunsUnverified',
  incomplete: 'RunsIncomplete',
  interrupted: 'RunsInterrupted',
  failed: 'RunsFailed',
} as const satisfies Record<Exclude<RunState, 'running'>, string>

const gapsFound = {
  expired: 'GapsExpired',
  saturated: 'GapsSaturated',
  failed: 'GapsFailed',
  unreadable: 'GapsUnreadable',
} as const satisfies Record<GapReason, string>

/** How far behind an account was when its sync began: the service level that its user feels. */
export function reportBegin(telemetry: Telemetry, connection: Connection, lag: number): void {
  telemetry.log('info', 'begun', { connection: connection.id, exchange: connection.exchange, lag })
  // What waits for its user says nothing about how well we serve.
  if (connection.status === 'connected') telemetry.measure('CoverageLag', lag / 1_000)
}

/** The figures of one run. */
export function reportEnd(telemetry: Telemetry, { connection, exchange, run, newGaps }: SyncReport): void {
  const sum = (count: (stream: StreamProgress) => number) =>
    run.streams.reduce((total, stream) => total + count(stream), 0)
  const figures = {
    requests: run.requests,
    served: sum((stream) => stream.served),
    new: sum((stream) => stream.new),
    changed: sum((stream) => stream.changed),
    unchanged: sum((stream) => stream.unchanged),
    revised: sum((stream) => stream.revised ?? 0),
    vanished: sum((stream) => stream.vanished ?? 0),
    unreadable: sum((stream) => stream.unreadable ?? 0),
    gaps: newGaps.length,
    duration: (run.finishedAt ?? run.startedAt) - run.startedAt,
    hop: run.hop ?? 0,
  }
  telemetry.log(run.state === 'failed' ? 'warn' : 'info', 'ended', {
    connection,
    exchange,
    run: run.id,
    state: run.state,
    code: run.failure,
    failures: failuresOf(run),
    ...figures,
  })
  if (run.state !== 'running') telemetry.measure(ended[run.state], 1)
  telemetry.measure('Requests', figures.requests)
  telemetry.measure('RowsServed', figures.served)
  telemetry.measure('RowsNew', figures.new)
  telemetry.measure('RowsChanged', figures.changed)
  telemetry.measure('RunDuration', figures.duration)
  telemetry.measure('Hops', figures.hop)
  for (const reason of new Set(newGaps.map((gap) => gap.reason)))
    telemetry.measure(gapsFound[reason], newGaps.filter((gap) => gap.reason === reason).length)
  if (run.failure === 'stalled') telemetry.measure('Stalled', 1)
  if (needsAttention(run) !== undefined) telemetry.measure('KeysRefused', 1)
  const isOdd = ({ failure, unreadable = 0 }: StreamProgress) => failure === 'bad-payload' || unreadable > 0
  if (run.streams.some(isOdd)) telemetry.measure('BadPayloads', 1)
}

/** `spot-trade:rate-limited withdrawal:bad-payload` */
function failuresOf({ streams }: Run): string | undefined {
  const failed = streams.flatMap(({ stream, failure }) =>
    failure === undefined ? [] : [`${stream}:${failure}`],
  )
  return failed.length === 0 ? undefined : failed.join(' ')
}

export function reportCoolDown(telemetry: Telemetry, exchange: string, until: number): void {
  telemetry.log('warn', 'cool-down', { exchange, until })
  telemetry.measure('CoolDowns', 1)
}
