import { listed } from '../../lambdas/domain/coverage-words.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { type ProxyOf, placeOf } from '../../lambdas/exchanges/proxies.ts'

/** Whom an import asks, and how. */
export function placesAsked(
  exchange: Pick<ExchangeDefinition, 'name' | 'hosts'>,
  hosts: Readonly<Record<string, string>>,
  proxyOf: ProxyOf,
): string {
  const asked = [...new Set(Object.values({ ...exchange.hosts, ...hosts }))]
  const proxied = asked.flatMap((url) => {
    const proxy = proxyOf(url)
    return proxy === undefined ? [] : [{ url, proxy: placeOf(proxy) }]
  })
  // What is exempt is asked straight: then it is said what is not.
  const which =
    proxied.length === asked.length ? '' : `, for ${listed(proxied.map(({ url }) => new URL(url).host))},`
  const proxies = [...new Set(proxied.map(({ proxy }) => proxy))]
  const through = proxies.length === 0 ? '' : `${which} through the proxy ${listed(proxies)}`
  const places = [...new Set(Object.values(hosts))]
  return `${exchange.name}${places.length === 0 ? '' : ` at ${listed(places)}`}${through}`
}
