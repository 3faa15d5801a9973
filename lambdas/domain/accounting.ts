import { add, isZero, multiply, negate, plain, sign } from './amount.ts'
import { futuresLedgerTypes } from './futures-ledger.ts'
import { type FuturesTellers, isToldTwice } from './futures-money.ts'
import type { Origin } from './outward.ts'
import { spotLedgerTypes } from './spot-ledger.ts'
import type { Amount, Transaction } from './transaction.ts'
import { isUnreadable } from './unreadable.ts'

/** So much of a coin: a positive decimal in plain notation, digit by digit as it was served. */
export type Money = { readonly amount: Amount; readonly coin: string }

/**
 * Why money came or went without a trade or a transfer. `rebate`: a fee that was negative. `interest`: what was earned by lending coins
 * to the exchange. `conversion`: one side of several coins that became others, of which nobody says how much of each became what.
 */
export type Cause =
  | 'realized-pnl'
  | 'funding'
  | 'commission'
  | 'liquidation'
  | 'rebate'
  | 'interest'
  | 'airdrop'
  | 'conversion'
  | 'other'

/**
 * Where money is while it is between two wallets whose ledgers each tell their own side of a transfer. Once both have told it,
 * nothing is left there.
 */
const transit = 'transit'

type Common = {
  readonly origin: Origin
  /** What it was made of: for ids, symbols, addresses. */
  readonly transaction: Transaction
  /** Which part of the account it concerns: `spot`, `futures`, or the exchange's own name of another one. */
  readonly wallet: string
}

/** What a transaction means to whoever keeps accounts. */
export type AccountingEvent = Common &
  (
    | { readonly kind: 'trade'; readonly sent: Money; readonly received: Money; readonly fee?: Money }
    /** What arrived. What the sender paid for it is not ours. */
    | { readonly kind: 'deposit'; readonly received: Money }
    /** `sent` is what arrived elsewhere, `fee` what was taken on top of it. */
    | { readonly kind: 'withdrawal'; readonly sent: Money; readonly fee?: Money }
    | { readonly kind: 'gain'; readonly cause: Cause; readonly received: Money }
    | { readonly kind: 'loss'; readonly cause: Cause; readonly sent: Money }
    /** Between the parts of one account: nothing comes or goes. */
    | { readonly kind: 'move'; readonly moved: Money; readonly from: string; readonly to: string }
  )

/**
 * Why a transaction moves no money by itself. `unfinished`, `cancelled`: a transfer that did not happen, yet or at all.
 * `untold`: a transfer of which the exchange does not say what became.
 * `told-by-ledger`: a futures fill, whose profit and fee are rows of the futures ledger. `told-by-fill`: a row of the
 * ledger from time for which the ledger is not known, whose profit or fee the fill tells. `zero`: it moved nothing. `held`: it was set
 * aside for an order, or came back from one. `listed-apart`: a forced order, which nobody says whether fills tell, too. `unclear`: it, or its fee, moved something, and nobody says which coin, in which direction,
 * or whether another row tells it, too.
 */
export type Silence =
  | 'unfinished'
  | 'untold'
  | 'cancelled'
  | 'told-by-ledger'
  | 'told-by-fill'
  | 'zero'
  | 'held'
  | 'listed-apart'
  | 'unclear'

export type Meaning = { readonly events: readonly AccountingEvent[]; readonly silence?: Silence }

/**
 * What one transaction means. Profit and fees of futures are told by fills and by the ledger, each row in its settlement
 * coin: `tellers` says which of them counts.
 */
export function meaningOf(origin: Origin, transaction: Transaction, tellers: FuturesTellers): Meaning {
  if (isUnreadable(transaction)) return silent('unclear')
  switch (transaction.stream) {
    case 'spot-trade':
      return tradeOf(origin, transaction)
    case 'futures-trade':
      return futuresFillOf(origin, transaction, tellers)
    case 'futures-ledger':
      return ledgerOf(origin, transaction, tellers)
    case 'withdrawal':
    case 'deposit':
      return transferOf(origin, transaction)
    case 'wallet-transfer':
      return walletTransferOf(origin, transaction)
    case 'spot-ledger':
      return spotLedgerOf(origin, transaction)
    case 'futures-position':
      return positionOf(origin, transaction)
    case 'forced-order':
      return silent('listed-apart')
  }
}

function silent(silence: Silence): Meaning {
  return { events: [], silence }
}

