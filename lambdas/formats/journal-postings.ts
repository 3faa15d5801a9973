import type { AccountingEvent, Cause, Money } from '../domain/accounting.ts'
import { negate } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import type { AccountRole } from './journal-accounts.ts'

export type AccountUse = { readonly role: AccountRole; readonly wallet: string; readonly cause?: Cause }

/** One line of a transaction. `total` is what all of it cost, in another coin. */
export type Posting = {
  readonly account: AccountUse
  /** Signed, in plain notation. */
  readonly amount: Amount
  readonly coin: string
  readonly total?: Money
}

export type PostingRules = {
  /**
   * `total-price`: what was received carries the price of all of it. `trading-account`: each coin is balanced by itself
   * against the trading account.
   */
  readonly trades: 'total-price' | 'trading-account'
  /** An amount as the amounts that are posted, where the tool cannot read all of it at once. */
  readonly parts: (amount: Amount) => readonly Amount[]
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
      // No tool takes a coin's price in the coin itself.
      const isPriced = rules.trades === 'total-price' && sent.coin !== received.coin
      const traded: readonly Posting[] = isPriced
        ? [
            { account: wallet, ...received, total: sent },
            { account: wallet, amount: negate(sent.amount), coin: sent.coin },
          ]
        : [...moved(received, trading, wallet), ...moved(sent, wallet, trading)]
      return [...traded, ...feePaid(fee)]
    }
    case 'deposit':
      return moved(event.received, transfers, wallet)
    case 'withdrawal':
      return [...moved(event.sent, wallet, transfers), ...feePaid(event.fee)]
    case 'gain':
      return moved(event.received, { role: 'gains', wallet: event.wallet, cause: event.cause }, wallet)
    case 'loss':
      return moved(event.sent, wallet, { role: 'losses', wallet: event.wallet, cause: event.cause })
    case 'move':
      return moved(event.moved, { role: 'assets', wallet: event.from }, { role: 'assets', wallet: event.to })
  }
}
