import type { ExchangeDefinition } from '../../../lambdas/domain/exchange.ts'
import { nearTimezones } from '../../../lambdas/domain/near-timezones.ts'
import { clockOf } from '../../../lambdas/statements/clock.ts'
import type { DateOrder } from '../../../lambdas/statements/time-text.ts'
import { columns, type Flag, flagLines, readFlags } from '../../flags.ts'
import { InvalidInputError } from '../invalid-input.ts'
import { mappingHelp } from './mapping-help.ts'

/** A statement file that somebody brings in, and what is said of it beforehand. */
export type FileRequest = {
  readonly file: string
  /** Whose history it is: a name or an id. */
  readonly connection?: string
  /** In place of a connection: the exchange of an account of which only files are known. */
  readonly exchange?: string
  readonly label?: string
  /** Its owner says that it is of another account than those of that exchange that are here. */
  readonly isNewAccount: boolean
  /** A file with what its columns mean. */
  readonly map?: string
  /** Where what is said of its columns is written to, as such a file. */
  readonly saveMap?: string
  readonly timezone?: string
  readonly dateOrder?: DateOrder
  readonly decimalSign?: '.' | ','
  /** Its owner says that it has everything between its first row and its last. */
  readonly isWhole: boolean
  /** Only show what would be stored. */
  readonly isPreview: boolean
  /** Store it without being asked. */
  readonly isSure: boolean
  /** Where each account has a folder for its files. */
  readonly out: string
  readonly json: boolean
}

const flags: readonly Flag[] = [
  {
    name: 'file',
    value: 'FILE',
    about: 'the statement as the exchange made it: CSV, TSV, XLSX, or a zip of them',
  },
  {
    name: 'connection',
    value: 'NAME',
    about: 'whose history it is: a label, a sub-account, the end of a key, an id',
  },
  {
    name: 'exchange',
    value: 'NAME',
    about: 'instead: the exchange of an account of which only files are known',
  },
  { name: 'label', value: 'NAME', about: 'with --exchange: your own name for that account' },
  {
    name: 'new-account',
    about: 'with --exchange: make another account for it, whatever those that are here are called',
  },
  {
    name: 'map',
    value: 'FILE',
    about: 'what its columns mean, as JSON; it goes before what is known of its header here',
  },
  {
    name: 'save-map',
    value: 'FILE',
    about: 'write what was said or is known of its columns to a new file, for --map',
  },
  {
    name: 'timezone',
    value: 'ZONE',
    about: 'of its times, where it does not say: UTC, UTC+8, Europe/Berlin',
  },
  { name: 'date-order', value: 'ORDER', about: 'day-first or month-first, where no date tells' },
  { name: 'decimal', value: 'SIGN', about: 'point or comma, where no number tells' },
  { name: 'whole', about: 'you say that it has everything between its first row and its last' },
  { name: 'preview', about: 'show what would be stored, and store nothing' },
  { name: 'yes', about: 'store it without being asked' },
  { name: 'out', value: 'DIR', about: 'where each account has a folder for its files (default: ./history)' },
  { name: 'json', about: 'print the result as one JSON object on the last line' },
  { name: 'help', about: 'show this text' },
]

const signs: Readonly<Record<string, '.' | ','>> = { point: '.', comma: ',' }

/** Reads the command line of a statement file. Throws `InvalidInputError`. */
export function readFileArguments(
  argv: readonly string[],
  exchanges: ReadonlyMap<string, ExchangeDefinition>,
): { readonly request: FileRequest } | { readonly help: string } {
  if (argv.includes('--help')) return { help: helpText() }
  const given = readFlags(flags, argv)
  const file = given.get('file')
  if (file === undefined) throw new InvalidInputError('--file FILE names the statement.')
  const [connection, exchange, label] = ['connection', 'exchange', 'label'].map((name) => given.get(name))
  if (connection !== undefined && exchange !== undefined)
    throw new InvalidInputError(
      '--connection names an account that is here, --exchange one of which only files are known: give one of them.',
    )
  if (exchange !== undefined && !exchanges.has(exchange))
    throw new InvalidInputError(
      `--exchange names an exchange that is not known here; known: ${[...exchanges.keys()].join(', ')}.`,
    )
  if (label !== undefined && exchange === undefined)
    throw new InvalidInputError('--label goes with --exchange: an account that is here has its name already.')
  if (given.has('new-account') && exchange === undefined)
    throw new InvalidInputError('--new-account goes with --exchange: it says that no account here is meant.')
  if (given.has('preview') && given.has('yes'))
    throw new InvalidInputError('--preview stores nothing, --yes stores it: give one of them.')
  if (given.has('map') && given.has('save-map'))
    throw new InvalidInputError('--save-map writes what --map says already: give one of them.')
  return {
    request: {
      file,
      connection,
      exchange,
      label,
      isNewAccount: given.has('new-account'),
      map: given.get('map'),
      saveMap: given.get('save-map'),
      timezone: zoneOf(given.get('timezone')),
      dateOrder: dateOrderOf(given.get('date-order')),
      decimalSign: decimalSignOf(given.get('decimal')),
      isWhole: given.has('whole'),
      isPreview: given.has('preview'),
      isSure: given.has('yes'),
      out: given.get('out') ?? 'history',
      json: given.has('json'),
    },
  }
}

function zoneOf(text: string | undefined): string | undefined {
  if (text === undefined || clockOf(text) !== undefined) return text
  throw new InvalidInputError(`--timezone ${noZone(text)}`)
}

/** Why a text is no time zone, with those that may be meant. */
export function noZone(text: string): string {
  const near = nearTimezones(text)
  return near.length === 0
    ? `“${text}” is no time zone that is known here: give one like UTC, UTC+8 or Europe/Berlin.`
    : `“${text}” is no time zone that is known here; near to it: ${near.join(', ')}.`
}

function dateOrderOf(text: string | undefined): DateOrder | undefined {
  if (text === undefined || text === 'day-first' || text === 'month-first') return text
  throw new InvalidInputError('--date-order must be day-first or month-first.')
}

function decimalSignOf(text: string | undefined): '.' | ',' | undefined {
  const sign = text === undefined ? undefined : signs[text]
  if (text !== undefined && sign === undefined)
    throw new InvalidInputError('--decimal must be point or comma.')
  return sign
}

function helpText(): string {
  return [
    'Brings in a statement file that the exchange once let you download: what the API no longer serves. Nothing is counted twice,',
    'and nothing is stored before you have seen what would be.',
    '',
    'npm run import -- --file FILE [options]',
    '',
    ...columns(flagLines(flags)),
    '',
    'What the file does not say itself is asked in a terminal; elsewhere, what is missing is told with the option that says it.',
    'What is stored is written to the files of the account below --out, too, as an import does.',
    'npm run connections -- files lists what was brought in, and npm run connections -- take-back ID takes it back.',
    '',
    ...mappingHelp(),
    '',
    'Ends with 0: stored, or known already; 2: refused, or not said to be stored, and nothing was; 130: interrupted; 1: a bug.',
  ].join('\n')
}