function tradeOf(origin: Origin, transaction: Transaction): Meaning {
  const { base, quote, side, price, amount } = transaction
  const quoteAmount =
    transaction.quoteAmount ??
    (price === undefined || amount === undefined ? undefined : multiply(price, amount))
  if (base === undefined || quote === undefined || amount === undefined || quoteAmount === undefined)
    return silent('unclear')
  if (side === undefined) return silent('unclear')
  const common: Common = { origin, transaction, wallet: orderWallet(transaction) }
  const fee = feeOf(transaction)
  const events: AccountingEvent[] = []
  // A fill so small that one side is rounded to nothing still moved the other.
  const [got, gave] = [money(amount, base), money(quoteAmount, quote)]
  const [received, sent] = side === 'sell' ? [gave, got] : [got, gave]
  if (isNegative(amount) || isNegative(quoteAmount)) return silent('unclear')
  if (isZero(received.amount) && isZero(sent.amount) && fee === undefined)
    return silent(feeSilence(transaction).silence ?? 'zero')
  if (isZero(received.amount) && !isZero(sent.amount))
    events.push({ ...common, kind: 'loss', cause: 'other', sent })
  else if (isZero(sent.amount) && !isZero(received.amount))
    events.push({ ...common, kind: 'gain', cause: 'other', received })
  else if (!isZero(sent.amount)) {
    const paid = fee !== undefined && sign(fee.amount) > 0
    events.push({ ...common, kind: 'trade', sent, received, ...(paid && { fee: unsigned(fee) }) })
    if (fee !== undefined && !paid) events.push(feeAlone(common, fee))
    return { events, ...feeSilence(transaction) }
  }
  if (fee !== undefined) events.push(feeAlone(common, fee))
  return { events, ...feeSilence(transaction) }
}

/** Orders of another mode (isolated margin) trade with money of its own, which the spot wallet does not hold. */
function orderWallet({ orderMode }: Transaction): string {
  return orderMode ?? 'spot'
}

/** A signed fee in a known coin; undefined when there is none. */
function feeOf({ fee, feeCurrency }: Transaction): Money | undefined {
  return fee === undefined || feeCurrency === undefined || isZero(fee)
    ? undefined
    : { amount: fee, coin: feeCurrency }
}

/** A fee was taken, and nobody says in which coin: the rest of the row is told, and so is this. */
function feeSilence({ fee, feeCurrency }: Transaction): Pick<Meaning, 'silence'> {
  return fee !== undefined && !isZero(fee) && feeCurrency === undefined ? { silence: 'unclear' } : {}
}

const causes: ReadonlyMap<string, Cause> = new Map([
  ['realized-pnl', 'realized-pnl'],
  ['funding', 'funding'],
  ['commission', 'commission'],
  ['liquidation', 'liquidation'],
])

/** Profit and fee of a fill, as far as it tells them itself, both in the coin that the contract settles in. */
function futuresFillOf(origin: Origin, transaction: Transaction, tellers: FuturesTellers): Meaning {
  const { realizedPnl, fee, feeCurrency: coin, account = 'futures' } = transaction
  const tells = tellers.ofFill(transaction)
  if (!tells.profit && !tells.fee) return silent('told-by-ledger')
  const common: Common = { origin, transaction, wallet: account }
  const parts = [...(tells.profit ? [realizedPnl] : []), ...(tells.fee ? [fee] : [])]
  const isUnclear = parts.some((part) => part === undefined || (!isZero(part) && coin === undefined))
  const events: AccountingEvent[] = []
  if (tells.profit && coin !== undefined && realizedPnl !== undefined && !isZero(realizedPnl))
    events.push(gainOrLoss(common, 'realized-pnl', { amount: realizedPnl, coin }))
  if (tells.fee && coin !== undefined && fee !== undefined && !isZero(fee))
    events.push(feeAlone(common, { amount: fee, coin }))
  if (isUnclear) return { events, silence: 'unclear' }
  if (events.length > 0) return { events }
  return silent(tells.profit && tells.fee ? 'zero' : 'told-by-ledger')
}

function gainOrLoss(common: Common, cause: Cause, money: Money): AccountingEvent {
  return sign(money.amount) > 0
    ? { ...common, kind: 'gain', cause, received: unsigned(money) }
    : { ...common, kind: 'loss', cause, sent: unsigned(money) }
}

