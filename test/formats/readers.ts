import { Big } from 'big.js'
import { parse } from 'csv-parse/sync'
import { type AccountingEvent, type Change, changesOf } from '../../lambdas/domain/accounting.ts'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { rotkiTokens } from './reader-rules.ts'

/** One line of a table, by its headings. */
export type Fields = Readonly<Record<string, string>>

type Moved = { readonly coin: string; readonly amount: Big }

/** What a tool understands: which part of an event its file tells, and what a line of it does to balances. */
export type Reader = {
  readonly told: (event: AccountingEvent) => readonly Change[]
  readonly changes: (fields: Fields) => readonly Moved[]
}

/** Moves inside an account come to nothing once its parts are added up. */
const everything = (event: AccountingEvent) => changesOf(event)

function columns(
  plus: readonly (readonly [string, string])[],
  minus: readonly (readonly [string, string])[],
): Reader['changes'] {
  return (fields) => [
    ...plus.flatMap(([amount, coin]) => moved(fields, amount, coin, 1)),
    ...minus.flatMap(([amount, coin]) => moved(fields, amount, coin, -1)),
  ]
}

function moved(fields: Fields, amountName: string, coinName: string, sign: 1 | -1): readonly Moved[] {
  const [amount, coin] = [fields[amountName], fields[coinName]]
  if (amount === undefined || coin === undefined) throw new Error(`No column ${amountName} or ${coinName}.`)
  if ((amount === '') !== (coin === '')) throw new Error(`${amountName} without ${coinName}, or the reverse.`)
  if (amount === '') return []
  if (!/^\d+(\.\d+)?$/.test(amount) || new Big(amount).lte(0)) throw new Error(`${amountName} is ${amount}.`)
  return [{ coin: unguarded(coin), amount: new Big(amount).times(sign) }]
}

/** A coin as it was before the guard against spreadsheets. */
function unguarded(coin: string): string {
  return /^'+["\s]*[=+\-@\t\r\n]/.test(coin) ? coin.slice(1) : coin
}

/** Written from the tools' documents, not from our formats. */
export const readers: Readonly<Record<string, Reader>> = {
  koinly: {
    told: everything,
    changes: columns(
      [['Received Amount', 'Received Currency']],
      [
        ['Sent Amount', 'Sent Currency'],
        ['Fee Amount', 'Fee Currency'],
      ],
    ),
  },
  // The fee is in the amounts already.
  cointracking: {
    told: everything,
    changes: columns([['Buy Amount', 'Buy Currency']], [['Sell Amount', 'Sell Currency']]),
  },
  coinledger: {
    told: everything,
    changes: columns(
      [['Amount Received', 'Asset Received']],
      [
        ['Amount Sent', 'Asset Sent'],
        ['Fee Amount (Optional)', 'Fee Currency (Optional)'],
      ],
    ),
  },
  cointracker: {
    told: toldInEightDecimals,
    changes: columns(
      [['Received Quantity', 'Received Currency']],
      [
        ['Sent Quantity', 'Sent Currency'],
        ['Fee Amount', 'Fee Currency'],
      ],
    ),
  },
  cryptact: { told: toldToCryptact, changes: readCryptact },
  summ: { told: everything, changes: readSumm },
  blockpit: { told: everything, changes: readBlockpit },
  coinpanda: {
    told: everything,
    changes: columns(
      [['Received Amount', 'Received Currency']],
      [
        ['Sent Amount', 'Sent Currency'],
        ['Fee Amount', 'Fee Currency'],
      ],
    ),
  },
  awaken: {
    told: (event) => (event.transaction.stream.startsWith('futures') ? [] : toldInEightDecimals(event)),
    changes: columns(
      [['Received Quantity', 'Received Currency']],
      [
        ['Sent Quantity', 'Sent Currency'],
        ['Fee Amount', 'Fee Currency'],
      ],
    ),
  },
  tokentax: {
    told: (event) => (event.transaction.stream.startsWith('futures') ? [] : changesOf(event)),
    changes: columns(
      [['BuyAmount', 'BuyCurrency']],
      [
        ['SellAmount', 'SellCurrency'],
        ['FeeAmount', 'FeeCurrency'],
      ],
    ),
  },
  'rotki-trades': {
    told: (event) => (event.kind === 'trade' ? changesOf(event) : []),
    changes: (fields) =>
      columns(
        [['Receive Amount', 'Receive Currency']],
        [
          ['Spend Amount', 'Spend Currency'],
          ['Fee', 'Fee Currency'],
        ],
      )(fields).map(knownToRotki),
  },
  'rotki-events': {
    told: (event) => (event.kind === 'trade' ? [] : changesOf(event)),
    changes: (fields) =>
      [
        ...moved(fields, 'Amount', 'Currency', directionOf(rotkiTypes, fields.Type)),
        ...moved(fields, 'Fee', 'Fee Currency', -1),
      ].map(knownToRotki),
  },
  bittytax: {
    told: everything,
    changes: columns(
      [['Buy Quantity', 'Buy Asset']],
      [
        ['Sell Quantity', 'Sell Asset'],
        ['Fee Quantity', 'Fee Asset'],
      ],
    ),
  },
}

