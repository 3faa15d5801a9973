import { type AccountingEvent, type Cause, type Change, changesOf, type Money } from '../domain/accounting.ts'
import type { ExportFormat, ExportRow, FileFacts, FileWriter } from '../domain/export-format.ts'
import { isoTime } from '../domain/outward.ts'
import { movesInside } from '../domain/silence-words.ts'
import { offsetsOf } from '../domain/timezone.ts'
import type { Transaction } from '../domain/transaction.ts'
import { cell, line } from './csv.ts'
import { namesOfASecond, namesSchema, rowId, whichOfSeveralAccounts } from './row-id.ts'

/** Dates as the tools spell them, made of ISO 8601 in the zone that the file is written in. */
const dates = {
  'YYYY-MM-DD HH:mm:ss': (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`,
  'YYYY/MM/DD HH:mm:ss': (iso: string) =>
    `${iso.slice(0, 4)}/${iso.slice(5, 7)}/${iso.slice(8, 10)} ${iso.slice(11, 19)}`,
  'MM/DD/YYYY HH:mm:ss': (iso: string) =>
    `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`,
  'MM/DD/YY HH:mm': (iso: string) =>
    `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)} ${iso.slice(11, 16)}`,
  'DD.MM.YYYY HH:mm:ss': (iso: string) =>
    `${iso.slice(8, 10)}.${iso.slice(5, 7)}.${iso.slice(0, 4)} ${iso.slice(11, 19)}`,
  'YYYY-MM-DDTHH:mm:ss.ffffff UTC': (iso: string) => `${iso.slice(0, 23)}000 UTC`,
  'epoch ms': (_iso: string, time: number) => String(time),
} as const

/** Where a line comes from. */
export type Context = {
  readonly event: AccountingEvent
  /** Unlike that of every other line of the file, and the same in every export: tools skip rows that they know. */
  readonly id: string
  /**
   * The hash on the chain, by which tools match transfers between accounts; our id where there is none, and where another
   * row of the same second has it already: one transaction on the chain can pay two withdrawals.
   */
  readonly hash: string
}

/** `of` tells what a line has under this heading; without it the column stays empty. */
export type Column<Line> =
  | { readonly name: string; readonly kind: 'time' }
  | {
      readonly name: string
      readonly kind: 'text' | 'amount'
      readonly of?: (line: Line, context: Context) => string | undefined
    }

/** One tool's table: everything that tells it from others, as data. */
export type Table<Line> = Omit<ExportFormat, 'extension' | 'contentType' | 'statement' | 'apart' | 'open'> & {
  readonly date: keyof typeof dates
  readonly columns: readonly Column<Line>[]
  /** What an event becomes: nothing, a line, or more where one line cannot say it. */
  readonly lines: (event: AccountingEvent) => readonly Line[]
  /** What of an event the lines do not tell, and why; without it, events without lines are moves inside the account. */
  readonly untold?: (
    event: AccountingEvent,
  ) => { readonly reason: string; readonly changes: readonly Change[] } | undefined
  /** What the lines of an event tell with fewer digits than it has, and why. */
  readonly shortened?: Table<Line>['untold']
  /** Why somebody has to choose a kind for the lines of this event in the tool. */
  readonly byHand?: (event: AccountingEvent) => string | undefined
}

/** Rows pass one by one, in the order given; the header is always there. */
export function tableFormat<Line>(table: Table<Line>): ExportFormat {
  const { date, columns, lines, untold, shortened, byHand, ...described } = table
  return {
    ...described,
    extension: 'csv',
    contentType: 'text/csv; charset=utf-8; header=present',
    statement: 'beside',
    open: (facts, kept) => openTable(table, facts, kept),
  }
}

function openTable<Line>(
  { timezone, date, columns, lines, untold = untoldMoves, shortened, byHand }: Table<Line>,
  facts: FileFacts,
  kept: unknown,
): FileWriter {
  const offset = timezone === 'chosen' ? offsetsOf(facts.timezone) : () => 0
  const formatDate = dates[date]
  const given = namesOfASecond(namesSchema.optional().parse(kept))
  const { isFirst } = given

  function row({ origin, transaction, meaning }: ExportRow): string {
    const { events } = meaning
    if (events.length === 0) return ''
    const { time } = transaction
    const dateCell = formatDate(isoTime(time + offset(time)), time)
    const own = rowId(origin, transaction)
    const name = isFirst(time, own) ? own : `${own}:${origin.id}`
    let count = 0
    let written = ''
    for (const event of events) {
      const open = untold(event)
      if (open !== undefined) facts.notes.leftOut(open.reason, open.changes)
      const cut = shortened?.(event)
      if (cut !== undefined) facts.notes.shortened(cut.reason, cut.changes)
      const told = lines(event)
      const work = byHand?.(event) ?? (isSideOfConversion(event) ? sidesOfConversions : undefined)
      if (work !== undefined && told.length > 0) facts.notes.byHand(work)
      for (const one of told) {
        const id = ++count === 1 ? name : `${name}:${count}`
        const { txId } = transaction
        const hash = txId !== undefined && txId !== '' && isFirst(time, txId) ? txId : id
        const context = { event, id, hash }
        facts.notes.wrote()
        written += line(
          columns.map((column) =>
            column.kind === 'time' ? dateCell : cell(column.kind, column.of?.(one, context)),
          ),
        )
      }
    }
    return written
  }

  return {
    begin: () => line(columns.map(({ name }) => cell('text', name))),
    row,
    end: () => '',
    kept: given.kept,
  }
}

export function isSideOfConversion(event: AccountingEvent): boolean {
  return (event.kind === 'gain' || event.kind === 'loss') && event.cause === 'conversion'
}

const sidesOfConversions =
  'sides of conversions of several coins at once, which stand there as what came and what went; put them together in the tool'

/** The tools know no wallets within an account. */
function untoldMoves(event: AccountingEvent) {
  return event.kind === 'move'
    ? {
        reason: movesInside,
        changes: changesOf(event),
      }
    : undefined
}

/** What most tools make of an event: money that left, money that came, a fee beside them, and a word for it. */
export type PlainLine = {
  readonly label: string
  readonly sent?: Money
  readonly received?: Money
  readonly fee?: Money
}

/**
 * A tool's words. `fee`: a commission outside futures. No tool has one for a side of a conversion: it stands there as what came or
 * went. What was taken back of an income is a loss like others that nobody explains.
 */
export type Labels = {
  readonly trade: string
  readonly deposit: string
  readonly withdrawal: string
  readonly gain: Readonly<Record<Exclude<Cause, 'conversion'>, string>>
  readonly loss: Readonly<Record<Exclude<Cause, 'conversion' | 'interest' | 'airdrop'> | 'fee', string>>
}

/** One line for each event; moves between the parts of an account stay inside it. */
export function plainLines(labels: Labels): (event: AccountingEvent) => readonly PlainLine[] {
  return (event) => {
    switch (event.kind) {
      case 'trade':
      case 'withdrawal':
      case 'deposit':
        return [{ ...moneyOf(event), label: labels[event.kind] }]
      case 'gain':
        return [
          {
            label: event.cause === 'conversion' ? labels.deposit : labels.gain[event.cause],
            received: event.received,
          },
        ]
      case 'loss':
        return [{ label: lossLabel(labels, reasonOf(event)), sent: event.sent }]
      case 'move':
        return []
    }
  }
}

function lossLabel({ withdrawal, loss }: Labels, reason: Cause | 'fee'): string {
  switch (reason) {
    case 'conversion':
      return withdrawal
    case 'interest':
    case 'airdrop':
      return loss.other
    default:
      return loss[reason]
  }
}

type Moving = Extract<AccountingEvent, { kind: 'trade' | 'deposit' | 'withdrawal' }>

function moneyOf(event: Moving): Omit<PlainLine, 'label'> {
  switch (event.kind) {
    case 'trade':
      return { sent: event.sent, received: event.received, fee: event.fee }
    case 'deposit':
      return { received: event.received }
    case 'withdrawal':
      return { sent: event.sent, fee: event.fee }
  }
}

export function reasonOf({ cause, transaction }: Extract<AccountingEvent, { kind: 'loss' }>): Cause | 'fee' {
  return cause === 'commission' && !transaction.stream.startsWith('futures') ? 'fee' : cause
}

/**
 * The account as the tools should call it. Money that is neither in the spot wallet nor moved there by rows that are
 * told, as that of isolated margin, is in an account of its own.
 */
export function accountOf({ origin, transaction, wallet }: AccountingEvent): string {
  const { exchange, subaccount } = origin
  const apart = transaction.stream === 'spot-trade' && wallet !== 'spot'
  return [exchange, ...(subaccount === '' ? [] : [subaccount]), ...(apart ? [wallet] : [])].join(' ')
}

/** What happened, in words, for the tool's field of free text. */
export function noteOf(event: AccountingEvent): string {
  const { transaction } = event
  return [`${accountOf(event)}: ${whatHappened(event)}`, ...referencesOf(transaction)].join(', ')
}

/** The same for tools that have no other field for an id: no two lines of a file are alike. */
export function noteWithId({ event, id }: Context): string {
  return `${noteOf(event)}, id ${id}`
}

function whatHappened(event: AccountingEvent): string {
  const { stream, symbol, side, type, network, price } = event.transaction
  const of = (what: string) => (symbol === undefined ? what : `${what} ${symbol}`)
  switch (stream) {
    case 'spot-trade': {
      const fill = `${of('spot fill')}${side === undefined ? '' : ` ${side}`}${price === undefined ? '' : ` at ${price}`}`
      if (event.kind === 'trade') return fill
      if (event.kind === 'gain' && event.cause === 'rebate') return `fee rebate of ${fill}`
      return event.kind === 'loss' && event.cause === 'commission' ? `fee of ${fill}` : fill
    }
    case 'futures-trade': {
      const fill = `${of('futures fill')}${side === undefined ? '' : ` ${side}`}${price === undefined ? '' : ` at ${price}`}`
      return event.kind === 'gain' || event.kind === 'loss' ? `${event.cause} of ${fill}` : fill
    }
    case 'futures-ledger':
      return of(`futures ${type ?? 'ledger'}`)
    case 'withdrawal':
    case 'deposit':
      return network === undefined ? stream : `${stream} by ${network}`
    case 'wallet-transfer':
      return 'transfer between wallets'
    case 'spot-ledger':
      return event.kind === 'trade'
        ? 'conversion'
        : `${ledgerWords.get(type ?? '') ?? 'change'} in ${event.wallet}`
    case 'forced-order':
      return of('forced order')
    case 'futures-position': {
      const closed = of('closed futures position')
      return event.kind === 'gain' || event.kind === 'loss' ? `${event.cause} of ${closed}` : closed
    }
  }
}

/** What changed the spot ledger, for the tool's field of free text. */
const ledgerWords: ReadonlyMap<string, string> = new Map([
  ['deposit', 'deposit'],
  ['withdrawal', 'withdrawal'],
  ['earn-income', 'interest'],
  ['airdrop', 'airdrop'],
  ['convert', 'conversion'],
  ['dust', 'conversion of dust'],
  ['fee', 'fee'],
  ['income', 'income'],
  ['expense', 'expense'],
])

function referencesOf({ tradeId, orderId, address, txId }: Transaction): readonly string[] {
  return [
    ...(tradeId === undefined ? [] : [`trade ${tradeId}`]),
    ...(orderId === undefined ? [] : [`order ${orderId}`]),
    ...(address === undefined ? [] : [`address ${address}`]),
    ...(txId === undefined ? [] : [`hash ${txId}`]),
  ]
}

/** Holds for every tool: they are told what money did. */
export const everyTable = {
  carries: [
    'Every spot fill as a trade with its fee in the coin that paid it, every finished deposit and withdrawal, and profit, loss, funding and fees of futures in the coin that they were paid in.',
    'From statement files also interest, airdrops and conversions, and what closed futures positions brought and cost.',
    'Fills of isolated margin are in an account of their own, where the tool knows accounts: what was moved there, borrowed and repaid is not imported.',
    'Transfers between spot and futures stay inside the account and are not listed; neither are unfinished, cancelled and failed deposits and withdrawals. The canonical CSV has them all.',
  ],
  cannotSay: [
    'Futures positions: contracts, prices, opening and closing are left out, and what they earned and cost is there.',
    "A coin whose name a spreadsheet would run as a formula, such as =X, begins with an added apostrophe ('=X).",
    'Conversions of several coins at once: nobody says how much of each became what, so that each coin stands there by itself, and the statement counts the lines.',
    whichOfSeveralAccounts,
  ],
} as const

export const secondsOnly = 'Milliseconds: times are to the second, and rows of one second keep their order.'
