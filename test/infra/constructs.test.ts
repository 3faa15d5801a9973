import { Duration, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import type { PlannerEnvironment } from '../../lambdas/sync/env.ts'
import { parseStages, type StageConfig } from '../../lib/config.ts'
import { ImporterAlarm } from '../../lib/constructs/importer-alarm.ts'
import { ImporterFunction, type SecretAction } from '../../lib/constructs/importer-function.ts'
import { stageInput } from './stage-input.ts'
import { placeholders, uncheckedApp } from './synthesise.ts'

const [dev] = parseStages([stageInput('dev')]) as [StageConfig]

function emptyStack(): Stack {
  return new Stack(uncheckedApp(), 'stack', { env: { region: 'us-east-1' } })
}

const settings = {
  stage: dev,
  entry: 'planner',
  code: placeholders,
  description: 'For a test',
  memorySize: 256,
  timeout: Duration.seconds(10),
} as const

/** What the role of the only function may do. */
function statementsOf(stack: Stack): readonly Record<string, unknown>[] {
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
  return policy?.Properties.PolicyDocument.Statement
}

describe('A function of ours', () => {
  it('may write its own log and its traces, and nothing else by itself', () => {
    const stack = emptyStack()
    new ImporterFunction(stack, 'Function', { ...settings, environment: () => ({}) })
    expect(statementsOf(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching('^FunctionLog'), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        Resource: '*',
      },
    ])
    Template.fromStack(stack).allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() })
  })

  it('gets with a variable what it may do with the thing that the variable names', () => {
    const stack = emptyStack()
    const queue = new Queue(stack, 'Queue')
    new ImporterFunction<{ QUEUE_URL: string }>(stack, 'Function', {
      ...settings,
      environment: (bind) => ({ QUEUE_URL: bind.bindQueue(queue) }),
    })
    const [id] = Object.keys(Template.fromStack(stack).findResources('AWS::SQS::Queue'))
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ QUEUE_URL: { Ref: id } }) },
    })
    expect(statementsOf(stack)).toContainEqual({
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    })
  })

  const cases: readonly [string, SecretAction[], unknown][] = [
    ['needs no key to delete secrets', ['DeleteSecret'], undefined],
    ['needs a key to read secrets', ['GetSecretValue'], 'kms:Decrypt'],
    ['needs more of a key to make secrets', ['CreateSecret'], ['kms:Decrypt', 'kms:GenerateDataKey']],
  ]
  it.each(cases)('%s', (_, actions, expected) => {
    const stack = emptyStack()
    const vault = { prefix: 'exchange-history/dev/', key: new Key(stack, 'Key') }
    new ImporterFunction<{ SECRET_PREFIX: string }>(stack, 'Function', {
      ...settings,
      environment: (bind) => ({ SECRET_PREFIX: bind.bindSecrets(vault, ...actions) }),
    })
    const granted = statementsOf(stack).find(({ Action }) => [Action].flat().join().includes('kms:'))
    expect(granted?.Action).toEqual(expected)
  })

  it('does not pass the type check without a variable that its code reads', () => {
    const build = () =>
      new ImporterFunction<PlannerEnvironment>(emptyStack(), 'Function', {
        ...settings,
        // @ts-expect-error TABLE_NAME is missing.
        environment: () => ({ QUEUE_URL: 'https://sqs.example.com/1/queue' }),
      })
    expect(build).not.toThrow()
  })

  it('is not made without code', () => {
    const build = () =>
      new ImporterFunction(emptyStack(), 'Function', {
        ...settings,
        code: new Map(),
        environment: () => ({}),
      })
    expect(build).toThrow('There is no bundle of planner.')
  })
})

describe('An alarm of ours', () => {
  it('is named after its page in the runbook, and says what it means', () => {
    const stack = emptyStack()
    new ImporterAlarm(stack, 'some-page', {
      stage: { ...dev, runbookUrl: 'https://example.com/runbook' },
      topic: new Topic(stack, 'Topic'),
      errorImpact: 'Users wait.',
      look: 'https://example.com/console',
      metric: new Metric({ namespace: 'test', metricName: 'test' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'exchange-history-dev-some-page',
      AlarmDescription:
        'Impact: Users wait.\nRunbook: https://example.com/runbook#some-page\nLook: https://example.com/console',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
      OKActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    })
  })
})
