import type { StreamKind } from '../domain/stream.ts'
import type { Window } from '../domain/window.ts'
import type { Grain, Reading, StatementRow } from './row.ts'

/** When the rows of a table happened, by stream: from the first to the last. */
export type Span = Window & { readonly stream: StreamKind; readonly rows: number }

/**
 * The time of which files of fills or of orders tell the trades, and of which orders of futures tell profit and fees: in it, a ledger only
 * repeats them. It is of all that the files tell, since nobody says when the fills of an order were.
 */
export type TradeTime = {
  readonly trades: readonly Window[]
  readonly realizedPnl: readonly Window[]
  readonly fee: readonly Window[]
}

export function tradeTimeOf(
  tables: readonly { readonly grain: Grain; readonly spans: readonly Span[] }[],
): TradeTime {
  const spansOf = (stream: StreamKind, isTold: (grain: Grain) => boolean) =>
    tables.flatMap(({ grain, spans }) =>
      isTold(grain) ? spans.filter((span) => span.stream === stream) : [],
    )
  const ofOrders = (part: 'realizedPnl' | 'fee') =>
    spansOf('futures-trade', ({ granularity, fields }) => granularity === 'order' && fields.includes(part))
  return {
    trades: spansOf('spot-trade', ({ granularity }) => granularity === 'fill' || granularity === 'order'),
    realizedPnl: ofOrders('realizedPnl'),
    fee: ofOrders('fee'),
  }
}

/** Of readings that are held in memory as a whole. */
export function tradeTimeOfReadings(readings: readonly Reading[]): TradeTime {
  return tradeTimeOf(
    readings.map(({ grain, rows }) => {
      const spans = openSpans(grain.unit)
      for (const row of rows) spans.see(row)
      return { grain, spans: spans.result() }
    }),
  )
}

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
