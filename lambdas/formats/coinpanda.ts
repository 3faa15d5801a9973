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
 * Columns and types of Coinpanda's generic file since August 2022 (help.coinpanda.io, article 3839231; letter by letter from the
 * code of a program that writes it, hodgerpodger/staketaxcsv, ExporterTypes.py, December 2025). Labels by article 3839321:
 * gains and losses of futures are "Realized P&L"; "Margin Trading Fee" and "Margin Funding Cost" can be said by a file only.
 */
const labels: Labels = {
  trade: '',
  deposit: '',
  withdrawal: '',
  gain: {
    'realized-pnl': 'Realized P&L',
    funding: 'Realized P&L',
    commission: 'Realized P&L',
    liquidation: 'Realized P&L',
    rebate: '',
    interest: 'Interest',
    airdrop: 'Airdrop',
    other: '',
  },
  loss: {
    'realized-pnl': 'Realized P&L',
    funding: 'Margin Funding Cost',
    commission: 'Margin Trading Fee',
    liquidation: 'Realized P&L',
    rebate: 'Cost',
    other: 'Cost',
    fee: 'Cost',
  },
}

function typeOf({ sent, received }: PlainLine): string {
  if (sent === undefined) return 'Receive'
  return received === undefined ? 'Send' : 'Trade'
}

const table: Table<PlainLine> = {
  id: 'coinpanda',
  name: 'Coinpanda (generic CSV)',
  timezone: 'utc',
  date: 'YYYY-MM-DD HH:mm:ss',
  columns: [
    { name: 'Timestamp (UTC)', kind: 'time' },
    { name: 'Type', kind: 'text', of: typeOf },
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
    { name: 'TxHash', kind: 'text', of: (_line, { hash }) => hash },
  ],
  lines: plainLines(labels),
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Futures as "Realized P&L", "Margin Funding Cost" and "Margin Trading Fee".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Rebates: there is no label for them. They are untagged receives, which raise what you hold at the value of the day.',
    'Whether Coinpanda wants the fee of a withdrawal within the amount sent: its public pages do not tell. It stands beside it here; compare the balance after the first withdrawal.',
  ],
  upload: [
    'In Coinpanda open the wallet of this exchange, or a custom one, choose to upload a file, and give it this one.',
    'Do not connect the same exchange by API as well, or its history counts twice.',
  ],
}

export const coinpanda = tableFormat(table)
