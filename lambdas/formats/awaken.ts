import { eightDecimals, eightDecimalsOnly, lostDigits, tooSmall } from './eight-decimals.ts'
import { whichOfSeveralAccounts } from './row-id.ts'
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
import { isOutsideFutures, untoldFutures } from './without-futures.ts'

/**
 * Awaken's standard file (help.awaken.tax, article 10422149, as the code of several programs of 2026 that name it has it): dates
 * in UTC, no negative numbers, at most eight decimals, amounts without fees. Labels are optional, and their list (10453755) was
 * not seen, so that none is written. Its file for perpetuals (10453931) wants the size in the underlying coin with every profit
 * and every funding, which the ledger of an exchange does not tell: it is not written.
 */
const labels: Labels = {
  trade: '',
  deposit: '',
  withdrawal: '',
  gain: {
    'realized-pnl': '',
    funding: '',
    commission: '',
    liquidation: '',
    rebate: '',
    interest: '',
    airdrop: '',
    other: '',
  },
  loss: { 'realized-pnl': '', funding: '', commission: '', liquidation: '', rebate: '', other: '', fee: '' },
}

const plain = plainLines(labels)

const sizesWanted = 'the file that Awaken has for them wants sizes of positions that no row tells'

const table: Table<PlainLine> = {
  id: 'awaken',
  name: 'Awaken (standard CSV, spot and transfers)',
  timezone: 'utc',
  date: 'MM/DD/YYYY HH:mm:ss',
  columns: [
    { name: 'Date', kind: 'time' },
    { name: 'Received Quantity', kind: 'amount', of: ({ received }) => received?.amount },
    { name: 'Received Currency', kind: 'text', of: ({ received }) => received?.coin },
    { name: 'Received Fiat Amount', kind: 'amount' },
    { name: 'Sent Quantity', kind: 'amount', of: ({ sent }) => sent?.amount },
    { name: 'Sent Currency', kind: 'text', of: ({ sent }) => sent?.coin },
    { name: 'Sent Fiat Amount', kind: 'amount' },
    { name: 'Fee Amount', kind: 'amount', of: ({ fee }) => fee?.amount },
    { name: 'Fee Currency', kind: 'text', of: ({ fee }) => fee?.coin },
    { name: 'Transaction Hash', kind: 'text', of: (_line, { hash }) => hash },
    { name: 'Notes', kind: 'text', of: (_line, { event }) => noteOf(event) },
    { name: 'Tag', kind: 'text' },
  ],
  lines: (event) => (isOutsideFutures(event) ? eightDecimals(plain(event)) : []),
  untold: (event) => untoldFutures(event, sizesWanted) ?? tooSmall(event),
  shortened: (event) => (isOutsideFutures(event) ? lostDigits(event, 'Awaken') : undefined),
  carries: [
    'Every spot fill as a trade with its fee in the coin that paid it, every finished deposit and withdrawal, and rebates; from statement files also interest, airdrops and conversions, without a tag.',
    'Fees apart from the amounts; values in fiat are left to Awaken.',
  ],
  cannotSay: [
    'Futures: profit, loss, funding and fees are not in this file, and the statement counts them.',
    everyTable.cannotSay[1],
    everyTable.cannotSay[2],
    secondsOnly,
    eightDecimalsOnly,
    'What a deposit or a withdrawal was: no row has a tag. Label them in Awaken.',
    whichOfSeveralAccounts,
  ],
  upload: [
    'In Awaken add an account for this exchange, choose to import a CSV, and give it this file.',
    'Never upload periods that overlap: Awaken may take their rows twice.',
  ],
}

export const awaken = tableFormat(table)
