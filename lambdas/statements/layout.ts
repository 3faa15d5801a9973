import { z } from 'zod'
import { positions, roles, sides, transferStatuses } from '../domain/transaction.ts'
import { numberFields } from './row.ts'

/** Fields that are told in the statement's own words; the others (a side, a status) need somebody who says what words mean. */
export const wordFields = [
  'symbol',
  'base',
  'quote',
  'feeCurrency',
  'currency',
  'type',
  'orderMode',
  'account',
  'orderId',
  'tradeId',
  'txId',
  'network',
  'address',
] as const

const column = z.string().min(1).max(200)
const numberField = z.enum(numberFields)

/** What a word of a column says of its row. */
const meaning = z.strictObject({
  side: z.enum(sides).optional(),
  position: z.enum(positions).optional(),
  direction: z.enum(['long', 'short']).optional(),
  role: z.enum(roles).optional(),
  status: z.enum(transferStatuses).optional(),
  stream: z.enum(['deposit', 'withdrawal']).optional(),
  type: z.string().max(100).optional(),
})

export type Meaning = z.output<typeof meaning>

/** The columns of what went and of what came, where a row has both: a trade, if both are filled. */
const twoSides = z.strictObject({
  sent: column,
  sentCoin: column,
  received: column,
  receivedCoin: column,
  /** The amounts are less the fee where it was received in, and with it where it was paid from. */
  areWithFee: z.boolean(),
  /** The column that says what a row was, where it is no plain trade or transfer. */
  label: column,
  /**
   * By such a word, what a row is that has one side: a transfer, or a change of a ledger; `futures`: one of futures, for whatever. Words that are not here are income and
   * expense.
   */
  means: z.record(
    z.string().max(100),
    z.enum(['transfer', 'fee', 'earn-income', 'airdrop', 'futures', 'realized-pnl', 'commission', 'income']),
  ),
})

export type TwoSides = z.output<typeof twoSides>

/**
 * What the columns of a statement mean, as data: written here for the formats that are known, and by their owner for others.
 * Columns are named by their heading.
 */
export const layoutSchema = z.strictObject({
  granularity: z.enum(['fill', 'order', 'position', 'ledger', 'transfer']),
  stream: z.enum([
    'spot-trade',
    'futures-trade',
    'futures-ledger',
    'withdrawal',
    'deposit',
    'spot-ledger',
    'futures-position',
  ]),
  time: column,
  /** Of a position. */
  openTime: column.optional(),
  /** Milliseconds that the times tell apart, where that is known and not seen from the cells. */
  unit: z.number().int().positive().optional(),
  dateOrder: z.enum(['day-first', 'month-first']).optional(),
  decimalSign: z.enum(['.', ',']).optional(),
  columns: z.partialRecord(z.enum([...numberFields, ...wordFields]), column),
  /** What holds of every row. */
  always: z.partialRecord(z.enum(wordFields), z.string().max(100)).default({}),
  /** Columns whose words are known. In a closed one every other word is a bad cell, elsewhere it says nothing. */
  words: z
    .array(z.strictObject({ column, isClosed: z.boolean(), means: z.record(z.string().max(100), meaning) }))
    .default([]),
  /** Whether what was paid is told with a minus. */
  paidFees: z.enum(['negative', 'positive']).default('positive'),
  /** A sale is an amount below zero. */
  isSideBySign: z.boolean().default(false),
  /** What parts base from quote, and what does in the API. */
  symbol: z.strictObject({ split: z.string().min(1).max(3), join: z.string().max(3) }).optional(),
  /** Coins are told in small letters. */
  isSmall: z.boolean().default(false),
  /** At how many decimals numbers are cut or rounded. */
  decimals: z.partialRecord(numberField, z.number().int().min(0).max(40)).default({}),
  sides: twoSides.optional(),
  /** Whose account the rows are of. */
  owner: column.optional(),
  /** Rows that are no events, by a word of a column. */
  leftOut: z
    .array(z.strictObject({ column, words: z.array(z.string().max(100)), why: z.string().max(200) }))
    .default([]),
})

export type Layout = z.output<typeof layoutSchema>

/** What a user's layout must say before anything is read with it, as a sentence for each that is missing. */
export function missingOf({ granularity, columns, words, isSideBySign, sides }: Layout): readonly string[] {
  const missing: string[] = []
  if (sides !== undefined) return missing
  const says = (key: keyof Meaning) =>
    words.some(({ means }) => Object.values(means).some((one) => one[key] !== undefined))
  const isTrade = granularity === 'fill' || granularity === 'order'
  const needsName = isTrade || granularity === 'position'
  if (needsName && columns.symbol === undefined && columns.base === undefined)
    missing.push('Which column has the pair or the coin that was traded.')
  if (isTrade && columns.amount === undefined) missing.push('Which column has the amount that was traded.')
  if (isTrade && columns.price === undefined && columns.quoteAmount === undefined)
    missing.push('Which column has the price, or the amount that was paid.')
  if (isTrade && !isSideBySign && !says('side'))
    missing.push('Which column says whether it was bought or sold, and with which words.')
  if (granularity === 'position' && columns.realizedPnl === undefined)
    missing.push('Which column has the profit or loss.')
  if (needsName) return missing
  if (columns.amount === undefined) missing.push('Which column has the amount.')
  if (columns.currency === undefined) missing.push('Which column has the coin.')
  return missing
}
