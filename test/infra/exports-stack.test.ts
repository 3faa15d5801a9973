import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

describe('The exports stack', () => {
  const template = templateOf('exports', stageInput('prod'))
  const named = (what: string) => `exchange-history-prod-${what}`

  it('tries an export twice, tells the exporter so, and keeps what failed for two weeks', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: named('exports'),
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadExports'), 'Arn'] },
        maxReceiveCount: 2,
      },
    })
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('exporter'),
      Environment: { Variables: Match.objectLike({ MAX_DELIVERIES: '2' }) },
    })
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: named('dead-exports'),
      MessageRetentionPeriod: 14 * 24 * 3600,
    })
  })

  it('has a switch that redrives what failed, and it is off', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadExports'), 'Arn'] },
      Enabled: false,
    })
  })

  it('may write files, take away parts of them, and read how far they have come', () => {
    const policies = Object.values(template.findResources('AWS::IAM::Policy'))
    const actions = JSON.stringify(policies).match(/"s3:\w+"/g)
    expect(actions?.sort()).toEqual(['"s3:AbortMultipartUpload"', '"s3:GetObject"', '"s3:PutObject"'])
  })

  it('is what was reviewed', () => {
    expect(template.toJSON()).toMatchSnapshot()
  })
})
