import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { Connection } from '../../../lambdas/domain/connection.ts'
import { isoTime } from '../../../lambdas/domain/outward.ts'
import { exchanges } from '../../../lambdas/exchanges/index.ts'
import type { FilePlan, FileRead, FileStored } from '../../../lambdas/statements/file-plan.ts'
import { type Layout, layoutSchema } from '../../../lambdas/statements/layout.ts'
import type { Settings } from '../../../lambdas/statements/read-statement.ts'
import type { BadCell } from '../../../lambdas/statements/refusal.ts'
import type { StatementFile } from '../../../lambdas/statements/statement-file.ts'
import { addStatementFile, keepContent, largestFile } from '../../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../../lambdas/use-cases/read-statement-file.ts'
import { storeStatementFile } from '../../../lambdas/use-cases/store-statement-file.ts'
import { ClosedQuestionError } from '../../ask-line.ts'
import { titleOf } from '../../find-by-name.ts'
import { localUser } from '../../identity.ts'
import { say, widthOf } from '../../layout.ts'
import { type StatementHome, statementHome } from '../../statement-home.ts'
import {
  bugReport,
  bugSentence,
  codeOf,
  isSystemError,
  openStore,
  sentenceFor,
  tellProgram,
} from '../../terminal.ts'
import { InvalidInputError } from '../invalid-input.ts'
import type { Surroundings } from '../run-import.ts'
import { count, counted } from '../wording.ts'
import { type FileRequest, readFileArguments } from './arguments.ts'
import { answered, unanswered, withLayout, withSign } from './ask-owner.ts'
import { cellsText, planText } from './plan-words.ts'
import { type Asker, openAsker } from './terminal-questions.ts'
import { accountFor } from './whose-file.ts'

const exitCodes = { done: 0, bug: 1, refused: 2, interrupted: 130 } as const

/** Brings in a statement file, from the command line to the exit code. Never throws. */
export async function runFileImport(argv: readonly string[], around: Surroundings): Promise<number> {
  const { env, stdout, stderr, signal } = around
  try {
    const read = readFileArguments(argv, exchanges)
    if ('request' in read) return await bringIn(read.request, around)
    stdout.write(`${read.help}\n`)
    return exitCodes.done
  } catch (error) {
    if (error instanceof ClosedQuestionError || signal.aborted) {
      // Whoever is asked has stored nothing yet.
      const interrupted =
        error instanceof ClosedQuestionError
          ? 'Interrupted: nothing was stored.'
          : 'Interrupted: the same command goes on from here.'
      say(stderr, env, interrupted)
      tellProgram(stdout, argv, 'interrupted', interrupted)
      return exitCodes.interrupted
    }
    const sentence = sentenceFor(error)
    tellProgram(stdout, argv, codeOf(error), sentence ?? bugSentence)
    if (sentence === undefined) stderr.write(`${bugReport(error, 'importer')}\n`)
    else say(stderr, env, sentence)
    return sentence === undefined ? exitCodes.bug : exitCodes.refused
  }
}

async function bringIn(request: FileRequest, around: Surroundings): Promise<number> {
  const content = await contentOf(request.file)
  const layout = request.map === undefined ? undefined : await layoutIn(request.map)
  const store = await openStore(around)
  try {
    const home = statementHome(store.table, around)
    return await inHome(home, { request, content, layout }, around)
  } finally {
    await store.close()
  }
}

type Given = {
  readonly request: FileRequest
  readonly content: Uint8Array
  readonly layout: Layout | undefined
}

async function inHome(home: StatementHome, given: Given, around: Surroundings): Promise<number> {
  const { request, content } = given
  const { env, stdout, stderr } = around
  // With --json, people read along on stderr.
  const screen = request.json ? stderr : stdout
  const asker = openAsker(around, request.json)
  const account = await accountFor(home, request, asker)
  const { connection } = account
  const sha256 = home.digestOf(content)
  const announced = { name: basename(request.file), bytes: content.length, sha256 }
  const { file, isKnown } = await addStatementFile(home, localUser, connection.id, announced)
  const isNew = !isKnown
  let isKept = false
  try {
    if (file.state === 'stored')
      say(
        screen,
        env,
        `This file was stored already, on ${isoTime(file.reading?.storedAt ?? 0).slice(0, 10)}. It is looked at again.`,
      )
    if (isNew) await keepContent(home, localUser, file.connection, file.id, content)
    const { read, settings, attests } = await readUntilKnown(home, file, given, asker)
    if (read.kind === 'refused') return tellRefusal(read, request, around, screen)
    const whose = `${home.exchanges.get(connection.exchange)?.name ?? connection.exchange} ${titleOf(connection)}`
    screen.write(`${planText(whose, read, widthOf(screen, env))}\n\n`)
    if (request.isPreview) {
      say(screen, env, 'A preview: nothing is stored.')
      tellJson(request, stdout, { file: file.id, connection: connection.id, plan: planJson(read.plan) })
      return exitCodes.done
    }
    if (!request.isSure && !(await isWanted(read.plan, asker))) {
      say(stderr, env, 'Nothing was stored.')
      return exitCodes.refused
    }
    const stored = await storeStatementFile(home, {
      ...target(file),
      settings,
      attests,
      digest: read.plan.digest,
    })
    isKept = true
    say(screen, env, storedSentence(stored))
    if (stored.written + stored.removed > 0) say(screen, env, whereSentence(connection))
    say(screen, env, `To take it back: npm run connections -- take-back ${file.id.slice(0, 12)}`)
    tellJson(request, stdout, {
      file: file.id,
      connection: connection.id,
      plan: planJson(read.plan),
      ...stored,
    })
    return exitCodes.done
  } finally {
    // What was not stored leaves nothing behind.
    if (!isKept && isNew) await home.forget(file)
    if (!isKept) await account.undo()
  }
}

