import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { closingAdvice, closingTable, closingTitle } from '../../lambdas/domain/closing-words.ts'
import type { Completeness } from '../../lambdas/domain/completeness.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import { readableTime } from '../../lambdas/domain/coverage-words.ts'
import { onceAdvised } from '../../lambdas/domain/perishable.ts'
import { believedNow } from '../../lambdas/domain/run.ts'
import { minuteOf } from '../../lambdas/domain/to-the-minute.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { ownerOf } from '../../lambdas/use-cases/find-connection.ts'
import { verifiedCoverage } from '../../lambdas/use-cases/known-coverage.ts'
import { listConnections } from '../../lambdas/use-cases/list-connections.ts'
import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
import { localUser } from '../identity.ts'
import { InvalidInputError } from '../import/invalid-input.ts'
import type { Surroundings } from '../import/run-import.ts'
import { counted } from '../import/wording.ts'
import { lookedInto, openStoreToRead } from '../known-store.ts'
import { type Pair, pairs, say, widthOf } from '../layout.ts'
import { bugReport, bugSentence, codeOf, sentenceFor, tellProgram } from '../terminal.ts'
import { describeStatus, type KnownConnection, type KnownFiles } from './describe-status.ts'

const exitCodes = { complete: 0, unverified: 3, incomplete: 3 } as const satisfies Record<
  Completeness,
  number
>
const [bug, refused] = [1, 2]

const flags: readonly Flag[] = [
  { name: 'json', about: 'print it, or why it was refused, as one JSON object' },
  { name: 'help', about: 'show this text' },
]

type Around = Pick<Surroundings, 'env' | 'stdout' | 'stderr' | 'clock'>

/** Tells what is stored, from the command line to the exit code, and asks nobody. Never throws. */
export async function runStatus(argv: readonly string[], around: Around): Promise<number> {
  const { env, stdout, stderr, clock } = around
  try {
    const given = readFlags(flags, argv)
    if (given.has('help')) {
      stdout.write(`${help}\n`)
      return 0
    }
    const known = await readKnown(around)
    if (known.length === 0) throw new InvalidInputError('No account was imported yet: npm run import begins.')
    const now = believedNow(
      clock(),
      known.map(({ lastRun }) => lastRun),
    )
    const status = describeStatus(known, now)
    const words = given.has('json')
      ? `${JSON.stringify(status)}\n`
      : inWords(status, known, now, widthOf(stdout, env))
    stdout.write(words)
    return exitCodes[status.state]
  } catch (error) {
    const sentence = sentenceFor(error)
    if (sentence === undefined) stderr.write(`${bugReport(error, 'importer')}\n`)
    else say(stderr, env, sentence)
    tellProgram(stdout, argv, codeOf(error), sentence ?? bugSentence)
    return sentence === undefined ? bug : refused
  }
}

const help = [
  'Tells which accounts were imported, when, and how complete they are. Nobody is asked. While an import runs, too.',
  '',
  'npm run -s status [-- --json]',
  '',
  ...columns(flagLines(flags)),
  '',
  'Ends with 0: all is complete; 3: not known to be complete, it says why; 2: nothing was imported yet.',
].join('\n')

async function readKnown(around: Around): Promise<readonly KnownConnection[]> {
  const store = await openStoreToRead(around)
  if (store.isInUse) say(around.stderr, around.env, lookedInto)
  try {
    const stores = { ...openStores(store.table), ...openFileStores(store.table) }
    const { connections, runs } = stores
    const known: KnownConnection[] = []
    for (const connection of await listConnections({ connections }, localUser)) {
      const exchange = exchanges.get(connection.exchange)
      if (exchange === undefined || connection.begun) continue
      known.push({
        connection,
        exchange,
        coverage: await verifiedCoverage(stores, ownerOf(connection)),
        lastRun: await runs.latest(ownerOf(connection)),
        files: connection.files ? await filesOf(stores, ownerOf(connection)) : undefined,
        isInUse: store.isInUse,
      })
    }
    return known
  } finally {
    await store.close()
  }
}

