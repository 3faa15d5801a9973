import { meaningOf } from '../domain/accounting.ts'
import type { Connection, Owner } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { ExportRequest } from '../domain/export.ts'
import type { AccountNames, ExportFormat, ExportRow, FileWriter, Piece } from '../domain/export-format.ts'
import { exportName, namesInFiles } from '../domain/export-name.ts'
import {
  briefSentences,
  closingSentences,
  type StatementFacts,
  statementSentences,
} from '../domain/export-statement.ts'
import { openTally } from '../domain/export-tally.ts'
import { standingIn } from '../domain/file-rows.ts'
import {
  type BorderRows,
  type FuturesTellers,
  futuresTellers,
  ledgerTimeOf,
} from '../domain/futures-money.ts'
import type { KeptFile, KnownHistory } from '../domain/kept-export.ts'
import type { OpeningBalance } from '../domain/opening-balances.ts'
import type { RowCounts } from '../domain/row-counts.ts'
import { type Statement, statementOf } from '../domain/statement.ts'
import { statementDocument } from '../domain/statement-document.ts'
import { hasPartition, type StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { type FileTimePorts, fileTime } from './file-time.ts'
import { findConnection, nameOf, ownerOf } from './find-connection.ts'
import { findLoneRows } from './find-lone-rows.ts'
import {
  type ListedTransaction,
  type ListTransactionsPorts,
  mergedHistory,
  positionOf,
} from './list-transactions.ts'
import { RefusedError } from './refusal.ts'
import type { Formats } from './request-export.ts'

export type WriteExportPorts = ListTransactionsPorts &
  FileTimePorts & {
    readonly transactions: {
      stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]>
    }
    readonly clock: () => number
    /** SHA-256 of what passes, in hexadecimal digits; `kept` of one is what another goes on with. */
    readonly openDigest: (kept?: string) => Promise<Digest>
    readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
    readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
    readonly formats: Formats
    /** How journals name their accounts where the user says nothing. */
    readonly accountNames: AccountNames
  }

type Digest = { update(chunk: Uint8Array): void; kept(): string; hex(): string }

/** On a computer of one's own, what the account held before may lie in a file. */
export type WrittenRequest = ExportRequest & { readonly opening?: readonly OpeningBalance[] }

/** The file, and what it covers: for people, and for programs. */
export type ExportRole = 'history' | 'statement' | 'statement-json'

export type ExportFile = {
  readonly name: string
  readonly contentType: string
  readonly content: AsyncIterable<Uint8Array>
}

/** The history is large: between two pieces of it somebody may stop, and go on another time. */
export type HistoryFile = ExportFile & {
  /** How far the pieces that were given have come. Undefined where one may not stop. */
  readonly kept: () => KeptFile | undefined
}

/** Writes the files of an export somewhere. `part`: the history is not whole, and somebody else goes on with it. */
export type WriteFiles = {
  history(file: HistoryFile): Promise<'whole' | 'part'>
  beside(role: Exclude<ExportRole, 'history'>, file: ExportFile): Promise<void>
}

export type Written = {
  readonly rows: RowCounts
  readonly statement: Statement
  /** The statement in a few sentences. */
  readonly brief: readonly string[]
  readonly bytes: number
}

/**
 * Hands the file of an export to `write`, piece by piece, and then the statement of what it covers. Memory does not grow with the
 * number of rows. `from`: goes on where somebody stopped. Undefined where it was stopped again.
 */
