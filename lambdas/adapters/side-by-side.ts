import type { SecretStorage } from './vault.ts'

/** What the reference of an envelope begins with; that of a secret in Secrets Manager has no colon. */
const ofEnvelopes = 'kms:'

/**
 * Two places for secrets, read side by side: a reference says by its beginning which of them has it. Where envelopes are in use, new
 * ones go there.
 */
export function sideBySide(secrets: SecretStorage, envelopes: SecretStorage | undefined): SecretStorage {
  const placeOf = (name: string): SecretStorage => {
    if (!name.startsWith(ofEnvelopes)) return secrets
    if (envelopes !== undefined) return envelopes
    throw new Error(`The credentials ${name} are an envelope, and this stage has no table for them.`)
  }
  return {
    put: async (name, value, owner) => placeOf(name).put(name, value, owner),
    get: async (name, owner) => placeOf(name).get(name, owner),
    remove: async (name) => placeOf(name).remove(name),
  }
}

/** How secrets of each place are called; `id` is random. */
export const secretRefs = {
  'secrets-manager': (id: string) => id,
  envelopes: (id: string) => `${ofEnvelopes}${id}`,
} as const

export type SecretPlace = keyof typeof secretRefs

/** Undefined for none. */
export function placeOfRef(ref: string): SecretPlace {
  return ref.startsWith(ofEnvelopes) ? 'envelopes' : 'secrets-manager'
}
