import {
  everyTable,
  hashOf,
  type Labels,
  noteOf,
  type PlainLine,
  plainLines,
  secondsOnly,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * `realized gain` on deposits and withdrawals is how a file tells profit and loss of futures
 * (support.koinly.io/en/articles/9490027); `margin fee`, `cost` and `fee refund` are tags of 9490023, written small
 * as all labels of files are. An income that nobody can explain gets no tag: Koinly then takes it as acquired.
 */
const labels: Labels = {
  trade: '',
  deposit: '',
  withdrawal: '',
  gain: {
    'realized-pnl': 'realized gain',
    funding: 'realized gain',
    commission: 'fee refund',
    liquidation: 'realized gain',
    rebate: 'fee refund',
    other: '',
  },
  loss: {
    'realized-pnl': 'realized gain',
    funding: 'margin fee',
    commission: 'margin fee',
    liquidation: 'realized gain',
    rebate: 'cost',
    other: 'cost',
    fee: 'cost',
  },
}

const table: Table<PlainLine> = {
  id: 'koinly',
  name: 'Koinly (universal CSV)',
  timezone: 'utc',
  date: 'YYYY-MM-DD HH:mm:ss',
  columns: [
    { name: 'Date', kind: 'time' },
    { name: 'Sent Amount', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Sent Currency', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Received Amount', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Received Currency', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Fee Amount', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Net Worth Amount', kind: 'amount' },
    { name: 'Net Worth Currency', kind: 'text' },
    { name: 'Label', kind: 'text', of: ({ label }) => label },
    { name: 'Description', kind: 'text', of: (_line, { event }) => noteOf(event) },
    // Koinly skips rows alike in date, amounts and hash: without an id, one of two equal fills of a second is lost.
    { name: 'TxHash', kind: 'text', of: (_line, context) => hashOf(context) },
  ],
  lines: plainLines(labels),
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Profit and loss of futures and received funding as "realized gain", paid funding and futures fees as "margin fee", rebates as "fee refund".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Values in your currency: Koinly looks them up. Coins that it does not know, or knows under another name, have to be chosen there.',
  ],
  upload: [
    'In Koinly choose "Wallets", add a wallet for this exchange, and choose to import from a file.',
    'Give it this file. Do not connect the same exchange by API as well, or its history counts twice.',
  ],
}

export const koinly = tableFormat(table)
