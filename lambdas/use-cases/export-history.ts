import { meaningOf, type Silence } from '../domain/accounting.ts'
import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Export, ExportRequest } from '../domain/export.ts'
import type { AccountNames, ExportRow } from '../domain/export-format.ts'
import { exportName } from '../domain/export-name.ts'
import {
  closingSentences,
  type StatementFacts,
  statementDocument,
  statementSentences,
} from '../domain/export-statement.ts'
import { openTally } from '../domain/export-tally.ts'
import {
  type BorderRows,
  type FuturesTellers,
  futuresTellers,
  ledgerTimeOf,
} from '../domain/futures-money.ts'
import type { OpeningBalance } from '../domain/opening-balances.ts'
import { type Statement, statementOf } from '../domain/statement.ts'
import type { StreamKind } from '../domain/stream.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { findConnection, nameOf, type Owner, ownerOf } from './find-connection.ts'
import { type ListTransactionsPorts, mergedHistory } from './list-transactions.ts'
import type { Formats } from './request-export.ts'

export type WriteExportPorts = ListTransactionsPorts & {
  readonly transactions: {
    stored(owner: Owner, stream: StreamKind, window: Window): Promise<readonly Transaction[]>
  }
  readonly clock: () => number
  /** SHA-256 of what passes, in hexadecimal digits. */
  readonly openDigest: () => { update(chunk: Uint8Array): void; hex(): string }
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
  readonly formats: Formats
  /** How journals name their accounts where the user says nothing. */
  readonly accountNames: AccountNames
}

/** On a computer of one's own, what the account held before may lie in a file. */
export type WrittenRequest = ExportRequest & { readonly opening?: readonly OpeningBalance[] }

/** The file, and what it covers: for people, and for programs. */
export type ExportRole = 'history' | 'statement' | 'statement-json'

export type ExportFile = {
  readonly name: string
  readonly contentType: string
  readonly content: AsyncIterable<string | Uint8Array>
}

export type Written = {
  readonly transactions: number
  readonly leftOut: Readonly<Partial<Record<Silence, number>>>
  readonly statement: Statement
  readonly bytes: number
}

/**
 * Hands the file of an export to `write`, row by row, and then the statement of what it covers where that is not part
 * of the file. Memory does not grow with the number of rows.
 */
export async function writeExport(
  ports: WriteExportPorts,
  user: string,
  request: WrittenRequest,
  write: (role: ExportRole, file: ExportFile) => Promise<void>,
): Promise<Written> {
  const format = ports.formats.get(request.format)
  if (format === undefined) throw new Error(`The format ${request.format} is not offered any more.`)
  const connections =
    request.connections === undefined
      ? [...(await ports.connections.list(user))].sort((a, b) => (a.id < b.id ? -1 : 1))
      : await Promise.all(request.connections.map((id) => findConnection(ports, user, id)))
  const known = await Promise.all(connections.map((connection) => covered(ports, connection)))
  const statement = statementOf(known, request.period, request.timezone)
  const tellers = new Map(
    await Promise.all(
      known.map(
        async ({ id, coverage }) =>
          [id, await futuresTellersOf(ports, { user, connection: id }, coverage)] as const,
      ),
    ),
  )
  const tally = openTally(format)
  const history = (stream?: StreamKind) =>
    counting(
      tally,
      tellers,
      mergedHistory(ports, connections, { ...request.period, stream, limit: rowsAtOnce }),
    )
  const { period, timezone } = request
  const name = exportName({
    format: format.id,
    extension: format.extension,
    period,
    timezone,
    ...(request.connections !== undefined && { accounts: connections.map(shortNameOf) }),
  })
  let bytes = 0
  const digest = ports.openDigest()
  const content = format.write({
    rows: history(),
    rowsOf: history,
    statement,
    timezone,
    accounts: { ...ports.accountNames, ...request.accounts },
    opening: openingOf(request, connections),
    notes: tally.notes,
    closing: () => closingSentences(tally.close()),
  })
  await write('history', {
    name,
    contentType: format.contentType,
    content: seen(content, (chunk) => {
      bytes += chunk.byteLength
      digest.update(chunk)
    }),
  })
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
  await write('statement', {
    name: `${beside}.coverage.txt`,
    contentType: 'text/plain; charset=utf-8',
    content: once(`${sentences.join('\n')}\n`),
  })
  await write('statement-json', {
    name: `${beside}.coverage.json`,
    contentType: 'application/json',
    content: once(`${JSON.stringify(statementDocument(facts), null, 2)}\n`),
  })
  const { transactions, leftOut } = facts.tally
  return { transactions, leftOut, statement: { ...statement, sentences }, bytes }
}

async function* once(text: string): AsyncIterable<string> {
  yield text
}

/** Shows every piece of the file on its way. */
async function* seen(
  content: AsyncIterable<string | Uint8Array>,
  look: (chunk: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  for await (const piece of content) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    look(chunk)
    yield chunk
  }
}

