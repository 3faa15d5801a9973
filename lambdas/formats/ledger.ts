import type { ExportFormat } from '../domain/export-format.ts'
import { type Dialect, openJournal } from './journal.ts'
import {
  journalComponent,
  quotedCommodity,
  spellingSentence,
  tagDirectives,
  tagLine,
  titleText,
} from './journal-ledger-syntax.ts'
import { comments } from './journal-text.ts'
import { whichOfSeveralAccounts } from './row-id.ts'

/** Seconds, minutes and hours in ledger, in quotes too: it would show 3600 of the coin `s` as 1.00 of `h`. */
const reserved = new Set(['s', 'm', 'h'])

/**
 * Directives stand before their first use, as `--pedantic` wants. Amounts are fractions in ledger, so `@@` balances
 * exactly.
 */
const dialect: Dialect = {
  isPriced: () => true,
  parts: (amount) => [amount],
  header: (sentences) => `${comments([...sentences, spellingSentence])}\n${tagDirectives}\n`,
  component: journalComponent,
  account: (role, components) => (components.length === 0 ? role : components.join(':')),
  commodity: (coin) => quotedCommodity(coin, reserved),
  declareAccount: (account) => `account ${account}\n`,
  declareCommodity: (commodity) => `commodity ${commodity}\n`,
  declarePayee: (exchange, words) => `payee ${titleText(exchange)}: ${titleText(words)}\n`,
  title: (date, exchange, words) => `${date} * ${titleText(exchange)}: ${titleText(words)}\n`,
  tag: tagLine,
}

export const ledger: ExportFormat = {
  id: 'ledger',
  name: 'Ledger journal',
  extension: 'ledger',
  contentType: 'text/plain; charset=utf-8',
  timezone: 'chosen',
  statement: 'inside',
  takesOpening: true,
  carries: [
    'Double entry: each trade, deposit, withdrawal, profit, loss, funding, fee and move between wallets is a transaction that balances to the last digit.',
    'From statement files also interest, airdrops and conversions, of which several at once stand against an account of their own, and what closed futures positions brought and cost.',
    'The base of a trade carries its total price in the quote (@@), bought or sold. Fees stand in the coin in which they were paid.',
    'Days are those of the zone that was chosen, so that a year is the year of its clocks; the exact time in UTC and the ids are tags.',
    'Accounts, commodities, payees and tags are declared, so that --pedantic accepts them.',
  ],
  cannotSay: [
    'Lots and cost basis are not chosen: that is left to you and your rules.',
    'Futures are profit, loss, funding and fees in the settlement coin; single contracts are not positions.',
    'A transfer between wallets of which only one wallet has a ledger in a file: the other end stays in the wallet "transit".',
    'Transfers that are unfinished, cancelled or failed are left out, since they moved nothing.',
    whichOfSeveralAccounts,
    'Coins called s, m or h are written "%73", "%6D" and "%68", because ledger takes them for times.',
  ],
  upload: [
    'Check it and see its balances with: ledger -f FILE --pedantic balance',
    'See what you own at the last prices of your own trades with: ledger -f FILE balance ^assets -V',
  ],
  open: (facts, kept) => openJournal(dialect, facts, kept),
}
