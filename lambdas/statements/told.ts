import { keyOf, servedTime, type Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { instantsOf, overlap, type Range, type Rule, rangeOf, unitsOf } from './exactness.ts'
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

type Numbers = Partial<Record<(typeof comparedNumbers)[number], Range>>
type Words = Partial<Record<(typeof comparedWords)[number], string>>

/** What a source tells of one event: the instants and the numbers that it leaves possible, and its words. */
export type Told = {
  readonly stream: StatementStream
  /** Each is a time at which it may have happened, as long as the source does not say more exactly. */
  readonly instants: readonly Window[]
  readonly numbers: Numbers
  readonly words: Words
  /** Which of several that fit is taken first must not depend on the order in which they came. */
  readonly order: string
}

/** What the API tells: in full, but for an exchange that cuts its times to this unit, in milliseconds. */
export function toldByApi(row: Transaction, unit: number): Told {
  const time = servedTime(row)
  return {
    stream: row.stream,
    instants: [{ from: time, to: time + unit }],
    numbers: numbersOf(row, () => undefined, 'half-up'),
    words: wordsOf(row),
    order: `0 ${row.tradeId === undefined ? 1 : 0} ${keyOf(row)}`,
  }
}

/** What a row of a file tells, if it was shortened by this rule. */
export function toldByFile(row: StatementRow, grain: Grain, rule: Rule, order: string): Told {
  return {
    stream: row.stream,
    instants: row.times.map((time) => instantsOf(time, grain.unit, rule.time)),
    numbers: numbersOf(row, (field) => grain.decimals[field], rule.rounding),
    words: wordsOf(row),
    order: `${row.tradeId === undefined ? 1 : 0} ${order}`,
  }
}

type Tellable = Partial<Record<(typeof comparedNumbers)[number] | (typeof comparedWords)[number], string>> & {
  readonly base?: string
  readonly quote?: string
}

function numbersOf(
  row: Tellable,
  decimalsOf: (field: (typeof comparedNumbers)[number]) => number | undefined,
  rounding: Rule['rounding'],
): Numbers {
  const numbers: Numbers = {}
  for (const field of comparedNumbers) {
    const amount = row[field]
    if (amount !== undefined) numbers[field] = rangeOf(unitsOf(amount), decimalsOf(field), rounding)
  }
  return numbers
}

function wordsOf(row: Tellable): Words {
  const words: Words = {}
  for (const field of comparedWords) {
    const word = field === 'symbol' ? pairOf(row) : row[field]
    if (word !== undefined) words[field] = isCoin.has(field) ? word.toUpperCase() : word
  }
  return words
}

const isCoin: ReadonlySet<string> = new Set(['currency', 'feeCurrency'])

/** A pair without the sign that each source puts between its coins. */
export function pairOf({ symbol, base, quote }: Tellable): string | undefined {
  const name = symbol ?? (base === undefined || quote === undefined ? undefined : base + quote)
  return name?.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()
}

/** Whether both may tell of one event: what only one of them tells is no objection. */
export function mayBeOne(a: Told, b: Told): boolean {
  if (a.stream !== b.stream || !meet(a.instants, b.instants)) return false
  for (const field of comparedWords) {
    const [one, other] = [a.words[field], b.words[field]]
    if (one !== undefined && other !== undefined && one !== other) return false
  }
  // An id that both tell says it, however the numbers were shortened.
  if (a.words.tradeId !== undefined && b.words.tradeId !== undefined) return true
  return comparedNumbers.every((field) => {
    const [one, other] = [a.numbers[field], b.numbers[field]]
    return one === undefined || other === undefined || overlap(one, other)
  })
}

function meet(a: readonly Window[], b: readonly Window[]): boolean {
  return a.some((one) => b.some((other) => one.from < other.to && other.from < one.to))
}