async function filesOf(
  { statementFiles, fileHistory }: Pick<Stores, 'statementFiles' | 'fileHistory'>,
  owner: Owner,
): Promise<KnownFiles | undefined> {
  const history = await fileHistory.load(owner)
  if (history === undefined) return undefined
  const stored = (await statementFiles.list(owner)).filter(({ state }) => state === 'stored')
  return stored.length === 0 ? undefined : { stored, history }
}

type Stores = ReturnType<typeof openStores> & ReturnType<typeof openFileStores>

type Status = ReturnType<typeof describeStatus>

function inWords(
  status: Status,
  known: readonly KnownConnection[],
  now: number,
  width: number | undefined,
): string {
  const sections = [
    ...status.connections.map((one) => `${titleLine(one)}\n${pairs(connectionLines(one), width)}`),
    ...closingSections(known, now, width),
  ]
  return `${sections.join('\n\n')}\n`
}

type ConnectionStatus = Status['connections'][number]

function titleLine({ title, name, keyHint, keyKept }: ConnectionStatus): string {
  const key = keyHint === '' || name === `…${keyHint}` ? '' : `, key …${keyHint}`
  return `${title}${key}${keyKept ? ', synced every night' : ''}`
}

function connectionLines({
  id,
  lastRun,
  accountSince,
  files,
  fromFiles,
  streams,
  perishing,
}: ConnectionStatus): readonly Pair[] {
  return [
    ['id', id.slice(0, 12)],
    ...(fromFiles ? [] : [['last run', lastRun === undefined ? 'none' : runWords(lastRun)] satisfies Pair]),
    ...(lastRun?.warnings ?? []).map((warning): Pair => ['warning', warning]),
    ...(accountSince === undefined ? [] : [['account used', accountSince.sentence] satisfies Pair]),
    ...(files === undefined ? [] : fileLines(files)),
    ...streams.map(({ title, state, sentence }): Pair => [title, `${state}, ${sentence}`]),
    ...onceAdvised(perishing.map(({ sentence }) => sentence)).map(
      (sentence, index): Pair => [index === 0 ? 'Come back' : '', sentence],
    ),
  ]
}

/** What only files tell, and for which time they are said to be whole. */
function fileLines({
  stored,
  isOwed,
  rows,
  from,
  to,
  sentences,
}: NonNullable<ConnectionStatus['files']>): readonly Pair[] {
  const told = rows.filter((one) => one.rows > 0).map((one) => `${one.title}: ${counted(one.rows, 'row')}`)
  const when =
    from === undefined || to === undefined ? '' : `; they tell of ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  return [
    ['files', `${counted(stored, 'statement file')}${when}`],
    ['', told.length === 0 ? 'they add no row to what the exchange tells' : told.join(', ')],
    ...(isOwed
      ? [['', 'not merged to the end: the next import of a file or key goes on'] satisfies Pair]
      : []),
    ...sentences.map((sentence): Pair => ['', sentence]),
  ]
}

function runWords({
  state,
  startedAt,
  isUnderWay,
  new: fresh,
}: NonNullable<ConnectionStatus['lastRun']>): string {
  const when = `${readableTime(minuteOf(Date.parse(startedAt)))} UTC`
  return state === 'running'
    ? `${when}, ${isUnderWay ? 'under way, or cut short' : 'cut short: the next import goes on'}`
    : `${when}, ${state}, ${counted(fresh, 'new transaction')}`
}

/** What is to come of each exchange that closes, and what to do. */
function closingSections(
  known: readonly KnownConnection[],
  now: number,
  width: number | undefined,
): readonly string[] {
  return [...new Set(known.map(({ exchange }) => exchange))].flatMap((exchange) => {
    if (exchange.closing.length === 0) return []
    const coming = { closing: exchange.closing.filter(({ at }) => at > now) }
    const parts = known.filter((one) => one.exchange === exchange).flatMap(({ coverage }) => coverage)
    const lines = [
      ...closingTable(coming, now).map(({ at, words }): Pair => [at, words]),
      ...closingAdvice(exchange, parts, now).map((advice): Pair => ['', advice]),
    ]
    return [`${closingTitle(exchange, now)}\n${pairs(lines, width)}`]
  })
}
