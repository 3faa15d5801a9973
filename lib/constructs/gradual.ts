import { ArnFormat, Stack, Validations } from 'aws-cdk-lib'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { Alias, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

/** What everybody is served by. */
const live = 'live'

const managedPolicy = 'service-role/AWSCodeDeployRoleForLambdaLimited'

/**
 * The version of a function that is in use, under one name. Where a stage changes gradually, the next version gets a tenth of the
 * work for a quarter of an hour, as long as the slowest of these alarms needs to see it; when one rings, everything goes back to the
 * version before, and the deployment fails.
 */
export function liveVersion(
  scope: Construct,
  id: string,
  stage: StageConfig,
  watched: LambdaFunction,
  ...alarms: readonly string[]
): Alias {
  const alias = new Alias(scope, `${id}Live`, { aliasName: live, version: watched.currentVersion })
  if (stage.changes === 'at-once') return alias
  const { account, region, partition } = Stack.of(scope)
  const isWatched = stage.changes === 'gradually'
  const group = new LambdaDeploymentGroup(scope, `${id}Changes`, {
    application: new LambdaApplication(scope, `${id}Deployments`),
    alias,
    deploymentConfig: isWatched
      ? LambdaDeploymentConfig.CANARY_10PERCENT_15MINUTES
      : LambdaDeploymentConfig.ALL_AT_ONCE,
    alarms: isWatched
      ? alarms.map((name) =>
          Alarm.fromAlarmArn(
            scope,
            `${id}Watches-${name}`,
            Stack.of(scope).formatArn({
              partition,
              service: 'cloudwatch',
              region,
              account,
              resource: 'alarm',
              resourceName: resourceName(stage, name),
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ),
        )
      : [],
  })
  Validations.of(group).acknowledge({
    id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${managedPolicy}]`,
    reason: 'The policy that AWS keeps for CodeDeploy on Lambda; nobody but CodeDeploy may take the role.',
  })
  return alias
}
