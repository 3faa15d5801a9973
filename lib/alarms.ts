import { Duration } from 'aws-cdk-lib'
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { firstCell } from '../lambdas/domain/cell.ts'
import type { StageConfig } from './config.ts'
import type { ImporterAlarmProps } from './constructs/importer-alarm.ts'
import type { Figures } from './figures.ts'
import { functionName, inCell, resourceName } from './names.ts'

type AlarmDefinition = Omit<ImporterAlarmProps, 'stage' | 'topic' | 'page'> & {
  /** Of the runbook. */
  readonly page: string
}

/** What is deployed under names that only the deployment knows. */
export type Deployed = {
  readonly tableName: string
  /** The NAT gateways of each cell; none where calls leave from any address. */
  readonly natGateways: readonly (readonly string[])[]
}

const minutes = Duration.minutes
const hours = Duration.hours

/** At least so much, `times` periods in a row; where there is no figure, there is nothing wrong. */
function reaches(metric: IMetric, threshold: number, times = 1) {
  return {
    metric,
    threshold,
    evaluationPeriods: times,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  }
}

/** Less than so much, `times` periods in a row; silence counts as nothing. */
function staysBelow(metric: IMetric, threshold: number, times: number) {
  return {
    metric,
    threshold,
    evaluationPeriods: times,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
  }
}

/** Every alarm, by its name: that of its page in the runbook, and behind it the number of its cell, but for the first. */
export function alarmsOf(
  stage: StageConfig,
  figures: Figures,
  { tableName, natGateways }: Deployed,
): Readonly<Record<string, AlarmDefinition>> {
  const ofCells = Array.from({ length: stage.cells }, (_, index) => firstCell + index).flatMap((cell) =>
    Object.entries(alarmsOfCell(stage, figures, cell, natGateways[cell - firstCell] ?? [])).map(
      ([page, alarm]) => [inCell(page, cell), { ...alarm, page }] as const,
    ),
  )
  const others = Object.entries(alarmsOfAll(stage, figures, tableName)).map(
    ([page, alarm]) => [page, { ...alarm, page }] as const,
  )
  return Object.fromEntries([...others, ...ofCells])
}

type Unnamed = Readonly<Record<string, Omit<AlarmDefinition, 'page'>>>

/** What each cell has of its own: queues, workers, addresses. */
function alarmsOfCell(
  stage: StageConfig,
  figures: Figures,
  cell: number,
  natGatewayIds: readonly string[],
): Unnamed {
  const look = consoleOf(stage)
  return {
    // A message that fails counts for two turns of half an hour, then SQS leaves it out of this figure.
    'queue-age': {
      errorImpact:
        'Users who connected a key or asked for a sync wait for more than an hour to see it begin.',
      look: look.queue,
      ...reaches(figures.syncs(cell)('ApproximateAgeOfOldestMessage', 'seconds'), 3_600, 3),
    },
    // What goes wrong with an exchange is a failure of a run and not counted here.
    'worker-errors': {
      errorImpact: 'Syncs break off and are tried again half an hour later, up to four times.',
      look: look.logs('worker'),
      ...reaches(figures.errors('worker', minutes(15), cell), 3),
    },
    ...(natGatewayIds.length === 0
      ? {}
      : {
          'nat-ports': {
            errorImpact:
              'Some calls to exchanges fail and are tried again, so syncs and connecting take longer.',
            look: look.natGateways,
            ...reaches(
              new MathExpression({
                label: 'connections without a port',
                expression: 'SUM(METRICS())',
                period: minutes(5),
                usingMetrics: Object.fromEntries(
                  natGatewayIds.map((id, index) => [
                    `gateway${index}`,
                    figures.natGateway(id)('ErrorPortAllocation', 'Sum'),
                  ]),
                ),
              }),
              1,
            ),
          },
        }),
  }
}

