import { Big } from 'big.js'
import { LosslessNumber } from 'lossless-json'
import { integer, type Random } from '../simulated-exchange/random.ts'
import type { ContractRow } from './catalogue.ts'
import { offsetOf, wholeSecond } from './spot-fills.ts'

/** A fill as `GET /{fapi,dapi}/v2/myTrades` serves it: of both sides of the trade. */
export type FuturesFillRow = {
  tradeId: number
  price: string
  qty: string
  amount: string
  contractName: string
  side: 'BUY' | 'SELL'
  fee: string
  bidId: LosslessNumber
  askId: LosslessNumber
  bidUserId: number
  askUserId: number
  isBuyer: boolean
  isMaker: boolean
  ctime: number
}

export type FuturesPlan = {
  /** No two accounts share an order: those of other seeds have other ones. */
  readonly seed: number
  readonly random: Random
  readonly uid: number
  readonly contracts: readonly { readonly contract: ContractRow; readonly fills: number }[]
  readonly earliest: number
  readonly latest: number
}

/** Fills contract by contract, each in time order: trade ids are counted in each of them. */
export function generateFuturesFills({
  seed,
  random,
  uid,
  contracts,
  earliest,
  latest,
}: FuturesPlan): FuturesFillRow[] {
  let orders = BigInt(offsetOf(seed, 1_000_000))
  return contracts.flatMap(({ contract, fills }) => {
    const times = Array.from({ length: fills }, () => wholeSecond(integer(random, earliest, latest)))
    times.sort((a, b) => a - b)
    return times.map((ctime, index): FuturesFillRow => {
      const price = new Big(integer(random, 1, 90_000)).div(100).toString()
      const qty = String(integer(random, 1, 40))
      const isBuyer = random() < 0.5
      const worth = new Big(qty).times(contract.multiplier)
      const amount = contract.side === 1 ? worth.times(price) : worth
      const [own, other] = [uid, integer(random, 100_000, 900_000)]
      orders += 1n
      const orderAt = (offset: bigint) =>
        new LosslessNumber(String(1_558_124_009_467_904_992n + orders * 4n + offset))
      return {
        tradeId: index + 1,
        price,
        qty,
        amount: amount.toString(),
        contractName: contract.symbol,
        side: isBuyer ? 'BUY' : 'SELL',
        fee: (contract.side === 1 ? amount : amount.div(price)).times('0.0004').round(16).toFixed(),
        bidId: orderAt(0n),
        askId: orderAt(1n),
        bidUserId: isBuyer ? own : other,
        askUserId: isBuyer ? other : own,
        isBuyer,
        isMaker: random() < 0.4,
        ctime,
      }
    })
  })
}
