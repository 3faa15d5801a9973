import { cloudStores, sleep } from '../adapters/cloud.ts'
import { inBackground } from '../adapters/patience.ts'
import { openTelemetry, type Telemetry } from '../adapters/telemetry.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { Secret } from '../domain/secret.ts'
import { openExchangeClient } from '../exchanges/ccxt-client.ts'
import { hostsOf } from '../exchanges/hosts.ts'
import { exchanges } from '../exchanges/index.ts'
import { fetchMarkets } from '../use-cases/fetch-markets.ts'
import { catalogueEnvironment } from './env.ts'
import type { Invocation } from './invocation.ts'

const env = catalogueEnvironment.parse(process.env)
const { catalogue } = cloudStores(env.TABLE_NAME, inBackground)
const telemetry = openTelemetry()
const clock = Date.now

/** The catalogues are public. */
const nobody = { apiKey: new Secret(''), secret: new Secret('') }

/**
 * Fetches the markets of every exchange. One that does not answer keeps the markets that were known, and no other waiting: there is no
 * order among them.
 */
export async function handler(_event: unknown, invocation: Invocation): Promise<void> {
  await telemetry.invocation(invocation.awsRequestId, {}, async (here) => {
    const all = await Promise.allSettled([...exchanges.values()].map((exchange) => refresh(here, exchange)))
    for (const one of all) if (one.status === 'rejected') throw one.reason
  })
}

async function refresh(here: Telemetry, exchange: ExchangeDefinition): Promise<void> {
  const client = openExchangeClient(exchange, nobody, {
    hosts: hostsOf(process.env, exchange),
    clock,
    sleep,
    random: Math.random,
  })
  try {
    const begun = clock()
    const { spot, futures } = await fetchMarkets({ client, clock, catalogue }, exchange, 0)
    const kept = await catalogue.load(exchange.id)
    const failed = kept === undefined || kept.fetchedAt < begun
    here.log(failed ? 'warn' : 'info', failed ? 'catalogue-failed' : 'catalogue', {
      exchange: exchange.id,
      markets: spot.size + futures.size,
    })
    here.measure('MarketsListed', spot.size + futures.size)
    here.measure('CataloguesFailed', failed ? 1 : 0)
  } finally {
    await client.close()
  }
}
