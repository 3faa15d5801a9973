import type { ToldMoney } from '../domain/futures-money.ts'
import type { StreamKind } from '../domain/stream.ts'
import { identityOf } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { ledgerCause } from './ledger-words.ts'
import type { StatementRow } from './row.ts'
import { pairOf } from './told.ts'

/** When the rows of a table happened, by stream: from the first to the last. */
export type Span = Window & { readonly stream: StreamKind; readonly rows: number }

/** Looks at each row of a table once. */
export function openSpans(unit: number) {
  const spans = new Map<StreamKind, { from: number; to: number; rows: number }>()
  return {
    see({ stream, times }: StatementRow): void {
      const last = (times[1] ?? times[0]) + unit
      const known = spans.get(stream)
      if (known === undefined) spans.set(stream, { from: times[0], to: last, rows: 1 })
      else {
        known.from = Math.min(known.from, times[0])
        known.to = Math.max(known.to, last)
        known.rows += 1
      }
    },
    result: (): readonly Span[] => [...spans].map(([stream, span]) => ({ stream, ...span })),
  }
}

/** Of a ledger of futures, when it tells profits of which market, and when fees. Looks at each row of a table once. */
export function openToldMoney(unit: number) {
  const found = new Map<string, { -readonly [field in keyof ToldMoney]: ToldMoney[field] }>()
  return {
    see(row: StatementRow): void {
      const cause = ledgerCause(row.type)
      if (row.stream !== 'futures-ledger' || (cause !== 'realized-pnl' && cause !== 'commission')) return
      const part = cause === 'commission' ? 'fee' : 'profit'
      const market = pairOf(row)
      const [from] = row.times
      const to = (row.times[1] ?? from) + unit
      const name = identityOf(part, market ?? '')
      const known = found.get(name)
      if (known === undefined) found.set(name, { part, ...(market !== undefined && { market }), from, to })
      else {
        known.from = Math.min(known.from, from)
        known.to = Math.max(known.to, to)
      }
    },
    result: (): readonly ToldMoney[] => [...found.values()],
  }
}