function ledgerOf(origin: Origin, transaction: Transaction, tellers: FuturesTellers): Meaning {
  const { amount, currency, type = '', account = 'futures' } = transaction
  // What a fill tells of a file was left out when the file was merged.
  const isOfFile = transaction.source !== undefined && transaction.derived !== 'export'
  if (isToldTwice(type) && !isOfFile && !tellers.ofRow(transaction)) return silent('told-by-fill')
  if (amount === undefined || currency === undefined) return silent('unclear')
  if (isZero(amount)) return silent('zero')
  const isDoubted = !isOfFile && tellers.mayBeTwice(transaction)
  const told = isDoubted ? { ...transaction, mayBeTwice: true as const } : transaction
  const common: Common = { origin, transaction: told, wallet: account }
  const moved = unsigned({ amount, coin: currency })
  const isIncoming = sign(amount) > 0
  if (type === 'transfer') {
    const [from, to] = isIncoming ? ['spot', account] : [account, 'spot']
    return { events: [{ ...common, kind: 'move', moved, from, to }] }
  }
  // What the exchange serves as a change of this account is one, whatever it calls it. A file's word may as well be for a transfer.
  if (isOfFile && !explained.has(type)) return silent('unclear')
  return { events: [gainOrLoss(common, causes.get(type) ?? 'other', { amount, coin: currency })] }
}

const explained: ReadonlySet<string> = new Set([...futuresLedgerTypes, ...spotLedgerTypes])

function transferOf(origin: Origin, transaction: Transaction): Meaning {
  const { stream, amount, currency } = transaction
  const silence = silenceOf(transaction)
  if (silence !== undefined) return silent(silence)
  if (amount === undefined || currency === undefined || isNegative(amount)) return silent('unclear')
  const common: Common = { origin, transaction, wallet: 'spot' }
  const arrived = money(amount, currency)
  if (stream === 'deposit')
    return isZero(amount) ? silent('zero') : { events: [{ ...common, kind: 'deposit', received: arrived }] }
  const fee = feeOf(transaction)
  const paid = fee !== undefined && !isNegative(fee.amount)
  if (!isZero(amount)) {
    const withdrawal = {
      ...common,
      kind: 'withdrawal',
      sent: arrived,
      ...(paid && { fee: unsigned(fee) }),
    } as const
    const events = paid || fee === undefined ? [withdrawal] : [withdrawal, feeAlone(common, fee)]
    return { events, ...feeSilence(transaction) }
  }
  return fee === undefined
    ? silent(feeSilence(transaction).silence ?? 'zero')
    : { events: [feeAlone(common, fee)] }
}

/** `in` to the account that it names, or `out` of it; the other end is the spot wallet. */
function walletTransferOf(origin: Origin, transaction: Transaction): Meaning {
  const { amount, currency, account, type } = transaction
  const silence = silenceOf(transaction)
  if (silence !== undefined) return silent(silence)
  if (amount === undefined || currency === undefined || isNegative(amount)) return silent('unclear')
  if (account === undefined || (type !== 'in' && type !== 'out')) return silent('unclear')
  if (isZero(amount)) return silent('zero')
  const [from, to] = type === 'in' ? ['spot', account] : [account, 'spot']
  const moved = money(amount, currency)
  return { events: [{ origin, transaction, wallet: account, kind: 'move', moved, from, to }] }
}

/**
 * One change of the spot wallet, or of one beside it. Parts of a trade that nobody could put together are unclear, and so is what the
 * exchange has a word for that nobody explains: another row may tell it.
 */
function spotLedgerOf(origin: Origin, transaction: Transaction): Meaning {
  const { amount, currency, base, account = 'spot', type = '' } = transaction
  const kind = spotLedgerTypes.find((one) => one === type)
  if (kind === 'convert' && base !== undefined) return tradeOf(origin, transaction)
  if (kind === 'frozen') return silent('held')
  if (amount === undefined || currency === undefined) return silent('unclear')
  if (kind === undefined || kind === 'trade' || kind === 'trade-fee') return silent('unclear')
  if (isZero(amount)) return silent('zero')
  const wallet = account.toLowerCase()
  const common: Common = { origin, transaction, wallet }
  const changed = { amount, coin: currency }
  const isIncoming = sign(amount) > 0
  switch (kind) {
    case 'transfer':
    case 'earn-move': {
      const [from, to] = isIncoming ? [transit, wallet] : [wallet, transit]
      return { events: [{ ...common, kind: 'move', moved: unsigned(changed), from, to }] }
    }
    case 'deposit':
    case 'withdrawal':
      return isIncoming
        ? { events: [{ ...common, kind: 'deposit', received: unsigned(changed) }] }
        : { events: [{ ...common, kind: 'withdrawal', sent: unsigned(changed) }] }
    case 'earn-income':
      return { events: [gainOrLoss(common, 'interest', changed)] }
    case 'airdrop':
      return { events: [gainOrLoss(common, 'airdrop', changed)] }
    case 'fee':
      return { events: [feeAlone(common, { amount: negate(amount), coin: currency })] }
    case 'income':
    case 'expense':
      return { events: [gainOrLoss(common, 'other', changed)] }
    case 'convert':
    case 'dust':
      return { events: [gainOrLoss(common, 'conversion', changed)] }
  }
}

