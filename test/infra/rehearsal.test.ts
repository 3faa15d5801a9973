import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api'
import { afterAll, describe, expect, it } from 'vitest'
import type { StageInput } from '../../lib/config.ts'
import { stageInput } from './stage-input.ts'
import { appOf } from './synthesise.ts'

/**
 * Deploys both stages, destroys them and deploys them again, in what CloudFormation goes by: the order of stacks, what one tells another,
 * names that are taken, and what is kept. No emulator that is to be had without a container knows all that the stacks consist of; what one
 * does know is deployed, used, destroyed and deployed again in test/e2e/cloud/deployed.test.ts.
 */

type Resource = {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
  readonly DependsOn?: string | readonly string[]
}
type Template = {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, unknown>>
  readonly Parameters?: Readonly<Record<string, unknown>>
}
type Deployment = { readonly name: string; readonly template: Template }

const outdir = mkdtempSync(join(tmpdir(), 'rehearsal-'))
afterAll(() => rm(outdir, { recursive: true }))

/** The stacks of these stages, in the order in which they are deployed. */
function stacksOf(name: string, stages: readonly StageInput[]): readonly Deployment[] {
  const app = appOf(stages, { outdir: join(outdir, name), builtinCloudFormationValidation: false })
  return app.synth().stacks.map((stack: CloudFormationStackArtifact) => ({
    name: stack.stackName,
    template: stack.template,
  }))
}

/** An account in one region. */
function openAccount() {
  const stacks = new Map<string, Template>()
  /** Names that somebody chose: `type name` and who has it. */
  const taken = new Map<string, string>()
  const kept: { readonly id: string; readonly resource: Resource }[] = []

  return {
    kept,
    deploy({ name, template }: Deployment): void {
      for (const { StackName = '', OutputName = '' } of foundIn(template, 'Fn::GetStackOutput')) {
        if (stacks.get(StackName)?.Outputs?.[OutputName] === undefined)
          throw new Error(`${name} wants ${OutputName} of ${StackName}, which does not tell it`)
      }
      const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})])
      for (const used of namesUsed(template))
        if (!known.has(used)) throw new Error(`${name} refers to ${used}, which is not in it`)
      for (const [id, resource] of Object.entries(template.Resources))
        for (const one of chosenNames(resource)) {
          const holder = taken.get(one)
          if (holder !== undefined) throw new Error(`${one} of ${name} already exists: ${holder} has it`)
          taken.set(one, `${name} ${id}`)
        }
      stacks.set(name, template)
    },

    destroy(name: string): void {
      const template = stacks.get(name)
      if (template === undefined) throw new Error(`There is no stack ${name}.`)
      stacks.delete(name)
      for (const [other, { Resources }] of stacks)
        if (foundIn(Resources, 'Fn::GetStackOutput').some(({ StackName }) => StackName === name))
          throw new Error(`${other} still reads what ${name} tells`)
      for (const [id, resource] of Object.entries(template.Resources)) {
        if (resource.DeletionPolicy?.startsWith('Retain')) {
          kept.push({ id: `${name} ${id}`, resource })
          continue
        }
        if (resource.Type === 'AWS::S3::Bucket' && !emptiesItself(template, id))
          throw new Error(`${name} cannot be deleted: its bucket ${id} is not empty`)
        for (const one of chosenNames(resource)) taken.delete(one)
      }
    },
  }
}

/** A resource that empties the bucket before it goes. */
function emptiesItself({ Resources }: Template, bucket: string): boolean {
  return Object.values(Resources).some(
    ({ Type, Properties }) =>
      Type === 'Custom::S3AutoDeleteObjects' && JSON.stringify(Properties).includes(`"${bucket}"`),
  )
}

/** Everything that is said with this function of CloudFormation. */
function foundIn(value: unknown, intrinsic: string): readonly Record<string, string>[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === intrinsic ? [inner as Record<string, string>] : foundIn(inner, intrinsic),
  )
}

/** What of its own a template refers to. */
function namesUsed(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]): readonly string[] => {
    if (key === 'Ref') return String(inner).startsWith('AWS::') ? [] : [String(inner)]
    if (key === 'Fn::GetAtt')
      return [Array.isArray(inner) ? String(inner[0]) : (String(inner).split('.')[0] ?? '')]
    if (key === 'DependsOn') return [inner].flat().map(String)
    return namesUsed(inner)
  })
}

