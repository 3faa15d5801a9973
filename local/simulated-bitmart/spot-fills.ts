import { Big } from 'big.js'
import { type Span, spreadOrders } from '../simulated-exchange/account-frame.ts'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'
import { type SpotMarket, spotMarkets } from './catalogue.ts'

/** A fill as `POST /spot/v4/query/trades` serves it: amounts are text, times are numbers. */
export type SpotFillRow = {
  tradeId: string
  orderId: string
  clientOrderId: string
  symbol: string
  side: 'buy' | 'sell'
  orderMode: 'spot' | 'iso_margin'
  type: string
  stpMode: string
  price: string
  size: string
  notional: string
  fee: string
  feeCoinName: string
  tradeRole: 'taker' | 'maker'
  createTime: number
  updateTime: number
}

/** The fills that BitMart's documentation prints. */
export const publishedSpotFills: readonly SpotFillRow[] = [
  {
    tradeId: '125277182593091639',
    orderId: '125213058731346053',
    clientOrderId: '125213058731346053',
    symbol: 'BTC_USDT',
    side: 'buy',
    orderMode: 'spot',
    type: 'limit',
    stpMode: 'none',
    price: '39999.00',
    size: '0.10000',
    notional: '3999.90000000',
    fee: '9.99975000',
    feeCoinName: 'USDT',
    tradeRole: 'taker',
    createTime: 1681891896569,
    updateTime: 1681891896569,
  },
  {
    tradeId: '182342999769370687',
    orderId: '183270218784142990',
    clientOrderId: '183270218784142990',
    symbol: 'ADA_USDT',
    side: 'buy',
    orderMode: 'spot',
    type: 'market',
    stpMode: 'none',
    price: '0.245948',
    size: '20.71',
    notional: '5.09358308',
    fee: '0.00509358',
    feeCoinName: 'USDT',
    tradeRole: 'taker',
    createTime: 1695658457836,
    updateTime: 1695658457836,
  },
]

export type SpotFillPlan = {
  readonly random: Random
  readonly count: number
  /** How many of `count` happen in one and the same millisecond. */
  readonly burst: number
  /** All other fills lie in it. */
  readonly span: Span
  readonly burstTime: number
}

type Order = {
  readonly id: string
  readonly market: SpotMarket
  readonly side: 'buy' | 'sell'
  readonly mode: 'spot' | 'iso_margin'
  readonly type: 'limit' | 'market'
}

/** Exactly `count` fills in time order; a self-trade, the borders and groups of three come first into the count. */
export function generateSpotFills(plan: SpotFillPlan): SpotFillRow[] {
  const { random, count, span } = plan
  const burst = Math.min(plan.burst, count)
  const rows: SpotFillRow[] = []
  let orders = 0
  const order = (part: Partial<Order> = {}): Order => ({
    id: String(183_270_218_784_142_990n + BigInt(++orders) * 1_009n),
    market: pick(random, spotMarkets),
    side: pick(random, ['buy', 'sell']),
    mode: random() < 0.85 ? 'spot' : 'iso_margin',
    type: pick(random, ['limit', 'market']),
    ...part,
  })
  const fill = (of: Order, time: number) => rows.push(spotFill(random, of, time, rows.length))

  // One order takes more of the burst than a page holds, so that neither time nor symbol can divide it.
  const big = order({ market: spotMarkets[0], mode: 'spot', side: 'buy' })
  const bigShare = Math.ceil(burst * 0.55)
  while (rows.length < bigShare) fill(big, plan.burstTime)
  while (rows.length < burst) {
    const next = order()
    for (let left = integer(random, 1, 20); left > 0 && rows.length < burst; left--)
      fill(next, plan.burstTime)
  }

  if (count - rows.length >= 2)
    selfTrade(random, order(), order(), integer(random, span.earliest, span.latest), rows)
  for (const border of span.borders) if (rows.length < count) fill(order(), border)
  for (const market of spotMarkets)
    if (rows.length < count) fill(order({ market }), integer(random, span.earliest, span.latest))

  spreadOrders(rows, { random, count, span, most: 4, apart: 40, order, fill })
  return rows.sort((a, b) => a.createTime - b.createTime)
}

/** Both sides of a trade with oneself: one trade id, two orders. */
function selfTrade(random: Random, taker: Order, maker: Order, time: number, rows: SpotFillRow[]): void {
  const bought = spotFill(random, { ...taker, side: 'buy' }, time, rows.length)
  rows.push(
    { ...bought, tradeRole: 'taker' },
    { ...bought, orderId: maker.id, clientOrderId: maker.id, side: 'sell', tradeRole: 'maker' },
  )
}

function spotFill(random: Random, order: Order, time: number, position: number): SpotFillRow {
  const { market } = order
  const price = new Big(market.price).times(integer(random, 900, 1100)).div(1000)
  const size = spotSize(random, market)
  const shownPrice = price.toFixed(market.priceDigits)
  const notional = new Big(shownPrice).times(size)
  const awkward = market.sizeDigits > 8
  const [fee, feeCoinName] = spotFee(random, market, notional, size)
  return {
    tradeId: String(182_342_999_769_370_687n + BigInt(position) * 1_013n),
    orderId: order.id,
    clientOrderId: order.id,
    symbol: market.symbol,
    side: order.side,
    orderMode: order.mode,
    type: order.type,
    stpMode: 'none',
    price: shownPrice,
    size,
    notional: awkward ? notional.toFixed() : notional.toFixed(8, Big.roundDown),
    fee,
    feeCoinName,
    tradeRole: order.type === 'market' ? 'taker' : pick(random, ['taker', 'maker']),
    createTime: time,
    updateTime: time,
  }
}

function spotSize(random: Random, market: SpotMarket): string {
  const whole = integer(random, market.mostUnits > 1000 ? 100 : 0, market.mostUnits)
  if (market.sizeDigits === 0) return String(whole)
  // Zeros at the end as BitMart writes them, and never a size of nothing.
  const fraction = digits(random, Math.ceil(market.sizeDigits / 2)).padEnd(market.sizeDigits, '0')
  return /[1-9]/.test(`${whole}${fraction}`) ? `${whole}.${fraction}` : `1.${fraction}`
}

function spotFee(random: Random, market: SpotMarket, notional: Big, size: string): [string, string] {
  const draw = random()
  if (draw < 0.2) return [notional.times('0.00075').div('0.3142').toFixed(8, Big.roundDown), 'BMX']
  if (draw < 0.3) return [new Big(size).times('0.001').toFixed(), market.base]
  return [notional.times('0.001').toFixed(market.sizeDigits > 8 ? 20 : 8, Big.roundDown), market.quote]
}
