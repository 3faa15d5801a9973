import { parseArgs } from 'node:util'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { normaliseSubaccount } from '../../lambdas/use-cases/connect.ts'
import { textProblem } from '../../lambdas/use-cases/submission.ts'
import { InvalidInputError } from './invalid-input.ts'

/** What somebody wants imported, and where to. */
export type ImportRequest = {
  readonly exchange: ExchangeDefinition
  /** Empty for the main account. */
  readonly subaccount: string
  readonly out: string
  readonly json: boolean
  readonly allowPowerfulKey: boolean
  /** Go on with the history of the same account that another key has begun. */
  readonly replaceKey: boolean
}

type Flag = { readonly name: string; readonly value?: string; readonly about: string }

const flags: readonly Flag[] = [
  { name: 'exchange', value: 'NAME', about: 'the exchange to import from (default: bitmart)' },
  { name: 'subaccount', value: 'NAME', about: 'the sub-account that the key belongs to' },
  { name: 'out', value: 'DIR', about: 'where the files are written (default: ./history)' },
  { name: 'json', about: 'print the result as one JSON object on the last line' },
  { name: 'allow-powerful-key', about: 'import even if the key can do more than read' },
  { name: 'replace-key', about: 'go on with the history that another key of the same account has begun' },
  { name: 'help', about: 'show this text' },
]

const longestName = 100
const longestPath = 1_000

/** Reads the command line of the importer. Throws `InvalidInputError`. */
export function readArguments(
  argv: readonly string[],
  exchanges: ReadonlyMap<string, ExchangeDefinition>,
): { readonly request: ImportRequest } | { readonly help: string } {
  const given = readFlags(argv)
  if (given.has('help')) return { help: helpText(exchanges) }
  const exchange = exchanges.get(given.get('exchange') ?? 'bitmart')
  if (exchange === undefined) {
    const known = [...exchanges.keys()].join(', ')
    throw new InvalidInputError(`--exchange names an exchange that is not known here; known: ${known}.`)
  }
  return {
    request: {
      exchange,
      subaccount: normaliseSubaccount(given.get('subaccount') ?? ''),
      out: given.get('out') ?? 'history',
      json: given.has('json'),
      allowPowerfulKey: given.has('allow-powerful-key'),
      replaceKey: given.has('replace-key'),
    },
  }
}

/** The flags that were given, with their values. */
function readFlags(argv: readonly string[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional')
      throw new InvalidInputError(`${quoted(token.value)} belongs to no option: --help lists them.`)
    const flag = flags.find(({ name }) => name === token.name)
    if (flag === undefined)
      throw new InvalidInputError(`There is no option ${quoted(token.rawName)}: --help lists them.`)
    const problem = given.has(flag.name) ? 'is given twice' : valueProblem(flag, token.value)
    if (problem !== undefined) throw new InvalidInputError(`--${flag.name} ${problem}.`)
    given.set(flag.name, token.value ?? '')
  }
  return given
}

function valueProblem(flag: Flag, value: string | undefined): string | undefined {
  if (flag.value === undefined) return value === undefined ? undefined : 'takes no value'
  if (value === undefined || value.startsWith('--')) return `needs a value: --${flag.name} ${flag.value}`
  return textProblem(value.trim(), flag.value === 'DIR' ? longestPath : longestName)
}

/** What a user typed, on one line and short enough for a sentence. */
function quoted(text: string): string {
  const line = text.replaceAll(/\p{Control}/gu, '?')
  return `“${line.length > 40 ? `${line.slice(0, 40)}…` : line}”`
}

function helpText(exchanges: ReadonlyMap<string, ExchangeDefinition>): string {
  const lines = flags.map(({ name, value, about }) => ({
    left: `--${name}${value ? ` ${value}` : ''}`,
    about,
  }))
  const variables = [...exchanges.values()].flatMap((exchange) => [
    ...exchange.credentials.map(({ name, title, hint }) => ({
      left: exchange.credentialVariables[name],
      about: `${exchange.name}: ${title}, ${hint}`,
    })),
    ...Object.entries(exchange.hostVariables).map(([host, variable]) => ({
      left: variable,
      about: `another address than ${exchange.hosts[host]}, such as a proxy`,
    })),
  ])
  return [
    'Imports the whole history of an exchange account, as far as the exchange still serves it.',
    'Run it again at any time: only what is new is added.',
    '',
    'npm run import -- [options]',
    '',
    ...columns(lines),
    '',
    'Credentials that are not in the environment are asked for. They are never stored.',
    '',
    ...columns([
      ...variables,
      { left: 'DATA_DIR', about: 'where the local store lives (default: .data)' },
      { left: 'NO_COLOR', about: 'no colours' },
    ]),
    '',
    'Ends with 0: complete; 3: imported, with gaps or streams that failed; 2: refused, nothing stored;',
    '130: interrupted, the next import goes on; 1: a bug.',
  ].join('\n')
}

function columns(lines: readonly { left: string; about: string }[]): readonly string[] {
  const width = Math.max(...lines.map(({ left }) => left.length))
  return lines.map(({ left, about }) => `  ${left.padEnd(width)}  ${about}`)
}
