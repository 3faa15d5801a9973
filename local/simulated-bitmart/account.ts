import { spanOf } from '../simulated-exchange/account-frame.ts'
import { seededRandom } from '../simulated-exchange/random.ts'
import { type ContractRow, listedContracts, listedSpotSymbols, type SpotSymbolRow } from './catalogue.ts'
import { type FuturesFillRow, generateFuturesFills } from './futures-fills.ts'
import { generateLedger, type LedgerRow } from './ledger.ts'
import { generateSpotFills, type SpotFillRow } from './spot-fills.ts'
import { generateTransfers, type TransferRow } from './transfers.ts'

/**
 * Everything a simulated BitMart knows about one account, rows exactly as served. Tests may add rows (in any
 * order) and change the fields of rows that do not say when it happened.
 */
export type SimulatedAccount = {
  spotFills: SpotFillRow[]
  futuresFills: FuturesFillRow[]
  ledger: LedgerRow[]
  transfers: TransferRow[]
  /** The public catalogue; pairs and contracts missing here may still have fills. */
  spotSymbols: SpotSymbolRow[]
  contracts: ContractRow[]
}

export type AccountOptions = {
  readonly seed: number
  /** Epoch milliseconds. The newest row is an hour older, so that it has settled. */
  readonly now: number
  readonly spotFills?: number
  readonly futuresFills?: number
  readonly ledgerRows?: number
  readonly withdrawals?: number
  readonly deposits?: number
  /** How far back fills and ledger rows reach. */
  readonly days?: number
  /** How many of the spot fills happen in one millisecond. */
  readonly spotBurst?: number
  /** How many of the futures fills happen in one second. */
  readonly futuresBurst?: number
  /** How far back transfers reach. */
  readonly transferYears?: number
  /** Epoch milliseconds: nothing is traded after this, and nothing deposited after a month before it. */
  readonly tradingEnds?: number
}

/** When BitMart's trading ended. */
export const tradingEnd = Date.UTC(2026, 7, 26, 1)

const hour = 3_600_000
const day = 24 * hour

/** The same options make the same account. Counts that are not given are zero. */
export function generateAccount(options: AccountOptions): SimulatedAccount {
  const { seed, now, days = 80, transferYears = 2 } = options
  const lastTrade = Math.min(now, options.tradingEnds ?? now)
  const span = spanOf(lastTrade, days)
  const { latest } = span
  // Each part has its own numbers, so that more fills do not change the transfers.
  return {
    spotFills: generateSpotFills({
      span,
      random: seededRandom(seed),
      count: options.spotFills ?? 0,
      burst: options.spotBurst ?? 0,
      burstTime: Math.floor(latest - (days * day) / 3),
    }),
    futuresFills: generateFuturesFills({
      span,
      random: seededRandom(seed + 1),
      count: options.futuresFills ?? 0,
      burst: options.futuresBurst ?? 0,
      burstTime: Math.floor((latest - (days * day) / 4) / 1000) * 1000,
    }),
    ledger: generateLedger({ span, random: seededRandom(seed + 2), count: options.ledgerRows ?? 0 }),
    transfers: generateTransfers({
      seed,
      random: seededRandom(seed + 3),
      withdrawals: options.withdrawals ?? 0,
      deposits: options.deposits ?? 0,
      earliest: now - transferYears * 365 * day,
      latest: now - hour,
      lastDeposit: Math.min(now - hour, (options.tradingEnds ?? Number.POSITIVE_INFINITY) - 31 * day),
    }),
    spotSymbols: listedSpotSymbols(),
    contracts: listedContracts(),
  }
}

/** How much there is of everything in the demo account. */
export const demoSizes = {
  seed: 20_261_121,
  spotFills: 1_450,
  spotBurst: 450,
  futuresFills: 900,
  futuresBurst: 260,
  ledgerRows: 1_300,
  withdrawals: 137,
  deposits: 41,
  days: 80,
  transferYears: 2,
} as const

/**
 * An account with everything that makes importers lose rows, as a user of BitMart may have it: nothing was traded since
 * trading ended. `now` is epoch milliseconds.
 */
export function demoAccount(now: number): SimulatedAccount {
  return generateAccount({ ...demoSizes, now, tradingEnds: tradingEnd })
}
