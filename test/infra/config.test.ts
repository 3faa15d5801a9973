import { describe, expect, it } from 'vitest'
import { stages } from '../../bin/stages.ts'
import { parseStages, selectStages } from '../../lib/config.ts'
import { stageInput } from './stage-input.ts'

describe('The stages', () => {
  it('are dev and prod when none is asked for', () => {
    expect(selectStages([stageInput('dev'), stageInput('prod')], undefined).map(({ name }) => name)).toEqual([
      'dev',
      'prod',
    ])
  })

  it('are the one that is asked for', () => {
    expect(selectStages([stageInput('dev'), stageInput('prod')], 'prod').map(({ name }) => name)).toEqual([
      'prod',
    ])
    expect(selectStages(stages, 'dev').map(({ name }) => name)).toEqual(['dev'])
  })

  it.each(['alarmEmail', 'runbookUrl'])('build no prod without %s', (field) => {
    expect(() => selectStages([stageInput('prod', { [field]: undefined })], 'prod')).toThrow(field)
    expect(() => selectStages([stageInput('dev', { [field]: undefined })], 'dev')).not.toThrow()
  })

  it('know no other name, and say which there are', () => {
    expect(() => selectStages(stages, 'production')).toThrow(
      'There is no stage "production" in bin/stages.ts, only dev and prod.',
    )
  })

  it('need no account, so that synthesis needs no cloud', () => {
    const [dev] = parseStages([stageInput('dev')])
    expect(dev?.account).toBeUndefined()
  })

  it('name the runbook of the repository when it is not published', () => {
    const [dev] = parseStages([stageInput('dev')])
    expect(dev?.runbookUrl).toBe('docs/runbook.md')
  })

  const certificate = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/1-2-3`

  it.each([
    ['an account that is none', { account: '1234' }, 'an AWS account has twelve digits', 'account'],
    ['a region that is none', { region: 'Europe' }, 'not an AWS region', 'region'],
    ['a field that nobody reads', { acount: '123456789012' }, 'Unrecognized key', 'acount'],
    ['a third zone', { natZones: 3 }, 'must be 1 or 2', 'natZones'],
    ['an alarm for nobody', { alarmEmail: 'me' }, 'not an email address', 'alarmEmail'],
    ['a sign-in that leads nowhere', { signInUrls: [] }, 'name at least one address', 'signInUrls'],
    [
      'a sign-in that leads to plain HTTP',
      { signInUrls: ['http://example.com/'] },
      'must begin with https://',
      'signInUrls[0]',
    ],
    [
      'a domain that is none',
      { domain: { name: 'https://example.com', certificateArn: certificate('us-east-1') } },
      'not a domain name',
      'domain.name',
    ],
    [
      'a certificate of another region',
      { domain: { name: 'api.example.com', certificateArn: certificate('eu-central-1') } },
      'the certificate must be of us-east-1',
      'domain.certificateArn',
    ],
    [
      'a night that begins at 24',
      { night: { begins: 24, hours: 1 } },
      'must be an hour of the day',
      'night.begins',
    ],
    ['a night without hours', { night: { begins: 1, hours: 0 } }, 'must be 1 to 24', 'night.hours'],
    ['a negative cool-down', { syncCoolDownSeconds: -1 }, 'must not be negative', 'syncCoolDownSeconds'],
    ['fewer workers than SQS allows', { workersAtOnce: 1 }, 'SQS wants 2 to 1000', 'workersAtOnce'],
    ['fewer exports than SQS allows', { exportsAtOnce: 1 }, 'SQS wants 2 to 1000', 'exportsAtOnce'],
    [
      'fewer addresses than zones',
      { natZones: 2, elasticIps: [{ address: '203.0.113.7', allocationId: 'eipalloc-0a' }] },
      'one address for each zone',
      'elasticIps',
    ],
    ['a table without its key', { existing: { table: { name: 'histories' } } }, 'expected string', 'keyArn'],
    ['days that CloudWatch does not know', { logRetentionDays: 8 }, 'must be one of 1, 3, 5', 'logRetention'],
  ])('refuse %s, by its name', (_, change, message, field) => {
    const parse = () => parseStages([{ ...stageInput('dev'), ...change }])
    expect(parse).toThrow('bin/stages.ts is not right')
    expect(parse).toThrow(message)
    expect(parse).toThrow(field)
  })

  it('say everything that is wrong at once', () => {
    const parse = () => parseStages([{ ...stageInput('dev'), region: 'Europe', natZones: 0 }])
    expect(parse).toThrow(/region[\s\S]*natZones/)
  })

  it('are described once each', () => {
    expect(() => parseStages([stageInput('dev'), stageInput('dev')])).toThrow('a stage is described twice')
  })
})
