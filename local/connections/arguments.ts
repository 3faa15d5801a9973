import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
import { InvalidInputError } from '../import/invalid-input.ts'

/** What somebody wants to do to a connection, named as people name it. */
export type ConnectionsCommand =
  | { readonly what: 'rename'; readonly name: string; readonly label: string }
  | {
      readonly what: 'remove'
      readonly name: string
      readonly history: 'keep' | 'delete'
      /** Not to be asked. */
      readonly sure: boolean
    }
  /** The statement files of an account, or of all. */
  | { readonly what: 'files'; readonly name?: string }
  /** Let what a statement file told go again. `out`: where each account has a folder for its files. */
  | { readonly what: 'take-back'; readonly file: string; readonly name?: string; readonly out: string }
  /** Remove a statement file of which nothing is stored. */
  | { readonly what: 'forget'; readonly file: string; readonly name?: string }

const flags: readonly Flag[] = [
  { name: 'history', value: 'delete', about: 'with remove: delete what was imported, too' },
  {
    name: 'out',
    value: 'DIR',
    about: 'with take-back: where the folders of accounts are, to write theirs anew (default: ./history)',
  },
  { name: 'json', about: 'print what was done as one JSON object on the last line' },
  { name: 'yes', about: 'delete without being asked' },
  { name: 'help', about: 'show this text' },
]

/** Reads the command line. Throws `InvalidInputError`. */
export function readConnectionsArguments(
  argv: readonly string[],
): { readonly command: ConnectionsCommand } | { readonly help: string } {
  const words: string[] = []
  const given = readFlags(flags, argv, words)
  if (given.has('help')) return { help: helpText() }
  const [what, name, label, ...more] = words
  const [history, out] = [given.get('history'), given.get('out')]
  if (out !== undefined && what !== 'take-back')
    throw new InvalidInputError('--out goes with take-back: nothing else here writes files.')
  if (
    what === 'rename' &&
    name !== undefined &&
    label !== undefined &&
    more.length === 0 &&
    !given.has('history') &&
    !given.has('yes')
  )
    return { command: { what, name, label } }
  if (history !== undefined && history !== 'delete')
    throw new InvalidInputError('--history can only be “delete”; without it the history stays.')
  if (what === 'remove' && name !== undefined && label === undefined)
    return { command: { what, name, history: history ?? 'keep', sure: given.has('yes') } }
  const isBare = !given.has('history') && !given.has('yes')
  if (what === 'files' && label === undefined && isBare)
    return { command: { what, ...(name !== undefined && { name }) } }
  if (name !== undefined && more.length === 0 && isBare) {
    const meant = { file: name, ...(label !== undefined && { name: label }) }
    if (what === 'take-back') return { command: { what, ...meant, out: out ?? 'history' } }
    if (what === 'forget') return { command: { what, ...meant } }
  }
  throw new InvalidInputError(
    'Say rename NAME LABEL, remove NAME, files, take-back FILE [NAME], or forget FILE [NAME]: what has blanks in it in quotes. ' +
      '--help explains.',
  )
}

function helpText(): string {
  return [
    'Renames or removes an account on this computer, and what statement files told of it. npm run -s status lists them.',
    '',
    'npm run connections -- rename NAME LABEL',
    'npm run connections -- remove NAME [--history delete] [--yes] [--json]',
    'npm run connections -- files [NAME]',
    'npm run connections -- take-back FILE [NAME] [--out DIR]',
    'npm run connections -- forget FILE [NAME]',
    '',
    ...columns(flagLines(flags)),
    '',
    'NAME is the label of an account, its sub-account, the last characters of its key, or its id. LABEL is your own name',
    'for it, as in the API. remove destroys the key that npm start keeps of it, and nothing else; with --history delete',
    'everything that was imported goes, too. files lists the statement files that were brought in, while npm start or an import',
    'runs, too; take-back lets what one of them told go again, by its id or its name (of the account NAME, where several',
    'have one called so): everything is as it would be without it. forget removes a file of which nothing is stored, for good.',
  ].join('\n')
}
