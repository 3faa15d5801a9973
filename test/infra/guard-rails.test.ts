import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, describe, expect, it } from 'vitest'
import { stages } from '../../bin/stages.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { entryNames } from '../../lib/bundle.ts'
import { stageInput } from './stage-input.ts'
import { appOf, commit } from './synthesise.ts'

const outdir = mkdtempSync(join(tmpdir(), 'assembly-'))
afterAll(() => rm(outdir, { recursive: true }))

/** Both stages as they are written, with the checks that `bin/app.ts` attaches: a violation throws. */
const app = appOf([stageInput('dev'), stageInput('prod')], { outdir })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
const templates = app.synth().stacks.map(templateOf)
/** CDK's own function that copies the console into its bucket while somebody deploys: in Python, with permissions that CDK writes. */
const copiers = all('AWS::Lambda::Function').filter(({ id }) => isCopier(id))
const functions = all('AWS::Lambda::Function').filter(({ id }) => !isCopier(id))

describe('Both stages', () => {
  it('synthesise, each into its stacks', () => {
    expect(templates.map(({ stack }) => stack).sort()).toEqual([
      'exchange-history-dev-api',
      'exchange-history-dev-data',
      'exchange-history-dev-exports',
      'exchange-history-dev-network',
      'exchange-history-dev-operations',
      'exchange-history-dev-sync',
      'exchange-history-prod-api',
      'exchange-history-prod-data',
      'exchange-history-prod-exports',
      'exchange-history-prod-network',
      'exchange-history-prod-operations',
      'exchange-history-prod-sync',
    ])
  })

  it('keep to the rules of AWS Solutions, or give a reason at the very place', () => {
    const acknowledged = app.node
      .findAll()
      .flatMap((construct) =>
        construct.node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .flatMap(({ data }) => Object.entries(data as Record<string, string>))
          .map(([rule, reason]) => ({ path: construct.node.path, rule, reason })),
      )
      // CDK's own, of its own constructs.
      .filter(({ rule }) => !rule.startsWith('CloudFormation-Validate::'))
    expect(acknowledged.length).toBeGreaterThan(0)
    // A stack is too wide a place: what comes into it later would be let through as well.
    expect(acknowledged.filter(({ path }) => !path.includes('/'))).toEqual([])
    for (const { path, reason } of acknowledged) expect.soft(reason, path).toMatch(/^[A-Z].{40,}[.]$/)
    expect(acknowledged.filter(({ path }) => path.includes('-prod-'))).toMatchSnapshot()
  })

  it('keep to them with every option too, and look nothing up for an account that is known', () => {
    const account = '123456789012'
    const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/1-2`
    const full = appOf([
      stageInput('prod', {
        account,
        domain: { name: 'api.example.com', certificateArn },
        alarmEmail: 'on-call@example.com',
        selfSignUp: true,
        natZones: 1,
        cells: 2,
      }),
      stageInput('dev', { account }),
    ])
    Validations.of(full).addPlugins(new AwsSolutionsChecks(full))
    expect(full.synth().manifest.missing ?? []).toEqual([])
  })

  it('would not synthesise with a violation', () => {
    const bad = appOf([stageInput('dev')], { builtinCloudFormationValidation: false })
    Validations.of(bad).addPlugins(new AwsSolutionsChecks(bad))
    const [stack] = bad.node.children
    if (stack === undefined) throw new Error('There is no stack.')
    new Bucket(stack, 'Open')
    expect(() => bad.synth()).toThrow(/AwsSolutions-S1/)
  })
})

describe('Where the rules of AWS Solutions are blind:', () => {
  it('tables can be restored to any second', () => {
    const replicas = all('AWS::DynamoDB::GlobalTable').flatMap(({ properties }) => properties.Replicas)
    expect(replicas).toHaveLength(2)
    for (const replica of replicas)
      expect(replica).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      })
  })

  it('tables, keys, addresses and users outlive their stack', () => {
    for (const type of [
      'AWS::DynamoDB::GlobalTable',
      'AWS::KMS::Key',
      'AWS::EC2::EIP',
      'AWS::Cognito::UserPool',
    ])
      for (const { id, resource } of all(type))
        expect.soft(resource, id).toMatchObject({
          DeletionPolicy: expect.stringMatching(/^Retain(ExceptOnCreate)?$/),
          UpdateReplacePolicy: 'Retain',
        })
  })

  it('no gateway traces data, or logs more than its access log', () => {
    const settings = all('AWS::ApiGateway::Stage').flatMap(({ properties }) => properties.MethodSettings)
    expect(settings.length).toBeGreaterThan(0)
    for (const { DataTraceEnabled, LoggingLevel } of settings) {
      expect.soft(DataTraceEnabled ?? false).toBe(false)
      expect.soft(LoggingLevel ?? 'OFF').toBe('OFF')
    }
  })

  it('every log ends some day', () => {
    const groups = all('AWS::Logs::LogGroup')
    // The eight functions, the accesses, both firewalls and what copies the console; and the mover of dev.
    expect(groups).toHaveLength(2 * 12 + 1)
    for (const { id, stack, properties } of groups) {
      const stage = stages.find(({ name }) => stack.includes(`-${name}-`))
      expect.soft(properties.RetentionInDays, id).toBe(stage?.logRetentionDays)
    }
  })

  it('nothing that outlives its stack has a name that the next deployment would want', () => {
    const kept = templates.flatMap(({ stack, resources }) =>
      Object.entries(resources)
        .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
        .map(([id, { Properties }]) => ({ id: `${stack} ${id}`, names: namesOf(Properties) })),
    )
    expect(kept.length).toBeGreaterThan(10)
    expect(kept.filter(({ names }) => names.length > 0)).toEqual([])
  })

  it('what outlives its stack is data, and what users were promised; nothing else stays and is billed', () => {
    const kept = templates.flatMap(({ resources }) =>
      Object.values(resources)
        .filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'))
        .map(({ Type }) => Type),
    )
    expect([...new Set(kept)].sort()).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::Backup::BackupVault',
      'AWS::Cognito::UserPool',
      'AWS::DynamoDB::GlobalTable',
      'AWS::EC2::EIP',
      'AWS::IAM::Role',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
    ])
  })

  it('every stack says which commit it was made from, so that the one before can be deployed', () => {
    for (const stack of app.node.children.filter((child) => Stack.isStack(child)))
      expect.soft(stack.tags.tagValues(), stack.stackName).toMatchObject({ commit })
  })

  it('addresses that need not be fixed any more leave nothing that costs something', () => {
    const network = templates.find(({ stack }) => stack === 'exchange-history-dev-network')
    expect(Object.values(network?.resources ?? {}).map(({ Type }) => Type)).toEqual([
      'AWS::CloudFormation::WaitConditionHandle',
    ])
  })

  it('every function tells its errors by its log, where they are caught and answered', () => {
    const filters = all('AWS::Logs::MetricFilter')
    expect(filters).toHaveLength(16)
    for (const { properties } of filters)
      expect.soft(properties).toMatchObject({
        FilterPattern: '{ $.level = "ERROR" }',
        MetricTransformations: [
          {
            MetricNamespace: 'ExchangeHistory',
            MetricName: 'ErrorsLogged',
            Dimensions: [{ Key: 'service', Value: '$.service' }],
          },
        ],
      })
  })

  it('every function runs Node 24 on arm64, logs into a group of its own and is traced', () => {
    expect(functions).toHaveLength(16)
    for (const { id, properties } of functions)
      expect.soft(properties, id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: { Ref: expect.stringMatching(new RegExp(`^${id.slice(0, -8)}Log`)) } },
      })
  })

  it('only the worker and the exporter may answer themselves again and again', () => {
    const recursive = functions.filter(({ properties }) => properties.RecursiveLoop !== undefined)
    expect(recursive.map(({ properties }) => [properties.FunctionName, properties.RecursiveLoop])).toEqual([
      ['exchange-history-dev-exporter', 'Allow'],
      ['exchange-history-dev-worker', 'Allow'],
      ['exchange-history-prod-exporter', 'Allow'],
      ['exchange-history-prod-worker', 'Allow'],
    ])
  })

  it('a message is out of sight for six times as long as the function has', () => {
    const mappings = all('AWS::Lambda::EventSourceMapping')
    // In each stage one for each exchange and one for the exporter, and those of both dead letters.
    expect(mappings).toHaveLength(2 * (exchanges.size + 3))
    for (const { stack, properties } of mappings) {
      const queue = resourceOf(stack, properties.EventSourceArn['Fn::GetAtt'][0])
      const [, id = ''] = /"Ref":"(\w+)"/.exec(JSON.stringify(properties.FunctionName)) ?? []
      const called = resourceOf(stack, id)
      // The version in use, or the function as it is.
      const lambda = called.Timeout === undefined ? resourceOf(stack, called.FunctionName.Ref) : called
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout)
    }
  })

  it('every alarm says what it means, where its page is, and tells somebody', () => {
    const alarms = all('AWS::CloudWatch::Alarm')
    expect(alarms).toHaveLength(24 + 25)
    for (const { id, stack, properties } of alarms) {
      const name = properties.AlarmName.replace(/^exchange-history-(dev|prod)-/, '')
      expect.soft(properties.AlarmDescription, id).toContain('Impact: ')
      expect.soft(properties.AlarmDescription, id).toMatch(new RegExp(`^Runbook: \\S+#${name}$`, 'm'))
      for (const { Ref } of properties.AlarmActions)
        expect.soft(typesOf(stack)[Ref], id).toBe('AWS::SNS::Topic')
      expect.soft(properties.AlarmActions, id).toHaveLength(1)
    }
  })
})

