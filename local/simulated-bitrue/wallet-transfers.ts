import { LosslessNumber } from 'lossless-json'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'
import { wholeSecond } from './spot-fills.ts'

/** A row as `GET /{fapi,dapi}/v2/futures_transfer_history` serves it: without an id. 0 has begun, 1 is done, 2 has failed. */
export type WalletTransferRow = {
  transferType: 'wallet_to_contract' | 'contract_to_wallet'
  symbol: string
  amount: LosslessNumber
  status: 0 | 1 | 2
  ctime: number
}

export type WalletTransferPlan = {
  readonly random: Random
  readonly count: number
  readonly earliest: number
  readonly latest: number
}

const coins = ['USDT', 'USDT', 'USDT', 'USDC', 'BTC', 'ETH'] as const

/** In time order, of both families. Two of them are alike in all they say. */
export function generateWalletTransfers(plan: WalletTransferPlan): WalletTransferRow[] {
  const { random, count, earliest, latest } = plan
  const rows = Array.from(
    { length: count },
    (_, index): WalletTransferRow => ({
      transferType: random() < 0.6 ? 'wallet_to_contract' : 'contract_to_wallet',
      symbol: pick(random, coins),
      amount: new LosslessNumber(`${integer(random, 1, 900)}.${digits(random, 1)}`),
      status: index % 23 === 22 ? 2 : 1,
      // Half of them are so young that they are shown without being asked for by time.
      ctime: wholeSecond(
        index % 2 === 0
          ? integer(random, earliest, latest)
          : integer(random, Math.max(earliest, latest - 25 * 86_400_000), latest),
      ),
    }),
  )
  const twin = rows[1]
  if (twin !== undefined) rows.push({ ...twin })
  return rows.sort((a, b) => a.ctime - b.ctime)
}

/** Whose contracts settle in the coin. */
export function familyOf({ symbol }: WalletTransferRow): 'linear' | 'inverse' {
  return symbol.startsWith('USD') ? 'linear' : 'inverse'
}
