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

const flags: readonly Flag[] = [
  { name: 'history', value: 'delete', about: 'with remove: delete what was imported, too' },
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
  const history = given.get('history')
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
  throw new InvalidInputError(
    'Say rename NAME LABEL, or remove NAME: what has blanks in it in quotes. --help explains.',
  )
}

function helpText(): string {
  return [
    'Renames or removes an account on this computer. npm run -s status lists them.',
    '',
    'npm run connections -- rename NAME LABEL',
    'npm run connections -- remove NAME [--history delete] [--yes] [--json]',
    '',
    ...columns(flagLines(flags)),
    '',
    'NAME is the label of an account, its sub-account, the last characters of its key, or its id. LABEL is your own name',
    'for it, as in the API. remove destroys the key that npm start keeps of it, and nothing else; with --history delete',
    'everything that was imported goes, too.',
  ].join('\n')
}