describe('The permissions', () => {
  const everything = permissions().filter(({ effect }) => effect === 'Allow')
  const allowed = everything.filter(({ who }) => !isCopier(who.split('/').at(-1) ?? ''))

  /** What may be done with secrets, by function. */
  const secretActions = (stage: string) =>
    Object.fromEntries(
      entryNames.map((entry) => [
        entry,
        allowed
          .filter(({ who }) => who === `exchange-history-${stage}-${entry}`)
          .flatMap(({ actions }) => actions)
          .filter((action) => action.startsWith('secretsmanager:'))
          .sort(),
      ]),
    )

  it.each(['dev', 'prod'])(
    'of %s let the worker alone read secrets, and never make or delete one',
    (stage) => {
      expect(secretActions(stage)).toEqual({
        history: ['secretsmanager:DeleteSecret'],
        keys: ['secretsmanager:CreateSecret', 'secretsmanager:DeleteSecret'],
        worker: ['secretsmanager:GetSecretValue'],
        planner: [],
        catalogue: [],
        sweeper: ['secretsmanager:DeleteSecret'],
        mover: [],
        imports: [],
        exporter: [],
      })
    },
  )

  it('on secrets end at the prefix of the stage, for whoever has them', () => {
    const statements = allowed.filter(({ actions }) =>
      actions.some((action) => mayTouch(action, 'secretsmanager')),
    )
    expect(statements).toHaveLength(8)
    for (const { who, stack, resources } of statements) {
      const stage = stack.split('-')[2]
      expect
        .soft(resources.map(flatten), who)
        .toEqual([`arn:aws:secretsmanager:us-east-1:<AWS::AccountId>:secret:exchange-history/${stage}/*`])
    }
  })

  it('on statement files: one function uses them, the worker reads rows of them only, and who deletes a history removes them', () => {
    const onObjects = allowed
      .filter(({ stack, resources }) => stack.includes('-prod-') && flatten(resources).includes('Statements'))
      .filter(({ actions }) => actions.some((action) => /^s3:.*Object/.test(action)))
    const told = onObjects.map(({ who, actions, resources }) => [
      who.replace('exchange-history-prod-', ''),
      [...actions]
        .map((action) => action.replace('s3:', ''))
        .sort()
        .join(' '),
      resources.map((resource) => flatten(resource).replace(/^.*?>/, '')).join(' '),
    ])
    expect(told.sort()).toEqual([
      ['history', 'DeleteObject', '/*'],
      ['imports', 'DeleteObject GetObject PutObject', '/*'],
      ['sweeper', 'DeleteObject', '/*'],
      ['worker', 'GetObject', '/*/statement-files/*/rows/*'],
    ])
  })

  it('on the key of the credentials hold through Secrets Manager only, for the two functions that need it', () => {
    const statements = allowed.filter(({ resources }) => JSON.stringify(resources).includes('CredentialsKey'))
    expect(statements.map(({ who, actions }) => [who, [...actions].sort()]).sort()).toEqual([
      ['exchange-history-dev-keys', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['exchange-history-dev-worker', ['kms:Decrypt']],
      ['exchange-history-prod-keys', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['exchange-history-prod-worker', ['kms:Decrypt']],
    ])
    for (const { condition } of statements)
      expect(condition).toEqual({
        StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
      })
  })

  it('let nobody use a key for anything else', () => {
    for (const { who, actions, condition } of allowed)
      if (actions.some((action) => mayTouch(action, 'kms')))
        expect.soft(condition, who).toMatchObject({ StringEquals: { 'kms:ViaService': expect.any(String) } })
  })

  it('name each action: none has a wildcard', () => {
    expect(allowed.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([])
  })

  it('hold for any resource only where AWS knows no narrower one', () => {
    const wide = allowed.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions)
    expect([...new Set(wide)].sort()).toEqual([
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ])
  })

  it('let no function but the planner look into the index of what is due', () => {
    const index = allowed.filter(({ resources }) => resources.some((one) => flatten(one).includes('/index/')))
    expect(index.map(({ who }) => who)).toEqual([
      'exchange-history-dev-planner',
      'exchange-history-prod-planner',
    ])
  })

  it('of what copies the console end at its bucket and at the files of the deployment', () => {
    expect(copiers.map(({ stack }) => stack)).toEqual([
      'exchange-history-dev-api',
      'exchange-history-prod-api',
    ])
    const copying = everything.filter(({ who }) => isCopier(who.split('/').at(-1) ?? ''))
    expect(copying.length).toBeGreaterThan(0)
    for (const { actions, resources } of copying) {
      for (const action of actions) expect.soft(action).toMatch(/^s3:/)
      for (const one of resources)
        expect
          .soft(flatten(one))
          .toMatch(/^(<.*"Console[0-9A-F]{8}".*>|arn:aws:s3:::(<\{"Fn::Sub":")?cdk-[a-z0-9]+-assets-)/)
    }
  })

  it('let nobody scan, change or delete the table', () => {
    const actions = new Set(
      allowed.flatMap(({ actions }) => actions).filter((action) => action.startsWith('dynamodb:')),
    )
    expect([...actions].sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ])
  })

  it('come from nothing but what stands in the templates, except what the gateway needs to log, AWS Backup to copy, and CodeDeploy to change versions', () => {
    const managed = all('AWS::IAM::Role').flatMap(({ properties }) => properties.ManagedPolicyArns ?? [])
    expect(new Set(managed.map((arn) => flatten(arn)))).toEqual(
      new Set([
        // Of what copies the console.
        'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
        'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
        'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup',
        'arn:<AWS::Partition>:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup',
        'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited',
      ]),
    )
    expect(all('AWS::IAM::ManagedPolicy')).toEqual([])
    expect(all('AWS::IAM::User')).toEqual([])
  })
})

// biome-ignore lint/suspicious/noExplicitAny: what a template holds is anything; the tests say what it must be.
type Properties = any

type Resource = { readonly Type: string; readonly Properties: Properties; readonly DeletionPolicy?: string }

function isCopier(id: string): boolean {
  return id.startsWith('CustomCDKBucketDeployment')
}

/** Under which CloudFormation makes a resource, or fails because there is one. */
function namesOf(properties: Properties): readonly string[] {
  return [
    'BucketName',
    'LogGroupName',
    'TableName',
    'QueueName',
    'AliasName',
    'RoleName',
    'FunctionName',
  ].filter((name) => properties?.[name] !== undefined)
}

function templateOf(artifact: CloudFormationStackArtifact) {
  const { Resources }: { Resources: Record<string, Resource> } = artifact.template
  return { stack: artifact.stackName, resources: Resources }
}

function all(type: string) {
  return templates.flatMap(({ stack, resources }) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]) => ({ id, stack, resource, properties: resource.Properties ?? {} })),
  )
}

function resourceOf(stack: string, id: string): Properties {
  return templates.find((one) => one.stack === stack)?.resources[id]?.Properties
}

function typesOf(stack: string): Readonly<Record<string, string>> {
  const resources = templates.find((one) => one.stack === stack)?.resources ?? {}
  return Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))
}