export async function writeExport(
  ports: WriteExportPorts,
  user: string,
  request: WrittenRequest,
  write: WriteFiles,
  from?: KeptFile,
): Promise<Written | undefined> {
  const format = ports.formats.get(request.format)
  if (format === undefined) throw new Error(`The format ${request.format} is not offered any more.`)
  const connections = await connectionsOf(ports, user, request, from)
  const histories =
    from?.histories ?? (await Promise.all(connections.map((connection) => knownHistory(ports, connection))))
  const known = connections.map((connection, index) => account(ports, connection, histories[index]))
  const { period, timezone } = request
  const statement = statementOf(known, period, timezone)
  const opening = openingOf(request, connections)
  const standings = new Map(
    known.map(({ id, exchange, coverage, files }) => [
      id,
      files && standingIn(exchange.streams, coverage, files),
    ]),
  )
  const tally = openTally(format, from?.tally, {
    opening: opening?.balances,
    hasLedger: ({ origin, transaction }) =>
      servesLedger(ports.exchanges.get(origin.exchange), transaction.account),
    standingOf: ({ origin, transaction }) => standings.get(origin.id)?.(transaction) ?? 'nobody',
  })
  const writer = await format.open(
    {
      statement,
      timezone,
      accounts: { ...ports.accountNames, ...request.accounts },
      opening,
      notes: tally.notes,
      closing: () => closingSentences(tally.close(), known),
    },
    from?.writer,
  )
  const name = exportName({
    format: format.id,
    extension: format.extension,
    period,
    timezone,
    ...(request.connections !== undefined && {
      accounts: namesInFiles(connections, await ports.connections.list(user)),
    }),
    opening: opening?.balances,
    // Only journals have such names.
    ...(format.takesOpening && { accountNames: request.accounts }),
  })
  const digest = await ports.openDigest(from?.digest)
  let bytes = from?.bytes ?? 0
  const { apart } = format
  let place = from?.place
  const tellers = new Map(histories.map((history) => [history.connection, tellersOf(history)]))
  async function* rows(): AsyncIterable<ExportRow> {
    for await (const listed of listedRows(ports, connections, { period, apart, after: from?.place })) {
      place = positionOf(listed)
      yield meantRow(listed, tellers)
    }
  }
  let isOver = false
  const counting = {
    ...writer,
    row: (row: ExportRow) => tally.row(row, () => writer.row(row)),
    end: () => {
      isOver = true
      return writer.end()
    },
  }
  const content = pieces(counting, rows(), from !== undefined)
  const whole = await write.history({
    name,
    contentType: format.contentType,
    content: seen(content, (chunk) => {
      bytes += chunk.byteLength
      digest.update(chunk)
    }),
    kept: () => {
      const kept = isOver ? undefined : writer.kept()
      if (kept === undefined || place === undefined) return undefined
      return { histories, place, tally: tally.kept(), bytes, digest: digest.kept(), writer: kept }
    },
  })
  if (whole === 'part') return undefined
  // What was removed meanwhile would be missing without a word.
  const found = await Promise.all(connections.map(({ id }) => ports.connections.find(user, id)))
  if (found.includes(undefined))
    throw new RefusedError('not-found', 'A connection was removed while its export was written.')
  const facts: StatementFacts = {
    statement,
    accounts: known,
    period,
    timezone,
    format,
    tally: tally.close(),
    file: { name, bytes, sha256: digest.hex() },
    madeAt: ports.clock(),
  }
  const sentences = statementSentences(facts)
  const beside = name.replace(/\.[^.]+$/, '')
  await write.beside('statement', {
    name: `${beside}.coverage.txt`,
    contentType: 'text/plain; charset=utf-8',
    content: once(`${sentences.join('\n')}\n`),
  })
  await write.beside('statement-json', {
    name: `${beside}.coverage.json`,
    contentType: 'application/json',
    content: once(`${JSON.stringify(statementDocument(facts), null, 2)}\n`),
  })
  return {
    rows: facts.tally.rows,
    statement: { ...statement, sentences },
    brief: briefSentences(facts),
    bytes,
  }
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}

/** An amount of bytes that is worth handing on. */
const pieceSize = 32_768
/** So many rows are asked of at most before somebody may stop, whether or not they are in the file. */
const rowsTogether = 1_000

/** The file in pieces: all rows that were taken are in those that were given, or still with the writer. */
async function* pieces(
  writer: FileWriter,
  rows: AsyncIterable<ExportRow>,
  isBegun: boolean,
): AsyncIterable<Uint8Array> {
  const gathered = gathering()
  gathered.add(isBegun ? '' : writer.begin())
  let count = 0
  for await (const row of rows) {
    gathered.add(writer.row(row))
    count += 1
    if (gathered.size() < pieceSize && count < rowsTogether) continue
    yield gathered.take()
    count = 0
  }
  gathered.add(writer.end())
  yield gathered.take()
}

/** Many small pieces as one. */
function gathering() {
  let size = 0
  let text = ''
  let whole: Uint8Array[] = []
  const close = () => {
    if (text !== '') whole.push(Buffer.from(text))
    text = ''
  }
  return {
    /** About as many bytes. */
    size: () => size,
    add(piece: Piece): void {
      size += piece.length
      if (typeof piece === 'string') text += piece
      else if (piece.length > 0) {
        close()
        whole.push(piece)
      }
    },
    take(): Uint8Array {
      close()
      const [only, ...more] = whole
      const taken = only !== undefined && more.length === 0 ? only : Buffer.concat(whole)
      whole = []
      size = 0
      return taken
    },
  }
}

