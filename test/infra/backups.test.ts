import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

const elsewhere = 'arn:aws:backup:eu-west-1:210987654321:backup-vault:copies'

describe('Backups', () => {
  const template = templateOf('data', stageInput('prod', { backups: { copyTo: elsewhere } }))

  it('are in a vault that lets nobody delete them for 35 days, and keeps nothing longer', () => {
    template.hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { LockConfiguration: { MinRetentionDays: 35, MaxRetentionDays: 36 } },
    })
  })

  it('are of the table and of the bucket with statement files, weekly, and go to the other vault too, for as long', () => {
    const [plan] = Object.values(template.findResources('AWS::Backup::BackupPlan'))
    expect(plan?.Properties.BackupPlan.BackupPlanRule).toEqual([
      expect.objectContaining({
        ScheduleExpression: 'cron(0 12 ? * SUN *)',
        Lifecycle: { DeleteAfterDays: 35 },
        CopyActions: [{ DestinationBackupVaultArn: elsewhere, Lifecycle: { DeleteAfterDays: 35 } }],
      }),
    ])
    const [selection = { Properties: {} }] = Object.values(
      template.findResources('AWS::Backup::BackupSelection'),
    )
    const { Resources, IamRoleArn } = selection.Properties.BackupSelection
    expect(Resources.map((arn: unknown) => /"(Table|Statements)\w+"/.exec(JSON.stringify(arn))?.[1])).toEqual(
      ['Table', 'Statements'],
    )
    const role = template.findResources('AWS::IAM::Role')[IamRoleArn['Fn::GetAtt'][0]]
    expect(JSON.stringify(role?.Properties.ManagedPolicyArns)).toMatch(/PolicyForBackup.*PolicyForS3Backup/)
    // AWS Backup copies no bucket without versions.
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: Match.absent(),
      VersioningConfiguration: { Status: 'Enabled' },
    })
  })

  it('have a vault whose name the next deployment does not want, since it stays', () => {
    const [vault] = Object.values(template.findResources('AWS::Backup::BackupVault'))
    expect(JSON.stringify(vault?.Properties.BackupVaultName)).toContain('AWS::StackId')
  })

  it('are sealed for ever only where the stage says so', () => {
    const lockOf = (backups: object) => {
      const one = templateOf('data', stageInput('prod', { backups }))
      const [vault] = Object.values(one.findResources('AWS::Backup::BackupVault'))
      return vault?.Properties.LockConfiguration
    }
    expect(lockOf({})).not.toHaveProperty('ChangeableForDays')
    expect(lockOf({ sealAfterDays: 7 })).toMatchObject({ ChangeableForDays: 7 })
  })

  it('are none where the stage names none', () => {
    const dev = templateOf('data', stageInput('dev'))
    dev.resourceCountIs('AWS::Backup::BackupVault', 0)
    dev.resourceCountIs('AWS::Backup::BackupPlan', 0)
  })
})
