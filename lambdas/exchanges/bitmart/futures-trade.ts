import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import { sized } from '../../domain/contract-size.ts'
import type { Market, WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { hour, minute } from '../../domain/window.ts'
import {
  amount,
  id,
  milliseconds,
  optionalAmount,
  optionalText,
  type Row,
  roleOf,
  rowsOf,
  text,
} from '../row.ts'
import {
  depth,
  endsUnverified,
  maxSpan,
  opened,
  orderMargins,
  reportedDepth,
  undocumentedEnds,
} from './history.ts'
import { futuresOrders, futuresTrades } from './rates.ts'

const futuresFill = z.object({
  order_id: id,
  trade_id: id,
  symbol: id,
  side: text.pipe(z.enum(['1', '2', '3', '4'])),
  position_mode: optionalText,
  price: amount,
  vol: amount,
  exec_type: optionalText,
  realised_profit: optionalAmount,
  paid_fees: optionalAmount,
  account: optionalText,
  create_time: milliseconds,
})

/**
 * 1 and 4 open a position in hedge mode. In one-way mode they buy and sell, and may open, close or turn one; 2 and 3 only
 * ever reduce (the official skills' table of sides). Fills are not documented to name their mode, as orders do.
 */
const futuresSides = {
  '1': { side: 'buy', hedged: 'open' },
  '2': { side: 'buy', position: 'close' },
  '3': { side: 'sell', position: 'close' },
  '4': { side: 'sell', hedged: 'open' },
} as const

function directionOf(side: keyof typeof futuresSides, mode: string | undefined) {
  const known = futuresSides[side]
  if ('position' in known) return known
  return { side: known.side, ...(mode === 'hedge_mode' && { position: known.hedged }) }
}

export const futuresTradeStream: WindowStream<Row<z.output<typeof futuresFill>>> = {
  reads: 'windows',
  stream: 'futures-trade',
  title: 'Futures fills',
  mutable: false,
  partitions: ['futures', 'copy_trading'],
  partitionOf: ({ account }) => account,
  maxSpan,
  unit: 1_000,
  ...undocumentedEnds,
  pageCap: 200,
  depth,
  reportedDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: futuresTrades,
  splits: [
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'futures' },
    {
      filter: 'order_id',
      of: (fill) => fill.orderId,
      uncapped: true,
      discover: {
        margins: orderMargins,
        ask: ({ start, end, partition, filters }) => ({
          access: 'private',
          method: 'GET',
          path: 'contract/private/order-history',
          params: { ...filters, account: partition, start_time: start, end_time: end },
          rate: futuresOrders,
        }),
        values: z.array(z.object({ order_id: id }).transform(({ order_id }) => order_id)),
      },
    },
  ],
  unverified: [
    {
      says: 'How far back fills are served: 7 days are documented, 90 reported by others. Older time is believed only where a row of it, or an older one, was served.',
      probe: 'reach',
    },
    endsUnverified('a second'),
    { says: 'Which 200 fills of a fuller window are served, and in which order.', probe: 'order' },
    { says: 'The coin of the fee: it is not named, and taken to be the settlement coin.' },
    {
      says: 'Whether a fill of side 1 or 4 opened a position: in one-way mode it may have closed one, and fills do not name the mode.',
    },
  ],
  ask: ({ start, end, partition, filters }) => ({
    access: 'private',
    method: 'GET',
    path: 'contract/private/trades',
    params: { ...filters, account: partition, start_time: start, end_time: end },
    rate: futuresTrades,
  }),
  rows: rowsOf(futuresFill, 'create_time'),
  normalise: (rows, { markets }) =>
    rows.map(({ fields, raw }): Transaction => {
      const market = markets.futures.get(fields.symbol)
      const fill: Transaction = {
        stream: 'futures-trade',
        time: fields.create_time,
        identity: identityOf(
          fields.trade_id,
          fields.order_id,
          canonical(fields.price),
          canonical(fields.vol),
        ),
        symbol: fields.symbol,
        base: market?.base,
        quote: market?.quote,
        ...directionOf(fields.side, fields.position_mode),
        price: fields.price,
        fee: fields.paid_fees,
        feeCurrency: fields.paid_fees === undefined ? undefined : settlementCoin(fields.symbol, market),
        role: roleOf(fields.exec_type),
        orderId: fields.order_id,
        tradeId: fields.trade_id,
        contracts: fields.vol,
        realizedPnl: fields.realised_profit,
        account: fields.account,
        raw,
      }
      return sized(fill, market)
    }),
}

/** Contracts settle in USDT; where neither the catalogue nor the symbol says so, the coin is left open. */
function settlementCoin(symbol: string, market: Market | undefined): string | undefined {
  return market?.settle ?? (symbol.endsWith('USDT') ? 'USDT' : undefined)
}