/** Every statement of every policy that a role has, with the function that has the role. */
function permissions() {
  const attached = all('AWS::IAM::Policy').flatMap(({ stack, properties }) =>
    properties.Roles.map(({ Ref }: { Ref: string }) => ({
      stack,
      role: Ref,
      document: properties.PolicyDocument,
    })),
  )
  const inline = all('AWS::IAM::Role').flatMap(({ id, stack, properties }) =>
    (properties.Policies ?? []).map(({ PolicyDocument }: Properties) => ({
      stack,
      role: id,
      document: PolicyDocument,
    })),
  )
  return [...attached, ...inline].flatMap(({ stack, role, document }) =>
    document.Statement.map((statement: Properties) => ({
      stack,
      who: holderOf(stack, role),
      effect: statement.Effect,
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      condition: statement.Condition,
    })),
  ) as readonly {
    readonly stack: string
    readonly who: string
    readonly effect: string
    readonly actions: readonly string[]
    readonly resources: readonly unknown[]
    readonly condition: unknown
  }[]
}

function holderOf(stack: string, role: string): string {
  const holder = all('AWS::Lambda::Function').find(
    (one) => one.stack === stack && one.properties.Role['Fn::GetAtt'][0] === role,
  )
  return holder?.properties.FunctionName ?? `${stack}/${role}`
}

/** Whether an action is, or a wildcard of one covers, something of a service. */
function mayTouch(action: string, service: string): boolean {
  return action === '*' || action.startsWith(`${service}:`)
}

/** An ARN as one text, with references in angle brackets. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] }
  if (join !== undefined) return join[1].map(flatten).join(join[0])
  return `<${Ref ?? JSON.stringify(value)}>`
}
