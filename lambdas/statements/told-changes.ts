import { canonical, isZero, negate, sign } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import type { Known } from './known.ts'
import { type LedgerCause, ledgerCause } from './ledger-words.ts'
import { type Fill, nameOf } from './told-trades.ts'

/**
 * Of a moment at which several trades were made: the changes that fills of that moment tell, each change what one fill moved of a coin,
 * and those fills. What a fill moved of one coin alone says nothing: another trade may have moved as much.
 */
export function toldChanges<T extends Known>(changes: readonly T[], fills: readonly Fill[]) {
  const open = new Map<string, T[]>()
  for (const one of changes) {
    const name = changeName(one.row, ledgerCause(one.row.type))
    open.set(name, [...(open.get(name) ?? []), one])
  }
  const told = new Set<T>()
  const used = new Set<Fill>()
  const take = (name: string) => {
    const one = open.get(name)?.shift()
    if (one !== undefined) told.add(one)
  }
  for (const fill of fills) {
    const { base, quote } = fill
    if (quote.amount === undefined) continue
    const names = [moved(nameOf(base), base.amount), moved(nameOf(quote), quote.amount)]
    if (!names.every((name) => (open.get(name) ?? []).length > 0)) continue
    for (const name of names) take(name)
    const { fee, feeCurrency } = fill.known.row
    if (fee !== undefined && feeCurrency !== undefined && !isZero(fee))
      take(feeName(feeCurrency, negate(fee)))
    used.add(fill)
  }
  return { told, used }
}

function changeName({ currency = '', amount = '0' }: Known['row'], cause: LedgerCause): string {
  if (cause === 'trade-fee') return feeName(currency, amount)
  const isIn = sign(amount) > 0
  return moved(nameOf({ coin: currency, isIn }), isIn ? amount : negate(amount))
}

function moved(name: string, amount: Amount): string {
  return `${name} ${canonical(amount)}`
}

function feeName(coin: string, amount: Amount): string {
  return `fee ${coin.toUpperCase()} ${canonical(amount)}`
}
