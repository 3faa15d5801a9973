import { canonical } from './amount.ts'
import { type Transaction, toldFields } from './transaction.ts'

/** Fields whose text may be written otherwise and mean the same. */
const amounts: readonly string[] = [
  'price',
  'amount',
  'quoteAmount',
  'fee',
  'contracts',
  'contractSize',
  'realizedPnl',
] satisfies readonly (keyof Transaction)[]

/**
 * Whether a row once said something final and said something else afterwards, be it its status, its amount, its coin, where it
 * went or when it was. What is pending may still change; a fill is final from the first. Told by its history, so that it does not matter which
 * run stored the change.
 */
export function isRevised(row: Transaction): boolean {
  let later: Partial<Transaction> = row
  for (const change of (row.history ?? []).toReversed()) {
    const before = { ...later, ...change }
    const { status } = before
    const isDatedAnew = change.time !== undefined
    const saysOtherwise = isDatedAnew || toldFields.some((name) => differ(name, before[name], later[name]))
    if (status !== 'pending' && saysOtherwise) return true
    later = before
  }
  return false
}

/** Whether what was served last revised the row: `before` it was stored as it was then. */
export function isRevisedSince(before: Transaction, now: Transaction): boolean {
  return now.history !== before.history && isRevised({ ...now, history: now.history?.slice(-1) })
}

function differ(name: string, before: string | undefined, later: string | undefined): boolean {
  if (before === later) return false
  const isSame =
    amounts.includes(name) &&
    before !== undefined &&
    later !== undefined &&
    canonical(before) === canonical(later)
  return !isSame
}
