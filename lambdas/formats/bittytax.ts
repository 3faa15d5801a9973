import {
  accountOf,
  type Context,
  everyTable,
  type Labels,
  noteOf,
  type PlainLine,
  plainLines,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * Types by BittyTax's README and `bt_types.py`: `Margin-Fee` are "margin fees, funding fees, and/or trade fees" of
 * futures, `Margin-Fee-Rebate` "funding fees which are credited to you", `Fee-Rebate` what makers get. Fees stand
 * beside net withdrawals and gross purchases, which is how ours are.
 */
const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': 'Margin-Gain',
    funding: 'Margin-Fee-Rebate',
    commission: 'Margin-Fee-Rebate',
    liquidation: 'Margin-Gain',
    rebate: 'Fee-Rebate',
    interest: 'Interest',
    airdrop: 'Airdrop',
    other: 'Income',
  },
  loss: {
    'realized-pnl': 'Margin-Loss',
    funding: 'Margin-Fee',
    commission: 'Margin-Fee',
    liquidation: 'Margin-Loss',
    rebate: 'Spend',
    other: 'Spend',
    fee: 'Spend',
  },
}

/** BittyTax adds margin rows up by wallet and note (`calculate_margin_trading` in tax.py): a note is a contract. */
function noteOfLine({ label }: PlainLine, { event }: Context): string {
  const { symbol } = event.transaction
  return label.startsWith('Margin-') && symbol !== undefined && symbol !== '' ? symbol : noteOf(event)
}

const table: Table<PlainLine> = {
  id: 'bittytax',
  name: 'BittyTax (transaction records CSV)',
  timezone: 'utc',
  date: 'YYYY-MM-DDTHH:mm:ss.ffffff UTC',
  columns: [
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    { name: 'Buy Quantity', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Buy Asset', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Buy Value in GBP', kind: 'amount' },
    { name: 'Sell Quantity', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Sell Asset', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Sell Value in GBP', kind: 'amount' },
    { name: 'Fee Quantity', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Asset', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Fee Value in GBP', kind: 'amount' },
    { name: 'Wallet', kind: 'text', of: (_line, { event }) => accountOf(event) },
    { name: 'Timestamp', kind: 'time' },
    { name: 'Note', kind: 'text', of: noteOfLine },
    // BittyTax reads the columns up to the note, and passes over what is behind it.
    { name: 'Tx ID', kind: 'text', of: (_line, { id }) => id },
  ],
  lines: plainLines(labels),
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts, times with milliseconds. Futures as Margin-Gain, Margin-Loss and Margin-Fee with the contract as their note, so that BittyTax adds them up by contract; rebates as Fee-Rebate.',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    'Values in pounds: BittyTax looks them up.',
    'What a row means that the exchange does not explain: such rows are Income or Spend.',
  ],
  upload: ['Run `bittytax` with this file, together with the records of your other accounts.'],
}

export const bittytax = tableFormat(table)
