import type { Connection, ConnectionChange, Owner } from '../domain/connection.ts'
import type { ToldMoney } from '../domain/futures-money.ts'
import type { StreamKind } from '../domain/stream.ts'
import { monthOf, type Sums, sameSum, windowOf } from '../domain/sums.ts'
import { keyOf, type Transaction } from '../domain/transaction.ts'
import { intersect, subtract, union, type Window } from '../domain/window.ts'
import { openClaims } from '../statements/claims.ts'
import type { FileClaim, FileHistory, FileMonth, Seen } from '../statements/file-history.ts'
import type { FileStored } from '../statements/file-plan.ts'
import { openHints } from '../statements/hints.ts'
import type { MergedRow } from '../statements/merged-row.ts'
import type { Plan } from '../statements/plan.ts'
import { ownerOf } from './find-connection.ts'
import { around, fileRowOf, mergedBlocks, provenBy, spanOf, type TableSource } from './merge-files.ts'
import { nothingMerged, oweIfLost } from './owe-merge.ts'
import {
  provenStreams,
  type ReadStatementFilePorts,
  storedSources,
  storedTime,
} from './read-statement-file.ts'

export type WriteMergePorts = Pick<
  ReadStatementFilePorts,
  'connections' | 'statementFiles' | 'statementObjects' | 'exchanges' | 'coverage' | 'sums'
> & {
  readonly connections: { change(before: Connection, change: ConnectionChange): Promise<boolean> }
  readonly transactions: ReadStatementFilePorts['transactions'] & {
    write(owner: Owner, rows: readonly Transaction[]): Promise<void>
    remove(owner: Owner, rows: readonly Transaction[]): Promise<void>
  }
  readonly fileHistory: ReadStatementFilePorts['fileHistory'] & {
    save(owner: Owner, history: FileHistory): Promise<void>
    remove(owner: Owner): Promise<void>
  }
}

/**
 * Makes the stored rows of files what a merge of all stored files and of what the exchange served comes to: only what differs is
 * written. Cut short anywhere, it leaves it to the next one to do the rest, which is why it is owed before the first write. Whoever
 * calls it holds the lease; `goOn` throws when that is lost. `touched`: where something changed, if not everywhere.
 */
export async function writeMerge(
  ports: WriteMergePorts,
  connection: Connection,
  keepsLease: () => Promise<void>,
  touched?: readonly Window[],
): Promise<FileStored> {
  const owner = ownerOf(connection)
  const goOn = () => oweIfLost(ports, connection, keepsLease)
  const before = await ports.fileHistory.load(owner)
  const { stored } = await storedTime(ports, owner)
  const sources = await storedSources(ports, owner)
  const span = spanOf(
    sources.map(({ table }) => table),
    around,
  )
  const isWhole = touched === undefined || before === undefined || before.isOwed
  const proven = await provenStreams(ports, connection)
  const seen = span === undefined ? nothingMerged.seen : seenIn(span, await ports.sums.load(owner), proven)
  const months = openMonths(isWhole ? [] : before.months)
  const claims = openClaims(sources)
  const done = { written: 0, removed: 0 }
  const owed: FileHistory = { ...(before ?? nothingMerged), span: hull(before?.span, span), isOwed: true }
  let isNoted = before?.isOwed ?? false
  const which = { stored, ...(!isWhole && { touched }) }
  for await (const block of mergedBlocks(ports, owner, sources, provenBy(proven), which)) {
    await goOn()
    claims.compare(block)
    months.take(isWhole ? { write: block.merged.rows, remove: [] } : block.plan, isWhole ? [] : block.stored)
    const { write, remove } = block.plan
    if (write.length === 0 && remove.length === 0) continue
    if (!isNoted) await ports.fileHistory.save(owner, owed)
    isNoted = true
    // What takes the place of another is there before the other goes: nobody finds less than there is.
    await ports.transactions.write(owner, write.map(fileRowOf))
    await ports.transactions.remove(owner, remove.map(fileRowOf))
    done.written += write.length
    done.removed += remove.length
  }
  await goOn()
  if (span === undefined) {
    await ports.connections.change(connection, { files: undefined })
    await ports.fileHistory.remove(owner)
    await goOn()
    return done
  }
  const oldest = await oldestOf(ports, owner, months.result())
  const after: FileHistory = {
    isOwed: false,
    readings: readingsOf(sources),
    span,
    claims: claims
      .result()
      .map(({ index: _index, ...claim }) => refutedBefore(claim, isWhole ? [] : before.claims)),
    ledger: ledgerOf(sources),
    hints: hintsOf(sources),
    months: months.result(),
    ...(oldest !== undefined && { oldest }),
    seen,
  }
  if (JSON.stringify(after) !== JSON.stringify(before)) await ports.fileHistory.save(owner, after)
  await goOn()
  return done
}

/** When the first row happened that files add. */
async function oldestOf(
  { transactions }: Pick<WriteMergePorts, 'transactions'>,
  owner: Owner,
  [first]: readonly FileMonth[],
): Promise<number | undefined> {
  if (first === undefined) return undefined
  for await (const { source, time } of transactions.merging(owner, windowOf(first.month)))
    if (source !== undefined) return time
  return undefined
}

