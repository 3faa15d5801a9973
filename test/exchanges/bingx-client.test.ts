import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anyData } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { type ExchangeRequest, questionOf } from '../../lambdas/domain/stream.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'

/** The secret of the published signatures. */
const secret = 'mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w'

type Answered = { readonly status?: number; readonly text: string }

/** A real server that answers in turn what the test says, the last of it again and again. */
async function serve(answers: readonly Answered[], clock = 1_696_751_141_337) {
  const calls: { url: URL; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)]
    calls.push({ url: new URL(request.url ?? '', 'http://x'), headers: request.headers })
    response.writeHead(answer?.status ?? 200).end(answer?.text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const waits: number[] = []
  const coolDowns: number[] = []
  let now = clock
  const client = openExchangeClient(
    bingx,
    { apiKey: new Secret('the-api-key'), secret: new Secret(secret) },
    {
      hosts: { bingx: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` },
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
  return { client, calls, waits, coolDowns }
}

const ok: Answered = { text: '{"code":0,"msg":"","data":{"fills":[]}}' }
const rate = { id: 'test', calls: 100, per: 1_000, scope: 'key' } as const
const trades = (params: ExchangeRequest['params']): ExchangeRequest => ({
  access: 'private',
  section: ['spot', 'v1'],
  method: 'GET',
  path: 'trade/myTrades',
  params,
  rate,
})

const failureOf = (asking: Promise<unknown>) =>
  asking.then(
    () => undefined,
    (error) => (error instanceof FailureError ? error.failure : error),
  )

describe('questions to BingX', () => {
  it('are signed as published: the sorted string, values raw, the time among them', async () => {
    const { client, calls } = await serve([ok])
    await client.ask(trades({ symbol: 'BTC-USDT', recvWindow: 0 }), anyData)
    expect(calls[0]?.url.searchParams.get('signature')).toBe(
      'f8d883609dfd31c824feb4de865b071008dedb1d461451fa70847875c8e7a7a2',
    )
    expect(calls[0]?.url.pathname).toBe('/openApi/spot/v1/trade/myTrades')
  })

  it.each(['BTC-USDT', '$U-USDT', 'ATOM(ARC20)-USDT', 'MØTH-USDT', 'A&B=C+D %25-USDT'])(
    'about %s are encoded for sending, and signed as they are',
    async (symbol) => {
      const { client, calls } = await serve([ok])
      await client.ask(trades({ symbol, limit: 500 }), anyData)
      const sent = calls[0]?.url.searchParams
      expect(sent?.get('symbol')).toBe(symbol)
      const raw = [...(sent ?? [])]
        .filter(([name]) => name !== 'signature')
        .map(([name, value]) => `${name}=${value}`)
      expect(raw).toEqual([...raw].sort())
      expect(sent?.get('signature')).toBe(createHmac('sha256', secret).update(raw.join('&')).digest('hex'))
    },
  )

  it('carry the key, and credit nobody', async () => {
    const { client, calls } = await serve([ok])
    await client.ask(trades({}), anyData)
    expect(calls[0]?.headers).toMatchObject({ 'x-bx-apikey': 'the-api-key' })
    expect(calls[0]?.headers).not.toHaveProperty('x-source-key')
    expect(JSON.stringify(calls[0])).not.toContain(secret)
  })

  it('go to the documented address of each history', async () => {
    const { client, calls } = await serve([ok])
    const { powers, account } = bingx
    const requests = [
      ...bingx.streams.flatMap((stream) => {
        const window = { from: 1_700_000_000_000, to: 1_700_000_001_000 }
        const question = questionOf(stream, window, stream.partitions[0], {})
        return [stream.ask(question), ...(stream.byParts === undefined ? [] : [stream.byParts.ask(question)])]
      }),
      ...bingx.marketSources.map(({ request }) => request),
      bingx.serverTime.request,
      ...(powers.by === 'list' ? [powers.request] : []),
      ...(account === undefined ? [] : [account.request]),
    ]
    for (const request of requests) await client.ask(request, anyData)
    expect(calls.map(({ url }) => url.pathname)).toEqual([
      '/openApi/spot/v1/trade/myTrades',
      '/openApi/swap/v2/trade/fillHistory',
      '/openApi/swap/v2/trade/allFillOrders',
      '/openApi/cswap/v1/trade/allFillOrders',
      '/openApi/cswap/v1/trade/orderHistory',
      '/openApi/swap/v2/user/income',
      '/openApi/api/v3/capital/withdraw/history',
      '/openApi/api/v3/capital/deposit/hisrec',
      '/openApi/spot/v1/common/symbols',
      '/openApi/swap/v2/quote/contracts',
      '/openApi/swap/v2/server/time',
      '/openApi/v1/account/apiPermissions',
      '/openApi/account/v1/uid',
    ])
  })
})

describe('answers of BingX', () => {
  const deposits = bingx.streams.find(({ stream }) => stream === 'deposit')
  const question = { start: 1_700_000_000, end: 1_700_000_001, partition: 'account', filters: {} }
  const request = deposits?.ask(question) ?? trades({})

  it('are believed without an envelope where BingX has none, and refused everywhere else', async () => {
    const bare = await serve([{ text: '[{"coin":"USDT"}]' }])
    expect((await bare.client.ask(request, anyData)).data).toEqual([{ coin: 'USDT' }])
    expect(await failureOf(bare.client.ask(trades({}), anyData, { attempts: 1 }))).toMatchObject({
      kind: 'bad-payload',
    })
  })

  it('are errors by their code, although the status says that all is well', async () => {
    const { client } = await serve([{ text: '{"code":100413,"msg":"Incorrect apiKey","timestamp":1}' }])
    for (const one of [request, trades({})])
      expect(await failureOf(client.ask(one, anyData))).toEqual({ kind: 'unauthorized', code: '100413' })
  })

  it('are never taken for an empty history where they are pages of HTML', async () => {
    const { client } = await serve([{ text: '<html>Just a moment</html>' }])
    for (const one of [request, trades({})])
      expect(await failureOf(client.ask(one, anyData, { attempts: 1 }))).toMatchObject({
        kind: 'bad-payload',
      })
  })

  it('are waited for until the moment that the words of a limit name', async () => {
    // A server tells its time, by which the wait is measured: it must be the same.
    const clock = Date.now()
    const words =
      'The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after '
    const { client, waits } = await serve(
      [{ text: JSON.stringify({ code: 100410, msg: `${words}${clock + 200_000}` }) }, ok],
      clock,
    )
    await client.ask(trades({}), anyData)
    expect(Math.max(...waits)).toBeGreaterThan(190_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(201_000)
  })

  it('mean five minutes for everybody where the firewall shuts the address out', async () => {
    const { client, waits, coolDowns } = await serve([{ status: 403, text: '<html>Forbidden</html>' }, ok])
    await client.ask(trades({}), anyData)
    expect(Math.max(...waits)).toBe(300_000)
    expect(coolDowns).toEqual([300_000])
  })

  it('about a clock that is off are asked again by the time of BingX', async () => {
    const time = 1_696_751_200_000
    const { client, calls } = await serve([
      { text: '{"code":100421,"msg":"timestamp mismatch"}' },
      { text: `{"code":0,"msg":"","data":{"serverTime":${time}}}` },
      ok,
    ])
    await client.ask(trades({}), anyData)
    expect(calls[1]?.url.pathname).toBe('/openApi/swap/v2/server/time')
    expect(Number(calls[2]?.url.searchParams.get('timestamp'))).toBeGreaterThanOrEqual(time - 2_000)
  })
})
