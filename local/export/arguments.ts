import type { ExportFormat } from '../../lambdas/domain/export-format.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import type { AskedExport, Formats } from '../../lambdas/use-cases/request-export.ts'
import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
import { InvalidInputError } from '../import/invalid-input.ts'

/** What somebody wants to be written, and where to. */
export type ExportCommand = {
  readonly asked: AskedExport
  /** What the user calls the accounts whose history is asked for. */
  readonly account?: string
  /** A CSV file with what that account held before, for journals. */
  readonly openingFile?: string
  /** A JSON file with names of accounts for journals. */
  readonly accountsFile?: string
  /** Which form of the statement is written beside the file. */
  readonly statement: 'statement' | 'statement-json'
  readonly out: string
  readonly json: boolean
}

const flags: readonly Flag[] = [
  { name: 'format', value: 'NAME', about: 'one of the formats below' },
  {
    name: 'period',
    value: 'YEAR',
    about: 'a year (2026), or a tax year by its days (2026-04-06/2027-04-05)',
  },
  { name: 'from', value: 'DAY', about: 'the first day, or the first instant (2026-01-31T12:00:00Z)' },
  { name: 'to', value: 'DAY', about: 'the last day, or the first instant that is left out' },
  {
    name: 'timezone',
    value: 'ZONE',
    about: 'where these days begin and end, such as Europe/Berlin (default: UTC)',
  },
  {
    name: 'account',
    value: 'NAME',
    about:
      'only this account, by its name, its id or the end of its key, or these, divided by commas (default: all)',
  },
  { name: 'journal-names', value: 'FILE', about: 'how a journal names its accounts, as JSON (see below)' },
  {
    name: 'opening',
    value: 'FILE',
    about: 'what the account held before, for journals: lines of coin,amount or coin,amount,wallet',
  },
  { name: 'statement', value: 'FORM', about: 'the statement beside the file as text (default) or json' },
  { name: 'out', value: 'DIR', about: 'where the file is written (default: ./history)' },
  { name: 'json', about: 'print the result, or why it was refused, as one JSON object on the last line' },
  { name: 'help', about: 'show this text, or with a format (--help koinly) all about that format' },
]

/** Reads the command line of the exporter. Throws `InvalidInputError`. */
export function readExportArguments(
  argv: readonly string[],
  formats: Formats,
): { readonly command: ExportCommand } | { readonly help: string } {
  const asked = formatAskedAbout(argv, formats)
  if (asked !== undefined) return { help: formatHelp(asked) }
  const given = readFlags(flags, argv)
  if (given.has('help')) return { help: helpText(formats) }
  const format = given.get('format')
  if (format === undefined)
    throw new InvalidInputError(
      `--format is missing; known: ${[...formats.keys()].join(', ')}. --help explains.`,
    )
  if (given.has('period') && (given.has('from') || given.has('to')))
    throw new InvalidInputError('--period says from when to when already: leave out --from and --to.')
  const form = given.get('statement') ?? 'text'
  if (form !== 'text' && form !== 'json') throw new InvalidInputError('--statement must be text or json.')
  const openingFile = given.get('opening')
  if (openingFile !== undefined && formats.get(format)?.takesOpening !== true)
    throw new InvalidInputError(
      `--opening is for journals (${[...formats.values()]
        .filter(({ takesOpening }) => takesOpening === true)
        .map(({ id }) => id)
        .join(', ')}): the other formats say what happened, not what is there.`,
    )
  return {
    command: {
      asked: {
        format,
        from: given.get('from'),
        to: given.get('to'),
        period: given.get('period'),
        timezone: given.get('timezone'),
      },
      account: given.get('account'),
      openingFile,
      accountsFile: given.get('journal-names'),
      statement: form === 'json' ? 'statement-json' : 'statement',
      out: given.get('out') ?? 'history',
      json: given.has('json'),
    },
  }
}

/** The format of `--help koinly`. Throws `InvalidInputError` where there is none of this name. */
function formatAskedAbout(argv: readonly string[], formats: Formats): ExportFormat | undefined {
  const name = argv[argv.indexOf('--help') + 1]
  if (!argv.includes('--help') || name === undefined || name.startsWith('-')) return undefined
  const format = formats.get(name)
  if (format !== undefined) return format
  throw new InvalidInputError(`There is no format of this name; known: ${[...formats.keys()].join(', ')}.`)
}

function formatHelp(format: ExportFormat): string {
  const { id, extension, carries, cannotSay, upload } = format
  const listed = (sentences: readonly string[]) => sentences.map((sentence) => `  - ${sentence}`)
  return [
    about(format),
    '',
    `npm run export -- --format ${id} writes a .${extension} file.`,
    '',
    'It holds:',
    ...listed(carries),
    '',
    format.timezone === 'utc'
      ? 'Days in it, and times that name no zone, are those of UTC, whichever --timezone the period is of.'
      : 'Days in it, and times that name no zone, are those of the clocks in --timezone.',
    ...(cannotSay.length === 0 ? [] : ['', 'It cannot say:', ...listed(cannotSay)]),
    '',
    'How to use it:',
    ...listed(upload),
  ].join('\n')
}

function helpText(formats: Formats): string {
  return [
    'Writes what was imported as one file for a tax or accounting tool, and says what it covers.',
    '',
    'npm run export -- --format NAME [options]',
    '',
    ...columns(flagLines(flags)),
    '',
    'Formats:',
    '',
    ...columns([...formats.values()].map((format) => ({ left: format.id, about: about(format) }))),
    '',
    'Journals name their accounts like this; --journal-names takes a JSON file with those that are to be named otherwise:',
    '',
    ...columns(Object.entries(defaultAccounts).map(([left, about]) => ({ left, about }))),
    '',
    ...columns([{ left: 'DATA_DIR', about: 'where the local store lives (default: .data)' }]),
    '',
    'Ends with 0: written, and complete; 3: written, not known to be complete, it says why; 2: refused, nothing',
    'written; 130: interrupted; 1: a bug.',
  ].join('\n')
}

function about({ name, timezone }: ExportFormat): string {
  return timezone === 'chosen' ? `${name}, with times in --timezone` : name
}
