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
 * The template (help.coinledger.io, article 6028758) knows trades, kinds of income, gifts, payments, and deposits and
 * withdrawals, which are transfers between one's own accounts; nothing for futures. Their results are neither income nor
 * payments, and a payment would not even count as a loss: they are written as transfers, so that balances are right
 * and nothing is taxed wrongly in silence, and `cannotSay` tells to set their kind in CoinLedger.
 */
const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': 'Deposit',
    funding: 'Deposit',
    commission: 'Deposit',
    liquidation: 'Deposit',
    rebate: 'Income',
    interest: 'Income',
    airdrop: 'Income',
    other: 'Deposit',
  },
  loss: {
    'realized-pnl': 'Withdrawal',
    funding: 'Withdrawal',
    commission: 'Withdrawal',
    liquidation: 'Withdrawal',
    rebate: 'Withdrawal',
    other: 'Withdrawal',
    fee: 'Merchant Payment',
  },
}

const table: Table<PlainLine> = {
  id: 'coinledger',
  name: 'CoinLedger (universal CSV)',
  timezone: 'utc',
  date: 'MM/DD/YYYY HH:mm:ss',
  columns: [
    { name: 'Date (UTC)', kind: 'time' },
    { name: 'Platform (Optional)', kind: 'text', of: (_line, { event }) => accountOf(event) },
    { name: 'Asset Sent', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Amount Sent', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Asset Received', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Amount Received', kind: 'amount', of: ({ received }) => received?.amount },
    // Only fees that the amounts do not hold already: ours never do.
    { name: 'Fee Currency (Optional)', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Fee Amount (Optional)', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    { name: 'Description (Optional)', kind: 'text', of: (_line, { event }) => noteOf(event) },
    { name: 'TxHash (Optional)', kind: 'text', of: (_line, { hash }) => hash },
  ],
  lines: plainLines(labels),
  byHand: ({ kind, transaction }) =>
    (kind === 'gain' || kind === 'loss') && transaction.stream.startsWith('futures')
      ? 'futures, which stand there as Deposit or Withdrawal; choose their kind in CoinLedger'
      : undefined,
  carries: [...everyTable.carries, 'Fees apart from the amounts. Rebates are "Income".'],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Profit, loss, funding and fees of futures: the template has no kind for them. They are written as Deposit and Withdrawal, which CoinLedger does not tax: each of them needs its kind chosen there by hand, and the statement counts them. Their descriptions begin with the exchange and "futures".',
  ],
  upload: [
    'In CoinLedger choose to import, then "Other account", and give it this file.',
    'Change nothing in the file with a spreadsheet: CoinLedger wants headings and dates exactly as they are.',
  ],
}

export const coinledger = tableFormat(table)
