import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { day, minute } from '../../domain/window.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalAmount, optionalId, type Row } from '../row.ts'
import { directionOf, positionSide, side } from './direction.ts'
import { feeOf } from './fees.ts'
import { inMilliseconds, opened, shortestDepth, unverifiedEnds, week, wholeSeconds } from './history.ts'
import { coinsOf } from './market.ts'
import { coinFills, coinOrders } from './rates.ts'

/** The accounts of contracts that settle in their own coin. */
const coinAccount = 'coin-m'

const coinFill = z.object({
  orderId: id,
  tradeId: id,
  symbol: id,
  side,
  positionSide,
  volume: amount,
  tradePrice: amount,
  // In dollars, whatever the coin.
  amount: optionalAmount,
  realizedPnl: optionalAmount,
  commission: optionalAmount,
  currency: optionalId,
  maker: z.boolean().optional(),
  tradeTime: milliseconds,
})

const pageCap = 1_000

/**
 * Fills of COIN-M contracts. There is no question for those of a time: orders are listed, and each is asked for its fills. A
 * contract is so many dollars, so that an amount in coins would have to be rounded: it stays open.
 */
export const coinFuturesTradeStream: WindowStream<Row<z.output<typeof coinFill>>> = {
  reads: 'windows',
  stream: 'futures-trade',
  title: 'Fills of COIN-M contracts',
  mutable: false,
  partitions: [coinAccount],
  partitionOf: ({ account }) => (account === coinAccount ? coinAccount : undefined),
  maxSpan: week,
  ...wholeSeconds,
  pageCap,
  depth: shortestDepth,
  opened,
  settleLag: 10 * minute,
  // An order may be filled long after it was made, which is what it is listed by.
  lookBack: 19 * day,
  rate: coinFills.rate,
  splits: [],
  perishable: { after: shortestDepth, what: 'orders may not be listed any more, and fills not be found' },
  byParts: {
    filter: 'orderId',
    pageCap,
    ask: ({ start, end, filters }) => ({
      access: 'private',
      section: ['cswap', 'v1'],
      method: 'GET',
      path: 'trade/orderHistory',
      params: { ...filters, startTime: inMilliseconds(start), endTime: inMilliseconds(end), limit: pageCap },
      ...coinOrders,
    }),
    values: z
      .object({ orders: z.array(z.object({ orderId: id })).nullable() })
      .transform(({ orders }) => (orders ?? []).map(({ orderId }) => orderId)),
  },
  unverified: [
    {
      says: 'Fills are found by their orders: those of an order that is not listed, or was filled long after it was made, are not found.',
      probe: 'by-order',
    },
    {
      says: 'How far back orders are listed: 7 days are what is answered when no time is asked for.',
      probe: 'reach',
    },
    unverifiedEnds,
    {
      says: 'The amount in coins: fills tell contracts, dollars and a price, of which it would have to be rounded.',
    },
    { says: 'Whether a fill in one-way mode opened or closed a position: its side is BOTH.' },
  ],
  ask: ({ filters }) => ({
    access: 'private',
    section: ['cswap', 'v1'],
    method: 'GET',
    path: 'trade/allFillOrders',
    params: { ...filters, pageIndex: 1, pageSize: pageCap },
    ...coinFills,
  }),
  rows: listOf(coinFill, 'tradeTime'),
  normalise: (rows) =>
    rows.map(
      ({ fields, raw }): Transaction => ({
        stream: 'futures-trade',
        time: fields.tradeTime,
        identity: identityOf(
          fields.tradeId,
          fields.orderId,
          canonical(fields.tradePrice),
          canonical(fields.volume),
        ),
        symbol: fields.symbol,
        ...coinsOf(fields.symbol),
        ...directionOf(fields.side, fields.positionSide),
        price: fields.tradePrice,
        quoteAmount: fields.amount,
        ...feeOf(fields.commission, fields.currency),
        role: fields.maker === undefined ? undefined : fields.maker ? 'maker' : 'taker',
        orderId: fields.orderId,
        tradeId: fields.tradeId,
        contracts: fields.volume,
        realizedPnl: fields.realizedPnl,
        account: coinAccount,
        raw,
      }),
    ),
}
