import type { ExportFormat } from '../../lambdas/domain/export-format.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import type { AskedExport, Formats } from '../../lambdas/use-cases/request-export.ts'
import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
import { InvalidInputError } from '../import/invalid-input.ts'

/** What somebody wants to be written, and where to. */
export type ExportCommand = {
  readonly asked: AskedExport
  /** A JSON file with names of accounts for journals. */
  readonly accountsFile?: string
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
  { name: 'connections', value: 'IDS', about: 'only these, divided by commas (default: all)' },
  { name: 'accounts', value: 'FILE', about: 'names of accounts for journals, as JSON (see below)' },
  { name: 'out', value: 'DIR', about: 'where the file is written (default: ./history)' },
  { name: 'json', about: 'print the result as one JSON object on the last line' },
  { name: 'help', about: 'show this text' },
]

/** Reads the command line of the exporter. Throws `InvalidInputError`. */
export function readExportArguments(
  argv: readonly string[],
  formats: Formats,
): { readonly command: ExportCommand } | { readonly help: string } {
  const given = readFlags(flags, argv)
  if (given.has('help')) return { help: helpText(formats) }
  const format = given.get('format')
  if (format === undefined)
    throw new InvalidInputError(
      `--format is missing; known: ${[...formats.keys()].join(', ')}. --help explains.`,
    )
  return {
    command: {
      asked: {
        format,
        from: given.get('from'),
        to: given.get('to'),
        period: given.get('period'),
        timezone: given.get('timezone'),
        connections: given.get('connections')?.split(','),
      },
      accountsFile: given.get('accounts'),
      out: given.get('out') ?? 'history',
      json: given.has('json'),
    },
  }
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
    'Journals name their accounts like this; --accounts takes a JSON file with those that are to be named otherwise:',
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
