import { integer, seededRandom } from '../simulated-exchange/random.ts'
import {
  type CoinRow,
  type ContractRow,
  listedCoins,
  listedContracts,
  listedSymbols,
  type SymbolRow,
} from './catalogue.ts'
import { type ForcedOrder, generateForcedOrders } from './forced-orders.ts'
import { type FuturesFillRow, generateFuturesFills } from './futures-fills.ts'
import { generateSpotFills, type SpotFillRow } from './spot-fills.ts'
import { type DepositRow, generateDeposits, generateWithdrawals, type WithdrawalRow } from './transfers.ts'
import { generateWalletTransfers, type WalletTransferRow } from './wallet-transfers.ts'

/** Everything a simulated Bitrue knows about one account. Tests may add rows, in time order. */
export type SimulatedAccount = {
  spotFills: SpotFillRow[]
  linearFills: FuturesFillRow[]
  inverseFills: FuturesFillRow[]
  deposits: DepositRow[]
  withdrawals: WithdrawalRow[]
  walletTransfers: WalletTransferRow[]
  linearForced: ForcedOrder[]
  inverseForced: ForcedOrder[]
  /** What is held, by coin in lower case. */
  balances: Map<string, string>
  /** The public catalogues; what is missing there may still have rows. */
  symbols: SymbolRow[]
  coins: CoinRow[]
  linear: ContractRow[]
  inverse: ContractRow[]
}

export type AccountOptions = {
  readonly seed: number
  /** Epoch milliseconds. The newest row is an hour older, so that it has settled. */
  readonly now: number
  /** How many symbols, coins and contracts are listed. */
  readonly symbols?: number
  readonly coins?: number
  readonly linear?: number
  readonly inverse?: number
  /** How many of the symbols are traded; one more that is not listed any more, where any is. */
  readonly traded?: number
  /** How many fills the symbol has that is traded most. */
  readonly mostFills?: number
  /** How many coins have transfers, and how many deposits the coin has that was sent most. */
  readonly movedCoins?: number
  readonly mostDeposits?: number
  /** How many contracts of each family are traded, and how many fills the one has that is traded most. */
  readonly tradedContracts?: number
  readonly mostFuturesFills?: number
  /** How many transfers there are between the spot wallet and futures. */
  readonly walletTransfers?: number
  /** How many orders were forced in each family. */
  readonly forcedOrders?: number
  /** How far back everything reaches. */
  readonly days?: number
}

/** A symbol that was traded and has left the catalogue since, with its coin. */
const delisted = { symbol: 'GONEUSDT', base: 'gone', quote: 'usdt' } as const

/** The same options make the same account. Counts that are not given are zero, and then there is no catalogue either. */
export function generateAccount(options: AccountOptions): SimulatedAccount {
  const { seed, now, days = 400, coins = 0, traded = 0 } = options
  const span = { earliest: now - days * 86_400_000, latest: now - 3_600_000 }
  const symbolRows = listedSymbols(options.symbols ?? 0, coins)
  const coinRows = listedCoins(coins)
  const linear = listedContracts(1, options.linear ?? 0)
  const inverse = listedContracts(0, options.inverse ?? 0)
  // Each part has its own numbers, so that more fills do not change the transfers.
  const counts = seededRandom(seed)
  const most = options.mostFills ?? 0
  const tradedSymbols = spread(symbolRows, Math.max(0, traded - 1)).map(
    ({ symbol, baseAsset, quoteAsset }, index) => ({
      symbol,
      base: baseAsset,
      quote: quoteAsset,
      fills: index === 0 ? most : integer(counts, 1, 30),
    }),
  )
  const moved = spread(coinRows, options.movedCoins ?? 0)
  const futures = (contracts: readonly ContractRow[], count: number, offset: number) =>
    generateFuturesFills({
      // The two families count their orders together.
      seed: seed * 10 + offset,
      random: seededRandom(seed + offset),
      uid: 10_294 + seed,
      contracts: spread(contracts, count).map((contract, index) => ({
        contract,
        fills: index === 0 ? (options.mostFuturesFills ?? 0) : integer(counts, 1, 20),
      })),
      ...span,
    })
  const linearFills = futures(linear, options.tradedContracts ?? 0, 2)
  const inverseFills = futures(inverse, Math.min(3, options.tradedContracts ?? 0), 3)
  const forced = (contracts: readonly ContractRow[], fills: readonly FuturesFillRow[], offset: number) =>
    generateForcedOrders({
      seed: seed * 10 + offset,
      random: seededRandom(seed + offset),
      uid: 10_294 + seed,
      count: options.forcedOrders ?? 0,
      // One of them was never traded, as far as fills are shown.
      contracts: spread(contracts, (options.tradedContracts ?? 0) + 1),
      fills,
      ...span,
    })
  return {
    spotFills: generateSpotFills({
      seed,
      random: seededRandom(seed + 1),
      symbols: traded > 0 ? [...tradedSymbols, { ...delisted, fills: 7 }] : [],
      ...span,
    }),
    linearFills,
    inverseFills,
    deposits: generateDeposits({
      seed,
      random: seededRandom(seed + 4),
      coins: moved.map((coin, index) => ({
        coin,
        count: index === 0 ? (options.mostDeposits ?? 3) : integer(counts, 1, 3),
      })),
      ...span,
    }),
    withdrawals: generateWithdrawals({
      seed,
      random: seededRandom(seed + 5),
      coins: moved
        .filter((_, index) => index % 2 === 0)
        .map((coin) => ({ coin, count: integer(counts, 1, 3) })),
      ...span,
    }),
    walletTransfers: generateWalletTransfers({
      random: seededRandom(seed + 6),
      count: options.walletTransfers ?? 0,
      ...span,
    }),
    linearForced: forced(linear, linearFills, 7),
    inverseForced: forced(inverse, inverseFills, 8),
    balances: new Map(moved.map(({ coin }) => [coin, '12.5000000000000000'])),
    symbols: symbolRows,
    coins: coinRows,
    linear,
    inverse,
  }
}

/** `count` of the list, from its whole length. */
function spread<Item>(list: readonly Item[], count: number): readonly Item[] {
  const step = Math.max(1, Math.floor(list.length / Math.max(1, count)))
  return list.filter((_, index) => index % step === 0).slice(0, count)
}

/** How much there is of everything in the demo account. */
export const demoSizes = {
  seed: 20_261_127,
  symbols: 1_700,
  coins: 700,
  linear: 764,
  inverse: 21,
  traded: 40,
  mostFills: 2_500,
  movedCoins: 300,
  mostDeposits: 1_005,
  tradedContracts: 12,
  mostFuturesFills: 1_200,
  walletTransfers: 900,
  forcedOrders: 24,
} as const

/** An account with everything that makes importers lose rows. `now` is epoch milliseconds. */
export function demoAccount(now: number): SimulatedAccount {
  return generateAccount({ ...demoSizes, now })
}
