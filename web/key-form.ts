import type { CredentialField, Exchange, Problem } from './answers.ts'
import { connectWords } from './words/connect.ts'

/** What is typed into the form of a key, and what can be said of it before anybody is asked. */
export type Typed = Readonly<Record<CredentialField['name'], string>>

export const nothingTyped: Typed = { apiKey: '', secret: '', passphrase: '' }

/** Signs. */
const shortestKey = 16

type Fields = readonly CredentialField[]
export type FieldWords = Partial<Record<string, string>>

const texts = connectWords

/** Keys have no white space; the passphrase is the user's own text, and stays as it is. */
export function cleaned(name: CredentialField['name'], text: string): string {
  return name === 'passphrase' ? text : text.trim()
}

/** What is missing. */
export function problemsOf(fields: Fields, typed: Typed): FieldWords {
  return Object.fromEntries(
    fields.flatMap(({ name, title }) => (typed[name] === '' ? [[name, texts.required(title)]] : [])),
  )
}

/** What looks odd, and may be right. `trimmed`: fields that came with white space around them. */
export function warningsOf(fields: Fields, typed: Typed, trimmed: ReadonlySet<string>): FieldWords {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const found = [
        ...(trimmed.has(field.name) ? [texts.trimmed] : []),
        ...mixedUp(fields, field, typed),
        ...ownText(field, typed[field.name]),
      ]
      return found.length === 0 ? [] : [[field.name, found.join(' ')]]
    }),
  )
}

function mixedUp(fields: Fields, { name }: CredentialField, { apiKey, secret }: Typed): readonly string[] {
  if (name === 'passphrase' || apiKey === '' || secret === '') return []
  if (apiKey === secret) return name === 'secret' ? [texts.same] : []
  // Wherever keys and secrets are known, a secret is no shorter than its key, and a key is no short word.
  if (name !== 'apiKey' || secret.length < shortestKey || apiKey.length < secret.length * 1.5) return []
  const other = fields.find((one) => one.name === 'secret')?.title ?? ''
  return [texts.swapped(other.toLowerCase())]
}

function ownText({ name, troublesome = [] }: CredentialField, text: string): readonly string[] {
  if (name !== 'passphrase') return []
  const signs = troublesome.filter((sign) => text.includes(sign))
  return [
    ...(text !== text.trim() ? [texts.spaces] : []),
    ...(signs.length > 0 ? [texts.troublesome(signs)] : []),
  ]
}

/** What was refused, at the fields it is about. */
export function refusedFields({ credentials }: Exchange, { status, errors = [] }: Problem): FieldWords {
  return Object.fromEntries(
    errors.map(({ field, detail }) => {
      const title = credentials.find(({ name }) => name === field)?.title ?? titles[field] ?? field
      // A request that is not valid has a sentence's end for each field; an exchange has a whole one.
      return [field, status === 400 ? texts.fieldProblem(title, detail) : detail]
    }),
  )
}

const titles: Readonly<Record<string, string>> = { label: texts.label, subaccount: texts.subaccount }

/** What a person has to decide before the same is asked again, and how the request then says it. */
export function decisionOf(
  { code }: Problem,
  isReplacing: boolean,
): { readonly label: string; readonly send: object } | undefined {
  if (code === 'key-too-strong') return { label: texts.insist, send: { allowPowerfulKey: true } }
  if (code !== 'account-unknown') return undefined
  return isReplacing
    ? { label: texts.sameAccount, send: { sameAccount: true } }
    : { label: texts.anotherAccount, send: { newAccount: true } }
}
