import type { Connection, ConnectionChange, Owner } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { provenTime } from '../domain/proven-time.ts'
import { kindsOf } from '../domain/stream.ts'
import type { Sums } from '../domain/sums.ts'
import type { Transaction } from '../domain/transaction.ts'
import { intersect, type Window } from '../domain/window.ts'
import { openClaims } from '../statements/claims.ts'
import { furthestShift, middleOf } from '../statements/clock-shift.ts'
import type { FileHistory } from '../statements/file-history.ts'
import type { AskedOwner, FilePlan, FileRead, TableRead } from '../statements/file-plan.ts'
import { packTable } from '../statements/kept-table.ts'
import type { Proven } from '../statements/known.ts'
import { digestOf } from '../statements/layers.ts'
import type { Layout } from '../statements/layout.ts'
import { inHeadings, type NamedHeader } from '../statements/named-columns.ts'
import { openFilePlan } from '../statements/open-file-plan.ts'
import { openOtherExport } from '../statements/other-export.ts'
import { unpackRows } from '../statements/packed-rows.ts'
import type { Outcome, Settings } from '../statements/read-statement.ts'
import { FileRefused } from '../statements/refusal.ts'
import {
  contradictedLines,
  refuseContradicted,
  refuseOtherAccount,
  refuseOtherExchange,
  refuseShiftedClock,
} from '../statements/refuse-reading.ts'
import type { Reading, StatementRow } from '../statements/row.ts'
import type { KeptReading, StatementFile } from '../statements/statement-file.ts'
import { contentOf, findStatementFile, placeOf, type StatementFilePorts } from './add-statement-file.ts'
import { findConnection, nameOf, ownerOf } from './find-connection.ts'
import type { ListConnectionsPorts } from './list-connections.ts'
import {
  type MergeFilesPorts,
  mergedBlocks,
  provenBy,
  served,
  type TableSource,
  type Which,
} from './merge-files.ts'
import { RefusedError } from './refusal.ts'

export type ReadStatementFilePorts = StatementFilePorts &
  ListConnectionsPorts &
  MergeFilesPorts & {
    readonly connections: { change(before: Connection, change: ConnectionChange): Promise<boolean> }
    readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
    readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
    readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
    readonly fileHistory: { load(owner: Owner): Promise<FileHistory | undefined> }
    readonly layouts: {
      find(user: string, signature: string): Promise<Layout | undefined>
      save(user: string, signature: string, layout: Layout): Promise<void>
    }
    /** Given from outside, since what reads a workbook is large, and few ask for it. */
    readonly readStatement: (
      name: string,
      bytes: Uint8Array,
      settings: Settings,
      now: number,
    ) => Promise<Outcome>
    /** What was read last, where somebody keeps it: whoever shows a file and then stores it need not read it twice. */
    readonly lastRead?: {
      find(content: string): PackedFile | undefined
      keep(content: string, read: PackedFile): void
    }
  }

/** All that a file tells, its rows packed month by month. */
export type PackedFile = {
  readonly tables: readonly TableRead[]
  readonly packed: readonly Awaited<ReturnType<typeof packTable>>[]
}

/** Which file, and what its owner says of it. */
export type FileRequest = {
  readonly user: string
  readonly connection: string
  readonly file: string
  readonly settings: Settings
  /** The file tells everything that happened in this time, its owner says. */
  readonly attests?: Window
}

/**
 * Reads a file as far as what is known allows, and says what storing it would do. Nothing of it is stored by that: what is noted is
 * that it could not be read, for whoever looks at the list of files.
 */
export async function readStatementFile(
  ports: ReadStatementFilePorts,
  request: FileRequest,
): Promise<FileRead> {
  const { user, connection, file } = request
  const found = await findStatementFile(ports, user, connection, file)
  const read = await refusing([], async () => {
    const whose = await findConnection(ports, user, connection)
    const tables = await readTables(ports, whose, found, request)
    if (tables.kind !== 'read') return tables
    const headers = tables.tables.flatMap(({ preview: { header } }) => header ?? [])
    return refusing(headers, async () => {
      const plan = await planFile(ports, whose, found, tables)
      return { kind: 'read', tables: tables.tables, plan }
    })
  })
  await noteRefusal(ports, request, read)
  if (read.kind !== 'refused') await noteAccount(ports, request)
  return read
}

