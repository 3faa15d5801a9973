import { digits, integer, type Random } from '../simulated-exchange/random.ts'
import type { CoinRow } from './catalogue.ts'
import { offsetOf, wholeSecond } from './spot-fills.ts'

/** A row as `GET /api/v1/deposit/history` serves it; an id is not always there. */
export type DepositRow = {
  id?: number
  symbol: string
  amount: string
  fee: string
  createdAt: number
  updatedAt: number
  addressFrom: string
  addressTo: string
  txid: string
  confirmations: number
  status: 0 | 1
  tagType: string | null
}

/** A row as `GET /api/v1/withdraw/history` serves it. 0 has begun, 5 is done, 6 was cancelled; others are under way. */
export type WithdrawalRow = {
  id: number
  symbol: string
  amount: string
  fee: string
  payAmount: string
  createdAt: number
  updatedAt: number
  addressFrom: string
  addressTo: string
  txid: string
  confirmations: number
  status: 0 | 5 | 6
  tagType: null
}

export type TransferPlan = {
  /** No two accounts share an id: those of other seeds have other ones. */
  readonly seed: number
  readonly random: Random
  /** How many transfers there are of each coin. */
  readonly coins: readonly { readonly coin: CoinRow; readonly count: number }[]
  readonly earliest: number
  readonly latest: number
}

/** In time order. Two of the first coin are alike in all they say. */
export function generateDeposits({ seed, random, coins, earliest, latest }: TransferPlan): DepositRow[] {
  const rows = coins.flatMap(({ coin, count }, place) =>
    Array.from({ length: count }, (_, index): DepositRow => {
      const createdAt = wholeSecond(integer(random, earliest, latest))
      const isPending = place === 1 && index === 0
      const tag = random() < 0.3 ? digits(random, 8) : ''
      return {
        ...(random() < 0.5 && { id: 900_000 + offsetOf(seed, 10_000_000) + place * 2_000 + index }),
        symbol: symbolOf(random, coin),
        amount: amountOf(random),
        fee: '0.0E-15',
        createdAt: isPending ? wholeSecond(latest) : createdAt,
        updatedAt: createdAt + 20_000,
        addressFrom: '',
        addressTo: `0x${digits(random, 40, '0123456789abcdef')}${tag === '' ? '' : `_${tag}`}`,
        txid: digits(random, 64, '0123456789ABCDEF'),
        confirmations: isPending ? 0 : 8,
        status: isPending ? 0 : 1,
        tagType: tag === '' ? null : 'Tag',
      }
    }),
  )
  const [first] = rows
  if (first !== undefined && rows.length > 2)
    rows.push({ ...first, ...(first.id !== undefined && { id: first.id + 1_000 }) })
  return rows.sort((a, b) => a.createdAt - b.createdAt)
}

/** In time order. */
export function generateWithdrawals({
  seed,
  random,
  coins,
  earliest,
  latest,
}: TransferPlan): WithdrawalRow[] {
  return coins
    .flatMap(({ coin, count }, place) =>
      Array.from({ length: count }, (_, index): WithdrawalRow => {
        const createdAt = wholeSecond(integer(random, earliest, latest))
        const status = place === 2 && index === 0 ? 0 : random() < 0.1 ? 6 : 5
        return {
          id: 183_745 + offsetOf(seed, 10_000_000) + place * 2_000 + index,
          symbol: symbolOf(random, coin),
          amount: amountOf(random),
          fee: `${integer(random, 0, 3)}.${digits(random, 3)}0000000000000`,
          payAmount: '0.0000000000000000',
          createdAt,
          updatedAt: createdAt + 135_000,
          addressFrom: '',
          addressTo: `0x${digits(random, 40, '0123456789abcdef')}`,
          txid: status === 5 ? `0x${digits(random, 64, '0123456789abcdef')}` : '',
          confirmations: 0,
          status,
          tagType: null,
        }
      }),
    )
    .sort((a, b) => a.createdAt - b.createdAt)
}

/** A coin of several chains is told with the one that it came by, all others in capitals as often as not. */
function symbolOf(random: Random, { coin, chains }: CoinRow): string {
  const chain = chains[integer(random, 0, Math.max(0, chains.length - 1))]
  if (chain !== undefined) return `${coin}_${chain.toLowerCase()}`
  return random() < 0.5 ? coin.toUpperCase() : coin
}

function amountOf(random: Random): string {
  return `${integer(random, 1, 900)}.${digits(random, 4)}000000000000`
}

/** The coin of a row, as transfers are asked for. */
export function coinOfRow({ symbol }: Pick<DepositRow, 'symbol'>): string {
  const known = coinsOfSymbols.get(symbol)
  if (known !== undefined) return known
  const coin = (symbol.split('_')[0] ?? '').toLowerCase()
  coinsOfSymbols.set(symbol, coin)
  return coin
}

/** Every row is looked at in each question about a coin. */
const coinsOfSymbols = new Map<string, string>()
