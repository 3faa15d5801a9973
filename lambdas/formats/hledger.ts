import type { ExportFormat } from '../domain/export-format.ts'
import { type Dialect, openJournal } from './journal.ts'
import type { AccountRole } from './journal-accounts.ts'
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

/** hledger 1.25 takes `5 AUTO` for an amount that was left out: its own name for that is AUTO. */
const reserved = new Set(['AUTO'])

/** Asset, expense, revenue, equity: said, because names in other languages do not tell hledger. */
const types: Readonly<Record<AccountRole, string>> = {
  assets: 'A',
  fees: 'X',
  gains: 'R',
  losses: 'X',
  transfers: 'E',
  trading: 'E',
  opening: 'E',
}

/**
 * Directives hold wherever they stand (`check --strict` looks at the whole file). `commodity` comes without a sample
 * amount, because its decimals would cut those shown and those that must balance. `@@` balances exactly: it is compared
 * as it stands, and never divided.
 */
const dialect: Dialect = {
  isPriced: () => true,
  parts: (amount) => [amount],
  header: (sentences) =>
    `${comments([...sentences, spellingSentence])}\ndecimal-mark .\n\n${tagDirectives}\n`,
  component: journalComponent,
  account: (role, components) => (components.length === 0 ? role : components.join(':')),
  commodity: (coin) => quotedCommodity(coin, reserved),
  declareAccount: (account, role) => `account ${account}  ; type: ${types[role]}\n`,
  declareCommodity: (commodity) => `commodity ${commodity}\n`,
  declarePayee: (exchange) => `payee ${titleText(exchange)}\n`,
  title: (date, exchange, words) => `${date} * ${titleText(exchange)} | ${titleText(words)}\n`,
  tag: tagLine,
}

export const hledger: ExportFormat = {
  id: 'hledger',
  name: 'hledger journal',
  extension: 'journal',
  contentType: 'text/plain; charset=utf-8',
  timezone: 'chosen',
  statement: 'inside',
  takesOpening: true,
  carries: [
    'Double entry: each trade, deposit, withdrawal, profit, loss, funding, fee and move between wallets is a transaction that balances to the last digit.',
    'From statement files also interest, airdrops and conversions, of which several at once stand against an account of their own, and what closed futures positions brought and cost.',
    'The base of a trade carries its total price in the quote (@@), bought or sold. Fees stand in the coin in which they were paid.',
    'Days are those of the zone that was chosen, so that a year is the year of its clocks; the exact time in UTC and the ids are tags.',
    'Accounts, commodities, payees and tags are declared, so that the strict checks pass.',
  ],
  cannotSay: [
    'Lots and cost basis are not chosen: that is left to you and your rules.',
    'Futures are profit, loss, funding and fees in the settlement coin; single contracts are not positions.',
    'A transfer between wallets of which only one wallet has a ledger in a file: the other end stays in the wallet "transit".',
    'Transfers that are unfinished, cancelled or failed are left out, since they moved nothing.',
    whichOfSeveralAccounts,
    'The coin AUTO is written "%41%55%54%4F", because hledger keeps that name for itself.',
  ],
  upload: [
    'Check it with: hledger -f FILE check --strict',
    'See what you own with: hledger -f FILE balance type:A',
    'See what it was worth at the last prices of your own trades with: hledger -f FILE balance type:A -V --infer-market-prices',
  ],
  open: (facts, kept) => openJournal(dialect, facts, kept),
}
