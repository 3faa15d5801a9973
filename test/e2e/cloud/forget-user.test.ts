import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionStore } from '../../../lambdas/adapters/connections.ts'
import { secretsManagerStorage } from '../../../lambdas/adapters/secrets-manager.ts'
import { openFileStores } from '../../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../../lambdas/adapters/stores.ts'
import { openTable } from '../../../lambdas/adapters/table.ts'
import { tableSchema } from '../../../lambdas/adapters/table-schema.ts'
import { contentKey } from '../../../lambdas/use-cases/add-statement-file.ts'
import { fill } from '../../adapters/fill.ts'
import { motoInstalled, startMoto } from './emulators.ts'

const run = promisify(execFile)
const skipped = motoInstalled ? '' : ' (skipped: moto_server is not installed)'
const [tableName, bucket, prefix] = ['histories', 'exports', 'exchange-history/prod/']
const statements = 'statements'
const ann = randomUUID()
const bob = randomUUID()

describe.skipIf(!motoInstalled)(`Deleting one person’s data${skipped}`, () => {
  let moto: Awaited<ReturnType<typeof startMoto>>
  let config: ReturnType<typeof configOf>
  beforeAll(async () => {
    moto = await startMoto()
    config = configOf(moto.url)
    const names = [
      tableSchema.partitionKey,
      tableSchema.sortKey,
      tableSchema.dueIndex.partitionKey,
      tableSchema.dueIndex.sortKey,
    ]
    const keys = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ]
    await new DynamoDBClient(config).send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
        KeySchema: keys('PK', 'SK'),
        GlobalSecondaryIndexes: [
          {
            IndexName: tableSchema.dueIndex.name,
            KeySchema: keys('dueShard', 'dueAt'),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    )
    for (const Bucket of [bucket, statements]) await s3().send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => moto?.close())

  const s3 = () => new S3Client({ ...config, forcePathStyle: true })
  const document = () => DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const table = () => openTable(config, tableName, { random: Math.random, sleep: async () => undefined })

  /** A connection with a key, rows, a lease, a run, an export with its file, one that is being written, and a statement file. */
  async function live(user: string): Promise<string> {
    const stores = openStores(table())
    const id = randomUUID().replaceAll('-', '')
    const ref = randomUUID()
    await secretsManagerStorage(new SecretsManagerClient(config), { prefix }).put(ref, '{}')
    await connectionStore(table()).swap(undefined, {
      id,
      user,
      exchange: 'bitmart',
      subaccount: '',
      keyHint: 'abcd',
      status: 'connected',
      vaultRef: ref,
      createdAt: 1,
      checkedAt: 1,
      nextSyncAt: 1,
    })
    await stores.connections.claimKey(user, 'bitmart', 'hash', id)
    await stores.transactions.write({ user, connection: id }, [fill(1), fill(2)])
    await document().send(
      // Of a kind that nobody has thought of yet.
      new PutCommand({ TableName: tableName, Item: { PK: `USER#${user}`, SK: 'SOMETHING#new', text: 'x' } }),
    )
    for (const role of ['history', 'statement'])
      await s3().send(new PutObjectCommand({ Bucket: bucket, Key: `${user}/e1/${role}`, Body: 'rows' }))
    await s3().send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${user}/e2/history` }))
    const file = { user, connection: id, id: 'f'.repeat(32) }
    const added = { name: 'fills.csv', bytes: 3, sha256: 'f'.repeat(64), addedAt: 1, state: 'here' as const }
    await openFileStores(table()).statementFiles.swap(undefined, { ...file, ...added })
    await send(contentKey(file))
    return id
  }

  async function send(key: string): Promise<void> {
    await s3().send(new PutObjectCommand({ Bucket: statements, Key: key, Body: 'abc' }))
  }

  async function forget(...words: readonly string[]) {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: moto.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }
    const buckets = ['--bucket', bucket, '--statements', statements]
    const where = ['--table', tableName, ...buckets, '--secrets', prefix, '--log-days', '90']
    const argv = ['--import', 'tsx', 'bin/forget-user.ts', ...where, ...words]
    const done = await run(process.execPath, argv, { env }).catch((error) => error)
    return { code: done.code ?? 0, stdout: String(done.stdout) }
  }

  async function everything(): Promise<string> {
    const { Items = [] } = await document().send(new ScanCommand({ TableName: tableName }))
    const listed = [bucket, statements].map((Bucket) => s3().send(new ListObjectsV2Command({ Bucket })))
    const objects = (await Promise.all(listed)).flatMap(({ Contents = [] }) => Contents)
    return JSON.stringify([Items, objects.map(({ Key }) => Key)])
  }

  it('leaves nothing of theirs and all of everybody else’s, says until when copies live on, and proves it', async () => {
    const [hers] = [await live(ann), await live(bob)]
    const first = await forget('--user', ann)
    // What a sync was about to store may arrive for an hour: until the sweeper has been there, it is not proven.
    expect(first.code).toBe(3)
    expect(first.stdout).toContain('items in the table: 0\nfiles of exports and statements: 0\n')
    expect(first.stdout).toContain('left for the sweeper to finish, within two hours: 1')
    expect(first.stdout).toMatch(
      /lines of logs .* until \d{4}-\d\d-\d\d\nrecovery points .* until \d{4}-\d\d-\d\d\n/,
    )
    expect(first.stdout).toContain(`--prove --connections ${hers}`)

    const { intents, transactions } = openStores(table())
    await transactions.write({ user: ann, connection: hers }, [fill(3)])
    // What an address was signed for an hour ago may have been sent since.
    await send(contentKey({ user: ann, connection: hers, id: 'e'.repeat(32) }))
    for (const { id, user } of await intents.list()) if (user === ann) await intents.end(id)
    const late = await forget('--user', ann, '--prove', '--connections', hers)
    expect(late.code).toBe(3)
    expect(late.stdout).not.toContain('items in the table: 0')
    expect(late.stdout).toContain('files of exports and statements: 1\n')

    expect((await forget('--user', ann, '--connections', hers)).code).toBe(0)
    expect((await forget('--user', ann, '--prove', '--connections', hers)).code).toBe(0)
    const left = await everything()
    expect(left).not.toContain(ann)
    for (const kind of ['CONNECTION#', 'KEY#', 'TX#', 'FILE#', 'SOMETHING#']) expect(left).toContain(kind)
    for (const place of ['e1/history', 'statement-files/']) expect(left).toContain(`${bob}/${place}`)
    const { SecretList = [] } = await new SecretsManagerClient(config).send(new ListSecretsCommand({}))
    expect(SecretList).toHaveLength(1)
  })

  it('asks whose data it is, and deletes none before it knows', async () => {
    expect((await forget()).code).toBe(2)
  })
})

function configOf(endpoint: string) {
  return {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
}
