import type { AccountingEvent } from '../domain/accounting.ts'
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
 * Every row of futures, profit, loss, funding or fee, paid or received, is `realized gain` on a deposit or a withdrawal
 * (support.koinly.io/en/articles/9490027): a paid funding under another label would be an expense, and the gains too high by
 * it. The newer tags `Realized P&L`, `Futures Fee` and `Funding Fee` exist, and how files spell them is not confirmed. `cost` and
 * `fee refund` are tags of 9490023, written small as all labels of files are. An income outside futures that nobody can
 * explain gets no tag: Koinly then takes it as acquired.
 */
const labels: Labels = {
  trade: '',
  deposit: '',
  withdrawal: '',
  gain: {
    'realized-pnl': 'realized gain',
    funding: 'realized gain',
    commission: 'realized gain',
    liquidation: 'realized gain',
    rebate: 'fee refund',
    interest: 'lending interest',
    airdrop: 'airdrop',
    other: '',
  },
  loss: {
    'realized-pnl': 'realized gain',
    funding: 'realized gain',
    commission: 'realized gain',
    liquidation: 'realized gain',
    rebate: 'cost',
    other: 'cost',
    fee: 'cost',
  },
}

const plain = plainLines(labels)

function lines(event: AccountingEvent): readonly PlainLine[] {
  const isOfFutures = event.transaction.stream.startsWith('futures')
  return isOfFutures ? plain(event).map((line) => ({ ...line, label: 'realized gain' })) : plain(event)
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
    { name: 'TxHash', kind: 'text', of: (_line, { hash }) => hash },
  ],
  lines,
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Profit, loss, funding and fees of futures as "realized gain", rebates as "fee refund".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'What a row of futures is: all of them are "realized gain", those too that the exchange does not explain; the description tells.',
    'Values in your currency: Koinly looks them up. Coins that it does not know, or knows under another name, have to be chosen there.',
  ],
  upload: [
    'In Koinly choose "Wallets", add a wallet for this exchange, and choose to import from a file.',
    'Give it this file. Do not connect the same exchange by API as well, or its history counts twice.',
  ],
}

export const koinly = tableFormat(table)
