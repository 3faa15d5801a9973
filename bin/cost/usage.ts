import { figures } from '../../lambdas/adapters/telemetry.ts'
import { isListed } from '../../lambdas/domain/stream.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { entryNames } from '../../lib/bundle.ts'
import type { StageConfig } from '../../lib/config.ts'
import { pricedStage } from './priced-stage.ts'
import type { PriceName } from './prices.ts'
import { watchedMetrics } from './watched.ts'

export type TableClass = StageConfig['tableClass']

type Assumption = { readonly what: string; readonly value: number; readonly why: string }

const hoursAMonth = 730
const nightsAMonth = 30
const kilobyte = 1e-6
const megabyte = 1e-3
/** Exports go after a week. */
const weekOfAMonth = 7 / 30

/**
 * Questions of a night with nothing new: what time it is, and one for each part of each stream, since the look-back fits
 * into one window.
 */
const questions = [...exchanges.values()].reduce(
  (most, { streams }) =>
    Math.max(most, 1 + streams.flatMap(({ partitions }) => (isListed(partitions) ? [] : partitions)).length),
  0,
)

/** What the arithmetic rests on. Change a number here, and `npm run cost` says what it costs. */
export const assumptions = {
  questions: {
    what: 'Requests to the exchange, a night',
    value: questions,
    why: 'counted from the streams: the time, and one for each part',
  },
  workerSeconds: {
    what: 'Worker, seconds at 1 GB, a night',
    value: 5.5,
    why:
      'guess: 2 for 300 ms an answer and some forty calls to the table, cold starts are few among so many; and once a ' +
      'week 25 for some 260 questions about what nobody could tell, at the pace of the exchange',
  },
  reads: {
    what: 'Read units, a night, without the two lines below',
    value: 27,
    why: 'counted by test/bin/cost.test.ts: lease, coverage, runs, cool-down, the planner',
  },
  catalogueReads: {
    what: 'Read units for the catalogue of markets, an hour of a worker',
    value: 28,
    why: 'counted likewise, for 1,500 markets; a worker remembers it for an hour',
  },
  syncsOfAWorker: {
    what: 'Connections that a worker syncs in an hour',
    value: 100,
    why: 'guess: a thousand connections over six hours, with one or two workers awake',
  },
  rowsInLookBack: {
    what: 'Stored rows read for comparison, a night',
    value: 40,
    why: 'guess for a quiet account: all that lies between the oldest and the youngest row served again',
  },
  writes: {
    what: 'Write units, a night with nothing new',
    value: 26,
    why: 'counted by test/bin/cost.test.ts: lease, coverage of each part, run, connection; no transaction',
  },
  indexWrites: {
    what: 'Write units of the index `due`, a night',
    value: 4,
    why: 'the time moves twice, and each move is a removal and an addition',
  },
  backups: { what: 'Backups that are kept', value: 5, why: 'lib/constructs/backups.ts: weekly, for 35 days' },
  newRows: { what: 'New rows, a night', value: 1, why: 'guess' },
  rowKilobytes: {
    what: 'KB of a stored row',
    value: 1,
    why: 'fields and the payload as it was served; rounded up to a write unit',
  },
  storedRows: { what: 'Rows of an account', value: 5_000, why: 'guess, over years, with those of files' },
  messages: {
    what: 'Requests to SQS, a night',
    value: 2.1,
    why: 'sent ten at a time, received and deleted one at a time',
  },
  natKilobytes: {
    what: 'KB through the NAT, a night',
    value: 60,
    why: 'guess: questions and answers, TLS, the calls to Secrets Manager; the table goes round the NAT',
  },
  outKilobytes: { what: 'KB of these that leave for the internet', value: 15, why: 'guess' },
  workerLogKilobytes: {
    what: 'KB of logs, a night',
    value: 4,
    why: 'three lines, the figures, and those of Lambda itself',
  },
  logMonths: { what: 'Months that logs are kept', value: 3, why: '90 days in `prod`' },
  tracedShare: { what: 'Share of invocations traced', value: 0.05, why: 'the default rule of X-Ray' },
  activeUsers: { what: 'Users who sign in a month, for each connection', value: 0.2, why: 'guess' },
  apiRequests: { what: 'API requests of such a user, a month', value: 50, why: 'guess' },
  apiSeconds: { what: 'Seconds of an API request, at 0.5 GB', value: 0.1, why: 'guess' },
  apiReads: { what: 'Read units of an API request', value: 8, why: 'guess: a page of history' },
  apiLogKilobytes: {
    what: 'KB of logs of an API request',
    value: 2,
    why: 'guess: access log, one line, Lambda',
  },
  files: {
    what: 'Statement files that are kept, for each connection',
    value: 0.3,
    why: 'guess: every tenth account has three',
  },
  fileMegabytes: {
    what: 'MB of a statement file in S3',
    value: 1,
    why: 'guess: as it was sent, its rows packed, and what was deleted or written over in the last 35 days',
  },
  newFiles: { what: 'Statement files brought in a month, for each connection', value: 0.02, why: 'guess' },
  fileRequests: {
    what: 'Requests to S3 that a file makes when it is brought in, of either kind',
    value: 40,
    why: 'guess: it is written once and read for each question about it; its rows are written and read month by month',
  },
  fileSeconds: {
    what: 'Seconds of the function `imports` for a file, at 1.73 GB',
    value: 10,
    why: 'guess: read for each question, compared and stored; docs/benchmarks.md has 200,000 rows',
  },
  fileReads: {
    what: 'Requests to S3 in a night of an account with files',
    value: 6,
    why: 'guess: after a sync that has stored something, three months of each of two streams are merged again',
  },
  withFiles: { what: 'Connections that have files', value: 0.1, why: 'guess, as above' },
  exports: { what: 'Exports a month, for each connection', value: 0.05, why: 'guess' },
  exportMegabytes: { what: 'MB of an export, with its statement', value: 1, why: 'guess' },
  exportSeconds: {
    what: 'Seconds of an export, at 1 GB',
    value: 3,
    why: 'docs/benchmarks.md: 50,000 rows for a second of computing',
  },
  firstRequests: {
    what: 'Requests of a first sync',
    value: 370,
    why: 'the account of `npm run demo`, and docs/benchmarks.md',
  },
  firstSeconds: {
    what: 'Worker, seconds of a first sync',
    value: 45,
    why: 'docs/benchmarks.md: the exchange sets the pace',
  },
  firstCoverageWrites: {
    what: 'Write units of a first sync besides rows',
    value: 400,
    why: 'coverage of each part once a second, the run every two',
  },
  zones: { what: 'NAT gateways', value: pricedStage().natZones, why: '`natZones` of `prod`' },
  keys: { what: 'KMS keys', value: 2, why: 'table, exports and statement files; credentials' },
  keyCallsOfTable: {
    what: 'KMS requests of the table, a month',
    value: 200_000,
    why: 'guess: DynamoDB asks again every five minutes for each caller',
  },
  metrics: {
    what: 'Metrics of our own',
    value: figures.length + entryNames.length,
    why: 'counted: the list in lambdas/adapters/telemetry.ts, once each, and the errors of each function',
  },
  alarms: {
    what: 'Metrics in alarms',
    value: watchedMetrics(),
    why: 'counted from lib/alarms.ts: an alarm is billed for each metric in it',
  },
  dashboards: { what: 'Dashboards', value: 2, why: 'business and technical' },
  wafRules: { what: 'Rules of the two web ACLs', value: 10, why: 'lib/constructs/firewall.ts' },
  pollers: {
    what: 'Pollers of an idle queue, of which each exchange has one and exports have one',
    value: 5,
    why: 'Lambda’s own number; each asks every 20 seconds',
  },
} as const satisfies Record<string, Assumption>

