import type { ExchangeDefinition } from '../domain/exchange.ts'
import { bingx } from './bingx/index.ts'
import { bitmart } from './bitmart/index.ts'
import { bitrue } from './bitrue/index.ts'

/** Every exchange there is, by id. A new one is one more folder and one more line. */
export const exchanges: ReadonlyMap<string, ExchangeDefinition> = new Map(
  [bitmart, bingx, bitrue].map((exchange) => [exchange.id, exchange]),
)
