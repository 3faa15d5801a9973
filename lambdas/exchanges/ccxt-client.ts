import { setMaxListeners } from 'node:events'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { z } from 'zod'
import bingx from '../../node_modules/ccxt/js/src/bingx.js'
import bitmart from '../../node_modules/ccxt/js/src/bitmart.js'
import {
  type AskOptions,
  believableTiming,
  type ExchangeAnswer,
  type ExchangeClient,
} from '../domain/client.ts'
import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition, Family } from '../domain/exchange.ts'
import { type Failure, FailureError, retryPolicy } from '../domain/failure.ts'
import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import { type RawResponse, readAnswer } from './answer.ts'
import { closingWatch } from './closing-watch.ts'
import { exchangeTime, sentAt } from './exchange-time.ts'
import { jitter, throttleSettings } from './pace.ts'
import type { ProxyOf } from './proxies.ts'

/** The only importer of ccxt: by file path, since the package's entry brings a hundred exchanges along. */
const drivers = { bitmart, bingx }

type Driver = InstanceType<(typeof drivers)[keyof typeof drivers]>

export type ClientOptions = {
  /** Replacements for the exchange's hosts, by the names that the definition gives them. */
  readonly hosts?: Readonly<Record<string, string>>
  /** Without it, every call goes straight. */
  readonly proxyOf?: ProxyOf
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random: () => number
  /** Milliseconds for one attempt, the whole body included. */
  readonly timeout?: number
  /** Epoch milliseconds after which no further attempt is made. */
  readonly deadline?: number
  /** Bytes of one answer, inflated. */
  readonly maxBody?: number
  /** Called when the exchange asks everybody who calls from our address to wait until then (epoch milliseconds). */
  readonly onCoolDown?: (until: number) => void
}

const defaultTimeout = 20_000
const defaultMaxBody = 32 * 1024 * 1024
/** Attempts at something that may pass: with full jitter up to the cap, some two minutes in all. */
const backoffAttempts = 9
const backoffCap = 30_000
/** Somebody who is told to wait is patient, but not for ever: an exchange that says 429 for an hour is down. */
const waitAttempts = 60
/** Nobody waits long for a clock: answers tell the time too. */
const timeAttempts = 3

/**
 * Opens a client for one key. Each rate limit gets a ccxt instance of its own, so that one stream's calls never
 * wait for another's allowance.
 */
