import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { vault } from '../../lambdas/adapters/vault.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { placeOfConnection } from '../../lambdas/use-cases/add-statement-file.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { nameOf, ownerOf } from '../../lambdas/use-cases/find-connection.ts'
import { textProblem } from '../../lambdas/use-cases/submission.ts'
import { askLine, ClosedQuestionError } from '../ask-line.ts'
import { exportFiles } from '../export-files.ts'
import { fileStorage } from '../file-storage.ts'
import { findByName } from '../find-by-name.ts'
import { forgetExports } from '../forget-exports.ts'
import { localUser } from '../identity.ts'
import { InvalidInputError } from '../import/invalid-input.ts'
import type { Surroundings } from '../import/run-import.ts'
import { counted } from '../import/wording.ts'
import { lookedInto, openKnownStore, openStoreToRead } from '../known-store.ts'
import { say } from '../layout.ts'
import { statementHome } from '../statement-home.ts'
import { statementObjects, statementsDirectory } from '../statement-objects.ts'
import { bugReport, bugSentence, codeOf, sentenceFor, tellProgram } from '../terminal.ts'
import { type ConnectionsCommand, readConnectionsArguments } from './arguments.ts'
import { filesTold, forget, takeBack } from './statement-files.ts'

const exitCodes = { done: 0, bug: 1, refused: 2, interrupted: 130 } as const
const longestLabel = 100

type Around = Pick<Surroundings, 'env' | 'stdin' | 'stdout' | 'stderr' | 'clock' | 'signal'>
type Stores = ReturnType<typeof openStores>

/** Renames or removes a connection, from the command line to the exit code. Never throws. */
export async function runConnections(argv: readonly string[], around: Around): Promise<number> {
  const { env, stdout, stderr } = around
  try {
    const read = readConnectionsArguments(argv)
    if ('help' in read) stdout.write(`${read.help}\n`)
    else {
      const done = await obey(read.command, around)
      if (argv.includes('--json')) stdout.write(`${JSON.stringify(done)}\n`)
      else say(stdout, env, done.sentence)
    }
    return exitCodes.done
  } catch (error) {
    if (error instanceof ClosedQuestionError) {
      const sentence = 'Interrupted: nothing was deleted.'
      stderr.write(`${sentence}\n`)
      tellProgram(stdout, argv, 'interrupted', sentence)
      return exitCodes.interrupted
    }
    const sentence = sentenceFor(error)
    tellProgram(stdout, argv, codeOf(error), sentence ?? bugSentence)
    if (sentence !== undefined) {
      say(stderr, env, sentence)
      return exitCodes.refused
    }
    stderr.write(`${bugReport(error, 'importer')}\n`)
    return exitCodes.bug
  }
}

/** What to tell when it is done, and of which connection. */
async function obey(command: ConnectionsCommand, around: Around) {
  const dataDir = around.env.DATA_DIR || '.data'
  if (command.what === 'files') return lookAtFiles(command.name, around)
  const store = await openKnownStore(around)
  try {
    const stores = openStores(store.table)
    if (command.what === 'take-back') return await takeBack(statementHome(store.table, around), command)
    if (command.what === 'forget') return await forget(statementHome(store.table, around), command)
    const connection = findByName(await stores.connections.list(localUser), command.name)
    const sentence =
      command.what === 'rename'
        ? await rename(stores, connection, command.label)
        : await remove(stores, connection, command, around, dataDir)
    return { connection: connection.id, sentence }
  } finally {
    await store.close()
  }
}

/** Beside an import or the server, too: it only reads. */
async function lookAtFiles(name: string | undefined, around: Around) {
  const store = await openStoreToRead(around)
  if (store.isInUse) say(around.stderr, around.env, lookedInto)
  try {
    return await filesTold(statementHome(store.table, around), name)
  } finally {
    await store.close()
  }
}

async function rename(stores: Stores, connection: Connection, label: string): Promise<string> {
  const problem = textProblem(label, longestLabel)
  if (problem !== undefined) throw new InvalidInputError(`The label ${problem}.`)
  const others = (await stores.connections.list(localUser)).filter(({ id }) => id !== connection.id)
  if (others.some((other) => other.label?.toLowerCase() === label.toLowerCase()))
    throw new InvalidInputError(`Another account has the label “${label}” already: choose another one.`)
  const renamed = { ...connection, label }
  if (!(await stores.connections.swap(connection, renamed)))
    throw new InvalidInputError('The account was changed a moment ago: run the same command again.')
  return `Done: from now on it is ${nameOf(renamed)}.`
}

async function remove(
  stores: Stores,
  connection: Connection,
  { history, sure }: Extract<ConnectionsCommand, { what: 'remove' }>,
  around: Around,
  dataDir: string,
): Promise<string> {
  const name = nameOf(connection)
  const hasKey = connection.vaultRef !== undefined
  if (history === 'keep' && !hasKey)
    throw new InvalidInputError(
      `No key is kept of ${name}, and its history stays: nothing was done. ` +
        'To delete the history, too, add --history delete.',
    )
  if (history === 'delete' && !sure) await askWhetherSure(stores, connection, around)
  const secrets = fileStorage(join(dataDir, 'vault.json'), around.env.VAULT_PASSPHRASE || undefined)
  await secrets.open()
  const files = exportFiles(join(dataDir, 'exports'))
  await disconnect(
    {
      ...stores,
      clock: around.clock,
      newId: randomUUID,
      vault: vault(secrets),
      // Whoever holds the store is alone: no sync runs.
      stopSync: async () => undefined,
      forgetExports: (removed) => forgetExports({ exports: stores.exports, files }, removed),
      forgetFiles: (owner) =>
        statementObjects(statementsDirectory(dataDir)).removeAll(placeOfConnection(owner)),
    },
    { user: localUser, id: connection.id, history },
  )
  return history === 'keep'
    ? `Done: the key of ${name} is destroyed; its history stays.`
    : `Done: everything of ${name} is deleted here. Files that an import or an export wrote for you stay where they are.`
}

/** Throws `InvalidInputError` when nobody can be asked, or says no. */
async function askWhetherSure(
  { transactions }: Stores,
  connection: Connection,
  { stdin, stdout, stderr, signal }: Around,
): Promise<void> {
  const screen = stdout.isTTY === true ? stdout : stderr
  if (stdin.isTTY !== true || screen.isTTY !== true)
    throw new InvalidInputError('Nothing was deleted: add --yes where nobody can be asked.')
  let rows = 0
  for await (const _row of transactions.each(ownerOf(connection), {})) rows += 1
  const answer = await askLine(
    { stdin, signal },
    screen,
    `${counted(rows, 'transaction')} of ${nameOf(connection)} will be deleted, and what the exchange serves no more ` +
      'cannot be had again. Type yes to delete: ',
  )
  if (answer.toLowerCase() !== 'yes') throw new InvalidInputError('Nothing was deleted.')
}
