import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'

/** A log under a name that the runbook can quote, which ends when the stage says so. */
export function importerLog(scope: Construct, id: string, stage: StageConfig, name: string): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: `/exchange-history/${stage.name}/${name}`,
    retention: stage.logRetentionDays,
    // What is kept under a name of its own keeps the next deployment from making it again.
    removalPolicy: RemovalPolicy.DESTROY,
  })
}
