import { z } from 'zod'
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

const counts = z.array(z.tuple([z.string(), z.number()]))

export const silenceWords = {
  unfinished: 'unfinished',
  cancelled: 'cancelled',
  'told-by-ledger': 'told-by-ledger',
  'told-by-fill': 'told-by-fill',
  zero: 'zero',
  unclear: 'unclear',
} as const satisfies { readonly [S in Silence]: S }

/** How far a count has come, to go on with it another time. */
export const keptTallySchema = z.object({
  transactions: z.number(),
  lines: z.number(),
  toldByFills: z.number(),
  leftOut: z.partialRecord(z.enum(silenceWords), z.number()),
  untold: counts,
  byHand: counts,
  sums: z.array(z.tuple([z.string(), z.string()])),
})

export type KeptTally = z.infer<typeof keptTallySchema>

/**
 * Counts rows on their way into a file. What the file adds up to is what the rows mean, less what its format says that it
 * leaves out. `kept`: what was counted before.
 */
export function openTally({ everyRow }: { readonly everyRow?: true }, kept?: KeptTally) {
  let transactions = kept?.transactions ?? 0
  let toldByFills = kept?.toldByFills ?? 0
  const leftOut: Partial<Record<Silence, number>> = { ...kept?.leftOut }
  const untold = new Map(kept?.untold)
  const byHand = new Map(kept?.byHand)
  const sums = new Map<string, Amount>(kept?.sums)
  const plus = (coin: string, amount: Amount) => {
    const known = sums.get(coin)
    sums.set(coin, known === undefined ? amount : add(known, amount))
  }
  let lines = kept?.lines ?? 0
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
    kept: (): KeptTally => ({
      transactions,
      lines,
      toldByFills,
      leftOut: { ...leftOut },
      untold: [...untold],
      byHand: [...byHand],
      sums: [...sums],
    }),
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
