import { matchSums, type Share } from '../domain/add-up.ts'
import { add, canonical, isZero, negate } from '../domain/amount.ts'
import { type Amount, identityOf } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import type { Window } from '../domain/window.ts'
import type { Assignment } from './assign.ts'
import { decimalsOf, eventOf, type Known, type Proven, type Settled } from './known.ts'
import type { Layer } from './layers.ts'
import { type LedgerCause, ledgerCause } from './ledger-words.ts'
import type { MergedRow } from './merged-row.ts'
import type { StatementRow } from './row.ts'
import { pairOf } from './told.ts'
import { skew } from './told-moments.ts'

/** The account of futures of a kind of their own: no ledger and no fill of perpetual ones tells of them. */
export const standardAccount = 'standard-futures'

/** A closed position that nothing of its own kind tells, and while it was held. */
type Held = { readonly event: Known; readonly row: StatementRow; readonly window: Window }

type Part = 'realized-pnl' | 'commission' | 'funding'

/** What of its money a ledger or fills tell by their amounts. */
type ToldParts = ReadonlySet<Part>

/**
 * What closed positions add: themselves, with their profit and fee, and their funding as a row of the futures ledger. What rows of a ledger
 * or fills add up to of them, of the same market and account, is told there; that something else happened while one was held tells nothing.
 */
export function settlePositions(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
): Settled {
  const fresh: Known[] = []
  const hidden: Known[] = []
  const held: Held[] = []
  let known = 0
  layer.groups.forEach((group, index) => {
    const taken = found.taken.get(index) ?? 0
    known += taken
    for (let ordinal = 1; ordinal <= group.count - taken; ordinal += 1)
      held.push({
        event: eventOf(layer, group, ordinal, found.rule),
        row: group.row,
        window: heldIn(group.row, layer.grain.unit),
      })
  })
  const tellers = openTellers(finer, held)
  for (const one of held) {
    const told = tellers.toldOf(one)
    if (told.has('realized-pnl')) {
      known += 1
      hidden.push(one.event)
    } else fresh.push(asFresh(one, mayBeTwice(one)))
    fresh.push(...restOf(one, told))
  }
  return { fresh, hidden, contradictions: [], known }

  /** The exchange has shown the whole ledger of that time, or somebody profits or fees of its market, and none that are this. */
  function mayBeTwice(one: Held): boolean {
    const isShown =
      one.row.account !== standardAccount && proven({ ...one.row, stream: 'futures-ledger' }, one.window)
    return isShown || tellers.hasOthers(one)
  }
}

function heldIn(row: StatementRow, unit: number): Window {
  const [closed] = row.times
  return {
    from: row.openWall === undefined ? closed : row.openWall + closed - row.wall,
    to: closed + unit,
  }
}

/** A row of a ledger, or a fill, with one part of the money of futures. */
type Teller = { readonly of: Known; readonly cause: LedgerCause; readonly amount: Amount }

function openTellers(finer: readonly Known[], held: readonly Held[]) {
  const sources = [finer.flatMap(ofLedger), finer.flatMap(ofFill)]
  const profits = new Map<Held, readonly Teller[]>()
  for (const source of sources) {
    const told = new Set<Teller>()
    // A file may have a position's profit with its fee taken off, and what it paid for being held.
    for (const profitOf of [gross, withFee, withFeeAndFunding]) {
      for (const [, ofMarket] of byMarket(held.filter((one) => !profits.has(one)))) {
        const [first] = ofMarket
        const rows = source.filter(
          (one) => one.cause === 'realized-pnl' && !told.has(one) && areOfOne(first, one.of.row),
        )
        const found = matchSums(
          ofMarket.flatMap((one) => shareOf(one, profitOf(one.row))),
          rows.map(shareOfTeller),
          [skew],
        )
        for (const one of found.others) told.add(one)
        for (const one of found.ones) profits.set(one, source)
      }
    }
  }

  function near(source: readonly Teller[], one: Held, cause: Part): boolean {
    return source.some(
      (teller) =>
        teller.cause === cause && areOfOne(one, teller.of.row) && isIn(one.window, teller.of.row.time),
    )
  }

  return {
    /** Who tells the profit of a position to the last digit tells its fees and its funding too, where it tells any. */
    toldOf(one: Held): ToldParts {
      const source = profits.get(one)
      if (source === undefined) return new Set()
      return new Set<Part>([
        'realized-pnl',
        ...(['commission', 'funding'] as const).filter((cause) => near(source, one, cause)),
      ])
    },
    hasOthers: (one: Held) =>
      sources.some((source) => near(source, one, 'realized-pnl') || near(source, one, 'commission')),
  }
}

function ofLedger(one: Known): readonly Teller[] {
  const { stream, type, amount } = one.row
  return stream !== 'futures-ledger' || amount === undefined || isZero(amount)
    ? []
    : [{ of: one, cause: ledgerCause(type), amount }]
}

