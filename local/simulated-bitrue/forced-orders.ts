import { Big } from 'big.js'
import { LosslessNumber } from 'lossless-json'
import { digits, integer, type Random } from '../simulated-exchange/random.ts'
import type { ContractRow } from './catalogue.ts'
import type { FuturesFillRow } from './futures-fills.ts'
import { offsetOf, wholeSecond } from './spot-fills.ts'

/** An order as `GET /{fapi,dapi}/v2/forceOrdersHistory` serves it: of which contract and of which type it does not say. */
export type ForcedOrderRow = {
  id: LosslessNumber
  clientId: string
  uid: number
  positionType: number
  open: 'CLOSE'
  side: 'BUY' | 'SELL'
  type: number
  leverageLevel: number
  price: LosslessNumber
  volume: LosslessNumber
  realizedAmount: LosslessNumber
  dealVolume: number
  dealMoney: LosslessNumber
  avgPrice: LosslessNumber
  tradeFee: LosslessNumber
  status: number
  source: number
  /** Of Bitrue's own clock, and of UTC. */
  ctime: string
  mtime: string
}

export type ForcedOrder = {
  readonly contractName: string
  readonly type: 'LIQUIDATION' | 'ADL'
  /** Epoch milliseconds. */
  readonly time: number
  readonly row: ForcedOrderRow
}

export type ForcedOrderPlan = {
  readonly seed: number
  readonly random: Random
  readonly uid: number
  readonly count: number
  /** Those of one family, and its fills. */
  readonly contracts: readonly ContractRow[]
  readonly fills: readonly FuturesFillRow[]
  readonly earliest: number
  readonly latest: number
}

/** In time order: every other one has a fill, the others have none; half of these are so young that they are shown without being asked for by time. */
export function generateForcedOrders(plan: ForcedOrderPlan): ForcedOrder[] {
  const { random, count, contracts, fills, earliest, latest } = plan
  if (contracts.length === 0) return []
  const step = Math.max(1, Math.floor((2 * fills.length) / Math.max(1, count)))
  const orders = Array.from({ length: count }, (_, index): ForcedOrder => {
    const fill = index % 2 === 0 ? fills[Math.floor(index / 2) * step] : undefined
    const contract = contracts[index % contracts.length]
    const isTraded = fills.some(({ contractName }) => contractName === contract?.symbol)
    const since = isTraded && index % 4 < 2 ? earliest : Math.max(earliest, latest - 25 * 86_400_000)
    return {
      contractName: fill?.contractName ?? contract?.symbol ?? '',
      type: index % 3 === 2 ? 'ADL' : 'LIQUIDATION',
      time: fill?.ctime ?? wholeSecond(integer(random, since, latest)),
      row: rowOf(plan, index, fill),
    }
  })
  return orders
    .map((order) => ({ ...order, row: { ...order.row, ...timesOf(order.time, 'sampled') } }))
    .sort((a, b) => a.time - b.time)
}

function rowOf({ seed, random, uid }: ForcedOrderPlan, index: number, fill?: FuturesFillRow): ForcedOrderRow {
  const price = fill?.price ?? new Big(integer(random, 1, 90_000)).div(100).toString()
  const volume = fill?.qty ?? String(integer(random, 1, 400))
  const own = fill?.isBuyer ? fill.bidId : fill?.askId
  const next = 1_690_600_111_070_971_191n + BigInt(offsetOf(seed, 1_000_000) + index)
  return {
    id: own ?? new LosslessNumber(String(next)),
    clientId: '0',
    uid,
    positionType: 2,
    open: 'CLOSE',
    side: fill?.side ?? (random() < 0.5 ? 'BUY' : 'SELL'),
    type: 1,
    leverageLevel: 20,
    price: new LosslessNumber(price),
    volume: new LosslessNumber(`${volume}.0`),
    realizedAmount: new LosslessNumber(`-${integer(random, 0, 90)}.${digits(random, 14)}`),
    dealVolume: Number(volume),
    dealMoney: new LosslessNumber(fill?.amount ?? new Big(price).times(volume).times('0.0001').toFixed()),
    avgPrice: new LosslessNumber(price),
    tradeFee: new LosslessNumber(fill?.fee ?? '0.0'),
    status: 2,
    source: 6,
    ...timesOf(0, 'sampled'),
  }
}

/** By which clocks times are told: as in the documented example, or both by one. */
export type ForcedTimes = 'sampled' | 'utc' | 'utc+8'

export function timesOf(time: number, times: ForcedTimes): Pick<ForcedOrderRow, 'ctime' | 'mtime'> {
  const at = (hours: number) => new Date(time + hours * 3_600_000).toISOString().slice(0, 19)
  return { ctime: at(times === 'utc' ? 0 : 8), mtime: at(times === 'utc+8' ? 8 : 0) }
}
