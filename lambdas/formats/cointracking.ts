import type { AccountingEvent, Money } from '../domain/accounting.ts'
import { add, negate, sign } from '../domain/amount.ts'
import {
  accountOf,
  everyTable,
  type Labels,
  noteOf,
  type PlainLine,
  plainLines,
  secondsOnly,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * Types by CoinTracking's own list (cointracking.freshdesk.com, article 29000042783). Columns as programs of 2026 write them:
 * `Liquidity pool` stands before the id since CoinTracking has pools, and two values end the line; older ones had the id in
 * the twelfth place.
 */
const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': 'Derivatives / Futures Profit',
    funding: 'Derivatives / Futures Profit',
    commission: 'Other Income',
    liquidation: 'Derivatives / Futures Profit',
    rebate: 'Other Income',
    interest: 'Interest Income',
    airdrop: 'Airdrop',
    other: 'Other Income',
  },
  loss: {
    'realized-pnl': 'Derivatives / Futures Loss',
    funding: 'Derivatives / Futures Loss',
    commission: 'Margin Fee',
    liquidation: 'Derivatives / Futures Loss',
    rebate: 'Other Fee',
    other: 'Other Expense',
    fee: 'Other Fee',
  },
}

const plain = plainLines(labels)

/**
 * CoinTracking counts the amounts bought and sold and shows the fee field only for information: "the actual amounts
 * received and spent, with fees included"; a fee in a third coin is a line of its own, "Other Fee" (article
 * 29000007202). So is a fee that leaves nothing of what was received.
 */
function lines(event: AccountingEvent): readonly PlainLine[] {
  return plain(event).flatMap((line): PlainLine[] => {
    const { sent, received, fee } = line
    if (fee === undefined) return [line]
    if (sent?.coin === fee.coin) return [{ ...line, sent: sum(sent, fee.amount) }]
    if (received?.coin === fee.coin) {
      const kept = sum(received, negate(fee.amount))
      if (sign(kept.amount) > 0) return [{ ...line, received: kept }]
    }
    return [
      { ...line, fee: undefined },
      { label: labels.loss.fee, sent: fee },
    ]
  })
}

function sum(money: Money, amount: string): Money {
  return { ...money, amount: add(money.amount, amount) }
}

const table: Table<PlainLine> = {
  id: 'cointracking',
  name: 'CoinTracking (bulk CSV)',
  timezone: 'chosen',
  date: 'YYYY-MM-DD HH:mm:ss',
  columns: [
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    { name: 'Buy Amount', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Buy Currency', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Sell Amount', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Sell Currency', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Fee', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Exchange', kind: 'text', of: (_line, { event }) => accountOf(event) },
    // Reports can keep coins of different groups apart, so that a group for futures would tear balances apart.
    { name: 'Trade-Group', kind: 'text' },
    { name: 'Comment', kind: 'text', of: (_line, { event }) => noteOf(event) },
    { name: 'Date', kind: 'time' },
    { name: 'Liquidity pool', kind: 'text' },
    { name: 'Tx-ID', kind: 'text', of: (_line, { id }) => id },
    // Left empty, CoinTracking takes the market's price.
    { name: 'Buy Value in Account Currency', kind: 'amount' },
    { name: 'Sell Value in Account Currency', kind: 'amount' },
  ],
  lines,
  carries: [
    ...everyTable.carries,
    'Amounts include fees, as CoinTracking wants it: what was bought is less the fee, what was sold or withdrawn is with the fee, and the fee field repeats it for information.',
    'A fee in a third coin is a line "Other Fee" of its own. Funding is profit or loss, futures fees are "Margin Fee", rebates "Other Income".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Whether CoinTracking reads columns by their place or by their name: nobody says. See in its preview that the ids, which begin with the exchange, are under Tx-ID.',
    'The hour that a clock shows twice when summer ends. Set the account to UTC and export in UTC if that matters.',
  ],
  upload: [
    'Export in the time zone that your CoinTracking account is set to: it reads all times in that zone.',
    'In CoinTracking choose "Enter Coins", "CSV Import", "Custom Exchange Import" or "Bulk Import", and give it this file.',
  ],
}

export const cointracking = tableFormat(table)
