import { z } from 'zod'
import { matchSums, type Share } from './add-up.ts'
import { canonical, isZero, negate } from './amount.ts'
import type { Coverage } from './coverage.ts'
import type { Transaction } from './transaction.ts'
import { unitsOf } from './units.ts'
import { intersect, union, type Window } from './window.ts'

/**
 * Who tells profit and fees of futures. The exchange says them twice: with the fill, and as rows of the ledger that follow
 * it within seconds. In time for which the ledger is known, the ledger tells, since it has what fills do not (funding,
 * liquidation) and is what the balance was made of; in all other time each fill tells its own, and a row what no fill tells.
 * So all is told once, however far back either of the two reaches, and where the ledger comes later its rows take the place of the fills.
 */
export type FuturesTellers = {
  /** Which parts of its money a fill tells itself. */
  ofFill(fill: Transaction): FillTells
  /** Whether a row of profit or commission tells it. */
  ofRow(row: Transaction): boolean
  /** Whether fills may tell a row that tells, too. */
  mayBeTwice(row: Transaction): boolean
}

export type FillTells = { readonly profit: boolean; readonly fee: boolean }

/** Where the ledger is known for all time. */
export const ledgerTellsAll: FuturesTellers = {
  ofFill: () => ({ profit: false, fee: false }),
  ofRow: () => true,
  mayBeTwice: () => false,
}

/** How much later than its fill a row of the ledger may be dated (or earlier: nobody says). Milliseconds. */
export const skew = 10_000

/** Around the borders of ledger time so much is looked at: most chains of rows alike end within it. Milliseconds. */
const reach = 6 * skew

/** That a file of a ledger tells profits, or fees, in this time; of a market, where its rows name one. */
export const toldMoneySchema = z.object({
  part: z.enum(['profit', 'fee']),
  market: z.string().optional(),
  from: z.number(),
  to: z.number(),
})

export type ToldMoney = Readonly<z.infer<typeof toldMoneySchema>>

/** A market's name without the sign that each source puts between its coins. */
export function marketName(symbol: string): string {
  return symbol.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()
}

/** The time that the ledger tells, of each account and of rows that name none. */
export type LedgerTime = {
  of(account: string | undefined): readonly Window[]
  /** What files of ledgers tell. What a fill says is left out of it, so that it tells no more than what fills do not. */
  readonly ofFiles: readonly ToldMoney[]
  /** Around the moments where ledger time begins or ends: whose fills and rows `settle` wants. */
  readonly borders: readonly Window[]
  /** False where the exchange says that there are no fills: then rows alone tell. */
  readonly hasFills: boolean
}

/**
 * Ledger time, as coverage tells it. A moment so crowded that it was collected part by part, or holds more than was shown,
 * belongs to it: its rows are at the same moment as their fills or just after, and would be told twice.
 */
export function ledgerTimeOf(coverage: readonly Coverage[], ofFiles: readonly ToldMoney[] = []): LedgerTime {
  const ledger = coverage.filter(({ stream, note }) => stream === 'futures-ledger' && note === undefined)
  const fills = coverage.filter(({ stream }) => stream === 'futures-trade')
  const known = new Map(ledger.map((part): [string, readonly Window[]] => [part.partition, knownTime(part)]))
  const [first = [], ...rest] = known.values()
  // A row that does not name its account may be of any.
  const common = rest.reduce((both, windows) => intersect(both, windows), first)
  // An account that is asked for fills and has no ledger: nothing but its fills tells its profit and fees.
  const isWithoutLedger = (account: string) => fills.some(({ partition }) => partition === account)
  const ends = [...known.values(), common].flat().flatMap(({ from, to }) => [from, to])
  return {
    of: (account) => {
      if (account === undefined) return common
      return known.get(account) ?? (isWithoutLedger(account) ? [] : common)
    },
    ofFiles,
    borders: union(ends.map((end) => ({ from: Math.max(0, end - reach), to: end + reach }))),
    hasFills: fills.length === 0 || fills.some(({ note }) => note === undefined),
  }
}

function knownTime({ covered, unverified, lost }: Coverage): readonly Window[] {
  return union(
    covered,
    unverified.filter(({ reason }) => reason === 'indivisible'),
    lost.filter(({ reason }) => reason === 'saturated'),
  )
}

/** All of the fills and of the ledger's rows within one of the borders. */
export type BorderRows = { readonly fills: readonly Transaction[]; readonly rows: readonly Transaction[] }

/** Which row of the ledger it is. */
export type RowName = Pick<Transaction, 'stream' | 'time' | 'identity'>

/** A row that no fill tells; `mayBeTwice`: some beside it say of its kind what no row tells, and the amounts do not show whether it is this. */
export type LoneRow = RowName & { readonly mayBeTwice?: true }