function assumed(name: keyof typeof assumptions): number {
  return assumptions[name].value
}

/** One line of the bill: units of one price in a month, those that are there anyway and those of each connection. */
export type Line = {
  readonly group: Group
  readonly price: PriceName
  readonly fixed: number
  readonly each: number
}

export type Group =
  | 'Secrets Manager'
  | 'Lambda'
  | 'DynamoDB requests'
  | 'DynamoDB storage'
  | 'Statement files and exports'
  | 'NAT and addresses'
  | 'Logs, metrics, alarms, traces'
  | 'KMS'
  | 'SQS and Scheduler'
  | 'API Gateway and WAF'
  | 'Cognito'

const minutesAMonth = hoursAMonth * 60
/** Planner every minute, sweeper every hour, catalogue every day. */
const scheduled = minutesAMonth + hoursAMonth + nightsAMonth

/** What a table of this class is billed by. */
const tablePrices = {
  standard: { read: 'read', write: 'write', storage: 'tableStorage' },
  'infrequent-access': { read: 'rareRead', write: 'rareWrite', storage: 'rareStorage' },
} as const satisfies Record<TableClass, Record<'read' | 'write' | 'storage', PriceName>>

/** Everything that is billed by the month, first syncs aside, with the history in a table of this class. */
export function usage(tableClass: TableClass = pricedStage().tableClass): readonly Line[] {
  const table = tablePrices[tableClass]
  const apiRequests = assumed('activeUsers') * assumed('apiRequests')
  const invocations = nightsAMonth + apiRequests
  const logs =
    (nightsAMonth * assumed('workerLogKilobytes') + apiRequests * assumed('apiLogKilobytes')) * kilobyte
  const stored = assumed('storedRows') * assumed('rowKilobytes') * kilobyte
  return [
    { group: 'Secrets Manager', price: 'secret', fixed: 0, each: 1 },
    { group: 'Secrets Manager', price: 'secretCall', fixed: 0, each: nightsAMonth },
    {
      group: 'Lambda',
      price: 'lambdaSecond',
      fixed: scheduled * 0.5,
      each: nightsAMonth * assumed('workerSeconds') + apiRequests * assumed('apiSeconds') * 0.5,
    },
    { group: 'Lambda', price: 'lambdaCall', fixed: scheduled, each: invocations },
    {
      group: 'DynamoDB requests',
      price: table.read,
      // The planner looks at sixteen shards a minute, with half a unit for each.
      fixed: minutesAMonth * 16 * 0.5,
      each:
        nightsAMonth *
          (assumed('reads') +
            assumed('catalogueReads') / assumed('syncsOfAWorker') +
            comparison(assumed('rowsInLookBack'), assumed('rowKilobytes'))) +
        apiRequests * assumed('apiReads'),
    },
    {
      group: 'DynamoDB requests',
      price: table.write,
      fixed: 0,
      each:
        nightsAMonth *
        (assumed('writes') +
          assumed('indexWrites') +
          assumed('newRows') * Math.ceil(assumed('rowKilobytes'))),
    },
    { group: 'DynamoDB storage', price: table.storage, fixed: 0, each: stored },
    { group: 'DynamoDB storage', price: 'recovery', fixed: 0, each: stored },
    { group: 'DynamoDB storage', price: 'backup', fixed: 0, each: stored * assumed('backups') },
    ...filesAndExports(),
    { group: 'NAT and addresses', price: 'natHour', fixed: assumed('zones') * hoursAMonth, each: 0 },
    { group: 'NAT and addresses', price: 'addressHour', fixed: assumed('zones') * hoursAMonth, each: 0 },
    {
      group: 'NAT and addresses',
      price: 'natData',
      fixed: 0,
      each: nightsAMonth * assumed('natKilobytes') * kilobyte,
    },
    {
      group: 'NAT and addresses',
      price: 'dataOut',
      fixed: 0,
      each: nightsAMonth * assumed('outKilobytes') * kilobyte,
    },
    { group: 'Logs, metrics, alarms, traces', price: 'logData', fixed: scheduled * 2 * kilobyte, each: logs },
    {
      group: 'Logs, metrics, alarms, traces',
      price: 'logStorage',
      fixed: 0,
      each: logs * assumed('logMonths'),
    },
    { group: 'Logs, metrics, alarms, traces', price: 'metric', fixed: assumed('metrics'), each: 0 },
    { group: 'Logs, metrics, alarms, traces', price: 'alarm', fixed: assumed('alarms'), each: 0 },
    { group: 'Logs, metrics, alarms, traces', price: 'dashboard', fixed: assumed('dashboards'), each: 0 },
    {
      group: 'Logs, metrics, alarms, traces',
      price: 'trace',
      fixed: 0,
      each: invocations * assumed('tracedShare'),
    },
    { group: 'KMS', price: 'key', fixed: assumed('keys'), each: 0 },
    { group: 'KMS', price: 'keyCall', fixed: assumed('keyCallsOfTable'), each: nightsAMonth },
    {
      group: 'SQS and Scheduler',
      price: 'message',
      fixed: (exchanges.size + 1) * assumed('pollers') * minutesAMonth * 3,
      each: nightsAMonth * assumed('messages'),
    },
    { group: 'SQS and Scheduler', price: 'schedule', fixed: scheduled, each: 0 },
    { group: 'API Gateway and WAF', price: 'apiRequest', fixed: 0, each: apiRequests },
    { group: 'API Gateway and WAF', price: 'frontRequest', fixed: 0, each: apiRequests },
    { group: 'API Gateway and WAF', price: 'edgeFunction', fixed: 0, each: apiRequests },
    { group: 'API Gateway and WAF', price: 'webAcl', fixed: 2, each: 0 },
    { group: 'API Gateway and WAF', price: 'wafRule', fixed: assumed('wafRules'), each: 0 },
    { group: 'API Gateway and WAF', price: 'wafRequest', fixed: 0, each: apiRequests },
    { group: 'Cognito', price: 'activeUser', fixed: 0, each: assumed('activeUsers') },
  ]
}

