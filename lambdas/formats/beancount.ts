import { Big } from 'big.js'
import type { ExportFormat } from '../domain/export-format.ts'
import type { Amount } from '../domain/transaction.ts'
import { type Dialect, openJournal } from './journal.ts'
import { beancountAccount, beancountCommodity, beancountComponent } from './journal-beancount-names.ts'
import type { PricedTrade } from './journal-postings.ts'
import { comments, escaped } from './journal-text.ts'
import { whichOfSeveralAccounts } from './row-id.ts'

/**
 * Beancount makes a price per unit of `@@` by dividing with 28 digits, so that 3 ETH for 10 USDT miss 1e-27 USDT. It forgives
 * half of the last decimal that stands in the transaction, and without decimals what the option says. Where that may not be
 * enough, a trade goes through the trading account, each coin balanced by itself, and what was paid is metadata.
 */
const dialect: Dialect = {
  isPriced,
  parts: readableParts,
  header: (sentences) =>
    `${comments([
      ...sentences,
      'In texts, %0A stands for the character with the hexadecimal code 0A.',
      'Coins that beancount cannot spell begin with X, and their own name is the metadata of their commodity.',
    ])}\noption "inferred_tolerance_default" "*:0.0000000001"\nplugin "beancount.plugins.implicit_prices"\n\n`,
  component: beancountComponent,
  account: beancountAccount,
  commodity: beancountCommodity,
  declareAccount: (account, _role, date) => `${date} open ${account}\n`,
  declareCommodity: (commodity, coin, date) =>
    `${date} commodity ${commodity}\n${commodity === coin ? '' : `    coin: ${quoted(coin)}\n`}`,
  title: (date, exchange, words) => `${date} * ${quoted(exchange)} ${quoted(words)}\n`,
  tag: (name, value) => `    ${name}: ${quoted(value)}\n`,
  cost: (total) => `    paid: ${total}\n`,
}

function quoted(text: string): string {
  return `"${escaped(text, /\p{C}|(?! )\p{Z}/gu).replaceAll(/["\\]/g, '\\$&')}"`
}

/** Python's decimals, as beancount uses them. */
const precision = 28

/**
 * Beancount reads `-1` as the negation of 1, and negation rounds to 28 digits: amounts of more digits are posted in
 * parts, from the left, that add up to them.
 */
export function readableParts(amount: Amount): readonly Amount[] {
  const sign = amount.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.')
  const digits = whole + fraction
  const first = digits.search(/[1-9]/)
  const end = digits.replace(/0+$/, '').length
  if (end - first <= precision) return [amount]
  const parts: Amount[] = []
  for (let from = first; from < end; from += precision) {
    const part = digits.slice(from, Math.min(from + precision, end))
    if (!/[1-9]/.test(part)) continue
    const alone = `${'0'.repeat(from)}${part}`.padEnd(digits.length, '0')
    parts.push(new Big(`${sign}${alone.slice(0, whole.length)}.${alone.slice(whole.length)}0`).toFixed())
  }
  return parts
}

/**
 * The price, rounded to 28 digits, and the product with it, rounded again, miss the quote by less than its 27th digit. That is
 * within the tolerance as long as the quote, written with all decimals that the transaction has of its coin, is shorter.
 */
function isPriced({ base, quote, fee }: PricedTrade): boolean {
  if (readableParts(base.amount).length > 1 || readableParts(quote.amount).length > 1) return false
  const [whole = '', fraction = ''] = quote.amount.split('.')
  const ofFee = fee?.coin === quote.coin ? (fee.amount.split('.')[1] ?? '') : ''
  const decimals = Math.max(fraction.length, ofFee.length)
  return decimals === 0 ? whole.length < 17 : whole.length + decimals < precision - 2
}

export const beancount: ExportFormat = {
  id: 'beancount',
  name: 'Beancount journal',
  extension: 'beancount',
  contentType: 'text/plain; charset=utf-8',
  timezone: 'chosen',
  statement: 'inside',
  takesOpening: true,
  carries: [
    'Double entry: each trade, deposit, withdrawal, profit, loss, funding, fee and move between wallets is a transaction that balances to the last digit.',
    'From statement files also interest, airdrops and conversions, of which several at once stand against an account of their own, and what closed futures positions brought and cost.',
    'The base of a trade carries its total price in the quote (@@), bought or sold, and prices are taken from there. Fees stand in the coin in which they were paid.',
    'Days are those of the zone that was chosen, so that a year is the year of its clocks; the exact time in UTC and the ids are metadata.',
    'Accounts are opened on the day before their first use.',
  ],
  cannotSay: [
    'Lots and cost basis are not chosen: that is left to you and your rules.',
    'Prices of more digits than beancount divides: such a trade is balanced coin by coin against a trading account, and what was paid is metadata.',
    "Coins are capitals, digits and few signs: 1INCH is written X1INCH, $PAC X_.24PAC, usdk X_'USDK; the coin's own name is metadata of its commodity.",
    'Beancount adds with 28 digits: it reads longer amounts exactly, in parts, but rounds what they add up to.',
    'Futures are profit, loss, funding and fees in the settlement coin; single contracts are not positions.',
    'A transfer between wallets of which only one wallet has a ledger in a file: the other end stays in the wallet "transit".',
    'Transfers that are unfinished, cancelled or failed are left out, since they moved nothing.',
    whichOfSeveralAccounts,
  ],
  upload: [
    'Check it with: bean-check FILE',
    'See its balances with: bean-report FILE balances (bean-query 2.3.5 stops at amounts of ten and more digits before the point).',
  ],
  open: (facts, kept) => openJournal(dialect, facts, kept),
}
