import type { Connection } from '../../lambdas/domain/connection.ts'
import { listed } from '../../lambdas/domain/coverage-words.ts'
import { isoTime } from '../../lambdas/domain/outward.ts'
import type { StatementFile } from '../../lambdas/statements/statement-file.ts'
import { listStatementFiles } from '../../lambdas/use-cases/add-statement-file.ts'
import { findConnection } from '../../lambdas/use-cases/find-connection.ts'
import { listConnections } from '../../lambdas/use-cases/list-connections.ts'
import { removeStatementFile } from '../../lambdas/use-cases/remove-statement-file.ts'
import { takeBackStatementFile } from '../../lambdas/use-cases/store-statement-file.ts'
import { findByName, titleOf } from '../find-by-name.ts'
import { localUser } from '../identity.ts'
import { InvalidInputError } from '../import/invalid-input.ts'
import { counted } from '../import/wording.ts'
import type { StatementHome } from '../statement-home.ts'
import { writeStoredAnew, writtenJson, writtenSentence } from '../write-stored.ts'

type Known = { readonly file: StatementFile; readonly of: Connection }

/** As long as what is shown of an id. */
const shortId = 12
const shortest = 4

const states: Readonly<Record<StatementFile['state'], string>> = {
  awaited: 'not whole yet',
  here: 'not stored',
  stored: 'stored',
  'taken-back': 'taken back',
}

/** What to tell of it, and for programs. */
type Told = { readonly sentence: string } & Readonly<Record<string, unknown>>

/** The statement files that were brought in, a line each, the newest first. */
export async function filesTold(home: StatementHome, name: string | undefined): Promise<Told> {
  const known = await filesOf(home, name)
  const files = known.map(({ file, of }) => ({
    file: file.id,
    connection: of.id,
    name: file.name,
    state: file.state,
    addedAt: isoTime(file.addedAt),
    ...(file.state === 'stored' && file.reading !== undefined && { rows: rowsIn(file.reading) }),
  }))
  if (known.length === 0)
    return { files, sentence: 'No statement file was brought in yet: npm run import -- --file FILE begins.' }
  const lines = known.map(({ file, of }) =>
    [
      file.id.slice(0, shortId),
      isoTime(file.addedAt).slice(0, 10),
      states[file.state],
      titleOf(of),
      file.name,
      ...(file.state === 'stored' && file.reading !== undefined
        ? [counted(rowsIn(file.reading), 'row')]
        : []),
    ].join('  '),
  )
  return { files, sentence: lines.join('\n') }
}

function rowsIn({ tables }: NonNullable<StatementFile['reading']>): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0)
}

type Named = { readonly file: string; readonly name?: string }

/** Throws `InvalidInputError` where no file, or more than one, can be meant. */
export async function takeBack(
  home: StatementHome,
  { file: named, name, out }: Named & { readonly out: string },
): Promise<Told> {
  const file = fileNamed(await filesOf(home, name), named, ({ state }) => state === 'stored')
  const done = { file: file.id, connection: file.connection }
  if (file.state !== 'stored')
    return {
      ...done,
      sentence:
        file.state === 'taken-back'
          ? `${file.name} was taken back before: nothing was done.`
          : `${file.name} is ${states[file.state]}: nothing was done. To remove it: npm run connections -- forget ${file.id.slice(0, shortId)}`,
    }
  const target = { user: localUser, connection: file.connection, file: file.id }
  const { removed, written } = await takeBackStatementFile(home, target)
  const instead = written === 0 ? '' : `, and ${counted(written, 'row')} of other files came in their place`
  const sentence = `Done: ${counted(removed, 'row')} that only ${file.name} told ${removed === 1 ? 'is' : 'are'} gone${instead}.`
  const anew = await writeStoredAnew(home, file.connection, out)
  return {
    ...done,
    removed,
    written,
    ...(anew !== undefined && writtenJson(anew)),
    sentence: anew === undefined ? sentence : `${sentence} ${writtenSentence(anew)}`,
  }
}

/**
 * Removes a file of which nothing is stored, and the account that was opened for it where nothing else is known of that. Throws
 * `InvalidInputError` where no file, or more than one, can be meant, or it is stored.
 */
export async function forget(home: StatementHome, { file: named, name }: Named): Promise<Told> {
  const known = await filesOf(home, name)
  const file = fileNamed(known, named, ({ state }) => state !== 'stored')
  const of = await findConnection(home, localUser, file.connection)
  if (file.state === 'stored')
    throw new InvalidInputError(
      `${file.name} is part of the history: take it back first (npm run connections -- take-back ${file.id.slice(0, shortId)}).`,
    )
  await removeStatementFile(home, { user: localUser, connection: of.id, file: file.id })
  return {
    file: file.id,
    connection: of.id,
    sentence: `Done: ${file.name} is removed. Nothing of it was part of the history.`,
  }
}

/** `likely`: which is meant where several are called so. */
function fileNamed(
  known: readonly Known[],
  name: string,
  likely: (file: StatementFile) => boolean,
): StatementFile {
  const found = known.filter(
    ({ file }) => file.name === name || (name.length >= shortest && file.id.startsWith(name.toLowerCase())),
  )
  const meant = found.length > 1 ? found.filter(({ file }) => likely(file)) : found
  const [only] = meant
  if (only === undefined)
    throw new InvalidInputError(
      `No such statement file is called “${name}”: npm run connections -- files lists them.`,
    )
  if (meant.length > 1)
    throw new InvalidInputError(
      `“${name}” may be any of ${listed(meant.map(toldApart))}: ` +
        'give the id, and the name of the account behind it where the file is in several.',
    )
  return only.file
}

function toldApart({ file, of }: Known): string {
  return `${file.id.slice(0, shortId)} of ${titleOf(of)}`
}

/** Of one account, or of all. */
async function filesOf(home: StatementHome, name: string | undefined): Promise<readonly Known[]> {
  const all = await listConnections(home, localUser)
  const connections = name === undefined ? all : [findByName(all, name)]
  const lists = await Promise.all(
    connections.map(async (of) =>
      (await listStatementFiles(home, localUser, of.id)).map((file) => ({ file, of })),
    ),
  )
  return lists.flat().sort((a, b) => b.file.addedAt - a.file.addedAt)
}
