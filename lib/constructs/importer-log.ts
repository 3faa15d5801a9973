import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'

/** A log under a name that the runbook can quote, which ends when the stage says so. */
export function importerLog(scope: Construct, id: string, stage: StageConfig, name: string): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: `/exchange-history/${stage.name}/${name}`,
    retention: stage.logRetentionDays,
    // In prod it outlives its stack, but not a first deployment that failed: the second could not make it again.
    removalPolicy: stage.name === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  })
}
