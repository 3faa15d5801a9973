import {
  everyTable,
  type Labels,
  type PlainLine,
  plainLines,
  secondsOnly,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * Tags of CoinTracker's list (support.cointracker.io, article 4413049710225). A "margin fee" is there what holding a
 * position costs, so paid funding is one. A fee or loss outside futures has no tag: untagged, it counts as spent.
 */
const labels: Labels = {
  trade: '',
  deposit: '',
  withdrawal: '',
  gain: {
    'realized-pnl': 'margin gain',
    funding: 'margin gain',
    commission: 'margin rebate',
    liquidation: 'margin gain',
    rebate: 'rebate',
    other: '',
  },
  loss: {
    'realized-pnl': 'margin loss',
    funding: 'margin fee',
    commission: 'margin fee',
    liquidation: 'margin loss',
    rebate: '',
    other: '',
    fee: '',
  },
}

const table: Table<PlainLine> = {
  id: 'cointracker',
  name: 'CoinTracker (CSV)',
  timezone: 'utc',
  date: 'MM/DD/YYYY HH:mm:ss',
  columns: [
    { name: 'Date', kind: 'time' },
    { name: 'Received Quantity', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Received Currency', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Sent Quantity', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Sent Currency', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Fee Amount', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Tag', kind: 'text', of: ({ label }) => label },
  ],
  lines: plainLines(labels),
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Futures as "margin gain", "margin loss" and "margin fee", rebates as "rebate".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Ids and notes: there is no column for them. Two fills of one second with equal amounts are two equal rows; see that CoinTracker keeps both.',
    'Fees outside futures that come without a trade or a withdrawal: they are untagged rows that send the coin away.',
  ],
  upload: [
    'In CoinTracker choose to add a wallet, find the exchange or "CSV", and give it this file.',
    'The columns have to stay as they are: none added, none taken away.',
  ],
}

export const cointracker = tableFormat(table)
