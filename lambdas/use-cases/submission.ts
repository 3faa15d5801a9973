import type { Credentials } from '../domain/connection.ts'
import type { CredentialField, ExchangeDefinition } from '../domain/exchange.ts'
import { Secret } from '../domain/secret.ts'

/** Credentials as somebody typed them. They live until `submit` has wrapped them, and no longer. */
export type TypedCredentials = {
  readonly apiKey?: string
  readonly secret?: string
  readonly passphrase?: string
}

/** Credentials that can be used, and the little that may be known about them without revealing them. */
export type Submission = {
  readonly credentials: Credentials
  readonly keyHash: string
  readonly keyHint: string
  readonly warnings: readonly string[]
  /** What is odd about a text that people choose themselves, in sentences: a reason to doubt it when it is refused. */
  readonly oddities: readonly string[]
}

/** What is wrong with one field of a request; `problem` continues a sentence that begins with the field's name. */
export type FieldProblem = { readonly field: string; readonly problem: string }

export type Submitted = Submission | { readonly problems: readonly FieldProblem[] }

/** Checks typed credentials against what the exchange's own form accepts, and wraps them. */
export function submit(
  exchange: ExchangeDefinition,
  pasted: TypedCredentials,
  hash: (text: string) => string,
): Submitted {
  const typed = { ...pasted, apiKey: pasted.apiKey?.trim(), secret: pasted.secret?.trim() }
  const { apiKey, secret, passphrase } = typed
  const problems = (['apiKey', 'secret', 'passphrase'] as const).flatMap((name) => {
    const field = exchange.credentials.find((one) => one.name === name)
    const problem = credentialProblem(exchange, field, typed[name])
    return problem === undefined ? [] : [{ field: name, problem }]
  })
  if (problems.length > 0 || apiKey === undefined || secret === undefined) return { problems }
  return {
    credentials: {
      apiKey: new Secret(apiKey),
      secret: new Secret(secret),
      ...(passphrase !== undefined && { passphrase: new Secret(passphrase) }),
    },
    keyHash: hash(apiKey),
    keyHint: hintOf(apiKey),
    warnings: exchange.credentials.flatMap((field) => [
      ...(typed[field.name] === pasted[field.name]
        ? []
        : [`There were blanks around the ${field.title.toLowerCase()}: they were left out.`]),
      ...troubles(field, typed[field.name]),
    ]),
    oddities: exchange.credentials
      .filter(({ name }) => name === 'passphrase')
      .flatMap(({ name, title }) => oddities(title.toLowerCase(), typed[name] ?? '')),
  }
}

/** What the eye misses in a text that was pasted, and what differs from one keyboard to the next. */
function oddities(title: string, text: string): readonly string[] {
  const unseen = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u
  const found = [
    ...(/^\s/u.test(text) ? ['begins with a blank'] : []),
    ...(/\s$/u.test(text) ? ['ends with a blank'] : []),
    ...(/\S\s{2,}\S/u.test(text) ? ['has several blanks in a row'] : []),
    ...(/[^\S ]/u.test(text) ? ['has a blank of an unusual kind'] : []),
    ...(unseen.test(text) ? ['has a sign that is not seen'] : []),
    ...(/[^\s\x20-\x7e]/u.test(text.replace(new RegExp(unseen, 'gu'), ''))
      ? ['has letters or signs that not every keyboard has']
      : []),
  ]
  if (found.length === 0) return []
  return [`The ${title} as it was entered ${found.join(', and ')}: is that so at the exchange, too?`]
}

/** Why a text that people may choose freely cannot be taken, or undefined. `maxLength` counts characters. */
export function textProblem(text: string, maxLength: number): string | undefined {
  if (text === '') return 'must not be empty'
  if (!text.isWellFormed()) return 'contains half a character (a lone surrogate)'
  if (/\p{Control}/u.test(text)) return 'contains a control character, such as a line break or a tab'
  if ([...text].length > maxLength) return `must not be longer than ${maxLength} characters`
  return undefined
}

function credentialProblem(
  exchange: ExchangeDefinition,
  field: CredentialField | undefined,
  value: string | undefined,
): string | undefined {
  if (field === undefined)
    return value === undefined ? undefined : `is not used by ${exchange.name}: leave it out`
  if (value === undefined) return `is required: ${field.title} of ${exchange.name}, ${field.hint}`
  const problem = textProblem(value, field.maxLength)
  if (problem !== undefined || field.name === 'passphrase') return problem
  return /^[\x21-\x7e]+$/.test(value)
    ? undefined
    : 'contains a space or a character that keys do not have: copy it again'
}

/** A key short enough to be guessed from its end gets no hint. */
function hintOf(apiKey: string): string {
  return apiKey.length < 8 ? '' : apiKey.slice(-4)
}

function troubles(field: CredentialField, value: string | undefined): readonly string[] {
  const found = (field.troublesome ?? []).filter((symbol) => value?.includes(symbol))
  if (found.length === 0) return []
  return [
    `The ${field.title.toLowerCase()} contains ${found.join(' and ')}, which other tools are known to stumble over. ` +
      'Here it works.',
  ]
}