/** Balances are those of one account: who writes them asked for one. */
function openingOf({ opening, period }: WrittenRequest, connections: readonly Connection[]) {
  const [origin, ...others] = connections
  if (opening === undefined) return undefined
  if (origin === undefined || others.length > 0)
    throw new Error('Opening balances of one account were given for another number of them.')
  return { origin, balances: opening, before: period.from }
}

/** As a file's name calls an account. */
function shortNameOf({ label, subaccount, keyHint, id }: Connection): string {
  return [label, subaccount, keyHint].find((name) => name !== undefined && name !== '') ?? id.slice(0, 12)
}

/** Rows that one question to the store brings of each stream of each connection. */
const rowsAtOnce = 500

async function covered({ coverage, exchanges }: WriteExportPorts, connection: Connection) {
  const exchange = exchanges.get(connection.exchange)
  if (exchange === undefined) throw new Error(`The exchange ${connection.exchange} is not known any more.`)
  return {
    id: connection.id,
    name: nameOf(connection),
    exchange,
    coverage: await coverage.load(ownerOf(connection)),
    accountSince: connection.accountSince,
    label: connection.label,
    subaccount: connection.subaccount,
    keyHint: connection.keyHint,
  }
}

/** Decided before the rows are read, from what is stored around the borders of what is known of the ledger: little. */
async function futuresTellersOf(
  { transactions }: WriteExportPorts,
  owner: Owner,
  coverage: readonly Coverage[],
): Promise<FuturesTellers> {
  const time = ledgerTimeOf(coverage)
  const borders: BorderRows[] = []
  for (const border of time.borders) {
    const [fills, rows] = await Promise.all([
      transactions.stored(owner, 'futures-trade', border),
      transactions.stored(owner, 'futures-ledger', border),
    ])
    borders.push({ fills, rows })
  }
  return futuresTellers(time, borders)
}

async function* counting(
  tally: ReturnType<typeof openTally>,
  tellers: ReadonlyMap<string, FuturesTellers>,
  rows: AsyncIterable<{ connection: Connection; transaction: ExportRow['transaction'] }>,
): AsyncIterable<ExportRow> {
  for await (const { connection: origin, transaction } of rows) {
    const known = tellers.get(origin.id)
    if (known === undefined) throw new Error('A row of a connection that is not exported.')
    const meaning = meaningOf(origin, transaction, known)
    tally.look(meaning)
    yield { origin, transaction, meaning }
  }
}

export type ExportHistoryPorts = WriteExportPorts & {
  readonly exports: {
    find(user: string, id: string): Promise<Export | undefined>
    save(finished: Export): Promise<void>
  }
  readonly objects: {
    write(
      key: string,
      body: AsyncIterable<string | Uint8Array>,
      options: { contentType: string; downloadName: string },
    ): Promise<void>
  }
}

/** Where the files of an export lie. */
export function objectKey({ user, id }: Pick<Export, 'user' | 'id'>, role: ExportRole): string {
  return `${encodeURIComponent(user)}/${id}/${role}`
}

/** Does what `requestExport` asked for. Doing it again, because the message came twice, changes nothing. */
export async function exportHistory(
  ports: ExportHistoryPorts,
  user: string,
  id: string,
): Promise<Export | undefined> {
  const asked = await ports.exports.find(user, id)
  if (asked === undefined || asked.state !== 'waiting') return asked
  const written = await writeExport(ports, user, asked.request, (role, { name, contentType, content }) =>
    ports.objects.write(objectKey(asked, role), content, { contentType, downloadName: name }),
  )
  const { sentences, ...rest } = written.statement
  const statement: Statement = { ...rest, sentences: remembered(sentences) }
  const finished: Export = { ...asked, ...written, statement, state: 'done', finishedAt: ports.clock() }
  await ports.exports.save(finished)
  return finished
}

/** UTF-16 units, well below what an item of the store holds. */
const mostRemembered = 100_000

/** Of many accounts, the statement may be longer than an item: the file beside the history holds all of it. */
function remembered(sentences: readonly string[]): readonly string[] {
  let length = 0
  const fitting = sentences.findIndex((sentence) => {
    length += sentence.length
    return length > mostRemembered
  })
  if (fitting < 0) return sentences
  return [
    ...sentences.slice(0, fitting),
    `And ${sentences.length - fitting} more sentences: the statement's own file has all of them.`,
  ]
}

/** Says of an export that could not be written that it will not come. */
export async function failExport(
  ports: Pick<ExportHistoryPorts, 'exports' | 'clock'>,
  user: string,
  id: string,
): Promise<void> {
  const asked = await ports.exports.find(user, id)
  if (asked?.state === 'waiting')
    await ports.exports.save({ ...asked, state: 'failed', finishedAt: ports.clock() })
}
