import { connect as connectSocket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { ask, key, openLocalHome } from './local-home.ts'

describe('the local server and web pages', () => {
  const foreign: readonly [string, Record<string, string>][] = [
    ['a name that somebody points here', { host: 'evil.example' }],
    ['a name that looks like ours', { host: '127.0.0.1.evil.example' }],
    ['another address of this computer', { host: '192.168.0.9' }],
    ['a page elsewhere', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page of another program here', { origin: 'http://localhost:3000' }],
    ['a page over https', { origin: 'https://127.0.0.1' }],
    ['a page elsewhere, without its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another program here, without its origin', { 'sec-fetch-site': 'same-site' }],
  ]
  it.each(foreign)('answer 403 to %s, for reading, writing and the page itself', async (_what, headers) => {
    const { serve } = await openLocalHome()
    const server = await serve()
    for (const [method, path, body] of [
      ['GET', '/v1/connections', undefined],
      ['GET', '/docs', undefined],
      ['POST', '/v1/connections', key],
      ['DELETE', '/v1/connections/x?history=delete', undefined],
      ['OPTIONS', '/v1/connections', undefined],
    ] as const) {
      const { status, json, headers: answered } = await ask(server, method, path, body, headers)
      expect([status, json?.code], path).toEqual([403, 'forbidden-origin'])
      expect(answered['access-control-allow-origin']).toBeUndefined()
      expect(answered['cache-control']).toBe('no-store')
    }
  })

  it('answers nothing to a Host that is no name', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    const { status, text: answer } = await ask(server, 'GET', '/v1/exchanges', undefined, {
      host: 'localhost@evil.example',
    })
    expect([status, answer]).toEqual([400, ''])
  })

  it('answers its own page, and programs under each of its names', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    const { host, port } = new URL(server.address)
    const own: readonly Record<string, string>[] = [
      { host: `localhost:${port}` },
      { host: `LOCALHOST:${port}` },
      { host: `[::1]:${port}` },
      { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      { host, 'sec-fetch-site': 'none' },
    ]
    for (const headers of own)
      expect((await ask(server, 'GET', '/docs', undefined, headers)).status).toBe(200)
  })

  it('answers 415 to a form, which a page can send without asking', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    const { status } = await ask(server, 'POST', '/v1/connections', key, { 'content-type': 'text/plain' })
    expect(status).toBe(415)
  })

  it('says why it reads neither an address that is too long nor what is no request', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    const long = await ask(server, 'GET', `/v1/connections/${'x'.repeat(20_000)}`)
    expect([long.status, long.headers['content-type']]).toEqual([400, 'application/problem+json'])
    expect(long.json).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('shorten') })
    const socket = connectSocket(Number(new URL(server.address).port), '127.0.0.1')
    socket.end('HELLO\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\n\{.*"code":"invalid-request".*\}$/)
    expect((await ask(server, 'GET', '/v1/connections')).status).toBe(200)
  })

  it('answers 413 to a body that never seems to end, and stays well', async () => {
    const { serve } = await openLocalHome()
    const server = await serve()
    const long = { ...key, label: 'x'.repeat(400_000) }
    expect((await ask(server, 'POST', '/v1/connections', long)).status).toBe(413)
    expect((await ask(server, 'GET', '/v1/exchanges')).status).toBe(200)
  })
})
