import { Secret } from '../../lambdas/domain/secret.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'

/** Asks every exchange what time it is where nobody listens, and prints why that was not told: bundled, as the cloud runs it. */
const nobody = 'http://127.0.0.1:9'
for (const exchange of exchanges.values()) {
  const client = openExchangeClient(
    exchange,
    { apiKey: new Secret('k'), secret: new Secret('s'), passphrase: new Secret('p') },
    {
      hosts: Object.fromEntries(Object.keys(exchange.hosts).map((name) => [name, nobody])),
      clock: Date.now,
      sleep: async () => undefined,
      random: Math.random,
    },
  )
  const failure = await client.learnTime({ attempts: 1 })
  process.stdout.write(`${exchange.id} ${failure?.kind} ${failure?.code}\n`)
  await client.close()
}