export function openExchangeClient(
  exchange: ExchangeDefinition,
  credentials: Credentials,
  options: ClientOptions,
): ExchangeClient {
  const lanes = new Map<string, Lane>()
  let sent = 0
  const time = exchangeTime(options.clock)
  const ending = closingWatch(exchange, time.now)
  let bannedUntil = 0
  /** Until then somebody has waited: that it is over does not need to be read from a clock. */
  let satOutUntil = 0

  /** Epoch milliseconds, or 0 when calls may be sent. */
  function pauseOf(lane: Lane): number {
    const until = Math.max(lane.pausedUntil, bannedUntil)
    return until > Math.max(options.clock(), satOutUntil) ? until : 0
  }

  function laneOf(rate: RateLimit): Lane {
    const known = lanes.get(rate.id)
    if (known !== undefined) return known
    const lane: Lane = {
      pausedUntil: 0,
      begun: 0,
      ended: 0,
      written: 0,
      writes: new Map(),
      dispatchers: new Map(),
      driver: openDriver(exchange, credentials, rate, options, time.now, () => {
        // Told to wait while it stood in line.
        if (pauseOf(lane) > 0) throw new HeldBackError()
        sent += 1
      }),
    }
    tellWrites(lane.driver, lane.dispatchers, () => noteWrite(lane, options.clock()))
    lanes.set(rate.id, lane)
    return lane
  }

  async function attempt<T>(request: ExchangeRequest, schema: z.ZodType<T>): Promise<ExchangeAnswer<T>> {
    // Taken before the throttle lets the call go: too early only leaves a little more for the next run.
    const askedAt = options.clock()
    const response = await inTurn(laneOf(request.rate), request)
    const answeredAt = options.clock()
    // A page of the network in front of the exchange tells the time as well.
    time.hear(response)
    const checked = schema.safeParse(readAnswer(familyOf(exchange, request), response, time.of(answeredAt)))
    if (!checked.success) throw new FailureError({ kind: 'bad-payload' })
    const timing = { askedAt: time.of(askedAt), answeredAt: time.of(answeredAt) }
    return { data: checked.data, ...believableTiming(timing, sentAt(response)) }
  }

  /**
   * The throttle counts from when it lets a call go. A call that opens its connection first, or that a busy process
   * writes late, arrives later than that, and those that follow would then meet more than they may in the exchange's
   * window. So of any `calls` and one more in a row, the last waits until the first was written a window ago.
   */
  async function inTurn(lane: Lane, request: ExchangeRequest): Promise<RawResponse> {
    const { calls, per } = request.rate
    const turn = lane.begun++
    if (turn >= calls) {
      const earlier = await writeOf(lane, turn - calls).promise
      lane.writes.delete(turn - calls)
      await options.sleep(Math.max(0, earlier + per + jitter - options.clock()))
    }
    try {
      return await send(lane.driver, request)
    } finally {
      lane.ended += 1
      // Not every call comes to be written.
      while (lane.written < lane.ended) noteWrite(lane, options.clock())
    }
  }

  /** Our clock may be off: learn by how much from the exchange's. True when that changed something. */
  async function learnClock(): Promise<boolean> {
    const before = time.of(0)
    try {
      time.learn((await attempt(exchange.serverTime.request, exchange.serverTime.time)).data)
      return Math.abs(time.of(0) - before) > 1_000
    } catch {
      return false
    }
  }

  /** Waits while nobody may call, and on when another question was told to wait longer meanwhile. */
  async function sitOut(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    for (let until = pauseOf(lane); until > 0 && !signal?.aborted; until = pauseOf(lane)) {
      await options.sleep(until - options.clock(), signal)
      if (!signal?.aborted) satOutUntil = Math.max(satOutUntil, until)
    }
  }

  /** Whoever calls from our address is concerned by a ban, and by a limit that keyed calls of all keys share. */
  function tellEverybody(failure: Failure, { access, rate }: ExchangeRequest): void {
    const shared = failure.kind === 'rate-limited' && rate.scope === 'address' && access === 'private'
    if (!failure.everybody && !shared) return
    const until = options.clock() + (failure.retryAfter ?? unknownPatience)
    if (failure.everybody) bannedUntil = Math.max(bannedUntil, until)
    options.onCoolDown?.(until)
  }

  async function ask<T>(request: ExchangeRequest, schema: z.ZodType<T>, asked: AskOptions = {}) {
    const lane = laneOf(request.rate)
    for (let tries = 1; ; tries += 1) {
      await sitOut(lane, asked.signal)
      if (asked.signal?.aborted) throw new FailureError({ kind: 'aborted' })
      if (ending.closed()) throw new FailureError({ kind: 'exchange-closed' })
      try {
        const answer = await abortable(attempt(request, schema), asked.signal)
        asked.onSend?.()
        ending.met(request)
        return answer
      } catch (error) {
        if (error instanceof HeldBackError) {
          tries -= 1
          continue
        }
        asked.onSend?.()
        const failure = error instanceof FailureError ? error.failure : { kind: 'exchange-down' as const }
        tellEverybody(failure, request)
        if (ending.met(request, failure.kind)) throw new FailureError({ kind: 'exchange-closed' })
        const delay = await nextDelay(failure, tries, ending.attempts(request) ?? asked.attempts)
        if (delay === undefined) throw new FailureError(failure)
        // Several questions may be told to wait, one longer than the other: the longest wait holds for all.
        if (failure.kind === 'rate-limited')
          lane.pausedUntil = Math.max(lane.pausedUntil, options.clock() + delay)
        else await options.sleep(delay, asked.signal)
      }
    }
  }

  /** Milliseconds until the next attempt; undefined when there is none. */
  async function nextDelay(failure: Failure, tries: number, attempts = Number.POSITIVE_INFINITY) {
    const policy = retryPolicy(failure.kind)
    if (policy === 'never' || tries >= attempts) return undefined
    if (tries >= (policy === 'wait' ? waitAttempts : backoffAttempts)) return undefined
    if (failure.kind === 'clock-skew' && (await learnClock())) return 0
    const jittered = options.random() * Math.min(backoffCap, 250 * 2 ** tries)
    const delay = policy === 'wait' ? (failure.retryAfter ?? 1_000 + jittered) : jittered
    if (options.deadline !== undefined && options.clock() + delay >= options.deadline) return undefined
    return delay
  }

  async function learnTime(asked?: AskOptions): Promise<Failure | undefined> {
    if (time.isFresh()) return undefined
    try {
      const { request, time: schema } = exchange.serverTime
      time.learn((await ask(request, schema, { attempts: timeAttempts, ...asked })).data)
      return undefined
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      return time.isKnown() ? undefined : error.failure
    }
  }

  return {
    ask,
    now: time.now,
    learnTime,
    requests: () => sent,
    close: async () => {
      // Not gracefully: a question that hangs would keep everybody waiting, and nobody waits for its answer any more.
      const dispatchers = [...lanes.values()].flatMap((lane) => [...lane.dispatchers.keys()])
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()))
      lanes.clear()
    },
  }
}

