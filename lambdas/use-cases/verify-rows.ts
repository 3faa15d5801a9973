import type { Coverage } from '../domain/coverage.ts'
import { takeBack } from '../domain/coverage.ts'
import type { StreamKind } from '../domain/stream.ts'
import { monthOf, noSum, noSums, type Sum, type Sums, sameSum, windowOf, withRow } from '../domain/sums.ts'
import type { Transaction } from '../domain/transaction.ts'
import { day, type Window } from '../domain/window.ts'

type Owner = { readonly user: string; readonly connection: string }

/** An item that is not what was stored under its key, and the time that its key tells. */
type Unreadable = { readonly item: Readonly<Record<string, unknown>>; readonly time: number }

/** A row with the check that was stored with it, or what cannot be read as one. */
type Inspected =
  | { readonly transaction: Transaction; readonly check: string }
  | { readonly unreadable: Unreadable }

export type InspectPorts = {
  readonly transactions: {
    /** Everything that is stored of one stream, in a window or at all. */
    inspect(owner: Owner, stream: StreamKind, window?: Window): AsyncIterable<Inspected>
  }
}

export type VerifyRowsPorts = InspectPorts & {
  readonly transactions: {
    /** Puts away, out of the history, what cannot be read. */
    putAside(owner: Owner, unreadable: Unreadable): Promise<void>
  }
  readonly coverage: { save(owner: Owner, coverage: Coverage, epoch: number): Promise<void> }
  readonly sums: { save(owner: Owner, sums: Sums, epoch: number): Promise<void> }
}

type Counted = { readonly months: ReadonlyMap<number, Sum>; readonly unreadable: readonly Unreadable[] }

/** Counts what is stored of one stream; memory does not grow with the number of rows. */
export async function countStored(
  { transactions }: InspectPorts,
  owner: Owner,
  stream: StreamKind,
  window?: Window,
): Promise<Counted> {
  const months = new Map<number, Sum>()
  const unreadable: Unreadable[] = []
  for await (const found of transactions.inspect(owner, stream, window)) {
    if ('unreadable' in found) {
      unreadable.push(found.unreadable)
      continue
    }
    const month = monthOf(found.transaction)
    months.set(month, withRow(months.get(month) ?? noSum, found.check))
  }
  return { months, unreadable }
}

/** The months in which something else is stored than was put there. */
function disagreeing(sums: Sums, counted: Counted): readonly number[] {
  const expected = new Map(sums.months.map(({ month, ...sum }): [number, Sum] => [month, sum]))
  return [...new Set([...expected.keys(), ...counted.months.keys()])]
    .filter((month) => !sums.touched.includes(month))
    .filter((month) => !sameSum(expected.get(month) ?? noSum, counted.months.get(month) ?? noSum))
    .sort((a, b) => a - b)
}

/** How often all that is stored is compared: on every run, or weekly, where each row that is read is paid for. */
export type VerifyTurn = 'always' | 'weekly'

export function isDueForVerification(
  sums: Sums,
  coverage: readonly Coverage[],
  turn: VerifyTurn,
  now: number,
): boolean {
  const { verifiedAt } = sums
  return (
    turn === 'always' || verifiedAt === undefined || now - verifiedAt >= 7 * day || areStale(sums, coverage)
  )
}

/** Whether later sums were saved, and are lost: then nobody can tell what should be there. */
function areStale({ version }: Sums, coverage: readonly Coverage[]): boolean {
  return coverage.some(({ sums = 0 }) => sums > version)
}

const always: Window = { from: 0, to: Number.MAX_SAFE_INTEGER }

/**
 * Coverage as far as it agrees with what is stored now, which is read for that: for whoever hands out a history as complete.
 * Nothing is changed: what is damaged is mended by the next sync.
 */
export async function verifiedCoverage(
  ports: InspectPorts & {
    readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
    readonly sums: { load(owner: Owner): Promise<readonly Sums[]> }
  },
  owner: Owner,
): Promise<readonly Coverage[]> {
  const coverage = await ports.coverage.load(owner)
  const windows = new Map<StreamKind, readonly Window[]>()
  for (const stream of new Set(coverage.map((part) => part.stream))) {
    const { sums, counted } = await countUndisturbed(ports, owner, stream)
    const parts = coverage.filter((part) => part.stream === stream)
    windows.set(stream, damagedWindows(sums, parts, counted))
  }
  return coverage.map((part) => takeBack(part, windows.get(part.stream) ?? []))
}

