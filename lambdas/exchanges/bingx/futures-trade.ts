import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { WindowStream } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import { day, minute } from '../../domain/window.ts'
import { listOf } from '../list.ts'
import { amount, id, optionalAmount, optionalText, type Row, roleOf } from '../row.ts'
import { offsetTime } from '../text-times.ts'
import { directionOf, positionSide, side } from './direction.ts'
import { feeOf } from './fees.ts'
import { inMilliseconds, opened, unverifiedEnds, week, wholeSeconds } from './history.ts'
import { coinsOf } from './market.ts'
import { futuresFills } from './rates.ts'

/** The account of contracts that settle in USDT or USDC. Its fills and its ledger do not name it; their endpoints do. */
export const usdtAccount = 'usdt-m'

const futuresFill = z.object({
  symbol: id,
  tradeId: id,
  orderId: id,
  qty: amount,
  price: amount,
  quoteQty: optionalAmount,
  commission: optionalAmount,
  commissionAsset: optionalText,
  realisedPNL: optionalAmount,
  role: optionalText,
  side,
  positionSide,
  // Never `filledTm`: it ends in `Z` and is eight hours late.
  filledTime: offsetTime,
})

const list = listOf(futuresFill, 'filledTime', offsetTime)

const pageCap = 1_000

/** Fills of USDT-M contracts, each with its id and its profit, for as long as BingX keeps them. */
export const futuresTradeStream: WindowStream<Row<z.output<typeof futuresFill>>> = {
  reads: 'windows',
  stream: 'futures-trade',
  title: 'Fills of USDT-M contracts',
  mutable: false,
  partitions: [usdtAccount],
  partitionOf: ({ account, tradeId }) =>
    account === usdtAccount && tradeId !== undefined ? usdtAccount : undefined,
  maxSpan: week,
  ...wholeSeconds,
  pageCap,
  depth: 7 * day,
  opened,
  settleLag: 10 * minute,
  // A backend of BingX answered for a while that there was nothing: what it left out is found again within days.
  lookBack: 3 * day,
  rate: futuresFills.rate,
  splits: [
    { filter: 'symbol', of: (fill) => fill.symbol, catalogue: 'futures', mayBeDemanded: true },
    { filter: 'orderId', of: (fill) => fill.orderId },
  ],
  perishable: { after: 7 * day, what: 'fills lose their trade id and their profit' },
  unverified: [
    {
      says: 'How far back fills are served: 7 days are documented. Older time is believed only where a row of it, or an older one, was served.',
      probe: 'reach',
    },
    unverifiedEnds,
    { says: 'Which fills of a fuller window are served.', probe: 'order' },
    {
      says: 'Whether fills of all symbols, and of contracts in USDT and in USDC, are served where none is named.',
      probe: 'filter',
    },
    { says: 'Whether a fill in one-way mode opened or closed a position: its side is BOTH.' },
  ],
  ask: ({ start, end, filters }) => ({
    access: 'private',
    section: ['swap', 'v2'],
    method: 'GET',
    path: 'trade/fillHistory',
    params: {
      ...filters,
      startTs: inMilliseconds(start),
      endTs: inMilliseconds(end),
      pageIndex: 1,
      pageSize: pageCap,
    },
    ...futuresFills,
  }),
  // The list was called otherwise before.
  rows: z.union([
    z.object({ fill_history_orders: list }).transform(({ fill_history_orders }) => fill_history_orders),
    z.object({ fill_orders: list }).transform(({ fill_orders }) => fill_orders),
  ]),
  normalise: (rows) =>
    rows.map(
      ({ fields, raw }): Transaction => ({
        stream: 'futures-trade',
        time: fields.filledTime,
        // Ids of trades may be counted market by market, and an order's id is of all; a market may be renamed after the trade.
        identity: identityOf(fields.tradeId, fields.orderId, canonical(fields.price), canonical(fields.qty)),
        symbol: fields.symbol,
        ...coinsOf(fields.symbol),
        ...directionOf(fields.side, fields.positionSide),
        price: fields.price,
        amount: fields.qty,
        quoteAmount: fields.quoteQty,
        ...feeOf(fields.commission, fields.commissionAsset),
        role: roleOf(fields.role),
        orderId: fields.orderId,
        tradeId: fields.tradeId,
        realizedPnl: fields.realisedPNL,
        account: usdtAccount,
        raw,
      }),
    ),
}
