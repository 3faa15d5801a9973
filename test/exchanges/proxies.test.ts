import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Secret } from '../../lambdas/domain/secret.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { placeOf, proxiesOf } from '../../lambdas/exchanges/proxies.ts'
import { startConnectProxy } from './connect-proxy.ts'

const exchange = 'https://api-cloud.bitmart.com/spot/v4'

describe('the proxy of a call', () => {
  it.each([
    [{}, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1' }, 'http://one:1'],
    [{ https_proxy: 'http://two:2', HTTPS_PROXY: 'http://one:1' }, 'http://two:2'],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, 'http://proxy.example:3128'],
    [{ ALL_PROXY: 'socks5://three:3' }, 'socks5://three:3'],
    [{ HTTP_PROXY: 'http://plain:4' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1', NO_PROXY: '*' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1', NO_PROXY: 'a.example, bitmart.com' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1', no_proxy: '.bitmart.com:443' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1', NO_PROXY: '*.BitMart.com' }, undefined],
    [{ HTTPS_PROXY: 'http://one:1', NO_PROXY: 'mart.com,api-cloud.bitmart.com:80' }, 'http://one:1'],
  ])('to the exchange is, with %j, %s', (env, proxy) => {
    expect(proxiesOf(env)(exchange)).toBe(proxy)
  })

  it('to this computer is none, whatever the environment says: a simulator is never behind a proxy', () => {
    const proxyOf = proxiesOf({ ALL_PROXY: 'http://one:1' })
    for (const host of ['127.0.0.1:4010', '127.9.9.9', 'localhost:80', 'bitmart.localhost', '[::1]:4010'])
      expect(proxyOf(`http://${host}/spot`)).toBeUndefined()
    expect(proxyOf('http://127.0.0.1.example/')).toBe('http://one:1')
  })

  it.each(['ftp://user:canary@host', 'http://user:canary@', 'socks4://canary', 'http://[canary'])(
    'is refused by the name of its variable, never by its value: %s',
    (address) => {
      const read = () => proxiesOf({ HTTPS_PROXY: address })
      expect(read).toThrow(/^HTTPS_PROXY must be the address of an HTTP or SOCKS5 proxy, such as /)
      expect(read).not.toThrow(/canary/)
    },
  )

  it('is told without user and password', () => {
    expect(placeOf('http://user:canary@proxy.example:3128/')).toBe('proxy.example:3128')
  })
})

describe('the exchange client behind a proxy', () => {
  const request = {
    access: 'private',
    method: 'POST',
    path: 'spot/v4/query/trades',
    params: { limit: 1 },
    rate: { id: 'test', calls: 1_000, per: 1_000, scope: 'key' },
  } as const

  /** An exchange that is known by a name which only the proxy can find, and one that is known by its address. */
  async function world(refusal?: string) {
    const hosts: string[] = []
    const server = createServer((call, response) => {
      hosts.push(call.headers.host ?? '')
      expect(call.headers).not.toHaveProperty('proxy-authorization')
      call.resume().on('end', () => response.end('{"code":1000,"data":[]}'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = (server.address() as AddressInfo).port
    const proxy = await startConnectProxy(() => port, refusal)
    const client = openExchangeClient(
      bitmart,
      { apiKey: new Secret('key'), secret: new Secret('secret'), passphrase: new Secret('memo') },
      {
        hosts: { spot: 'http://exchange.invalid', swap: `http://127.0.0.1:${port}` },
        proxyOf: proxiesOf({ HTTP_PROXY: `http://me:canary%20word@127.0.0.1:${proxy.port}` }),
        clock: Date.now,
        sleep: async () => undefined,
        random: () => 0.5,
      },
    )
    onTestFinished(async () => {
      await client.close()
      await proxy.close()
      server.closeAllConnections()
      server.close()
    })
    return { client, proxy, hosts, port }
  }

  it('calls through it, with its password, where it should, and straight where it should not', async () => {
    const { client, proxy, hosts, port } = await world()
    for (const path of ['spot/v4/query/trades', 'contract/private/trades', 'spot/v4/query/trades'])
      await client.ask({ ...request, method: path.startsWith('spot') ? 'POST' : 'GET', path }, z.unknown())
    expect(hosts).toEqual(['exchange.invalid', `127.0.0.1:${port}`, 'exchange.invalid'])
    const authorization = `Basic ${Buffer.from('me:canary word').toString('base64')}`
    expect(proxy.tunnels).toEqual([{ to: 'exchange.invalid:80', authorization }])
  })

  it('fails like an exchange that cannot be reached when the proxy refuses, and tells nobody its password', async () => {
    const { client, proxy, hosts } = await world('407 Proxy Authentication Required')
    const failed = await client.ask(request, z.unknown(), { attempts: 2 }).catch((error) => error)
    expect(failed).toMatchObject({ failure: { kind: 'exchange-down' } })
    expect(inspect(failed, { depth: 10 })).not.toMatch(/canary/)
    expect(proxy.tunnels).toHaveLength(2)
    expect(hosts).toEqual([])
  })
})
