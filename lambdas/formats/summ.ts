import type { AccountingEvent, Money } from '../domain/accounting.ts'
import {
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
 * Columns and types of the advanced template as it is today (help.cryptotaxcalculator.io, article 5777675, and the code of
 * several exporters, which have `Description (Optional)` between the id and the reference price). The order is fixed, and no
 * column may be missing. `receive` and `send` have taken the place of `transfer-in` and `transfer-out`. `margin-fee` are "fees
 * associated with a realized-profit or realized-loss", so paid funding is one.
 */
const labels: Labels = {
  trade: 'buy',
  deposit: 'receive',
  withdrawal: 'send',
  gain: {
    'realized-pnl': 'realized-profit',
    funding: 'realized-profit',
    commission: 'cashback',
    liquidation: 'realized-profit',
    rebate: 'cashback',
    interest: 'interest',
    airdrop: 'airdrop',
    other: 'income',
  },
  loss: {
    'realized-pnl': 'realized-loss',
    funding: 'margin-fee',
    commission: 'margin-fee',
    liquidation: 'realized-loss',
    rebate: 'fee',
    other: 'expense',
    fee: 'fee',
  },
}

type PairLine = Pick<PlainLine, 'label' | 'fee'> & { readonly base?: Money; readonly quote?: Money }

const plain = plainLines(labels)

/** Amounts are those of the pair without the fee. What moves alone stands as the base. */
function lines(event: AccountingEvent): readonly PairLine[] {
  return plain(event).map(({ label, sent, received, fee }) => {
    if (event.kind !== 'trade') return { label, fee, base: sent ?? received }
    return event.transaction.side === 'sell'
      ? { label: 'sell', fee, base: sent, quote: received }
      : { label, fee, base: received, quote: sent }
  })
}

const table: Table<PairLine> = {
  id: 'summ',
  name: 'Summ, formerly Crypto Tax Calculator (advanced CSV)',
  timezone: 'utc',
  date: 'YYYY-MM-DD HH:mm:ss',
  columns: [
    { name: 'Timestamp (UTC)', kind: 'time' },
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    { name: 'Base Currency', kind: 'text', of: ({ base }) => base?.coin },
    { name: 'Base Amount', kind: 'amount', of: ({ base }) => base?.amount },
    { name: 'Quote Currency (Optional)', kind: 'text', of: ({ quote }) => quote?.coin },
    { name: 'Quote Amount (Optional)', kind: 'amount', of: ({ quote }) => quote?.amount },
    { name: 'Fee Currency (Optional)', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Fee Amount (Optional)', kind: 'amount', of: ({ fee }) => fee?.amount },
    // Left empty they mean the exchange that the file is imported for; whose address the other side is, nobody knows.
    { name: 'From (Optional)', kind: 'text' },
    { name: 'To (Optional)', kind: 'text' },
    // Only chains that Summ knows are taken; an exchange is none.
    { name: 'Blockchain (Optional)', kind: 'text' },
    { name: 'ID (Optional)', kind: 'text', of: (_line, { id }) => id },
    { name: 'Description (Optional)', kind: 'text', of: (_line, { event }) => noteOf(event) },
    // Left empty, Summ takes the market's price.
    { name: 'Reference Price Per Unit (Optional)', kind: 'amount' },
    { name: 'Reference Price Currency (Optional)', kind: 'text' },
  ],
  lines,
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Futures as "realized-profit", "realized-loss" and "margin-fee", rebates as "cashback".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'That Summ takes the column "Description (Optional)" is confirmed by other programs that write its template, and not by its help.',
  ],
  upload: [
    'In Summ add an import for this exchange, choose the advanced CSV, and give it this file.',
    'Take no column away and add none: Summ wants all of them, in this order.',
    'Summ wants one file for each account: export the connections one by one if you have several.',
  ],
}

export const summ = tableFormat(table)
