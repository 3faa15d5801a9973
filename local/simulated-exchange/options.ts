import type { FaultPlan } from './faults.ts'
import type { LimitWindows } from './limits.ts'
import type { PageOrder } from './page.ts'

export type SharedKey<Account> = {
  apiKey: string
  secret: string
  /** Left out: the account of the options. */
  account?: Account
}

export type SimulatedRequest<Fault = string> = {
  /** The server's time. */
  readonly at: number
  readonly path: string
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly key?: string
  /** The code in the answer; the HTTP status or the fault where the answer has none. */
  readonly code: number | string
  readonly fault?: Fault
  /** How many rows were served; absent where the answer is no list. */
  readonly rows?: number
}

/** How an exchange turns a call away before it looks at it: for too many calls, or for going on after being told so. */
export type TurnedAway<Code> = {
  readonly code: Code
  /** In the place of those that tell of the limit. */
  readonly headers: Readonly<Record<string, string>>
}

/** What can be said of any simulated exchange; each adds what is its own. */
export type SharedOptions<Account, Key, Code, Fault> = {
  /** 0: any free one. */
  port: number
  /** Epoch milliseconds. */
  clock: () => number
  seed: number
  account: Account
  keys: Key[]
  page: PageOrder
  /** Whether all that is left of the exchange is the network in front of it: every call gets a page of it. */
  closed?: boolean
  /** Rows in one answer, where that is fewer than the documentation says. */
  pageCap?: number
  /** What becomes of a row on its way into an answer. */
  garble?: (row: unknown) => unknown
  /** `down`: 503 with an HTML body; `empty`: answers that list nothing. */
  publicEndpoints: 'up' | 'down' | 'empty'
  enforceLimits: boolean
  limitWindows: LimitWindows
  /** Milliseconds that a call is on its way before it is counted: asked about each. */
  onTheWay?: () => number
  /** Limits that all callers share, whatever their key: asked about each call. */
  turnAway?: (call: {
    readonly at: number
    readonly path: string
    readonly key?: string
  }) => TurnedAway<Code> | undefined
  /** Milliseconds before each answer. */
  latency: number
  /**
   * Every Nth call fails, in the kinds by turns. Calls over the limit do not count. Where not all of them fail, no question does
   * more than four times in a row.
   */
  faults: FaultPlan<Fault> | undefined
  /** Milliseconds that the server's clock is ahead of `clock`. */
  serverClockOffset: number
  /** Milliseconds over which the fault `slow-body` spreads its body. */
  slowBody: number
  onRequest?: (request: SimulatedRequest<Fault>) => void
}

/** What holds where nothing else is said. */
export const usualOptions = {
  port: 0,
  seed: 1,
  page: 'newest',
  publicEndpoints: 'up',
  enforceLimits: true,
  limitWindows: 'sliding',
  latency: 0,
  faults: undefined,
  serverClockOffset: 0,
  slowBody: 5_000,
} as const
