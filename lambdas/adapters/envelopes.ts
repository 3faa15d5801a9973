import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms'
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { codeOf } from './code-of-error.ts'
import { envelopeKey } from './table-schema.ts'
import type { SecretStorage } from './vault.ts'

/** What KMS encrypts in one call, in bytes. Credentials of exchanges are a tenth of that. */
const longest = 4_096

const envelopeSchema = z.object({ envelope: z.instanceof(Uint8Array) })

/**
 * Secrets that KMS has encrypted, in a table of their own that keeps no copies. KMS does it itself: no key of ours ever is in a
 * function, so that whoever may only encrypt cannot read, and a key that is disabled stops every reading. An envelope is bound
 * to its user and connection, and opened by nobody who names others. Without `keyId` it can only read and remove.
 */
export function envelopeStorage(
  kms: Pick<KMSClient, 'send'>,
  table: Pick<DynamoDBDocumentClient, 'send'>,
  { tableName, keyId }: { tableName: string; keyId?: string },
): SecretStorage {
  const place = (name: string) => ({ TableName: tableName, Key: { [envelopeKey]: name } })
  return {
    async put(name, value, owner) {
      const Plaintext = new TextEncoder().encode(value)
      if (Plaintext.length > longest)
        throw new Error(`The credentials ${name} are longer than KMS encrypts: ${Plaintext.length} bytes.`)
      await attempt('store', name, async () => {
        const { CiphertextBlob } = await kms.send(
          new EncryptCommand({ KeyId: keyId, Plaintext, EncryptionContext: contextOf(owner) }),
        )
        await table.send(
          new PutCommand({
            TableName: tableName,
            Item: { [envelopeKey]: name, envelope: CiphertextBlob },
            ConditionExpression: 'attribute_not_exists(#ref)',
            ExpressionAttributeNames: { '#ref': envelopeKey },
          }),
        )
      })
    },

    async get(name, owner) {
      return attempt('read', name, async () => {
        const { Item } = await table.send(new GetCommand({ ...place(name), ConsistentRead: true }))
        if (Item === undefined) return undefined
        const { envelope } = envelopeSchema.parse(Item)
        const { Plaintext } = await kms.send(
          new DecryptCommand({ CiphertextBlob: envelope, EncryptionContext: contextOf(owner) }),
        )
        return new TextDecoder().decode(Plaintext)
      })
    },

    async remove(name) {
      await attempt('remove', name, () => table.send(new DeleteCommand(place(name))))
    },
  }
}

/** KMS writes it into its log: ids, and nothing else. */
function contextOf({ user, connection }: Owner) {
  return { user, connection }
}

/** Errors of the SDK carry the request, and in it what is secret. */
async function attempt<T>(what: string, name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const code = error instanceof ConditionalCheckFailedException ? 'AlreadyThere' : codeOf(error)
    throw new Error(`The table of envelopes did not ${what} the credentials ${name}: ${code}.`)
  }
}
