import { anyData, type ExchangeClient } from '../domain/client.ts'
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
 * does not answer, or answers nothing, leaves what was known before; markets that are gone from it stay known, as such.
 */
export async function fetchMarkets(
  { client, clock, catalogue }: MarketPorts,
  exchange: ExchangeDefinition,
  maxAge: number,
): Promise<Markets> {
  const kept = await catalogue.load(exchange.id)
  if (kept !== undefined && clock() - kept.fetchedAt < maxAge) return kept.markets
  const known = kept?.markets ?? noMarkets
  const { coinSource } = exchange
  let coins: readonly string[] | undefined
  const answers = await Promise.all(
    exchange.marketSources.map(async (source) => {
      if (source.request !== coinSource?.request) return askSource(client, source)
      // The same answer lists the coins.
      const both = await askBoth(client, source, coinSource.coins)
      coins = both.coins
      return both.markets
    }),
  )
  const listed = (product: MarketSource['product']) =>
    answers.flatMap((answer, index) => (exchange.marketSources[index]?.product === product ? answer : []))
  coins ??= await askCoins(client, exchange)
  const isWhole = [...answers, coins].every((answer) => answer === undefined || answer.length > 0)
  const now = new Set([...answers.flat().map(({ symbol }) => symbol), ...(coins ?? [])])
  const ever = [...known.spot.keys(), ...known.futures.keys(), ...(known.coins ?? [])]
  const gone = [...(isWhole ? ever : (known.gone ?? []))].filter((name) => !now.has(name))
  const markets: Markets = {
    spot: merge(known.spot, listed('spot')),
    futures: merge(known.futures, listed('futures')),
    ...(coins !== undefined && { coins: [...new Set([...(known.coins ?? []), ...coins])] }),
    ...(gone.length > 0 && { gone: new Set(gone) }),
  }
  if (isWhole) await catalogue.save(exchange.id, markets, clock())
  return markets
}

function askSource(client: ExchangeClient, source: MarketSource): Promise<readonly Market[]> {
  return emptyOnFailure(client.ask(source.request, source.markets, { attempts: sourceAttempts }))
}

async function askBoth(
  client: ExchangeClient,
  { request, markets }: MarketSource,
  coins: CoinList,
): Promise<{ readonly markets: readonly Market[]; readonly coins: readonly string[] }> {
  const [both] = await emptyOnFailure(
    client.ask(
      request,
      anyData
        .transform((answer) => [
          { markets: markets.safeParse(answer).data, coins: coins.safeParse(answer).data },
        ])
        .refine(([said]) => said?.markets !== undefined),
      { attempts: sourceAttempts },
    ),
  )
  return { markets: both?.markets ?? [], coins: both?.coins ?? [] }
}

type CoinList = NonNullable<ExchangeDefinition['coinSource']>['coins']

/** Undefined where the exchange lists no coins. */
async function askCoins(
  client: ExchangeClient,
  { coinSource }: ExchangeDefinition,
): Promise<readonly string[] | undefined> {
  if (coinSource === undefined) return undefined
  return emptyOnFailure(client.ask(coinSource.request, coinSource.coins, { attempts: sourceAttempts }))
}

async function emptyOnFailure<T>(answer: Promise<{ readonly data: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await answer).data
  } catch (error) {
    if (error instanceof FailureError) return []
    throw error
  }
}

function merge(known: ReadonlyMap<string, Market>, listed: readonly Market[]): ReadonlyMap<string, Market> {
  return new Map([...known, ...listed.map((market): [string, Market] => [market.symbol, market])])
}
