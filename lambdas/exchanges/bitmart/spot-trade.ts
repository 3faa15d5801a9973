import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { hour, minute } from '../../domain/window.ts'
import { amount, id, milliseconds, optionalAmount, optionalText, type Row, roleOf, rowsOf } from '../row.ts'
import {
  depth,
  endsUnverified,
  maxSpan,
  opened,
  orderMargins,
  reportedDepth,
  undocumentedEnds,
} from './history.ts'
import { orderTrades, spotOrders, spotTrades } from './rates.ts'

const spotFill = z.object({
  tradeId: id,
  orderId: id,
  symbol: id,
  side: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['buy', 'sell'])),
  orderMode: optionalText,
  price: amount,
  size: amount,
  notional: optionalAmount,
  fee: optionalAmount,
  feeCoinName: optionalText,
  tradeRole: optionalText,
  createTime: milliseconds,
})

export const spotTradeStream: WindowStream<Row<z.output<typeof spotFill>>> = {
  reads: 'windows',
  stream: 'spot-trade',
  title: 'Spot fills (isolated margin included)',
  mutable: false,
  partitions: ['spot'],
  maxSpan,
  unit: 1,
  ...undocumentedEnds,
  pageCap: 200,
  depth,
  reportedDepth,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: spotTrades,
  splits: [
    { filter: 'orderMode', of: (fill) => fill.orderMode, all: ['spot', 'iso_margin'] },
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'spot' },
    {
      filter: 'orderId',
      of: (fill) => fill.orderId,
      uncapped: true,
      discover: {
        margins: orderMargins,
        ask: ({ start, end, filters }) => ({
          access: 'private',
          method: 'POST',
          path: 'spot/v4/query/history-orders',
          params: { startTime: start, endTime: end, limit: 200, ...filters },
          rate: spotOrders,
        }),
        values: z.array(z.object({ orderId: id }).transform(({ orderId }) => orderId)),
      },
    },
  ],
  unverified: [
    {
      says: 'How far back fills are served: 7 days are documented, 90 reported by others. Older time is believed only where a row of it, or an older one, was served.',
      probe: 'reach',
    },
    { says: 'The longest time span that one question may have.', probe: 'span' },
    endsUnverified('a millisecond'),
    { says: 'Which 200 fills of a fuller window are served, and in which order.', probe: 'order' },
  ],
  ask: ({ start, end, filters }) => {
    const byTime = { startTime: start, endTime: end, limit: 200, ...filters }
    const { orderId } = filters
    return {
      access: 'private',
      method: 'POST',
      ...(orderId === undefined
        ? { path: 'spot/v4/query/trades', params: byTime, rate: spotTrades }
        : { path: 'spot/v4/query/order-trades', params: { orderId }, rate: orderTrades }),
    }
  },
  rows: rowsOf(spotFill, 'createTime'),
  normalise: (rows) =>
    rows.map(({ fields, raw }): Transaction => {
      const split = fields.symbol.lastIndexOf('_')
      return {
        stream: 'spot-trade',
        time: fields.createTime,
        // No symbol: a market may be renamed after the trade, and ids may be counted market by market.
        identity: identityOf(fields.tradeId, fields.orderId, canonical(fields.price), canonical(fields.size)),
        symbol: fields.symbol,
        ...(split > 0 && { base: fields.symbol.slice(0, split), quote: fields.symbol.slice(split + 1) }),
        side: fields.side,
        price: fields.price,
        amount: fields.size,
        quoteAmount: fields.notional,
        fee: fields.fee,
        feeCurrency: fields.fee === undefined ? undefined : fields.feeCoinName,
        role: roleOf(fields.tradeRole),
        orderId: fields.orderId,
        tradeId: fields.tradeId,
        orderMode: fields.orderMode,
        raw,
      }
    }),
}
