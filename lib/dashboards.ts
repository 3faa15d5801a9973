import { Duration } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { firstCell } from '../lambdas/domain/cell.ts'
import type { Deployed } from './alarms.ts'
import { entryNames } from './bundle.ts'
import type { StageConfig } from './config.ts'
import type { Figures } from './figures.ts'
import { inCell, resourceName } from './names.ts'

const hour = Duration.hours(1)

/** What users get: are their histories complete and fresh, and how many of them are there? */
export function businessDashboard(
  scope: Construct,
  stage: StageConfig,
  figures: Figures,
  alarms: readonly IAlarm[],
): Dashboard {
  const worker = figures.own('worker')
  const planner = figures.own('planner')
  const keys = figures.own('keys')
  return new Dashboard(scope, 'Business', {
    dashboardName: resourceName(stage, 'business'),
    defaultInterval: Duration.days(7),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 4, alarms: [...alarms] })],
      [
        new SingleValueWidget({
          title: 'Coverage lag, p99 in seconds (promised: below 129600)',
          width: 8,
          metrics: [worker('CoverageLag', 'p99', Duration.hours(6))],
        }),
        new SingleValueWidget({
          title: 'Keys connected and refused in a day',
          width: 8,
          metrics: [
            keys('Connected', 'Sum', Duration.days(1)),
            keys('ConnectRefused', 'Sum', Duration.days(1)),
          ],
        }),
        new SingleValueWidget({
          title: 'Rows stored in a day: new and changed',
          width: 8,
          metrics: [
            worker('RowsNew', 'Sum', Duration.days(1)),
            worker('RowsChanged', 'Sum', Duration.days(1)),
          ],
        }),
      ],
      [
        graph('Runs', [
          worker('RunsComplete', 'Sum', hour),
          worker('RunsUnverified', 'Sum', hour),
          worker('RunsIncomplete', 'Sum', hour),
          worker('RunsInterrupted', 'Sum', hour),
          worker('RunsFailed', 'Sum', hour),
        ]),
        graph('Gaps found', [
          worker('GapsExpired', 'Sum', hour),
          worker('GapsSaturated', 'Sum', hour),
          worker('GapsFailed', 'Sum', hour),
        ]),
        graph('Coverage lag in seconds', [
          worker('CoverageLag', 'p50', hour),
          worker('CoverageLag', 'p99', hour),
        ]),
      ],
      [
        graph('Rows', [
          worker('RowsServed', 'Sum', hour),
          worker('RowsNew', 'Sum', hour),
          worker('RowsChanged', 'Sum', hour),
        ]),
        graph('Connections due and sent', [planner('Due', 'Sum', hour), planner('Sent', 'Sum', hour)]),
        graph('What exchanges refuse', [
          worker('KeysRefused', 'Sum', hour),
          worker('CoolDowns', 'Sum', hour),
          worker('BadPayloads', 'Sum', hour),
        ]),
      ],
    ],
  })
}

/** How the machinery does. */
export function technicalDashboard(
  scope: Construct,
  stage: StageConfig,
  figures: Figures,
  alarms: readonly IAlarm[],
  { tableName, natGateways }: Deployed,
): Dashboard {
  const ofEach = (metricName: string, statistic: string) =>
    entryNames.map((entry) => figures.lambda(entry)(metricName, statistic).with({ label: entry }))
  const worker = figures.own('worker')
  const cells = Array.from({ length: stage.cells }, (_, index) => firstCell + index)
  const natGatewayIds = natGateways.flat()
  const table = figures.table(tableName)
  return new Dashboard(scope, 'Technical', {
    dashboardName: resourceName(stage, 'technical'),
    defaultInterval: Duration.days(1),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 4, alarms: [...alarms] })],
      [
        graph('Requests', [
          figures.api('Count', 'Sum'),
          figures.api('4XXError', 'Sum'),
          figures.api('5XXError', 'Sum'),
        ]),
        graph('Latency in milliseconds', [
          figures.api('Latency', 'p50'),
          figures.api('Latency', 'p90'),
          figures.api('Latency', 'p99'),
        ]),
        graph('Firewall', [
          figures.firewall('AllowedRequests', 'Sum'),
          figures.firewall('BlockedRequests', 'Sum'),
        ]),
      ],
      [
        graph('Errors', ofEach('Errors', 'Sum')),
        graph('Duration, p99 in milliseconds', ofEach('Duration', 'p99')),
        graph('At once', ofEach('ConcurrentExecutions', 'Maximum')),
      ],
      [
        graph('Queue', [
          ...cells.map((cell) =>
            figures.syncs(cell)('ApproximateNumberOfMessagesVisible', inCell('waiting', cell)),
          ),
          ...cells.map((cell) =>
            figures.syncs(cell)('ApproximateNumberOfMessagesNotVisible', inCell('at work', cell)),
          ),
          figures.queue('dead-letters')('ApproximateNumberOfMessagesVisible', 'Maximum').with({
            label: 'dead letters',
          }),
        ]),
        graph('Waiting in seconds', [
          ...cells.map((cell) =>
            figures.syncs(cell)('ApproximateAgeOfOldestMessage', inCell('oldest', cell)),
          ),
          figures.own('planner')('OldestDue', 'Maximum'),
        ]),
        graph('Runs', [
          worker('RunDuration', 'p99'),
          worker('Hops', 'Maximum'),
          worker('Requests', 'Sum'),
          worker('Stalled', 'Sum'),
        ]),
      ],
      [
        graph('Table, units consumed', [
          table('ConsumedReadCapacityUnits', 'Sum'),
          table('ConsumedWriteCapacityUnits', 'Sum'),
        ]),
        graph('Table, troubles', [
          figures.tableOperations(tableName, 'ThrottledRequests', 'throttled'),
          figures.tableOperations(tableName, 'SystemErrors', 'errors'),
        ]),
        graph('Cleaning up', [
          figures.own('sweeper')('OldestIntent', 'Maximum', hour),
          figures.own('sweeper')('OrphansRemoved', 'Sum', hour),
          figures.own('catalogue')('MarketsListed', 'Sum', hour),
        ]),
      ],
      natGatewayIds.length === 0
        ? []
        : [
            graph(
              'NAT gateways, bytes out',
              natGatewayIds.map((id) => figures.natGateway(id)('BytesOutToDestination', 'Sum')),
            ),
            graph(
              'NAT gateways, connections without a port',
              natGatewayIds.map((id) => figures.natGateway(id)('ErrorPortAllocation', 'Sum')),
            ),
          ],
    ],
  })
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 })
}