/**
 * The rows of profit and fees, of time for which the ledger is not known, that no fill tells: none within seconds adds up to them, alone or with
 * others. `fills`: all that are stored from `skew` before the first row to `skew` after the last.
 */
export function loneRows(
  time: LedgerTime,
  rows: readonly Transaction[],
  fills: readonly Transaction[],
): readonly LoneRow[] {
  const open = rows.filter((row) => isSaidTwice(row) && !covers(time.of(row.account), row.time))
  const said = fills.flatMap((fill) => partsOf(fill).map(([kind, , amount]) => ({ fill, kind, amount })))
  const told = new Set<Transaction>()
  const used = new Set<(typeof said)[number]>()
  for (const [, alike] of grouped(open.map((row) => [kindAndAccount(row), row] as const))) {
    const found = matchSums(
      alike.map((row) => shareOf(row, row.time, row.amount)),
      said
        .filter((one) => !used.has(one) && alike.some((row) => isOfKind(one, row)))
        .map((one) => shareOf(one, one.fill.time, one.amount)),
      [skew],
    )
    for (const row of found.ones) told.add(row)
    for (const one of found.others) used.add(one)
  }
  return open
    .filter((row) => !told.has(row))
    .map((row) => {
      const { stream, time: at, identity } = row
      const isNear = ({ fill }: { readonly fill: Transaction }) => Math.abs(fill.time - at) <= skew
      const mayBeTwice = said.some((one) => !used.has(one) && isNear(one) && isOfKind(one, row))
      return { stream, time: at, identity, ...(mayBeTwice && { mayBeTwice }) }
    })
}

function kindAndAccount(row: Transaction): string {
  return JSON.stringify([kindOf(row, row.type ?? ''), row.account])
}

function isOfKind({ fill, kind }: { readonly fill: Transaction; readonly kind: string }, row: Transaction) {
  const isSame = fill.account === undefined || row.account === undefined || fill.account === row.account
  return isSame && kind === kindOf(row, row.type ?? '')
}

function shareOf<T>(of: T, time: number, amount = '0'): Share<T> {
  return { of, window: { from: time, to: time + 1 }, at: time, amount: unitsOf(amount), within: 0n }
}

/** A row of the ledger, as the exchange served it, of what a fill may tell, too. */
function isSaidTwice({ type = '', amount, source, derived }: Transaction): boolean {
  return (
    (source === undefined || derived === 'export') &&
    isToldTwice(type) &&
    amount !== undefined &&
    !isZero(amount)
  )
}

/**
 * Decides who tells what. A fill and its rows may lie on two sides of a border: there, amounts that agree tell which
 * belong together, and of each pair one tells. `lone`: rows that no fill tells.
 */
export function futuresTellers(
  time: LedgerTime,
  borders: readonly BorderRows[],
  lone: readonly LoneRow[] = [],
): FuturesTellers {
  const settled = new Map(lone.map((row) => [keyOf(row, 'row'), true]))
  for (const border of borders) settle(time, border, settled)
  const doubted = new Set(lone.filter((row) => row.mayBeTwice).map((row) => keyOf(row, 'row')))
  const inLedger = (row: Transaction) => covers(time.of(row.account), row.time)
  const tells = (fill: Transaction, part: keyof FillTells) =>
    settled.get(keyOf(fill, part)) ?? !(inLedger(fill) || isLeftToFiles(fill, part))
  // A file of a ledger may be filtered, and says nothing of what it leaves out: what a fill says itself is told by the fill.
  const isLeftToFiles = (fill: Transaction, part: keyof FillTells) =>
    (part === 'profit' ? fill.realizedPnl : fill.fee) === undefined &&
    time.ofFiles.some((told) => told.part === part && isToldIn(told, fill))
  return {
    ofFill: (fill) => ({ profit: tells(fill, 'profit'), fee: tells(fill, 'fee') }),
    ofRow: (row) => !time.hasFills || (settled.get(keyOf(row, 'row')) ?? inLedger(row)),
    mayBeTwice: (row) => doubted.has(keyOf(row, 'row')),
  }
}

/** Rows that name no market may be of any. */
function isToldIn({ market, from, to }: ToldMoney, { symbol, time }: Transaction): boolean {
  const isOf = market === undefined || symbol === undefined || marketName(symbol) === market
  return isOf && time >= from - skew && time < to + skew
}

/** Profit or fee: of a fill, or a row of the ledger. */
type Said = {
  readonly transaction: Transaction
  readonly key: string
  readonly amount: string
  readonly inLedger: boolean
  /** Within the skew of where ledger time ends, or of where it begins or ends. */
  readonly nearEnd: boolean
  readonly nearBorder: boolean
}

