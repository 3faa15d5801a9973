import { hash } from '../../lambdas/adapters/identity.ts'
import type { Credentials } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { submit } from '../../lambdas/use-cases/submission.ts'

/** Two keys of each account, which anybody may have. */
export const keys = [0, 1, 2, 3] as const
export type Key = (typeof keys)[number]

const typed = keys.map((key) => ({
  apiKey: `CANARY-ACCESS-KEY-${key}-0123456789`,
  secret: `CANARY-SECRET-${key}-0123456789`,
  passphrase: `CANARY MEMO ${key} "0123456789"`,
}))

/** Every part of every key: may be seen in the vault and by the client of the exchange, and nowhere else. */
export const canaries = typed.flatMap((one) => Object.values(one))

/** What a request says of this key. */
export function submitted(definition: ExchangeDefinition, one: Key) {
  const submission = submit(definition, typed[one] ?? {}, hash)
  if ('problems' in submission) throw new Error('A key of the model is refused for its looks.')
  return { exchange: definition, submission, allowPowerfulKey: false }
}

export function keyHashOf(one: Key): string {
  return hash(typed[one]?.apiKey ?? '')
}

/** Only with all three parts, as the exchange's signature would tell. */
function opens(one: Key, { apiKey, secret, passphrase }: Credentials): boolean {
  const parts = typed[one]
  return (
    apiKey.reveal() === parts?.apiKey &&
    secret.reveal() === parts.secret &&
    passphrase?.reveal() === parts.passphrase
  )
}

/** The key that these credentials are, if they are one. */
export function keyOf(credentials: Credentials): Key | undefined {
  return keys.find((candidate) => opens(candidate, credentials))
}
