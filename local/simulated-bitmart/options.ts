import { demoAccount, type SimulatedAccount } from './account.ts'
import type { FaultKind } from './faults.ts'
import type { PageOrder } from './page.ts'

export type Permission = 'read' | 'spot-trade' | 'futures-trade' | 'withdraw'

export type SimulatedKey = {
  apiKey: string
  secret: string
  memo: string
  permissions: readonly Permission[]
  /** Bound to an address that is not ours: 30010. */
  ipBound?: boolean
  /** 30011. */
  expired?: boolean
  /** A key of a sub-account, which is refused withdrawals and deposits: 60026. */
  subaccount?: boolean
  /** Left out: the account of the options. */
  account?: SimulatedAccount
  /** False: the account never opened futures, 40046. */
  futuresOpened?: boolean
  /** 53000. */
  frozen?: boolean
}

export type SimulatedRequest = {
  /** The server's time. */
  readonly at: number
  readonly path: string
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly key?: string
  /** The code in the answer; the HTTP status or the fault where the answer has none. */
  readonly code: number | string
  readonly fault?: FaultKind
  /** How many rows were served; absent where the answer is no list. */
  readonly rows?: number
}

/** How BitMart turns a call away before it looks at it: for too many calls, or for going on after being told so. */
export type TurnedAway = {
  readonly code: 30013 | 30017
  /** In the place of those that tell of the limit. */
  readonly headers: Readonly<Record<string, string>>
}

export type SimulatorOptions = {
  /** 0: any free one. */
  port: number
  /** Epoch milliseconds. */
  clock: () => number
  seed: number
  account: SimulatedAccount
  keys: SimulatedKey[]
  page: PageOrder
  /** Milliseconds. Older rows are not served. */
  lookBack: { fills: number; ledger: number; transfers: number }
  /**
   * A window that begins more than an hour before the look-back: `clipped`, it is answered with the rows that are
   * young enough; `empty`, with no row at all; `refused`, with 50041 (spot), 40039 (contract) or 60067 (transfers).
   */
  beyondLookBack: 'empty' | 'refused' | 'clipped'
  /** Epoch milliseconds of the server: from then on everything is served, however old. */
  archiveOpensAt?: number
  /** Epoch milliseconds of the server: until then, questions about what is older than 90 days get a code that nobody documents. */
  strangeUntil?: number
  /** Whether a question that ends after the server's own time is refused, with the code of a time out of range. */
  refusesFuture?: boolean
  /** Whether all that is left of the exchange is the network in front of it: every call gets a page of it. */
  closed?: boolean
  /**
   * What the ends of a time filter mean. `inclusive`: the whole unit is part of the answer, `exclusive`: none of it is.
   * `milliseconds`: the end is an instant, though it was told in seconds: of an upper end's unit that instant is part of
   * the answer, of a lower end's unit all but that instant.
   */
  upperEnd: 'inclusive' | 'exclusive' | 'milliseconds'
  lowerEnd: 'inclusive' | 'exclusive' | 'milliseconds'
  /** Whether a question may end where it begins. */
  emptySpan: 'served' | 'refused'
  /** Rows in one answer, where that is fewer than the documentation says. */
  pageCap?: number
  /** What becomes of a row on its way into an answer. */
  garble?: (row: unknown) => unknown
  /** Rows of transfers in one answer, however large the `N` that was asked for. */
  transferCap: 100 | 1000
  /** Milliseconds. Wider windows of spot fills are refused with 50041. */
  maxSpotSpan?: number
  /** `down`: 503 with an HTML body; `empty`: answers that list nothing. */
  publicEndpoints: 'up' | 'down' | 'empty'
  enforceLimits: boolean
  /** Limits that all callers share, whatever their key: asked about each call. */
  turnAway?: (call: {
    readonly at: number
    readonly path: string
    readonly key?: string
  }) => TurnedAway | undefined
  /** Milliseconds before each answer. */
  latency: number
  /**
   * Every Nth call fails, in the kinds by turns. Calls over the limit do not count. Where not all of them fail, no question does
   * more than four times in a row.
   */
  faults: { every: number; kinds: readonly FaultKind[] } | undefined
  codeAs: 'number' | 'string'
  /** Milliseconds that the server's clock is ahead of `clock`. */
  serverClockOffset: number
  /** Milliseconds over which the fault `slow-body` spreads its body. */
  slowBody: number
  onRequest?: (request: SimulatedRequest) => void
}

/** Made up, of course. The memo holds the characters that are known to break other tools. */
export const demoKey = {
  apiKey: 'demo-access-key-of-the-simulated-bitmart',
  secret: 'demo-secret-key-of-the-simulated-bitmart',
  memo: 'demo memo ※ naïve!',
  permissions: ['read'],
} as const satisfies SimulatedKey

const day = 86_400_000

export function completeOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  const clock = given.clock ?? Date.now
  return {
    port: 0,
    clock,
    seed: 1,
    account: given.account ?? demoAccount(clock()),
    keys: [demoKey],
    page: 'newest',
    lookBack: { fills: 90 * day, ledger: 90 * day, transfers: Number.POSITIVE_INFINITY },
    beyondLookBack: 'clipped',
    upperEnd: 'inclusive',
    lowerEnd: 'inclusive',
    emptySpan: 'served',
    transferCap: 1000,
    publicEndpoints: 'up',
    enforceLimits: true,
    latency: 0,
    faults: undefined,
    codeAs: 'number',
    serverClockOffset: 0,
    slowBody: 5_000,
    ...given,
  }
}
