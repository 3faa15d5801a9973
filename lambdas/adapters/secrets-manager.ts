import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { codeOf } from './code-of-error.ts'
import type { TextStorage } from './vault.ts'

/** AWS Secrets Manager: one secret for each name, `prefix` and name joined. Without `kmsKeyId`, AWS's own key. */
export function secretsManagerStorage(
  client: SecretsManagerClient,
  { prefix, kmsKeyId }: { prefix: string; kmsKeyId?: string },
): TextStorage {
  return {
    async put(name, value) {
      await attempt('store', name, async () => {
        await client.send(
          new CreateSecretCommand({ Name: prefix + name, SecretString: value, KmsKeyId: kmsKeyId }),
        )
      })
    },

    async get(name) {
      const answer = await attempt('read', name, () =>
        client.send(new GetSecretValueCommand({ SecretId: prefix + name })),
      )
      return answer?.SecretString
    },

    async remove(name) {
      await attempt('remove', name, () =>
        client.send(new DeleteSecretCommand({ SecretId: prefix + name, ForceDeleteWithoutRecovery: true })),
      )
    },
  }
}

/**
 * Undefined when there is no such secret. Any other error becomes a sentence for the operator, with the reference:
 * the SDK's own carries the request and the answer, and in them what is secret.
 */
async function attempt<T>(what: string, name: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ResourceNotFoundException' && what !== 'store') return undefined
    // What is marked for deletion cannot be read; the mark of a forced one lasts for a moment. The same code has other
    // reasons, a disabled key among them: those are no reason to think that the secret is gone.
    if (code === 'InvalidRequestException' && what === 'read' && isMarkedForDeletion(error)) return undefined
    throw new Error(`Secrets Manager did not ${what} the credentials ${name}: ${code}.`)
  }
}

function isMarkedForDeletion(error: unknown): boolean {
  return error instanceof Error && /\b(marked|scheduled) for deletion\b/i.test(error.message)
}
