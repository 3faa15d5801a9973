import { openSum, sign } from '../domain/amount.ts'
import { compareBytes } from '../domain/byte-order.ts'
import { futuresLedgerTypes } from '../domain/futures-ledger.ts'
import { spotLedgerTypes } from '../domain/spot-ledger.ts'
import { ledgerCause } from './ledger-words.ts'
import type { StatementRow } from './row.ts'

const mostWords = 10
const mostCoins = 10

/**
 * Counts the rows that have a word which nobody here knows. Whatever their stream, they are stored, no export for a tax tool tells them,
 * and that is said before they are stored.
 */
export function openUnknownWords() {
  const ofTrades = new Map<string, number>()
  const ofLedgers = new Map<string, number>()
  const moved = new Map<string, ReturnType<typeof openSum>>()
  const streams = new Set<StatementRow['stream']>()
  return {
    /** `unknown`: a word of it that should say what it is, and does not. */
    see(row: StatementRow, unknown?: string): void {
      const { stream, type = '', side, amount, currency } = row
      const isTrade = stream === 'spot-trade' || stream === 'futures-trade'
      if (unknown !== undefined || (isTrade && side === undefined)) {
        count(ofTrades, unknown ?? '')
        return
      }
      if (!isUnexplained(row)) return
      count(ofLedgers, type)
      streams.add(stream)
      if (amount === undefined || currency === undefined) return
      const sum = moved.get(currency) ?? openSum()
      sum.add(amount)
      moved.set(currency, sum)
    },

    isEmpty: (): boolean => ofTrades.size + ofLedgers.size === 0,

    sentences(): readonly string[] {
      return [
        ...(ofTrades.size === 0 ? [] : [tradesSentence(ofTrades)]),
        ...(ofLedgers.size === 0 ? [] : [ledgersSentence(ofLedgers, moved, streams)]),
      ]
    },
  }
}

/** What the exchange itself served, and an export of ours brings back, counts under whatever word it had. */
function isUnexplained({ stream, type, ownId }: StatementRow): boolean {
  if (stream === 'futures-ledger') return ownId === undefined && ledgerCause(type) === 'other'
  return stream === 'spot-ledger' && ledgerCause(type) === 'other'
}

function count(words: Map<string, number>, word: string): void {
  words.set(word, (words.get(word) ?? 0) + 1)
}

function tradesSentence(unknown: ReadonlyMap<string, number>): string {
  const isOne = rowsOf(unknown) === 1
  return (
    `Nobody here knows what ${told(unknown, 'was', 'were')}: ${isOne ? 'it is' : 'they are'} kept as ${isOne ? 'it stands' : 'they stand'}, and no ` +
    `file for a tax or accounting tool will have what ${isOne ? 'it' : 'they'} moved. A mapping of the columns can say what a word means.`
  )
}

function ledgersSentence(
  unknown: ReadonlyMap<string, number>,
  moved: ReadonlyMap<string, ReturnType<typeof openSum>>,
  streams: ReadonlySet<StatementRow['stream']>,
): string {
  const known = new Set<string>([
    ...(streams.has('futures-ledger') ? futuresLedgerTypes : []),
    ...(streams.has('spot-ledger') ? spotLedgerTypes : []),
  ])
  const sums = [...moved]
    .map(([coin, sum]) => [coin, sum.total()] as const)
    .filter(([, amount]) => sign(amount) !== 0)
    .sort(([a], [b]) => compareBytes(a, b))
  const lacking = sums.slice(0, mostCoins).map(([coin, amount]) => `${amount} ${coin}`)
  const more = sums.length > mostCoins ? `, and of ${sums.length - mostCoins} more coins` : ''
  const without =
    lacking.length === 0 ? '' : ` (${lacking.join(', ')}${more} in all, by which its sums will be short)`
  return (
    `Nobody here knows what ${told(unknown, 'was for', 'were for')}: no file for a tax or accounting tool will have what ` +
    `${rowsOf(unknown) === 1 ? 'it' : 'they'} moved${without}. A mapping of the columns can say what a word means: ${[...known].join(', ')}.`
  )
}

function rowsOf(unknown: ReadonlyMap<string, number>): number {
  return [...unknown.values()].reduce((sum, one) => sum + one, 0)
}

/** How many rows, and by which words, the commonest first. */
function told(unknown: ReadonlyMap<string, number>, one: string, several: string): string {
  const rows = rowsOf(unknown)
  const words = [...unknown].sort(([a, first], [b, second]) => second - first || compareBytes(a, b))
  const shown = words
    .slice(0, mostWords)
    .map(([word, times]) => `${word === '' ? 'no word' : `“${word}”`}: ${times}`)
  const more = words.length > mostWords ? `, and ${words.length - mostWords} more words` : ''
  const count = rows === 1 ? `one row ${one}` : `${rows} rows ${several}`
  return `${count}, by ${rows === 1 ? 'its word' : 'their words'} (${shown.join(', ')}${more})`
}