/** What has a name only within another one, or one that several may have. */
const namedWithin = [
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::Cognito::UserPool',
  'AWS::IAM::Policy',
  'AWS::Lambda::Alias',
]

/** `LogGroupName` of a log group, or `Name`: for the whole account and region. */
function chosenNames({ Type, Properties = {} }: Resource): readonly string[] {
  if (namedWithin.includes(Type)) return []
  const itself = `${Type.split('::').at(-1)}Name`
  return [itself, 'TableName', 'Name']
    .filter((key) => typeof Properties[key] === 'string')
    .map((key) => `${Type} ${Properties[key]}`)
}

const written = [stageInput('dev'), stageInput('prod', { cells: 2 })]
const stacks = stacksOf('first', written)
const names = stacks.map(({ name }) => name)
const backwards = [...names].reverse()

describe('Both stages in one account', () => {
  it('are deployed one stack after the other, destroyed the other way round, and deployed again', () => {
    const account = openAccount()
    for (const round of ['first', 'second', 'third']) {
      for (const stack of stacks) expect(() => account.deploy(stack), round).not.toThrow()
      for (const name of backwards) expect(() => account.destroy(name), round).not.toThrow()
    }
    expect(account.kept.length).toBeGreaterThan(3 * 10)
    // Functions, queues, logs, alarms: whatever the runbook calls by its name.
    expect(
      stacks.flatMap(({ template }) => Object.values(template.Resources).flatMap(chosenNames)).length,
    ).toBeGreaterThan(100)
  })

  it('go on with what was kept where the stage file names it: none of it is made again', () => {
    const key = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`
    const existing = {
      table: { name: 'kept-table', keyArn: key('table') },
      credentialsKeyArn: key('credentials'),
      userPoolId: 'us-east-1_Kept0',
    }
    const elasticIps = [1, 2, 3, 4].map((last) => ({
      address: `203.0.113.${last}`,
      allocationId: `eipalloc-${last}`,
    }))
    const again = stacksOf('again', [
      stageInput('dev', { existing }),
      stageInput('prod', { cells: 2, existing, elasticIps }),
    ])
    const account = openAccount()
    for (const stack of stacks) account.deploy(stack)
    for (const name of backwards) account.destroy(name)
    for (const stack of again) expect(() => account.deploy(stack)).not.toThrow()
    const kinds = new Set(
      again.flatMap(({ template }) => Object.values(template.Resources)).map(({ Type }) => Type),
    )
    for (const type of [
      'AWS::DynamoDB::GlobalTable',
      'AWS::KMS::Key',
      'AWS::Cognito::UserPool',
      'AWS::EC2::EIP',
    ])
      expect.soft(kinds, type).not.toContain(type)
    // What is kept and cannot be named again is empty after a while, or holds nothing of its own.
    const named = ['AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key', 'AWS::Cognito::UserPool', 'AWS::EC2::EIP']
    const others = account.kept.map(({ resource }) => resource.Type).filter((type) => !named.includes(type))
    expect([...new Set(others)].sort()).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::Backup::BackupVault',
      'AWS::IAM::Role',
      'AWS::S3::Bucket',
    ])
  })

  it('would not be, if something that is kept had a name, or a stack went that another one reads', () => {
    const account = openAccount()
    const keeps = (DeletionPolicy: string): Deployment => ({
      name: 'keeps',
      template: {
        Resources: {
          Log: { Type: 'AWS::Logs::LogGroup', DeletionPolicy, Properties: { LogGroupName: '/ours' } },
        },
      },
    })
    account.deploy(keeps('Delete'))
    account.destroy('keeps')
    account.deploy(keeps('Retain'))
    account.destroy('keeps')
    expect(() => account.deploy(keeps('Retain'))).toThrow('already exists')
    for (const stack of stacks) account.deploy(stack)
    expect(() => account.destroy(names.find((name) => name.endsWith('-data')) ?? '')).toThrow('still reads')
    const full = { name: 'full', template: { Resources: { Full: { Type: 'AWS::S3::Bucket' } } } }
    account.deploy(full)
    expect(() => account.destroy('full')).toThrow('not empty')
  })
})