function familyOf({ families, name }: ExchangeDefinition, { family = '' }: ExchangeRequest): Family {
  const known = families[family]
  if (known === undefined) throw new Error(`${name} has no family of answers “${family}”.`)
  return known
}

/** A call that was about to be sent when the exchange told us to wait: it was not, and its turn comes again. */
class HeldBackError extends Error {}

type Lane = {
  driver: Driver
  pausedUntil: number
  begun: number
  ended: number
  written: number
  /** When the first, second, … call of the limit was written to its connection; those that still matter. */
  readonly writes: Map<number, Write>
  /** What calls are sent by, straight and through each proxy, with what watches it. */
  readonly dispatchers: Map<Dispatcher, Dispatcher>
}

type Write = { readonly promise: Promise<number>; readonly resolve: (time: number) => void }

function writeOf(lane: Lane, turn: number): Write {
  const known = lane.writes.get(turn)
  if (known !== undefined) return known
  let resolve: Write['resolve'] = () => undefined
  const promise = new Promise<number>((done) => {
    resolve = done
  })
  const write = { promise, resolve }
  lane.writes.set(turn, write)
  return write
}

function noteWrite(lane: Lane, at: number): void {
  writeOf(lane, lane.written++).resolve(at)
}

type Handler = { onRequestStart?: (...started: unknown[]) => unknown }
type Dispatch = (call: unknown, handler: Handler) => unknown
type Dispatcher = {
  compose(interceptor: (dispatch: Dispatch) => Dispatch): Dispatcher
  destroy(): Promise<void>
}

/** Calls back as the transport (undici) begins to write a request, which may be long after it was asked to. */
function tellWrites(driver: Driver, watched: Map<Dispatcher, Dispatcher>, onWrite: () => void): void {
  const prepare = driver.setFetchProxyOptions.bind(driver)
  const watch: (dispatch: Dispatch) => Dispatch = (dispatch) => (call, handler) => {
    const { onRequestStart } = handler
    handler.onRequestStart = (...started) => {
      onWrite()
      return onRequestStart?.apply(handler, started)
    }
    return dispatch(call, handler)
  }
  driver.setFetchProxyOptions = (
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

const rawResponse = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  text: z.string(),
})

/**
 * ccxt signs, throttles and transports; what it makes of an answer is replaced: its own handling throws on bodies
 * without a message, takes HTML for an empty list and quotes the signed URL in its errors.
 */
