import { createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { openDigest } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Connection, Owner } from '../../lambdas/domain/connection.ts'
import { type AccountNames, eachAccountName } from '../../lambdas/domain/export-format.ts'
import { parseOpeningBalances } from '../../lambdas/domain/opening-balances.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { verifiedCoverage } from '../../lambdas/use-cases/known-coverage.ts'
import { lifeOf, readExportRequest } from '../../lambdas/use-cases/request-export.ts'
import { type ExportFile, type ExportRole, writeExport } from '../../lambdas/use-cases/write-export.ts'
import { findByName, titleOf } from '../find-by-name.ts'
import { localUser } from '../identity.ts'
import { checkDirectory } from '../import/environment.ts'
import { InvalidInputError } from '../import/invalid-input.ts'
import type { Surroundings } from '../import/run-import.ts'
import { lookedInto, openStoreToRead } from '../known-store.ts'
import { say } from '../layout.ts'
import { makeDirectory } from '../make-directory.ts'
import {
  bugReport,
  bugSentence,
  codeOf,
  isInterruption,
  isSystemError,
  outAdvice,
  sentenceFor,
  tellProgram,
} from '../terminal.ts'
import { type ExportCommand, readExportArguments } from './arguments.ts'

const exitCodes = { complete: 0, bug: 1, refused: 2, incomplete: 3, interrupted: 130 } as const

type Around = Pick<Surroundings, 'env' | 'stdout' | 'stderr' | 'clock' | 'signal'>

/** The terminal exporter, from its command line to its exit code. Never throws. */
export async function runExport(argv: readonly string[], around: Around): Promise<number> {
  const { stdout, stderr, signal } = around
  try {
    const read = readExportArguments(argv, formats)
    if ('command' in read) return await exportFiles(read.command, around)
    stdout.write(`${read.help}\n`)
    return exitCodes.complete
  } catch (error) {
    if (isInterruption(error, signal)) {
      stderr.write('Interrupted: no file was written.\n')
      tellProgram(stdout, argv, 'interrupted', 'Interrupted: no file was written.')
      return exitCodes.interrupted
    }
    const sentence = sentenceFor(error)
    tellProgram(stdout, argv, codeOf(error), sentence ?? bugSentence)
    if (sentence !== undefined) {
      stderr.write(`${sentence}\n`)
      return exitCodes.refused
    }
    stderr.write(`${bugReport(error, 'exporter')}\n`)
    return exitCodes.bug
  }
}

async function exportFiles(
  { asked, account, openingFile, accountsFile, statement: wanted, out, json }: ExportCommand,
  around: Around,
): Promise<number> {
  const { env, stdout, stderr, clock, signal } = around
  const screen = json ? stderr : stdout
  const accounts = accountsFile === undefined ? undefined : await readAccounts(accountsFile)
  const opening = openingFile === undefined ? undefined : await readOpening(openingFile)
  const checked = readExportRequest(formats, { ...asked, accounts }, lifeOf(exchanges, clock()))
  if ('problems' in checked)
    throw new InvalidInputError(
      checked.problems.map(({ field, problem }) => `--${optionOf(field)} ${problem}.`).join('\n'),
    )
  await checkDirectory(out)
  const store = await openStoreToRead({ env, stderr })
  if (store.isInUse) stderr.write(`${lookedInto}\n`)
  const drafts: { readonly draft: string; readonly path: string }[] = []
  try {
    const stores = openStores(store.table)
    const all = (await stores.connections.list(localUser)).filter((one) => !one.begun)
    if (all.length === 0) throw new InvalidInputError('No account was imported yet: npm run import begins.')
    const connections = account === undefined ? undefined : idsNamed(all, account)
    const request = { ...checked, ...(connections !== undefined && { connections }), opening }
    if (opening !== undefined && (request.connections ?? all).length !== 1)
      throw new InvalidInputError(
        `--opening holds the balances of one account: say of which with --account; known: ${all.map(titleOf).join(', ')}.`,
      )
    await makeDirectory(out)
    const coverage = { load: (owner: Owner) => verifiedCoverage(stores, owner) }
    const ports = {
      ...stores,
      coverage,
      clock,
      openDigest,
      exchanges,
      formats,
      accountNames: defaultAccounts,
    }
    const statements: string[] = []
    const write = async (role: ExportRole, file: ExportFile) => {
      const path = join(out, file.name)
      if (role !== 'history') statements.push(path)
      if (role !== 'history' && role !== wanted) return
      const draft = join(out, `.${file.name}.unfinished`)
      drafts.push({ draft, path })
      await writeDraft(draft, file, signal)
    }
    const written = await writeExport(ports, localUser, request, {
      history: async (file) => {
        await write('history', file)
        return 'whole'
      },
      beside: write,
    })
    if (written === undefined) throw new Error('The file of an export is not whole.')
    // Those of before, in either form, are of a file that is no more: whenever this ends, none stands beside the new one.
    for (const path of statements) await rm(path, { force: true })
    for (const { draft, path } of drafts) await rename(draft, path)
    const { statement, brief, rows } = written
    const files = drafts.map(({ path }) => path)
    screen.write(`${files.map((path) => `Wrote ${path}`).join('\n')}\n\n`)
    for (const sentence of brief) say(screen, env, sentence)
    say(screen, env, `All that it covers and does not, what it adds up to and how to use it: ${files.at(-1)}`)
    if (rows.lookedAt === 0)
      screen.write('There was nothing to export: the file is empty but for its heading.\n')
    const complete = statement.state === 'complete'
    if (json)
      stdout.write(`${JSON.stringify({ format: request.format, files, rows, complete, ...statement })}\n`)
    return complete ? exitCodes.complete : exitCodes.incomplete
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })))
    if (isSystemError(error))
      throw new InvalidInputError(
        `No file could be written to ${out} (${error.code}): ${outAdvice(error.code)}.`,
      )
    throw error
  } finally {
    await store.close()
  }
}

const accountsSchema = z.strictObject(eachAccountName(z.string().optional()))

/** A name may have commas itself: where an account is called so, it is meant. */
function idsNamed(all: readonly Connection[], text: string): readonly string[] {
  const isOne = all.some((one) => titleOf(one).toLowerCase() === text.trim().toLowerCase())
  const names = isOne ? [text] : text.split(',')
  return [...new Set(names.map((name) => findByName(all, name.trim()).id))].sort()
}

/** What the API calls accounts is what journals call them. */
function optionOf(field: string): string {
  return field.replace(/^accounts\./, 'journal-names.')
}

async function readAccounts(path: string): Promise<Partial<AccountNames>> {
  try {
    return accountsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isSystemError(error)) throw new InvalidInputError(`The file ${path} cannot be read (${error.code}).`)
    const names = Object.keys(defaultAccounts).join(', ')
    throw new InvalidInputError(`The file ${path} must be a JSON object with texts for some of ${names}.`)
  }
}

async function readOpening(path: string) {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error)) throw new InvalidInputError(`The file ${path} cannot be read (${error.code}).`)
    throw error
  })
  const balances = parseOpeningBalances(text)
  if ('problem' in balances)
    throw new InvalidInputError(`The file ${path} cannot be used: ${balances.problem}.`)
  return balances
}

async function writeDraft(path: string, { content }: ExportFile, signal: AbortSignal): Promise<void> {
  await pipeline(Readable.from(content), createWriteStream(path, { flush: true }), { signal })
}
