import { setMaxListeners } from 'node:events'
import type { z } from 'zod'
import {
  type AskOptions,
  believableTiming,
  type ExchangeAnswer,
  type ExchangeClient,
  type Wait,
} from '../domain/client.ts'
import type { Credentials } from '../domain/connection.ts'
import type { ExchangeDefinition, Family } from '../domain/exchange.ts'
import { type Failure, FailureError, retryPolicy } from '../domain/failure.ts'
import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import { type RawResponse, readAnswer } from './answer.ts'
import { closingWatch } from './closing-watch.ts'
import { type Driver, HeldBackError, loadDriver } from './driver.ts'
import { exchangeTime, sentAt } from './exchange-time.ts'
import { openPatience } from './patience.ts'
import { openPools, type Pools, poolsOfClient } from './pools.ts'
import type { ProxyOf } from './proxies.ts'
import { openTurns } from './turns.ts'

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
  /** What all clients of this process may do together from our address; without it, this client is alone. */
  readonly addressPools?: Pools
  /** What signs and sends the calls; without it, ccxt. */
  readonly driver?: typeof loadDriver
  /** Called when the exchange asks everybody who calls from our address to wait until then (epoch milliseconds). */
  readonly onCoolDown?: (until: number) => void
  /** Called when nothing is asked for a while, and why. */
  readonly onWait?: (wait: Wait) => void
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

/** The calls of one rate limit: a driver of its own lets no stream's calls wait for another's allowance. */
type Lane = { readonly driver: Promise<Driver>; readonly turns: ReturnType<typeof openTurns> }

/** Opens a client for one key: it asks, waits as long as it has to, and asks again. */
export function openExchangeClient(
  exchange: ExchangeDefinition,
  credentials: Credentials,
  options: ClientOptions,
): ExchangeClient {
  const { driver: load = loadDriver } = options
  const lanes = new Map<string, Lane>()
  let sent = 0
  /** What the exchange allows by its own word, once it was asked. */
  let told: Promise<readonly RateLimit[]> | undefined
  const time = exchangeTime(options.clock)
  const ending = closingWatch(exchange, time.now)
  const patience = openPatience(options)
  const takePools = poolsOfClient(exchange.id, openPools(options), options.addressPools ?? openPools(options))

  function laneOf(rate: RateLimit): Lane {
    const known = lanes.get(rate.id)
    if (known !== undefined) return known
    const turns = openTurns(rate, options)
    const driver = load(exchange, credentials, rate, {
      hosts: options.hosts,
      proxyOf: options.proxyOf,
      now: time.now,
      timeout: options.timeout ?? defaultTimeout,
      maxBody: options.maxBody ?? defaultMaxBody,
      onSend: () => {
        // Told to wait while it stood in line.
        if (patience.pauseOf(rate) > 0) throw new HeldBackError()
        sent += 1
      },
      onWrite: turns.noteWrite,
    })
    const lane = { driver, turns }
    lanes.set(rate.id, lane)
    return lane
  }

  /** The request with its shared allowances as the exchange tells them by now. */
  async function asTold(request: ExchangeRequest): Promise<ExchangeRequest> {
    const { toldLimits } = exchange
    if (toldLimits === undefined || request.access === 'public' || request.pools === undefined) return request
    told ??= attempt(toldLimits.request, toldLimits.limits).then(
      ({ data }) => data,
      // What is documented holds on.
      () => [],
    )
    const limits = await told
    return { ...request, pools: request.pools.map((pool) => limits.find(({ id }) => id === pool.id) ?? pool) }
  }

  /** Nobody waits for the answer any more, or may: what did not come in time counts as not coming. */
  function whyNot(signal: AbortSignal | undefined): Failure | undefined {
    if (signal?.aborted) return { kind: 'aborted' }
    const isLate = options.deadline !== undefined && options.clock() >= options.deadline
    return isLate ? { kind: 'exchange-down' } : undefined
  }

  async function send(request: ExchangeRequest, signal: AbortSignal | undefined): Promise<RawResponse> {
    const { driver, turns } = laneOf(request.rate)
    const { send } = await driver
    return turns.inTurn(async (isCounted) => {
      await takePools(await asTold(request), isCounted, signal)
      // While it stood in line, its time may have run out.
      const reason = whyNot(signal)
      if (reason !== undefined) throw new FailureError(reason)
      return send(request)
    }, signal)
  }

  async function attempt<T>(
    request: ExchangeRequest,
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<ExchangeAnswer<T>> {
    // Taken before the throttle lets the call go: too early only leaves a little more for the next run.
    const askedAt = options.clock()
    const response = await send(request, signal)
    const answeredAt = options.clock()
    // A page of the network in front of the exchange tells the time as well.
    time.hear(response)
    const checked = schema.safeParse(readAnswer(familyOf(exchange, request), response, time.of(answeredAt)))
    if (!checked.success) throw new FailureError({ kind: 'bad-payload' })
    const timing = { askedAt: time.of(askedAt), answeredAt: time.of(answeredAt) }
    return { data: checked.data, ...believableTiming(timing, sentAt(response)) }
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

  async function ask<T>(request: ExchangeRequest, schema: z.ZodType<T>, asked: AskOptions = {}) {
    // That there is no driver is a bug of ours: no failure of the exchange, and nothing to try again.
    const lane = laneOf(request.rate)
    await lane.driver
    for (let tries = 1; ; tries += 1) {
      await patience.sitOut(request.rate, asked.signal)
      if (asked.signal?.aborted) throw new FailureError({ kind: 'aborted' })
      if (ending.closed()) throw new FailureError({ kind: 'exchange-closed' })
      try {
        const answer = await abortable(attempt(request, schema, asked.signal), asked.signal)
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
        patience.tellEverybody(failure, request)
        if (ending.met(request, failure.kind)) throw new FailureError({ kind: 'exchange-closed' })
        const delay = await nextDelay(lane, failure, tries, ending.attempts(request) ?? asked.attempts)
        if (delay === undefined) throw new FailureError(failure)
        if (failure.kind === 'rate-limited') patience.pause(request.rate, delay)
        else await options.sleep(delay, asked.signal)
      }
    }
  }

  /** Milliseconds until the next attempt; undefined when there is none. */
  async function nextDelay(
    { turns }: Lane,
    failure: Failure,
    tries: number,
    attempts = Number.POSITIVE_INFINITY,
  ) {
    const policy = retryPolicy(failure.kind)
    if (tries >= attempts || tries >= (policy === 'wait' ? waitAttempts : backoffAttempts)) return undefined
    if ((failure.kind === 'clock-skew' || failure.orClock) && (await learnClock())) return 0
    if (policy === 'never') return undefined
    if (failure.apart !== undefined) turns.keepApart(failure.apart)
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
      const opened = await Promise.allSettled([...lanes.values()].map(({ driver }) => driver))
      await Promise.all(opened.map((one) => one.status === 'fulfilled' && one.value.close()))
      lanes.clear()
    },
  }
}

function familyOf({ families, name }: ExchangeDefinition, { family = '' }: ExchangeRequest): Family {
  const known = families[family]
  if (known === undefined) throw new Error(`${name} has no family of answers “${family}”.`)
  return known
}

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
