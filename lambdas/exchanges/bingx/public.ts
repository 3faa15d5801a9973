import { z } from 'zod'
import type { ExchangeDefinition } from '../../domain/exchange.ts'
import { id, milliseconds } from '../row.ts'
import { coinsOf } from './market.ts'
import { publicCalls } from './rates.ts'

/** The one of futures: that of spot was seen to answer seconds. */
export const serverTime: ExchangeDefinition['serverTime'] = {
  request: {
    access: 'public',
    section: ['swap', 'v2'],
    method: 'GET',
    path: 'server/time',
    params: {},
    rate: publicCalls,
  },
  time: z.object({ serverTime: milliseconds }).transform(({ serverTime: time }) => time),
}

const spotMarket = z.object({ symbol: id })
const contract = z.object({ symbol: id, asset: id, currency: id })

export const marketSources: ExchangeDefinition['marketSources'] = [
  {
    product: 'spot',
    request: {
      access: 'public',
      section: ['spot', 'v1'],
      method: 'GET',
      path: 'common/symbols',
      params: {},
      rate: publicCalls,
    },
    // Neither base nor quote are named. What has no hyphen is no market of two coins.
    markets: z.object({ symbols: z.array(spotMarket) }).transform(({ symbols }) =>
      symbols.flatMap(({ symbol }) => {
        const coins = coinsOf(symbol)
        return coins === undefined ? [] : [{ symbol, ...coins }]
      }),
    ),
  },
  {
    product: 'futures',
    request: {
      access: 'public',
      section: ['swap', 'v2'],
      method: 'GET',
      path: 'quote/contracts',
      params: {},
      rate: publicCalls,
    },
    // Quantities of these contracts are coins: there is no size to multiply by.
    markets: z
      .array(contract)
      .nonempty()
      .transform((contracts) =>
        contracts.map(({ symbol, asset, currency }) => ({
          symbol,
          base: asset,
          quote: currency,
          settle: currency,
        })),
      ),
  },
]
