import { type AccountingEvent, type Change, changesOf, type Money } from '../domain/accounting.ts'
import { add, isZero, negate, rounded } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import type { PlainLine } from './table.ts'

type Untold = { readonly reason: string; readonly changes: readonly Change[] }

/** For tools that take no more: what is beyond is rounded, to the nearest, and counted. */
const decimals = 8

/** The lines with their amounts to the eighth decimal; those of which nothing is left are none. */
export function eightDecimals(lines: readonly PlainLine[]): readonly PlainLine[] {
  return lines
    .map(({ label, sent, received, fee }) => ({
      label,
      sent: short(sent),
      received: short(received),
      fee: short(fee),
    }))
    .filter(({ sent, received, fee }) => sent !== undefined || received !== undefined || fee !== undefined)
}

function short(money: Money | undefined): Money | undefined {
  if (money === undefined) return undefined
  const amount = rounded(money.amount, decimals)
  return isZero(amount) ? undefined : { ...money, amount }
}

/** An event of which nothing is left. */
export function tooSmall(event: AccountingEvent): Untold | undefined {
  const changes = changesOf(event)
  return changes.every(({ amount }) => isZero(rounded(amount, decimals)))
    ? { reason: 'they moved less than half of the eighth decimal', changes }
    : undefined
}

/** What rounding took away, or gave; undefined when it did neither, or when nothing is left. */
export function lostDigits(event: AccountingEvent, tool: string): Untold | undefined {
  const changes = changesOf(event)
    .map((change) => ({ ...change, amount: lost(change.amount) }))
    .filter(({ amount }) => !isZero(amount))
  return changes.length === 0 || tooSmall(event) !== undefined
    ? undefined
    : {
        reason: `${tool} takes no more than eight decimals, so that their amounts are rounded to the nearest`,
        changes,
      }
}

function lost(amount: Amount): Amount {
  const kept = rounded(amount, decimals)
  return kept === amount ? '0' : add(amount, negate(kept))
}

export const eightDecimalsOnly =
  'Digits after the eighth decimal: amounts are rounded to the nearest, what is less than half of the eighth decimal is left out, and the statement counts the rows.'
