import { priced } from './prices.ts'
import type { Group, Line } from './usage.ts'

export type Bill = {
  /** Dollars by group, the dearest first. */
  readonly groups: readonly { readonly group: Group; readonly dollars: number }[]
  /** Dollars that do not depend on how many connections there are. */
  readonly fixed: number
  readonly total: number
}

/** What so many connections cost. Sums are of unrounded dollars. */
export function bill(lines: readonly Line[], connections: number): Bill {
  const sums = new Map<Group, number>()
  for (const line of lines) sums.set(line.group, (sums.get(line.group) ?? 0) + dollars(line, connections))
  const groups = [...sums]
    .map(([group, amount]) => ({ group, dollars: amount }))
    .sort((a, b) => b.dollars - a.dollars)
  return {
    groups,
    fixed: sum(lines.map((line) => dollars(line, 0))),
    total: sum(groups.map((group) => group.dollars)),
  }
}

export function dollars({ price, fixed, each }: Line, connections: number): number {
  return priced(price, fixed + each * connections)
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}

/** At most three significant digits: the assumptions carry no more. */
export function inDollars(amount: number): string {
  if (amount === 0) return '–'
  if (amount < 0.1) return `$${Number(amount.toPrecision(2))}`
  if (amount < 1) return `$${amount.toFixed(2)}`
  if (amount < 100) return `$${amount.toPrecision(3)}`
  const step = 10 ** Math.max(0, Math.floor(Math.log10(amount)) - 2)
  return `$${(Math.round(amount / step) * step).toLocaleString('en-US')}`
}