/** From the first file on of which something can be read, an account that was begun is one. */
async function noteAccount(ports: ReadStatementFilePorts, { user, connection }: FileRequest): Promise<void> {
  const whose = await findConnection(ports, user, connection)
  if (whose.begun) await ports.connections.change(whose, { begun: undefined })
}

async function noteRefusal(
  ports: StatementFilePorts,
  { user, connection, file }: FileRequest,
  read: FileRead,
): Promise<void> {
  const found = await findStatementFile(ports, user, connection, file)
  const { refused, ...others } = found
  const isSaid = read.kind === 'refused' ? refused?.sentence === read.sentence : refused === undefined
  if (isSaid || found.state === 'stored') return
  // Where somebody else has changed it meanwhile, theirs is what is known of it.
  await ports.statementFiles.swap(
    found,
    read.kind === 'refused' ? { ...others, refused: refusalOf(read) } : others,
  )
}

function refusalOf({ sentence, exchange }: Extract<FileRead, { kind: 'refused' }>) {
  return { sentence, ...(exchange !== undefined && { exchange }) }
}

async function refusing(headers: readonly NamedHeader[], read: () => Promise<FileRead>): Promise<FileRead> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    const { message: sentence, exchange } = error
    return {
      kind: 'refused',
      sentence,
      cells: [],
      count: 0,
      ...(exchange !== undefined && { exchange }),
      ...(headers.length > 0 && { headers }),
    }
  }
}

/** Of what happened after it came, or before its exchange was there, a file tells nothing, whatever is said of it. */
function attestedBy(
  said: Window | undefined,
  { addedAt }: StatementFile,
  exchange: ExchangeDefinition | undefined,
): Pick<KeptReading, 'attests'> {
  const opened = (exchange?.streams ?? []).map((stream) => stream.opened)
  const from = opened.length === 0 ? 0 : Math.min(...opened)
  const [attests] = said === undefined ? [] : intersect([said], [{ from, to: addedAt }])
  return attests === undefined ? {} : { attests }
}

/** A file that was read from its first line to its last. */
export type ReadFile = {
  readonly kind: 'read'
  readonly tables: readonly TableRead[]
  readonly reading: KeptReading
  /** The rows of a table and a month, packed. */
  readonly bytesOf: (table: number, month: number) => Uint8Array
}

/** Throws `FileRefused` as well. */
export async function readTables(
  ports: ReadStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  { settings, attests }: Pick<FileRequest, 'settings' | 'attests'>,
): Promise<ReadFile | Exclude<FileRead, { kind: 'read' }>> {
  const read = await packedFile(ports, connection, file, settings)
  if ('kind' in read) return read
  const { tables, packed } = read
  const reading: KeptReading = {
    id: digestOf(JSON.stringify(settings)),
    settings,
    ...attestedBy(attests, file, ports.exchanges.get(connection.exchange)),
    storedAt: ports.clock(),
    tables: packed.map(({ table }) => table),
  }
  return {
    kind: 'read',
    tables,
    reading,
    bytesOf: (table, month) => packed[table]?.bytesOf(month) ?? new Uint8Array(),
  }
}

async function packedFile(
  ports: ReadStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  settings: Settings,
): Promise<PackedFile | Exclude<FileRead, { kind: 'read' }>> {
  const content = JSON.stringify([file.sha256, file.name, settings])
  const known = ports.lastRead?.find(content)
  if (known !== undefined) return known
  const { bytes } = await contentOf(ports, file)
  const outcome = await ports.readStatement(file.name, bytes, settings, ports.clock())
  // That it is no file of this exchange comes before what cannot be read in it, or has to be asked.
  if (outcome.kind !== 'read') refuseOther(ports, connection, outcome.exchange)
  if (outcome.kind === 'refused') {
    const { exchange: _whose, ...refused } = outcome
    return refused
  }
  if (outcome.kind === 'asks') {
    const questions: AskedOwner[] = []
    for (const question of outcome.questions) {
      // Whoever has said something of it has seen what he said before.
      const isFirst = question.about === 'layout' && question.missing.length === 0
      const saved = isFirst ? await ports.layouts.find(file.user, question.signature) : undefined
      const columns = question.about === 'layout' ? question.columns : []
      questions.push({ ...question, ...(saved !== undefined && { saved: inHeadings(saved, columns) }) })
    }
    return { kind: 'asks', questions }
  }
  const tables: TableRead[] = []
  const packed: PackedFile['packed'][number][] = []
  for (const { rows, ...table } of outcome.tables) {
    tables.push(table)
    const { preview: _shown, ...told } = table
    packed.push(await packTable(told, rows()))
  }
  ports.lastRead?.keep(content, { tables, packed })
  return { tables, packed }
}

