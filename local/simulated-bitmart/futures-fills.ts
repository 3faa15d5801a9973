import { Big } from 'big.js'
import { burstOffset, type Span, spreadOrders } from '../simulated-exchange/account-frame.ts'
import { integer, pick, type Random } from '../simulated-exchange/random.ts'
import { type FuturesMarket, futuresMarkets } from './catalogue.ts'

export type FuturesAccount = 'futures' | 'copy_trading'

/** A fill as `GET /contract/private/trades` serves it. `side`: 1 opens long, 2 closes short, 3 closes long, 4 opens short. */
export type FuturesFillRow = {
  order_id: string
  trade_id: string
  symbol: string
  side: 1 | 2 | 3 | 4
  price: string
  vol: string
  exec_type: 'Taker' | 'Maker'
  profit: boolean
  realised_profit: string
  paid_fees: string
  account: FuturesAccount
  create_time: number
}

/** The fills that BitMart's documentation prints. */
export const publishedFuturesFills: readonly FuturesFillRow[] = [
  {
    order_id: '220921197409432',
    trade_id: '1141853921',
    symbol: 'BTCUSDT',
    side: 1,
    price: '19313.3',
    vol: '108',
    exec_type: 'Maker',
    profit: false,
    realised_profit: '-0.00832',
    paid_fees: '0',
    account: 'futures',
    create_time: 1663663818589,
  },
  {
    order_id: '230930336848609',
    trade_id: '6212604014',
    symbol: 'BTCUSDT',
    side: 3,
    price: '26910.4',
    vol: '1',
    exec_type: 'Taker',
    profit: false,
    realised_profit: '-0.0003',
    paid_fees: '0.01614624',
    account: 'futures',
    create_time: 1695961596692,
  },
]

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
  readonly id: string
  readonly market: FuturesMarket
  readonly side: 1 | 2 | 3 | 4
  readonly account: FuturesAccount
}

/** Exactly `count` fills in time order, over both futures accounts. */
export function generateFuturesFills(plan: FuturesFillPlan): FuturesFillRow[] {
  const { random, count, span } = plan
  const burst = Math.min(plan.burst, count)
  const rows: FuturesFillRow[] = []
  let orders = 0
  const order = (part: Partial<Order> = {}): Order => ({
    id: String(230_930_336_848_609 + ++orders * 17),
    market: pick(random, futuresMarkets),
    side: pick(random, [1, 2, 3, 4]),
    account: orders % 3 === 0 ? 'copy_trading' : 'futures',
    ...part,
  })
  const fill = (of: Order, time: number) => rows.push(futuresFill(random, of, time, rows.length))

  // Five of six fills of the burst belong to one account, so that the account alone cannot divide it.
  while (rows.length < burst) {
    const next = order({ account: orders % 6 === 0 ? 'copy_trading' : 'futures' })
    for (let left = 5; left > 0 && rows.length < burst; left--)
      fill(next, plan.burstTime + burstOffset(random, rows.length))
  }
  for (const border of span.borders) if (rows.length < count) fill(order(), border)
  for (const market of futuresMarkets)
    if (rows.length < count) fill(order({ market }), integer(random, span.earliest, span.latest))
  spreadOrders(rows, { random, count, span, most: 3, apart: 900, order, fill })
  return rows.sort((a, b) => a.create_time - b.create_time)
}

function futuresFill(random: Random, order: Order, time: number, position: number): FuturesFillRow {
  const { market } = order
  const price = new Big(market.price)
    .times(integer(random, 900, 1100))
    .div(1000)
    .toFixed(market.priceDigits)
  const vol = String(integer(random, 1, 500))
  const maker = random() < 0.4
  const value = new Big(price).times(vol).times(market.contractSize)
  const closes = order.side === 2 || order.side === 3
  const profit = closes ? value.times(integer(random, -40, 60)).div(1000) : new Big(0)
  return {
    order_id: order.id,
    trade_id: String(6_212_604_014 + position * 3),
    symbol: market.symbol,
    side: order.side,
    price,
    vol,
    exec_type: maker ? 'Maker' : 'Taker',
    profit: profit.gt(0),
    realised_profit: profit.toFixed(),
    paid_fees: value.times(maker ? '0.0002' : '0.0006').toFixed(),
    account: order.account,
    create_time: time,
  }
}
