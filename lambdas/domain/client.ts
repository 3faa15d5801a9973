import { z } from 'zod'
import type { Failure } from './failure.ts'
import type { ExchangeRequest, RateLimit } from './stream.ts'

/** One answer: the `data` of the exchange's envelope, checked. */
export type ExchangeAnswer<T> = {
  readonly data: T
} & Timing

/** Epoch milliseconds: the exchange looked at the question no earlier than `askedAt`, and no later than `answeredAt`. */
export type Timing = { readonly askedAt: number; readonly answeredAt: number }

/** The exchange tells whole seconds, and clocks differ a little; the settle lags are far longer. Milliseconds. */
export const clockTolerance = 60_000
const second = 1_000

/**
 * When a question was sent and its answer complete by our clock, made true where the exchange tells when it answered: a
 * clock of ours that is ahead would claim time that the exchange has not reached yet, and one that is behind would
 * claim time that the exchange has just ceased to serve.
 */
export function believableTiming({ askedAt, answeredAt }: Timing, told: number | undefined): Timing {
  if (told === undefined) return { askedAt, answeredAt }
  return {
    askedAt: askedAt - told > clockTolerance ? told : askedAt,
    answeredAt: Math.max(answeredAt, told + second),
  }
}

/**
 * Why nothing is asked for a while: the exchange asked to wait, `told`, with the calls of one key or account or from one address,
 * or what it allows is used up. `until`: epoch milliseconds.
 */
export type Wait = {
  readonly why: 'told' | 'used up'
  readonly scope: RateLimit['scope']
  readonly until: number
}

/** For questions whose answer matters only by being given. */
export const anyData = z.unknown()

export type AskOptions = {
  readonly signal?: AbortSignal
  /** How often to try at most; without it, as often as patience and time allow. */
  readonly attempts?: number
  /** Called once for each attempt, when it is over; not for one that was held back because the exchange told us to wait. */
  readonly onSend?: () => void
}

/** Asks one exchange with one key. Retries inside; throws `FailureError` when no answer can be had. */
export type ExchangeClient = {
  /**
   * `schema` sees the `data` of the answer; a number literal that JavaScript cannot hold exactly arrives as an
   * object whose `toString()` is the literal, so that no digit is lost.
   */
  ask<T>(request: ExchangeRequest, schema: z.ZodType<T>, options?: AskOptions): Promise<ExchangeAnswer<T>>
  /**
   * The exchange's time in epoch milliseconds: our clock, put right by what the exchange has told so far. Never later
   * than its own where it told any.
   */
  now(): number
  /** Asks the exchange what time it is. Resolves with the reason where `now` rests on our own clock alone. */
  learnTime(options?: AskOptions): Promise<Failure | undefined>
  /** Requests sent so far, retries included. */
  requests(): number
  close(): Promise<void>
}

/** The same client, whose every question ends when the signal fires, whoever asks. */
export function stoppable(client: ExchangeClient, signal: AbortSignal): ExchangeClient {
  return {
    ...client,
    ask: (request, schema, options) => client.ask(request, schema, { signal, ...options }),
    learnTime: (options) => client.learnTime({ signal, ...options }),
  }
}
