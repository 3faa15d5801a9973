import { z } from 'zod'
import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import type { RawResponse } from './answer.ts'
import { readBody, type StreamedResponse } from './body.ts'
import { throttleSettings } from './pace.ts'
import type { ProxyOf } from './proxies.ts'

/**
 * The only importer of ccxt: by file path, since the package's entry brings a hundred exchanges along, and on first use, so
 * that nobody waits for an exchange that is not asked. The path also says of which version of ccxt each is.
 */
const classes = {
  bitmart: async () => (await import('../../node_modules/ccxt/js/src/bitmart.js')).default,
  bingx: async () => (await import('../../node_modules/ccxt/js/src/bingx.js')).default,
  bitrue: async () => (await import('../../node_modules/ccxt/js/src/bitrue.js')).default,
}

type CcxtExchange = InstanceType<Awaited<ReturnType<(typeof classes)[keyof typeof classes]>>>

export type DriverOptions = {
  /** Replacements for the exchange's hosts, by the names that the definition gives them. */
  readonly hosts?: Readonly<Record<string, string>>
  /** Without it, every call goes straight. */
  readonly proxyOf?: ProxyOf
  /** The time to sign with, epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds for one attempt, the whole body included. */
  readonly timeout: number
  /** Bytes of one answer, inflated. */
  readonly maxBody: number
  /** Called as a call is about to be signed and sent. May throw `HeldBackError`: then it is not. */
  readonly onSend: () => void
  /** Called as the transport begins to write a call, which may be long after it was asked to. Returns what is called as its answer begins. */
  readonly onWrite: () => () => void
}

/** What signs, paces and sends the calls of one rate limit. */
export type Driver = {
  /** Throws `FailureError` when there is no answer, and nothing else but `HeldBackError`. */
  send(request: ExchangeRequest): Promise<RawResponse>
  /** Not gracefully: what is under way fails. */
  close(): Promise<void>
}

/** A call that was about to be sent when the exchange told us to wait: it was not, and its turn comes again. */
export class HeldBackError extends Error {}

/** Loads ccxt's class of the exchange, and opens it for one key and one limit. */
export async function loadDriver(
  exchange: ExchangeDefinition,
  credentials: Credentials,
  rate: RateLimit,
  options: DriverOptions,
): Promise<Driver> {
  const load = Object.entries(classes).find(([id]) => id === exchange.id)?.[1]
  if (load === undefined) throw new Error(`No driver for the exchange ${exchange.id}.`)
  const ccxt = openCcxt(await load(), exchange, credentials, rate, options)
  const dispatchers = new Map<Dispatcher, Dispatcher>()
  tellWrites(ccxt, dispatchers, options.onWrite)
  return {
    async send({ section, path, access, method, params }) {
      const place = section === undefined ? access : [...section, access]
      try {
        return rawResponse.parse(await ccxt.request(path, place, method, { ...params }))
      } catch (error) {
        if (error instanceof HeldBackError) throw error
        // The transport's errors quote the signed URL: their text ends here.
        throw new FailureError({ kind: 'exchange-down', code: unreachedCode(error) })
      }
    },
    async close() {
      // A question that hangs would keep everybody waiting, and nobody waits for its answer any more.
      await Promise.all([...dispatchers.keys()].map((dispatcher) => dispatcher.destroy()))
    },
  }
}

/** Node's code for a connection that did not come about, where the text of an error names it. */
function unreachedCode(error: unknown): string | undefined {
  const [code] = error instanceof Error ? (unreachedCodes.exec(error.message) ?? []) : []
  return code
}

const unreachedCodes = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH)\b/

const rawResponse = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  text: z.string(),
})

/**
 * ccxt signs, throttles and transports; what it makes of an answer is replaced: its own handling throws on bodies
 * without a message, takes HTML for an empty list and quotes the signed URL in its errors.
 */
