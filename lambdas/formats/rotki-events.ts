import { type AccountingEvent, changesOf, type Money } from '../domain/accounting.ts'
import { rotkiAsset, unknownToRotki } from './rotki-assets.ts'
import {
  everyTable,
  type Labels,
  noteWithId,
  type PlainLine,
  plainLines,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * Deposit, Withdrawal, Income, Loss, Spend and Staking are all there are (rotkehlchen/data_import/importers/
 * rotki_events.py, where Loss and Spend are the same). The importer books a fee as a further event beside the amount, and gives
 * every row a new id of its own: what is imported twice is booked twice.
 */
export const labels: Labels = {
  trade: 'Trade',
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  gain: {
    'realized-pnl': 'Income',
    funding: 'Income',
    commission: 'Income',
    liquidation: 'Income',
    rebate: 'Income',
    interest: 'Income',
    airdrop: 'Income',
    other: 'Income',
  },
  loss: {
    'realized-pnl': 'Loss',
    funding: 'Loss',
    commission: 'Spend',
    liquidation: 'Loss',
    rebate: 'Spend',
    other: 'Spend',
    fee: 'Spend',
  },
}

type EventLine = Pick<PlainLine, 'label' | 'fee'> & { readonly money?: Money }

const plain = plainLines(labels)

function lines(event: AccountingEvent): readonly EventLine[] {
  if (event.kind === 'trade') return []
  return plain(event).map(({ label, sent, received, fee }) => ({ label, fee, money: sent ?? received }))
}

const table: Table<EventLine> = {
  id: 'rotki-events',
  name: 'rotki (generic events CSV)',
  timezone: 'utc',
  date: 'epoch ms',
  columns: [
    { name: 'Type', kind: 'text', of: ({ label }) => label },
    // rotki knows a fixed list of places; what is not in it has to be called external, or older versions skip the row.
    { name: 'Location', kind: 'text', of: () => 'external' },
    { name: 'Currency', kind: 'text', of: ({ money }) => money && rotkiAsset(money.coin) },
    { name: 'Amount', kind: 'amount', of: ({ money }) => money?.amount },
    { name: 'Fee', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee && rotkiAsset(fee.coin) },
    { name: 'Description', kind: 'text', of: (_line, context) => noteWithId(context) },
    { name: 'Timestamp', kind: 'time' },
  ],
  lines,
  untold: (event) => {
    if (event.kind === 'trade')
      return { reason: 'trades, which are in rotki-trades', changes: changesOf(event) }
    if (event.kind === 'move')
      return { reason: 'moves between the wallets of one account', changes: changesOf(event) }
    return undefined
  },
  carries: [
    'Every finished deposit and withdrawal with its fee, rebates, and profit, loss, funding and fees of futures in the coin that they were paid in, to the millisecond; from statement files also interest and airdrops.',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    'Trades: they are in the format rotki-trades. Import both files.',
    'What futures are: profit, received funding and rebates are Income, losses and paid funding Loss, fees Spend.',
    'The exchange: rotki does not know it as a place, so that all rows are "external", and the description names it.',
    'Ids: rotki has no column for them here, and books every row as new.',
    unknownToRotki,
  ],
  upload: [
    'In rotki choose "Import Data", "rotki generic import", events, and give it this file; then rotki-trades.',
    'Never upload periods that overlap, nor a file twice: rotki would add every event again. Next time export from the day after the last one.',
  ],
}

export const rotkiEvents = tableFormat(table)
