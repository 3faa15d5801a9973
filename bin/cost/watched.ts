import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { alarmsOf } from '../../lib/alarms.ts'
import { figuresOf } from '../../lib/figures.ts'
import { pricedStage } from './priced-stage.ts'

/** Metrics that the alarms of `prod` look at: an alarm is billed for each one in it. */
export function watchedMetrics(): number {
  const stage = pricedStage()
  const natGatewayIds = Array.from({ length: stage.natZones }, (_, zone) => `nat-${zone}`)
  const alarms = alarmsOf(stage, figuresOf(stage), { tableName: 'histories', natGateways: [natGatewayIds] })
  return Object.values(alarms).reduce((sum, { metric }) => sum + metricsIn(metric), 0)
}

function metricsIn(metric: IMetric): number {
  const { mathExpression } = metric.toMetricConfig()
  if (mathExpression === undefined) return 1
  return Object.values(mathExpression.usingMetrics).reduce((sum, one) => sum + metricsIn(one), 0)
}
