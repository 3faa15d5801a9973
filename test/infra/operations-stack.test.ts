import { readFileSync } from 'node:fs'
import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { watchedMetrics } from '../../bin/cost/watched.ts'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

const runbookUrl = 'https://example.com/runbook'
const prod = stageInput('prod', { alarmEmail: 'on-call@example.com', runbookUrl })

const everywhere = [
  'api-5xx',
  'api-latency',
  'bad-payloads',
  'catalogue-failed',
  'cool-down',
  'coverage-lag',
  'dead-exports',
  'dead-letters',
  'gaps-expired',
  'gaps-saturated',
  'keys-errors',
  'keys-refused',
  'planner-errors',
  'planner-late',
  'planner-silent',
  'queue-age',
  'runs-failed',
  'runs-stalled',
  'sweeper-behind',
  'table-errors',
  'table-throttled',
  'waf-blocked',
  'worker-errors',
  'worker-throttled',
]

describe('The operations stack', () => {
  const template = templateOf('operations', prod)
  const alarms = alarmsOf(template)

  it('has an alarm for everything that users feel', () => {
    expect(alarms.map(({ id }) => id).sort()).toEqual([...everywhere, 'nat-ports'].sort())
  })

  it('watches no NAT gateway where there is none', () => {
    const dev = alarmsOf(templateOf('operations', stageInput('dev')), 'dev')
    expect(dev.map(({ id }) => id).sort()).toEqual(everywhere)
  })

  it('is priced by the metrics that its alarms look at', () => {
    const written = template.findResources('AWS::CloudWatch::Alarm')
    const metrics = Object.values(written).flatMap(({ Properties: { MetricName, Metrics = [] } }) =>
      MetricName === undefined ? Metrics.filter((one: object) => 'MetricStat' in one) : [MetricName],
    )
    expect(watchedMetrics()).toBe(metrics.length)
  })

  it.each(alarms)('says of $id what users feel, what to do and where to look', ({ id, properties }) => {
    const [impact, runbook, look, ...rest] = properties.AlarmDescription.split('\n')
    expect(impact).toMatch(/^Impact: [A-Z].{20,150}\.$/)
    expect(runbook).toBe(`Runbook: ${runbookUrl}#${id}`)
    expect(look).toMatch(/^Look: https:\/\/us-east-1\.console\.aws\.amazon\.com\//)
    expect(rest).toEqual([])
  })

  it.each(alarms)('tells of $id when it begins and when it is over', ({ properties }) => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'))
    expect(properties.AlarmActions).toEqual([{ Ref: topic }])
    expect(properties.OKActions).toEqual([{ Ref: topic }])
  })

  it.each(alarms)('has a page for $id in the runbook', ({ id }) => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
    expect(runbook.split('\n').filter((line) => /^#+ /.test(line) && line.endsWith(` ${id}`))).toHaveLength(1)
  })

  it('takes silence for a fault where something must be heard', () => {
    const silent = alarms.filter(({ properties }) => properties.TreatMissingData === 'breaching')
    expect(silent.map(({ id }) => id).sort()).toEqual([
      'catalogue-failed',
      'planner-silent',
      'sweeper-behind',
    ])
  })

  it('takes silence for peace everywhere else', () => {
    const others = alarms.filter(({ properties }) => properties.TreatMissingData !== 'breaching')
    expect(others.map(({ properties }) => properties.TreatMissingData)).toEqual(
      others.map(() => 'notBreaching'),
    )
  })

  it('promises coverage of all but the last 36 hours', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'exchange-history-prod-coverage-lag',
      Namespace: 'ExchangeHistory',
      MetricName: 'CoverageLag',
      Dimensions: [{ Name: 'service', Value: 'exchange-history-prod-worker' }],
      ExtendedStatistic: 'p99',
      Threshold: 36 * 3600,
    })
  })

  it('lets alarms of this account speak, and nobody without TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      }),
    })
  })

  it('writes to whoever the stage names', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    })
    templateOf('operations', stageInput('dev')).resourceCountIs('AWS::SNS::Subscription', 0)
  })

  it('tells the same when most of a month’s money is spent', () => {
    template.resourceCountIs('AWS::Budgets::Budget', 0)
    const thrifty = stageInput('prod', { alarmEmail: 'on-call@example.com', monthlyBudget: 300 })
    templateOf('operations', thrifty).hasResourceProperties('AWS::Budgets::Budget', {
      Budget: Match.objectLike({ BudgetLimit: { Amount: 300, Unit: 'USD' }, TimeUnit: 'MONTHLY' }),
      NotificationsWithSubscribers: [
        Match.objectLike({ Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'on-call@example.com' }] }),
        Match.objectLike({ Notification: Match.objectLike({ NotificationType: 'FORECASTED' }) }),
      ],
    })
  })

  it('shows one dashboard for what users get and one for the machinery', () => {
    for (const name of ['business', 'technical'])
      template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
        DashboardName: `exchange-history-prod-${name}`,
      })
  })

  it('is what was reviewed', () => {
    expect(template.toJSON()).toMatchSnapshot()
  })
})

type Alarm = {
  readonly AlarmName: string
  readonly AlarmDescription: string
  readonly AlarmActions: unknown
  readonly OKActions: unknown
  readonly TreatMissingData: string
}

function alarmsOf(template: ReturnType<typeof templateOf>, stage = 'prod') {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
    const properties: Alarm = Properties
    return { id: properties.AlarmName.replace(`exchange-history-${stage}-`, ''), properties }
  })
}
