import { createHash } from 'node:crypto'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { envelopeKey, tableSchema } from '../../../lambdas/adapters/table-schema.ts'
import { generateAccount, type SimulatedAccount } from '../../../local/simulated-bitmart/account.ts'
import type { SimulatedKey, SimulatorOptions } from '../../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { payloadsOf } from '../../model/truth.ts'
import { type Assembly, synthesise } from './assembly.ts'
import type { EmulatedFunction } from './emulated-account.ts'
import { startAws, startDynalite, startMoto } from './emulators.ts'
import { startClock } from './fast-clock.ts'
import { type GatewayRequest, openGateway, tokenOf } from './gateway.ts'
import { expectCallsAllowed, type Statement } from './permissions.ts'
import { openQueueConsumer } from './queue-consumer.ts'
import { type DeployedFunction, type InvokeOptions, openSandboxes } from './sandbox.ts'

/** What stands in for a deployment where none was rehearsed. */
const usual = {
  table: 'history',
  exports: 'exports',
  statements: 'statements',
  envelopes: 'envelopes',
  syncQueue: 'syncs-bitmart',
  exportQueue: 'exports',
} as const
type Names = { readonly [Key in keyof typeof usual]: string }

const awsSecret = 'aws-canary-6b1f0e'

/** What all worlds of a test file share. */
export type Cloud = {
  readonly assembly: Assembly
  readonly motoUrl: string
  close(): Promise<void>
}

export async function startCloud(): Promise<Cloud> {
  const assembly = await synthesise()
  const moto = await startMoto()
  return { assembly, motoUrl: moto.url, close: moto.close }
}

/** A stage as an emulated CloudFormation has made it. */
export type DeployedStage = {
  readonly names: Names & { readonly dead: string; readonly deadExports: string }
  readonly functions: ReadonlyMap<string, EmulatedFunction>
  /** Where its tables are. */
  readonly dynamodb: string
}

export type WorldOptions = {
  /** Instead of names and permissions that stand in for those of a stage. What it holds is left as it is. */
  readonly deployed?: DeployedStage
  readonly simulator?: Partial<SimulatorOptions>
  /** Whether new credentials go into envelopes of KMS, and not into Secrets Manager. */
  readonly envelopes?: boolean
  /** How many seconds pass in a real one. */
  readonly speed?: number
  /** Virtual milliseconds that the next invocation of the worker gets, instead of the function's timeout. */
  readonly workerTimeout?: () => number
  /** The same of the exporter. */
  readonly exporterTimeout?: () => number
  /**
   * Virtual milliseconds that a message stays invisible after a delivery that failed. Time jumps so far then, so leave it
   * out where others are at work meanwhile.
   */
  readonly visibility?: number
}

/** A key of its own for each user, with a secret that must never be seen outside the vault. */
export function keyOf(user: string, account?: SimulatedAccount): SimulatedKey {
  return {
    apiKey: `access-canary-of-${user}-${Buffer.from(user).toString('hex')}`,
    secret: `secret-canary-of-${user}`,
    memo: `memo canary of ${user} ※ naïve!`,
    permissions: ['read'],
    ...(account !== undefined && { account }),
  }
}

/** Enough of everything for several pages, and little enough to be quick. */
export function smallAccount(now: number, seed = 1): SimulatedAccount {
  return generateAccount({
    seed,
    now,
    spotFills: 260,
    spotBurst: 30,
    futuresFills: 60,
    ledgerRows: 40,
    withdrawals: 12,
    deposits: 8,
  })
}