function settle(time: LedgerTime, { fills, rows }: BorderRows, settled: Map<string, boolean>): void {
  const said = (transaction: Transaction, part: Part, amount: string): Said => ({
    transaction,
    key: keyOf(transaction, part),
    amount: canonical(amount),
    ...placeOf(time.of(transaction.account), transaction.time),
  })
  const byFills = grouped(
    fills.flatMap((fill) =>
      partsOf(fill).map(([kind, part, amount]) => [kind, said(fill, part, amount)] as const),
    ),
  )
  const byRows = grouped(
    rows
      .filter(isSaidTwice)
      .map((row) => [kindOf(row, row.type ?? ''), said(row, 'row', row.amount ?? '0')] as const),
  )
  for (const [kind, ofFills] of byFills) {
    const ofRows = byRows.get(kind) ?? []
    const pairs = pairUp(ofFills, ofRows)
    for (const [fill, row] of pairs) {
      settled.set(row.key, row.inLedger)
      settled.set(fill.key, !row.inLedger)
    }
    const paired = new Set(pairs.flat())
    const isLeft = (one: Said) => !paired.has(one) && one.nearBorder
    const [leftFills, leftRows] = [ofFills.filter(isLeft), ofRows.filter(isLeft)]
    for (const fill of leftFills) {
      // Where amounts do not agree, as when a row is for several fills, the rows that are there tell.
      if (leftRows.some((row) => sameAccount(fill, row))) settled.set(fill.key, false)
      // Its row is dated after the end, where nobody asked for it yet.
      else if (fill.inLedger && fill.nearEnd) settled.set(fill.key, true)
    }
    for (const row of leftRows)
      if (leftFills.some((fill) => sameAccount(fill, row))) settled.set(row.key, true)
  }
}

type Part = keyof FillTells | 'row'

function partsOf(fill: Transaction): readonly (readonly [string, Part, string])[] {
  const { realizedPnl, fee } = fill
  const parts: (readonly [string, Part, string])[] = []
  if (realizedPnl !== undefined && !isZero(realizedPnl))
    parts.push([kindOf(fill, 'realized-pnl'), 'profit', realizedPnl])
  if (fee !== undefined && !isZero(fee)) parts.push([kindOf(fill, 'commission'), 'fee', negate(fee)])
  return parts
}

/** What fills and rows of the ledger both tell. */
export function isToldTwice(type: string): boolean {
  return type === 'realized-pnl' || type === 'commission'
}

/**
 * Pairs of what fills and rows say alike, within seconds of each other: those first that both lie in ledger time, whose
 * rows are certain to be there, and of them the nearest.
 */
function pairUp(fills: readonly Said[], rows: readonly Said[]): readonly (readonly [Said, Said])[] {
  const alike = fills.flatMap((fill) =>
    rows.flatMap((row) => {
      const apart = Math.abs(row.transaction.time - fill.transaction.time)
      if (row.amount !== fill.amount || apart > skew || !sameAccount(fill, row)) return []
      return [{ fill, row, apart, rank: fill.inLedger && row.inLedger ? 0 : 1 }]
    }),
  )
  const taken = new Set<Said>()
  const pairs: (readonly [Said, Said])[] = []
  for (const { fill, row } of alike.sort((a, b) => a.rank - b.rank || a.apart - b.apart)) {
    if (taken.has(fill) || taken.has(row)) continue
    taken.add(fill)
    taken.add(row)
    pairs.push([fill, row])
  }
  return pairs
}

function sameAccount({ transaction: a }: Said, { transaction: b }: Said): boolean {
  return a.account === undefined || b.account === undefined || a.account === b.account
}

function kindOf({ symbol = '' }: Transaction, type: string): string {
  return JSON.stringify([symbol, type])
}

function keyOf({ stream, time, identity }: RowName, part: Part): string {
  return `${stream}|${part}|${time}|${identity}`
}

function grouped<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const [kind, one] of entries) {
    const group = groups.get(kind)
    if (group === undefined) groups.set(kind, [one])
    else group.push(one)
  }
  return groups
}

function placeOf(windows: readonly Window[], time: number) {
  const near = (moment: number) => Math.abs(moment - time) <= skew
  return {
    inLedger: covers(windows, time),
    nearEnd: windows.some(({ to }) => near(to)),
    nearBorder: windows.some(({ from, to }) => near(from) || near(to)),
  }
}

/** By halving: coverage may have many windows, and an export many rows. */
function covers(windows: readonly Window[], time: number): boolean {
  let [low, high] = [0, windows.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((windows[middle]?.to ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return (windows[low]?.from ?? Number.POSITIVE_INFINITY) <= time
}
