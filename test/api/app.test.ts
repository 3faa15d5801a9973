import { describe, expect, it } from 'vitest'
import { exchangeList } from '../../lambdas/api/exchange-shapes.ts'
import { problems } from '../../lambdas/api/problem.ts'
import { routes } from '../../lambdas/api/routes.ts'
import { exchange } from '../use-cases/home-in-memory.ts'
import { expectShape, openApp } from './open-app.ts'

describe('the API itself', () => {
  it('describes every exchange from its definition', async () => {
    const { get } = openApp()
    const { status, json } = await get('/v1/exchanges')
    expect(status).toBe(200)
    expectShape(exchangeList, json)
    expect(json.items[0]).toMatchObject({
      id: 'bitmart',
      addresses: { items: ['192.0.2.7'], separator: ',' },
      absent: expect.arrayContaining([expect.stringMatching(/^Isolated margin: what was borrowed, repaid/)]),
      closing: expect.arrayContaining([expect.objectContaining({ at: '2027-01-31T15:59:00.000Z' })]),
    })
    expect(json.items[0].streams).toHaveLength(exchange.streams.length)
  })

  it('answers 404 to an unknown address', async () => {
    const { get, request } = openApp()
    for (const path of [
      '/nothing',
      '/v1',
      '/v1/connections/',
      '/v2/connections',
      '/v1/connections/a/b',
      '//',
    ])
      expect((await get(path)).json.code, path).toBe('not-found')
    expect((await request('POST', '/nothing')).status).toBe(404)
  })

  it('answers 405 with what is allowed', async () => {
    const { request } = openApp()
    for (const [method, path, allow] of [
      ['PATCH', '/v1/connections', 'POST, GET, HEAD'],
      ['PUT', '/v1/connections/x', 'GET, HEAD, PATCH, DELETE'],
      ['GET', '/v1/connections/x/credentials', 'PUT'],
      ['DELETE', '/v1/transactions', 'GET, HEAD'],
      ['POST', '/docs', 'GET, HEAD'],
    ] as const) {
      const { status, headers, json } = await request(method, path)
      expect([status, headers.get('allow'), json.code], path).toEqual([405, allow, 'method-not-allowed'])
    }
    expect((await request('HEAD', '/v1/exchanges')).status).toBe(200)
  })

  it('answers OPTIONS with what is allowed', async () => {
    const { request } = openApp()
    const { status, headers } = await request('OPTIONS', '/v1/exchanges')
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD'])
  })

  it('serves its document and a page that loads nothing from anywhere', async () => {
    const { get } = openApp()
    const document = await get('/openapi.json')
    expect(document.json.openapi).toBe('3.1.0')
    const page = await get('/docs')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toMatch(/<script|<link|<img|src=|@import|url\(/)
    for (const [, target] of page.text.matchAll(/href="#([^"]+)"/g))
      expect(page.text).toContain(`id="${target}"`)
    for (const code of Object.keys(problems)) expect(page.text).toContain(`id="${code}"`)
    for (const { path, summary } of routes) {
      expect(page.text).toContain(path)
      expect(page.text).toContain(summary)
    }
  })

  it('sends every answer with headers that keep browsers from keeping, sniffing, framing or sharing it', async () => {
    const { get, request } = openApp()
    const answers = [
      await get('/v1/exchanges'),
      await get('/nothing'),
      await get('/docs'),
      await request('PUT', '/docs'),
    ]
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('logs each answer by its route’s template, without ids, addresses or bodies', async () => {
    const { connect, get, log } = openApp()
    const { json } = await connect()
    await get(`/v1/connections/${json.id}`)
    await get('/v1/transactions?connection=nobody')
    expect(log).toEqual([
      { event: 'answered', method: 'POST', path: '/v1/connections', status: 201 },
      { event: 'answered', method: 'GET', path: '/v1/connections/{id}', status: 200 },
      { event: 'answered', method: 'GET', path: '/v1/transactions', status: 404, code: 'not-found' },
    ])
  })
})
