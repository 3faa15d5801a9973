import { z } from 'zod'
import { type Change, changesOf, type Meaning } from './accounting.ts'
import { add, isZero, negate, openSum } from './amount.ts'
import type { RowNotes, StoredRow } from './export-format.ts'
import { type OpeningBalance, unknownPlaces } from './opening-balances.ts'
import { countRows, type RowCounts, rowCountsSchema } from './row-counts.ts'
import { silenceInPart, silenceReasons } from './silence-words.ts'
import type { Amount } from './transaction.ts'

/** What came less what went, of one coin. */
export type CoinSum = { readonly coin: string; readonly amount: Amount }

/** What became of the rows of an export. */
export type Tally = {
  readonly rows: RowCounts
  /** Futures fills in the file that tell their profit or fee themselves, since the ledger of their time is not known. */
  readonly toldByFills: number
  /** Those of them whose ledger the exchange serves to nobody: no later sync brings one. */
  readonly withoutLedger: number
  /** What the file begins with, by the word of the owner: no row tells it. */
  readonly opening: readonly OpeningBalance[]
  /** Sentences about what of it no row has. */
  readonly openingDoubts: readonly string[]
  /** What the file adds up to, the opening balances included, so that a reader can check it; coins that come to nothing are not among them. */
  readonly sums: readonly CoinSum[]
}

/** How far a count has come, to go on with it another time. */
export const keptTallySchema = z.object({
  rows: rowCountsSchema,
  toldByFills: z.number(),
  withoutLedger: z.number(),
  sums: z.array(z.tuple([z.string(), z.string()])),
})

export type KeptTally = z.infer<typeof keptTallySchema>

/** What rows themselves do not tell. `hasLedger`: whether the exchange serves a ledger of the account of this futures fill. */
export type TallyFacts = {
  readonly opening?: readonly OpeningBalance[]
  readonly hasLedger?: (fill: StoredRow) => boolean
}

/**
 * Counts rows on their way into a file. What the file adds up to is what the rows mean, less what its format says that it
 * leaves out. `kept`: what was counted before.
 */
export function openTally(
  { everyRow }: { readonly everyRow?: true },
  kept?: KeptTally,
  { opening = [], hasLedger = () => true }: TallyFacts = {},
) {
  const rows = countRows(kept?.rows)
  let toldByFills = kept?.toldByFills ?? 0
  let withoutLedger = kept?.withoutLedger ?? 0
  const sums = new Map(kept?.sums.map(([coin, amount]) => [coin, openSum(amount)]))
  const plus = (coin: string, amount: Amount) => {
    const sum = sums.get(coin)
    if (sum === undefined) sums.set(coin, openSum(amount))
    else sum.add(amount)
  }
  const totals = () => [...sums].map(([coin, sum]) => [coin, sum.total()] satisfies [string, Amount])
  const totalsWithOpening = () => {
    const all = new Map<string, Amount>(totals())
    for (const { coin, amount } of opening) all.set(coin, add(all.get(coin) ?? '0', amount))
    return [...all]
  }
  const minus = (changes: readonly Change[]) => {
    for (const { coin, amount } of changes) plus(coin, negate(amount))
  }
  const places = { wallets: new Set<string>(), coins: new Set<string>() }
  const place = ({ wallet, coin }: Change) => {
    places.wallets.add(wallet)
    places.coins.add(coin)
  }
  let fate = untouched()
  const notes: RowNotes = {
    wrote: () => {
      fate.entries += 1
    },
    leftOut: (reason, changes) => {
      fate.untold.push(reason)
      minus(changes)
    },
    shortened: (reason, changes) => {
      fate.shortened.push(reason)
      minus(changes)
    },
    byHand: (reason) => {
      fate.byHand.push(reason)
    },
  }
  return {
    notes,
    /** One row: `write` hands it to the format, which notes what becomes of it. */
    row<T>({ events, silence }: Meaning, write: () => T): T {
      fate = untouched()
      const written = write()
      if (everyRow) fate.entries = 1
      else if (silence !== undefined)
        fate.untold.push(events.length === 0 ? silenceReasons[silence] : silenceInPart)
      rows.add(fate)
      const { entries } = fate
      const fill = events.find(({ transaction }) => transaction.stream === 'futures-trade')
      if (!everyRow && entries > 0 && fill !== undefined) {
        toldByFills += 1
        if (!hasLedger(fill)) withoutLedger += 1
      }
      for (const event of events) {
        const changes = changesOf(event)
        if (opening.length > 0) changes.forEach(place)
        if (event.kind !== 'move') for (const { coin, amount } of changes) plus(coin, amount)
      }
      return written
    },
    kept: (): KeptTally => ({ rows: rows.counts(), toldByFills, withoutLedger, sums: totals() }),
    close: (): Tally => ({
      rows: rows.counts(),
      toldByFills,
      withoutLedger,
      opening,
      openingDoubts: unknownPlaces(opening, places),
      sums: totalsWithOpening()
        .filter(([, amount]) => !isZero(amount))
        .map(([coin, amount]) => ({ coin, amount }))
        .sort((a, b) => (a.coin < b.coin ? -1 : 1)),
    }),
  }
}

function untouched(): {
  entries: number
  readonly untold: string[]
  readonly shortened: string[]
  readonly byHand: string[]
} {
  return { entries: 0, untold: [], shortened: [], byHand: [] }
}
