import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { laneOf } from '../lambdas/domain/cell.ts'
import { exchanges } from '../lambdas/exchanges/index.ts'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'
import { metricsNamespace } from './constructs/importer-function.ts'
import { functionName, resourceName, syncQueueName } from './names.ts'

const fiveMinutes = Duration.minutes(5)

/** What an operator can look at: each function makes one kind of CloudWatch figure of a stage, by names alone. */
export function figuresOf(stage: StageConfig) {
  const figure = (namespace: string, dimensionsMap: Record<string, string>) => {
    return (metricName: string, statistic: string, period = fiveMinutes) =>
      new Metric({ namespace, metricName, dimensionsMap, statistic, period, region: stage.region })
  }
  const api = figure('AWS/ApiGateway', { ApiName: resourceName(stage, 'api'), Stage: stage.name })

  const firewall = (name: string) =>
    figure('AWS/WAFV2', { WebACL: resourceName(stage, name), Region: stage.region, Rule: 'ALL' })

  const own = (entry: EntryName) => figure(metricsNamespace, { service: functionName(stage, entry) })
  const lambda = (entry: EntryName, cell?: number) =>
    figure('AWS/Lambda', { FunctionName: functionName(stage, entry, cell) })
  const queue = (name: string) => figure('AWS/SQS', { QueueName: resourceName(stage, name) })

  return {
    api,
    /** What the code itself counts. */
    own,
    lambda,
    /** What broke off and what was caught: crashes and timeouts by Lambda's count, everything else by the log's. */
    errors: (entry: EntryName, period: Duration, cell?: number) =>
      new MathExpression({
        label: 'errors',
        expression: 'SUM(METRICS())',
        period,
        usingMetrics: {
          crashed: lambda(entry, cell)('Errors', 'Sum'),
          logged: own(entry)('ErrorsLogged', 'Sum'),
        },
      }),
    queue: (name: 'dead-letters' | 'exports' | 'dead-exports') => queue(name),
    /** The most of all queues of syncs in a cell. */
    syncs: (cell: number) => (metricName: string, label: string) =>
      new MathExpression({
        label,
        expression: 'MAX(METRICS())',
        period: fiveMinutes,
        usingMetrics: Object.fromEntries(
          [...exchanges.keys()].map((exchange) => [
            `${metricName.toLowerCase()}${exchange}${cell}`,
            queue(syncQueueName(laneOf(exchange, cell)))(metricName, 'Maximum'),
          ]),
        ),
      }),
    firewall: firewall('firewall'),
    signInFirewall: firewall('sign-in-firewall'),
    table: (tableName: string) => figure('AWS/DynamoDB', { TableName: tableName }),
    /** Summed over the operations that the code uses. */
    tableOperations: (tableName: string, metricName: string, label: string) =>
      new MathExpression({
        label,
        expression: 'SUM(METRICS())',
        period: fiveMinutes,
        usingMetrics: Object.fromEntries(
          tableOperations.map((operation) => [
            `${metricName.toLowerCase()}${operation}`,
            figure('AWS/DynamoDB', { TableName: tableName, Operation: operation })(metricName, 'Sum'),
          ]),
        ),
      }),
    natGateway: (id: string) => figure('AWS/NATGateway', { NatGatewayId: id }),
  }
}

export type Figures = ReturnType<typeof figuresOf>

const tableOperations = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
]
