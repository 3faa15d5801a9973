import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { counted, identityOf, type Transaction } from '../../domain/transaction.ts'
import { day, minute } from '../../domain/window.ts'
import { listOf } from '../list.ts'
import { amount, id, optionalAmount, optionalId, type Row } from '../row.ts'
import { offsetTime } from '../text-times.ts'
import { directionOf, positionSide, side } from './direction.ts'
import { feeOf } from './fees.ts'
import { usdtAccount } from './futures-trade.ts'
import { inMilliseconds, month, opened, unverifiedEnds, wholeSeconds } from './history.ts'
import { coinsOf } from './market.ts'
import { futuresOrderFills } from './rates.ts'

const orderFill = z.object({
  symbol: id,
  orderId: id,
  volume: amount,
  price: amount,
  amount: optionalAmount,
  commission: optionalAmount,
  currency: optionalId,
  // Older answers have neither.
  side: side.optional(),
  positionSide,
  // Never `filledTm`: it ends in `Z` and is eight hours late.
  filledTime: offsetTime,
})

const list = listOf(orderFill, 'filledTime', offsetTime)

const ordersPartition = 'usdt-m-orders'

/** More are not served, and there are no further pages. */
const pageCap = 512

/**
 * What BingX still tells of fills of USDT-M contracts when it no longer tells them one by one: without trade id and profit, at
 * rounded prices. The same fills as the stream beside it, so that it is asked for nothing but what that one has given up.
 */
export const futuresOrderFillsStream: WindowStream<Row<z.output<typeof orderFill>>> = {
  reads: 'windows',
  stream: 'futures-trade',
  title: 'Older fills of USDT-M contracts, without trade ids and profit',
  mutable: false,
  partitions: [ordersPartition],
  partitionOf: ({ account, tradeId }) =>
    account === usdtAccount && tradeId === undefined ? ordersPartition : undefined,
  reserveOf: usdtAccount,
  maxSpan: month,
  ...wholeSeconds,
  pageCap,
  depth: 30 * day,
  opened,
  settleLag: 10 * minute,
  lookBack: 3 * day,
  rate: futuresOrderFills.rate,
  splits: [
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'futures', mayBeDemanded: true },
    { filter: 'orderId', of: (fill) => fill.orderId },
  ],
  perishable: { after: 30 * day, what: 'fills are no longer served' },
  unverified: [
    { says: 'How far back fills are served: 30 days are documented.', probe: 'reach' },
    unverifiedEnds,
    { says: 'Which 512 fills of a fuller window are served.', probe: 'order' },
    {
      says: 'Whether a key that may only read is answered: one page asks for the right to trade.',
      probe: 'permission',
    },
    { says: 'Whether the filter by symbol is obeyed: to others it was not.', probe: 'filter' },
    { says: 'Whether a row is one fill, or all that an order filled within a second.' },
    { says: 'Prices are rounded to four decimals.' },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['swap', 'v2'],
    family: 'traders',
    method: 'GET',
    path: 'trade/allFillOrders',
    params: { ...filters, tradingUnit: 'COIN', startTs: inMilliseconds(start), endTs: inMilliseconds(end) },
    ...futuresOrderFills,
  }),
  rows: z.object({ fill_orders: list }).transform(({ fill_orders }) => fill_orders),
  normalise: (rows) => {
    const identities = counted(
      rows.map(({ fields, raw }) => ({
        raw,
        alike: identityOf(fields.orderId, String(fields.filledTime), canonical(fields.volume)),
      })),
    )
    return rows.map(
      ({ fields, raw }, index): Transaction => ({
        stream: 'futures-trade',
        time: fields.filledTime,
        identity: identities[index] ?? '',
        symbol: fields.symbol,
        ...coinsOf(fields.symbol),
        ...directionOf(fields.side, fields.positionSide),
        price: fields.price,
        amount: fields.volume,
        quoteAmount: fields.amount,
        ...feeOf(fields.commission, fields.currency),
        orderId: fields.orderId,
        account: usdtAccount,
        raw,
      }),
    )
  },
}
