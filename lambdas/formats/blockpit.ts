import {
  accountOf,
  type Column,
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
 * Labels by Blockpit's help: futures in article 13586376244124 ("Funding fee or bonus … Derivative Fee or Derivative
 * Profit"), `Cashback` as tax-neutral inflow in 12137164. A fee in the coin received is part of the incoming amount
 * (360011890920), which is how ours are.
 */
const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': 'Derivative Profit',
    funding: 'Derivative Profit',
    commission: 'Derivative Profit',
    liquidation: 'Derivative Profit',
    rebate: 'Cashback',
    interest: 'Interest',
    airdrop: 'Airdrop',
    other: 'Deposit',
  },
  loss: {
    'realized-pnl': 'Derivative Loss',
    funding: 'Derivative Fee',
    commission: 'Derivative Fee',
    liquidation: 'Derivative Loss',
    rebate: 'Fee',
    other: 'Withdrawal',
    fee: 'Fee',
  },
}

const columns: readonly Column<PlainLine>[] = [
  { name: 'Date (UTC)', kind: 'time' },
  { name: 'Integration Name', kind: 'text', of: (_line, { event }) => accountOf(event) },
  { name: 'Label', kind: 'text', of: ({ label }) => label },
  { name: 'Outgoing Asset', kind: 'text', of: ({ sent }) => sent?.coin },
  { name: 'Outgoing Amount', kind: 'amount', of: ({ sent }) => sent?.amount },
  { name: 'Incoming Asset', kind: 'text', of: ({ received }) => received?.coin },
  { name: 'Incoming Amount', kind: 'amount', of: ({ received }) => received?.amount },
  { name: 'Fee Asset (optional)', kind: 'text', of: ({ fee }) => fee?.coin },
  { name: 'Fee Amount (optional)', kind: 'amount', of: ({ fee }) => fee?.amount },
  { name: 'Comment (optional)', kind: 'text', of: (_line, { event }) => noteOf(event) },
  { name: 'Trx. ID (optional)', kind: 'text', of: (_line, { hash }) => hash },
]

const table: Table<PlainLine> = {
  id: 'blockpit',
  name: 'Blockpit (CSV)',
  timezone: 'utc',
  date: 'DD.MM.YYYY HH:mm:ss',
  columns,
  lines: plainLines(labels),
  byHand: (event) =>
    (event.kind === 'gain' || event.kind === 'loss') && event.cause === 'other'
      ? 'the exchange does not explain them; choose their label in Blockpit'
      : undefined,
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Futures as "Derivative Profit", "Derivative Loss" and "Derivative Fee", rebates as "Cashback".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Rows of futures that the exchange does not explain: they are a Deposit or a Withdrawal, to be labelled in Blockpit.',
  ],
  upload: [
    'In Blockpit add an integration for this exchange, choose the import by file with the Blockpit template, and give it this file.',
    'If Blockpit asks for its Excel template, copy the rows below the headings into it.',
  ],
}

export const blockpit = tableFormat(table)