/** Statement files and exports: where they lie, and the functions that read and write them. */
function filesAndExports(): readonly Line[] {
  const group = 'Statement files and exports'
  const { newFiles, exports } = assumptions
  return [
    {
      group,
      price: 'objectStorage',
      fixed: 0,
      each:
        assumed('files') * assumed('fileMegabytes') * megabyte +
        exports.value * assumed('exportMegabytes') * megabyte * weekOfAMonth,
    },
    // Only what has changed is copied again.
    { group, price: 'objectBackup', fixed: 0, each: assumed('files') * assumed('fileMegabytes') * megabyte },
    // An export is written in one piece or a few, with its statement beside it.
    {
      group,
      price: 'objectPut',
      fixed: 0,
      each: newFiles.value * assumed('fileRequests') + exports.value * 3,
    },
    {
      group,
      price: 'objectGet',
      fixed: 0,
      each:
        newFiles.value * assumed('fileRequests') +
        nightsAMonth * assumed('withFiles') * assumed('fileReads') +
        exports.value,
    },
    {
      group,
      price: 'lambdaSecond',
      fixed: 0,
      each: newFiles.value * assumed('fileSeconds') * 1.73 + exports.value * assumed('exportSeconds'),
    },
    { group, price: 'dataOut', fixed: 0, each: exports.value * assumed('exportMegabytes') * megabyte },
  ]
}