function openCcxt(
  open: new (settings: object) => CcxtExchange,
  exchange: ExchangeDefinition,
  credentials: Credentials,
  rate: RateLimit,
  { hosts: replaced, proxyOf, now, timeout, maxBody, onSend }: DriverOptions,
): CcxtExchange {
  const hosts: Readonly<Record<string, string>> = { ...exchange.hosts, ...replaced }
  // A single one stands for all that ccxt knows; what comes before the paths stays ccxt's.
  const [only] = Object.keys(hosts).length === 1 ? Object.values(hosts) : []
  const { hostOfRoot } = exchange
  const passphrase = credentials.passphrase?.reveal()
  const ccxt = new open({
    apiKey: credentials.apiKey.reveal(),
    secret: credentials.secret.reveal(),
    // One exchange has it under this name, another under that.
    ...(passphrase !== undefined && { uid: passphrase, password: passphrase }),
    timeout,
    enableRateLimit: true,
    ...throttleSettings(rate),
    ...(only === undefined && hostOfRoot === undefined && { urls: { api: hosts } }),
  })
  ccxt.httpProxyCallback = proxyOf
  ccxt.nonce = now
  ccxt.calculateRateLimiterCost = () => 1
  ccxt.setLastRequest = () => undefined
  const sign = ccxt.sign.bind(ccxt)
  ccxt.sign = (path: string, section?: string, verb?: string, params?: object) => {
    onSend()
    const { url, method, body, headers } = sign(path, section, verb, params)
    const ours = Object.entries(headers ?? {}).filter(([name]) => !exchange.unwantedHeaders.includes(name))
    const asked = new URL(url)
    const origin = only ?? hosts[hostOfRoot?.[asked.pathname.split('/')[1] ?? ''] ?? '']
    const host = hosts[exchange.hostOfPath[path] ?? '']
    const atItsHost = host === undefined ? url : host + url.slice(url.indexOf(`/${path}`))
    return {
      url: origin === undefined ? atItsHost : origin + url.slice(asked.origin.length),
      method,
      body,
      headers: Object.fromEntries(ours),
    }
  }
  ccxt.handleRestResponse = async (response: { status: number; text(): Promise<string> }) => ({
    status: response.status,
    headers: ccxt.getResponseHeaders(response),
    text: await response.text(),
  })
  // ccxt's own reading knows no bound of time or memory.
  ccxt.undiciBody = (response: StreamedResponse) => readBody(response, timeout, maxBody)
  return ccxt
}

type Handler = {
  onRequestStart?: (...started: unknown[]) => unknown
  onResponseStart?: (...started: unknown[]) => unknown
}
type Dispatch = (call: unknown, handler: Handler) => unknown
/** What calls are sent by, straight and through each proxy: undici's. */
type Dispatcher = {
  compose(interceptor: (dispatch: Dispatch) => Dispatch): Dispatcher
  destroy(): Promise<void>
}

/** Calls back as the transport (undici) begins to write a request, and as its answer begins. `watched`: each dispatcher met, with what watches it. */
function tellWrites(
  ccxt: CcxtExchange,
  watched: Map<Dispatcher, Dispatcher>,
  onWrite: DriverOptions['onWrite'],
): void {
  const prepare = ccxt.setFetchProxyOptions.bind(ccxt)
  const watch: (dispatch: Dispatch) => Dispatch = (dispatch) => (call, handler) => {
    const { onRequestStart, onResponseStart } = handler
    let onAnswer: (() => void) | undefined
    handler.onRequestStart = (...started) => {
      onAnswer = onWrite()
      return onRequestStart?.apply(handler, started)
    }
    handler.onResponseStart = (...started) => {
      onAnswer?.()
      return onResponseStart?.apply(handler, started)
    }
    return dispatch(call, handler)
  }
  ccxt.setFetchProxyOptions = (
    params: { dispatcher?: Dispatcher },
    http: unknown,
    https: unknown,
    socks: unknown,
  ) => {
    prepare(params, http, https, socks)
    const { dispatcher } = params
    if (dispatcher === undefined) return
    const known = watched.get(dispatcher) ?? dispatcher.compose(watch)
    watched.set(dispatcher, known)
    params.dispatcher = known
  }
}
