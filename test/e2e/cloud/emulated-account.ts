import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { z } from 'zod'
import type { Statement } from './permissions.ts'

type Resource = {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}
export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, unknown>>
}
export type Deployment = { readonly name: string; readonly template: Template }

/** A function as CloudFormation has made it: whatever a template refers to has become a name, an address or an ARN. */
export type EmulatedFunction = {
  readonly environment: Readonly<Record<string, string>>
  /** What its role may do. */
  readonly statements: readonly Statement[]
  /** Names of the queues that it gets messages of, those that are switched off aside. */
  readonly queues: readonly string[]
}

/**
 * What moto's CloudFormation does not make. Stacks are deployed without these; test/infra/rehearsal.test.ts has them, as templates. A stack
 * with something that is on neither list fails.
 */
export const notEmulated = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Stage',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::MetricFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'Custom::CDKBucketDeployment',
] as const

const account = '123456789012'
const region = 'us-east-1'
const assets = `cdk-hnb659fds-assets-${account}-${region}`

/** One account in one region, whose CloudFormation is moto's. */
export async function openEmulatedAccount(url: string) {
  const config = { region, endpoint: url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const dynamodb = new DynamoDBClient(config)
  const outputs = new Map<string, ReadonlyMap<string, string>>()
  const leftOut = new Map<string, number>()
  let made = 0
  // What "cdk bootstrap" leaves behind.
  await s3.send(new CreateBucketCommand({ Bucket: assets }))
  await service('ssm', {
    target: 'AmazonSSM.PutParameter',
    body: { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' },
  })

  /** A request to a service for which there is no client here. Rejects with what it says. */
  async function service(
    name: string,
    ask: { path?: string; form?: Record<string, string>; target?: string; body?: object },
  ): Promise<string> {
    const scope = `Credential=test/20261127/${region}/${name}/aws4_request`
    const body =
      ask.form === undefined ? ask.body && JSON.stringify(ask.body) : String(new URLSearchParams(ask.form))
    const response = await fetch(`${url}${ask.path ?? '/'}`, {
      ...(body !== undefined && { method: 'POST', body }),
      headers: {
        authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
        ...(ask.target !== undefined && { 'x-amz-target': ask.target }),
        ...(ask.form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${name}: ${/<Message>([\s\S]*?)<\/Message>/.exec(text)?.[1] ?? text}`)
    return text
  }

  const stacks = (Action: string, more: Record<string, string>) =>
    service('cloudformation', { form: { Action, Version: '2010-05-15', ...more } })

  /** What CloudFormation asks another stack for. */
  function withOutputs(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withOutputs)
    if (typeof value !== 'object' || value === null) return value
    const { 'Fn::GetStackOutput': asked } = value as {
      'Fn::GetStackOutput'?: { StackName: string; OutputName: string }
    }
    if (asked !== undefined) {
      const told = outputs.get(asked.StackName)?.get(asked.OutputName)
      if (told === undefined) throw new Error(`${asked.StackName} does not tell ${asked.OutputName}.`)
      return told
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withOutputs(inner)]))
  }

  async function rolePolicies(role: string): Promise<readonly Statement[]> {
    const iam = (Action: string, more: Record<string, string>) =>
      service('iam', { form: { Action, Version: '2010-05-08', RoleName: role, ...more } })
    const names = [...(await iam('ListRolePolicies', {})).matchAll(/<member>(.*?)<\/member>/g)]
    const documents = await Promise.all(
      names.map(async ([, PolicyName = '']) => {
        const text = await iam('GetRolePolicy', { PolicyName })
        return decodeURIComponent(/<PolicyDocument>([\s\S]*?)<\/PolicyDocument>/.exec(text)?.[1] ?? '')
      }),
    )
    return documents.flatMap((text) => policySchema.parse(JSON.parse(text)).Statement)
  }

  return {
    /** How many resources of which kind the emulator could not make. */
    leftOut: leftOut as ReadonlyMap<string, number>,
    /** How many it made. */
    made: () => made,

    /** Rejects with what CloudFormation says. */
    async deploy({ name, template }: Deployment): Promise<void> {
      const emulated = asEmulated(withOutputs(template) as Template)
      const gone = Object.entries(template.Resources).filter(([id]) => !(id in emulated.Resources))
      const keys = new Set(JSON.stringify(emulated).match(/[0-9a-f]{64}\.zip/g))
      for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: assets, Key, Body: 'code' }))
      await stacks('CreateStack', { StackName: name, TemplateBody: JSON.stringify(emulated) })
      const told = await stacks('DescribeStacks', { StackName: name })
      expectStatus(told, 'CREATE_COMPLETE')
      outputs.set(name, outputsIn(told))
      made += Object.keys(emulated.Resources).length
      for (const [, { Type }] of gone) leftOut.set(Type, (leftOut.get(Type) ?? 0) + 1)
    },

    async destroy(name: string): Promise<void> {
      await stacks('DeleteStack', { StackName: name })
      outputs.delete(name)
    },

    outputsOf: (name: string): ReadonlyMap<string, string> => outputs.get(name) ?? new Map(),

    /** The functions of a stage that run our code, by the last part of their names. */
    async functionsOf(prefix: string): Promise<ReadonlyMap<string, EmulatedFunction>> {
      const functions = functionsSchema.parse(
        JSON.parse(await service('lambda', { path: '/2015-03-31/functions/?MaxItems=100' })),
      )
      const { EventSourceMappings: mappings } = mappingsSchema.parse(
        JSON.parse(await service('lambda', { path: '/2015-03-31/event-source-mappings/' })),
      )
      const ours = functions.Functions.filter(
        ({ FunctionName, Environment }) =>
          FunctionName.startsWith(prefix) &&
          Environment?.Variables.POWERTOOLS_SERVICE_NAME?.startsWith(prefix),
      )
      return new Map(
        await Promise.all(
          ours.map(async ({ FunctionName, Environment, Role }): Promise<[string, EmulatedFunction]> => {
            const queues = mappings
              .filter(
                ({ FunctionArn, State }) =>
                  FunctionArn.endsWith(`:function:${FunctionName}`) && State === 'Enabled',
              )
              .map(({ EventSourceArn }) => EventSourceArn.split(':').at(-1) ?? '')
            return [
              FunctionName.slice(prefix.length),
              {
                environment: Environment?.Variables ?? {},
                statements: await rolePolicies(Role.split('/').at(-1) ?? ''),
                queues,
              },
            ]
          }),
        ),
      )
    },

    /** A table as it was made. */
    async tableOf(TableName: string) {
      return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table
    },

    close(): void {
      s3.destroy()
      dynamodb.destroy()
    },
  }
}

const list = z.union([z.array(z.string()), z.string().transform((one) => [one])])
const policySchema = z.object({
  Statement: z.array(
    z.object({ Effect: z.enum(['Allow', 'Deny']), Action: list.default([]), Resource: list.default([]) }),
  ),
})
const functionsSchema = z.object({
  Functions: z.array(
    z.object({
      FunctionName: z.string(),
      Role: z.string(),
      Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
    }),
  ),
})
const mappingsSchema = z.object({
  EventSourceMappings: z.array(
    z.object({ FunctionArn: z.string(), EventSourceArn: z.string(), State: z.string() }),
  ),
})

function expectStatus(told: string, status: string): void {
  const said = /<StackStatus>(.*?)<\/StackStatus>/.exec(told)?.[1]
  if (said !== status) throw new Error(`The stack is ${said}.`)
}

function outputsIn(told: string): ReadonlyMap<string, string> {
  return new Map(
    [...told.matchAll(/<OutputKey>(.*?)<\/OutputKey>\s*<OutputValue>(.*?)<\/OutputValue>/g)].map(
      ([, key = '', value = '']) => [key, value],
    ),
  )
}

/** The same template for moto: without what it does not make, and in its own words where it has others than AWS. */
function asEmulated(template: Template): Template {
  const all = template.Resources
  const isGone = (id: unknown) =>
    notEmulated.some((type) => type === all[String(id)]?.Type) && String(id) in all

  /** What is referred to and not there is a name that nobody has. */
  function without(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(without)
    if (typeof value !== 'object' || value === null) return value
    const {
      Ref: ref,
      'Fn::GetAtt': attribute,
      ...rest
    } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] }
    if (ref !== undefined && isGone(ref)) {
      const resource = all[ref]
      // Its own name is that of its function with a word more.
      return resource?.Type === 'AWS::Lambda::Alias' ? arnOf(resource.Properties.FunctionName) : ref
    }
    if (attribute !== undefined) {
      const [id, name] = attribute
      if (isGone(id)) return `arn:aws:left-out:${region}:${account}:${id}`
      // An address that is made later is not known to it as an attribute.
      if (name === 'PublicIp') return '203.0.113.9'
    }
    if (ref !== undefined || attribute !== undefined) return value
    return Object.fromEntries(
      Object.entries(rest).map(([key, inner]) => [
        key,
        key === 'DependsOn' ? [inner].flat().filter((id) => !isGone(id)) : without(inner),
      ]),
    )
  }

  const arnOf = (ref: unknown) => ({ 'Fn::GetAtt': [(ref as { Ref: string }).Ref, 'Arn'] })

  const kept = Object.entries(all)
    .filter(([id]) => !isGone(id))
    .map(([id, resource]) => {
      const { DeletionPolicy, ...same } = without(withMotosTable(resource)) as Resource
      // It knows one way to retain, and takes no network away again, since it leaves its routes behind.
      const isRetained = DeletionPolicy?.startsWith('Retain') || same.Type === 'AWS::EC2::VPC'
      const policy = isRetained ? 'Retain' : DeletionPolicy
      return [id, mapped({ ...same, ...(policy !== undefined && { DeletionPolicy: policy }) })]
    })
  return { ...(without({ ...template, Resources: {} }) as Template), Resources: Object.fromEntries(kept) }
}

/** It finds a function by its own name only, and not by that of its version in use. */
function mapped(resource: Resource): Resource {
  if (resource.Type !== 'AWS::Lambda::EventSourceMapping') return resource
  const id = /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(JSON.stringify(resource.Properties.FunctionName))?.[1]
  if (id === undefined) return resource
  return { ...resource, Properties: { ...resource.Properties, FunctionName: { Ref: id } } }
}

/** Global tables have one replica here, and moto has tables only. */
function withMotosTable(resource: Resource): Resource {
  if (resource.Type !== 'AWS::DynamoDB::GlobalTable') return resource
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } = resource.Properties
  return {
    ...resource,
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    },
  }
}
