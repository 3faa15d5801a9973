import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileTime } from '../lambdas/use-cases/file-time.ts'
import { findConnection, ownerOf } from '../lambdas/use-cases/find-connection.ts'
import { localUser } from './identity.ts'
import { historyFolder } from './import/history-folder.ts'
import { counted, ofFiles } from './import/wording.ts'
import { type WrittenFile, writeHistory } from './import/write-history.ts'
import type { StatementHome } from './statement-home.ts'
import { isSystemError, outAdvice } from './terminal.ts'

/** The files of an account, or why they could not be written. */
export type Written =
  | { readonly folder: string; readonly files: readonly WrittenFile[] }
  | { readonly problem: string }

/** Writes what is stored of an account to its folder below `out`, as an import does: it holds everything, wherever it came from. */
export async function writeStored(home: StatementHome, id: string, out: string): Promise<Written> {
  const connection = await findConnection(home, localUser, id)
  const exchange = home.exchanges.get(connection.exchange)
  if (exchange === undefined) throw new Error(`The exchange ${connection.exchange} is not known.`)
  const owner = ownerOf(connection)
  const folder = join(out, historyFolder(connection))
  try {
    const files = await writeHistory(folder, {
      exchange,
      connection,
      coverage: await home.coverage.load(owner),
      files: await fileTime(home, connection),
      transactions: () => home.transactions.each(owner, {}),
      writtenAt: home.clock(),
    })
    return { folder, files }
  } catch (error) {
    if (!isSystemError(error)) throw error
    return {
      problem:
        `That is stored, but the files of the account could not be written to ${folder} (${error.code}): ` +
        `${outAdvice(error.code)}, and run the same command again.`,
    }
  }
}

/** The same, where they are there already: nobody who takes something back asks for a new folder. */
export async function writeStoredAnew(
  home: StatementHome,
  id: string,
  out: string,
): Promise<Written | undefined> {
  const connection = await findConnection(home, localUser, id)
  const isThere = await stat(join(out, historyFolder(connection))).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isThere ? writeStored(home, id, out) : undefined
}

export function writtenSentence(written: Written): string {
  if ('problem' in written) return written.problem
  const { transactions = 0, fromFiles } = written.files.find((file) => file.transactions !== undefined) ?? {}
  return `All that is known of this account, ${counted(transactions, 'transaction')}${ofFiles(fromFiles)}, is in ${written.folder}; npm run export writes a file for a tax tool.`
}

export function writtenJson(written: Written) {
  return 'problem' in written
    ? { error: { code: 'files-not-written', sentence: written.problem } }
    : { folder: written.folder, files: written.files.map(({ path }) => path) }
}
