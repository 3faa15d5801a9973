import { Aws, Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Schedule } from 'aws-cdk-lib/aws-events'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

/** What AWS Backup may do with tables, and with buckets. */
const backupPolicies = [
  'service-role/AWSBackupServiceRolePolicyForBackup',
  'AWSBackupServiceRolePolicyForS3Backup',
]

type Copied = { readonly table: ITableV2; readonly statements: IBucket; readonly encryptionKey: IKey }

/** As long as recovery points: what a user had deleted is in no copy after it. */
const keptFor = Duration.days(35)

/**
 * Copies of the table, and of the bucket with statement files, that who may delete these cannot delete: a week's work at most is between two of them, and recovery
 * points are between those. Weekly and not nightly, since each copy is whole and billed as such.
 */
export function backups(
  scope: Construct,
  stage: StageConfig,
  { table, statements, encryptionKey }: Copied,
): void {
  if (stage.backups === undefined) return
  const { copyTo, sealAfterDays } = stage.backups
  // A vault that holds a copy cannot be deleted and keeps its name: the next one must want another.
  const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))
  const vault = new BackupVault(scope, 'Backups', {
    backupVaultName: `${resourceName(stage, 'backups')}-${unique}`,
    encryptionKey,
    lockConfiguration: {
      minRetention: keptFor,
      // It must be more than the least.
      maxRetention: keptFor.plus(Duration.days(1)),
      ...(sealAfterDays === undefined ? {} : { changeableFor: Duration.days(sealAfterDays) }),
    },
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  })
  const plan = new BackupPlan(scope, 'BackupPlan', {
    backupPlanName: resourceName(stage, 'backups'),
    backupPlanRules: [
      new BackupPlanRule({
        ruleName: 'weekly',
        backupVault: vault,
        // At noon of a Sunday, UTC. Syncs may go on: whatever moment it is of, rows were stored before what speaks of them.
        scheduleExpression: Schedule.cron({ weekDay: 'SUN', hour: '12', minute: '0' }),
        deleteAfter: keptFor,
        ...(copyTo === undefined
          ? {}
          : {
              copyActions: [
                {
                  destinationBackupVault: BackupVault.fromBackupVaultArn(scope, 'Elsewhere', copyTo),
                  deleteAfter: keptFor,
                },
              ],
            }),
      }),
    ],
  })
  const role = new Role(scope, 'BackupRole', {
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: backupPolicies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
  })
  for (const name of backupPolicies)
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
      reason: 'The policy that AWS keeps for its own service; nobody but AWS Backup may take the role.',
    })
  const resources = [table.tableArn, statements.bucketArn].map((arn) => BackupResource.fromArn(arn))
  plan.addSelection('Table', { resources, role })
}
