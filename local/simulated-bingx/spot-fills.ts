import { Big } from 'big.js'
import { LosslessNumber } from 'lossless-json'
import { type Span, spreadOrders } from '../simulated-exchange/account-frame.ts'
import { integer, pick, type Random } from '../simulated-exchange/random.ts'
import { type Market, spotMarkets } from './catalogue.ts'
import { noisy, orderIdAt, priceOf, sizeOf, written } from './numbers.ts'

/** A fill as `GET /openApi/spot/v1/trade/myTrades` serves it. What is paid is negative. */
export type SpotFillRow = {
  symbol: string
  /** Counted market by market. */
  id: number
  orderId: LosslessNumber
  price: string
  qty: string
  quoteQty: string
  commission: LosslessNumber
  commissionAsset: string
  time: number
  isBuyer: boolean
  isMaker: boolean
}

/** The fills that are published: of one order and one millisecond. */
export const publishedSpotFills: readonly SpotFillRow[] = [
  {
    symbol: 'BTC-USDT',
    id: 36767057,
    orderId: new LosslessNumber('1745362930595004400'),
    price: '46820.155',
    qty: '0.1430254',
    quoteQty: '6696.471396937',
    commission: new LosslessNumber('-0.000046483255'),
    commissionAsset: 'BTC',
    time: 1704961925000,
    isBuyer: true,
    isMaker: false,
  },
  {
    symbol: 'BTC-USDT',
    id: 36767058,
    orderId: new LosslessNumber('1745362930595004400'),
    price: '46820.155',
    qty: '0.0003844',
    quoteQty: '17.997667582000002',
    commission: new LosslessNumber('-1.2493e-07'),
    commissionAsset: 'BTC',
    time: 1704961925000,
    isBuyer: true,
    isMaker: false,
  },
]

export type SpotFillPlan = {
  readonly random: Random
  readonly count: number
  /** How many of `count` happen in one and the same millisecond. */
  readonly burst: number
  readonly span: Span
  readonly burstTime: number
  /** Left out: as many as there are. */
  readonly symbols?: number
}

type Order = {
  /** Known with its first fill: it tells when the order was made. */
  id?: string
  readonly market: Market
  readonly buys: boolean
  readonly maker: boolean
}

/** Fills of one order in the burst. */
const burstOrder = 20

/** Exactly `count` fills in time order; the burst and the borders come first into the count. */
export function generateSpotFills(plan: SpotFillPlan): SpotFillRow[] {
  const { random, count, span, burstTime } = plan
  const [first, ...others] = spotMarkets
  const markets: readonly [Market, ...Market[]] = [
    first,
    ...others.slice(0, (plan.symbols ?? spotMarkets.length) - 1),
  ]
  const burst = Math.min(plan.burst, count)
  const rows: SpotFillRow[] = []
  const ids = new Map<string, number>()
  let orders = 0
  const order = (market = pick(random, markets)): Order => ({
    market,
    buys: random() < 0.5,
    maker: random() < 0.4,
  })
  const fill = (of: Order, time: number) => {
    of.id ??= orderIdAt(time - integer(random, 1_000, 60_000), ++orders)
    const id = (ids.get(of.market.symbol) ?? 36_767_056) + 1
    ids.set(of.market.symbol, id)
    rows.push(spotFill(random, of, of.id, time, id))
  }

  // The markets take turns, so that each has the same share of the burst.
  for (let turn = 0; rows.length < burst; turn++) {
    const next = order(markets[turn % markets.length])
    for (let left = burstOrder; left > 0 && rows.length < burst; left--) fill(next, burstTime)
  }
  for (const border of span.borders) if (rows.length < count) fill(order(), border)
  for (const market of markets)
    if (rows.length < count) fill(order(market), integer(random, span.earliest, span.latest))
  spreadOrders(rows, { random, count, span, most: 4, apart: 40, order, fill })
  return rows.sort((a, b) => a.time - b.time)
}

function spotFill(
  random: Random,
  { market, buys, maker }: Order,
  orderId: string,
  time: number,
  id: number,
): SpotFillRow {
  const price = priceOf(random, market)
  const qty = sizeOf(random, market)
  const paid = buys ? new Big(qty) : new Big(price).times(qty)
  return {
    symbol: market.symbol,
    id,
    orderId: new LosslessNumber(orderId),
    price,
    qty,
    quoteQty: noisy(price, qty),
    commission: new LosslessNumber(written(paid.times(maker ? '-0.0008' : '-0.001'))),
    commissionAsset: buys ? market.base : market.quote,
    time,
    isBuyer: buys,
    isMaker: maker,
  }
}
