import { Big } from 'big.js'
import { LosslessNumber } from 'lossless-json'
import { digits, integer, type Random } from '../simulated-exchange/random.ts'

/** A fill as `GET /api/v2/myTrades` serves it. It names neither a side nor an amount of the quote coin. */
export type SpotFillRow = {
  symbol: string
  id: number
  tradeId: LosslessNumber
  orderId: LosslessNumber | string
  price: string
  qty: string
  commission: string | null
  commissionAssert: string | null
  time: number
  isBuyer: boolean
  isMaker: boolean
  isBestMatch: boolean
}

/** What is traded, how often, and when: epoch milliseconds. */
export type SpotPlan = {
  /** No two accounts share an id: those of other seeds have other ones. */
  readonly seed: number
  readonly random: Random
  readonly symbols: readonly {
    readonly symbol: string
    readonly base: string
    readonly quote: string
    readonly fills: number
  }[]
  readonly earliest: number
  readonly latest: number
}

/** Fills of all symbols in time order, whose ids and trade ids grow with time. Several share a second now and then. */
export function generateSpotFills({
  seed: ofAccount,
  random,
  symbols,
  earliest,
  latest,
}: SpotPlan): SpotFillRow[] {
  const drafts = symbols.flatMap(({ fills, ...market }) => {
    const made: { readonly market: typeof market; readonly time: number; readonly order: number }[] = []
    for (let order = 0; made.length < fills; order += 1) {
      const time = wholeSecond(integer(random, earliest, latest))
      const together = order === 0 ? 1 : integer(random, 1, 4)
      for (let left = together; left > 0 && made.length < fills; left -= 1) made.push({ market, time, order })
    }
    return made
  })
  drafts.sort((a, b) => a.time - b.time || (a.market.symbol < b.market.symbol ? -1 : 1))
  return drafts.map(({ market, time, order }, index) => {
    const seed = `${market.symbol}${order}`
    const isBuyer = hash(seed) % 2 === 0
    const price = new Big(integer(random, 1, 90_000)).div(10_000).toFixed(16)
    const qty = `${integer(random, 1, 900)}.${digits(random, 4)}000000000000`
    const isFree = hash(seed) % 9 === 0
    return {
      symbol: market.symbol,
      id: 101_655_008 + offsetOf(ofAccount, 100_000_000) + index * 3,
      tradeId: new LosslessNumber(
        String(43_369_433_661_450_000n + BigInt(offsetOf(ofAccount, 1_000_000_000) + index * 17)),
      ),
      orderId: orderIdOf(seed, ofAccount, hash(seed) % 2 === 0),
      price,
      qty,
      commission: isFree ? null : new Big(price).times(qty).times('0.00098').toFixed(16),
      commissionAssert: isFree ? null : market.quote,
      time,
      isBuyer,
      isMaker: hash(seed) % 3 === 0,
      isBestMatch: true,
    }
  })
}

function orderIdOf(seed: string, ofAccount: number, asText: boolean): LosslessNumber | string {
  const id = String(479_767_730_815_549_440n + BigInt(offsetOf(ofAccount, 2 ** 32) + hash(seed)))
  return asText ? id : new LosslessNumber(id)
}

/** Where the ids of an account begin, so that each has `room` for its own: of a thousand accounts, all are told apart. */
export function offsetOf(seed: number, room: number): number {
  return (seed % 1_000) * room
}

/** The fills of one order say the same of it. */
function hash(text: string): number {
  let value = 7
  for (const letter of text) value = (Math.imul(value, 31) + letter.charCodeAt(0)) >>> 0
  return value
}

export function wholeSecond(at: number): number {
  return Math.floor(at / 1_000) * 1_000
}
