import { basename } from 'node:path'
import { digestOf } from '../../../lambdas/adapters/identity.ts'
import { attestedSentence, withdrawalSentence } from '../../../lambdas/domain/attested.ts'
import type { Connection } from '../../../lambdas/domain/connection.ts'
import { streamNames } from '../../../lambdas/domain/coverage-words.ts'
import { isoTime } from '../../../lambdas/domain/outward.ts'
import { exchanges } from '../../../lambdas/exchanges/index.ts'
import type { FilePlan, FileRead, FileStored } from '../../../lambdas/statements/file-plan.ts'
import type { Layout } from '../../../lambdas/statements/layout.ts'
import type { NamedHeader } from '../../../lambdas/statements/named-columns.ts'
import type { Settings } from '../../../lambdas/statements/read-statement.ts'
import type { BadCell } from '../../../lambdas/statements/refusal.ts'
import type { StatementFile } from '../../../lambdas/statements/statement-file.ts'
import { rowInWords } from '../../../lambdas/statements/told-row.ts'
import { addStatementFile, fileId, keepContent } from '../../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../../lambdas/use-cases/read-statement-file.ts'
import { storeStatementFile } from '../../../lambdas/use-cases/store-statement-file.ts'
import { ClosedQuestionError } from '../../ask-line.ts'
import { accountName, exchangeNameOf } from '../../find-by-name.ts'
import { localUser } from '../../identity.ts'
import { say, widthOf } from '../../layout.ts'
import { type StatementHome, statementHome } from '../../statement-home.ts'
import { bugReport, bugSentence, codeOf, openStore, sentenceFor, tellProgram } from '../../terminal.ts'
import { writeStored, writtenJson, writtenSentence } from '../../write-stored.ts'
import { checkDirectory } from '../environment.ts'
import { InvalidInputError } from '../invalid-input.ts'
import type { Surroundings } from '../run-import.ts'
import { counted } from '../wording.ts'
import { type FileRequest, readFileArguments } from './arguments.ts'
import { answered, isMappingAtFault, unanswered, withKnownLayout, withLayout, withSign } from './ask-owner.ts'
import { contentOf } from './file-content.ts'
import { knownMapping, layoutIn, mappingIn, saveMapping } from './mapping-file.ts'
import { cellsText, objections, planText, storedSentence } from './plan-words.ts'
import { type Asker, openAsker } from './terminal-questions.ts'
import { besideStore, worthTelling } from './unstored-file.ts'
import { type Account, accountFor } from './whose-file.ts'

const exitCodes = { done: 0, bug: 1, refused: 2, interrupted: 130 } as const