function ofFill(one: Known): readonly Teller[] {
  const { stream, realizedPnl = '0', fee = '0' } = one.row
  if (stream !== 'futures-trade') return []
  return [
    ...(isZero(realizedPnl) ? [] : [{ of: one, cause: 'realized-pnl', amount: realizedPnl } as const]),
    ...(isZero(fee) ? [] : [{ of: one, cause: 'commission', amount: negate(fee) } as const]),
  ]
}

/** Whether a row may be of a position's money: of its market and account, as far as both say. */
function areOfOne({ row }: Held, other: Known['row']): boolean {
  if (row.account === standardAccount || other.account === standardAccount) return false
  if (row.account !== undefined && other.account !== undefined && row.account !== other.account) return false
  const [own, pair] = [marketOf(row), pairOf(other)]
  return own === undefined || pair === undefined || pair === own
}

/** A file may say which coin a position was of and in which it was settled, and name no market. */
function marketOf(row: StatementRow): string | undefined {
  const { base, currency } = row
  const isNamed =
    pairOf(row) !== undefined || base === undefined || currency === undefined || base === currency
  return isNamed ? pairOf(row) : pairOf({ base, quote: currency })
}

function isIn({ from, to }: Window, time: number): boolean {
  return time >= from - skew && time < to + skew
}

function byMarket(held: readonly Held[]): ReadonlyMap<string, readonly [Held, ...Held[]]> {
  const found = new Map<string, [Held, ...Held[]]>()
  for (const one of held) {
    const name = identityOf(one.row.account ?? '', marketOf(one.row) ?? '')
    const known = found.get(name)
    if (known === undefined) found.set(name, [one])
    else known.push(one)
  }
  return found
}

function gross({ realizedPnl }: StatementRow): Amount | undefined {
  return realizedPnl
}

function withFee({ realizedPnl, fee }: StatementRow): Amount | undefined {
  return realizedPnl === undefined || fee === undefined ? undefined : add(realizedPnl, fee)
}

function withFeeAndFunding(row: StatementRow): Amount | undefined {
  const before = withFee(row)
  return before === undefined || row.funding === undefined ? undefined : add(before, negate(row.funding))
}

/** What brought nothing is no money that a ledger tells. */
function shareOf(one: Held, amount: Amount | undefined): readonly Share<Held>[] {
  if (amount === undefined || isZero(amount)) return []
  const decimals = decimalsOf(one.event, 'realizedPnl')
  const within = decimals === undefined ? 0n : unitOf(decimals)
  return [{ of: one, window: one.window, at: one.window.to, amount: unitsOf(amount), within }]
}

function shareOfTeller(teller: Teller): Share<Teller> {
  const { time } = teller.of.row
  const isFill = teller.of.row.stream === 'futures-trade'
  const decimals = decimalsOf(teller.of, isFill ? 'realizedPnl' : 'amount')
  return {
    of: teller,
    window: { from: time, to: time + 1 },
    at: time,
    amount: unitsOf(teller.amount),
    within: decimals === undefined ? 0n : unitOf(decimals),
  }
}

function asFresh({ event }: Held, mayBeTwice: boolean): Known {
  const { row } = event
  return 'places' in row && mayBeTwice ? { ...event, row: { ...row, mayBeTwice } } : event
}

/** What of a position's money stands in no other row, as rows of the ledger: its fee, where only its profit is told, and its funding. */
function restOf(one: Held, told: ToldParts): readonly Known[] {
  const { row } = one
  const isFeeLeft =
    told.has('realized-pnl') && !told.has('commission') && row.fee !== undefined && !isZero(row.fee)
  const fee = isFeeLeft
    ? [ledgerRow(one, 'commission', canonical(negate(row.fee ?? '0')), row.feeCurrency)]
    : []
  if (told.has('funding')) return fee.flat()
  const isTold = row.funding !== undefined && !isZero(row.funding)
  const isUnclear = row.unsignedFunding !== undefined && !isZero(row.unsignedFunding)
  // Without an amount where nobody says whether it was paid or received.
  const funding = isTold || isUnclear ? [ledgerRow(one, 'funding', isTold ? row.funding : undefined)] : []
  return [...fee, ...funding].flat()
}

function ledgerRow(
  { row, event: { row: event, told } }: Held,
  type: 'commission' | 'funding',
  amount: Amount | undefined,
  ownCoin?: string,
): readonly Known[] {
  if (!('places' in event)) return []
  const coin = ownCoin ?? row.currency ?? row.quote ?? row.feeCurrency
  const { time, raw, symbol, account, precision, places } = event
  const derived: MergedRow = {
    stream: 'futures-ledger',
    time,
    identity: identityOf('position', row.orderId ?? event.identity, type),
    ...(symbol !== undefined && { symbol }),
    ...(account !== undefined && { account }),
    ...(coin !== undefined && { currency: coin }),
    type,
    ...(amount !== undefined && { amount }),
    raw,
    precision,
    places,
    derived: 'position',
  }
  return [{ row: derived, told: { ...told, stream: 'futures-ledger', row: {} } }]
}
