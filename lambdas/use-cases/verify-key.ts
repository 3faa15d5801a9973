import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { powerWords } from '../domain/power-words.ts'
import type { CheckedCredentials, FurtherRows } from './check-credentials.ts'
import { RefusedError } from './refusal.ts'
import type { Submission } from './submission.ts'

export type VerifyKeyPorts = {
  /**
   * Throws `FailureError` when the exchange refuses the key or cannot be asked. `further`: there are connections that the
   * key might belong to, and rows that tell are looked for.
   */
  readonly checkKey: (
    exchange: ExchangeDefinition,
    credentials: Credentials,
    further: FurtherRows | undefined,
  ) => Promise<CheckedCredentials>
}

/** `warnings`: what the user should know about a key that was accepted. */
export type VerifiedKey = { readonly checked: CheckedCredentials; readonly warnings: readonly string[] }

/** What could not be checked is a power, or words of the exchange's own. */
function inWords(uncheckable: string): string {
  return (
    new Map<string, { allows: string }>(Object.entries(powerWords)).get(uncheckable)?.allows ?? uncheckable
  )
}

/** Asks the exchange about the key. Refuses with a sentence what it refuses, and a key that can do too much. */
export async function verifyKey(
  { checkKey }: VerifyKeyPorts,
  exchange: ExchangeDefinition,
  submission: Submission,
  { allowPowerfulKey, further }: { allowPowerfulKey: boolean; further?: FurtherRows },
): Promise<VerifiedKey> {
  const checked = await refusing(exchange, submission, () =>
    checkKey(exchange, submission.credentials, further),
  )
  const { powers, uncheckable, isSubaccount } = checked
  const can = powers.map((power) => powerWords[power].can).join(' and ')
  if (powers.length > 0 && !allowPowerfulKey)
    throw new RefusedError(
      'key-too-strong',
      `This key can ${can}. Importing only needs to read: make a key that can do nothing else, so that nobody ` +
        'who gets hold of it can do harm.',
    )
  return {
    checked,
    warnings: [
      ...submission.warnings,
      ...(powers.length > 0 ? [`This key can ${can}. A key that can only read would do.`] : []),
      ...(isSubaccount === true
        ? [
            `${exchange.name} says that this key belongs to a sub-account: for the history of the main account, connect a key ` +
              'of the main account too.',
          ]
        : []),
      ...(uncheckable.length > 0
        ? [
            `${exchange.name} does not tell whether a key allows ${uncheckable.map(inWords).join(' or ')}, so this was not ` +
              'checked: make sure that the key can only read.',
          ]
        : []),
    ],
  }
}

/** What goes wrong on our side of the line, whatever the exchange. */
const ownSentences = new Map<string, (exchange: ExchangeDefinition) => string>([
  [
    'key-missing',
    ({ name }) =>
      `The vault does not hold the key of this connection any more, so ${name} was not asked. Put the vault back, or ` +
      'replace the key of this connection: its history stays.',
  ],
  ['aborted', () => 'It was stopped before all of it was asked for: the next sync goes on from there.'],
  ['busy', () => 'Another sync of this account is at work: wait until it has ended.'],
  ['lease-lost', () => 'Another sync of this account took over, and goes on: wait until it has ended.'],
  [
    'stalled',
    ({ name }) =>
      `It was begun again and again, and ${name} answered nothing new each time, so it was given up. The next sync tries again.`,
  ],
  [
    'window-saturated',
    ({ name }) =>
      `${name} holds more rows of one moment than it can be made to show. Compare that moment with a statement of the exchange.`,
  ],
  [
    'different-account',
    ({ name }) =>
      `This key seems to open another account now: ${name} shows none of the rows that are stored, and others in their place, or ` +
      'none. Nothing of it is stored with this history, and it is asked again every night. Compare with the exchange: if it is another ' +
      'account, disconnect this key, and connect that account with a key of its own.',
  ],
])

/** The sentence that a user hears when something failed, at the exchange or on the way to it. */
export function failureSentence(exchange: ExchangeDefinition, kind: string): string {
  return (
    new Map(Object.entries(exchange.sentences)).get(kind) ??
    ownSentences.get(kind)?.(exchange) ??
    `${exchange.name} did not do what was asked (${kind}). Try again later; if it stays, make a new key.`
  )
}

async function refusing<T>(
  exchange: ExchangeDefinition,
  { oddities }: Submission,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    const { kind, retryAfter, code } = error.failure
    const doubts = kind === 'wrong-signature' ? oddities : unreached(kind, code)
    throw new RefusedError(
      kind,
      [failureSentence(exchange, kind), ...doubts].join(' '),
      undefined,
      retryAfter,
      blamed(exchange, kind),
    )
  }
}

/** Which of the fields that this exchange has a refusal is about. */
function blamed({ credentials }: ExchangeDefinition, kind: string): readonly string[] {
  const names: readonly string[] =
    kind === 'wrong-signature' ? ['secret', 'passphrase'] : kind === 'unauthorized' ? ['apiKey'] : []
  return credentials.flatMap(({ name }) => (names.includes(name) ? [name] : []))
}

/** Where no connection came about at all, it is more often this side's fault than the exchange's. */
function unreached(kind: string, code: string | undefined): readonly string[] {
  if (kind !== 'exchange-down' || code === undefined || !/^E[A-Z_]+$/.test(code)) return []
  return [
    `From here there is no way to its address at all (${code}): check the network, the proxy, and any address that was set in place of its own.`,
  ]
}
