import type { Beyond, End } from '../simulated-exchange/history.ts'
import { type SharedKey, type SharedOptions, usualOptions } from '../simulated-exchange/options.ts'
import { demoAccount, type SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import type { FaultKind } from './faults.ts'

export const permissions = [
  'spot-trade',
  'read',
  'futures-trade',
  'transfer',
  'withdraw',
  'subaccount-transfer',
] as const
export type Permission = (typeof permissions)[number]

export type SimulatedKey = SharedKey<SimulatedAccount> & {
  permissions: readonly Permission[]
  /** Bound to an address that is not ours: 100419. */
  ipBound?: boolean
  /** A key of a sub-account, which is refused what only main accounts see: 100403. */
  subaccount?: boolean
  /** The account is abnormal, or of a region that is not served: 100414. */
  restricted?: boolean
}

export const historyNames = [
  'spotFills',
  'futuresFills',
  'orderFills',
  'ledger',
  'deposits',
  'withdrawals',
  'coinOrders',
] as const
export type HistoryName = (typeof historyNames)[number]

/** How one endpoint is taken where its page says nothing, or another page something else. */
export type EndpointReading = {
  lowerEnd: End
  upperEnd: End
  /** Milliseconds that the filter compares. */
  grain: 1 | 1000
  /** Milliseconds. Older rows are not served. */
  lookBack: number
  beyond: Beyond
  /** Milliseconds. Wider windows are refused with 109400; left out, none are. */
  maxSpan?: number
}

/** What BingX's documents leave open. */
export type Readings = {
  endpoints: Record<HistoryName, EndpointReading>
  /** Rows of spot fills in one answer: 500 by the note, 1,000 by the table. */
  spotPage: 500 | 1000
  /** Whether fills and the ledger are told of all symbols where none is named, or that is refused with 100400. */
  symbol: 'optional' | 'required'
  /** Whether `allFillOrders` heeds the symbol that it is asked for. */
  orderFillsSymbol: 'heeded' | 'ignored'
  /** Whether a row of `allFillOrders` is one fill, or all that an order filled within a second. */
  orderFillsOf: 'fills' | 'orders'
  /** What a deposit that was credited says of itself: 6, 1 with all its confirmations, or 0. */
  creditedDeposit: 6 | 1 | 0
  /** Whether `apiPermissions` lists numbers or has a switch for each. */
  permissionsAs: 'numbers' | 'switches'
  /** Whether a key that may only read is refused the ledger and older futures fills with 100004. */
  traders: 'all' | 'ledger-and-orders'
  /** How a list without rows is written, where it has an envelope. */
  empty: 'list' | 'null'
  /** What the list of futures fills is called. */
  futuresList: 'fill_history_orders' | 'fill_orders'
}

export type SimulatorOptions = SharedOptions<SimulatedAccount, SimulatedKey, Code, FaultKind> & {
  readings: Readings
  /** Milliseconds for which a key, or an address, is shut out that goes beyond its limit. */
  block: number
}

/** Made up, of course. */
export const demoKey = {
  apiKey: 'demo-access-key-of-the-simulated-bingx',
  secret: 'demo-secret-key-of-the-simulated-bingx',
  permissions: ['read'],
} as const satisfies SimulatedKey

const day = 86_400_000
const inclusive = { lowerEnd: 'inclusive', upperEnd: 'inclusive', grain: 1, beyond: 'clipped' } as const

/** As documented and, where that is silent, as it was measured by others. */
export const usualReadings: Readings = {
  endpoints: {
    // Seven days are documented. What begins much earlier was answered with the newest fills, whatever was asked.
    spotFills: { ...inclusive, lookBack: 100 * day, beyond: 'newest' },
    futuresFills: {
      ...inclusive,
      lowerEnd: 'exclusive',
      lookBack: 7 * day,
      maxSpan: 7 * day,
    },
    orderFills: { ...inclusive, lowerEnd: 'exclusive', lookBack: 30 * day, maxSpan: 30 * day },
    ledger: { ...inclusive, lookBack: 90 * day },
    deposits: { ...inclusive, lookBack: 365 * day },
    withdrawals: { ...inclusive, lookBack: 365 * day },
    coinOrders: { ...inclusive, lookBack: 30 * day, maxSpan: 7 * day },
  },
  spotPage: 500,
  symbol: 'optional',
  orderFillsSymbol: 'heeded',
  orderFillsOf: 'fills',
  creditedDeposit: 6,
  permissionsAs: 'numbers',
  traders: 'all',
  empty: 'list',
  futuresList: 'fill_history_orders',
}

/** The same in all endpoints. */
export function everywhere(part: Partial<EndpointReading>): Readings {
  const endpoints = structuredClone(usualReadings.endpoints)
  for (const name of historyNames) endpoints[name] = { ...endpoints[name], ...part }
  return { ...usualReadings, endpoints }
}

export function completeOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  const clock = given.clock ?? Date.now
  return {
    ...usualOptions,
    // A full page of spot fills was seen to hold the oldest.
    page: 'oldest',
    clock,
    account: given.account ?? demoAccount(clock()),
    keys: [demoKey],
    readings: structuredClone(usualReadings),
    block: 300_000,
    ...given,
  }
}