function target({ connection, id }: StatementFile) {
  return { user: localUser, connection, file: id }
}

type ReadOnce = {
  readonly read: Exclude<FileRead, { kind: 'asks' }>
  readonly settings: Settings
  readonly attests?: { readonly from: number; readonly to: number }
}

/** Reads it, asks what only its owner can say, and reads it again. Throws `InvalidInputError` where nobody can be asked. */
async function readUntilKnown(
  home: StatementHome,
  file: StatementFile,
  { request, layout }: Given,
  asker: Asker | undefined,
): Promise<ReadOnce> {
  let settings: Settings = {
    ...(request.timezone !== undefined && { clock: request.timezone }),
    ...(request.dateOrder !== undefined && { dateOrder: request.dateOrder }),
  }
  const given = { layout, sign: request.decimalSign }
  for (;;) {
    const read = await readStatementFile(home, { ...target(file), settings })
    if (read.kind === 'refused') return { read, settings }
    if (read.kind === 'read') {
      const attests = request.isWhole ? spanOf(read) : undefined
      if (attests === undefined) return { read, settings }
      const again = await readStatementFile(home, { ...target(file), settings, attests })
      if (again.kind !== 'asks') return { read: again, settings, attests }
      continue
    }
    const { questions } = read
    if (given.layout !== undefined && questions.some(({ about }) => about === 'layout')) {
      settings = withLayout(questions, settings, given.layout)
      given.layout = undefined
    } else if (given.sign !== undefined && questions.some(({ about }) => about === 'decimal-sign')) {
      settings = withSign(questions, settings, given.sign)
      given.sign = undefined
    } else if (asker === undefined) throw unanswered(questions)
    else settings = await answered(questions, settings, asker)
  }
}

/** From its first row to its last: of more than that it says nothing. */
function spanOf({ tables }: Extract<FileRead, { kind: 'read' }>) {
  const times = tables.flatMap(({ preview: { first, last } }) =>
    [first, last].flatMap((one) => (one === undefined ? [] : [Date.parse(one.utc)])),
  )
  if (times.length === 0) return undefined
  return { from: Math.min(...times), to: Math.max(...times) + 1 }
}

function tellRefusal(
  { sentence, cells, count: all }: { sentence: string; cells: readonly BadCell[]; count: number },
  request: FileRequest,
  { env, stdout, stderr }: Surroundings,
  screen: NodeJS.WriteStream,
): number {
  say(stderr, env, `${sentence} Nothing was stored.`)
  if (cells.length > 0) screen.write(`${cellsText(cells, all)}\n`)
  tellJson(request, stdout, { error: { code: 'file-refused', sentence }, cells, count: all })
  return exitCodes.refused
}

function tellJson({ json }: FileRequest, stdout: NodeJS.WriteStream, value: object): void {
  if (json) stdout.write(`${JSON.stringify(value)}\n`)
}

function planJson({ digest, streams, months }: FilePlan) {
  return { id: digest, streams, months }
}

async function isWanted({ streams }: FilePlan, asker: Asker | undefined): Promise<boolean> {
  if (asker === undefined) throw new InvalidInputError('Nothing was stored: add --yes to store it.')
  const fresh = streams.reduce((sum, one) => sum + one.new, 0)
  const what = fresh === 0 ? 'Note that it is known' : `Store ${counted(fresh, 'row')}`
  return (await asker.choose(`${what}?`, ['yes', 'no'])) === 0
}

function storedSentence({ written, removed }: FileStored): string {
  if (written + removed === 0) return 'Everything in it was known already: nothing was written.'
  return `Stored: ${counted(written, 'row')} written${removed === 0 ? '' : `, ${count(removed)} of other files removed`}.`
}

/** What an import wrote for its user does not change by this. */
function whereSentence({ statementsOnly }: Connection): string {
  return statementsOnly === true
    ? 'npm run export writes the history to a file.'
    : 'npm run export writes the history to a file; what npm run import writes has them after the next import of this account.'
}

/** Throws `InvalidInputError`. */
async function contentOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > largestFile)
      throw new InvalidInputError(
        `${path} is larger than ${largestFile / 1024 / 1024} MB: download it in several files of shorter time.`,
      )
    return await readFile(path)
  } catch (error) {
    if (isSystemError(error))
      throw new InvalidInputError(`${path} cannot be read (${error.code}): see whether it is there.`)
    throw error
  }
}

/** Throws `InvalidInputError`. */
async function layoutIn(path: string): Promise<Layout> {
  const text = new TextDecoder().decode(await contentOf(path))
  const parsed = layoutSchema.safeParse(jsonOf(text, path))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path: where, message }) => `${where.join('.') || 'it'}: ${message}`,
  )
  throw new InvalidInputError(`${path} does not say what columns mean: ${problems.join('; ')}.`)
}

function jsonOf(text: string, path: string): unknown {
  try {
    return z.json().parse(JSON.parse(text))
  } catch {
    throw new InvalidInputError(
      `${path} is no JSON: begin with what the importer shows where the option is missing.`,
    )
  }
}
