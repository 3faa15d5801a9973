import { marketName } from '../domain/futures-money.ts'
import { farApart } from '../domain/same-row.ts'
import { isDatedAnew } from '../domain/stream.ts'
import { type Amount, servedTime, type Transaction, type TransferStatus } from '../domain/transaction.ts'
import { unitsOf } from '../domain/units.ts'
import { day, type Window } from '../domain/window.ts'
import { instantsOf, overlap, type Range, type Rule, rangeOf } from './exactness.ts'
import type { Grain, StatementRow, StatementStream } from './row.ts'

/** The numbers by which rows of two sources are compared. What is left after a row, or how high a position is geared, is not one. */
const comparedNumbers = [
  'price',
  'amount',
  'quoteAmount',
  'fee',
  'realizedPnl',
  'funding',
  'openPrice',
  'contracts',
] as const

/** The words by which they are compared: those for which two sources of one exchange have no words of their own. */
const comparedWords = [
  'side',
  'position',
  'direction',
  'symbol',
  'currency',
  'feeCurrency',
  'orderId',
  'tradeId',
  'txId',
] as const

type Tellable = Partial<Record<(typeof comparedNumbers)[number] | (typeof comparedWords)[number], string>> & {
  readonly base?: string
  readonly quote?: string
  readonly status?: TransferStatus
}

/** What a source tells of one event: the instants that it leaves possible, and how its numbers were shortened. */
export type Told = {
  readonly stream: StatementStream
  /** Each is a time at which it may have happened, as long as the source does not say more exactly. */
  readonly instants: readonly Window[]
  readonly row: Tellable
  /** What the API knows it by, where the source says that. */
  readonly identity?: string
  readonly decimals: Grain['decimals']
  readonly rounding: Rule['rounding']
}

const inFull: Grain['decimals'] = {}

/** What the API tells: in full, but for an exchange that cuts its times to this unit, in milliseconds. */
export function toldByApi(row: Transaction, unit: number): Told {
  const time = servedTime(row)
  const instants = [{ from: time, to: time + unit }]
  const { stream, identity } = row
  return { stream, instants, row, identity, decimals: inFull, rounding: 'half-up' }
}

/** What a row of a file tells, if it was shortened by this rule. */
export function toldByFile(row: StatementRow, { decimals, unit }: Grain, { rounding, time }: Rule): Told {
  const instants = row.times.map((one) => instantsOf(one, unit, time))
  const known = row.ownId === undefined ? {} : { identity: row.ownId }
  return { stream: row.stream, instants, row, ...known, decimals, rounding }
}

/** A pair without the sign that each source puts between its coins. */
export function pairOf({ symbol, base, quote }: Tellable): string | undefined {
  const name = symbol ?? (base === undefined || quote === undefined ? undefined : base + quote)
  return name === undefined ? undefined : marketName(name)
}

/** Whether both may tell of one event: what only one of them tells is no objection. */
export function mayBeOne(a: Told, b: Told): boolean {
  if (a.stream !== b.stream) return false
  if (haveOneIdentity(a, b) || areOneTransfer(a, b)) return true
  if (!meet(a.instants, b.instants) || haveEndedApart(a, b)) return false
  const isOther = ({ stream, row }: Told) => isTurnable({ stream, ...row })
  return sayOne(a, b) || [a, b].some((one) => isOther(one) && sayOne(turned(one), one === a ? b : a))
}

/** What has failed does not arrive later: whoever saw it arrive tells of another try. */
function haveEndedApart(a: Told, b: Told): boolean {
  const [one, other] = [a.row.status, b.row.status]
  return (one === 'done' && hasFailed(other)) || (other === 'done' && hasFailed(one))
}

function hasFailed(status: TransferStatus | undefined): boolean {
  return status === 'failed' || status === 'cancelled'
}

/** What an exchange dates anew stays what it is known by. Everything else keeps its time. */
function haveOneIdentity(a: Told, b: Told): boolean {
  if (a.identity === undefined || a.identity !== b.identity) return false
  return meet(isDatedAnew(a.stream) ? widened(a, farApart) : a.instants, b.instants)
}

function widened({ instants }: Told, by: number): readonly Window[] {
  return instants.map(({ from, to }) => ({ from: from - by, to: to + by }))
}

/** How far apart two sources may date one transfer: one by the block it was in, one by when it was credited. */
export const betweenDates = 2 * day

/** A transaction on the chain, with its coin and amount, is the same transfer whenever each of two sources dates it. */
function areOneTransfer(a: Told, b: Told): boolean {
  if (!isDatedAnew(a.stream)) return false
  if (a.row.txId === undefined || a.row.txId !== b.row.txId) return false
  const [one, other] = [a.row.amount, b.row.amount]
  if (one === undefined || other === undefined || a.row.currency === undefined) return false
  return (
    a.row.currency.toUpperCase() === b.row.currency?.toUpperCase() &&
    meet(widened(a, betweenDates), b.instants) &&
    overlap(rangeIn(a, 'amount', one), rangeIn(b, 'amount', other))
  )
}

/** Of a trade that names no market nobody says which coin is its base: sold for the other, each is as true. */
export function isTurnable({
  stream,
  symbol,
  base,
  price,
}: Pick<Tellable, 'symbol' | 'base' | 'price'> & Pick<Told, 'stream'>): boolean {
  return stream === 'spot-trade' && symbol === undefined && base !== undefined && price === undefined
}

function turned(told: Told): Told {
  return { ...told, row: turnedRow(told.row) }
}

/** The same trade, seen from its other coin. */
export function turnedRow<T extends Tellable>(row: T): T {
  const { base, quote, amount, quoteAmount } = row
  const side = row.side === 'buy' ? 'sell' : 'buy'
  return { ...row, base: quote, quote: base, side, amount: quoteAmount, quoteAmount: amount }
}

function sayOne(a: Told, b: Told): boolean {
  if (!comparedWords.every((field) => sayTheSame(field, a.row, b.row))) return false
  // An id that both tell says it, however the numbers were shortened.
  if (a.row.tradeId !== undefined && b.row.tradeId !== undefined) return true
  return comparedNumbers.every((field) => {
    const [one, other] = [a.row[field], b.row[field]]
    if (one === undefined || other === undefined || one === other) return true
    return overlap(rangeIn(a, field, one), rangeIn(b, field, other))
  })
}

function sayTheSame(field: (typeof comparedWords)[number], a: Tellable, b: Tellable): boolean {
  const [one, other] = [a[field], b[field]]
  if (field === 'symbol' && (one !== other || one === undefined)) {
    const [pair, another] = [pairOf(a), pairOf(b)]
    return pair === undefined || another === undefined || pair === another
  }
  if (one === undefined || other === undefined || one === other) return true
  return isCoin.has(field) && one.toUpperCase() === other.toUpperCase()
}

const isCoin: ReadonlySet<string> = new Set(['currency', 'feeCurrency'])

function rangeIn(
  { decimals, rounding }: Told,
  field: (typeof comparedNumbers)[number],
  amount: Amount,
): Range {
  return rangeOf(unitsOf(amount), decimals[field], rounding)
}

function meet(a: readonly Window[], b: readonly Window[]): boolean {
  return a.some((one) => b.some((other) => one.from < other.to && other.from < one.to))
}
