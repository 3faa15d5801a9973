import { ArnFormat, type Duration, Stack, Token, Validations } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2'
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  type RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { FilterPattern } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { tableSchema } from '../../lambdas/adapters/table-schema.ts'
import { firstCell } from '../../lambdas/domain/cell.ts'
import type { EntryName } from '../bundle.ts'
import type { StageConfig } from '../config.ts'
import { functionName, inCell, resourceName, syncQueueName } from '../names.ts'
import { importerLog } from './importer-log.ts'

/** The table with all histories, and the key that encrypts it. */
export type History = { readonly table: ITableV2; readonly key: IKey }

/**
 * Where credentials are: every secret whose name begins with `prefix`, and the table of envelopes where there is one, all of them
 * encrypted with `key`.
 */
export type Vault = { readonly prefix: string; readonly key: IKey; readonly envelopes?: ITableV2 }

/** Where functions run whose calls must leave from addresses of our own. */
export type FixedAddresses = {
  readonly vpc: IVpc
  readonly securityGroup: ISecurityGroup
  readonly addresses: readonly string[]
}

/** The bucket of finished exports, by its name, which cdk-nag prints as `inFindings`, and the key that encrypts it. */
export type Exports = { readonly bucketName: string; readonly inFindings: string; readonly key: IKey }

/** The bucket of statement files, and the key that encrypts it. */
export type Statements = Exports

export type SecretAction = 'CreateSecret' | 'DeleteSecret' | 'GetSecretValue'

export type EnvelopeAction = 'seal' | 'open' | 'destroy'

/** The variables of an entry, as its schema reads them. */
type Environment = Readonly<Record<string, string>>

export type ImporterFunctionProps<Variables extends Environment> = {
  readonly stage: StageConfig
  readonly entry: EntryName
  /** Absent where there is one for all cells. */
  readonly cell?: number
  readonly description: string
  /** The folders that the code was bundled into. */
  readonly code: ReadonlyMap<EntryName, { readonly directory: string }>
  /** Megabytes. */
  readonly memorySize: number
  readonly timeout: Duration
  readonly network?: FixedAddresses
  readonly recursiveLoop?: RecursiveLoop
  /** Each `bind…` answers with a variable's value and grants what the code does with it: never one without the other. */
  readonly environment: (bind: ImporterFunction<Variables>) => Variables
  /** How often Lambda itself tries again when it was invoked without anybody waiting. */
  readonly retryAttempts?: number
  readonly maxEventAge?: Duration
}

/** A function as all of ours are: what it may do stands in one role of its own, and its logs end. */
export class ImporterFunction<Variables extends Environment> extends LambdaFunction {
  private readonly stage: StageConfig

