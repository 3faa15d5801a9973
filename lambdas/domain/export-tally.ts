import { z } from 'zod'
import { type Change, changesOf } from './accounting.ts'
import { add, isZero, negate, openSum } from './amount.ts'
import type { ExportRow, RowNotes, StoredRow } from './export-format.ts'
import { type FileRows, fileRowsSchema, noFileRows, type Standing } from './file-rows.ts'
import { openingDoubts as doubtsOf, type OpeningBalance } from './opening-balances.ts'
import {
  type Counted,
  countedSchema,
  countRows,
  type RowCounts,
  reasonCounts,
  rowCountsSchema,
} from './row-counts.ts'
import { movesInside, silenceInPart, silenceReasons } from './silence-words.ts'
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
  /** Rows in it that rows of another source may tell, too. */
  readonly mayBeTwice: number
  /** Of a file of every row: those that count for nothing in what it adds up to, or not in full, and why. */
  readonly apartFromSums?: readonly Counted[]
  /** What the file begins with, by the word of the owner: no row tells it. */
  readonly opening: readonly OpeningBalance[]
  /** Sentences about what of it no row has. */
  readonly openingDoubts: readonly string[]
  /** What the file adds up to, the opening balances included, so that a reader can check it; coins that come to nothing are not among them. */
  readonly sums: readonly CoinSum[]
  /** The same of each account, by the id of its connection, without opening balances. */
  readonly sumsOf: ReadonlyMap<string, readonly CoinSum[]>
  /** The rows in the file that no exchange has served, by the id of their connection. */
  readonly fileRowsOf: ReadonlyMap<string, FileRows>
}

/** How far a count has come, to go on with it another time. */
export const keptTallySchema = z.object({
  rows: rowCountsSchema,
  toldByFills: z.number(),
  withoutLedger: z.number(),
  mayBeTwice: z.number(),
  apartFromSums: z.array(countedSchema),
  sums: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))])),
  fileRows: z.array(z.tuple([z.string(), fileRowsSchema])),
})

export type KeptTally = z.infer<typeof keptTallySchema>

/** What rows themselves do not tell. `hasLedger`: whether the exchange serves a ledger of the account of this futures fill. */
export type TallyFacts = {
  readonly opening?: readonly OpeningBalance[]
  readonly hasLedger?: (fill: StoredRow) => boolean
  /** How a row of a statement file stands beside what its exchange has shown. */
  readonly standingOf?: (row: StoredRow) => Standing
}

/**
 * Counts rows on their way into a file. What the file adds up to is what the rows mean, less what its format says that it
 * leaves out. `kept`: what was counted before.
 */
export function openTally(
  { everyRow }: { readonly everyRow?: true },
  kept?: KeptTally,
  { opening = [], hasLedger = () => true, standingOf = () => 'nobody' }: TallyFacts = {},
) {
  const rows = countRows(kept?.rows)
  let toldByFills = kept?.toldByFills ?? 0
  let withoutLedger = kept?.withoutLedger ?? 0
  let mayBeTwice = kept?.mayBeTwice ?? 0
  const apartFromSums = reasonCounts(kept?.apartFromSums)
  const sums = new Map(kept?.sums.map(([account, known]) => [account, coinSums(known)]))
  const fileRows = new Map(kept?.fileRows)
  const sumsOfRow = (account: string) => {
    const known = sums.get(account) ?? coinSums()
    sums.set(account, known)
    return known
  }
  const together = () => {
    const all = new Map<string, Amount>()
    const plus = (coin: string, amount: Amount) => all.set(coin, add(all.get(coin) ?? '0', amount))
    for (const known of sums.values()) for (const [coin, amount] of known.totals()) plus(coin, amount)
    for (const { coin, amount } of opening) plus(coin, amount)
    return [...all]
  }
  const minus = (changes: readonly Change[]) => {
    for (const { coin, amount } of changes) own.plus(coin, negate(amount))
  }
  const places = { wallets: new Set<string>(), coins: new Set<string>() }
  const place = ({ wallet, coin }: Change) => {
    places.wallets.add(wallet)
    places.coins.add(coin)
  }
  let fate = untouched()
  let own = coinSums()
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
    row<T>({ origin, transaction, meaning: { events, silence } }: ExportRow, write: () => T): T {
      fate = untouched()
      own = sumsOfRow(origin.id)
      const written = write()
      const untold =
        silence === undefined ? [] : [events.length === 0 ? silenceReasons[silence] : silenceInPart]
      if (everyRow) {
        fate.entries = 1
        const isMove = events.length > 0 && events.every(({ kind }) => kind === 'move')
        apartFromSums.add(isMove ? [movesInside] : untold)
      } else fate.untold.push(...untold)
      rows.add(fate)
      const { entries } = fate
      if (entries > 0 && transaction.source === 'file') {
        const known = fileRows.get(origin.id) ?? noFileRows
        const standing = standingOf({ origin, transaction })
        fileRows.set(origin.id, { ...known, [standing]: known[standing] + 1 })
      }
      const fill = events.find((event) => event.transaction.stream === 'futures-trade')
      if (entries > 0 && fill !== undefined) {
        toldByFills += 1
        if (!hasLedger(fill)) withoutLedger += 1
      }
      if (events.some((event) => event.transaction.mayBeTwice)) mayBeTwice += 1
      for (const event of events) {
        const changes = changesOf(event)
        if (opening.length > 0) changes.forEach(place)
        if (event.kind !== 'move') for (const { coin, amount } of changes) own.plus(coin, amount)
      }
      return written
    },
    kept: (): KeptTally => ({
      rows: rows.counts(),
      toldByFills,
      withoutLedger,
      mayBeTwice,
      apartFromSums: [...apartFromSums.list()],
      sums: [...sums].map(([account, known]) => [account, known.totals()]),
      fileRows: [...fileRows],
    }),
    close: (): Tally => ({
      rows: rows.counts(),
      toldByFills,
      withoutLedger,
      mayBeTwice,
      opening,
      openingDoubts: doubtsOf(opening, places),
      ...(everyRow && { apartFromSums: apartFromSums.list() }),
      sums: told(together()),
      sumsOf: new Map([...sums].map(([account, known]) => [account, told(known.totals())])),
      fileRowsOf: fileRows,
    }),
  }
}

/** What came less what went, coin by coin. */
function coinSums(kept: readonly (readonly [string, Amount])[] = []) {
  const sums = new Map(kept.map(([coin, amount]) => [coin, openSum(amount)]))
  return {
    plus(coin: string, amount: Amount): void {
      const sum = sums.get(coin)
      if (sum === undefined) sums.set(coin, openSum(amount))
      else sum.add(amount)
    },
    totals: () => [...sums].map(([coin, sum]) => [coin, sum.total()] satisfies [string, Amount]),
  }
}

function told(totals: readonly (readonly [string, Amount])[]): readonly CoinSum[] {
  return totals
    .filter(([, amount]) => !isZero(amount))
    .map(([coin, amount]) => ({ coin, amount }))
    .sort((a, b) => (a.coin < b.coin ? -1 : 1))
}

function untouched(): {
  entries: number
  readonly untold: string[]
  readonly shortened: string[]
  readonly byHand: string[]
} {
  return { entries: 0, untold: [], shortened: [], byHand: [] }
}
