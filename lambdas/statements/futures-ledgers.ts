import type { Share } from '../domain/add-up.ts'
import { add, isZero, negate, sign } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import type { Window } from '../domain/window.ts'
import type { Assignment } from './assign.ts'
import { instantsOf } from './exactness.ts'
import { eventOf, isProven, type Known, type Proven, type Settled } from './known.ts'
import { type Layer, placesOf } from './layers.ts'
import { ledgerCause } from './ledger-words.ts'
import { pairOf } from './told.ts'
import { isOrder, matchLedger, mayTell, skew } from './told-moments.ts'

type Part = 'realizedPnl' | 'fee'

/** A row of profit or of a fee, and when it may have happened. */
type Paid = { readonly event: Known; readonly part: Part; readonly span: Window }

/** A part of the money of a fill, or of an order. */
type Said = { readonly known: Known; readonly part: Part; readonly amount: Amount }

/**
 * What a file of the futures ledger adds. Profit and fees that fills add up to, or orders of a file, are told there: a row of a file always
 * tells its own, so that what is left of it here stands nowhere else.
 */
export function settleFuturesLedger(
  layer: Layer,
  finer: readonly Known[],
  found: Assignment,
  proven: Proven,
): Settled {
  const fresh: Known[] = []
  const hidden: Known[] = []
  const paid: Paid[] = []
  const contradictions: Settled['contradictions'][number][] = []
  let known = 0
  layer.groups.forEach((group, index) => {
    const taken = found.taken.get(index) ?? 0
    known += taken
    const rest = group.count - taken
    if (rest === 0) return
    if (isProven(group.row, layer.grain, found.rule, proven)) {
      contradictions.push({ why: 'unserved', row: group.row, count: rest, places: placesOf(group) })
      return
    }
    const part = partOf(group.row.type)
    for (let ordinal = 1; ordinal <= rest; ordinal += 1) {
      const event = eventOf(layer, group, ordinal, found.rule)
      const span = instantsOf(event.row.time, layer.grain.unit, found.rule.time)
      if (part === undefined) fresh.push(event)
      else paid.push({ event, part, span })
    }
  })
  // What rows of a ledger tell that are there already, is told: it stands for no other row.
  const open = toldOf(finer.flatMap(paidBy), finer.flatMap(saidBy)).left
  const { told, left } = toldOf(paid, open)
  for (const one of paid)
    if (told.has(one)) {
      known += 1
      hidden.push(one.event)
    } else fresh.push(doubted(one, left))
  return { fresh, hidden, contradictions, known }
}

/** The rows that fills and orders of their market add up to, and what these say that no row tells. */
function toldOf(paid: readonly Paid[], said: readonly Said[]) {
  const told = new Set<Paid>()
  const used = new Set<Said>()
  for (const part of ['realizedPnl', 'fee'] as const) {
    const markets = new Set(paid.flatMap(({ event }) => pairOf(event.row) ?? []))
    // What names no market may be of any, and comes last.
    for (const market of [...markets, undefined]) {
      const isLeft = (one: Said) => one.part === part && !used.has(one)
      const found = matchLedger(
        paid.filter((one) => one.part === part && pairOf(one.event.row) === market).flatMap(shareOfPaid),
        said.filter((one) => isLeft(one) && isOf(market, one)).map(shareOfSaid),
      )
      for (const one of found.ones) told.add(one)
      for (const one of found.others) used.add(one)
    }
  }
  return { told, left: said.filter((one) => !used.has(one)) }
}

function isOf(market: string | undefined, { known: { row } }: Said): boolean {
  return market === undefined || (pairOf(row) ?? market) === market
}

function saidBy(known: Known): readonly Said[] {
  const { stream, realizedPnl = '0', fee = '0' } = known.row
  if (stream !== 'futures-trade') return []
  return [
    ...(isZero(realizedPnl) ? [] : [{ known, part: 'realizedPnl', amount: realizedPnl } as const]),
    ...(isZero(fee) ? [] : [{ known, part: 'fee', amount: negate(fee) } as const]),
  ]
}

/** A row of a ledger that is known already. */
function paidBy(known: Known): readonly Paid[] {
  const { stream, time, type } = known.row
  const part = stream === 'futures-ledger' ? partOf(type) : undefined
  return part === undefined ? [] : [{ event: known, part, span: { from: time, to: time + 1 } }]
}

function shareOfPaid(one: Paid): readonly Share<Paid>[] {
  const { amount } = one.event.row
  if (amount === undefined || isZero(amount)) return []
  const within = cutAt(one.event.decimals?.amount)
  return [{ of: one, window: one.span, at: one.span.from, amount: unitsOf(amount), within }]
}

function shareOfSaid(one: Said): Share<Said> {
  const { time } = one.known.row
  const within = cutAt(one.known.decimals?.[one.part])
  return { of: one, window: { from: time, to: time + 1 }, at: time, amount: unitsOf(one.amount), within }
}

function cutAt(decimals: number | undefined): bigint {
  return decimals === undefined ? 0n : unitOf(decimals)
}

/** Beside what fills or orders of its market say, and no row tells, it may be a part of that. */
function doubted({ event, part, span }: Paid, left: readonly Said[]): Known {
  const market = pairOf(event.row)
  const mayBeTwice = left.some(
    (one) =>
      one.part === part && isOf(market, one) && mayTell(one.known, span) && mayHold(one, event.row.amount),
  )
  return mayBeTwice && 'places' in event.row ? { ...event, row: { ...event.row, mayBeTwice } } : event
}

function partOf(type: string | undefined): Part | undefined {
  const cause = ledgerCause(type)
  if (cause === 'realized-pnl') return 'realizedPnl'
  return cause === 'commission' ? 'fee' : undefined
}

/** The rows of a stream that a row of a file at some time may tell again. */
export function near(
  finer: readonly Known[],
  stream: Known['row']['stream'],
): (span: Window) => readonly Known[] {
  const spans = new Map<number, Known[]>()
  for (const one of finer) {
    if (one.row.stream !== stream) continue
    const number = Math.floor(one.row.time / skew)
    const known = spans.get(number)
    if (known === undefined) spans.set(number, [one])
    else known.push(one)
  }
  return ({ from, to }) => {
    const found: Known[] = []
    for (let number = Math.floor((from - skew) / skew); number * skew < to + skew; number += 1)
      for (const one of spans.get(number) ?? [])
        if (one.row.time >= from - skew && one.row.time < to + skew) found.push(one)
    return found
  }
}

/** A part of an order is no more than the order; of what a fill is a part, nobody says how much it was. */
function mayHold({ known, amount }: Said, part: Amount | undefined): boolean {
  if (!isOrder(known) || part === undefined) return true
  return sign(amount) === sign(part) && sign(add(amount, negate(part))) !== -sign(amount)
}