/** A closed position: what it brought before fees, and its fee. It is kept only where nothing finer tells of its time. */
function positionOf(origin: Origin, transaction: Transaction): Meaning {
  const { realizedPnl, fee, currency, quote, feeCurrency, account = 'futures' } = transaction
  const coin = currency ?? quote
  const feeCoin = feeCurrency ?? coin
  const common: Common = { origin, transaction, wallet: account }
  const events: AccountingEvent[] = []
  if (coin !== undefined && realizedPnl !== undefined && !isZero(realizedPnl))
    events.push(gainOrLoss(common, 'realized-pnl', { amount: realizedPnl, coin }))
  if (feeCoin !== undefined && fee !== undefined && !isZero(fee))
    events.push(feeAlone(common, { amount: fee, coin: feeCoin }))
  const isToldWhole =
    realizedPnl !== undefined &&
    (coin !== undefined || isZero(realizedPnl)) &&
    (fee === undefined || feeCoin !== undefined || isZero(fee))
  if (!isToldWhole) return { events, silence: 'unclear' }
  return events.length > 0 ? { events } : silent('zero')
}

/** Why a transfer did not happen, yet or at all. */
function silenceOf({ status }: Transaction): Silence | undefined {
  if (status === 'cancelled' || status === 'failed') return 'cancelled'
  if (status === undefined) return 'untold'
  return status === 'done' ? undefined : 'unfinished'
}

/** A fee without what it was for, or one that was given back. */
function feeAlone(common: Common, fee: Money): AccountingEvent {
  return isNegative(fee.amount)
    ? { ...common, kind: 'gain', cause: 'rebate', received: unsigned(fee) }
    : { ...common, kind: 'loss', cause: 'commission', sent: unsigned(fee) }
}

function isNegative(amount: Amount): boolean {
  return sign(amount) < 0
}

function money(amount: Amount, coin: string): Money {
  return { amount: plain(amount), coin }
}

function unsigned({ amount, coin }: Money): Money {
  return money(sign(amount) < 0 ? negate(amount) : amount, coin)
}

/** The change of one wallet's balance in one coin, signed. */
export type Change = { readonly wallet: string; readonly coin: string; readonly amount: Amount }

/** What an event does to the balances of the account, exactly. */
export function changesOf(event: AccountingEvent): readonly Change[] {
  const { wallet } = event
  switch (event.kind) {
    case 'trade':
      return [
        plus(event.received, wallet),
        minus(event.sent, wallet),
        ...(event.fee ? [minus(event.fee, wallet)] : []),
      ]
    case 'deposit':
    case 'gain':
      return [plus(event.received, wallet)]
    case 'withdrawal':
      return [minus(event.sent, wallet), ...(event.fee ? [minus(event.fee, wallet)] : [])]
    case 'loss':
      return [minus(event.sent, wallet)]
    case 'move':
      return [plus(event.moved, event.to), minus(event.moved, event.from)]
  }
}

function plus({ amount, coin }: Money, wallet: string): Change {
  return { wallet, coin, amount }
}

function minus({ amount, coin }: Money, wallet: string): Change {
  return { wallet, coin, amount: negate(amount) }
}

/** The balances that changes add up to, by wallet and coin; those that come to nothing are left out. */
export function totals(changes: Iterable<Change>): ReadonlyMap<string, Change> {
  const sums = new Map<string, Change>()
  for (const change of changes) {
    const key = JSON.stringify([change.wallet, change.coin])
    const known = sums.get(key)
    sums.set(key, {
      ...change,
      amount: known === undefined ? change.amount : add(known.amount, change.amount),
    })
  }
  return new Map([...sums].filter(([, { amount }]) => !isZero(amount)))
}
