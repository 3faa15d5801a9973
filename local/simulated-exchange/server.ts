import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Endpoint, Exchange, Outcome, Params } from './exchange.ts'
import { type Delivery, faultTurns, html, jsonType } from './faults.ts'
import { createLimits } from './limits.ts'
import type { SharedKey, SharedOptions, SimulatedRequest } from './options.ts'
import { seededRandom } from './random.ts'

export type SimulatedServer<Account, Options, Fault> = {
  /** Every host of the exchange is this one server. */
  readonly url: string
  readonly port: number
  /** Every call so far, oldest first. */
  readonly requests: readonly SimulatedRequest<Fault>[]
  /** Change them while it runs. */
  readonly options: Options
  readonly account: Account
  close(): Promise<void>
}

type Answer<Key, Code, Served> = {
  readonly outcome: Outcome<Code>
  readonly endpoint: Served | undefined
  readonly key?: Key
  readonly headers: Readonly<Record<string, string>>
  /** Whether the call was refused before anybody looked at it. */
  readonly turnedAway?: true
}

/** An exchange on 127.0.0.1 that needs no network and no real key. Rejects when the port is taken. */
export async function startSimulatedExchange<
  Account,
  Key extends SharedKey<Account>,
  Code,
  Fault extends string,
  Options extends SharedOptions<Account, Key, Code, Fault>,
  Served extends Endpoint<Call<Account, Key, Options>, Code>,
>(
  exchange: Exchange<Account, Key, Code, Fault, Options, Served>,
  options: Options,
): Promise<SimulatedServer<Account, Options, Fault>> {
  const requests: SimulatedRequest<Fault>[] = []
  const random = seededRandom(options.seed)
  const useLimit = createLimits(() => options.limitWindows)
  const nextFault = faultTurns()
  let answered = 0

  const server = createServer((request, response) => {
    response.setHeader('Date', new Date(options.clock() + options.serverClockOffset).toUTCString())
    respond(request, response).catch(() => response.destroy())
  })
  // Longer than any client's own, so that no idle connection is closed under a request.
  server.keepAliveTimeout = 120_000
  server.headersTimeout = 130_000

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulated')
    const method = request.method ?? 'GET'
    const body = await text(request)
    if (options.onTheWay !== undefined) await sleep(options.onTheWay())
    const at = options.clock() + options.serverClockOffset
    const params = method === 'GET' ? Object.fromEntries(url.searchParams) : bodyParams(body)
    const payload = method === 'GET' ? url.search.slice(1) : body
    const { outcome, endpoint, key, headers, turnedAway } = answer(
      request,
      method,
      url.pathname,
      params,
      payload,
      at,
    )
    const fault = turnedAway
      ? undefined
      : nextFault(options.faults, url.pathname + JSON.stringify(questionOf(params)))
    const delivery = deliver(outcome, endpoint, fault)
    const entry = {
      at,
      path: url.pathname,
      method,
      params: params ?? {},
      ...(key === undefined ? {} : { key: key.apiKey }),
      code: codeServed(delivery),
      ...(fault === undefined ? {} : { fault }),
      ...('rows' in outcome && fault === undefined ? { rows: outcome.rows } : {}),
    }
    requests.push(entry)
    options.onRequest?.(entry)
    if (options.latency > 0) await sleep(options.latency)
    await send(delivery, headers, response, options.slowBody)
  }

  function answer(
    request: IncomingMessage,
    method: string,
    path: string,
    params: Params | undefined,
    payload: string,
    now: number,
  ): Answer<Key, Code, Served> {
    const endpoint = exchange.endpoints.find(
      (candidate) => candidate.path === path && candidate.method === method,
    )
    if (endpoint === undefined) return { outcome: { refused: exchange.unknownPath }, endpoint, headers: {} }
    const identity =
      endpoint.access === 'public' ? undefined : exchange.identify(request.headers, options.keys)
    if (identity !== undefined && 'refused' in identity) return { outcome: identity, endpoint, headers: {} }
    const key = identity?.key
    const whose = { endpoint, ...(key && { key }) }

    const away = options.turnAway?.({ at: options.clock(), path, ...(key && { key: key.apiKey }) })
    if (away !== undefined)
      return { ...whose, headers: away.headers, outcome: { refused: away.code }, turnedAway: true }
    const [first, ...others] = exchange.allowances(endpoint, key, options)
    const take = ({ who, limit }: typeof first) =>
      options.enforceLimits
        ? useLimit(who, limit, options.clock())
        : { allowed: true, used: 1, until: options.clock() }
    const use = take(first)
    const known = { ...whose, headers: exchange.limitHeaders(first.limit, use) }
    if (!use.allowed) return { ...known, outcome: first.refuse(use), turnedAway: true }
    for (const allowance of others) {
      const shared = take(allowance)
      if (!shared.allowed) return { ...known, outcome: allowance.refuse(shared), turnedAway: true }
    }
    if (params === undefined) return { ...known, outcome: { refused: exchange.unreadableBody } }
    const refused = key && exchange.refusal({ endpoint, key, headers: request.headers, payload, params, now })
    if (refused !== undefined) return { ...known, outcome: { refused } }
    const account = key?.account ?? options.account
    const call = { params, account, ...(key && { key }), options, now, random }
    return { ...known, outcome: endpoint.answer(call) }
  }

  function deliver(outcome: Outcome<Code>, endpoint: Served | undefined, fault: Fault | undefined): Delivery {
    answered++
    const trace = `simulated.${answered.toString(16).padStart(8, '0')}`
    const said = { endpoint, options, trace }
    if (options.closed) return html(403, 'Forbidden')
    if (endpoint?.access === 'public' && options.publicEndpoints === 'down')
      return html(503, 'Service unavailable')
    const good = exchange.write(outcome, said)
    return fault === undefined ? good : exchange.fail(fault, 'body' in good ? good.body : '', said)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    options,
    get account() {
      return options.account
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a call asks, told again when it is asked again: when it was signed does not belong to it. */
function questionOf(params: Params | undefined): Params | undefined {
  if (params === undefined) return undefined
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => name !== 'timestamp' && name !== 'signature'),
  )
}

/** The fields of a JSON body as text; undefined where the body is not a JSON object. */
function bodyParams(body: string): Record<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(body === '' ? '{}' : body)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  } catch {
    return undefined
  }
}

function codeServed(delivery: Delivery): number | string {
  if (!('body' in delivery)) return delivery.how
  const code = /^\{"code":"?(-?\d+)/.exec(delivery.body)?.[1]
  return code === undefined ? delivery.status : Number(code)
}

async function send(
  delivery: Delivery,
  headers: Readonly<Record<string, string>>,
  response: ServerResponse,
  slowBody: number,
): Promise<void> {
  if (!('body' in delivery)) {
    if (delivery.how === 'reset') response.socket?.resetAndDestroy()
    return
  }
  const { status, type, body, how } = delivery
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    ...(type === jsonType ? headers : {}),
  })
  if (how === 'whole') {
    response.end(body)
    return
  }
  const bytes = Buffer.from(body)
  const pieces = 10
  for (let piece = 0; piece < pieces && !response.destroyed; piece++) {
    response.write(bytes.subarray((bytes.length * piece) / pieces, (bytes.length * (piece + 1)) / pieces))
    await sleep(slowBody / pieces)
  }
  response.end()
}
