import type { Beyond, End } from '../simulated-exchange/history.ts'
import { keyMarks } from '../simulated-exchange/key-marks.ts'
import {
  type TurnedAway as AnyTurnedAway,
  type SharedKey,
  type SharedOptions,
  usualOptions,
} from '../simulated-exchange/options.ts'
import { demoAccount, type SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import type { FaultKind } from './faults.ts'

export type Permission = 'read' | 'spot-trade' | 'futures-trade' | 'withdraw'

export type SimulatedKey = SharedKey<SimulatedAccount> & {
  memo: string
  permissions: readonly Permission[]
  /** Bound to an address that is not ours: 30010. */
  ipBound?: boolean
  /** 30011. */
  expired?: boolean
  /** A key of a sub-account, which is refused withdrawals and deposits: 60026. */
  subaccount?: boolean
  /** False: the account never opened futures, 40046. */
  futuresOpened?: boolean
  /** 53000. */
  frozen?: boolean
}

export type TurnedAway = AnyTurnedAway<Code>

export type SimulatorOptions = SharedOptions<SimulatedAccount, SimulatedKey, Code, FaultKind> & {
  /** Milliseconds. Older rows are not served. */
  lookBack: { fills: number; ledger: number; transfers: number }
  /** The answer to a window that begins more than an hour before the look-back: refused with 50041 (spot), 40039 (contract) or 60067 (transfers). */
  beyondLookBack: Exclude<Beyond, 'newest'>
  /** Epoch milliseconds of the server: from then on everything is served, however old. */
  archiveOpensAt?: number
  /** Epoch milliseconds of the server: until then, questions about what is older than 90 days get a code that nobody documents. */
  strangeUntil?: number
  /** Whether a question that ends after the server's own time is refused, with the code of a time out of range. */
  refusesFuture?: boolean
  upperEnd: End
  lowerEnd: End
  /** Whether a question may end where it begins. */
  emptySpan: 'served' | 'refused'
  /** Rows of transfers in one answer, however large the `N` that was asked for. */
  transferCap: 100 | 1000
  /** Milliseconds. Wider windows of spot fills are refused with 50041. */
  maxSpotSpan?: number
  codeAs: 'number' | 'string'
}

/** Made up, of course. The memo holds the characters that are known to break other tools. */
export const demoKey = {
  apiKey: 'demo-access-key-of-the-simulated-bitmart',
  secret: 'demo-secret-key-of-the-simulated-bitmart',
  memo: 'demo memo ※ naïve!',
  permissions: ['read'],
} as const satisfies SimulatedKey

/** Two keys like this one, of the account of a seed. */
export function keysOf(key: SimulatedKey, seed: number | undefined): SimulatedKey[] {
  return keyMarks(seed).map((mark) => ({
    ...key,
    apiKey: mark(key.apiKey),
    secret: mark(key.secret),
    memo: mark(key.memo),
  }))
}

const day = 86_400_000

export function completeOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  const clock = given.clock ?? Date.now
  return {
    ...usualOptions,
    clock,
    account: given.account ?? demoAccount(clock()),
    keys: [demoKey],
    lookBack: { fills: 90 * day, ledger: 90 * day, transfers: Number.POSITIVE_INFINITY },
    beyondLookBack: 'clipped',
    upperEnd: 'inclusive',
    lowerEnd: 'inclusive',
    emptySpan: 'served',
    transferCap: 1000,
    codeAs: 'number',
    ...given,
  }
}
