import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { day, hour, minute } from '../../domain/window.ts'
import { listOf } from '../list.ts'
import { amount, id, milliseconds, optionalAmount, optionalText, type Row } from '../row.ts'
import { feeOf } from './fees.ts'
import { inMilliseconds, month, opened, shortestDepth, unverifiedEnds, wholeSeconds } from './history.ts'
import { coinsOf } from './market.ts'
import { spotFills } from './rates.ts'

const spotFill = z.object({
  symbol: id,
  id,
  orderId: id,
  price: amount,
  qty: amount,
  quoteQty: optionalAmount,
  commission: optionalAmount,
  commissionAsset: optionalText,
  time: milliseconds,
  isBuyer: z.boolean(),
  isMaker: z.boolean().optional(),
})

/** The table says 1,000 and the note below it 500: asked for 500, both readings bring what was asked for. */
const pageCap = 500

export const spotTradeStream: WindowStream<Row<z.output<typeof spotFill>>> = {
  reads: 'windows',
  stream: 'spot-trade',
  title: 'Spot fills',
  mutable: false,
  partitions: ['spot'],
  maxSpan: month,
  ...wholeSeconds,
  pageCap,
  depth: shortestDepth,
  reportedDepth: 90 * day,
  opened,
  settleLag: 10 * minute,
  lookBack: 6 * hour,
  rate: spotFills.rate,
  splits: [
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'spot', mayBeDemanded: true },
    { filter: 'orderId', of: (fill) => fill.orderId },
  ],
  unverified: [
    {
      says: 'How far back fills are served: 7 days are documented, others were answered for 90. A question that begins much earlier was answered with the newest fills instead. Older time is believed only where a row of it, or an older one, was served.',
      probe: 'reach',
    },
    { says: 'The longest time span that one question may have: 90 days were answered.', probe: 'span' },
    unverifiedEnds,
    { says: 'Whether a page holds up to 500 or up to 1,000 fills: 500 are asked for.', probe: 'page' },
    { says: 'Whether a fuller window shows its oldest fills or its newest.', probe: 'order' },
    {
      says: 'Whether fills of all symbols are served where none is named, as others were answered. Where that is refused, every symbol that is known is asked for.',
      probe: 'filter',
    },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['spot', 'v1'],
    method: 'GET',
    path: 'trade/myTrades',
    params: { ...filters, startTime: inMilliseconds(start), endTime: inMilliseconds(end), limit: pageCap },
    ...spotFills,
  }),
  rows: z.object({ fills: listOf(spotFill, 'time') }).transform(({ fills }) => fills),
  normalise: (rows) =>
    rows.map(
      ({ fields, raw }): Transaction => ({
        stream: 'spot-trade',
        time: fields.time,
        // Ids are counted market by market, and an order's id is of all; a market may be renamed after the trade.
        identity: identityOf(fields.id, fields.orderId, canonical(fields.price), canonical(fields.qty)),
        symbol: fields.symbol,
        ...coinsOf(fields.symbol),
        side: fields.isBuyer ? 'buy' : 'sell',
        price: fields.price,
        amount: fields.qty,
        quoteAmount: fields.quoteQty,
        ...feeOf(fields.commission, fields.commissionAsset),
        role: fields.isMaker === undefined ? undefined : fields.isMaker ? 'maker' : 'taker',
        orderId: fields.orderId,
        tradeId: fields.id,
        raw,
      }),
    ),
}
