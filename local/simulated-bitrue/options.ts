import { type SharedKey, type SharedOptions, usualOptions } from '../simulated-exchange/options.ts'
import { demoAccount, type SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import type { FaultKind } from './faults.ts'
import type { ForcedTimes } from './forced-orders.ts'

export type SimulatedKey = SharedKey<SimulatedAccount> & {
  /** Whether "Read-Only" is ticked: it is for every key that Bitrue makes today. */
  reads: boolean
  /** Trusts another address than ours. */
  ipBound?: boolean
  /** Whether futures were ever activated. */
  futures?: 'active' | 'never'
}

/** What an exchange makes of a filter: obeys it, is deaf to it, or answers nothing at all. */
export const manners = ['obeyed', 'ignored', 'emptying'] as const
export type Manner = (typeof manners)[number]

/** What Bitrue's documents leave open, or say and users deny. */
export type Readings = {
  /** `startTime` and `endTime`, of all histories. */
  times: Manner
  /** Whether `endTime` itself is part of the answer. */
  upperEnd: 'inclusive' | 'exclusive'
  /** Which id of a spot fill `fromId` is compared with, or what else becomes of it. */
  fromId: 'id' | 'tradeId' | 'ignored' | 'emptying'
  /** In which order the rows of a page come, whichever they are. */
  order: 'newest-first' | 'oldest-first' | 'any'
  /**
   * Whether an offset counts the rows that are left out, names the first of the page, of which there is one more than that, or counts
   * pages.
   */
  offset: 'skipped' | 'first' | 'pages'
  /** What a question for transfers without a status shows: those that have just begun, or all. */
  defaultStatus: 'first' | 'all'
  /** What all calls from one address may weigh in a minute, as is told and as is enforced. */
  weight: number
  /** Milliseconds that two questions for fills must be apart, or 412 tells of a time stamp; 0: none. */
  apart: number
  /** Whether the error of a clock that is off is that of a wrong key. */
  clockAs: 'key' | 'timestamp'
  /** Whether names that have left the catalogue, or never were in it, are still answered, and with their rows. */
  delisted: 'served' | 'refused' | 'emptied'
  /** Milliseconds. Older rows are not served. */
  lookBack: number
  /** Whether the lists of contracts have an envelope. */
  contractsAs: 'bare' | 'enveloped'
  /** Whether each family shows its own transfers between wallets, or those of both. */
  families: 'apart' | 'together'
  /** What a question for forced orders without a type shows, and whether one with a type is heeded, or not even answered. */
  forcedTypes: 'all' | 'liquidations' | 'unheeded' | 'refused'
  /** By which clocks the times of forced orders are told. */
  forcedTimes: ForcedTimes
  /** How a list of transfers or futures without rows is written. */
  empty: 'list' | 'null'
}

export type SimulatorOptions = SharedOptions<SimulatedAccount, SimulatedKey, Code, FaultKind> & {
  readings: Readings
}

/** Made up, of course. */
export const demoKey = {
  apiKey: 'demo-access-key-of-the-simulated-bitrue',
  secret: 'demo-secret-key-of-the-simulated-bitrue',
  reads: true,
} as const satisfies SimulatedKey

/** As users report it; where nobody reports anything, as is documented. */
export const usualReadings: Readings = {
  times: 'ignored',
  upperEnd: 'inclusive',
  fromId: 'ignored',
  order: 'newest-first',
  offset: 'skipped',
  defaultStatus: 'all',
  weight: 1_200,
  apart: 0,
  clockAs: 'key',
  delisted: 'served',
  lookBack: 3_650 * 86_400_000,
  contractsAs: 'bare',
  families: 'apart',
  forcedTypes: 'all',
  forcedTimes: 'sampled',
  empty: 'list',
}

export function completeOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  const clock = given.clock ?? Date.now
  return {
    ...usualOptions,
    clock,
    account: given.account ?? demoAccount(clock()),
    keys: [demoKey],
    readings: { ...usualReadings },
    ...given,
  }
}
