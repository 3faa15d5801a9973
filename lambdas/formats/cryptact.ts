import { type AccountingEvent, changesOf, type Money } from '../domain/accounting.ts'
import type { Amount } from '../domain/transaction.ts'
import { exactLots } from './price.ts'
import { whichOfSeveralAccounts } from './row-id.ts'
import {
  accountOf,
  everyTable,
  isSideOfConversion,
  noteWithId,
  reasonOf,
  secondsOnly,
  type Table,
  tableFormat,
} from './table.ts'

/**
 * cryptact's custom file with 10 columns, in use since 2023-08-31. BUY and SELL need a price. For BONUS, LOSS and SENDFEE
 * it stays empty with a counter currency beside it, and cryptact takes its own market price: its sample files do
 * so, and so do other programs that write and read them. Its page of errors (24531220135065) calls every field but the
 * comment required, which is true of trades.
 */
type CustomLine = {
  readonly action: 'BUY' | 'SELL' | 'BONUS' | 'LOSS' | 'SENDFEE'
  readonly base: Money
  readonly price?: Amount
  readonly counter: string
  readonly fee?: Money
}

function lines(event: AccountingEvent): readonly CustomLine[] {
  switch (event.kind) {
    case 'trade':
      return tradeLines(event)
    case 'withdrawal':
      return event.fee === undefined ? [] : [alone('SENDFEE', event.fee)]
    case 'gain':
      return isSideOfConversion(event) ? [] : [alone('BONUS', event.received)]
    case 'loss':
      return isSideOfConversion(event)
        ? []
        : [alone(reasonOf(event) === 'fee' ? 'SENDFEE' : 'LOSS', event.sent)]
    case 'deposit':
    case 'move':
      return []
  }
}

function tradeLines({ transaction, sent, received, fee }: Extract<AccountingEvent, { kind: 'trade' }>) {
  const [action, base, counter] =
    transaction.side === 'sell' ? (['SELL', sent, received] as const) : (['BUY', received, sent] as const)
  return exactLots(base.amount, counter.amount, transaction.price).map(
    ({ volume, price }, index): CustomLine => ({
      action,
      base: { amount: volume, coin: base.coin },
      price,
      counter: counter.coin,
      ...(index === 0 && { fee }),
    }),
  )
}

/** Base and counter must differ. */
function alone(action: CustomLine['action'], base: Money): CustomLine {
  return { action, base, counter: base.coin === 'JPY' ? 'USD' : 'JPY' }
}

/** Transfers between own accounts are not listed; what a withdrawal cost is. */
function untold(event: AccountingEvent) {
  switch (event.kind) {
    case 'deposit':
      return { reason: 'deposits, which cryptact does not want listed', changes: changesOf(event) }
    case 'withdrawal':
      return {
        reason: 'withdrawals, which cryptact does not want listed; what they cost is there',
        changes: changesOf({ ...event, fee: undefined }),
      }
    case 'move':
      return { reason: 'moves between the wallets of one account', changes: changesOf(event) }
    case 'gain':
    case 'loss':
      return isSideOfConversion(event)
        ? {
            reason:
              'sides of conversions of several coins at once, for which cryptact has no action; add them there by hand',
            changes: changesOf(event),
          }
        : undefined
    case 'trade':
      return undefined
  }
}

const table: Table<CustomLine> = {
  id: 'cryptact',
  name: 'cryptact (custom file, 10 columns)',
  timezone: 'chosen',
  date: 'YYYY/MM/DD HH:mm:ss',
  columns: [
    { name: 'Timestamp', kind: 'time' },
    { name: 'Action', kind: 'text', of: ({ action }) => action },
    { name: 'Source', kind: 'text', of: (_line, { event }) => accountOf(event) },
    { name: 'Base', kind: 'text', of: ({ base }) => base.coin },
    { name: 'Volume', kind: 'amount', of: ({ base }) => base.amount },
    { name: 'Price', kind: 'amount', of: ({ price }) => price },
    { name: 'Counter', kind: 'text', of: ({ counter }) => counter },
    { name: 'Fee', kind: 'amount', of: ({ fee }) => fee?.amount ?? '0' },
    { name: 'FeeCcy', kind: 'text', of: ({ fee, counter }) => fee?.coin ?? counter },
    { name: 'Comment', kind: 'text', of: (_line, context) => noteWithId(context).replaceAll(/['"\\`]/g, '') },
  ],
  lines,
  untold,
  carries: [
    'Every spot fill as BUY or SELL with its fee in the coin that paid it, withdrawal fees as SENDFEE, and futures in the coin that they were paid in: profit, received funding and rebates as BONUS, losses, paid funding and fees as LOSS. From statement files also interest and airdrops, as BONUS, and conversions of one coin into another.',
    'Prices are exact: volume times price is what was paid, to the last digit. Where no decimal does that, the fill is two rows whose prices differ in the last digits.',
  ],
  cannotSay: [
    everyTable.cannotSay[0],
    everyTable.cannotSay[1],
    'Conversions of several coins at once: cryptact has no action for a part of one. They are left out, and the statement counts them.',
    secondsOnly,
    'Deposits and withdrawals: transfers between your own accounts are not listed there. Add by hand what you paid to others, or received from them.',
    'Ids: there is no column for them, so that the comment ends with ours.',
    'The hour that a clock shows twice when summer ends. Export and upload in UTC if that matters.',
    whichOfSeveralAccounts,
  ],
  upload: [
    'In cryptact choose to upload files, then "Custom", choose the time zone that this file was exported in, and give it this file.',
    'cryptact adds only what is later than the last custom row that it has: upload files from the oldest to the newest.',
  ],
}

export const cryptact = tableFormat(table)
