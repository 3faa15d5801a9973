import { z } from 'zod'
import type { ExchangeDefinition, MarketSource } from '../../domain/exchange.ts'
import type { ExchangeRequest, RateLimit } from '../../domain/stream.ts'
import { amount, id, milliseconds } from '../row.ts'
import { asked, told } from './coins.ts'
import { bothFamilies, contractOf, type Family, isOf } from './contracts.ts'
import { account, publicCalls, spotWeight } from './rates.ts'

export const serverTime: ExchangeDefinition['serverTime'] = {
  request: {
    access: 'public',
    section: ['spot', 'v1'],
    method: 'GET',
    path: 'time',
    params: {},
    rate: publicCalls,
  },
  time: z.object({ serverTime: milliseconds }).transform(({ serverTime: time }) => time),
}

/** Symbols, coins and limits at once. */
const exchangeInfo: ExchangeRequest = {
  access: 'public',
  section: ['spot', 'v1'],
  method: 'GET',
  path: 'exchangeInfo',
  params: {},
  rate: publicCalls,
}

const spotSource: MarketSource = {
  product: 'spot',
  request: exchangeInfo,
  markets: z
    .object({ symbols: z.array(z.object({ symbol: id, baseAsset: id, quoteAsset: id })) })
    .transform(({ symbols }) =>
      symbols.map(({ symbol, baseAsset, quoteAsset }) => ({
        symbol: told(symbol),
        base: told(baseAsset),
        quote: told(quoteAsset),
      })),
    ),
}

const contract = z.object({ symbol: id, multiplier: amount })

/** Contracts that are open. Those of the one family are so many coins each, those of the other so many dollars. */
function contractSource(family: Family): MarketSource {
  return {
    product: 'futures',
    request: {
      access: 'public',
      section: [family.section, 'v1'],
      family: 'contracts',
      method: 'GET',
      path: 'contracts',
      params: {},
      rate: publicCalls,
    },
    markets: z
      .array(contract)
      .nonempty()
      .transform((contracts) =>
        contracts.flatMap(({ symbol, multiplier }) => {
          const name = contractOf(symbol)
          if (name === undefined || !isOf(family, symbol)) return []
          return family.account === 'usdt-m'
            ? [{ symbol, ...name, settle: name.quote, contractSize: multiplier }]
            : [{ symbol, ...name, settle: name.base }]
        }),
      ),
  }
}

export const marketSources: ExchangeDefinition['marketSources'] = [
  spotSource,
  ...bothFamilies.map(contractSource),
]

export const coinSource: ExchangeDefinition['coinSource'] = {
  request: exchangeInfo,
  coins: z
    .object({ coins: z.array(z.object({ coin: id })) })
    .transform(({ coins }) => [...new Set(coins.map(({ coin }) => asked(coin)))]),
}

export const holdings: ExchangeDefinition['holdings'] = {
  request: {
    access: 'private',
    section: ['spot', 'v1'],
    method: 'GET',
    path: 'account',
    params: {},
    ...account,
  },
  coins: z
    .object({ balances: z.array(z.object({ asset: id, free: amount, locked: amount })) })
    .transform(({ balances }) =>
      Object.fromEntries(balances.map(({ asset, free, locked }) => [told(asset), `${free} ${locked}`])),
    ),
}

/** Milliseconds of the intervals in which limits are told, in the singular or the plural. */
const intervals: ReadonlyMap<string, number> = new Map([
  ['SECOND', 1_000],
  ['MINUTE', 60_000],
  ['HOUR', 3_600_000],
  ['DAY', 86_400_000],
])

const limit = z.looseObject({ rateLimitType: z.string(), interval: z.string(), limit: z.int().positive() })

/** What the address may weigh by now: 1,200, 1,500, 6,000 and 25,000 a minute were seen. */
export const toldLimits: ExchangeDefinition['toldLimits'] = {
  request: exchangeInfo,
  limits: z
    .object({ rateLimits: z.array(z.unknown()) })
    .transform(({ rateLimits }) => rateLimits.flatMap(spotWeightIn)),
}

function spotWeightIn(told: unknown): readonly RateLimit[] {
  const { data } = limit.safeParse(told)
  const per = intervals.get(data?.interval.replace(/S$/, '') ?? '')
  if (data === undefined || per === undefined || !/^REQUESTS?_WEIGHT$/.test(data.rateLimitType)) return []
  return [{ ...spotWeight, calls: data.limit, per }]
}
