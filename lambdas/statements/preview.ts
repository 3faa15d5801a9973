import { isZero } from '../domain/amount.ts'
import { isoTime } from '../domain/outward.ts'
import type { NamedHeader } from './named-columns.ts'
import type { StatementRow } from './row.ts'
import type { CellTable } from './table-of-cells.ts'
import { openUnknownWords } from './unknown-words.ts'

type Moment = {
  readonly line: number
  /** ISO 8601 in UTC. */
  readonly utc: string
  /** The text as it stands; what the statement's clock showed, where a workbook has a number. */
  readonly shown: string
}

/** What is shown of a table before anything of it is stored. */
export type Preview = {
  readonly rows: number
  readonly first?: Moment
  readonly last?: Moment
  readonly coins: readonly string[]
  readonly symbols: readonly string[]
  readonly encoding?: CellTable['encoding']
  /** Every time says itself of which clock it is. */
  readonly areInstants?: true
  /** Rows of the hour that their clock shows twice: nothing says which. */
  readonly ambiguousTimes: number
  readonly leftOut: readonly { readonly line: number; readonly why: string }[]
  readonly leftOutCount: number
  /** Sentences about what is not as it should be and does no harm. */
  readonly notes: readonly string[]
  /** Rows have words that nobody here knows: one of the notes tells them. */
  readonly hasUnknownWords?: true
  /** For whoever says what its columns mean. Exports of ours need nobody who does. */
  readonly header?: NamedHeader
}

const toldLines = 20

/** `text`: its time as it stands in the file, where it is a text there. */
type Seen = { readonly row: StatementRow; readonly text: string | undefined }

/** A row, with a word of it that nobody here knows. */
type Told = { readonly row: StatementRow; readonly unknown?: string; readonly unsigned?: string }

/** Counts rows while they pass, and keeps none. */
export function openPreview(known: {
  readonly encoding?: CellTable['encoding']
  readonly lostIds: readonly string[]
  readonly areInstants?: boolean
  readonly header?: NamedHeader
}) {
  let rows = 0
  let [first, last]: (Seen | undefined)[] = []
  let ambiguousTimes = 0
  const withoutCoins = { rows: 0, pair: '' }
  const words = openUnknownWords()
  const withoutCoin = { rows: 0, line: 0 }
  const signs = { rows: 0, line: 0, amount: '' }
  let leftOutCount = 0
  const [coins, symbols] = [new Set<string>(), new Set<string>()]
  const leftOut: { line: number; why: string }[] = []
  return {
    see({ row, unknown, unsigned }: Told, text?: string): void {
      rows += 1
      if (first === undefined || row.times[0] < first.row.times[0]) first = { row, text }
      if (last === undefined || row.times[0] >= last.row.times[0]) last = { row, text }
      if (row.times.length === 2) ambiguousTimes += 1
      for (const coin of [row.base, row.quote, row.currency, row.feeCurrency])
        if (coin !== undefined) coins.add(coin)
      if (row.symbol !== undefined) symbols.add(row.symbol)
      if (row.stream === 'spot-trade' && (row.base === undefined || row.quote === undefined)) {
        withoutCoins.rows += 1
        withoutCoins.pair ||= row.symbol ?? ''
      }
      if (isMoneyWithoutCoin(row)) {
        withoutCoin.rows += 1
        withoutCoin.line ||= row.line
      }
      if (unsigned !== undefined) {
        signs.rows += 1
        signs.line ||= row.line
        signs.amount ||= unsigned
      }
      words.see(row, unknown)
    },
    leaveOut(line: number, why: string): void {
      leftOutCount += 1
      if (leftOut.length < toldLines) leftOut.push({ line, why })
    },
    result(): Preview {
      return {
        rows,
        ...(first !== undefined && { first: momentOf(first) }),
        ...(last !== undefined && { last: momentOf(last) }),
        coins: [...coins].sort(),
        symbols: [...symbols].sort(),
        ...(known.encoding !== undefined && { encoding: known.encoding }),
        ...(known.areInstants === true && { areInstants: true }),
        ambiguousTimes,
        leftOut,
        leftOutCount,
        notes: [
          ...known.lostIds.map(
            (column) =>
              `The ids in "${column}" were rounded by a spreadsheet and are not used: download the file again, and do not open it in Excel before.`,
          ),
          ...(withoutCoins.rows === 0 ? [] : [coinsSentence(withoutCoins)]),
          ...(withoutCoin.rows === 0 ? [] : [coinSentence(withoutCoin)]),
          ...(signs.rows === 0 ? [] : [signSentence(signs)]),
          ...words.sentences(),
        ],
        ...(!words.isEmpty() && { hasUnknownWords: true }),
        ...(known.header !== undefined && { header: known.header }),
      }
    },
  }
}

/** A row whose coins nobody knows is stored, and no export for a tax tool can tell what it moved. */
function coinsSentence({ rows, pair }: { readonly rows: number; readonly pair: string }): string {
  const which = `${rows === 1 ? 'one row' : `${rows} rows`}${pair === '' ? '' : `, as of ${pair}`}`
  return (
    `Nothing says which two coins were traded in ${which}: no file for a tax or accounting tool will have what nobody knows the ` +
    'coins of. Say what stands between the two coins of a pair, or which columns have them.'
  )
}

function isMoneyWithoutCoin({ stream, currency, quote, realizedPnl = '0' }: StatementRow): boolean {
  if (stream === 'spot-trade' || stream === 'futures-trade' || currency !== undefined) return false
  return stream !== 'futures-position' || (quote === undefined && !isZero(realizedPnl))
}

/** The same of a row that moved one coin. */
function coinSentence({ rows, line }: { readonly rows: number; readonly line: number }): string {
  const which = rows === 1 ? `one row (line ${line})` : `${rows} rows (the first in line ${line})`
  return (
    `Nothing says of which coin ${which} ${rows === 1 ? 'is' : 'are'}: ${rows === 1 ? 'it is' : 'they are'} kept, and no file for a tax or accounting tool ` +
    `will have what ${rows === 1 ? 'it' : 'they'} moved. A mapping of the columns can say which column has the coin, or that it is always the same.`
  )
}

/** What is read without its sign is said: it may mean that something was taken back. */
function signSentence({
  rows,
  line,
  amount,
}: {
  readonly rows: number
  readonly line: number
  readonly amount: string
}) {
  const which = rows === 1 ? `One row has an amount` : `${rows} rows have amounts`
  return (
    `${which} below zero, as ${amount} in line ${line}, where another column says already which way it went: the minus is not read. ` +
    'See in the rows below whether that is right: if it stands for something that was taken back, such rows are to be left out by a mapping of the columns.'
  )
}

function momentOf({ row: { line, times, wall }, text }: Seen): Moment {
  return { line, utc: isoTime(times[0]), shown: text ?? isoTime(wall).slice(0, -5).replace('T', ' ') }
}
