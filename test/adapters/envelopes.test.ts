import { inspect } from 'node:util'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { envelopeStorage } from '../../lambdas/adapters/envelopes.ts'
import { secretRefs, sideBySide } from '../../lambdas/adapters/side-by-side.ts'
import { memoryStorage } from '../../local/memory-storage.ts'
import { motoInstalled, startMoto } from '../e2e/cloud/emulators.ts'
import { modelVault } from '../model/model-vault.ts'

const canary = 'canary7a3e'
const ann = { user: 'ann', connection: 'c1' }
const others = [
  { user: 'bob', connection: 'c1' },
  { user: 'ann', connection: 'c2' },
]

const unhurt = async <T>(does: () => T): Promise<T> => does()

function inModel() {
  const model = modelVault()
  return envelopeStorage(model.openKey(unhurt), model.openEnvelopes(unhurt), { tableName: 'envelopes' })
}

/** Whatever a client of AWS is asked, this comes of it. */
function failing(error: Error) {
  return { send: () => Promise.reject(error) } as never
}

describe('envelopes', () => {
  it('are opened by naming the user and the connection that they were made for, and by no others', async () => {
    const storage = inModel()
    await storage.put('one', `${canary} \u{1f511}`, ann)
    expect(await storage.get('one', ann)).toBe(`${canary} \u{1f511}`)
    for (const other of others) {
      const sentence = 'The table of envelopes did not read the credentials one: InvalidCiphertextException.'
      await expect(storage.get('one', other)).rejects.toThrow(sentence)
    }
  })

  it('are gone once they are removed, and removing them again is no error', async () => {
    const storage = inModel()
    await storage.put('one', canary, ann)
    await storage.remove('one')
    await storage.remove('one')
    expect(await storage.get('one', ann)).toBeUndefined()
  })

  it('are never put over another', async () => {
    const storage = inModel()
    await storage.put('one', 'first', ann)
    await expect(storage.put('one', 'second', ann)).rejects.toThrow(/did not store the credentials one/)
    expect(await storage.get('one', ann)).toBe('first')
  })

  it('that KMS would not make say so, without their text', async () => {
    const error = await inModel()
      .put('one', canary.repeat(500), ann)
      .catch((caught: unknown) => caught)
    expect(String(error)).toBe('Error: The credentials one are longer than KMS encrypts: 5000 bytes.')
  })

  it.each([
    [
      'a refusal that quotes the value',
      Object.assign(new Error(canary), { name: 'AccessDeniedException', canary }),
    ],
    ['an error named like the value', Object.assign(new Error(), { name: `${canary}!` })],
    ['a disabled key', Object.assign(new Error(canary), { name: 'DisabledException' })],
  ])('show nothing of their value in an error, after %s', async (_what, error) => {
    const storage = envelopeStorage(failing(error), failing(error), { tableName: 'envelopes' })
    const calls = [storage.put('one', canary, ann), storage.get('one', ann), storage.remove('one')]
    for (const call of calls) {
      const told = await call.catch((caught: unknown) => caught)
      expect(told).toBeInstanceOf(Error)
      expect((told as Error).message).toMatch(
        /^The table of envelopes did not \w+ the credentials one: [\w ]+\.$/,
      )
      expect(inspect(told, { depth: 9, showHidden: true })).not.toContain(canary)
    }
  })
})

describe('Two vaults side by side', () => {
  it('keep each secret where its reference says, and remove it there', async () => {
    const [secrets, envelopes] = [memoryStorage(), memoryStorage()]
    const both = sideBySide(secrets, envelopes)
    const refs = { plain: secretRefs['secrets-manager']('a'), sealed: secretRefs.envelopes('a') }
    await both.put(refs.plain, 'in the one', ann)
    await both.put(refs.sealed, 'in the other', ann)
    expect([await secrets.get(refs.plain), await envelopes.get(refs.sealed)]).toEqual([
      'in the one',
      'in the other',
    ])
    expect([await secrets.get(refs.sealed), await envelopes.get(refs.plain)]).toEqual([undefined, undefined])
    for (const ref of Object.values(refs)) await both.remove(ref)
    expect([await both.get(refs.plain, ann), await both.get(refs.sealed, ann)]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('do not take an envelope for lost where there is no table for it', async () => {
    const one = sideBySide(memoryStorage(), undefined)
    await expect(one.get(secretRefs.envelopes('a'), ann)).rejects.toThrow('this stage has no table for them')
  })
})

describe('envelopes in moto_server', () => {
  it.skipIf(!motoInstalled)(
    `are made, opened by their owner only, and deleted${motoInstalled ? '' : ' (moto_server is not installed)'}`,
    async () => {
      const moto = await startMoto()
      onTestFinished(() => moto.close())
      const config = {
        region: 'us-east-1',
        endpoint: moto.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 1,
      }
      const kms = new KMSClient(config)
      const table = DynamoDBDocumentClient.from(new DynamoDBClient(config))
      const keyId = (await kms.send(new CreateKeyCommand())).KeyMetadata?.KeyId ?? ''
      await table.send(
        new CreateTableCommand({
          TableName: 'envelopes',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'ref', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'ref', KeyType: 'HASH' }],
        }),
      )
      const storage = envelopeStorage(kms, table, { tableName: 'envelopes', keyId })
      await storage.put('one', canary, ann)
      await storage.put('two', 'other', ann)
      expect(await storage.get('one', ann)).toBe(canary)
      await expect(storage.put('two', canary, ann)).rejects.toThrow('two: AlreadyThere.')
      for (const other of others) await expect(storage.get('one', other)).rejects.toThrow('InvalidCiphertext')
      const { Items = [] } = await table.send(new ScanCommand({ TableName: 'envelopes' }))
      expect(Items).toHaveLength(2)
      for (const { envelope } of Items) expect(Buffer.from(envelope).toString('latin1')).not.toContain(canary)
      await storage.remove('one')
      await storage.remove('one')
      expect(await storage.get('one', ann)).toBeUndefined()
    },
  )
})