/** Shows every piece of the file on its way. */
async function* seen(
  content: AsyncIterable<Uint8Array>,
  look: (chunk: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of content) {
    look(chunk)
    yield chunk
  }
}

/** Whether it has a ledger of futures of this account; of what names none, of any. */
function servesLedger(exchange: ExchangeDefinition | undefined, account: string | undefined): boolean {
  const ledgers = exchange?.streams.filter(({ stream }) => stream === 'futures-ledger') ?? []
  return ledgers.some(({ partitions }) => account === undefined || hasPartition(partitions, account))
}

/** Those that were asked for, or all; of a file that is begun, those that it holds. */
async function connectionsOf(
  ports: WriteExportPorts,
  user: string,
  { connections }: Pick<WrittenRequest, 'connections'>,
  from?: KeptFile,
): Promise<readonly Connection[]> {
  const ids = from?.histories.map(({ connection }) => connection) ?? connections
  if (ids !== undefined) return Promise.all(ids.map((id) => findConnection(ports, user, id)))
  const all = (await ports.connections.list(user)).filter((one) => !one.begun)
  return all.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Balances are those of one account: who writes them asked for one. */
function openingOf({ opening, period }: WrittenRequest, connections: readonly Connection[]) {
  const [origin, ...others] = connections
  if (opening === undefined) return undefined
  if (origin === undefined || others.length > 0)
    throw new Error('Opening balances of one account were given for another number of them.')
  return { origin, balances: opening, before: period.from }
}

/** Rows that one question to the store brings of each stream of each connection. */
const rowsAtOnce = 500

/** Behind `after`, in the order in which the format holds them. */
async function* listedRows(
  ports: WriteExportPorts,
  connections: readonly Connection[],
  {
    period,
    apart,
    after,
  }: Pick<ExportRequest, 'period'> & Pick<ExportFormat, 'apart'> & { readonly after: KeptFile['place'] },
): AsyncIterable<ListedTransaction> {
  const question = { ...period, limit: rowsAtOnce }
  if (apart === undefined) {
    yield* mergedHistory(ports, connections, { ...question, after })
    return
  }
  const left = after === undefined ? apart : apart.slice(apart.indexOf(after.stream))
  for (const stream of left)
    yield* mergedHistory(ports, connections, {
      ...question,
      stream,
      ...(stream === after?.stream && { after }),
    })
}

function account({ exchanges }: WriteExportPorts, connection: Connection, history: KnownHistory | undefined) {
  const exchange = exchanges.get(connection.exchange)
  // A store may be of a newer version than the program, and bits flip on disks.
  if (exchange === undefined)
    throw new RefusedError(
      'not-found',
      `The store says of ${nameOf(connection)} that it is of an exchange “${connection.exchange}”, which this version does not ` +
        'know: use the newest version. If that does not know it either, the store is damaged: restore it from a copy, or begin a new one.',
    )
  return {
    id: connection.id,
    name: nameOf(connection),
    exchange,
    coverage: history?.coverage ?? [],
    accountSince: connection.accountSince,
    statementsOnly: connection.statementsOnly,
    ...(history?.files !== undefined && { files: history.files }),
    label: connection.label,
    subaccount: connection.subaccount,
    keyHint: connection.keyHint,
  }
}

/** What decides what rows mean, before they are read: with what is stored around the borders of the ledger, which is little. */
async function knownHistory(ports: WriteExportPorts, connection: Connection): Promise<KnownHistory> {
  const owner = ownerOf(connection)
  const coverage = await ports.coverage.load(owner)
  const files = await fileTime(ports, connection)
  const time = ledgerTimeOf(coverage, files?.ledger)
  const borders: BorderRows[] = []
  for (const border of time.borders) {
    const [fills, rows] = await Promise.all([
      ports.transactions.stored(owner, 'futures-trade', border),
      ports.transactions.stored(owner, 'futures-ledger', border),
    ])
    borders.push({ fills, rows })
  }
  const lone = await findLoneRows(ports, owner, time)
  return { connection: connection.id, coverage, borders, lone, ...(files !== undefined && { files }) }
}

function tellersOf({ coverage, borders, lone, files }: KnownHistory): FuturesTellers {
  return futuresTellers(ledgerTimeOf(coverage, files?.ledger), borders, lone)
}

function meantRow(
  { connection: origin, transaction }: ListedTransaction,
  tellers: ReadonlyMap<string, FuturesTellers>,
): ExportRow {
  const known = tellers.get(origin.id)
  if (known === undefined) throw new Error('A row of a connection that is not exported.')
  return { origin, transaction, meaning: meaningOf(origin, transaction, known) }
}
