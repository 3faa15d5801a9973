import type { z } from 'zod'
import type { Layout, layoutSchema } from '../../../lambdas/statements/layout.ts'
import { columns } from '../../flags.ts'

/** What a user would write for a file with the headings Zeit, Markt, Richtung, Kurs, Menge, Gebühr, Gebührenwährung. */
export const exampleMapping: z.input<typeof layoutSchema> = {
  granularity: 'fill',
  stream: 'spot-trade',
  time: 'Zeit',
  columns: {
    symbol: 'Markt',
    price: 'Kurs',
    amount: 'Menge',
    fee: 'Gebühr',
    feeCurrency: 'Gebührenwährung',
  },
  words: [
    {
      column: 'Richtung',
      isClosed: true,
      means: { Kauf: { side: 'buy' }, Verkauf: { side: 'sell' } },
    },
  ],
  symbol: { split: '_', join: '_' },
}

/** By the name of each thing that a mapping may say: what it is. Columns are named by their heading. */
const told: Readonly<Record<keyof Layout, string>> = {
  granularity: 'what a row is: fill, order, position, ledger (a change of a balance) or transfer',
  stream:
    'of which kind: spot-trade, futures-trade, futures-ledger, withdrawal, deposit, spot-ledger, futures-position',
  time: 'the column of the time',
  columns:
    'by field, the column that has it: symbol, base, quote, amount, price, quoteAmount, fee, feeCurrency, currency, …',
  words: 'columns whose words are known; isClosed: every other word is an error. Sides are told here',
  symbol: 'what stands between the two coins of a pair, and what shall',
  paidFees: 'whether a fee that was paid is positive (as if not said) or negative',
  dateOrder: 'day-first or month-first, where no date of the file tells',
  decimalSign: '"." or ",", where no number of the file tells',
  always: 'fields that are the same in every row: {"currency": "USDT"}',
  isSideBySign: 'true: a sale is an amount below zero',
  isSmall: 'true: coins are written in small letters',
  leftOut: 'rows that are no events, by a word of a column, and why',
  openTime: 'of a position, the column of the time at which it was opened',
  unit: 'milliseconds that its times tell apart, where the cells do not show it',
  decimals: 'by field, at how many decimals its numbers are cut',
  owner: 'the column that says whose account a row is of',
  sides: 'where a row has what went and what came in columns of their own: as in Koinly’s template',
}

export function mappingHelp(): readonly string[] {
  return [
    'A mapping says what columns mean, by their headings. One for spot fills in German:',
    '',
    ...JSON.stringify(exampleMapping, undefined, 2)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    'What it may say; the first four and what of the others the file needs:',
    '',
    ...columns(Object.entries(told).map(([left, about]) => ({ left, about }))),
  ]
}
