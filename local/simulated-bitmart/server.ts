import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SimulatedAccount } from './account.ts'
import { identify, refusal } from './admission.ts'
import { codes } from './codes.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { type Delivery, type Envelope, type FaultKind, faulty, html, json, jsonType } from './faults.ts'
import type { Outcome } from './history.ts'
import { createLimits, limitHeaders } from './limits.ts'
import {
  completeOptions,
  type SimulatedKey,
  type SimulatedRequest,
  type SimulatorOptions,
} from './options.ts'
import { seededRandom } from './random.ts'

export type SimulatedBitmart = {
  /** Both hosts of BitMart are this one server. */
  readonly spotUrl: string
  readonly futuresUrl: string
  readonly port: number
  /** Every call so far, oldest first. */
  readonly requests: readonly SimulatedRequest[]
  /** Change them while it runs. */
  readonly options: SimulatorOptions
  readonly account: SimulatedAccount
  close(): Promise<void>
}

type Answer = {
  readonly outcome: Outcome
  readonly endpoint: Endpoint | undefined
  readonly key?: SimulatedKey
  readonly headers: Record<string, string>
}

/** Faults that one question meets in a row, where others come through. */
const mostInARow = 4

/** A BitMart on 127.0.0.1 that needs no network and no real key. Rejects when the port is taken. */
export async function startSimulatedBitmart(
  given: Partial<SimulatorOptions> = {},
): Promise<SimulatedBitmart> {
  const options = completeOptions(given)
  const requests: SimulatedRequest[] = []
  const random = seededRandom(options.seed)
  const useLimit = createLimits()
  let answered = 0
  let faultTurn = 0
  /** How often each question that failed last did so in a row. */
  const failedInARow = new Map<string, number>()

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
    const at = options.clock() + options.serverClockOffset
    const params = method === 'GET' ? Object.fromEntries(url.searchParams) : bodyParams(body)
    const payload = method === 'GET' ? url.search.slice(1) : body
    const { outcome, endpoint, key, headers } = answer(request, method, url.pathname, params, payload, at)
    const turnedAway = outcome.code === 30013 || outcome.code === 30017
    const fault = turnedAway ? undefined : nextFault(url.pathname + JSON.stringify(params))
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
    params: Readonly<Record<string, string>> | undefined,
    payload: string,
    now: number,
  ): Answer {
    const endpoint = endpoints.find((candidate) => candidate.path === path && candidate.method === method)
    if (endpoint === undefined) return { outcome: { code: 30000 }, endpoint, headers: {} }
    const identity = endpoint.access === 'public' ? undefined : identify(request.headers, options.keys)
    if (identity !== undefined && 'code' in identity) return { outcome: identity, endpoint, headers: {} }
    const key = identity?.key

    const away = options.turnAway?.({ at: options.clock(), path, ...(key && { key: key.apiKey }) })
    if (away !== undefined)
      return { endpoint, ...(key && { key }), headers: { ...away.headers }, outcome: { code: away.code } }
    const use = options.enforceLimits
      ? useLimit(`${key?.apiKey ?? 'address'} ${path}`, endpoint.limit, options.clock())
      : { allowed: true, used: 1 }
    const known = { endpoint, ...(key && { key }), headers: limitHeaders(endpoint.limit, use) }
    if (!use.allowed) return { ...known, outcome: { code: 30013 } }
    if (params === undefined) return { ...known, outcome: { code: 30018 } }
    const refused = key && refusal(endpoint, key, request.headers, payload, params, now)
    if (refused !== undefined) return { ...known, outcome: { code: refused } }
    const account = key?.account ?? options.account
    return { ...known, outcome: endpoint.answer({ params, account, options, now, random }) }
  }

  /** As many questions at once as a call in `every` fails go round in step with it: none of them is to fail for ever. */
  function nextFault(question: string): FaultKind | undefined {
    const { faults } = options
    answered++
    const inARow = failedInARow.get(question) ?? 0
    failedInARow.delete(question)
    if (faults === undefined || answered % faults.every !== 0) return undefined
    if (faults.every > 1 && inARow >= mostInARow) return undefined
    failedInARow.set(question, inARow + 1)
    return faults.kinds[faultTurn++ % faults.kinds.length]
  }

  function deliver(outcome: Outcome, endpoint: Endpoint | undefined, fault: FaultKind | undefined): Delivery {
    const trace = `simulated.${answered.toString(16).padStart(8, '0')}`
    const envelope: Envelope = (code, data, without) =>
      JSON.stringify({
        ...(without === 'code' ? {} : { code: options.codeAs === 'string' ? String(code) : code }),
        ...(without === 'message' ? {} : { message: words(code, endpoint) }),
        trace,
        data,
      })
    if (options.closed) return html(403, 'Forbidden')
    if (endpoint?.access === 'public' && options.publicEndpoints === 'down')
      return html(503, 'Service unavailable')
    const good = envelope(outcome.code, 'data' in outcome ? outcome.data : {})
    if (fault !== undefined) return faulty(fault, good, envelope)
    return json(outcome.code === 1000 ? 200 : codes[outcome.code].status, good)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const url = `http://127.0.0.1:${port}`
  return {
    spotUrl: url,
    futuresUrl: url,
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

function words(code: number, endpoint: Endpoint | undefined): string {
  const known = Object.entries(codes).find(([name]) => name === String(code))
  return known?.[1].message ?? endpoint?.message ?? 'OK'
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
  const code = /^\{"code":"?(\d+)/.exec(delivery.body)?.[1]
  return code === undefined ? delivery.status : Number(code)
}

async function send(
  delivery: Delivery,
  headers: Record<string, string>,
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
