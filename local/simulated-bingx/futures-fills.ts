import { Big } from 'big.js'
import { burstOffset, type Span, spreadOrders } from '../simulated-exchange/account-frame.ts'
import { integer, pick, type Random } from '../simulated-exchange/random.ts'
import { futuresMarkets, type Market } from './catalogue.ts'
import { orderIdAt, priceOf, sizeOf } from './numbers.ts'
import { offsets, timeWithOffset, wrongTime } from './times.ts'

/** A fill as `GET /openApi/swap/v2/trade/fillHistory` serves it. `filledTm` says `Z` and means UTC+8. */
export type FuturesFillRow = {
  filledTm: string
  volume: string
  symbol: string
  qty: string
  price: string
  quoteQty: string
  role: 'taker' | 'maker'
  commission: string
  commissionAsset: string
  orderId: string
  tradeId: string
  filledTime: string
  realisedPNL: string
  side: 'BUY' | 'SELL'
  positionSide: 'LONG' | 'SHORT' | 'BOTH'
}

/** The same fill as `GET /openApi/swap/v2/trade/allFillOrders` tells it: without id and profit, its price rounded. */
export type OrderFillRow = {
  filledTm: string
  volume: string
  price: string
  amount: string
  commission: string
  currency: string
  orderId: string
  liquidatedPrice: string
  liquidatedMarginRatio: string
  filledTime: string
  clientOrderID: string
  symbol: string
  side: 'BUY' | 'SELL'
  type: 'MARKET' | 'LIMIT'
  positionSide: 'LONG' | 'SHORT' | 'BOTH'
}

/** What happened, of which each endpoint tells its part. `at` is finer than what is told of it. */
export type FuturesFill = { readonly at: number; readonly row: FuturesFillRow }

export type FuturesFillPlan = {
  readonly random: Random
  readonly count: number
  /** How many of `count` happen within one second. */
  readonly burst: number
  readonly span: Span
  /** The first millisecond of the second of the burst. */
  readonly burstTime: number
}

type Order = {
  /** Known with its first fill: it tells when the order was made. */
  id?: string
  readonly market: Market
  readonly side: 'BUY' | 'SELL'
  readonly positionSide: 'LONG' | 'SHORT' | 'BOTH'
}

/** Exactly `count` fills in time order. */
export function generateFuturesFills(plan: FuturesFillPlan): FuturesFill[] {
  const { random, count, span, burstTime } = plan
  const burst = Math.min(plan.burst, count)
  const fills: FuturesFill[] = []
  let orders = 0
  const order = (market = pick(random, futuresMarkets)): Order => ({
    market,
    side: pick(random, ['BUY', 'SELL']),
    positionSide: pick(random, ['LONG', 'SHORT', 'BOTH']),
  })
  const fill = (of: Order, at: number) => {
    of.id ??= orderIdAt(at - integer(random, 1_000, 60_000), ++orders)
    fills.push(futuresFill(random, of, of.id, at, fills.length))
  }

  while (fills.length < burst) {
    const next = order()
    for (let left = 12; left > 0 && fills.length < burst; left--)
      fill(next, burstTime + burstOffset(random, fills.length))
  }
  for (const border of span.borders) if (fills.length < count) fill(order(), border)
  for (const market of futuresMarkets)
    if (fills.length < count) fill(order(market), integer(random, span.earliest, span.latest))
  spreadOrders(fills, { random, count, span, most: 3, apart: 900, order, fill })
  return fills.sort((a, b) => a.at - b.at)
}

function futuresFill(
  random: Random,
  { market, side, positionSide }: Order,
  orderId: string,
  at: number,
  position: number,
): FuturesFill {
  const price = priceOf(random, market)
  const qty = sizeOf(random, market)
  const value = new Big(price).times(qty)
  const maker = random() < 0.4
  const closes = positionSide === 'BOTH' ? random() < 0.5 : (side === 'BUY') === (positionSide === 'SHORT')
  const profit = closes ? value.times(integer(random, -40, 60)).div(1000) : new Big(0)
  return {
    at,
    row: {
      filledTm: wrongTime(at),
      volume: qty,
      symbol: market.symbol,
      qty,
      price,
      quoteQty: value.toFixed(4),
      role: maker ? 'maker' : 'taker',
      commission: value.times(maker ? '-0.0002' : '-0.0005').toFixed(8),
      commissionAsset: market.quote,
      orderId,
      tradeId: String(362_625_236 + position * 3),
      filledTime: timeWithOffset(at, pick(random, offsets)),
      realisedPNL: profit.toFixed(8),
      side,
      positionSide,
    },
  }
}

export function orderFillRow({ row }: FuturesFill): OrderFillRow {
  return {
    filledTm: row.filledTm,
    volume: row.qty,
    price: new Big(row.price).toFixed(4),
    amount: row.quoteQty,
    commission: row.commission,
    currency: row.commissionAsset,
    orderId: row.orderId,
    liquidatedPrice: '0.0000',
    liquidatedMarginRatio: '0.00',
    filledTime: row.filledTime,
    clientOrderID: '',
    symbol: row.symbol,
    side: row.side,
    type: row.role === 'taker' ? 'MARKET' : 'LIMIT',
    positionSide: row.positionSide,
  }
}

/** One row for all that an order filled within a second. */
export function togetherByOrder(fills: readonly FuturesFill[]): FuturesFill[] {
  const together = new Map<string, FuturesFill>()
  for (const fill of fills) {
    const key = `${fill.row.orderId} ${Math.floor(fill.at / 1000)}`
    const known = together.get(key)
    together.set(key, known === undefined ? fill : added(known, fill))
  }
  return [...together.values()]
}

function added(known: FuturesFill, { row }: FuturesFill): FuturesFill {
  const sum = (a: string, b: string) => new Big(a).plus(b)
  const qty = sum(known.row.qty, row.qty)
  const quoteQty = sum(known.row.quoteQty, row.quoteQty)
  return {
    at: known.at,
    row: {
      ...known.row,
      qty: qty.toFixed(),
      quoteQty: quoteQty.toFixed(4),
      price: quoteQty.div(qty).toFixed(9),
      commission: sum(known.row.commission, row.commission).toFixed(8),
    },
  }
}
