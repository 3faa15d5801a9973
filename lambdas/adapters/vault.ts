import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { z } from 'zod'
import type { Credentials } from '../domain/connection.ts'
import { Secret } from '../domain/secret.ts'

/** Keeps secret texts by name. Removing what is not there succeeds. No error tells anything of a value. */
export type SecretStorage = {
  put(name: string, value: string): Promise<void>
  get(name: string): Promise<string | undefined>
  remove(name: string): Promise<void>
}

const credentialsSchema = z.object({
  apiKey: z.string(),
  secret: z.string(),
  passphrase: z.string().optional(),
})

/** Credentials of connections, each under a reference of its own, which the connection keeps. */
export function vault(storage: SecretStorage) {
  return {
    /**
     * `ref` must be random and used once: names stay reserved for a while after removal, and say nothing about whose
     * the credentials are.
     */
    async put(ref: string, { apiKey, secret, passphrase }: Credentials): Promise<void> {
      await storage.put(
        ref,
        JSON.stringify({
          apiKey: apiKey.reveal(),
          secret: secret.reveal(),
          passphrase: passphrase?.reveal(),
        }),
      )
    },

    /** Undefined when they were removed. */
    async get(ref: string): Promise<Credentials | undefined> {
      const text = await storage.get(ref)
      if (text === undefined) return undefined
      const parsed = credentialsSchema.safeParse(parseJson(text))
      if (!parsed.success) throw new Error(`The credentials ${ref} in the vault cannot be read.`)
      const { apiKey, secret, passphrase } = parsed.data
      return {
        apiKey: new Secret(apiKey),
        secret: new Secret(secret),
        ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
      }
    },

    /** Beyond recovery. */
    async remove(ref: string): Promise<void> {
      await storage.remove(ref)
    },
  }
}

/** An error of `JSON.parse` quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** AWS Secrets Manager: one secret for each name, `prefix` and name joined. Without `kmsKeyId`, AWS's own key. */
export function secretsManagerStorage(
  client: SecretsManagerClient,
  { prefix, kmsKeyId }: { prefix: string; kmsKeyId?: string },
): SecretStorage {
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

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const system = 'code' in error ? error.code : undefined
  const code = typeof system === 'string' ? system : error.name
  return /^[A-Za-z]{1,60}$/.test(code) ? code : 'unknown error'
}
