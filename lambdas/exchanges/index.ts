import type { ExchangeDefinition } from '../domain/exchange.ts'
import { bitmart } from './bitmart/index.ts'

/** Every exchange there is, by id. A new one is one more folder and one more line. */
export const exchanges: ReadonlyMap<string, ExchangeDefinition> = new Map(
  [bitmart].map((exchange) => [exchange.id, exchange]),
)