/** Everything of one deployment: emulated services, a simulated exchange, and the functions in their sandboxes. */
export async function startWorld(cloud: Cloud, options: WorldOptions = {}) {
  const clock = startClock(options.speed ?? 20)
  const { deployed: stage } = options
  const names: Names = stage?.names ?? usual
  if (stage === undefined) await fetch(`${cloud.motoUrl}/moto-api/reset`, { method: 'POST' })
  const dynalite =
    stage === undefined ? await startDynalite() : { url: stage.dynamodb, close: async () => undefined }
  const aws = await startAws({
    dynamodb: dynalite.url,
    others: cloud.motoUrl,
    clock: clock.now,
  })
  const simulator = await startSimulatedBitmart({
    clock: clock.now,
    account: smallAccount(clock.now()),
    enforceLimits: false,
    ...options.simulator,
  })
  const config = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ ...config, endpoint: dynalite.url }))
  const secretsManager = new SecretsManagerClient({ ...config, endpoint: cloud.motoUrl })
  const s3 = new S3Client({ ...config, endpoint: cloud.motoUrl, forcePathStyle: true })
  const kms = new KMSClient({ ...config, endpoint: cloud.motoUrl })
  if (stage === undefined) await createTable(dynamodb)
  const credentialsKey =
    options.envelopes && stage === undefined ? await createEnvelopes(dynamodb, kms) : unusedKey
  const sandboxes = await openSandboxes(clock)
  const queue = await consumer(names.syncQueue, 'worker', stage?.names.dead, () =>
    options.workerTimeout === undefined ? {} : { timeout: options.workerTimeout() },
  )
  const exportQueue = await consumer(names.exportQueue, 'exporter', stage?.names.deadExports, () =>
    options.exporterTimeout === undefined ? {} : { timeout: options.exporterTimeout() },
  )
  if (stage === undefined)
    for (const Bucket of [names.exports, names.statements]) await s3.send(new CreateBucketCommand({ Bucket }))

  /** The queue of a function, with what its mapping says. */
  function consumer(name: string, of: string, existingDead: string | undefined, how: () => InvokeOptions) {
    const source = cloud.assembly.sources.get(of)
    if (source === undefined) throw new Error(`The templates give ${of} no messages.`)
    return openQueueConsumer({
      ...source,
      name,
      existingDead,
      url: aws.url,
      delayed: () => aws.delayed(name),
      onFailure: () => clock.jump(options.visibility ?? 0),
      invoke: (event) => invoke(of, event, how()),
    })
  }

  /** For the tokens of the templates: what a deployment would know. */
  const deployed: Readonly<Record<string, string>> = {
    TABLE_NAME: names.table,
    QUEUE_URL: queue.url.replace(/-bitmart$/, ''),
    EXPORT_QUEUE_URL: exportQueue.url,
    EXPORT_BUCKET: names.exports,
    STATEMENT_BUCKET: names.statements,
    SECRET_KEY_ARN: credentialsKey,
    ADDRESSES: '198.51.100.7,198.51.100.8',
  }

  function deployedFunction(name: string): DeployedFunction {
    const template = cloud.assembly.functions.get(name)
    if (template === undefined) throw new Error(`The templates have no function ${name}.`)
    const asMade = Object.entries(stage?.functions.get(name)?.environment ?? {})
    if (stage !== undefined && asMade.length === 0) throw new Error(`The stage has no function ${name}.`)
    const asWritten = stage === undefined ? Object.entries(template.environment) : asMade
    const variables = asWritten.map(([variable, value]) => {
      // A stage knows its queues by addresses at AWS.
      if (stage !== undefined && variable.endsWith('QUEUE_URL'))
        return [variable, `${aws.url}${new URL(String(value)).pathname}`]
      const known = typeof value === 'string' ? value : deployed[variable]
      if (known === undefined) throw new Error(`${name} has ${variable}, which no emulator knows.`)
      return [variable, known]
    })
    return {
      name,
      directory: template.asset,
      timeout: template.timeoutSeconds * 1_000,
      memory: template.memory,
      environment: {
        ...Object.fromEntries(variables),
        // What a stage with envelopes says where this one says nothing.
        ...(options.envelopes &&
          template.environment.ENVELOPE_TABLE === '' && { ENVELOPE_TABLE: names.envelopes }),
        AWS_ACCESS_KEY_ID: name,
        AWS_SECRET_ACCESS_KEY: awsSecret,
        AWS_ENDPOINT_URL_DYNAMODB: aws.url,
        AWS_ENDPOINT_URL_KMS: aws.url,
        AWS_ENDPOINT_URL_S3: aws.url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
        AWS_ENDPOINT_URL_SQS: aws.url,
        BITMART_SPOT_URL: simulator.spotUrl,
        BITMART_FUTURES_URL: simulator.futuresUrl,
      },
    }
  }

  async function invoke(name: string, event: unknown, how?: InvokeOptions): Promise<unknown> {
    return sandboxes.invoke(deployedFunction(name), event, how)
  }

  const gateway = openGateway({ api: cloud.assembly.api, invoke, clock: clock.now })
  const answered: string[] = []

  async function request(asked: GatewayRequest): Promise<Response> {
    const response = await gateway.answer(asked)
    const text = await response.clone().text()
    answered.push(JSON.stringify([...response.headers]), text)
    return response
  }

  /** A request with a JSON answer, and its body. */
  async function call(user: string, method: string, path: string, body?: unknown) {
    const response = await request({
      user,
      method,
      path,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) }
  }

  async function items(from = names.table): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const found: Record<string, unknown>[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await dynamodb.send(
        new ScanCommand({ TableName: from, ConsistentRead: true, ExclusiveStartKey }),
      )
      found.push(...(page.Items ?? []))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined)
    return found
  }

  async function put(item: Readonly<Record<string, unknown>>): Promise<void> {
    await dynamodb.send(new PutCommand({ TableName: names.table, Item: item }))
  }

  async function secrets(): Promise<ReadonlyMap<string, string>> {
    const { SecretList = [] } = await secretsManager.send(new ListSecretsCommand({ MaxResults: 100 }))
    const found = new Map<string, string>()
    for (const { Name = '' } of SecretList) {
      const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: Name }))
      found.set(Name, SecretString ?? '')
    }
    return found
  }

  /** What must be nowhere but in the vault and on the way to the exchange. */
  function canaries(): readonly string[] {
    const keys = simulator.options.keys.flatMap(({ apiKey, secret, memo }) => [apiKey, secret, memo])
    return [...keys, awsSecret, tokenOf('').slice(0, 12)]
  }

  async function expectNoCanaryAnywhere(): Promise<void> {
    const places = new Map<string, string>()
    for (const [name, written] of sandboxes.written())
      places.set(`the output of ${name}`, written.map(({ text }) => text).join(''))
    places.set('the table', JSON.stringify(await items()))
    if (options.envelopes)
      for (const { envelope } of await items(names.envelopes))
        places.set(
          'an envelope',
          envelope instanceof Uint8Array ? Buffer.from(envelope).toString('latin1') : '',
        )
    places.set('an answer', answered.join('\n'))
    const messages = aws.calls.filter(({ service }) => service === 'SQS')
    places.set('a message', JSON.stringify(messages.map(({ input }) => input)))
    for (const [place, text] of places)
      for (const canary of canaries()) {
        expect(text.includes(canary), `${canary} is in ${place}`).toBe(false)
        expect(text.includes(JSON.stringify(canary).slice(1, -1)), `${canary} is in ${place}`).toBe(false)
      }
  }

  return {
    clock,
    simulator,
    queue,
    exportQueue,
    sandboxes,
    calls: aws.calls,
    watch: aws.watch,
    invoke,
    request,
    call,
    items,
    envelopes: () => items(names.envelopes),
    /** The keys of all that statement files hold. */
    async statementKeys(): Promise<readonly string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: names.statements }))
      return Contents.flatMap(({ Key }) => Key ?? [])
    },
    put,
    secrets,

    /** The id of a statement file that is sent by the address that was signed for it. */
    async sendFile(user: string, connection: string, content: string): Promise<string> {
      const sha256 = createHash('sha256').update(content).digest('hex')
      const announced = { connection, name: 'rows.csv', bytes: content.length, sha256 }
      const added = await call(user, 'POST', '/v1/imports', announced)
      expect(added).toMatchObject({ status: 201, json: { state: 'awaited' } })
      const { url, headers } = added.json.upload
      expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(200)
      expect(await this.statementKeys()).toContain(
        `${user}/statement-files/${connection}/${sha256.slice(0, 32)}/content`,
      )
      return added.json.id
    },
    expectNoCanaryAnywhere,

    /** Connects a key of the simulated exchange. */
    connect(user: string, { apiKey, secret, memo }: SimulatedKey, more: object = {}) {
      const body = { exchange: 'bitmart', apiKey, secret, passphrase: memo, ...more }
      return call(user, 'POST', '/v1/connections', body)
    },

    /** Every row that a user sees, page by page. */
    async transactions(user: string, query = ''): Promise<readonly Listed[]> {
      const rows: Listed[] = []
      let cursor: string | undefined
      do {
        const page = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { status, json } = await call(user, 'GET', `/v1/transactions?limit=1000${page}${query}`)
        expect(status).toBe(200)
        rows.push(...json.items)
        cursor = json.nextCursor
      } while (cursor !== undefined)
      return rows
    },

    /** Ends everything; fails the test when a secret was seen anywhere, or when a role does not allow a call. */
    async close(): Promise<void> {
      try {
        await queue.close()
        await exportQueue.close()
        await expectNoCanaryAnywhere()
        if (stage === undefined)
          // What the roles of a stage with envelopes may do with their key is in test/infra/envelopes.
          expectCallsAllowed(
            rolesOf(cloud.assembly),
            aws.calls.filter(({ service }) => service !== 'KMS'),
          )
        else
          expectCallsAllowed(
            new Map([...stage.functions].map(([name, { statements }]) => [name, statements])),
            aws.calls,
          )
      } finally {
        await sandboxes.close()
        await simulator.close()
        await aws.close()
        await dynalite.close()
        dynamodb.destroy()
        kms.destroy()
        secretsManager.destroy()
        s3.destroy()
      }
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

export type Listed = {
  readonly id: string
  readonly connection: string
  readonly stream: string
  readonly time: string
  readonly source?: 'file'
  readonly raw: unknown
}

/** The rows are exactly those that the account holds, each once, digit by digit. */
export function expectSameRows(rows: readonly Listed[], account: SimulatedAccount): void {
  const listed = rows.map(({ raw }) => JSON.stringify(raw)).sort()
  const held = payloadsOf(account)
  const missing = held.filter((row) => !listed.includes(row))
  const strange = listed.filter((row) => !held.includes(row))
  expect({ rows: listed.length, missing: missing.slice(0, 3), strange: strange.slice(0, 3) }).toEqual({
    rows: held.length,
    missing: [],
    strange: [],
  })
  expect(listed.join('\n') === held.join('\n')).toBe(true)
}

/** What the templates allow, of whichever resource: which one, a stage that was deployed knows. */
function rolesOf({ functions }: Assembly): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    [...functions].map(([name, { actions }]) => [
      name,
      [{ Effect: 'Allow', Action: actions, Resource: ['*'] }],
    ]),
  )
}

/** Where no envelope is made, nobody asks for it. */
const unusedKey = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555'

/** The table of envelopes, and their key: its ARN. */
async function createEnvelopes(client: DynamoDBDocumentClient, kms: KMSClient): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName: usual.envelopes,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: envelopeKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: envelopeKey, KeyType: 'HASH' }],
    }),
  )
  return (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ''
}

async function createTable(client: DynamoDBDocumentClient): Promise<void> {
  const { partitionKey, sortKey, dueIndex } = tableSchema
  const attributes = [partitionKey, sortKey, dueIndex.partitionKey, dueIndex.sortKey]
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ]
  await client.send(
    new CreateTableCommand({
      TableName: usual.table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: keys(partitionKey.name, sortKey.name),
      GlobalSecondaryIndexes: [
        {
          IndexName: dueIndex.name,
          KeySchema: keys(dueIndex.partitionKey.name, dueIndex.sortKey.name),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
}
