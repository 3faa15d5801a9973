import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { parseStages } from '../../lib/config.ts'
import { stageInput } from './stage-input.ts'
import { stacksOf } from './synthesise.ts'

const delivery = { repository: 'you/importer', issuer: 'new' } as const
const prod = stacksOf(stageInput('prod', { delivery }))

describe('A stage that changes gradually', () => {
  const [api, sync] = [Template.fromStack(prod.api), Template.fromStack(prod.sync)]

  it('gives a tenth of the work to a new version, and goes back when an alarm that is there rings', () => {
    const alarms = new Set(
      Object.values(Template.fromStack(prod.operations).findResources('AWS::CloudWatch::Alarm')).map(
        ({ Properties }) => Properties.AlarmName,
      ),
    )
    const groups = [api, sync].flatMap((one) =>
      Object.values(one.findResources('AWS::CodeDeploy::DeploymentGroup')),
    )
    expect(groups).toHaveLength(4)
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent15Minutes',
        AlarmConfiguration: { Enabled: true },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
        },
      })
      expect(Properties.AlarmConfiguration.Alarms.length).toBeGreaterThan(1)
      for (const { Name } of Properties.AlarmConfiguration.Alarms) expect(alarms).toContain(nameOf(Name))
    }
  })

  it('is served by the version in use alone: the gateway and the queues call it by its alias', () => {
    for (const [template, count] of [
      [api, 3],
      [sync, 1],
    ] as const) {
      const aliases = template.findResources('AWS::Lambda::Alias')
      expect(Object.keys(aliases)).toHaveLength(count)
      for (const alias of Object.values(aliases)) {
        expect(alias.Properties).toMatchObject({ Name: 'live' })
        expect(alias.UpdatePolicy).toHaveProperty('CodeDeployLambdaAliasUpdate')
      }
    }
    const mappings = Object.values(sync.findResources('AWS::Lambda::EventSourceMapping'))
    expect(mappings).toHaveLength(exchanges.size + 1)
    for (const { Properties } of mappings)
      expect(JSON.stringify(Properties.FunctionName)).toMatch(/"Ref":"WorkerLive/)
    api.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { Ref: Match.stringLikeRegexp('^(History|Keys|Imports)Live') },
    })
  })

  it('watches nothing while an alarm rings already and the deployment is to end it, and keeps the means', () => {
    const [stage] = parseStages([stageInput('prod')])
    const unwatched = stacksOf({ ...stageInput('prod'), changes: 'unwatched' })
    expect(stage?.changes).toBe('gradually')
    for (const group of Object.values(
      Template.fromStack(unwatched.api).findResources('AWS::CodeDeploy::DeploymentGroup'),
    )) {
      expect(group.Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce')
      expect(group.Properties.AlarmConfiguration?.Alarms ?? []).toEqual([])
    }
  })
})

describe('The role of the workflow', () => {
  it('is lent to jobs of the one repository in the environment of the stage, and to nobody else', () => {
    if (prod.delivery === undefined) throw new Error('The stage has no delivery stack.')
    const template = Template.fromStack(prod.delivery)
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    })
    const [role] = Object.values(template.findResources('AWS::IAM::Role'))
    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRoleWithWebIdentity',
        Effect: 'Allow',
        Principal: { Federated: expect.anything() },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': 'repo:you/importer:environment:prod',
          },
        },
      },
    ])
  })

  it('may take the roles that CDK has made for deploying and look at the stacks of the stage, and nothing else', () => {
    if (prod.delivery === undefined) throw new Error('The stage has no delivery stack.')
    const [policy] = Object.values(Template.fromStack(prod.delivery).findResources('AWS::IAM::Policy'))
    const [roles, stacks] = policy?.Properties.PolicyDocument.Statement ?? []
    expect(policy?.Properties.PolicyDocument.Statement).toHaveLength(2)
    expect(roles).toMatchObject({ Action: 'sts:AssumeRole', Effect: 'Allow' })
    expect(roles.Resource.map(nameOf)).toEqual(
      ['deploy', 'file-publishing', 'lookup'].map((what) =>
        expect.stringContaining(`cdk-hnb659fds-${what}-role-`),
      ),
    )
    expect(stacks).toMatchObject({ Action: 'cloudformation:DescribeStacks' })
    expect(nameOf(stacks.Resource)).toMatch(/stack\/exchange-history-prod-\*$/)
  })

  it('finds GitHub in the account where the other stage has made it known', () => {
    const { delivery: dev } = stacksOf(stageInput('dev', { delivery: { ...delivery, issuer: 'there' } }))
    if (dev === undefined) throw new Error('The stage has no delivery stack.')
    Template.fromStack(dev).resourceCountIs('AWS::IAM::OIDCProvider', 0)
    expect(stacksOf(stageInput('dev')).delivery).toBeUndefined()
  })
})

/** A text of a template with what only the deployment knows left out. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { 'Fn::Join': join, 'Fn::Select': select } = value as {
    'Fn::Join'?: [string, unknown[]]
    'Fn::Select'?: [number, unknown]
  }
  if (select !== undefined)
    return (
      nameOf((select[1] as { 'Fn::Split': [string, unknown] })['Fn::Split'][1])
        .split(':')
        .at(-1) ?? ''
    )
  return join === undefined ? '' : join[1].map(nameOf).join(join[0])
}