/** What storing would do. Throws `FileRefused` where the file cannot be of this connection. */
export async function planFile(
  ports: ReadStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  read: ReadFile,
): Promise<FilePlan> {
  const owner = ownerOf(connection)
  const others = await storedSources(ports, owner, file.id)
  const own = sourcesOf(file.id, read.reading, async (table, month) => read.bytesOf(table, month))
  for (const { table } of own) {
    refuseOther(ports, connection, table.exchange)
    refuseOtherAccount(
      table,
      others.map((other) => other.table),
    )
  }
  await refuseStoredElsewhere(ports, connection, file)
  await refuseExportOfAnother(ports, connection, read.reading)
  for (const source of own) await refuseShift(ports, owner, source)
  const sources = [...others, ...own]
  const indices = new Set(own.map((_source, index) => others.length + index))
  const planned = openFilePlan(indices)
  const account = openOtherExport(
    connection.id,
    sources.map(({ table }) => table),
    indices,
  )
  const claims = openClaims(sources)
  const contradicted = new Map<number, number>()
  const proven = await provenOf(ports, connection)
  for await (const block of mergedBlocks(ports, owner, sources, proven, await storedTime(ports, owner))) {
    planned.see(block)
    account.see(block)
    claims.compare(block)
    for (const index of indices) {
      const lines = contradictedLines(block.merged, index)
      contradicted.set(index, (contradicted.get(index) ?? 0) + lines.length)
    }
  }
  account.refuse()
  for (const [index, lines] of contradicted) refuseContradicted(lines, sources[index]?.table.rows ?? 0)
  return planned.result(claims.result().filter(({ index }) => indices.has(index)))
}

/** Throws `FileRefused`. */
function refuseOther(
  { exchanges }: Pick<ReadStatementFilePorts, 'exchanges'>,
  connection: Connection,
  exchange: string | undefined,
): void {
  const named = (id: string) => ({ id, name: exchanges.get(id)?.name ?? id })
  refuseOtherExchange(named(exchange ?? connection.exchange), named(connection.exchange))
}

/** One file is of one account: given to a second one, all that it tells would be counted twice. Throws `FileRefused`. */
async function refuseStoredElsewhere(
  { connections, statementFiles }: ReadStatementFilePorts,
  { id, user }: Connection,
  file: StatementFile,
): Promise<void> {
  for (const other of await connections.list(user)) {
    if (other.id === id || other.files !== true) continue
    const same = await statementFiles.find(ownerOf(other), file.id)
    if (same?.state !== 'stored') continue
    throw new FileRefused(
      `${file.name} is stored already for ${nameOf(other)}: here all that it tells would be counted again. ` +
        'Choose that account; or take it back there first, if it is of this one.',
    )
  }
}

/** What an export of ours tells is told already by the account that it was taken of. Throws `FileRefused`. */
async function refuseExportOfAnother(
  { connections }: ReadStatementFilePorts,
  { id, user }: Connection,
  { tables }: KeptReading,
): Promise<void> {
  const exported = new Set(tables.map(({ exportOf }) => exportOf))
  const other = (await connections.list(user)).find((one) => one.id !== id && exported.has(one.id))
  if (other === undefined) return
  throw new FileRefused(
    `This file is an export of ${nameOf(other)}, whose history is here: all that it tells would be counted again.`,
  )
}