/** How often it is counted anew, because a sync wrote meanwhile. */
const mostCounts = 3

/** What is stored, with sums that speak of the same moment: where a sync writes all the while, its months are left to it. */
async function countUndisturbed(
  ports: InspectPorts & { readonly sums: { load(owner: Owner): Promise<readonly Sums[]> } },
  owner: Owner,
  stream: StreamKind,
): Promise<{ readonly sums: Sums; readonly counted: Counted }> {
  const load = async () =>
    (await ports.sums.load(owner)).find((one) => one.stream === stream) ?? noSums(stream)
  let before = await load()
  for (let count = 1; ; count += 1) {
    const counted = await countStored(ports, owner, stream)
    const after = await load()
    if (after.version === before.version) return { sums: after, counted }
    if (count === mostCounts)
      return {
        sums: { ...after, touched: [...before.touched, ...after.touched, ...changedMonths(before, after)] },
        counted,
      }
    before = after
  }
}

function changedMonths(before: Sums, after: Sums): readonly number[] {
  const sumOf = ({ months }: Sums, month: number) => months.find((one) => one.month === month) ?? noSum
  return [...new Set([...before.months, ...after.months].map(({ month }) => month))].filter(
    (month) => !sameSum(sumOf(before, month), sumOf(after, month)),
  )
}

function damagedMonths(sums: Sums, counted: Counted): readonly number[] {
  return [...new Set([...disagreeing(sums, counted), ...counted.unreadable.map(monthOf)])]
}

function damagedWindows(sums: Sums, coverage: readonly Coverage[], counted: Counted): readonly Window[] {
  return areStale(sums, coverage) ? [always] : damagedMonths(sums, counted).map(windowOf)
}

export type Verified = {
  readonly sums: Sums
  readonly coverage: readonly Coverage[]
  /** Something was taken back, and is to be asked again. */
  readonly damaged: boolean
}

/**
 * Compares what is stored of one stream with what was put there. Where the two disagree, coverage is taken back before
 * anything else is done, and what cannot be read is put aside: killed in between, the next run finds the same.
 */
export async function verifyRows(
  ports: VerifyRowsPorts,
  run: {
    readonly owner: Owner
    readonly epoch: number
    readonly stream: StreamKind
    readonly turn: VerifyTurn
    readonly now: number
  },
  sums: Sums,
  coverage: readonly Coverage[],
): Promise<Verified> {
  const { owner, epoch, stream, turn, now } = run
  const counted = await countStored(ports, owner, stream)
  const windows = damagedWindows(sums, coverage, counted)
  const verifiedAt = turn === 'always' || counted.months.size === 0 ? sums.verifiedAt : now
  if (windows.length === 0) {
    if (verifiedAt === sums.verifiedAt) return { sums, coverage, damaged: false }
    const verified = { ...sums, version: sums.version + 1, verifiedAt }
    await ports.sums.save(owner, verified, epoch)
    return { sums: verified, coverage, damaged: false }
  }
  const taken = coverage.map((part) => takeBack(part, windows))
  for (const [index, part] of taken.entries())
    if (part !== coverage[index]) await ports.coverage.save(owner, part, epoch)
  for (const item of counted.unreadable) await ports.transactions.putAside(owner, item)
  // What was touched is counted at the end of the run, when nobody else writes any more.
  const isKept = ({ month }: { month: number }) => sums.touched.includes(month) && windows[0] !== always
  const renewed: Sums = {
    ...sums,
    version: Math.max(sums.version, ...coverage.map((part) => part.sums ?? 0)) + 1,
    months: [
      ...sums.months.filter(isKept),
      ...[...counted.months].map(([month, sum]) => ({ month, ...sum })).filter((one) => !isKept(one)),
    ].sort((a, b) => a.month - b.month),
    ...(verifiedAt !== undefined && { verifiedAt }),
  }
  await ports.sums.save(owner, renewed, epoch)
  return { sums: renewed, coverage: taken, damaged: true }
}
