import type { AccountingEvent, Money } from '../domain/accounting.ts'
import { negate } from '../domain/amount.ts'
import type { OpeningBalance } from '../domain/opening-balances.ts'
import type { Amount } from '../domain/transaction.ts'
import type { AccountRole } from './journal-accounts.ts'
import { causeOf } from './journal-causes.ts'

export type AccountUse = { readonly role: AccountRole; readonly wallet: string; readonly cause?: string }

/** One line of a transaction. `total` is what all of it cost or brought, in another coin. */
export type Posting = {
  readonly account: AccountUse
  /** Signed, in plain notation. */
  readonly amount: Amount
  readonly coin: string
  readonly total?: Money
}

export type PostingRules = {
  /**
   * Whether the tool reads the base of this trade with its price in the quote and still balances. Where it does not, each coin
   * is balanced by itself against the trading account.
   */
  readonly isPriced: (trade: PricedTrade) => boolean
  /** An amount as the amounts that are posted, where the tool cannot read all of it at once. */
  readonly parts: (amount: Amount) => readonly Amount[]
}

/** The base and the quote of a trade, whichever of them was received. */
export type PricedTrade = { readonly base: Money; readonly quote: Money; readonly fee?: Money }

type Trade = Extract<AccountingEvent, { kind: 'trade' }>

/**
 * A trade as its market names it. The price belongs to the base, of a sale too: tools take the last price that they meet for the
 * value of a coin, and would else value the quote, which is money, in whatever it bought.
 */
export function pricedTrade({ sent, received, fee, transaction }: Trade): PricedTrade {
  return transaction.side === 'sell'
    ? { base: sent, quote: received, fee }
    : { base: received, quote: sent, fee }
}

/**
 * An event in double entry. Nothing is ever added up or divided here: every coin stands there once with and once
 * without the minus sign, or as the price and as what paid it. So a transaction balances to the last digit, however
 * many digits there are.
 */
export function postingsOf(event: AccountingEvent, rules: PostingRules): readonly Posting[] {
  const wallet: AccountUse = { role: 'assets', wallet: event.wallet }
  const fees: AccountUse = { role: 'fees', wallet: event.wallet }
  const transfers: AccountUse = { role: 'transfers', wallet: event.wallet }
  const trading: AccountUse = { role: 'trading', wallet: event.wallet }
  const moved = (money: Money, from: AccountUse, to: AccountUse): readonly Posting[] =>
    rules.parts(money.amount).flatMap((amount) => [
      { account: to, amount, coin: money.coin },
      { account: from, amount: negate(amount), coin: money.coin },
    ])
  const feePaid = (fee: Money | undefined) => (fee === undefined ? [] : moved(fee, wallet, fees))

  switch (event.kind) {
    case 'trade': {
      const { sent, received, fee } = event
      const trade = pricedTrade(event)
      const { base, quote } = trade
      const isSale = base === sent
      // No tool takes a coin's price in the coin itself.
      const isPriced = sent.coin !== received.coin && rules.isPriced(trade)
      const traded: readonly Posting[] = isPriced
        ? [
            {
              account: wallet,
              coin: base.coin,
              amount: isSale ? negate(base.amount) : base.amount,
              total: quote,
            },
            { account: wallet, coin: quote.coin, amount: isSale ? quote.amount : negate(quote.amount) },
          ]
        : [...moved(received, trading, wallet), ...moved(sent, wallet, trading)]
      return [...traded, ...feePaid(fee)]
    }
    case 'deposit':
      return moved(event.received, transfers, wallet)
    case 'withdrawal':
      return [...moved(event.sent, wallet, transfers), ...feePaid(event.fee)]
    case 'gain':
      return moved(event.received, { role: 'gains', wallet: event.wallet, cause: causeOf(event) }, wallet)
    case 'loss':
      return moved(event.sent, wallet, { role: 'losses', wallet: event.wallet, cause: causeOf(event) })
    case 'move':
      return moved(event.moved, { role: 'assets', wallet: event.from }, { role: 'assets', wallet: event.to })
  }
}

/** What was held before the first row, against the account of openings. */
export function openingPostings(
  balances: readonly OpeningBalance[],
  { parts }: Pick<PostingRules, 'parts'>,
): readonly Posting[] {
  return balances.flatMap(({ wallet, coin, amount }) =>
    parts(amount).flatMap((part) => [
      { account: { role: 'assets', wallet }, amount: part, coin } as const,
      { account: { role: 'opening', wallet: '' }, amount: negate(part), coin } as const,
    ]),
  )
}