/** The same with envelopes: a request to KMS, a read unit and a kilobyte for each, of which nothing keeps copies. */
export function usageWithEnvelopes(tableClass?: TableClass): readonly Line[] {
  return [
    ...usage(tableClass).filter(({ group }) => group !== 'Secrets Manager'),
    { group: 'DynamoDB requests', price: 'read', fixed: 0, each: nightsAMonth },
    { group: 'DynamoDB storage', price: 'tableStorage', fixed: 0, each: kilobyte },
  ]
}

/** What a connection costs once: its first sync. */
export function firstSync(tableClass: TableClass = pricedStage().tableClass): readonly Line[] {
  const table = tablePrices[tableClass]
  return [
    { group: 'Lambda', price: 'lambdaSecond', fixed: 0, each: assumed('firstSeconds') },
    { group: 'Lambda', price: 'lambdaCall', fixed: 0, each: 1 },
    {
      group: 'DynamoDB requests',
      price: table.write,
      fixed: 0,
      each: assumed('storedRows') * Math.ceil(assumed('rowKilobytes')) + assumed('firstCoverageWrites'),
    },
    // Each answer is compared with what is stored, which is nothing yet, and fenced by a look at the lease.
    {
      group: 'DynamoDB requests',
      price: table.read,
      fixed: 0,
      each: assumed('firstRequests') * 2 + assumed('firstCoverageWrites'),
    },
    {
      group: 'NAT and addresses',
      price: 'natData',
      fixed: 0,
      each: (assumed('storedRows') * assumed('rowKilobytes') + assumed('firstRequests') * 2) * kilobyte,
    },
  ]
}

/** Read units to compare rows with what is stored: four kilobytes a unit, strongly consistent. */
function comparison(rows: number, kilobytes: number): number {
  return (rows * kilobytes) / 4
}

/** Rows that an exchange serves again each night, and what deciding that they are known costs. */
export type Again = { readonly rows: number; readonly kilobytes: number }

/** Read, compare, and write nothing. */
export function readThenCompare({ rows, kilobytes }: Again): Line {
  return {
    group: 'DynamoDB requests',
    price: 'read',
    fixed: 0,
    each: nightsAMonth * comparison(rows, kilobytes),
  }
}

/** Put each on condition that it is not there: refused, and billed as if it had been stored. */
export function putOnCondition({ rows, kilobytes }: Again): Line {
  return {
    group: 'DynamoDB requests',
    price: 'write',
    fixed: 0,
    each: nightsAMonth * rows * Math.ceil(kilobytes),
  }
}
