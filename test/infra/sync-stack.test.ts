import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { stageInput } from './stage-input.ts'
import { stacksOf, templateOf } from './synthesise.ts'

const prod = stageInput('prod')

describe('The sync stack', () => {
  const template = templateOf('sync', prod)
  const named = (what: string) => `exchange-history-prod-${what}`

  it('gives a message four turns before it counts as dead, and tells the worker so', () => {
    for (const exchange of exchanges.keys())
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: named(`syncs-${exchange}`),
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] },
          maxReceiveCount: 4,
        },
      })
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('worker'),
      Environment: { Variables: Match.objectLike({ MAX_DELIVERIES: '4' }) },
    })
  })

  it('keeps dead letters for two weeks', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: named('dead-letters'),
      MessageRetentionPeriod: 14 * 24 * 3600,
    })
  })

  it('encrypts all queues, and opens them to nothing but TLS', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true })
    template.resourceCountIs('AWS::SQS::QueuePolicy', 1 + exchanges.size)
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    })
  })

  it('hands the worker one message at a time, as many workers at once for each exchange as the stage wants', () => {
    for (const exchange of exchanges.keys())
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^Syncs${exchange}`), 'Arn'] },
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: prod.workersAtOnce },
        Enabled: Match.absent(),
      })
  })

  it('has a switch that redrives dead letters, and it is off', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      Enabled: false,
    })
  })

  it.each([
    ['planner', 'rate(1 minute)', 0],
    ['sweeper', 'rate(1 hour)', 1],
    ['catalogue', 'rate(1 day)', 10],
  ])('wakes the %s at a %s', (entry, rate, retries) => {
    const id = Object.entries(template.findResources('AWS::Lambda::Function')).find(
      ([, { Properties }]) => Properties.FunctionName === named(entry),
    )?.[0]
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: rate,
      State: 'ENABLED',
      Target: Match.objectLike({
        Arn: { 'Fn::GetAtt': [id, 'Arn'] },
        RetryPolicy: Match.objectLike({ MaximumRetryAttempts: retries }),
      }),
    })
  })

  it('lets the scheduler invoke what is scheduled, and only for this account', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      }),
    })
  })

  it('runs the worker and the catalogue behind the fixed addresses, and nothing else', () => {
    expect(inNetwork(template)).toEqual([named('catalogue'), named('worker')])
    expect(inNetwork(templateOf('sync', { ...prod, fixedAddresses: false }))).toEqual([])
  })

  it('denies the code what Lambda does with the role to attach it to the network', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: named('worker-interfaces'),
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Resource: '*',
            Condition: { ArnLike: { 'lambda:SourceFunctionArn': [Match.anyValue(), Match.anyValue()] } },
          }),
        ]),
      }),
    })
  })

  it('spreads the nightly syncs as the stage wants it', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('worker'),
      Environment: {
        Variables: Match.objectLike({
          NIGHT_BEGINS: String(prod.night.begins),
          NIGHT_HOURS: String(prod.night.hours),
        }),
      },
    })
  })

  it('can be built for an account that is known', () => {
    const stacks = stacksOf({ ...prod, account: '123456789012' })
    expect(() => Template.fromStack(stacks.sync)).not.toThrow()
  })

  it('is what was reviewed', () => {
    expect(template.toJSON()).toMatchSnapshot()
  })
})

function inNetwork(template: Template): string[] {
  return Object.values(template.findResources('AWS::Lambda::Function'))
    .filter(({ Properties }) => Properties.VpcConfig !== undefined)
    .map(({ Properties }) => Properties.FunctionName)
    .sort()
}
