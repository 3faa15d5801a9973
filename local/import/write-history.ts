import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileTime } from '../../lambdas/domain/attested.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { StoredRow } from '../../lambdas/domain/export-format.ts'
import { isoTime } from '../../lambdas/domain/outward.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { canonicalCsvOf } from '../../lambdas/formats/canonical-csv.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { makeDirectory } from '../make-directory.ts'

export type History = {
  readonly exchange: ExchangeDefinition
  readonly connection: Connection
  readonly coverage: readonly Coverage[]
  /** What statement files tell of time. */
  readonly files?: FileTime | undefined
  /** All of the connection's transactions, in time order; read once for each file. */
  readonly transactions: () => AsyncIterable<Transaction>
  /** Epoch milliseconds. */
  readonly writtenAt: number
}

/** `fromFiles`: as many of its transactions only statement files tell. */
export type WrittenFile = { readonly path: string } & Readonly<Tally>

type File = {
  readonly name: string
  readonly content: (history: History, tally: Tally) => AsyncIterable<string>
}

type Tally = { transactions?: number; fromFiles?: number }

const files: readonly File[] = [
  {
    name: 'transactions.jsonl',
    content: (history, tally) => jsonLinesOf(counted(history, tally)),
  },
  {
    name: 'transactions.csv',
    content: (history, tally) => canonicalCsvOf(counted(history, tally)),
  },
  { name: 'coverage.json', content: coverageJson },
]

/**
 * Writes the whole history of a connection into a directory. Everything is written beside the old files first and
 * takes their place only when all of it is on disk.
 */
export async function writeHistory(directory: string, history: History): Promise<readonly WrittenFile[]> {
  await makeDirectory(directory)
  const drafts = files.map((file) => {
    const tally: Tally = {}
    return {
      file,
      tally,
      path: join(directory, file.name),
      draft: join(directory, `.${file.name}.unfinished`),
    }
  })
  try {
    for (const { file, draft, tally } of drafts) await writeDurably(draft, file.content(history, tally))
    for (const { draft, path } of drafts) await rename(draft, path)
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })))
    throw error
  }
  return drafts.map(({ path, tally }) => ({ path, ...tally }))
}

async function writeDurably(path: string, content: AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(content), createWriteStream(path, { flush: true }))
}

async function* counted({ connection, transactions }: History, tally: Tally): AsyncIterable<StoredRow> {
  tally.transactions = 0
  tally.fromFiles = 0
  for await (const transaction of transactions()) {
    tally.transactions += 1
    if (transaction.source === 'file') tally.fromFiles += 1
    yield { origin: connection, transaction }
  }
}

async function* coverageJson({
  exchange,
  connection,
  coverage,
  files,
  writtenAt,
}: History): AsyncIterable<string> {
  const description = {
    connection: connection.id,
    exchange: connection.exchange,
    ...(connection.subaccount !== '' && { subaccount: connection.subaccount }),
    writtenAt: isoTime(writtenAt),
    ...streamsLast(describeCoverage(exchange, coverage, connection, writtenAt, undefined, files)),
  }
  yield `${JSON.stringify(description, undefined, 2)}\n`
}

function streamsLast({ items, ...whole }: ReturnType<typeof describeCoverage>) {
  return { ...whole, streams: items }
}
