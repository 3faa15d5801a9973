import { type AccountingEvent, changesOf } from '../domain/accounting.ts'
import { eightDecimals, eightDecimalsOnly, lostDigits, tooSmall } from './eight-decimals.ts'
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
 * position costs, so paid funding is one. A fee or loss outside futures has no tag: untagged, it counts as spent ("Send: you
 * sent cryptocurrency to an external address that is not part of your own wallets", the same article). Today's page on the
 * file (4413071299729) has columns of their own for the fee, which this file follows: a quantity sent is what arrived. The
 * template of 2023 counted the fee of a withdrawal into the quantity sent, and wanted at most eight decimals, which today's
 * page no longer denies nor grants: eight are right under both.
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
    interest: 'interest',
    airdrop: 'airdrop',
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

const plain = plainLines(labels)

function untold(event: AccountingEvent) {
  return event.kind === 'move'
    ? { reason: 'moves between the wallets of one account', changes: changesOf(event) }
    : tooSmall(event)
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
  lines: (event) => eightDecimals(plain(event)),
  untold,
  shortened: (event) => (event.kind === 'move' ? undefined : lostDigits(event, 'CoinTracker')),
  carries: [
    ...everyTable.carries,
    'Fees apart from the amounts. Futures as "margin gain", "margin loss" and "margin fee", rebates as "rebate".',
  ],
  cannotSay: [
    ...everyTable.cannotSay,
    secondsOnly,
    'Ids and notes: there is no column for them. Two fills of one second with equal amounts are two equal rows; see that CoinTracker keeps both.',
    eightDecimalsOnly,
    'What a deposit or a withdrawal was: they have no tag. CoinTracker takes them for income and for a sale until the wallet on the other side is there too: add all your wallets, and then look at its receives and sends.',
    'Whether a quantity sent holds the fee: it does not, since there is a column for the fee. The template of 2023 wanted it in. Compare the balance after the first withdrawal.',
    'Fees outside futures that come without a trade or a withdrawal: they are untagged rows that send the coin away.',
  ],
  upload: [
    'In CoinTracker choose to add a wallet, find the exchange or "CSV", and give it this file.',
    'The columns have to stay as they are: none added, none taken away.',
  ],
}

export const cointracker = tableFormat(table)
