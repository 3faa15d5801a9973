import { type Change, changesOf, type Meaning, type Silence } from './accounting.ts'
import { add, isZero, negate } from './amount.ts'
import type { RowNotes } from './export-format.ts'
import type { Amount } from './transaction.ts'

/** So many rows, and why. */
export type Counted = { readonly count: number; readonly reason: string }

/** What came less what went, of one coin. */
export type CoinSum = { readonly coin: string; readonly amount: Amount }

/** What became of the rows of an export. */
export type Tally = {
  /** Rows that were looked at. */
  readonly transactions: number
  /** Lines that the file has of them, its heading apart. */
  readonly lines: number
  /** Of these, how many moved no money by themselves, and are left out by formats that tell what money did. */
  readonly leftOut: Readonly<Partial<Record<Silence, number>>>
  /** Futures fills that tell their profit or fee themselves, since the ledger of their time is not known. */
  readonly toldByFills: number
  /** What the tool has no words for. */
  readonly untold: readonly Counted[]
  /** What is in the file and needs somebody's hand in the tool. */
  readonly byHand: readonly Counted[]
  /** What the file adds up to, so that a reader can check it; coins that come to nothing are not among them. */
  readonly sums: readonly CoinSum[]
}

/**
 * Counts rows on their way into a file. What the file adds up to is what the rows mean, less what its format says that it
 * leaves out.
 */
export function openTally({ everyRow }: { readonly everyRow?: true }) {
  let transactions = 0
  let toldByFills = 0
  const leftOut: Partial<Record<Silence, number>> = {}
  const untold = new Map<string, number>()
  const byHand = new Map<string, number>()
  const sums = new Map<string, Amount>()
  const plus = (coin: string, amount: Amount) => {
    const known = sums.get(coin)
    sums.set(coin, known === undefined ? amount : add(known, amount))
  }
  let lines = 0
  const notes: RowNotes = {
    wrote: () => {
      lines += 1
    },
    leftOut: (reason: string, changes: readonly Change[]) => {
      untold.set(reason, (untold.get(reason) ?? 0) + 1)
      for (const { coin, amount } of changes) plus(coin, negate(amount))
    },
    byHand: (reason: string) => {
      byHand.set(reason, (byHand.get(reason) ?? 0) + 1)
    },
  }
  return {
    notes,
    look({ events, silence }: Meaning): void {
      transactions += 1
      if (!everyRow && silence !== undefined) leftOut[silence] = (leftOut[silence] ?? 0) + 1
      if (!everyRow && events.some(({ transaction }) => transaction.stream === 'futures-trade'))
        toldByFills += 1
      for (const event of events)
        if (event.kind !== 'move') for (const { coin, amount } of changesOf(event)) plus(coin, amount)
    },
    close: (): Tally => ({
      transactions,
      lines: everyRow ? transactions : lines,
      leftOut,
      toldByFills,
      untold: counted(untold),
      byHand: counted(byHand),
      sums: [...sums]
        .filter(([, amount]) => !isZero(amount))
        .map(([coin, amount]) => ({ coin, amount: add(amount, '0') }))
        .sort((a, b) => (a.coin < b.coin ? -1 : 1)),
    }),
  }
}

function counted(reasons: ReadonlyMap<string, number>): readonly Counted[] {
  return [...reasons].map(([reason, count]) => ({ count, reason }))
}
