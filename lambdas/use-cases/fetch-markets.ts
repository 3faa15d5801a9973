import type { ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition, MarketSource } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import { type Market, type Markets, noMarkets } from '../domain/stream.ts'

export type Catalogue = { readonly markets: Markets; readonly fetchedAt: number }

export type MarketPorts = {
  readonly client: ExchangeClient
  readonly clock: () => number
  readonly catalogue: {
    load(exchange: string): Promise<Catalogue | undefined>
    save(exchange: string, markets: Markets, fetchedAt: number): Promise<void>
  }
}

/** History must not wait long for a catalogue that is only an addition to it. */
const sourceAttempts = 3

/**
 * The exchange's markets, asked for again when the kept catalogue is older than `maxAge` milliseconds. A source that
 * does not answer, or answers nothing, leaves what was known before; markets that are gone from it stay known.
 */
export async function fetchMarkets(
  { client, clock, catalogue }: MarketPorts,
  exchange: ExchangeDefinition,
  maxAge: number,
): Promise<Markets> {
  const kept = await catalogue.load(exchange.id)
  if (kept !== undefined && clock() - kept.fetchedAt < maxAge) return kept.markets
  const known = kept?.markets ?? noMarkets
  const answers = await Promise.all(exchange.marketSources.map((source) => askSource(client, source)))
  const listed = (product: MarketSource['product']) =>
    answers.flatMap((answer, index) => (exchange.marketSources[index]?.product === product ? answer : []))
  const markets: Markets = {
    spot: merge(known.spot, listed('spot')),
    futures: merge(known.futures, listed('futures')),
  }
  if (answers.every((answer) => answer.length > 0)) await catalogue.save(exchange.id, markets, clock())
  return markets
}

async function askSource(client: ExchangeClient, source: MarketSource): Promise<readonly Market[]> {
  try {
    return (await client.ask(source.request, source.markets, { attempts: sourceAttempts })).data
  } catch (error) {
    if (error instanceof FailureError) return []
    throw error
  }
}

function merge(known: ReadonlyMap<string, Market>, listed: readonly Market[]): ReadonlyMap<string, Market> {
  return new Map([...known, ...listed.map((market): [string, Market] => [market.symbol, market])])
}
