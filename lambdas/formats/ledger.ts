import type { ExportFormat } from '../domain/export-format.ts'
import { type Dialect, writeJournal } from './journal.ts'
import {
  journalComponent,
  quotedCommodity,
  spellingSentence,
  tagLine,
  titleText,
} from './journal-ledger-syntax.ts'
import { comments } from './journal-text.ts'

/** Seconds, minutes and hours in ledger, in quotes too: it would show 3600 of the coin `s` as 1.00 of `h`. */
const reserved = new Set(['s', 'm', 'h'])

/** Declared, so that `--strict` and `--pedantic` know them. */
const tags = ['time', 'id', 'symbol', 'orderId', 'tradeId', 'type', 'network', 'address', 'txId']

/**
 * Directives stand before their first use, as `--pedantic` wants. Amounts are fractions in ledger, so `@@` balances
 * exactly.
 */
const dialect: Dialect = {
  trades: 'total-price',
  parts: (amount) => [amount],
  header: ({ sentences }) =>
    `${comments([...sentences, '', spellingSentence])}\n${tags.map((tag) => `tag ${tag}\n`).join('')}\n`,
  component: journalComponent,
  account: (role, components) => (components.length === 0 ? role : components.join(':')),
  commodity: (coin) => quotedCommodity(coin, reserved),
  declareAccount: (account) => `account ${account}\n`,
  declareCommodity: (commodity) => `commodity ${commodity}\n`,
  title: (date, exchange, words) => `${date} * ${titleText(exchange)}: ${titleText(words)}\n`,
  tag: tagLine,
}

export const ledger: ExportFormat = {
  id: 'ledger',
  name: 'Ledger journal',
  extension: 'ledger',
  contentType: 'text/plain; charset=utf-8',
  timezone: 'utc',
  statement: 'inside',
  carries: [
    'Double entry: each trade, deposit, withdrawal, profit, loss, funding, fee and move between wallets is a transaction that balances to the last digit.',
    'Trades carry the total price of what was received (@@). Fees stand in the coin in which they were paid.',
    'Accounts, commodities and tags are declared, so that --pedantic accepts them. Exact times and ids are tags.',
  ],
  cannotSay: [
    'Lots and cost basis are not chosen: that is left to you and your rules.',
    'Futures are profit, loss, funding and fees in the settlement coin; single contracts are not positions.',
    'Transfers that are unfinished, cancelled or failed are left out, since they moved nothing.',
    'Coins called s, m or h are written "%73", "%6D" and "%68", because ledger takes them for times.',
  ],
  upload: ['Check it and see its balances with: ledger -f FILE --pedantic balance'],
  write: (input) => writeJournal(dialect, input),
}
