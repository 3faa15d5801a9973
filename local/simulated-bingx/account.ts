import { spanOf } from '../simulated-exchange/account-frame.ts'
import { seededRandom } from '../simulated-exchange/random.ts'
import {
  type CoinContractRow,
  type ContractRow,
  listedCoinContracts,
  listedContracts,
  listedSpotSymbols,
  type SpotSymbolRow,
} from './catalogue.ts'
import { type CoinOrder, generateCoinOrders } from './coin-fills.ts'
import { type FuturesFill, generateFuturesFills } from './futures-fills.ts'
import { generateLedger, type LedgerRow } from './ledger.ts'
import { generateSpotFills, type SpotFillRow } from './spot-fills.ts'
import { type DepositRow, generateDeposits, generateWithdrawals, type Withdrawal } from './transfers.ts'

/** Everything a simulated BingX knows about one account. Tests may add rows, in any order. */
export type SimulatedAccount = {
  uid: string
  spotFills: SpotFillRow[]
  futuresFills: FuturesFill[]
  coinOrders: CoinOrder[]
  ledger: LedgerRow[]
  deposits: DepositRow[]
  withdrawals: Withdrawal[]
  /** The public catalogues; what is missing there may still have fills. */
  spotSymbols: SpotSymbolRow[]
  contracts: ContractRow[]
  coinContracts: CoinContractRow[]
}

export type AccountOptions = {
  readonly seed: number
  /** Epoch milliseconds. The newest row is an hour older, so that it has settled. */
  readonly now: number
  readonly uid?: string
  readonly spotFills?: number
  /** How many of the spot fills happen in one millisecond. */
  readonly spotBurst?: number
  /** How many pairs are traded; left out, all. */
  readonly spotSymbols?: number
  readonly futuresFills?: number
  /** How many of the futures fills happen in one second. */
  readonly futuresBurst?: number
  readonly coinFills?: number
  readonly ledgerRows?: number
  readonly deposits?: number
  readonly withdrawals?: number
  /** How far back spot fills reach. */
  readonly days?: number
  /** How far back futures and their ledger reach. */
  readonly futuresDays?: number
  /** How far back transfers reach. */
  readonly transferDays?: number
}

const day = 86_400_000

/** The same options make the same account. Counts that are not given are zero. */
export function generateAccount(options: AccountOptions): SimulatedAccount {
  const { seed, now, days = 80, futuresDays = 6, transferDays = 80 } = options
  const spot = spanOf(now, days)
  const futures = spanOf(now, futuresDays)
  const transfers = { earliest: now - transferDays * day, latest: futures.latest }
  // Each part has its own numbers, so that more fills do not change the transfers.
  const futuresFills = generateFuturesFills({
    random: seededRandom(seed + 1),
    count: options.futuresFills ?? 0,
    burst: options.futuresBurst ?? 0,
    span: futures,
    burstTime: Math.floor((futures.latest - (futuresDays * day) / 4) / 1000) * 1000,
  })
  return {
    uid: options.uid ?? String(16_789_000 + seed),
    spotFills: generateSpotFills({
      random: seededRandom(seed),
      count: options.spotFills ?? 0,
      burst: options.spotBurst ?? 0,
      span: spot,
      burstTime: Math.floor(spot.latest - (days * day) / 3),
      ...(options.spotSymbols === undefined ? {} : { symbols: options.spotSymbols }),
    }),
    futuresFills,
    coinOrders: generateCoinOrders({
      random: seededRandom(seed + 2),
      count: options.coinFills ?? 0,
      span: futures,
    }),
    ledger: generateLedger({
      random: seededRandom(seed + 3),
      count: options.ledgerRows ?? 0,
      span: futures,
      fills: futuresFills,
    }),
    deposits: generateDeposits({
      random: seededRandom(seed + 4),
      count: options.deposits ?? 0,
      ...transfers,
    }),
    withdrawals: generateWithdrawals({
      random: seededRandom(seed + 5),
      count: options.withdrawals ?? 0,
      ...transfers,
    }),
    spotSymbols: listedSpotSymbols(),
    contracts: listedContracts(),
    coinContracts: listedCoinContracts(),
  }
}

/** How much there is of everything in the demo account. */
export const demoSizes = {
  seed: 20_261_127,
  spotFills: 2_000,
  spotBurst: 1_000,
  spotSymbols: 2,
  futuresFills: 1_200,
  futuresBurst: 600,
  coinFills: 60,
  ledgerRows: 3_000,
  deposits: 150,
  withdrawals: 150,
} as const

/** An account with everything that makes importers lose rows. `now` is epoch milliseconds. */
export function demoAccount(now: number): SimulatedAccount {
  return generateAccount({ ...demoSizes, now })
}

/** The account that a key of a sub-account opens: another one, and smaller. */
export function demoSubaccount(now: number, seed: number = demoSizes.seed): SimulatedAccount {
  return generateAccount({
    seed: seed + 100,
    now,
    spotFills: 40,
    futuresFills: 30,
    ledgerRows: 80,
    deposits: 3,
  })
}
