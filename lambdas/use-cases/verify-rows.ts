import { takeBack } from '../domain/cover-answer.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { StreamKind } from '../domain/stream.ts'
import { monthOf, noSum, type Sum, type Sums, sameSum, windowOf, withRow } from '../domain/sums.ts'
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

export type Counted = {
  /** The time of the oldest row, epoch milliseconds; infinite where there is none. */
  readonly oldest: number
  readonly months: ReadonlyMap<number, Sum>
  readonly unreadable: readonly Unreadable[]
}

/** Counts what is stored of one stream; memory does not grow with the number of rows. */
export async function countStored(
  { transactions }: InspectPorts,
  owner: Owner,
  stream: StreamKind,
  window?: Window,
): Promise<Counted> {
  const months = new Map<number, Sum>()
  const unreadable: Unreadable[] = []
  let oldest = Number.POSITIVE_INFINITY
  for await (const found of transactions.inspect(owner, stream, window)) {
    if ('unreadable' in found) {
      unreadable.push(found.unreadable)
      continue
    }
    oldest = Math.min(oldest, found.transaction.time)
    const month = monthOf(found.transaction)
    months.set(month, withRow(months.get(month) ?? noSum, found.check))
  }
  return { months, unreadable, oldest }
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
  const { verifiedAt, damaged } = sums
  return (
    turn === 'always' ||
    verifiedAt === undefined ||
    damaged !== undefined ||
    now - verifiedAt >= 7 * day ||
    areStale(sums, coverage)
  )
}

/** Whether later sums were saved, and are lost: then nobody can tell what should be there. */
function areStale({ version }: Sums, coverage: readonly Coverage[]): boolean {
  return coverage.some(({ sums = 0 }) => sums > version)
}

const always: Window = { from: 0, to: Number.MAX_SAFE_INTEGER }

function damagedMonths(sums: Sums, counted: Counted): readonly number[] {
  return [...new Set([...disagreeing(sums, counted), ...counted.unreadable.map(monthOf)])]
}

/** Where something else is stored than was put there. */
export function damagedWindows(
  sums: Sums,
  coverage: readonly Coverage[],
  counted: Counted,
): readonly Window[] {
  return areStale(sums, coverage) ? [always] : damagedMonths(sums, counted).map(windowOf)
}

/** The same as far as it is known without a look at the rows. */
export function knownDamage(sums: Sums, coverage: readonly Coverage[]): readonly Window[] {
  return areStale(sums, coverage) ? [always] : (sums.damaged ?? [])
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
    readonly now: number
  },
  sums: Sums,
  coverage: readonly Coverage[],
): Promise<Verified> {
  const { owner, epoch, stream, now } = run
  const counted = await countStored(ports, owner, stream)
  const windows = damagedWindows(sums, coverage, counted)
  if (windows.length === 0) {
    // Of a stream without rows there is nothing to be said.
    if (counted.months.size === 0 && sums.months.length === 0 && sums.damaged === undefined)
      return { sums, coverage, damaged: false }
    const verified = settled({ ...sums, version: sums.version + 1 }, now)
    await ports.sums.save(owner, verified, epoch)
    return { sums: verified, coverage, damaged: false }
  }
  const taken = coverage.map((part) => takeBack(part, windows))
  for (const [index, part] of taken.entries())
    if (part !== coverage[index]) await ports.coverage.save(owner, part, epoch)
  for (const item of counted.unreadable) await ports.transactions.putAside(owner, item)
  // What was touched is counted at the end of the run, when nobody else writes any more.
  const isKept = ({ month }: { month: number }) => sums.touched.includes(month) && windows[0] !== always
  const renewed = settled(
    {
      ...sums,
      version: Math.max(sums.version, ...coverage.map((part) => part.sums ?? 0)) + 1,
      months: [
        ...sums.months.filter(isKept),
        ...[...counted.months].map(([month, sum]) => ({ month, ...sum })).filter((one) => !isKept(one)),
      ].sort((a, b) => a.month - b.month),
    },
    now,
  )
  await ports.sums.save(owner, renewed, epoch)
  return { sums: renewed, coverage: taken, damaged: true }
}

/** All was compared: whatever somebody found before that. */
function settled({ damaged: _found, ...sums }: Sums, now: number): Sums {
  return { ...sums, verified: sums.version, verifiedAt: now }
}