function openDriver(
  exchange: ExchangeDefinition,
  credentials: Credentials,
  rate: RateLimit,
  options: ClientOptions,
  now: () => number,
  onSend: () => void,
): Driver {
  const open = Object.entries(drivers).find(([id]) => id === exchange.id)?.[1]
  if (open === undefined) throw new Error(`No driver for the exchange ${exchange.id}.`)
  const timeout = options.timeout ?? defaultTimeout
  const hosts: Readonly<Record<string, string>> = { ...exchange.hosts, ...options.hosts }
  // A single one stands for all that ccxt knows; what comes before the paths stays ccxt's.
  const [only] = Object.keys(hosts).length === 1 ? Object.values(hosts) : []
  const driver = new open({
    apiKey: credentials.apiKey.reveal(),
    secret: credentials.secret.reveal(),
    uid: credentials.passphrase?.reveal() ?? '',
    timeout,
    enableRateLimit: true,
    ...throttleSettings(rate),
    ...(only === undefined && { urls: { api: hosts } }),
  })
  driver.httpProxyCallback = options.proxyOf
  driver.nonce = now
  driver.calculateRateLimiterCost = () => 1
  driver.setLastRequest = () => undefined
  const sign = driver.sign.bind(driver)
  driver.sign = (path: string, section?: string, verb?: string, params?: object) => {
    onSend()
    const { url, method, body, headers } = sign(path, section, verb, params)
    const ours = Object.entries(headers ?? {}).filter(([name]) => !exchange.unwantedHeaders.includes(name))
    const host = hosts[exchange.hostOfPath[path] ?? '']
    const atItsHost = host === undefined ? url : host + url.slice(url.indexOf(`/${path}`))
    return {
      url: only === undefined ? atItsHost : only + url.slice(new URL(url).origin.length),
      method,
      body,
      headers: Object.fromEntries(ours),
    }
  }
  driver.handleRestResponse = async (response: { status: number; text(): Promise<string> }) => ({
    status: response.status,
    headers: driver.getResponseHeaders(response),
    text: await response.text(),
  })
  driver.undiciBody = (response: StreamedResponse) =>
    readBody(response, timeout, options.maxBody ?? defaultMaxBody)
  return driver
}

async function send(
  driver: Driver,
  { section, path, access, method, params }: ExchangeRequest,
): Promise<RawResponse> {
  try {
    return rawResponse.parse(
      await driver.request(path, section === undefined ? access : [...section, access], method, {
        ...params,
      }),
    )
  } catch (error) {
    if (error instanceof HeldBackError) throw error
    // The transport's errors quote the signed URL: their text ends here.
    throw new FailureError({ kind: 'exchange-down' })
  }
}

type StreamedResponse = {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array> & { destroy(error?: Error): void }
}

/** Reads one body within the attempt's time and a bound of memory: ccxt's own reading knows neither. */
async function readBody(response: StreamedResponse, timeout: number, maxBody: number): Promise<string> {
  const timer = setTimeout(() => response.body.destroy(new Error('slow body')), timeout)
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body) {
      size += chunk.length
      if (size > maxBody) throw new Error('huge body')
      chunks.push(chunk)
    }
    const encoding = response.headers['content-encoding']
    const inflated = await inflateBody(
      Buffer.concat(chunks),
      typeof encoding === 'string' ? encoding : '',
      maxBody,
    )
    return inflated.toString('utf8')
  } finally {
    clearTimeout(timer)
    response.body.destroy()
  }
}

async function inflateBody(body: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip)(body, { maxOutputLength })
    case 'br':
      return promisify(brotliDecompress)(body, { maxOutputLength })
    case 'deflate':
      return promisify(inflate)(body, { maxOutputLength })
    default:
      return body
  }
}

/** An exchange that does not say how long gets this much patience from everybody. Milliseconds. */
const unknownPatience = 60_000

/** Stops waiting when the signal fires; what is under way is left to end by itself. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(new FailureError({ kind: 'aborted' }))
    // Every question under way listens; Node would take that many listeners for a leak.
    setMaxListeners(0, signal)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
