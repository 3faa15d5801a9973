import { type ExchangeDefinition, symbolsProblem } from '../../lambdas/domain/exchange.ts'
import { parseEnd } from '../../lambdas/domain/period.ts'
import { normaliseSubaccount } from '../../lambdas/use-cases/connect.ts'
import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
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
  /** Ask again for all that could not be told or had before. */
  readonly recheck: boolean
  /** Before this, says its owner, the account was not used; null takes it back. Epoch milliseconds. */
  readonly since?: number | null
  /** Symbols and coins that were traded, as their owner says. */
  readonly symbols?: readonly string[]
  /** Where nobody can tell: what the user says of the account. */
  readonly newAccount: boolean
  readonly sameAccount: boolean
}

const flags: readonly Flag[] = [
  { name: 'exchange', value: 'NAME', about: 'the exchange to import from (default: bitmart)' },
  { name: 'subaccount', value: 'NAME', about: 'the sub-account that the key belongs to' },
  {
    name: 'since',
    value: 'DAY',
    about: 'you say that the account was not used before (2026-03-01, UTC); none takes it back',
  },
  {
    name: 'symbols',
    value: 'LIST',
    about: 'symbols or coins you traded (BTCUSDT,SOL), where an exchange is asked symbol by symbol',
  },
  { name: 'out', value: 'DIR', about: 'where each account gets a folder for its files (default: ./history)' },
  { name: 'json', about: 'print the result, or why it was refused, as one JSON object on the last line' },
  { name: 'allow-powerful-key', about: 'import even if the key can do more than read' },
  { name: 'replace-key', about: 'go on with the history that another key of the same account has begun' },
  { name: 'new-account', about: 'say that it is another account, where nobody can tell' },
  {
    name: 'same-account',
    about: 'say that it is the same account, with --replace-key, where nobody can tell',
  },
  { name: 'recheck', about: 'ask again now, not once a week, for what could not be told or had' },
  { name: 'help', about: 'show this text' },
]

/** Reads the command line of the importer. Throws `InvalidInputError`. */
export function readArguments(
  argv: readonly string[],
  exchanges: ReadonlyMap<string, ExchangeDefinition>,
  now: number,
): { readonly request: ImportRequest } | { readonly help: string } {
  const given = readFlags(flags, argv)
  if (given.has('help')) return { help: helpText(exchanges) }
  const exchange = exchanges.get(given.get('exchange') ?? 'bitmart')
  if (exchange === undefined) {
    const known = [...exchanges.keys()].join(', ')
    throw new InvalidInputError(`--exchange names an exchange that is not known here; known: ${known}.`)
  }
  const symbols = given
    .get('symbols')
    ?.split(',')
    .flatMap((name) => name.trim() || [])
  const useless = symbolsProblem(exchange, symbols)
  if (useless !== undefined) throw new InvalidInputError(`--symbols ${useless}.`)
  if (given.has('new-account') && (given.has('same-account') || given.has('replace-key')))
    throw new InvalidInputError(
      '--new-account says that it is another account; --same-account and --replace-key, that it is the same: give one of them.',
    )
  if (given.has('same-account') && !given.has('replace-key'))
    throw new InvalidInputError('--same-account goes with --replace-key: add it.')
  return {
    request: {
      exchange,
      subaccount: normaliseSubaccount(given.get('subaccount') ?? ''),
      out: given.get('out') ?? 'history',
      json: given.has('json'),
      allowPowerfulKey: given.has('allow-powerful-key'),
      replaceKey: given.has('replace-key'),
      recheck: given.has('recheck'),
      since: readSince(given.get('since'), now),
      symbols,
      newAccount: given.has('new-account'),
      sameAccount: given.has('same-account'),
    },
  }
}

function readSince(text: string | undefined, now: number): number | null | undefined {
  if (text === undefined) return undefined
  if (text === 'none') return null
  const since = parseEnd(text, 'from', () => 0)
  if (since === undefined)
    throw new InvalidInputError(
      '--since must be a day such as 2026-03-01, a time such as 2026-03-01T12:00:00Z, or none: the day on which you ' +
        'began to use the account.',
    )
  if (since > now)
    throw new InvalidInputError(
      '--since lies in the future: name the day on which you began to use the account.',
    )
  return since
}

function helpText(exchanges: ReadonlyMap<string, ExchangeDefinition>): string {
  const variables = [...exchanges.values()].flatMap((exchange) => [
    ...exchange.credentials.map(({ name, title, hint }) => ({
      left: exchange.credentialVariables[name] ?? '',
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
    'npm run import -- --file FILE [options]   brings in a statement file: --file --help tells more',
    '',
    ...columns(flagLines(flags)),
    '',
    'Credentials that are not in the environment are asked for. They are never stored.',
    '',
    ...columns([
      ...variables,
      { left: 'DATA_DIR', about: 'where the local store lives (default: .data)' },
      {
        left: 'HTTPS_PROXY',
        about: 'a proxy between this computer and the exchange; NO_PROXY names exceptions',
      },
      { left: 'NO_COLOR', about: 'no colours' },
    ]),
    '',
    'Ends with 0: complete; 3: imported, and not known to be complete: with gaps, failures, or time of which nobody can',
    'tell, it says which; 2: refused, since something given is not valid, the exchange refuses the key, or there is no',
    'room on the disk, one sentence says why; 130: interrupted, the next import goes on; 1: a bug, what was imported is kept.',
  ].join('\n')
}
