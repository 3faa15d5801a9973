import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Credentials } from '../../lambdas/domain/connection.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { jitter } from '../../lambdas/exchanges/pace.ts'
import { publishedSignature } from '../../local/simulated-bitmart/signature.ts'

const canary = 'canary-7f3a-secret'
const credentials = {
  apiKey: new Secret('canary-key'),
  secret: new Secret(canary),
  passphrase: new Secret('canary-memo'),
}
const rate = { id: 'test', calls: 1_000, per: 1_000, scope: 'key' } as const
const fills: ExchangeRequest = {
  access: 'private',
  method: 'POST',
  path: 'spot/v4/query/trades',
  params: { limit: 1 },
  rate,
}
const ok = JSON.stringify({ code: 1000, message: 'success', trace: 't', data: [] })

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

type Respond = (request: IncomingMessage, response: ServerResponse, body: string, call: number) => void

/** Something that others wait for. */
function event() {
  let happen: () => void = () => undefined
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happened, happen: () => happen() }
}

/** A real server whose answers the test writes, and a client pointed at it. */
async function serve(
  respond: Respond,
  options: Partial<Parameters<typeof openExchangeClient>[2]> = {},
  keys: Credentials = credentials,
) {
  const calls: { url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      calls.push({ url: request.url ?? '', headers: request.headers, body })
      respond(request, response, body, calls.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const waits: number[] = []
  let now = 1_700_000_000_000
  const client = openExchangeClient(bitmart, keys, {
    hosts: { spot: url, swap: `${url}/v2` },
    clock: () => now,
    sleep: async (ms) => {
      waits.push(ms)
      now += ms
    },
    random: () => 0.5,
    // Whoever tries time-outs says so: how busy the machine is must not matter to the others.
    timeout: 60_000,
    ...options,
  })
  open.push(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { client, calls, waits }
}

describe('the exchange client', () => {
  it('signs the published example as published', async () => {
    const { secret, memo, timestamp, body, signature } = publishedSignature
    const { client, calls } = await serve(
      (_q, response) => response.end(ok),
      { clock: () => Number(timestamp) },
      {
        apiKey: new Secret('80618e45710812162b04892c7ee5ead4a3cc3e56'),
        secret: new Secret(secret),
        passphrase: new Secret(memo),
      },
    )
    await client.ask({ ...fills, params: JSON.parse(body) }, z.unknown())
    expect(calls[0]?.body).toBe(body)
    expect(calls[0]?.headers).toMatchObject({ 'x-bm-timestamp': timestamp, 'x-bm-sign': signature })
  })

  it('tells by its code that there is no way to an address, and nothing else of what the transport says', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const address = gone.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await new Promise((resolve) => gone.close(resolve))
    const { client } = await serve(() => undefined, { hosts: { spot: `http://127.0.0.1:${port}` } })
    const failure = await client.ask(fills, z.unknown()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ failure: { kind: 'exchange-down', code: 'ECONNREFUSED' } })
    for (const word of [canary, 'canary-key', String(port)])
      expect(inspect(failure, { depth: 9 })).not.toContain(word)
  })

  it('credits no broker', async () => {
    const { client, calls } = await serve((_q, response) => response.end(ok))
    await client.ask(fills, z.unknown())
    expect(calls[0]?.headers).not.toHaveProperty('x-bm-broker-id')
  })

  it('sends a path to the host that the definition names for it', async () => {
    const { client, calls } = await serve((_q, response) => response.end(ok))
    await client.ask({ ...fills, path: 'account/v1/transfer-contract-list' }, z.unknown())
    await client.ask({ ...fills, method: 'GET', path: 'contract/private/trades' }, z.unknown())
    await client.ask(fills, z.unknown())
    expect(calls.map(({ url }) => url.split('?')[0])).toEqual([
      '/v2/account/v1/transfer-contract-list',
      '/v2/contract/private/trades',
      '/spot/v4/query/trades',
    ])
  })

  it.each(
    bitmart.families[''].errors
      .map(({ code = '', means }) => [code, means.kind] as const)
      .filter(([, kind]) => !['rate-limited', 'exchange-down', 'clock-skew'].includes(kind)),
  )('reads error code %s as %s, whatever the HTTP status', async (code, kind) => {
    for (const status of [200, 400, 403]) {
      const { client, calls } = await serve((_q, response) => {
        response.writeHead(status).end(JSON.stringify({ code: Number(code), message: `echo ${canary}` }))
      })
      await expect(client.ask(fills, z.unknown())).rejects.toMatchObject({ failure: { kind, code } })
      expect(calls).toHaveLength(1)
    }
  })

  const passing: [string, (response: ServerResponse) => void][] = [
    ['a 502 with HTML', (response) => response.writeHead(502).end('<html>Bad gateway</html>')],
    ['a 200 with HTML', (response) => response.writeHead(200).end('<html>Hello</html>')],
    [
      'a 403 page of the network in front',
      (response) => response.writeHead(403).end('<html>Attention</html>'),
    ],
    ['a reset connection', (response) => response.destroy()],
    ['truncated JSON', (response) => response.end(ok.slice(0, 20))],
    ['an empty body', (response) => response.end()],
    ['a body without a code', (response) => response.end('{"data":[]}')],
    ['an error without a message', (response) => response.end('{"code":30014}')],
    ['maintenance with HTTP 200', (response) => response.end('{"code":30016,"message":"maintenance"}')],
    ['data of the wrong type', (response) => response.end('{"code":1000,"data":null}')],
    [
      'a body cut short',
      (response) =>
        response.writeHead(200, { 'content-length': 500 }).write('{"code":', () => response.destroy()),
    ],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    [
      'a gzip body that is no gzip',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    ],
  ]
  const silent: typeof passing = [
    ['a hanging answer', () => undefined],
    ['a body that never ends', (response) => response.writeHead(200).write('{"code":')],
  ]
  it.each(passing)('tries again after %s and never takes it for an empty page', async (_what, fail) => {
    const { client, calls } = await serve((_q, response, _body, call) =>
      call === 1 ? fail(response) : response.end(ok),
    )
    await expect(client.ask(fills, z.array(z.unknown()))).resolves.toMatchObject({ data: [] })
    expect(calls).toHaveLength(2)
    expect(client.requests()).toBe(2)
  })

  it.each(silent)('tries again after %s, which nothing but time tells', async (_what, fail) => {
    const { client, calls } = await serve(
      (_q, response, _body, call) => (call === 1 ? fail(response) : response.end(ok)),
      { timeout: 500 },
    )
    await expect(client.ask(fills, z.array(z.unknown()))).resolves.toMatchObject({ data: [] })
    // A good answer that comes late on a busy machine is asked for again, too.
    expect(calls.length).toBeGreaterThanOrEqual(2)
  })

  it('gives up after several attempts with growing waits, and says only what kind of failure it was', async () => {
    const { client, calls, waits } = await serve((_q, response) => response.writeHead(502).end('<html>'))
    await expect(client.ask(fills, z.unknown())).rejects.toMatchObject({ failure: { kind: 'exchange-down' } })
    expect(calls).toHaveLength(9)
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  })

  it('stops trying when the time is over', async () => {
    const { client, calls } = await serve((_q, response) => response.writeHead(502).end(), {
      deadline: 1_700_000_000_000 + 2_000,
    })
    await expect(client.ask(fills, z.unknown())).rejects.toMatchObject({ failure: { kind: 'exchange-down' } })
    expect(calls.length).toBeLessThan(5)
  })

  it('waits as long as a 429 says, and holds back every other question of the same limit', async () => {
    const { client, waits } = await serve((_q, response, _body, call) =>
      call === 1
        ? response.writeHead(429, { 'x-bm-ratelimit-reset': '2' }).end('{"code":30013,"message":"too many"}')
        : response.end(ok),
    )
    await client.ask(fills, z.unknown())
    expect(waits).toEqual([2_000])
  })

  it('keeps to the longest wait that any question of a limit was told, however late it was told', async () => {
    const wakes: (() => void)[] = []
    const asleep: number[] = []
    let now = 0
    const [first, second] = [event(), event()]
    const { client, calls } = await serve(
      async (_q, response, _body, call) => {
        if (call === 1) response.writeHead(429, { 'retry-after': '60' }).end('{"code":30013,"message":"m"}')
        else if (call > 2) response.end(ok)
        else {
          await first.happened
          response.writeHead(429).end('{"code":30013,"message":"m"}')
        }
      },
      {
        clock: () => now,
        sleep: (ms) => {
          asleep.push(ms)
          ;(asleep.length === 1 ? first : second).happen()
          return new Promise((resolve) => wakes.push(resolve))
        },
      },
    )
    const both = Promise.all([client.ask(fills, z.unknown()), client.ask(fills, z.unknown())])
    await second.happened
    expect(asleep).toEqual([60_000, 60_000])
    now = 60_000
    for (const wake of wakes.splice(0)) wake()
    await both
    expect(calls).toHaveLength(4)
  })

  it('keeps waiting through more 429s than it would try other failures', async () => {
    const { client } = await serve((_q, response, _body, call) =>
      call <= 15 ? response.writeHead(429).end('<html>') : response.end(ok),
    )
    await expect(client.ask(fills, z.array(z.unknown()))).resolves.toMatchObject({ data: [] })
  })

  it('learns the exchange’s clock when its own is refused', async () => {
    const { client, calls, waits } = await serve((request, response, _body, call) => {
      if (request.url === '/system/time') response.end('{"code":1000,"data":{"server_time":1700000300000}}')
      else if (call === 1) response.writeHead(401).end('{"code":30007,"message":"timestamp"}')
      else response.end(ok)
    })
    await client.ask(fills, z.unknown())
    expect(waits).toEqual([0])
    expect(Number(calls[2]?.headers['x-bm-timestamp'])).toBe(1_700_000_300_000)
  })

  it('refuses a body larger than its bound, inflated or not', async () => {
    const huge = JSON.stringify({ code: 1000, data: 'x'.repeat(200_000) })
    for (const packed of [false, true]) {
      const { client } = await serve(
        (_q, response) => {
          if (packed) response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(huge))
          else response.end(huge)
        },
        { maxBody: 100_000 },
      )
      await expect(client.ask(fills, z.unknown(), { attempts: 1 })).rejects.toMatchObject({
        failure: { kind: 'exchange-down' },
      })
    }
  })

  it('reads a gzip body', async () => {
    const { client } = await serve((_q, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ok)),
    )
    await expect(client.ask(fills, z.array(z.unknown()))).resolves.toMatchObject({ data: [] })
  })

  it('stops at once when the signal fires', async () => {
    const stop = new AbortController()
    const { client } = await serve(() => stop.abort())
    await expect(client.ask(fills, z.unknown(), { signal: stop.signal })).rejects.toMatchObject({
      failure: { kind: 'aborted' },
    })
  })

  it('shows no secret in any error, however the exchange fails', async () => {
    const errors: unknown[] = []
    for (const [, fail] of [...passing, ...silent]) {
      const { client } = await serve((_q, response) => fail(response), { timeout: 50 })
      errors.push(await client.ask(fills, z.unknown(), { attempts: 1 }).catch((error: unknown) => error))
      errors.push(client)
    }
    const seen = inspect(errors, { depth: 12, showHidden: true })
    expect(seen).not.toContain('canary')
    expect(seen).not.toContain('127.0.0.1')
  })

  it('sends nothing with credentials of which a part is missing', async () => {
    const { apiKey, secret } = credentials
    const { client, calls } = await serve((_q, response) => response.end(ok), {}, { apiKey, secret })
    await expect(client.ask(fills, z.unknown(), { attempts: 1 })).rejects.toBeInstanceOf(FailureError)
    expect(calls).toEqual([])
  })

  it('refuses an exchange that it has no driver for, before anything is sent', async () => {
    const { calls, waits } = await serve((_q, response) => response.end(ok))
    const client = openExchangeClient({ ...bitmart, id: 'mtgox' }, credentials, {
      clock: () => 0,
      sleep: async () => undefined,
      random: () => 0,
    })
    await expect(client.ask(fills, z.unknown())).rejects.toThrow('No driver for the exchange mtgox.')
    await client.close()
    expect([calls, waits]).toEqual([[], []])
  })

  const two = { ...fills, rate: { id: 'two', calls: 2, per: 90, scope: 'key' } as const }

  it('holds back what is beyond a limit until a window after the earlier questions were written', async () => {
    const { client, calls, waits } = await serve((_q, response) => response.end(ok))
    for (let asked = 1; asked <= 2; asked += 1) await client.ask(two, z.unknown())
    expect(waits).toEqual([])
    await client.ask(two, z.unknown())
    expect(waits).toEqual([90 + jitter])
    // The clock stands where that wait left it: the window after the second question is over already.
    await client.ask(two, z.unknown())
    await client.ask(two, z.unknown())
    expect(waits).toEqual([90 + jitter, 0, 90 + jitter])
    expect(calls).toHaveLength(5)
  })

  it('counts the window from when a question may have been counted: as much later than it was written as its answer took longer than the quickest', async () => {
    let now = 1_700_000_000_000
    const sent: number[] = []
    const { client } = await serve(
      (_q, response, _body, call) => {
        sent.push(now - 1_700_000_000_000)
        // One of those that follow may have been long on its way.
        now += call === 4 ? 75 : 30
        response.end(ok)
      },
      {
        clock: () => now,
        sleep: async (ms) => {
          now += ms
        },
      },
    )
    for (let asked = 1; asked <= 6; asked += 1) await client.ask(two, z.unknown())
    const window = 90 + jitter
    const [third, fourth] = [30 + window, 60 + window]
    expect(sent.slice(0, 4)).toEqual([0, 30, third, fourth])
    // Of the first two nobody could know how quick they were.
    expect(sent[4]).toBe(third + window)
    expect(sent[5]).toBe(fourth + 45 + window)
  })

  it.each([
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['x-gzip', gzipSync],
  ])('reads a body that is packed as %s, and refuses one beyond its bound', async (encoding, pack) => {
    const answer = (text: string): Respond => {
      return (_q, response) => response.writeHead(200, { 'content-encoding': encoding }).end(pack(text))
    }
    const { client } = await serve(answer(ok))
    await expect(client.ask(fills, z.array(z.unknown()))).resolves.toMatchObject({ data: [] })
    const huge = JSON.stringify({ code: 1000, data: 'x'.repeat(200_000) })
    const bounded = await serve(answer(huge), { maxBody: 100_000 })
    await expect(bounded.client.ask(fills, z.unknown(), { attempts: 1 })).rejects.toMatchObject({
      failure: { kind: 'exchange-down' },
    })
  })

  it('believes the HTTP status where nobody knows the code, and the code where the status says nothing', async () => {
    const failure = async (status: number) => {
      const { client, calls } = await serve((_q, response) =>
        response.writeHead(status, { 'retry-after': '7' }).end('{"code":99999,"message":"unheard of"}'),
      )
      const error: unknown = await client
        .ask(fills, z.unknown(), { attempts: 2 })
        .catch((reason: unknown) => reason)
      return { failure: error instanceof FailureError ? error.failure : undefined, calls: calls.length }
    }
    expect(await failure(503)).toEqual({ failure: { kind: 'exchange-down', code: '503' }, calls: 2 })
    expect(await failure(429)).toEqual({
      failure: { kind: 'rate-limited', code: '429', retryAfter: 7_000 },
      calls: 2,
    })
    for (const status of [200, 400])
      expect(await failure(status)).toEqual({ failure: { kind: 'rejected', code: '99999' }, calls: 1 })
  })

  it.each([
    ['a ban of the address', 418, '<html>', 'key', '30', 30_000],
    ['a ban of the address, by code', 418, '{"code":30013,"message":"m"}', 'key', '30', 30_000],
    ['a ban that does not say how long', 418, '<html>', 'key', '', 60_000],
    ['a ban of a year, which nobody believes', 418, '<html>', 'key', '31536000', 60_000],
    ['a limit of the address', 429, '{"code":30013,"message":"m"}', 'address', '5', 5_000],
    ['a limit of the address that does not say how long', 429, '<html>', 'address', '', 60_000],
  ] as const)('tells everybody to wait after %s', async (_what, status, body, scope, patience, wait) => {
    const told: number[] = []
    const { client } = await serve(
      (_q, response) => response.writeHead(status, { 'retry-after': patience }).end(body),
      { onCoolDown: (until) => told.push(until) },
    )
    const request = { ...fills, rate: { ...rate, scope } }
    await expect(client.ask(request, z.unknown(), { attempts: 1 })).rejects.toMatchObject({
      failure: { kind: 'rate-limited' },
    })
    expect(told).toEqual([1_700_000_000_000 + wait])
  })

  it('tells nobody else to wait when the limit is that of one key', async () => {
    const told: number[] = []
    const { client } = await serve((_q, response) => response.writeHead(429).end('<html>'), {
      onCoolDown: (until) => told.push(until),
    })
    await client.ask(fills, z.unknown(), { attempts: 1 }).catch(() => undefined)
    expect(told).toEqual([])
  })

  it('believes its own clock where the exchange does not say when it answered', async () => {
    const now = 1_700_000_000_000
    const told = await serve((_q, response) => {
      response.setHeader('date', new Date(now - 3_600_000).toUTCString())
      response.end(ok)
    })
    expect((await told.client.ask(fills, z.unknown())).askedAt).toBeLessThan(now - 3_000_000)
    for (const date of [undefined, 'the day after']) {
      const untold = await serve((_q, response) => {
        response.sendDate = false
        if (date !== undefined) response.setHeader('date', date)
        response.end(ok)
      })
      expect((await untold.client.ask(fills, z.unknown())).askedAt).toBe(now)
    }
  })

  it('sends nothing once the signal has fired', async () => {
    let sent = 0
    const { client, calls } = await serve((_q, response) => response.end(ok))
    const asked = client.ask(fills, z.unknown(), { signal: AbortSignal.abort(), onSend: () => (sent += 1) })
    await expect(asked).rejects.toMatchObject({ failure: { kind: 'aborted' } })
    expect([sent, client.requests(), calls.length]).toEqual([0, 0, 0])
  })

  it('stops at once when the signal fires as the question is sent', async () => {
    const stop = new AbortController()
    const { client } = await serve(() => undefined, { timeout: 300 })
    await expect(
      client.ask(fills, z.unknown(), { signal: stop.signal, onSend: () => stop.abort() }),
    ).rejects.toMatchObject({ failure: { kind: 'aborted' } })
  })

  it('says nothing of what an error of our own says', async () => {
    const { client } = await serve((_q, response) => response.end(ok))
    const broken = z.unknown().transform((): never => {
      throw new TypeError(canary)
    })
    const error: unknown = await client.ask(fills, broken, { attempts: 1 }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ failure: { kind: 'exchange-down' } })
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(canary)
  })
})
