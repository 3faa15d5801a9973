import { once } from 'node:events'
import { join } from 'node:path'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { readHosts } from '../import/environment.ts'
import type { Surroundings } from '../import/run-import.ts'
import { startServer } from '../server.ts'
import type { Exhibit } from './exhibit.ts'

/** Shows the accounts in the console, where their first sync begins before one’s eyes, until Ctrl-C. */
export async function serveDemo(
  exhibits: readonly Exhibit[],
  { clock, sleep, random, signal, stdout }: Surroundings,
  dataDir: string,
): Promise<void> {
  const server = await startServer({
    dataDir: join(dataDir, 'console'),
    port: 0,
    exchanges,
    hosts: new Map(
      exhibits.flatMap(({ id, env }) => {
        const exchange = exchanges.get(id)
        return exchange === undefined ? [] : [[id, readHosts(env, exchange)] as const]
      }),
    ),
    clock,
    sleep,
    random,
    log: () => undefined,
  })
  try {
    for (const exhibit of exhibits) await connect(server.address, exhibit)
    stdout.write(`\nSee for yourself:  ${server.address}\nCtrl-C ends it, and leaves nothing behind.\n`)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.close()
  }
}

/** As the page does it. */
async function connect(address: string, { id, name, env }: Exhibit): Promise<void> {
  const variables = Object.entries(exchanges.get(id)?.credentialVariables ?? {})
  const answer = await fetch(`${address}/v1/connections`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      exchange: id,
      label: `Demo of ${name}`,
      ...Object.fromEntries(variables.map(([field, variable]) => [field, env[variable]])),
    }),
  })
  if (!answer.ok) throw new Error(`The demo account of ${name} cannot be connected (${answer.status}).`)
}
