import type { Share } from '../domain/add-up.ts'
import { sign } from '../domain/amount.ts'
import { identityOf, type Transaction } from '../domain/transaction.ts'
import { unitOf, unitsOf } from '../domain/units.ts'
import type { Assignment } from './assign.ts'
import { decimalsOf, type Known } from './known.ts'
import { isTurnable, pairOf, turnedRow } from './told.ts'
import { matchLedger, mayTell } from './told-moments.ts'
import type { Together } from './untold-money.ts'

/** A fill as its market has it, or might: who names none may have written its coins the other way round. */
export type Sided = {
  readonly known: Known
  readonly row: Pick<Transaction, 'symbol' | 'base' | 'quote' | 'amount' | 'quoteAmount' | 'contracts'> & {
    readonly side?: string | undefined
  }
  /** Of which of its numbers the amount is. */
  readonly field: 'amount' | 'quoteAmount'
}

export function waysOf(known: Known): readonly Sided[] {
  const { row } = known
  const plain: Sided = { known, row, field: 'amount' }
  if (!isTurnable(row) || row.quoteAmount === undefined) return [plain]
  return [plain, { known, row: turnedRow(row), field: 'quoteAmount' }]
}

/** The orders that fills of their market and side add up to which name no order, as spreadsheets write them. */
export function toldByNameless(open: readonly Known[], finer: readonly Known[], { groupOf }: Assignment) {
  const told = new Set<Known>()
  const used = new Set<Known>()
  const together: Together[] = []
  const fills = groupedBy(
    finer
      .filter(({ row }, index) => row.orderId === undefined && groupOf[index] === undefined)
      .flatMap(waysOf),
    sideName,
  )
  const ofSide = (name: string) => (fills.get(name) ?? []).filter(({ known }) => !used.has(known))
  for (const [name, orders] of groupedBy(open, (known) => sideName({ known, row: known.row }))) {
    const others = ofSide(name)
    if (others.length === 0) continue
    const found = matchLedger(
      orders.flatMap((known) => sharesOf(known, { known, row: known.row, field: 'amount' })),
      others.flatMap((one) => sharesOf(one, one)),
    )
    for (const one of found.ones) told.add(one)
    for (const { known } of found.others) used.add(known)
    for (const match of found.matches)
      together.push({ orders: match.ones, fills: match.others.map(({ known }) => known) })
  }
  return {
    told,
    /** Which orders which of the fills add up to. */
    together,
    /** Beside fills that may be of it, and whose amounts do not show it. */
    doubted(one: Known): Known {
      const { row } = one
      const size = (of: Sided['row']) => unitsOf(of.amount ?? of.contracts ?? '0')
      const span = { from: row.time, to: row.time + 1 }
      const mayBeTwice = ofSide(sideName({ known: one, row })).some(
        (fill) => mayTell(fill.known, span) && size(fill.row) > 0n && size(fill.row) <= size(row),
      )
      return mayBeTwice && 'places' in row ? { ...one, row: { ...row, mayBeTwice } } : one
    },
  }
}

function pairName({
  known,
  row,
}: Pick<Sided, 'row'> & { readonly known: { readonly row: { readonly stream: string } } }): string {
  return identityOf(known.row.stream, pairOf(row) ?? '')
}

export function sideName(one: Pick<Sided, 'known' | 'row'>): string {
  return identityOf(pairName(one), one.row.side ?? '')
}

export function groupedBy<T>(
  list: readonly T[],
  nameOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const one of list) {
    const known = found.get(nameOf(one))
    if (known === undefined) found.set(nameOf(one), [one])
    else known.push(one)
  }
  return found
}

export function sharesOf<T>(of: T, { known, row, field }: Sided): readonly Share<T>[] {
  const { time } = known.row
  const { amount, contracts } = row
  const size = amount ?? contracts
  if (size === undefined || sign(size) <= 0) return []
  const decimals = decimalsOf(known, amount === undefined ? 'contracts' : field)
  const within = decimals === undefined ? 0n : unitOf(decimals)
  const against = row.quoteAmount === undefined ? {} : { against: unitsOf(row.quoteAmount) }
  return [{ of, window: { from: time, to: time + 1 }, at: time, amount: unitsOf(size), ...against, within }]
}
