import { expect, it } from 'vitest'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { proxiesOf } from '../../lambdas/exchanges/proxies.ts'
import { placesAsked } from '../../local/import/places-asked.ts'

const proxy = { HTTPS_PROXY: 'http://me:secret@proxy.example:3128' }

it.each([
  ['BitMart', {}],
  ['BitMart through the proxy proxy.example:3128', proxy],
  [
    'BitMart, for api-cloud-v2.bitmart.com, through the proxy proxy.example:3128',
    { ...proxy, NO_PROXY: 'api-cloud.bitmart.com' },
  ],
  ['BitMart', { ...proxy, NO_PROXY: '.bitmart.com' }],
])('an import says that it asks %s', (words, env) => {
  expect(placesAsked(bitmart, {}, proxiesOf(env))).toBe(words)
})

it('an import names the places that stand in for the exchange', () => {
  const hosts = { spot: 'http://127.0.0.1:8080' }
  expect(placesAsked(bitmart, hosts, proxiesOf(proxy))).toBe(
    'BitMart at http://127.0.0.1:8080, for api-cloud-v2.bitmart.com, through the proxy proxy.example:3128',
  )
})
