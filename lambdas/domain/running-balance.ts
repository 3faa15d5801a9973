import { add, canonical } from './amount.ts'
import type { Amount } from './transaction.ts'

/** A change of what there is of a coin, and what there is afterwards. */
export type BalanceRow = {
  readonly account: string
  readonly coin: string
  readonly amount: Amount | undefined
  readonly balance: Amount | undefined
}

type Neighbour = { readonly amount: Amount; readonly balance: Amount }

/**
 * Looks at the rows of a ledger in the order of its file, once: whether none is missing between the first and the last, as far as its
 * balances tell. Each is the one before it and the change, coin by coin, read down or read up. Where a coin has one row
 * alone, or one without a balance, nothing is told.
 */
export function openBalances() {
  const last = new Map<string, Neighbour>()
  const compared = new Set<string>()
  // One file is written in one direction.
  let isWhole = { down: true, up: true }
  return {
    see({ account, coin, amount, balance }: BalanceRow): void {
      if (amount === undefined || balance === undefined) {
        isWhole = { down: false, up: false }
        return
      }
      const name = JSON.stringify([account, coin])
      const before = last.get(name)
      last.set(name, { amount, balance })
      if (before === undefined) return
      compared.add(name)
      isWhole = {
        down: isWhole.down && leadsTo(before.balance, amount, balance),
        up: isWhole.up && leadsTo(balance, before.amount, before.balance),
      }
    },
    isUnbroken: (): boolean =>
      compared.size > 0 && compared.size === last.size && (isWhole.down || isWhole.up),
  }
}

function leadsTo(before: Amount, change: Amount, after: Amount): boolean {
  return canonical(add(before, change)) === canonical(after)
}
