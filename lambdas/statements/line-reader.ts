import { negate, sign } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import { day } from '../domain/window.ts'
import { type Clock, skippedBy } from './clock.ts'
import { keyFault } from './key-fault.ts'
import { type Layout, wordFields } from './layout.ts'
import { isNothing, isTooLong, parseNumber } from './number-text.ts'
import { coinsByLooks } from './pair-sign.ts'
import type { BadCell } from './refusal.ts'
import { numberFields, type RowInMaking, type StatementRow } from './row.ts'
import type { Survey } from './survey.ts'
import type { CellLine } from './table-of-cells.ts'
import { inFuture, parseTime, timeFault } from './time-text.ts'
import { settleSides } from './two-sides.ts'

/** One line, read: a row, one that is left out and why, or the cells that cannot be read. */
export type LineRead =
  | {
      readonly row: StatementRow
      readonly owner?: string
      /** A word of it that nobody here knows: what the row moved nobody says. */
      readonly unknown?: string
      /** An amount below zero of what its side, or its kind, tells the direction of: the sign is not read. */
      readonly unsigned?: string
    }
  | { readonly leftOut: string }
  | { readonly bad: readonly BadCell[] }

export type TableToRead = {
  readonly name: string
  readonly headings: readonly string[]
  /** By the headings of the file. */
  readonly layout: Layout
  /** Its header is that of a format of an exchange, which may write a pair with another sign than was seen or said. */
  readonly isOfExchange: boolean
  /** It is read by what is known here, and not by what its owner says. */
  readonly isKnown: boolean
  readonly survey: Survey
  readonly clock: Clock
  /** Epoch milliseconds: nothing happened later. */
  readonly now: number
}

/** How far the clock of who wrote a file, or the one here, may be wrong. */
const clockError = day

export const unknownWord = 'no word that is known here'

/** Reads the lines of one table, each by itself. */
export function lineReader({
  name,
  headings,
  layout,
  isOfExchange,
  isKnown,
  survey,
  clock,
  now,
}: TableToRead) {
  const place = (column: string) => headings.indexOf(column)
  const numbers = numberFields.flatMap((field) => {
    const column = layout.columns[field]
    return column === undefined
      ? []
      : [{ field, column, index: place(column), sign: survey.signs.get(column) ?? '.' }]
  })
  const texts = wordFields.flatMap((field) => {
    const column = layout.columns[field]
    return column === undefined || survey.lostIds.has(column) ? [] : [{ field, index: place(column) }]
  })
  const words = layout.words.map(({ column, isClosed, means }) => ({
    column,
    index: place(column),
    isClosed,
    means: new Map(Object.entries(means).map(([word, meaning]) => [plain(word), meaning])),
  }))
  const leftOut = layout.leftOut.map((rule) => ({
    ...rule,
    index: place(rule.column),
    words: new Set(rule.words.map(plain)),
  }))
  const [time, openTime] = [place(layout.time), layout.openTime === undefined ? -1 : place(layout.openTime)]
  const owner = layout.owner === undefined ? -1 : place(layout.owner)

  return (line: CellLine): LineRead => {
    const at = (index: number) => line.cells[index] ?? ''
    const skipped = leftOut.find((rule) => rule.words.has(plain(at(rule.index))))
    if (skipped !== undefined) return { leftOut: skipped.why }
    const bad: BadCell[] = []
    const fault = (index: number, why: string) =>
      bad.push({ table: name, line: line.line, column: headings[index] ?? '', text: at(index), why })

    const row: RowInMaking = {
      line: line.line,
      stream: layout.stream,
      ...layout.always,
      wall: 0,
      times: [0],
      raw: JSON.stringify(Object.fromEntries(headings.map((heading, index) => [heading, at(index)]))),
    }
    readTime(row)
    for (const { field, index } of texts) if (!isNothing(at(index))) row[field] = at(index)
    let unknown: string | undefined
    for (const { index, isClosed, means } of words) {
      const meaning = means.get(plain(at(index)))
      if (meaning !== undefined) Object.assign(row, meaning)
      // Its owner said that these are all; of what is known here an exchange may have more.
      else if (isClosed && !isKnown) fault(index, unknownWord)
      else if (isClosed) unknown ??= at(index)
    }
    const units = new Map<string, string>()
    for (const { field, index, sign: decimalSign } of numbers) {
      if (isNothing(at(index))) continue
      const written = field === 'leverage' ? at(index).replace(/x$/i, '') : at(index)
      const value = parseNumber(written, line.numbers?.has(index) === true ? '.' : decimalSign)
      if (value === undefined) {
        fault(
          index,
          isTooLong(written)
            ? 'a number of more digits than amounts have'
            : `no number with "${decimalSign}" before its decimals`,
        )
        continue
      }
      row[field] = value.amount
      if (value.unit !== undefined) units.set(field, value.unit)
    }
    nameCoins(row, layout, isOfExchange)
    for (const [field, unit] of units) {
      const coin = coinOf(field, layout)
      if (coin === undefined) continue
      if (row[coin] !== undefined && plain(row[coin]) !== plain(unit))
        fault(place(layout.columns.amount ?? ''), `another coin than ${row[coin]}`)
      row[coin] = unit
    }
    const unsigned = needlessSign(row, layout)
    settle(row, layout)
    if (unknown !== undefined) for (const field of moneyOfFutures) delete row[field]
    if (layout.sides !== undefined) {
      const fault = settleSides(row, layout.sides, (column) => at(place(column)))
      if (fault !== undefined) bad.push({ table: name, line: line.line, ...fault })
    }
    if (row.amount === undefined && layout.columns.amount !== undefined && bad.length === 0)
      fault(place(layout.columns.amount), 'no amount')
    const unkept = bad.length > 0 ? undefined : keyFault(row)
    if (unkept !== undefined)
      bad.push({ table: name, line: line.line, column: columnOf(line, unkept.text), ...unkept })
    if (bad.length > 0) return { bad }
    return {
      row,
      ...(owner >= 0 && { owner: at(owner) }),
      ...(unknown !== undefined && { unknown }),
      ...(unsigned !== undefined && { unsigned }),
    }

    /** Where a text stands as it is; a part of a cell, or what was worked out, stands nowhere. */
    function columnOf({ cells }: CellLine, text: string): string {
      return headings[cells.indexOf(text)] ?? ''
    }

    function readTime(into: RowInMaking): void {
      const found = instantsAt(time)
      if (found === undefined) return
      into.wall = found.wall
      into.times = found.times
      if (openTime < 0 || isNothing(at(openTime))) return
      const opened = instantsAt(openTime)
      if (opened === undefined) return
      if (opened.wall > found.wall) fault(openTime, 'opened later than it was closed')
      into.openWall = opened.wall
    }

    function instantsAt(index: number): Pick<StatementRow, 'wall' | 'times'> | undefined {
      const parsed = parseTime(at(index), survey.dateOrder)
      if (parsed === undefined) {
        fault(index, timeFault(at(index), survey.dateOrder))
        return undefined
      }
      if (parsed.isInstant !== survey.isInstant) {
        fault(index, 'says another clock than the rest of its column, or none')
        return undefined
      }
      const wall = parsed.wall - (parsed.wall % survey.unit)
      const [first, second] = clock.instants(wall)
      if (first === undefined) {
        fault(index, skippedBy(clock.name))
        return undefined
      }
      if (first > now + clockError) {
        fault(index, inFuture)
        return undefined
      }
      return { wall, times: second === undefined ? [first] : [first, second] }
    }
  }
}

