import type { StreamKind } from '../domain/stream.ts'
import type { Window } from '../domain/window.ts'
import type { Grain, Reading, StatementRow } from './row.ts'
import { pairOf } from './told.ts'

/** When the rows of a table happened, by stream: from the first to the last. */
export type Span = Window & { readonly stream: StreamKind; readonly rows: number }

/** When a table's trades of a market happened: from the first to the last. A file may be of one market alone. */
export type MarketTime = Window & { readonly stream: StreamKind; readonly market: string }

/**
 * The time of which files of fills or of orders tell the trades of a market, and of which orders of futures tell profit and fees: in it,
 * a ledger only repeats them. It is of all that the files tell, since nobody says when the fills of an order were.
 */
export type TradeTime = {
  readonly trades: readonly MarketTime[]
  readonly realizedPnl: readonly MarketTime[]
  readonly fee: readonly MarketTime[]
}

export function tradeTimeOf(
  tables: readonly { readonly grain: Grain; readonly markets: readonly MarketTime[] }[],
): TradeTime {
  const timesOf = (stream: StreamKind, isTold: (grain: Grain) => boolean) =>
    tables.flatMap(({ grain, markets }) =>
      isTold(grain) ? markets.filter((time) => time.stream === stream) : [],
    )
  const ofOrders = (part: 'realizedPnl' | 'fee') =>
    timesOf('futures-trade', ({ granularity, fields }) => granularity === 'order' && fields.includes(part))
  return {
    trades: timesOf('spot-trade', ({ granularity }) => granularity === 'fill' || granularity === 'order'),
    realizedPnl: ofOrders('realizedPnl'),
    fee: ofOrders('fee'),
  }
}

/** Of readings that are held in memory as a whole. */
export function tradeTimeOfReadings(readings: readonly Reading[]): TradeTime {
  return tradeTimeOf(
    readings.map(({ grain, rows }) => {
      const markets = openMarkets(grain.unit)
      for (const row of rows) markets.see(row)
      return { grain, markets: markets.result() }
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

/** Looks at each row of a table once. */
export function openMarkets(unit: number) {
  const times = new Map<string, { stream: StreamKind; market: string; from: number; to: number }>()
  return {
    see(row: StatementRow): void {
      const { stream } = row
      const market = pairOf(row)
      if ((stream !== 'spot-trade' && stream !== 'futures-trade') || market === undefined) return
      const [from] = row.times
      const to = (row.times[1] ?? from) + unit
      const known = times.get(`${stream} ${market}`)
      if (known === undefined) times.set(`${stream} ${market}`, { stream, market, from, to })
      else {
        known.from = Math.min(known.from, from)
        known.to = Math.max(known.to, to)
      }
    },
    result: (): readonly MarketTime[] => [...times.values()],
  }
}

/** Whether a market trades these two coins, whichever of them it calls its base. */
export function isMarketOf(market: string, one: string, other: string): boolean {
  return [
    { base: one, quote: other },
    { base: other, quote: one },
  ].some((pair) => pairOf(pair) === market)
}

export function meets(a: Window, b: Window): boolean {
  return a.from < b.to && b.from < a.to
}
