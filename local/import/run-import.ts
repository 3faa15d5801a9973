import { join, resolve } from 'node:path'
import { hash } from '../../lambdas/adapters/identity.ts'
import { stoppable } from '../../lambdas/domain/client.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { isListed } from '../../lambdas/domain/stream.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { say, widthOf } from '../layout.ts'
import { statementObjects, statementsDirectory } from '../statement-objects.ts'
import {
  bugReport,
  bugSentence,
  codeOf,
  isInterruption,
  isSystemError,
  openStore,
  outAdvice,
  sentenceFor,
  tellProgram,
} from '../terminal.ts'
import { type ImportRequest, readArguments } from './arguments.ts'
import { askCredentials } from './ask-credentials.ts'
import { checkDirectory, readHosts, readProxies } from './environment.ts'
import { historyFolder } from './history-folder.ts'
import { type ImportedAccount, importAccount } from './import-account.ts'
import { placesAsked } from './places-asked.ts'
import { openProgress } from './progress.ts'
import { summary } from './summary.ts'
import { summaryJson } from './summary-json.ts'
import { tellWaits } from './tell-waits.ts'
import { type WrittenFile, writeHistory } from './write-history.ts'

/** Everything around the importer, so that tests can stand in for it. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Resolves, early when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random: () => number
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal
  /** The exchanges that can be named; all that are known, unless a test is not to wait at their pace. */
  readonly exchanges?: typeof exchanges
}

const exitCodes = { complete: 0, bug: 1, refused: 2, incomplete: 3, interrupted: 130 } as const

/** `folder`: where the files are, when they were written. */
export type Ended = { readonly exitCode: number; readonly run?: Run; readonly folder?: string }

/** The terminal importer, from its command line to its exit code. Never throws. */
export async function runImport(argv: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const { stdout, stderr, signal } = surroundings
  try {
    const read = readArguments(argv, surroundings.exchanges ?? exchanges, surroundings.clock())
    if ('request' in read) return await importHistory(read.request, surroundings)
    stdout.write(`${read.help}\n`)
    return { exitCode: exitCodes.complete }
  } catch (error) {
    if (isInterruption(error, signal)) {
      const sentence = 'Interrupted before anything was imported.'
      say(stderr, surroundings.env, sentence)
      tellProgram(stdout, argv, 'interrupted', sentence)
      return { exitCode: exitCodes.interrupted }
    }
    const refusal = refusalSentence(error)
    if (refusal === undefined) stderr.write(`${bugReport(error, 'importer')}\n`)
    else say(stderr, surroundings.env, refusal)
    tellProgram(stdout, argv, codeOf(error), refusal ?? bugSentence)
    return { exitCode: refusal === undefined ? exitCodes.bug : exitCodes.refused }
  }
}

