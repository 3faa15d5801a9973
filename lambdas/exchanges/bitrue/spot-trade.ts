import { z } from 'zod'
import { canonical } from '../../domain/amount.ts'
import type { Hint, ListStream, Markets } from '../../domain/stream.ts'
import { identityOf, type Transaction } from '../../domain/transaction.ts'
import {
  amount,
  id,
  milliseconds,
  optionalAmount,
  optionalId,
  optionalText,
  type Row,
  rowsOf,
} from '../row.ts'
import { servedField } from '../served-field.ts'
import { told } from './coins.ts'
import {
  list,
  turn,
  undocumented,
  unverifiedDepth,
  unverifiedNames,
  unverifiedOrder,
  unverifiedPace,
} from './history.ts'
import { spotFills } from './rates.ts'
import { spotOrders } from './spot-orders.ts'

const spotFill = z.object({
  symbol: id,
  id,
  // Since 2023.
  tradeId: optionalId,
  orderId: id,
  price: amount,
  qty: amount,
  commission: optionalAmount,
  // The documents spell it with another letter, and so may Bitrue one day.
  commissionAssert: optionalText,
  commissionAsset: optionalText,
  time: milliseconds,
  isBuyer: z.boolean(),
  isMaker: z.boolean().optional(),
})

/** A symbol is two coins without anything between them: `1INCHUSDT`. */
const symbolPattern = /^[^-_#]+$/u

/**
 * A symbol that is named; of a coin those that trade it, or, where none does any more, those that may have. What is listed as the one
 * is not taken for the other.
 */
function suggestedBy(hint: Hint, { spot }: Markets): readonly string[] {
  const markets = [...spot.values()]
  if ('symbol' in hint) {
    const symbol = told(hint.symbol)
    const isCoin = !spot.has(symbol) && markets.some(({ base, quote }) => base === symbol || quote === symbol)
    return isCoin || !symbolPattern.test(symbol) ? [] : [symbol]
  }
  const coin = told(hint.coin)
  if (spot.has(coin)) return []
  const listed = markets.filter(({ base }) => base === coin).map(({ symbol }) => symbol)
  if (listed.length > 0 || !symbolPattern.test(coin)) return listed
  const quotes = new Set(markets.map(({ quote }) => quote))
  // A coin that others are priced in is held because they are traded, and says nothing of which.
  return quotes.has(coin) ? [] : [...quotes].map((quote) => coin + quote)
}

export const spotTradeStream: ListStream<Row<z.output<typeof spotFill>>> = {
  ...list,
  ...undocumented,
  stream: 'spot-trade',
  title: 'Spot fills',
  mutable: false,
  partitions: {
    each: ['symbol', 'symbols'],
    listed: ({ spot }) => [...spot.keys()],
    has: (name) => symbolPattern.test(name),
    suggestedBy,
    every: turn,
  },
  partitionOf: ({ symbol }) => symbol,
  paging: 'none',
  pageSizes: [100, 1_000],
  waysBack: [
    { name: 'end-time', by: 'time' },
    { name: 'from-id', by: 'id', idOf: ({ tradeId }) => tradeId },
    { name: 'from-trade-id', by: 'id', idOf: ({ raw }) => servedField(raw, 'tradeId') },
  ],
  rate: spotFills.rate,
  witness: spotOrders,
  unverified: [
    unverifiedDepth,
    unverifiedPace,
    unverifiedOrder,
    {
      says: 'Whether endTime and fromId have any effect: users report that they have none, and that an answer to them was empty. Each answer to them has to show that it obeys, or what is older than a full page stays a gap.',
      probe: 'filter',
    },
    { says: 'Whether a fill id counts the fills of one symbol or of all.' },
    {
      says: 'Which orders are listed, and how far back: where fills cannot be had, the newest thousand orders are asked for, and those that were filled with more than is stored tell of fills that are missing. That none does proves nothing.',
      probe: 'witness',
    },
    unverifiedNames,
  ],
  ask: ({ partition, filters, limit, until, fromId }) => ({
    access: 'private',
    section: ['spot', 'v2'],
    method: 'GET',
    path: 'myTrades',
    params: {
      ...filters,
      symbol: partition,
      limit,
      ...(until !== undefined && { endTime: until }),
      ...(fromId !== undefined && { fromId }),
    },
    ...spotFills,
  }),
  rows: rowsOf(spotFill, 'time'),
  normalise: (rows, { markets }) =>
    rows.map(({ fields, raw }): Transaction => {
      const market = markets.spot.get(told(fields.symbol))
      const coin = fields.commissionAssert ?? fields.commissionAsset
      return {
        stream: 'spot-trade',
        time: fields.time,
        // An order trades one symbol, and a fill of it has two sides at most: of one account, each by its own order.
        identity: identityOf(fields.id, fields.orderId, canonical(fields.price), canonical(fields.qty)),
        symbol: told(fields.symbol),
        base: market?.base,
        quote: market?.quote,
        side: fields.isBuyer ? 'buy' : 'sell',
        price: fields.price,
        amount: fields.qty,
        fee: fields.commission,
        feeCurrency: fields.commission === undefined || coin === undefined ? undefined : told(coin),
        role: fields.isMaker === undefined ? undefined : fields.isMaker ? 'maker' : 'taker',
        orderId: fields.orderId,
        tradeId: fields.id,
        raw,
      }
    }),
}
