import type { ExchangeRequest } from './stream.ts'

/** One answer: the `data` of the exchange's envelope. Numbers that JavaScript cannot hold exactly arrive as strings. */
export type ExchangeAnswer = {
  readonly data: unknown
  /** Epoch milliseconds: when the successful attempt was sent, and when its answer was complete. */
  readonly askedAt: number
  readonly answeredAt: number
}

/** Asks one exchange with one key. Retries inside; throws `FailureError` when no answer can be had. */
export type ExchangeClient = {
  ask(request: ExchangeRequest, signal?: AbortSignal): Promise<ExchangeAnswer>
  /** Requests sent so far, retries included; by rate limit id when one is named. */
  requests(rate?: string): number
  close(): Promise<void>
}