function alarmsOfAll(stage: StageConfig, figures: Figures, tableName: string): Unnamed {
  const look = consoleOf(stage)
  const worker = figures.own('worker')
  const planner = figures.own('planner')

  return {
    'dead-letters': {
      errorImpact: 'The connections named in these messages are not synced until somebody redrives them.',
      look: look.queue,
      ...reaches(figures.queue('dead-letters')('ApproximateNumberOfMessagesVisible', 'Maximum'), 1),
    },
    'dead-exports': {
      errorImpact: 'Users who asked for an export are told that it failed, and have to ask again.',
      look: look.queue,
      ...reaches(figures.queue('dead-exports')('ApproximateNumberOfMessagesVisible', 'Maximum'), 1),
    },
    // The service level: a night missed by half a day. An exchange forgets after three months, so there is time.
    'coverage-lag': {
      errorImpact: 'Histories that users look at or export lack more than the last 36 hours.',
      look: look.business,
      ...reaches(worker('CoverageLag', 'p99', hours(6)), 129_600),
    },
    'gaps-saturated': {
      errorImpact:
        'A stretch of somebody’s history is shown as a gap, because the exchange shows fewer rows than it holds.',
      look: look.logs('worker'),
      ...reaches(worker('GapsSaturated', 'Sum', hours(1)), 1),
    },
    'gaps-expired': {
      errorImpact:
        'A stretch of somebody’s history is lost for good: the exchange forgot it before it was read.',
      look: look.logs('worker'),
      ...reaches(worker('GapsExpired', 'Sum', hours(1)), 1),
    },
    'runs-stalled': {
      errorImpact:
        'A first import was given up after three turns without progress, and its history ends there.',
      look: look.logs('worker'),
      ...reaches(worker('Stalled', 'Sum', hours(1)), 1),
    },
    // Some runs fail in any night, and the next night repairs them; a tenth of them is no accident.
    'runs-failed': {
      errorImpact: 'More than a tenth of the syncs fail, so many histories do not grow.',
      look: look.business,
      ...reaches(
        new MathExpression({
          label: 'failed runs, in percent',
          expression:
            'IF(SUM([failed, lost]) >= 3, 100 * SUM([failed, lost]) / SUM([complete, unverified, incomplete, failed, interrupted, lost]), 0)',
          period: hours(1),
          usingMetrics: {
            // A worker that was killed, or whose time was over, says nothing: whoever plans the next run does.
            lost: planner('RunsLost', 'Sum'),
            complete: worker('RunsComplete', 'Sum'),
            unverified: worker('RunsUnverified', 'Sum'),
            incomplete: worker('RunsIncomplete', 'Sum'),
            failed: worker('RunsFailed', 'Sum'),
            interrupted: worker('RunsInterrupted', 'Sum'),
          },
        }),
        10,
      ),
    },
    // Keys expire, one by one. Several in one hour are refused for a reason of ours: our address, our clock.
    'keys-refused': {
      errorImpact:
        'Several users are told that their keys do not work any more, perhaps through no fault of theirs.',
      look: look.logs('worker'),
      ...reaches(worker('KeysRefused', 'Sum', hours(1)), 5),
    },
    // One cool-down is how the importer keeps out of trouble; the third in an hour says that it does not.
    'cool-down': {
      errorImpact: 'An exchange sends our address away again and again, so every sync there waits.',
      look: look.business,
      ...reaches(worker('CoolDowns', 'Sum', hours(1)), 3),
    },
    'bad-payloads': {
      errorImpact:
        'Streams of an exchange that changed its format stop growing for everybody until we read it.',
      look: look.logs('worker'),
      ...reaches(worker('BadPayloads', 'Sum', hours(1)), 1),
    },
    'worker-throttled': {
      errorImpact:
        'Syncs begin later than they should, because the account allows no more functions at once.',
      look: look.lambda('worker'),
      ...reaches(figures.lambda('worker')('Throttles', 'Sum'), 1, 3),
    },
    'planner-silent': {
      errorImpact: 'No connection is synced at night until the planner works again.',
      look: look.logs('planner'),
      ...staysBelow(planner('Due', 'SampleCount'), 1, 3),
    },
    'planner-late': {
      errorImpact:
        'Nightly syncs begin more than an hour late, and this morning’s histories may lack yesterday.',
      look: look.business,
      ...reaches(planner('OldestDue', 'Maximum'), 3_600, 3),
    },
    // What no queue took is tried again an hour later: once may be an accident of SQS.
    'planner-errors': {
      errorImpact:
        'Some connections are not synced: no queue takes their messages, or their items cannot be read.',
      look: look.logs('planner'),
      ...reaches(figures.errors('planner', hours(2)), 1, 2),
    },
    // It is fetched once a day: on the second day that it failed, or that nobody even tried.
    'catalogue-failed': {
      errorImpact: 'Fills of contracts that an exchange lists from now on come without their base amount.',
      look: look.logs('catalogue'),
      ...reaches(figures.own('catalogue')('CataloguesFailed', 'Sum', Duration.days(1)), 1, 2),
      treatMissingData: TreatMissingData.BREACHING,
    },
    // Intents are finished an hour after they began at the latest; the third hour means that the sweeper cannot.
    'sweeper-behind': {
      errorImpact: 'Credentials that nobody uses any more are kept longer than the user was told.',
      look: look.logs('sweeper'),
      ...reaches(figures.own('sweeper')('OldestIntent', 'Maximum', hours(1)), 10_800, 2),
      treatMissingData: TreatMissingData.BREACHING,
    },
    'api-5xx': {
      errorImpact: 'More than one request in a hundred fails through no fault of the user’s.',
      look: look.technical,
      ...reaches(
        new MathExpression({
          label: 'requests that failed, in percent',
          // That an exchange is down is answered with 503, and nobody here can do anything about it.
          expression: 'IF(failed - FILL(excused, 0) >= 3, 100 * (failed - FILL(excused, 0)) / requests, 0)',
          period: minutes(5),
          usingMetrics: {
            failed: figures.api('5XXError', 'Sum'),
            excused: figures.own('keys')('ExchangeUnavailable', 'Sum'),
            requests: figures.api('Count', 'Sum'),
          },
        }),
        1,
        3,
      ),
      datapointsToAlarm: 2,
    },
    // A list takes well below a second. Connecting takes as long as the exchange does, but is a small part of all.
    'api-latency': {
      errorImpact: 'One request in ten takes longer than three seconds.',
      look: look.technical,
      ...reaches(figures.api('Latency', 'p90'), 3_000, 3),
    },
    'keys-errors': {
      errorImpact: 'Users who connect or replace a key are told that something went wrong here.',
      look: look.logs('keys'),
      ...reaches(figures.errors('keys', minutes(15)), 1),
    },
    'waf-blocked': {
      errorImpact:
        'Somebody attacks the API or the sign-in, or a firewall keeps users out who did nothing wrong.',
      look: look.firewall,
      ...reaches(
        new MathExpression({
          label: 'blocked requests',
          expression: 'SUM(METRICS())',
          period: minutes(5),
          usingMetrics: {
            api: figures.firewall('BlockedRequests', 'Sum'),
            signIn: figures.signInFirewall('BlockedRequests', 'Sum'),
          },
        }),
        500,
        3,
      ),
    },
    // An on-demand table throttles for moments while it grows, and the SDK tries again.
    'table-throttled': {
      errorImpact: 'Answers and syncs become slow, and some fail.',
      look: look.table,
      ...reaches(figures.tableOperations(tableName, 'ThrottledRequests', 'throttled requests'), 100, 3),
    },
    'table-errors': {
      errorImpact: 'Answers and syncs fail, because DynamoDB does.',
      look: look.table,
      ...reaches(figures.tableOperations(tableName, 'SystemErrors', 'errors of DynamoDB'), 5, 2),
    },
  }
}

/** Pages of the console that an alarm leads to. */
function consoleOf(stage: StageConfig) {
  const { region } = stage
  const page = (service: string, fragment: string) =>
    `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${fragment}`
  const dashboard = (name: string) => page('cloudwatch', `dashboards/dashboard/${resourceName(stage, name)}`)
  return {
    business: dashboard('business'),
    technical: dashboard('technical'),
    lambda: (entry: Parameters<typeof functionName>[1]) =>
      page('lambda', `/functions/${functionName(stage, entry)}?tab=monitoring`),
    // The console wants a "$" before each twice-escaped sign of a path.
    logs: (entry: Parameters<typeof functionName>[1]) =>
      page('cloudwatch', `logsV2:log-groups/log-group/$252Fexchange-history$252F${stage.name}$252F${entry}`),
    queue: page('sqs/v3', '/queues'),
    table: page('dynamodbv2', 'tables'),
    firewall: `https://${region}.console.aws.amazon.com/wafv2/homev2/web-acls?region=${region}`,
    natGateways: page('vpcconsole', 'NatGateways:'),
  }
}
