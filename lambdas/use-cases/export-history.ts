import { meaningOf, type Silence } from '../domain/accounting.ts'
import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Export, ExportRequest } from '../domain/export.ts'
import type { AccountNames, ExportRow } from '../domain/export-format.ts'
import { exportName } from '../domain/export-name.ts'
import { openTally, type Tally } from '../domain/export-tally.ts'
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
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
  readonly formats: Formats
  /** How journals name their accounts where the user says nothing. */
  readonly accountNames: AccountNames
}

/** On a computer of one's own, what the account held before may lie in a file. */
export type WrittenRequest = ExportRequest & { readonly opening?: readonly OpeningBalance[] }

export type ExportFile = {
  readonly name: string
  readonly contentType: string
  readonly content: AsyncIterable<string | Uint8Array>
}

export type Written = {
  readonly transactions: number
  readonly leftOut: Readonly<Partial<Record<Silence, number>>>
  readonly statement: Statement
}

/**
 * Hands the file of an export to `write`, row by row, and then the statement of what it covers where that is not part
 * of the file. Memory does not grow with the number of rows.
 */
export async function writeExport(
  ports: WriteExportPorts,
  user: string,
  request: WrittenRequest,
  write: (role: 'history' | 'statement', file: ExportFile) => Promise<void>,
): Promise<Written> {
  const format = ports.formats.get(request.format)
  if (format === undefined) throw new Error(`The format ${request.format} is not offered any more.`)
  const connections =
    request.connections === undefined
      ? [...(await ports.connections.list(user))].sort((a, b) => (a.id < b.id ? -1 : 1))
      : await Promise.all(request.connections.map((id) => findConnection(ports, user, id)))
  const known = await Promise.all(connections.map((connection) => covered(ports, connection)))
  const statement = statementOf(known, request.period)
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
  await write('history', {
    name,
    contentType: format.contentType,
    content: format.write({
      rows: history(),
      rowsOf: history,
      statement,
      timezone: request.timezone,
      accounts: { ...ports.accountNames, ...request.accounts },
      opening: openingOf(request, connections),
      notes: tally.notes,
      closing: () => closingSentences(tally.close()),
    }),
  })
  const counted = tally.close()
  const { transactions, leftOut } = counted
  const whole = { ...statement, sentences: [...statement.sentences, ...closingSentences(counted)] }
  if (format.statement === 'beside')
    await write('statement', {
      name: statementName(name),
      contentType: 'text/plain; charset=utf-8',
      content: textOf(whole, transactions),
    })
  return { transactions, leftOut, statement: whole }
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

/** Beside `history.csv` lies `history.coverage.txt`. */
function statementName(file: string): string {
  return `${file.replace(/\.[^.]+$/, '')}.coverage.txt`
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

const leftOutWords: Readonly<Record<Silence, string>> = {
  unfinished: 'transfers that were not finished when last read: export again when they are',
  cancelled: 'transfers that were cancelled or failed',
  'told-by-ledger': 'futures fills, whose profit and fees are in the futures ledger',
  'told-by-fill':
    'futures ledger rows of profit and fees, which the fills tell, since the ledger of that time is not known to be complete',
  zero: 'rows that moved nothing',
  unclear: 'rows of which nobody says what they moved: look at them in the CSV of everything',
}

function leftOutSentences(leftOut: Written['leftOut']): readonly string[] {
  return Object.entries(leftOutWords).flatMap(([silence, words]) => {
    const count = new Map(Object.entries(leftOut)).get(silence) ?? 0
    return count === 0 ? [] : [`Not in the file: ${count} ${words}.`]
  })
}

function closingSentences({ leftOut, toldByFills, untold, byHand, sums }: Tally): readonly string[] {
  return [
    ...leftOutSentences(leftOut),
    ...(toldByFills === 0
      ? []
      : [
          `${toldByFills} futures fills tell their own profit and fees, because the futures ledger of their time is not known to ` +
            'be complete. Should a later sync bring it, its rows take their place: let the new file replace this one then, ' +
            'or they count twice.',
        ]),
    ...untold.map(({ count, reason }) => `Not in the file: ${count} ${reason}.`),
    ...byHand.map(({ count, reason }) => `To be done by hand: ${count} ${reason}.`),
    ...(sums.length === 0
      ? []
      : [
          `The file adds up to, coin by coin what came less what went: ${sums
            .map(({ coin, amount }) => `${amount} ${coin}`)
            .join(', ')}.`,
        ]),
  ]
}

async function* textOf(statement: Statement, transactions: number): AsyncIterable<string> {
  yield `${[...statement.sentences, `${transactions} transactions were looked at.`].join('\n')}\n`
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
export function objectKey({ user, id }: Pick<Export, 'user' | 'id'>, role: 'history' | 'statement'): string {
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
  let bytes = 0
  const written = await writeExport(
    ports,
    user,
    asked.request,
    async (role, { name, contentType, content }) => {
      const counted = role === 'history' ? measured(content, (size) => (bytes += size)) : content
      await ports.objects.write(objectKey(asked, role), counted, { contentType, downloadName: name })
    },
  )
  const finished: Export = { ...asked, ...written, state: 'done', finishedAt: ports.clock(), bytes }
  await ports.exports.save(finished)
  return finished
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

async function* measured(
  content: AsyncIterable<string | Uint8Array>,
  count: (bytes: number) => void,
): AsyncIterable<string | Uint8Array> {
  for await (const chunk of content) {
    count(typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength)
    yield chunk
  }
}