async function importHistory(request: ImportRequest, surroundings: Surroundings): Promise<Ended> {
  const { env, stdin, stdout, stderr, clock, sleep, random, signal } = surroundings
  const { exchange, json, out } = request
  // With --json, people read along on stderr.
  const screen = json ? stderr : stdout
  const isTerminal = screen.isTTY === true && env.TERM !== 'dumb'
  const hosts = readHosts(env, exchange)
  const proxyOf = readProxies(env)
  await checkDirectory(out)
  const submission = await askCredentials({ env, stdin, screens: [screen, stderr], signal, hash }, exchange)
  const store = await openStore({ env, stderr })
  const progress = openProgress(screen, {
    bars: isTerminal,
    colours: isTerminal && !env.NO_COLOR,
    byName: exchange.streams.some(({ partitions }) => isListed(partitions)),
    clock,
  })
  const client = openExchangeClient(exchange, submission.credentials, {
    hosts,
    proxyOf,
    clock,
    sleep,
    random,
    onWait: tellWaits(exchange.name, clock, (sentence) => progress.say(sentence)),
  })
  try {
    say(screen, env, `Asking ${placesAsked(exchange, hosts, proxyOf)} about the key …`)
    const account = await importAccount(
      {
        table: store.table,
        client: stoppable(client, signal),
        clock,
        sleep,
        signal,
        statementObjects: statementObjects(statementsDirectory(env.DATA_DIR || '.data')),
        onConnected: ({ keyHint }, warnings) => {
          for (const warning of warnings) say(stderr, env, `Note: ${warning}`)
          const key = keyHint === '' ? 'The key' : `The key ending in ${keyHint}`
          say(screen, env, `${key} is accepted. Importing; Ctrl-C stops, and the next import goes on.\n`)
        },
        onProgress: progress.show,
      },
      request,
      submission,
    ).finally(progress.stop)
    const { run } = account
    if (run.state === 'interrupted') say(screen, env, interrupted(env.DATA_DIR || '.data'))
    const folder = join(out, historyFolder(account.connection))
    // What is said of dates goes by the exchange's time: ours may be wrong, as the run has shown.
    const now = client.now()
    const { files, problem }: Concluded =
      run.state === 'interrupted'
        ? { files: [] }
        : await conclude(
            account,
            folder,
            request,
            { ...surroundings, clock: client.now },
            screen,
            widthOf(screen, env),
          )
    const isWritten = files.length > 0
    if (json)
      stdout.write(
        `${summaryJson({ exchange, ...account, told: account.files, files, ...(isWritten && { folder }), problem, now })}\n`,
      )
    return {
      exitCode: problem === undefined ? exitCodeOf(run) : exitCodes.refused,
      run,
      ...(isWritten && { folder }),
    }
  } finally {
    await store.close()
    // It waits for questions under way, and somebody who interrupts does not.
    if (!signal.aborted) await client.close()
  }
}

/** `BitMart`, and where it is asked when that is not at its own address, straight. */
function interrupted(dataDir: string): string {
  return (
    `\nInterrupted. What was imported so far is kept in ${resolve(dataDir)}: the same command goes on from there, ` +
    'and writes the files.'
  )
}

/** `problem`: why no files were written, in a sentence. */
type Concluded = { readonly files: readonly WrittenFile[]; readonly problem?: string }

/** Everything after the run: the files, and what the user should know. */
async function conclude(
  { connection, run, coverage, files: fileTime, transactions }: ImportedAccount,
  folder: string,
  { exchange }: ImportRequest,
  { env, clock, stderr }: Surroundings,
  screen: NodeJS.WriteStream,
  width: number | undefined,
): Promise<Concluded> {
  let files: readonly WrittenFile[] = []
  let problem: string | undefined
  try {
    files = await writeHistory(folder, {
      exchange,
      connection,
      coverage,
      files: fileTime,
      transactions,
      writtenAt: clock(),
    })
  } catch (error) {
    if (!isSystemError(error)) throw error
    problem =
      `The history is stored, but its files could not be written to ${folder} (${error.code}): ` +
      `${outAdvice(error.code)}, and run the same command again.`
    say(stderr, env, problem)
  }
  screen.write(
    `\n${summary({ exchange, connection, run, coverage, told: fileTime, files, now: clock() }, width)}`,
  )
  return { files, ...(problem !== undefined && { problem }) }
}

function exitCodeOf({ state }: Run): number {
  switch (state) {
    case 'complete':
      return exitCodes.complete
    case 'interrupted':
      return exitCodes.interrupted
    case 'running':
    case 'unverified':
    case 'incomplete':
    case 'failed':
      return exitCodes.incomplete
  }
}

/** The sentence for what the user can put right; undefined when it is a bug. */
function refusalSentence(error: unknown): string | undefined {
  const sentence = sentenceFor(error)
  if (!(error instanceof RefusedError)) return sentence
  if (error.code === 'key-too-strong')
    return `${sentence} To import with it all the same, add --allow-powerful-key.`
  if (error.code === 'key-already-used' && error.connection !== undefined)
    return `${sentence} To call that account otherwise: npm run connections -- rename ${error.connection.slice(0, 12)} LABEL.`
  if (error.code === 'same-account') return `${sentence} To do so here, add --replace-key.`
  if (error.code === 'account-unknown')
    return `${sentence} Here --new-account says that it is another; --replace-key --same-account that it is the same, and goes on with its history.`
  return sentence
}
