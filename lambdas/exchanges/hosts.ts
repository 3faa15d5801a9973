import type { ExchangeDefinition } from '../domain/exchange.ts'

/**
 * Addresses that the environment puts in place of the exchange's own, by host name: a proxy or a simulator. Throws an
 * error of one sentence that names the variable.
 */
export function hostsOf(
  env: Readonly<Record<string, string | undefined>>,
  exchange: ExchangeDefinition,
): Readonly<Record<string, string>> {
  const hosts: Record<string, string> = {}
  for (const [host, variable] of Object.entries(exchange.hostVariables)) {
    const address = env[variable]?.trim() ?? ''
    if (address === '') continue
    if (!URL.canParse(address) || !/^https?:[^?#]*$/i.test(address))
      throw new Error(`${variable} must be an address such as ${exchange.hosts[host]}.`)
    hosts[host] = address.replace(/\/+$/, '')
  }
  return hosts
}