/**
 * Merges again what a sync has changed, if it has, or all, if that is owed or other files count by now than were merged. Reads a
 * few items where nothing has changed.
 */
export async function mergeAfterSync(
  ports: WriteMergePorts,
  connection: Connection,
  goOn: () => Promise<void>,
): Promise<FileStored | undefined> {
  if (connection.files !== true) return undefined
  const owner = ownerOf(connection)
  const history = await ports.fileHistory.load(owner)
  if (history === undefined || history.isOwed) return writeMerge(ports, connection, goOn)
  const readings = readingsOf(await storedSources(ports, owner))
  if (JSON.stringify(readings) !== JSON.stringify(history.readings))
    return writeMerge(ports, connection, goOn)
  const now = seenIn(history.span, await ports.sums.load(owner), await provenStreams(ports, connection))
  const touched = changedBetween(history.seen, now)
  return touched.length === 0 ? undefined : writeMerge(ports, connection, goOn, touched)
}

/** Which files count, as they were read and with what their owner says of them. */
function readingsOf(sources: readonly TableSource[]): readonly string[] {
  return [...new Set(sources.map(({ file, reading, attests }) => JSON.stringify([file, reading, attests])))]
}

function hull(a: Window | undefined, b: Window | undefined): Window {
  const [one = b, other = a] = [a, b]
  if (one === undefined || other === undefined) return nothingMerged.span
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) }
}

/** What the exchange has served that may change what files add. */
function seenIn(
  span: Window,
  sums: readonly Sums[],
  proven: ReadonlyMap<StreamKind, readonly Window[]>,
): Seen {
  const isNear = ({ month }: { readonly month: number }) =>
    windowOf(month).from < span.to && span.from < windowOf(month).to
  return {
    months: sums.flatMap(({ stream, months }) => months.filter(isNear).map((sum) => ({ ...sum, stream }))),
    proven: [...proven].flatMap(([stream, windows]) =>
      intersect(windows, [span]).map((window) => ({ ...window, stream })),
    ),
  }
}

function changedBetween(before: Seen, now: Seen): readonly Window[] {
  const sumOf = ({ months }: Seen, stream: StreamKind, month: number) =>
    months.find((one) => one.stream === stream && one.month === month)
  const months = [...before.months, ...now.months].filter(({ stream, month }) => {
    const [one, other] = [sumOf(before, stream, month), sumOf(now, stream, month)]
    return one === undefined || other === undefined || !sameSum(one, other)
  })
  const streams = new Set([...before.proven, ...now.proven].map(({ stream }) => stream))
  const proven = [...streams].flatMap((stream) => {
    const of = (seen: Seen) => seen.proven.filter((one) => one.stream === stream)
    return [...subtract(of(before), of(now)), ...subtract(of(now), of(before))]
  })
  return union(
    months.map(({ month }) => windowOf(month)),
    proven,
  )
}

/** Of which time ledgers of files tell profits of which market, and fees: within it a ledger tells what its fills do not. */
function ledgerOf(sources: readonly TableSource[]): readonly ToldMoney[] {
  const found = new Map<string, ToldMoney[]>()
  for (const one of sources.flatMap(({ table }) => table.money)) {
    const name = JSON.stringify([one.part, one.market])
    found.set(name, [...(found.get(name) ?? []), one])
  }
  return [...found.values()].flatMap((alike) =>
    union(alike).flatMap((window) => alike.slice(0, 1).map((one) => ({ ...one, ...window }))),
  )
}

function hintsOf(sources: readonly TableSource[]): FileHistory['hints'] {
  const hints = openHints()
  for (const { table } of sources) for (const name of table.hints) hints.add(name)
  return hints.result()
}

/** What was not compared again stays refuted. */
function refutedBefore(claim: FileClaim, before: readonly FileClaim[]): FileClaim {
  const known = before.find(
    (one) => one.file === claim.file && one.stream === claim.stream && one.by === claim.by,
  )
  const refutedAt = firstOf(known?.refutedAt, claim.refutedAt)
  const disprovedAt = firstOf(known?.disprovedAt, claim.disprovedAt)
  return {
    ...claim,
    ...(refutedAt !== undefined && { refutedAt }),
    ...(disprovedAt !== undefined && { disprovedAt }),
  }
}

function firstOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
}

/** Counts rows of files by month. */
function openMonths(known: readonly FileMonth[]) {
  const counts = new Map(
    known.map(({ stream, month, rows }) => [`${stream} ${month}`, { stream, month, rows }]),
  )
  const add = (row: MergedRow, rows: number) => {
    const name = `${row.stream} ${monthOf(row)}`
    const before = counts.get(name)?.rows ?? 0
    counts.set(name, { stream: row.stream, month: monthOf(row), rows: before + rows })
  }
  return {
    take({ write, remove }: Pick<Plan, 'write' | 'remove'>, stored: readonly MergedRow[]): void {
      const names = new Set(stored.map((row) => `${row.stream} ${keyOf(row)}`))
      for (const row of write) if (!names.has(`${row.stream} ${keyOf(row)}`)) add(row, 1)
      for (const row of remove) add(row, -1)
    },
    result: (): readonly FileMonth[] =>
      [...counts.values()]
        .filter(({ rows }) => rows > 0)
        .sort((a, b) => a.month - b.month || (a.stream < b.stream ? -1 : 1)),
  }
}