/** What a row of futures says that it moved. Of one whose word nobody knows nothing of it counts; it stays in what the file says. */
const moneyOfFutures = ['realizedPnl', 'fee', 'feeCurrency', 'funding', 'unsignedFunding'] as const

/** Words are compared whatever their case. */
function plain(word: string): string {
  return word.trim().toLowerCase()
}

/** Which coin a unit names that is glued to a number. */
function coinOf(
  field: string,
  { granularity }: Layout,
): 'base' | 'quote' | 'currency' | 'feeCurrency' | undefined {
  if (field === 'fee') return 'feeCurrency'
  if (field === 'quoteAmount' || field === 'price') return 'quote'
  if (field !== 'amount') return undefined
  return granularity === 'fill' || granularity === 'order' ? 'base' : 'currency'
}

/** How a margin is kept, which some columns have where others have the coin that it is kept in. */
const modeOfMargin = /^(isolated|cross|crossed|cross(ed)? margin|isolated margin)$/i

/** The pair as the API writes it, and its coins. */
function nameCoins(row: RowInMaking, layout: Layout, isOfExchange: boolean): void {
  if (row.currency !== undefined && modeOfMargin.test(row.currency)) delete row.currency
  const pair = isOfExchange && row.base !== undefined ? coinsByLooks(row.base) : undefined
  if (pair !== undefined) {
    row.base = pair[0]
    row.quote ??= pair[1]
  }
  if (layout.isSmall) {
    if (row.base !== undefined) row.base = row.base.toUpperCase()
    if (row.quote !== undefined) row.quote = row.quote.toUpperCase()
    if (row.currency !== undefined) row.currency = row.currency.toUpperCase()
  }
  if (layout.symbol === undefined || row.symbol === undefined) return
  const parts = row.symbol.split(layout.symbol.split)
  const isParted = parts.length === 2 && parts.every((part) => part !== '')
  const [base, quote] = isParted ? parts : isOfExchange ? (coinsByLooks(row.symbol) ?? []) : []
  if (base === undefined || quote === undefined) return
  row.symbol = `${base}${layout.symbol.join}${quote}`
  row.base ??= base
  row.quote ??= quote
}

/** An amount whose sign says nothing that the row does not say, or something else than the row does. */
function needlessSign({ amount, side, stream }: RowInMaking, { isSideBySign }: Layout): string | undefined {
  if (amount === undefined || isSideBySign || sign(amount) >= 0) return undefined
  return side !== undefined || stream === 'deposit' ? amount : undefined
}

/** Signs as a transaction has them. */
function settle(row: RowInMaking, layout: Layout): void {
  if (row.fee !== undefined && layout.paidFees === 'negative') row.fee = negate(row.fee)
  if (layout.granularity === 'ledger') return
  if (layout.isSideBySign && row.amount !== undefined) row.side = sign(row.amount) < 0 ? 'sell' : 'buy'
  if (row.amount !== undefined) row.amount = positive(row.amount)
  if (row.quoteAmount !== undefined) row.quoteAmount = positive(row.quoteAmount)
}

function positive(amount: Amount): Amount {
  return sign(amount) < 0 ? negate(amount) : amount
}