const rotkiTypes = { in: ['Deposit', 'Income', 'Staking'], out: ['Withdrawal', 'Loss', 'Spend'] }

const summTypes = {
  in: ['buy', 'receive', 'realized-profit', 'cashback', 'income', 'interest', 'airdrop'],
  out: ['sell', 'send', 'realized-loss', 'margin-fee', 'fee', 'expense'],
}

function directionOf(types: { in: readonly string[]; out: readonly string[] }, type = ''): 1 | -1 {
  if (types.in.includes(type)) return 1
  if (types.out.includes(type)) return -1
  throw new Error(`${type} is not a type that the tool knows.`)
}

function readSumm(fields: Fields): readonly Moved[] {
  const direction = directionOf(summTypes, fields.Type)
  return [
    ...moved(fields, 'Base Amount', 'Base Currency', direction),
    ...moved(fields, 'Quote Amount (Optional)', 'Quote Currency (Optional)', direction === 1 ? -1 : 1),
    ...moved(fields, 'Fee Amount (Optional)', 'Fee Currency (Optional)', -1),
  ]
}

function readBlockpit(fields: Fields): readonly Moved[] {
  return [
    ...moved(fields, 'Incoming Amount', 'Incoming Asset', 1),
    ...moved(fields, 'Outgoing Amount', 'Outgoing Asset', -1),
    ...moved(fields, 'Fee Amount (optional)', 'Fee Asset (optional)', -1),
  ]
}

/** The coin that an identifier of rotki's names. */
function knownToRotki(moved: Moved): Moved {
  return { ...moved, coin: rotkiTokens.get(moved.coin) ?? moved.coin }
}

/** Each quantity to the nearest eighth decimal. */
function toldInEightDecimals(event: AccountingEvent): readonly Change[] {
  return changesOf(event).map((change) => ({
    ...change,
    amount: new Big(change.amount).round(8, 2).toFixed(),
  }))
}

/** Transfers are not listed; what a withdrawal cost is. */
function toldToCryptact(event: AccountingEvent): readonly Change[] {
  if (event.kind === 'deposit' || ('cause' in event && event.cause === 'conversion')) return []
  if (event.kind !== 'withdrawal') return changesOf(event)
  const [, ...fee] = changesOf(event)
  return fee
}

function readCryptact(fields: Fields): readonly Moved[] {
  const { Action = '', Base = '', Volume = '', Price = '', Counter = '', Fee = '', FeeCcy = '' } = fields
  if (Base === Counter) throw new Error('Base and Counter are the same.')
  if (new Big(Volume).lte(0)) throw new Error(`Volume is ${Volume}.`)
  if (Fee === '' || FeeCcy === '') throw new Error('There is no fee, not even 0.')
  const base = { coin: unguarded(Base), amount: new Big(Volume) }
  if (Action === 'BONUS') return [base]
  const gone = { ...base, amount: base.amount.neg() }
  if (Action === 'LOSS' || Action === 'SENDFEE') return [gone]
  const total = { coin: unguarded(Counter), amount: new Big(Volume).times(Price) }
  const paid = { coin: unguarded(FeeCcy), amount: new Big(Fee).neg() }
  if (Action === 'BUY') return [base, { ...total, amount: total.amount.neg() }, paid]
  if (Action === 'SELL') return [gone, total, paid]
  throw new Error(`${Action} is no action of cryptact.`)
}

/** By an RFC 4180 parser that is not ours; every line must have as many cells as the header. */
export function parsedLines(csv: string): readonly Fields[] {
  return parse<Record<string, string>>(csv, { columns: true, record_delimiter: '\n', bom: false })
}

/** Coin by coin what came less what went; coins that come to nothing are left out. */
export function totalsOf(moves: Iterable<Moved>): Readonly<Record<string, string>> {
  const sums = new Map<string, Big>()
  for (const { coin, amount } of moves) sums.set(coin, (sums.get(coin) ?? new Big(0)).plus(amount))
  const open = [...sums].filter(([, sum]) => !sum.eq(0)).map(([coin, sum]) => [coin, sum.toFixed()] as const)
  return Object.fromEntries(open.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What the file of a format has to add up to. */
export function expectedTotals(told: Reader['told'], rows: readonly ExportRow[]) {
  return totalsOf(
    rows
      .flatMap(({ meaning }) => meaning.events)
      .flatMap((event) => told(event))
      .map(({ coin, amount }) => ({ coin, amount: new Big(amount) })),
  )
}
