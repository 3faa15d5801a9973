import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StageInput } from '../../../lib/config.ts'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { stageInput } from '../../infra/stage-input.ts'
import { appOf } from '../../infra/synthesise.ts'
import { type Deployment, notEmulated, openEmulatedAccount } from './emulated-account.ts'
import { type AwsCall, motoInstalled, startDynalite } from './emulators.ts'
import { expectCallsAllowed } from './permissions.ts'
import { type Cloud, type DeployedStage, expectSameRows, keyOf, startCloud, startWorld } from './world.ts'

const skipped = motoInstalled ? '' : ' (moto_server is not installed)'

describe.skipIf(!motoInstalled)(`both stages in one emulated account${skipped}`, () => {
  let cloud: Cloud
  let dynalite: Awaited<ReturnType<typeof startDynalite>>
  let aws: Awaited<ReturnType<typeof openEmulatedAccount>>
  let folder: string | undefined
  const began = Date.now()

  beforeAll(async () => {
    cloud = await startCloud()
    dynalite = await startDynalite()
    aws = await openEmulatedAccount(cloud.motoUrl)
    folder = await mkdtemp(join(tmpdir(), 'deployed-'))
  }, 180_000)
  afterAll(async () => {
    aws?.close()
    await dynalite?.close()
    await cloud?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  function stacksOf(name: string, stages: readonly StageInput[]): readonly Deployment[] {
    const props = { outdir: join(folder ?? '', name), builtinCloudFormationValidation: false }
    const { stacks } = appOf(stages, props).synth()
    return stacks.map(({ stackName, template }) => ({ name: stackName, template }))
  }

  /** What the functions of a stage know of it. Its tables are where a table is as exact as in AWS. */
  async function stageOf(name: StageInput['name']): Promise<DeployedStage> {
    const prefix = `exchange-history-${name}-`
    const told = (output: string) => aws.outputsOf(`${prefix}data`).get(output) ?? ''
    const functions = await aws.functionsOf(prefix)
    const table = told('TableName')
    const envelopes = told('EnvelopesName')
    await createInDynalite([table, envelopes].filter((one) => one !== ''))
    const [syncQueue = ''] = functions.get('worker')?.queues.filter((one) => one.endsWith('bitmart')) ?? []
    const [exportQueue = ''] = functions.get('exporter')?.queues ?? []
    return {
      names: {
        ...{ table, envelopes, syncQueue, exportQueue },
        ...{ exports: told('ExportsName'), statements: told('StatementsName') },
        ...{ dead: `${prefix}dead-letters`, deadExports: `${prefix}dead-exports` },
      },
      functions,
      dynamodb: dynalite.url,
    }
  }

  async function createInDynalite(tables: readonly string[]): Promise<void> {
    const client = new DynamoDBClient({
      ...{ region: 'us-east-1', endpoint: dynalite.url },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    for (const name of tables) {
      const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = (await aws.tableOf(name)) ?? {}
      const indexes = GlobalSecondaryIndexes?.map(({ IndexName, KeySchema: keys, Projection }) => ({
        ...{ IndexName, KeySchema: keys, Projection },
      }))
      await client
        .send(
          new CreateTableCommand({
            ...{ TableName: name, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema },
            ...(indexes !== undefined && indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
          }),
        )
        // A stage that goes on with it finds it there.
        .catch((error: Error) => expect(error.name).toBe('ResourceInUseException'))
    }
    client.destroy()
  }

  it('are deployed, used, destroyed and deployed again, and no role lacks anything that its function does', async () => {
    const prod = stageInput('prod', { cells: 2, vault: 'envelopes' })
    const first = stacksOf('first', [stageInput('dev'), prod])
    for (const stack of first) await aws.deploy(stack)
    const all = first.flatMap(({ template }) => Object.values(template.Resources)).length
    const left = [...aws.leftOut].sort()
    process.stdout.write(
      `The emulated CloudFormation made ${aws.made()} of ${all} resources, and cannot make ` +
        `${left.map(([type, howMany]) => `${howMany} ${type}`).join(', ')}.\n`,
    )
    expect(left.map(([type]) => type)).toEqual([...notEmulated])
    expect(aws.made()).toBeGreaterThan(all / 2)

    // What dev holds is gone on with, and prod begins anew.
    const kept = await use('dev', { connects: true })
    await use('prod', { connects: true })
    const told = (output: string) => aws.outputsOf('exchange-history-dev-data').get(output) ?? ''
    const existing = {
      table: { name: told('TableName'), keyArn: told('TableKeyArn') },
      credentialsKeyArn: told('CredentialsKeyArn'),
    }
    for (const { name } of [...first].reverse()) await aws.destroy(name)
    expect(await aws.functionsOf('exchange-history-')).toEqual(new Map())

    for (const stack of stacksOf('second', [stageInput('dev', { existing }), prod])) await aws.deploy(stack)
    expect(await use('dev', { connects: false })).toEqual(kept)
    await use('prod', { connects: true })
  }, 300_000)

  it('would not be, where a role lacked a call, or were for another resource', () => {
    const call: AwsCall = {
      caller: 'worker',
      service: 'DynamoDB',
      operation: 'Query',
      input: { TableName: 'ours', IndexName: 'due' },
    }
    const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/ours'
    const allowing = (Action: string, ...Resource: string[]) =>
      new Map([['worker', [{ Effect: 'Allow', Action: [Action], Resource } as const]]])
    const expectAllowed = (roles: ReturnType<typeof allowing>) => () => expectCallsAllowed(roles, [call])
    expect(expectAllowed(allowing('dynamodb:Query', `${table}/index/due`))).not.toThrow()
    expect(expectAllowed(allowing('dynamodb:Query', `${table}/*`))).not.toThrow()
    for (const roles of [
      allowing('dynamodb:GetItem', `${table}/index/due`),
      allowing('dynamodb:Query', table),
      allowing('dynamodb:Query', `${table}s/index/due`),
    ])
      expect(expectAllowed(roles)).toThrow('calls that no role allows')
  })

  /** Connects where nothing is connected, syncs, looks, exports, brings in a file. Resolves with the ids of all rows. */
  async function use(
    name: StageInput['name'],
    { connects }: { connects: boolean },
  ): Promise<readonly string[]> {
    const rows = { spotFills: 40, futuresFills: 20, ledgerRows: 10, withdrawals: 4, deposits: 4 }
    const account = generateAccount({ seed: 1, now: began, ...rows })
    const key = keyOf('ann')
    const world = await startWorld(cloud, {
      deployed: await stageOf(name),
      envelopes: name === 'prod',
      simulator: { keys: [key], account },
    })
    try {
      await world.invoke('catalogue', {})
      if (connects) expect(await world.connect('ann', key)).toMatchObject({ status: 201 })
      const [connection] = (await world.call('ann', 'GET', '/v1/connections')).json.items
      world.queue.start()
      world.exportQueue.start()
      await world.queue.settled()
      const rows = await world.transactions('ann')
      expectSameRows(rows, world.simulator.options.account)
      const exported = await world.call('ann', 'POST', '/v1/exports', { format: 'koinly' })
      expect(exported.status).toBe(202)
      await world.exportQueue.settled()
      const done = await world.call('ann', 'GET', `/v1/exports/${exported.json.id}`)
      expect(done.json).toMatchObject({ state: 'done' })
      expect((await fetch(done.json.download)).status).toBe(200)
      await world.sendFile('ann', connection.id, `Date,Amount\n2025-01-01,${name}\n`)
      await world.invoke('planner', {})
      await world.invoke('sweeper', {})
      await world.queue.settled()
      expect(await world.queue.dead()).toBe(0)
      return rows.map(({ id }) => id)
    } finally {
      await world.close()
    }
  }
})
