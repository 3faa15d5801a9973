import { Big } from 'big.js'
import type { Span } from '../simulated-exchange/account-frame.ts'
import { integer, pick, type Random } from '../simulated-exchange/random.ts'
import { coinMarkets } from './catalogue.ts'
import { orderIdAt, priceOf } from './numbers.ts'

/** A fill as `GET /openApi/cswap/v1/trade/allFillOrders` serves it: contracts, dollars, and fees in the coin. */
export type CoinFillRow = {
  orderId: string
  symbol: string
  type: 'MARKET' | 'LIMIT'
  side: 'BUY' | 'SELL'
  positionSide: 'LONG' | 'SHORT'
  tradeId: string
  volume: string
  tradePrice: string
  amount: string
  realizedPnl: string
  commission: string
  currency: string
  buyer: boolean
  maker: boolean
  tradeTime: number
}

/** An order, by whose time it is listed; its fills may come later. */
export type CoinOrder = { readonly id: string; readonly at: number; readonly fills: readonly CoinFillRow[] }

export function generateCoinOrders({
  random,
  count,
  span,
}: {
  readonly random: Random
  /** Of fills. */
  readonly count: number
  readonly span: Span
}): CoinOrder[] {
  const orders: CoinOrder[] = []
  for (let made = 0; made < count; ) {
    const at = integer(random, span.earliest, span.latest)
    const id = orderIdAt(at, orders.length + 1)
    const market = pick(random, coinMarkets)
    const side = pick(random, ['BUY', 'SELL'])
    const positionSide = pick(random, ['LONG', 'SHORT'])
    const size = Math.min(integer(random, 1, 5), count - made)
    const closes = (side === 'BUY') === (positionSide === 'SHORT')
    const fills = Array.from({ length: size }, (_none, position): CoinFillRow => {
      const volume = integer(random, 1, 90)
      const tradePrice = priceOf(random, market)
      const coins = new Big(market.worth).times(volume).div(tradePrice)
      return {
        orderId: id,
        symbol: market.symbol,
        type: 'MARKET',
        side,
        positionSide,
        tradeId: String(97_244_554 + made + position),
        volume: String(volume),
        tradePrice,
        amount: new Big(market.worth).times(volume).toFixed(8),
        realizedPnl: closes
          ? coins
              .times(integer(random, -40, 60))
              .div(1000)
              .toFixed(8)
          : '0.00000000',
        commission: coins.times('-0.0005').toFixed(8),
        currency: market.base,
        buyer: side === 'BUY',
        maker: random() < 0.4,
        tradeTime: Math.min(span.latest, at + integer(random, 0, 900) * 1000),
      }
    })
    made += size
    orders.push({ id, at, fills })
  }
  return orders.sort((a, b) => a.at - b.at)
}

/** As `GET /openApi/cswap/v1/trade/orderHistory` lists an order. */
export function listedCoinOrder({ id, at, fills }: CoinOrder): unknown {
  const [fill] = fills
  const volume = String(fills.reduce((sum, one) => sum + Number(one.volume), 0))
  return {
    symbol: fill?.symbol ?? '',
    orderId: id,
    side: fill?.side,
    positionSide: fill?.positionSide,
    type: fill?.type,
    quantity: Number(volume),
    origQty: volume,
    executedQty: volume,
    avgPrice: fill?.tradePrice,
    status: 'FILLED',
    time: at,
    updateTime: fills.at(-1)?.tradeTime ?? at,
  }
}