  constructor(scope: Construct, id: string, props: ImporterFunctionProps<Variables>) {
    const { stage, entry, code, network, cell = firstCell } = props
    const bundle = code.get(entry)
    if (bundle === undefined) throw new Error(`There is no bundle of ${entry}.`)

    const logGroup = importerLog(scope, `${id}Log`, stage, inCell(entry, cell))
    // What is caught and answered, or delivered again, is no error to Lambda: only the log tells.
    logGroup.addMetricFilter('Errors', {
      filterPattern: FilterPattern.stringValue('$.level', '=', 'ERROR'),
      metricNamespace: metricsNamespace,
      metricName: 'ErrorsLogged',
      metricValue: '1',
      dimensions: { service: '$.service' },
    })
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName(stage, entry, cell)} may do`,
    })
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    const interfaces = network === undefined ? undefined : allowInterfaces(scope, id, role, props)

    super(scope, id, {
      functionName: functionName(stage, entry, cell),
      description: props.description,
      code: Code.fromAsset(bundle.directory),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      ...(network === undefined ? {} : { vpc: network.vpc, securityGroups: [network.securityGroup] }),
      recursiveLoop: props.recursiveLoop,
      retryAttempts: props.retryAttempts,
      maxEventAge: props.maxEventAge,
      environment: {
        POWERTOOLS_SERVICE_NAME: functionName(stage, entry),
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
    })
    this.stage = stage
    if (interfaces !== undefined) this.node.addDependency(interfaces)
    for (const [name, value] of Object.entries(props.environment(this))) this.addEnvironment(name, value)

    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes traces of any resource: its two actions know no other one.',
    })
  }

  /** Rows are read by key and by query, written one by one and in batches; nobody scans or changes the table. */
  bindTable({ table, key }: History): string {
    const { region } = Stack.of(this)
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:BatchWriteItem',
        ],
        resources: [table.tableArn],
      }),
    )
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
          'kms:GenerateDataKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:DescribeKey',
        ],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
      }),
    )
    return table.tableName
  }

  /** The table, and the index of what is due. */
  bindTableAndIndex(history: History): string {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [`${history.table.tableArn}/index/${tableSchema.dueIndex.name}`],
      }),
    )
    return this.bindTable(history)
  }

  /** The files of exports: to write them, or to open them by links that are signed in this function's name. */
  bindExports({ bucketName, inFindings, key }: Exports, what: 'write' | 'read'): string {
    const stack = Stack.of(this)
    const { region } = stack
    // How far a file has come lies beside it; parts of an upload that fails are taken away again.
    const actions =
      what === 'write' ? ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload'] : ['s3:GetObject']
    const files = stack.formatArn({ service: 's3', region: '', account: '', resource: `${bucketName}/*` })
    this.addToRolePolicy(new PolicyStatement({ actions, resources: [files] }))
    Validations.of(this.role ?? this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:aws:s3:::${inFindings}/*]`,
      reason: 'Files are written while the importer runs, one or two for each export, under random names.',
    })
    this.addToRolePolicy(
      new PolicyStatement({
        actions: what === 'write' ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      }),
    )
    return bucketName
  }

  /**
   * Statement files: what they hold and what was read from them. `use`: to read, keep and remove them, and to let their owner send
   * them by an address that is signed in this function's name. `merge`: to read the rows that were read from them, and never the files.
   * `forget`: to remove them with a history.
   */
  bindStatements({ bucketName, inFindings, key }: Statements, what: 'use' | 'merge' | 'forget'): string {
    const stack = Stack.of(this)
    const arn = (resource: string) => stack.formatArn({ service: 's3', region: '', account: '', resource })
    const { objects, of, keys, lists } = statementActions[what]
    this.addToRolePolicy(
      new PolicyStatement({ actions: [...objects], resources: [arn(`${bucketName}/${of}`)] }),
    )
    // To find all of a file; and without it, S3 would not say that there is none.
    if (lists)
      this.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [arn(bucketName)] }))
    Validations.of(this.role ?? this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:aws:s3:::${inFindings}/${of}]`,
      reason: 'Files come while the importer runs, under the names of their users.',
    })
    if (keys.length > 0)
      this.addToRolePolicy(
        new PolicyStatement({
          actions: [...keys],
          resources: [key.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `s3.${stack.region}.amazonaws.com` } },
        }),
      )
    return bucketName
  }

  /** To send, not to receive. */
  bindQueue(queue: IQueue): string {
    this.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }))
    return queue.queueUrl
  }

  /** To send to the queues of syncs, of every exchange and cell. By their names: those of another cell are made later. */
  bindSyncQueues(): string {
    const stack = Stack.of(this)
    const queues = resourceName(this.stage, syncQueueName())
    const all = stack.formatArn({ service: 'sqs', resource: `${queues}-*` })
    this.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [all] }))
    Validations.of(this.role ?? this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${readable(all, stack)}]`,
      reason: 'The queues of syncs of this stage: each exchange has one in each cell, and cells come later.',
    })
    return `https://sqs.${stack.region}.${stack.urlSuffix}/${stack.account}/${queues}`
  }

  /**
   * The named actions on the stage's secrets. Their key is lent for what these need, and only to Secrets Manager on
   * the function's behalf.
   */
  bindSecrets({ prefix, key }: Vault, ...actions: readonly SecretAction[]): string {
    const stack = Stack.of(this)
    const secrets = stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    this.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `secretsmanager:${action}`),
        resources: [secrets],
      }),
    )
    Validations.of(this.role ?? this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${readable(secrets, stack)}]`,
      reason:
        'Secrets are made while the importer runs, one for each connection, under random names with this prefix.',
    })
    const keyActions = [
      ...(actions.includes('CreateSecret') ? ['kms:GenerateDataKey', 'kms:Decrypt'] : []),
      ...(actions.includes('GetSecretValue') ? ['kms:Decrypt'] : []),
    ]
    if (keyActions.length > 0)
      this.addToRolePolicy(
        new PolicyStatement({
          actions: keyActions,
          resources: [key.keyArn],
          conditions: {
            StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` },
          },
        }),
      )
    return prefix
  }

  /** The named actions on envelopes, each bound to its user and connection; nothing where the stage has none. */
  bindEnvelopes({ key, envelopes }: Vault, ...actions: readonly EnvelopeAction[]): string {
    if (envelopes === undefined) return ''
    this.addToRolePolicy(
      new PolicyStatement({
        actions: actions.flatMap((action) => envelopeActions[action].table),
        resources: [envelopes.tableArn],
      }),
    )
    const keyActions = actions.flatMap((action) => envelopeActions[action].key)
    if (keyActions.length > 0)
      this.addToRolePolicy(
        new PolicyStatement({
          actions: keyActions,
          resources: [key.keyArn],
          conditions: {
            StringLike: { 'kms:EncryptionContext:user': '?*', 'kms:EncryptionContext:connection': '?*' },
          },
        }),
      )
    return envelopes.tableName
  }
}

