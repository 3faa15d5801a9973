import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { anyData } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { type ExchangeRequest, firstPageOf } from '../../lambdas/domain/stream.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'

/** The secrets of the published signatures. */
const spotSecret = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j'
const futuresSecret = '902ae3cb34ecee2779aa4d3e1d226686'

type Answered = { readonly status?: number; readonly text: string; readonly headers?: Record<string, string> }
type Asked = { readonly url: URL; readonly headers: IncomingHttpHeaders; readonly at: number }

/** A real server: `answer` says what the test wants it to, call by call. */
async function serve(
  answer: (call: Asked, earlier: readonly Asked[]) => Answered,
  secret = spotSecret,
  clock = 1_700_117_080_000,
) {
  const calls: Asked[] = []
  let now = clock
  const server = createServer((request, response) => {
    const call = { url: new URL(request.url ?? '', 'http://x'), headers: request.headers, at: now }
    const { status = 200, text, headers } = answer(call, calls)
    calls.push(call)
    // What Node would say of its own clock is not what these answers say.
    response.sendDate = false
    response.writeHead(status, headers).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const coolDowns: number[] = []
  const waits: number[] = []
  const client = openExchangeClient(
    bitrue,
    { apiKey: new Secret('the-api-key'), secret: new Secret(secret) },
    {
      hosts: { spot: url, futures: url },
      clock: () => now,
      sleep: async (ms) => {
        waits.push(ms)
        now += ms
      },
      random: () => 0.5,
      timeout: 60_000,
      onCoolDown: (until) => coolDowns.push(until - clock),
    },
  )
  onTestFinished(() => client.close())
  return { client, calls, coolDowns, waits }
}

const limitsOf = (limit: number) =>
  JSON.stringify({
    rateLimits: [{ rateLimitType: 'REQUESTS_WEIGHT', interval: 'MINUTES', limit }],
    symbols: [],
  })

/** An exchange whose clock is `ahead` of ours by so much, and that answers everything else with `text`. */
const answering =
  (text: string, status = 200) =>
  ({ url, at }: Asked): Answered => {
    if (url.pathname.endsWith('/time')) return { text: JSON.stringify({ serverTime: at }) }
    if (url.pathname.endsWith('/exchangeInfo')) return { text: limitsOf(1_200) }
    return { status, text }
  }

const rate = { id: 'test', calls: 100, per: 1_000, scope: 'key' } as const
const spot = (params: ExchangeRequest['params']): ExchangeRequest => ({
  access: 'private',
  section: ['spot', 'v2'],
  method: 'GET',
  path: 'myTrades',
  params,
  rate,
})
const futures = (params: ExchangeRequest['params']): ExchangeRequest => ({
  ...spot(params),
  section: ['fapi', 'v2'],
  family: 'futures',
})

const failureOf = (asking: Promise<unknown>) =>
  asking.then(
    () => undefined,
    (error) => (error instanceof FailureError ? error.failure : error),
  )

const isFills = ({ url }: Asked) => url.pathname.endsWith('/myTrades')

describe('questions to Bitrue', () => {
  it('are signed as is published: at the spot market the query, whatever is asked', async () => {
    const signed = (query: string) => createHmac('sha256', spotSecret).update(query).digest('hex')
    expect(
      signed(
        'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      ),
    ).toBe('c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71')
    const { client, calls } = await serve(answering('[]'))
    await client.ask(spot({ symbol: 'LTCBTC', limit: 1000 }), anyData)
    const [query, signature] = calls[0]?.url.search.slice(1).split('&signature=') ?? []
    expect(query).toBe('timestamp=1700117080000&recvWindow=5000&symbol=LTCBTC&limit=1000')
    expect(signature).toBe(signed(query ?? ''))
    expect(calls[0]?.headers).toMatchObject({ 'x-mbx-apikey': 'the-api-key' })
  })

  it('are signed as is published: of futures the time, the path and the query behind it', async () => {
    const { client, calls } = await serve(
      answering('{"code":"0","msg":"Success","data":[]}'),
      futuresSecret,
      1_588_591_856_950,
    )
    await client.ask(futures({ contractName: 'E-BTC-USDT', limit: 10 }), anyData)
    expect(calls[0]?.headers).toMatchObject({
      'x-ch-apikey': 'the-api-key',
      'x-ch-ts': '1588591856950',
      'x-ch-sign': 'fb10105d4e0674224114745239a93d6418dd08cc8eaf30832643d0676c161afe',
    })
    expect(calls[0]?.url.href).toMatch(/\/fapi\/v2\/myTrades\?contractName=E-BTC-USDT&limit=10$/)
    expect(
      createHmac('sha256', futuresSecret)
        .update(
          '1588591856950POST/sapi/v1/order/test{"symbol":"BTCUSDT","price":"9300","volume":"1","side":"BUY","type":"LIMIT"}',
        )
        .digest('hex'),
    ).toBe('c50d0a74bb9427a9a03933d0eded03af9bf50115dc5b706882a4fcf07a26b761')
  })

  it('go to the documented address of each history, at the host of its family', async () => {
    const { client, calls } = await serve(answering('{"code":200,"msg":"","data":[]}'))
    const partitions = ['BTCUSDT', 'E-BTC-USDT', 'E-BTC-USD', 'E-BTC-USDT', 'E-BTC-USD', 'usdt', 'usdt']
    const requests = bitrue.streams.flatMap((stream, index) =>
      stream.reads === 'list' ? [stream.ask(firstPageOf(stream, partitions[index] ?? ''))] : [],
    )
    for (const request of requests)
      await client.ask({ ...request, pools: undefined, family: 'transfers' }, anyData)
    expect(calls.map(({ url }) => url.pathname)).toEqual([
      '/api/v2/myTrades',
      '/fapi/v2/myTrades',
      '/dapi/v2/myTrades',
      '/fapi/v2/forceOrdersHistory',
      '/dapi/v2/forceOrdersHistory',
      '/api/v1/withdraw/history',
      '/api/v1/deposit/history',
      '/fapi/v2/futures_transfer_history',
      '/dapi/v2/futures_transfer_history',
    ])
    expect(bitrue.hosts).toEqual({ spot: 'https://openapi.bitrue.com', futures: 'https://fapi.bitrue.com' })
  })
})

describe('answers of Bitrue', () => {
  const refusal = '{"code":-1022,"msg":"Signature for this request is not valid."}'

  it('that refuse the key for one of three things are believed only once the clock was looked at', async () => {
    const { client, calls } = await serve(answering(refusal, 401))
    expect(await failureOf(client.ask(spot({ symbol: 'BTCUSDT' }), anyData))).toMatchObject({
      kind: 'unauthorized',
      code: '-1022',
    })
    expect(calls.map(({ url }) => url.pathname)).toEqual(['/api/v2/myTrades', '/api/v1/time'])
    for (const thing of ['API key', 'secret key', 'address', 'Read-Only', 'clock'])
      expect(bitrue.sentences.unauthorized).toContain(thing)
  })

  it('that refuse the key because our clock is off are asked again by the clock of Bitrue, and the key is not blamed', async () => {
    const ahead = 3_600_000
    const { client } = await serve(({ url, at }) => {
      if (url.pathname.endsWith('/time')) return { text: JSON.stringify({ serverTime: at + ahead }) }
      const isInTime = Math.abs(Number(url.searchParams.get('timestamp')) - at - ahead) < 5_000
      return isInTime ? { text: '[]' } : { status: 401, text: refusal }
    })
    expect((await client.ask(spot({ symbol: 'BTCUSDT' }), anyData)).data).toEqual([])
  })

  it('that call a time stamp wrong where the clock is right teach to ask more slowly, from then on', async () => {
    const pace = 2_000
    const { client, calls } = await serve((call, earlier) => {
      const last = earlier.filter(isFills).at(-1)
      if (isFills(call) && last !== undefined && call.at - last.at < pace)
        return { status: 412, text: '{"code":-1102,"msg":"Mandatory parameter timestamp was not sent."}' }
      return answering('[]')(call)
    })
    for (let turn = 0; turn < 12; turn += 1)
      await client.ask({ ...spot({ symbol: `S${turn}USDT` }), rate: { ...rate, calls: 4, per: 1 } }, anyData)
    const fills = calls.filter(isFills)
    // One was too early, and none after it.
    expect(fills).toHaveLength(13)
    const gaps = fills.slice(2).map(({ at }, index) => at - (fills[index + 1]?.at ?? 0))
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(pace)
  })

  it('call a time stamp wrong in the words of spot at futures too, and are asked again', async () => {
    const { client, calls } = await serve((call, earlier) => {
      const isFirst =
        call.url.pathname.endsWith('/myTrades') &&
        !earlier.some(({ url }) => url.pathname === call.url.pathname)
      return isFirst
        ? { status: 412, text: '{"code":-1102,"msg":"Mandatory parameter timestamp was not sent."}' }
        : answering('{"code":"0","data":[]}')(call)
    }, futuresSecret)
    const definition = bitrue.streams.find(
      ({ stream, reads }) => stream === 'futures-trade' && reads === 'list',
    )
    if (definition?.reads !== 'list') throw new Error('futures fills are a list')
    const answer = await client.ask(definition.ask(firstPageOf(definition, 'usdt-m:E-BTC-USDT')), anyData)
    expect(answer.data).toEqual([])
    expect(calls.filter(({ url }) => url.pathname.endsWith('/myTrades'))).toHaveLength(2)
  })

  it('tell what may be asked by now, once, and the least ever documented where they do not', async () => {
    const minuteOf = async (exchangeInfo: Answered) => {
      const { client, calls } = await serve((call) =>
        call.url.pathname.endsWith('/exchangeInfo') ? exchangeInfo : answering('[]')(call),
      )
      const definition = bitrue.streams[0]
      if (definition?.reads !== 'list') throw new Error('spot fills are a list')
      const ask = definition.ask(firstPageOf(definition, 'BTCUSDT'))
      const fast = { id: 'fast', calls: 1_000, per: 1_000, scope: 'key' } as const
      for (let turn = 0; turn < 30; turn += 1) await client.ask({ ...ask, weight: 50, rate: fast }, anyData)
      const fills = calls.filter(isFills)
      expect(calls).toHaveLength(31)
      const first = fills[0]?.at ?? 0
      return fills.filter(({ at }) => at < first + 60_000).length
    }
    expect(await minuteOf({ text: limitsOf(25_000) })).toBe(30)
    expect(await minuteOf({ text: limitsOf(1_200) })).toBe(24)
    expect(await minuteOf({ status: 503, text: '<html>' })).toBe(24)
  })

  it('are errors by their code, although the status of futures says that all is well', async () => {
    const kinds: unknown[] = []
    for (const code of ['-2015', '-1025', '-1121', '-1022', '-2014']) {
      const { client } = await serve(answering(`{"code":"${code}","msg":"m","data":null}`))
      kinds.push((await failureOf(client.ask(futures({}), anyData)))?.kind)
    }
    expect(kinds).toEqual(['no-permission', 'not-opened', 'not-served', 'wrong-signature', 'unauthorized'])
  })

  it('are believed without an envelope at the spot market alone', async () => {
    const { client } = await serve(answering('[]'))
    expect((await client.ask(spot({}), z.array(anyData))).data).toEqual([])
    const failure = await failureOf(client.ask(futures({}), anyData, { attempts: 1 }))
    expect(failure).toMatchObject({ kind: 'bad-payload' })
  })

  it('that shut the address out mean two minutes for everybody, or as long as they say', async () => {
    for (const [told, wait] of [
      [undefined, 120_000],
      ['600', 600_000],
    ] as const) {
      const headers: Record<string, string> = told === undefined ? {} : { 'retry-after': told }
      const { client, coolDowns } = await serve(() => ({ status: 418, text: '<html>', headers }))
      await failureOf(client.ask(spot({}), anyData, { attempts: 1 }))
      expect(coolDowns).toEqual([wait])
    }
  })
})
