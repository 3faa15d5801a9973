import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'
import { metricsNamespace } from './constructs/importer-function.ts'
import { functionName, resourceName } from './names.ts'

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
  const lambda = (entry: EntryName) => figure('AWS/Lambda', { FunctionName: functionName(stage, entry) })

  return {
    api,
    /** What the code itself counts. */
    own,
    lambda,
    /** What broke off and what was caught: crashes and timeouts by Lambda's count, everything else by the log's. */
    errors: (entry: EntryName, period: Duration) =>
      new MathExpression({
        label: 'errors',
        expression: 'SUM(METRICS())',
        period,
        usingMetrics: {
          crashed: lambda(entry)('Errors', 'Sum'),
          logged: own(entry)('ErrorsLogged', 'Sum'),
        },
      }),
    queue: (name: 'syncs' | 'dead-letters' | 'exports' | 'dead-exports') =>
      figure('AWS/SQS', { QueueName: resourceName(stage, name) }),
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
