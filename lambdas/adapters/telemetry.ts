import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { Tracer } from '@aws-lambda-powertools/tracer'

/** Everything that may be written about what happened. What is not named here is not logged and not traced. */
const loggable = [
  'requestId',
  'connection',
  'exchange',
  'run',
  'state',
  'outcome',
  'code',
  'failures',
  'hop',
  'stalls',
  'requests',
  'served',
  'new',
  'changed',
  'unchanged',
  'gaps',
  'duration',
  'lag',
  'until',
  'due',
  'sent',
  'removed',
  'moved',
  'left',
  'markets',
  'export',
  'format',
  'rows',
  'bytes',
  'method',
  'path',
  'status',
  'message-id',
  'deliveries',
] as const

export type Fields = { readonly [Name in (typeof loggable)[number]]?: string | number | undefined }

/** Longer texts are cut off: no identifier or code of ours is longer. */
const longestText = 200

/** Every figure that is measured, with its unit. The alarms and dashboards are built on these names. */
const units = {
  RunsComplete: MetricUnit.Count,
  RunsUnverified: MetricUnit.Count,
  RunsIncomplete: MetricUnit.Count,
  RunsInterrupted: MetricUnit.Count,
  RunsFailed: MetricUnit.Count,
  RunsLost: MetricUnit.Count,
  Stalled: MetricUnit.Count,
  KeysRefused: MetricUnit.Count,
  BadPayloads: MetricUnit.Count,
  CoolDowns: MetricUnit.Count,
  Hops: MetricUnit.Count,
  Requests: MetricUnit.Count,
  RowsServed: MetricUnit.Count,
  RowsNew: MetricUnit.Count,
  RowsChanged: MetricUnit.Count,
  GapsExpired: MetricUnit.Count,
  GapsSaturated: MetricUnit.Count,
  GapsFailed: MetricUnit.Count,
  GapsUnreadable: MetricUnit.Count,
  RunDuration: MetricUnit.Milliseconds,
  CoverageLag: MetricUnit.Seconds,
  Due: MetricUnit.Count,
  Sent: MetricUnit.Count,
  OldestDue: MetricUnit.Seconds,
  OrphansRemoved: MetricUnit.Count,
  OldestIntent: MetricUnit.Seconds,
  MarketsListed: MetricUnit.Count,
  CataloguesFailed: MetricUnit.Count,
  ExportsDone: MetricUnit.Count,
  ExportsFailed: MetricUnit.Count,
  ExportRows: MetricUnit.Count,
  Connected: MetricUnit.Count,
  ConnectRefused: MetricUnit.Count,
  ExchangeUnavailable: MetricUnit.Count,
} as const

/** The names of all of them: each is billed. */
export const figures: readonly string[] = Object.keys(units)

export type Telemetry = {
  log(level: 'info' | 'warn' | 'error', event: string, fields: Fields): void
  measure(name: keyof typeof units, value: number): void
}

/** The name of an error: its text may quote a request, an answer or a secret. */
function nameOfError(error: unknown): string {
  return error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'unknown'
}

/** Logs, figures and traces of one function. Names and levels come from the environment (`POWERTOOLS_…`). */
export function openTelemetry() {
  const logger = new Logger()
  const metrics = new Metrics()
  // What it would record of HTTP calls by itself holds addresses and queries.
  const tracer = new Tracer({ captureHTTPsRequests: false })
  const telemetry: Telemetry = {
    log: (level, event, fields) => logger[level](event, { ...allowed(fields) }),
    measure: (name, value) => {
      metrics.addMetric(name, units[name], value)
    },
  }

  return {
    ...telemetry,

    /**
     * Runs the work of one invocation. When it throws, the name of the error is logged, and what is thrown on says
     * no more than that: the runtime would print the text of the error and all it carries.
     */
    async invocation<T>(
      requestId: string,
      fields: Fields,
      work: (telemetry: Telemetry) => Promise<T>,
    ): Promise<T> {
      const traced = tracer.isTracingEnabled() ? tracer.getSegment()?.addNewSubsegment('work') : undefined
      for (const [name, value] of Object.entries(allowed({ requestId, ...fields })))
        traced?.addAnnotation(name, value)
      const here: Telemetry = {
        ...telemetry,
        log: (level, event, more) => telemetry.log(level, event, { requestId, ...more }),
      }
      try {
        return await work(here)
      } catch (error) {
        here.log('error', 'failed', { ...fields, code: nameOfError(error) })
        throw new InvocationFailedError(nameOfError(error))
      } finally {
        traced?.close()
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
      }
    },
  }
}

class InvocationFailedError extends Error {
  constructor(cause: string) {
    super(`The invocation failed (${cause}); the log entry before says which.`)
    this.name = 'InvocationFailedError'
    // The stack would lead to the text of what was caught in some runtimes; the log has what is needed.
    this.stack = `${this.name}: ${this.message}`
  }
}

function allowed(fields: Fields): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    loggable.flatMap((name): [string, string | number][] => {
      const value = fields[name]
      if (value === undefined) return []
      return [[name, typeof value === 'number' ? value : value.slice(0, longestText)]]
    }),
  )
}
