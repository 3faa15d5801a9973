import { z } from 'zod'
import type { Credentials, Owner } from '../domain/connection.ts'
import { Secret } from '../domain/secret.ts'

/** Keeps secret texts by name. Removing what is not there succeeds. No error tells anything of a value. */
export type TextStorage = {
  put(name: string, value: string): Promise<void>
  get(name: string): Promise<string | undefined>
  remove(name: string): Promise<void>
}

/** The same where a text may be bound to its owner: it is then read by whoever names the same one only. */
export type SecretStorage = {
  put(name: string, value: string, owner: Owner): Promise<void>
  get(name: string, owner: Owner): Promise<string | undefined>
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
    async put(ref: string, { apiKey, secret, passphrase }: Credentials, owner: Owner): Promise<void> {
      await storage.put(
        ref,
        JSON.stringify({
          apiKey: apiKey.reveal(),
          secret: secret.reveal(),
          passphrase: passphrase?.reveal(),
        }),
        owner,
      )
    },

    /** Undefined when they were removed. */
    async get(ref: string, owner: Owner): Promise<Credentials | undefined> {
      const text = await storage.get(ref, owner)
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