/** Brings in a statement file, from the command line to the exit code. Never throws. */
export async function runFileImport(argv: readonly string[], around: Surroundings): Promise<number> {
  const { env, stdout, stderr } = around
  try {
    const read = readFileArguments(argv, exchanges)
    if ('request' in read) return await bringIn(read.request, around)
    stdout.write(`${read.help}\n`)
    return exitCodes.done
  } catch (error) {
    if (error instanceof ClosedQuestionError) {
      // Whoever is asked has stored nothing yet.
      const interrupted = 'Interrupted: nothing was stored.'
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
  const content = await look(request.file)
  const layout = request.map === undefined ? undefined : await layoutIn(request.map)
  if (!request.isPreview) await checkDirectory(request.out)
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
  readonly content: Content
  readonly layout: Layout | undefined
}

/** What is held of a file from when it was first looked at: whatever else lies there later is refused. */
type Content = Pick<StatementFile, 'bytes' | 'sha256'>

async function look(path: string): Promise<Content> {
  const bytes = await contentOf(path)
  return { bytes: bytes.length, sha256: digestOf(bytes) }
}

async function inHome(home: StatementHome, given: Given, around: Surroundings): Promise<number> {
  const { request, content } = given
  const { env, stdout, stderr } = around
  // With --json, people read along on stderr.
  const screen = request.json ? stderr : stdout
  const asker = openAsker(around, request.json)
  const account = await accountFor(home, request, asker)
  const { connection } = account
  const file = await fileOf(home, connection, request, content)
  if (file.state === 'stored')
    say(
      screen,
      env,
      `This file was stored already, on ${isoTime(file.reading?.storedAt ?? 0).slice(0, 10)}. It is looked at again.`,
    )
  const unstored = { connection, file, content: () => contentOf(request.file) }
  const reading = besideStore(home, unstored, (sentence) => say(screen, env, sentence))
  const { read, settings, attests } = await readUntilKnown(reading, file, given, asker)
  if (read.kind === 'refused') return tellRefusal(read, request, around, screen)
  const said = mappingIn(settings)
  if (request.saveMap !== undefined)
    await saveMapping(request.saveMap, said ?? knownMapping(read.tables), request.file)
  const whose = accountName(exchangeNameOf(home, connection), connection)
  screen.write(`${planText(whose, read, widthOf(screen, env))}\n\n`)
  const notes = read.tables.flatMap(({ preview }) => preview.notes)
  const told = { file: file.id, connection: connection.id, plan: planJson(read.plan), notes }
  if (request.isPreview) {
    say(screen, env, 'A preview: nothing is stored.')
    tellJson(request, stdout, told)
    return exitCodes.done
  }
  if (!request.isSure && !(await isWanted(read.plan, file, asker))) {
    say(stderr, env, 'Nothing was stored.')
    return exitCodes.refused
  }
  if (content.bytes >= worthTelling) say(screen, env, 'Storing it …')
  const stored = await store(home, account, given, { settings, attests, digest: read.plan.digest })
  say(screen, env, storedSentence(stored, read.plan))
  const written = await writeStored(home, connection.id, request.out)
  say('problem' in written ? stderr : screen, env, writtenSentence(written))
  if (said !== undefined && request.map === undefined && request.saveMap === undefined)
    say(screen, env, rememberedSentence)
  say(screen, env, `To take it back: npm run connections -- take-back ${file.id.slice(0, 12)}`)
  tellJson(request, stdout, { ...told, ...stored, ...writtenJson(written) })
  return 'problem' in written ? exitCodes.refused : exitCodes.done
}

/** As it is stored, or as it would be. */
async function fileOf(
  home: StatementHome,
  { id: connection }: Connection,
  request: FileRequest,
  { bytes, sha256 }: Content,
): Promise<StatementFile> {
  const fresh: StatementFile = {
    id: fileId(sha256),
    user: localUser,
    connection,
    name: basename(request.file),
    bytes,
    sha256,
    addedAt: home.clock(),
    state: 'here',
  }
  return (await home.statementFiles.find({ user: localUser, connection }, fresh.id)) ?? fresh
}

/** Where it is refused, nothing of what was begun for it is left. */
async function store(
  home: StatementHome,
  account: Account,
  { request, content }: Given,
  plan: Pick<Parameters<typeof storeStatementFile>[1], 'settings' | 'attests' | 'digest'>,
): Promise<FileStored> {
  const { connection } = account
  await account.open()
  const announced = { name: basename(request.file), ...content }
  const { file, isKnown } = await addStatementFile(home, localUser, connection.id, announced)
  try {
    if (!isKnown) await keepContent(home, localUser, file.connection, file.id, await contentOf(request.file))
    return await storeStatementFile(home, { ...target(file), ...plan })
  } catch (error) {
    if (!isKnown) await home.forget(file)
    await account.undo()
    throw error
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
    const headers = headersOf(read)
    // What its owner says of a header that is known goes before that, also where it could not be read by what is known.
    if (headers !== undefined && given.layout !== undefined) {
      settings = withKnownLayout(headers, settings, given.layout)
      given.layout = undefined
      continue
    }
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
    } else if (asker === undefined || isMappingAtFault(questions, request.map))
      throw unanswered(questions, request.map)
    else settings = await answered(questions, settings, asker)
  }
}

/** The headers that a file was read by, if with no good end; undefined where there is a question, or none was reached. */
function headersOf(read: FileRead): readonly NamedHeader[] | undefined {
  if (read.kind === 'read') return read.tables.flatMap(({ preview: { header } }) => header ?? [])
  return read.kind === 'refused' ? read.headers : undefined
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

function planJson({ digest, streams, months, samples, attested, withdrawn }: FilePlan) {
  return {
    id: digest,
    streams: streams.map((one) => ({ ...one, title: streamNames[one.stream] })),
    months,
    contradicted: samples.contradicting.map(({ why, row, count: rows, lines }) => ({
      why,
      sentence: objections[why],
      row: rowInWords(row),
      stream: row.stream,
      time: isoTime(row.times[0]),
      rows,
      lines,
    })),
    attested: attested.map(({ from, to, ...one }) => ({
      ...one,
      from: isoTime(from),
      to: isoTime(to),
      sentence: attestedSentence({ ...one, from, to }),
    })),
    withdrawn: withdrawn.map(({ stream, why: one }) => ({
      stream,
      why: one.why,
      ...(one.why === 'round' ? { rows: one.count } : { at: isoTime(one.at) }),
      sentence: withdrawalSentence(one),
    })),
  }
}

async function isWanted(
  { streams }: FilePlan,
  { state }: StatementFile,
  asker: Asker | undefined,
): Promise<boolean> {
  const fresh = streams.reduce((sum, one) => sum + one.new, 0)
  const replaced = streams.reduce((sum, one) => sum + one.replaced, 0)
  // Of what is stored already there is nothing to decide.
  if (state === 'stored' && fresh + replaced === 0) return true
  if (asker === undefined) throw new InvalidInputError('Nothing was stored: add --yes to store it.')
  const question =
    fresh > 0
      ? `Store ${counted(fresh, 'row')}?`
      : 'Nothing in it is new. Keep it all the same, so that its rows stay if another file that tells them is taken back?'
  return (await asker.choose(question, ['yes', 'no'], 0)) === 0
}

const rememberedSentence =
  'What its columns mean is remembered, and proposed for the next file with this header. Where nobody can be asked, --map FILE says it: ' +
  '--save-map FILE writes that file.'
