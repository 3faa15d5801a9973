import password from '@inquirer/password'
import { listed } from '../../lambdas/domain/coverage-words.ts'
import type { CredentialField, ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import {
  type Submission,
  submit,
  type TypedCredentials,
  textProblem,
} from '../../lambdas/use-cases/submission.ts'
import { InvalidInputError } from './invalid-input.ts'

export type AskingTerminal = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  /** Where people may be spoken to, the best place first: one of them is a terminal, or nobody can be asked. */
  readonly screens: readonly NodeJS.WriteStream[]
  readonly signal: AbortSignal
  readonly hash: (text: string) => string
}

/**
 * The credentials from the environment; what is missing there is asked for, without echo. Throws `InvalidInputError`
 * that names the fields when they cannot be had or cannot be right.
 */
export async function askCredentials(
  terminal: AskingTerminal,
  exchange: ExchangeDefinition,
): Promise<Submission> {
  const missing = exchange.credentials.filter(
    (field) => fromEnvironment(terminal, exchange, field) === undefined,
  )
  const screen = terminal.stdin.isTTY ? terminal.screens.find(({ isTTY }) => isTTY) : undefined
  if (missing.length > 0 && screen === undefined)
    throw new InvalidInputError(
      `Set ${listed(missing.flatMap(({ name }) => exchange.credentialVariables[name] ?? []))} in the environment, ` +
        'or run this in a terminal, where it is asked for.',
    )
  const typed = new Map<string, string | undefined>()
  for (const field of exchange.credentials)
    typed.set(
      field.name,
      fromEnvironment(terminal, exchange, field) ?? (await ask(terminal, screen, exchange, field)),
    )
  return submitted(terminal, exchange, {
    apiKey: typed.get('apiKey'),
    secret: typed.get('secret'),
    passphrase: typed.get('passphrase'),
  })
}

function submitted(
  { hash }: AskingTerminal,
  exchange: ExchangeDefinition,
  typed: TypedCredentials,
): Submission {
  const submission = submit(exchange, typed, hash)
  if (!('problems' in submission)) return submission
  const problems = submission.problems.map(({ field, problem }) => {
    const known = exchange.credentials.find(({ name }) => name === field)
    return known === undefined
      ? `${field} ${problem}`
      : `${known.title} (${exchange.credentialVariables[known.name]}) ${problem}`
  })
  throw new InvalidInputError(`${problems.join('; ')}.`)
}

function fromEnvironment(
  { env }: AskingTerminal,
  exchange: ExchangeDefinition,
  field: CredentialField,
): string | undefined {
  const variable = exchange.credentialVariables[field.name]
  return variable === undefined ? undefined : env[variable]
}

/** Ctrl-D, and what a terminal makes of one that was pressed before anybody asked. */
const ends: readonly unknown[] = ['\u0004', '\u0000']

async function ask(
  { stdin, signal }: AskingTerminal,
  screen: NodeJS.WriteStream | undefined,
  exchange: ExchangeDefinition,
  field: CredentialField,
): Promise<string> {
  const closing = new AbortController()
  const close = () => closing.abort()
  const pressed = (_text: unknown, key: { readonly sequence?: string } | undefined) => {
    if (ends.includes(key?.sequence)) close()
  }
  // Ctrl-D ends the reading, and nobody would tell the prompt; after other keys it would end nothing.
  stdin.on('pause', close)
  stdin.on('keypress', pressed)
  const asking = password(
    {
      message: `${exchange.name} ${field.title.toLowerCase()} (${field.hint}):`,
      mask: false,
      toggleMask: false,
      theme: { style: { maskedText: '(hidden)' } },
      validate: (answer) => {
        // Blanks around a key that was pasted are left out; those of a memo may be meant.
        const problem = textProblem(field.name === 'passphrase' ? answer : answer.trim(), field.maxLength)
        return problem === undefined ? true : `It ${problem}.`
      },
    },
    { input: stdin, output: screen, signal: AbortSignal.any([signal, closing.signal]) },
  )
  return asking.finally(() => stdin.off('pause', close).off('keypress', pressed))
}