/** Where rows of files lie: by what the last merge left, or anywhere, if one was cut short. */
export async function storedTime(
  { fileHistory }: Pick<ReadStatementFilePorts, 'fileHistory'>,
  owner: Owner,
): Promise<Which> {
  const history = await fileHistory.load(owner)
  if (history === undefined) return { stored: [] }
  return { stored: [history.isOwed ? { from: 0, to: Number.POSITIVE_INFINITY } : history.span] }
}

/** What the tables of all stored files tell, but for one file. */
export async function storedSources(
  ports: Pick<ReadStatementFilePorts, 'statementFiles' | 'statementObjects'>,
  owner: Owner,
  except?: string,
): Promise<readonly TableSource[]> {
  const files = await ports.statementFiles.list(owner)
  return files.flatMap((file) => {
    const { id, state, reading } = file
    if (state !== 'stored' || reading === undefined || id === except) return []
    return sourcesOf(id, reading, async (table, month) => {
      const bytes = await ports.statementObjects.read(rowsKey(file, reading, table, month))
      if (bytes !== undefined) return bytes
      // Whoever only reads holds no lease: it may have been removed since it was listed.
      if ((await ports.statementFiles.find(owner, id))?.state !== 'stored')
        throw new RefusedError('busy', `${file.name} was just removed. Try again.`)
      throw new Error(`The rows of the statement file ${id} are not where they were put.`)
    })
  })
}

/** Where the rows of a table and a month lie. */
export function rowsKey(file: StatementFile, { id }: KeptReading, table: number, month: number): string {
  return `${placeOf(file)}rows/${id}/${table}/${month}`
}

function sourcesOf(
  file: string,
  { id, tables, attests }: KeptReading,
  bytesOf: (table: number, month: number) => Promise<Uint8Array>,
): readonly TableSource[] {
  return tables.map((table, number) => ({
    file,
    reading: id,
    table,
    ...(attests !== undefined && { attests }),
    rowsIn: async (month, isWanted) => unpackRows(await bytesOf(number, month), isWanted),
  }))
}

async function provenOf(
  { coverage, exchanges }: Pick<ReadStatementFilePorts, 'coverage' | 'exchanges'>,
  connection: Connection,
): Promise<Proven> {
  return provenBy(await provenStreams({ coverage, exchanges }, connection))
}

/** The time that the exchange is known to have served whole, by stream. */
export async function provenStreams(
  { coverage, exchanges }: Pick<ReadStatementFilePorts, 'coverage' | 'exchanges'>,
  connection: Connection,
) {
  const known = await coverage.load(ownerOf(connection))
  const kinds = kindsOf(exchanges.get(connection.exchange)?.streams ?? [])
  return new Map(kinds.map((kind) => [kind[0].stream, provenTime(kind, known)] as const))
}

/** By rows from the middle of what both tell: they say it as well as all of them. */
async function refuseShift(
  ports: MergeFilesPorts,
  owner: Owner,
  { table, rowsIn }: TableSource,
): Promise<void> {
  const first = table.spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)
  const last = table.spans.reduce((most, { to }) => Math.max(most, to), 0)
  if (first >= last) return
  const streams = new Set<string>(table.spans.map(({ stream }) => stream))
  const reach = { from: Math.max(0, first - furthestShift), to: last + furthestShift }
  let count = 0
  for await (const { stream } of served(ports, owner, reach)) if (streams.has(stream)) count += 1
  const { from, to } = middleOf(count)
  const chosen: Transaction[] = []
  let index = 0
  for await (const row of served(ports, owner, reach)) {
    if (!streams.has(row.stream)) continue
    if (index >= from && index < to) chosen.push(row)
    index += 1
  }
  if (chosen.length === 0) return
  const isNear = (time: number) => chosen.some((row) => Math.abs(row.time - time) <= furthestShift)
  const rows: StatementRow[] = []
  for (const month of table.months) for (const row of await rowsIn(month, isNear)) rows.push(row)
  const {
    months: _months,
    spans: _spans,
    money: _money,
    isUnbroken: _balance,
    hints: _hints,
    ...told
  } = table
  const reading: Reading = { ...told, rows }
  refuseShiftedClock(reading, chosen)
}
