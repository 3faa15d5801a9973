import { whichOfSeveralAccounts } from './row-id.ts'
import {
  accountOf,
  everyTable,
  type Labels,
  noteWithId,
  type PlainLine,
  plainLines,
  type Table,
  tableFormat,
} from './table.ts'
import { isOutsideFutures, untoldFutures } from './without-futures.ts'

/**
 * Columns and types of TokenTax's manual file (help.tokentax.co, article 1707630: Trade, Deposit, Withdrawal, Income, Spend and
 * others; fees may stand apart), in the order in which several programs have them that name it (hodgerpodger/staketaxcsv,
 * ExporterTypes.py, among them). The end of that page, on dates, was not seen: month, day, year of two digits, hour and minute are
 * as a converter of October 2025 has them. Futures are processed there by hand, for those who buy that (article 9421576), so that
 * none are written.
 */
const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': '',
    funding: '',
    commission: '',
    liquidation: '',
    rebate: 'Income',
    interest: 'Income',
    airdrop: 'Income',
    other: 'Income',
  },
  loss: {
    'realized-pnl': '',
    funding: '',
    commission: '',
    liquidation: '',
    rebate: 'Spend',
    other: 'Spend',
    fee: 'Spend',
  },
}

const plain = plainLines(labels)

const table: Table<PlainLine> = {
  id: 'tokentax',
  name: 'TokenTax (manual CSV, spot and transfers)',
  timezone: 'utc',
  date: 'MM/DD/YY HH:mm',
  columns: [
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    { name: 'BuyAmount', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'BuyCurrency', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'SellAmount', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'SellCurrency', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'FeeAmount', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'FeeCurrency', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Exchange', kind: 'text', of: (_line, { event }) => accountOf(event) },
    { name: 'Group', kind: 'text' },
    { name: 'Comment', kind: 'text', of: (_line, context) => noteWithId(context) },
    { name: 'Date', kind: 'time' },
  ],
  lines: (event) => (isOutsideFutures(event) ? plain(event) : []),
  untold: (event) => untoldFutures(event, 'TokenTax processes them by hand, from the files of the exchange'),
  carries: [
    'Every spot fill as a trade with its fee in the coin that paid it, and every finished deposit and withdrawal. Rebates, and from statement files interest and airdrops, are "Income".',
    'Fills of isolated margin are in an account of their own, under "Exchange".',
    'Fees apart from the amounts. A fee outside futures that comes without a trade or a withdrawal is "Spend".',
  ],
  cannotSay: [
    'Futures: profit, loss, funding and fees are not in this file, and the statement counts them. TokenTax processes them by hand.',
    everyTable.cannotSay[1],
    everyTable.cannotSay[2],
    'Seconds: the date ends with the minute. Rows of one minute keep their order, and the comment ends with an id.',
    'In which zone TokenTax reads dates, and whether it takes month and day in this order: the page that tells was not seen whole. Times are UTC here; compare the first row in the tool.',
    whichOfSeveralAccounts,
  ],
  upload: [
    'In TokenTax choose to import data, find the manual upload of a CSV, and give it this file.',
    'Do not connect the same exchange by API as well, or its history counts twice.',
  ],
}

export const tokentax = tableFormat(table)
