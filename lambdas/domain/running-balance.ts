import { add, canonical } from './amount.ts'
import type { Amount } from './transaction.ts'

/** A change of what there is of a coin, and what there is afterwards. */
export type BalanceRow = {
  readonly account: string
  readonly coin: string
  readonly amount: Amount | undefined
  readonly balance: Amount | undefined
}

/**
 * Whether no row is missing between the first and the last of a ledger, as far as its balances tell: each is the one before it and
 * the change, coin by coin, read down or read up. One row alone, or one without a balance, tells nothing.
 */
export function isUnbroken(rows: readonly BalanceRow[]): boolean {
  const ledgers = new Map<string, BalanceRow[]>()
  for (const row of rows) {
    const name = JSON.stringify([row.account, row.coin])
    const known = ledgers.get(name)
    if (known === undefined) ledgers.set(name, [row])
    else known.push(row)
  }
  if (![...ledgers.values()].some((ledger) => ledger.length > 1)) return false
  // One file is written in one direction.
  return (
    [...ledgers.values()].every((ledger) => addsUp(ledger)) ||
    [...ledgers.values()].every((ledger) => addsUp([...ledger].reverse()))
  )
}

function addsUp(ledger: readonly BalanceRow[]): boolean {
  let before: Amount | undefined
  for (const { amount, balance } of ledger) {
    if (amount === undefined || balance === undefined) return false
    if (before !== undefined && canonical(add(before, amount)) !== canonical(balance)) return false
    before = balance
  }
  return true
}