/** `of`: which objects. Rows lie as `rowsKey` says. */
const statementActions = {
  use: {
    objects: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    of: '*',
    keys: ['kms:GenerateDataKey', 'kms:Decrypt'],
    lists: true,
  },
  merge: { objects: ['s3:GetObject'], of: '*/statement-files/*/rows/*', keys: ['kms:Decrypt'], lists: false },
  forget: { objects: ['s3:DeleteObject'], of: '*', keys: [], lists: true },
} as const

const envelopeActions = {
  seal: { key: ['kms:Encrypt'], table: ['dynamodb:PutItem'] },
  open: { key: ['kms:Decrypt'], table: ['dynamodb:GetItem'] },
  destroy: { key: [], table: ['dynamodb:DeleteItem'] },
} as const satisfies Record<EnvelopeAction, { key: readonly string[]; table: readonly string[] }>

/** As a finding names what is known only after the deployment. */
function readable(arn: string, { account }: Stack): string {
  return Token.isUnresolved(account) ? arn.replace(account, '<AWS::AccountId>') : arn
}

export const metricsNamespace = 'ExchangeHistory'

/**
 * Lambda attaches a function to a network with the function's own role, so the role may do that. The code itself may
 * not: the second statement is AWS's own advice.
 */
function allowInterfaces<Variables extends Environment>(
  scope: Construct,
  id: string,
  role: Role,
  { stage, entry, cell = firstCell }: ImporterFunctionProps<Variables>,
): Policy {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]
  const itself = Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName(stage, entry, cell),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
  const policy = new Policy(scope, `${id}Interfaces`, {
    policyName: resourceName(stage, `${inCell(entry, cell)}-interfaces`),
    roles: [role],
    statements: [
      new PolicyStatement({ actions, resources: ['*'] }),
      new PolicyStatement({
        effect: Effect.DENY,
        actions,
        resources: ['*'],
        // Whether a version that is called by its alias counts as the function, nobody says.
        conditions: { ArnLike: { 'lambda:SourceFunctionArn': [itself, `${itself}:*`] } },
      }),
    ],
  })
  Validations.of(policy).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'Lambda makes the interfaces of a function in a network while it is deployed: which ones nobody knows before. The code is denied them.',
  })
  return policy
}
