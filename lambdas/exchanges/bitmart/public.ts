import { z } from 'zod'
import type { ExchangeDefinition } from '../../domain/exchange.ts'
import { amount, id, milliseconds } from '../row.ts'
import { publicCalls } from './rates.ts'

export const serverTime: ExchangeDefinition['serverTime'] = {
  request: { access: 'public', method: 'GET', path: 'system/time', params: {}, rate: publicCalls },
  time: z.object({ server_time: milliseconds }).transform(({ server_time }) => server_time),
}

export const marketSources: ExchangeDefinition['marketSources'] = [
  {
    product: 'spot',
    request: {
      access: 'public',
      method: 'GET',
      path: 'spot/v1/symbols/details',
      params: {},
      rate: publicCalls,
    },
    markets: z
      .object({ symbols: z.array(z.object({ symbol: id, base_currency: id, quote_currency: id })) })
      .transform(({ symbols }) =>
        symbols.map(({ symbol, base_currency, quote_currency }) => ({
          symbol,
          base: base_currency,
          quote: quote_currency,
        })),
      ),
  },
  {
    product: 'futures',
    request: {
      access: 'public',
      method: 'GET',
      path: 'contract/public/details',
      params: {},
      rate: publicCalls,
    },
    markets: z
      .object({
        symbols: z.array(
          z.object({ symbol: id, base_currency: id, quote_currency: id, contract_size: amount }),
        ),
      })
      .transform(({ symbols }) =>
        symbols.map(({ symbol, base_currency, quote_currency, contract_size }) => ({
          symbol,
          base: base_currency,
          quote: quote_currency,
          settle: quote_currency,
          contractSize: contract_size,
        })),
      ),
  },
]
