import { matchSums, type Share } from '../domain/add-up.ts'
import { isZero, negate } from '../domain/amount.ts'
import type { Amount } from '../domain/transaction.ts'
import { unitsOf } from '../domain/units.ts'
import type { Window } from '../domain/window.ts'
import type { Known } from './known.ts'
import { ledgerCause } from './ledger-words.ts'
import type { MergedRow } from './merged-row.ts'
import { untoldOf } from './order-rest.ts'
import { pairOf } from './told.ts'
import { skew } from './told-moments.ts'

/** Orders, and the fills that add up to them. */
export type Together = { readonly orders: readonly Known[]; readonly fills: readonly Known[] }

type Part = 'fee' | 'realizedPnl'

/** What one order says of its money and its fills do not, and when these happened. */
type Untold = { readonly order: Known; readonly row: MergedRow; readonly span: Window }

/**
 * The fees and profits that orders tell and their fills leave out, each a row beside the fills. Where rows of a ledger within seconds of
 * the fills say as much, those tell it; where there are some, and their amounts do not show whether they do, it is in doubt.
 */
export function untoldBeside(together: readonly Together[], finer: readonly Known[]): readonly Known[] {
  const untold = together.flatMap(({ orders, fills }): readonly Untold[] => {
    const rows = orders.flatMap(({ row }) => ('places' in row ? [row] : []))
    const times = fills.map(({ row }) => row.time)
    const span = {
      from: times.reduce((first, time) => Math.min(first, time), Number.MAX_SAFE_INTEGER),
      to: times.reduce((last, time) => Math.max(last, time + 1), 0),
    }
    return untoldOf(rows, fills).flatMap((row) => {
      const order = orders.find((one) => one.row.identity === row.identity)
      return order === undefined ? [] : [{ order, row, span }]
    })
  })
  const used = new Set<Known>()
  return untold.flatMap(({ order, row, span }) => {
    let left = row
    let mayBeTwice = false
    for (const part of ['fee', 'realizedPnl'] as const) {
      const amount = left[part]
      if (amount === undefined || isZero(amount)) continue
      const near = finer.filter((one) => !used.has(one) && isOfLedger(one, row, part, span))
      const share = shareOf(row, span, part === 'fee' ? negate(amount) : amount)
      const found = matchSums([share], near.map(shareOfLedger), [skew])
      for (const one of found.others) used.add(one)
      if (found.ones.size > 0) left = { ...left, [part]: '0' }
      else mayBeTwice ||= near.length > 0
    }
    if (isZero(left.fee ?? '0') && isZero(left.realizedPnl ?? '0')) return []
    const told = { ...order.told, row: { ...left, amount: '0', contracts: '0' } }
    return [{ ...order, told, row: mayBeTwice ? { ...left, mayBeTwice } : left }]
  })
}

const causes: Readonly<Record<Part, readonly string[]>> = {
  fee: ['fee', 'commission', 'income', 'other'],
  realizedPnl: ['realized-pnl', 'other'],
}

function isOfLedger({ row }: Known, order: MergedRow, part: Part, { from, to }: Window): boolean {
  const stream = order.stream === 'spot-trade' ? 'spot-ledger' : 'futures-ledger'
  const coin = part === 'fee' ? order.feeCurrency : order.currency
  const [pair, own] = [pairOf(row), pairOf(order)]
  return (
    row.stream === stream &&
    causes[part].includes(ledgerCause(row.type)) &&
    row.time >= from - skew &&
    row.time < to + skew &&
    (coin === undefined || row.currency?.toUpperCase() === coin.toUpperCase()) &&
    (pair === undefined || own === undefined || pair === own)
  )
}

function shareOf<T>(of: T, window: Window, amount: Amount): Share<T> {
  return { of, window, at: window.from, amount: unitsOf(amount), within: 0n }
}

function shareOfLedger(known: Known): Share<Known> {
  const { time, amount = '0' } = known.row
  return shareOf(known, { from: time, to: time + 1 }, amount)
}
