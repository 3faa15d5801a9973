import { changesOf } from '../domain/accounting.ts'
import { rotkiAsset, unknownToRotki } from './rotki-assets.ts'
import { labels } from './rotki-events.ts'
import { everyTable, noteWithId, type PlainLine, plainLines, type Table, tableFormat } from './table.ts'

const plain = plainLines(labels)

const table: Table<PlainLine> = {
  id: 'rotki-trades',
  name: 'rotki (generic trades CSV)',
  timezone: 'utc',
  date: 'epoch ms',
  columns: [
    // rotki knows a fixed list of places; what is not in it has to be called external, or older versions skip the row.
    { name: 'Location', kind: 'text', of: () => 'external' },
    { name: 'Spend Currency', kind: 'text', of: ({ sent }) => sent && rotkiAsset(sent.coin) },
    { name: 'Receive Currency', kind: 'text', of: ({ received }) => received && rotkiAsset(received.coin) },
    { name: 'Receive Amount', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Spend Amount', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Fee', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee && rotkiAsset(fee.coin) },
    { name: 'Description', kind: 'text', of: (_line, context) => noteWithId(context) },
    { name: 'Timestamp', kind: 'time' },
  ],
  lines: (event) => (event.kind === 'trade' ? plain(event) : []),
  untold: (event) =>
    event.kind === 'trade'
      ? undefined
      : {
          reason: 'what is no trade is in rotki-events, as far as rotki takes it',
          changes: changesOf(event),
        },
  carries: [
    'Every spot fill as a trade, with its fee in the coin that paid it, to the millisecond; from statement files also conversions of one coin into another.',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    'Everything but trades: deposits, withdrawals, rebates and futures are in the format rotki-events. Import both files.',
    'The exchange: rotki does not know it as a place, so that all rows are "external", and the description names it.',
    'Two fills of one millisecond with equal amounts: rotki takes them for the same trade.',
    unknownToRotki,
  ],
  upload: [
    'In rotki choose "Import Data", "rotki generic import", trades, and give it this file; then rotki-events.',
  ],
}

export const rotkiTrades = tableFormat(table)
