import { Big } from 'big.js'
import type { Call as AnyCall, Outcome as AnyOutcome, Endpoint } from '../simulated-exchange/exchange.ts'
import { wholeNumber } from '../simulated-exchange/history.ts'
import type { Limit } from '../simulated-exchange/limits.ts'
import type { SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import { timesOf } from './forced-orders.ts'
import type { FuturesFillRow } from './futures-fills.ts'
import { type List, pageOf } from './lists.ts'
import type { SimulatedKey, SimulatorOptions } from './options.ts'
import { coinOfRow, type DepositRow, type WithdrawalRow } from './transfers.ts'
import { familyOf } from './wallet-transfers.ts'

export type Call = AnyCall<SimulatedAccount, SimulatedKey, SimulatorOptions>
type Outcome = AnyOutcome<Code>

export type BitrueEndpoint = Endpoint<Call, Code> & {
  readonly family: 'spot' | 'transfers' | 'futures' | 'contracts'
  /** Of what all calls of an address may weigh at the spot market. */
  readonly weight?: number
  /** Of each user. */
  readonly limit?: Limit
  /** Whether two of its calls must be apart, where the readings say so. */
  readonly slow?: true
}

const mostRows = 1_000

/** Where more is asked for than a page holds, a whole page is served. */
function sizeOf(call: Call, otherwise: number, most = mostRows): number | undefined {
  const size = wholeNumber(call, 'limit', otherwise)
  return size === undefined || size < 1 ? undefined : Math.min(size, most)
}

function listed(rows: readonly unknown[], { options }: Call): Outcome {
  const { garble = (row) => row } = options
  return { data: rows.map(garble), rows: rows.length }
}

function served<Row>(list: List<Row>, call: Call): Outcome {
  return listed(pageOf(list, call), call)
}

/** Of a name that is not listed: whether nothing is served of it. */
function isAway(rows: readonly unknown[], { options: { readings } }: Call): boolean {
  return rows.length === 0 || readings.delisted !== 'served'
}

function away(call: Call, refused: Code): Outcome {
  return call.options.readings.delisted === 'emptied' ? listed([], call) : { refused }
}

function spotFills(call: Call): Outcome {
  const { account, params, options } = call
  const cap = sizeOf(call, 100)
  const { symbol } = params
  if (symbol === undefined || symbol === '' || cap === undefined) return { refused: 'parameter' }
  const rows = account.spotFills.filter((row) => row.symbol === symbol)
  const isListed = account.symbols.some((row) => row.symbol === symbol)
  if (!isListed && isAway(rows, call)) return away(call, 'symbol')
  const idOf = (row: (typeof rows)[number]) =>
    BigInt(options.readings.fromId === 'tradeId' ? row.tradeId.toString() : row.id)
  return served({ rows, timeOf: ({ time }) => time, page: { cap }, idOf }, call)
}

/** Made of the fills: how much of each order was filled, and when it was last. Of orders that are still open there are none. */
function spotOrders(call: Call): Outcome {
  const { account, params } = call
  const cap = sizeOf(call, 100)
  const { symbol } = params
  if (symbol === undefined || symbol === '' || cap === undefined) return { refused: 'parameter' }
  const orders = new Map<string, { time: number; updateTime: number; filled: Big }>()
  for (const { orderId, time, qty } of account.spotFills.filter((row) => row.symbol === symbol)) {
    const id = String(orderId)
    const { time: begun = time, filled = new Big(0) } = orders.get(id) ?? {}
    orders.set(id, { time: begun, updateTime: time, filled: filled.plus(qty) })
  }
  const rows = [...orders].map(([orderId, { filled, ...times }]) => ({
    symbol,
    orderId,
    executedQty: filled.toFixed(16),
    status: 'FILLED',
    ...times,
  }))
  return served({ rows, timeOf: ({ time }) => time, page: { cap } }, call)
}

const futuresFills =
  (fills: 'linearFills' | 'inverseFills', contracts: 'linear' | 'inverse') =>
  (call: Call): Outcome => {
    const { account, params } = call
    const cap = sizeOf(call, 100)
    const { contractName } = params
    if (contractName === undefined || cap === undefined) return { refused: 'futuresParameter' }
    const rows = account[fills].filter((row) => row.contractName === contractName)
    const isListed = account[contracts].some(({ symbol }) => symbol === contractName)
    if (!isListed && isAway(rows, call)) return away(call, 'futuresContract')
    const idOf = ({ tradeId }: FuturesFillRow) => BigInt(tradeId)
    return served({ rows, timeOf: ({ ctime }) => ctime, page: { cap }, idOf }, call)
  }

function transfers<Row extends DepositRow | WithdrawalRow>(rows: readonly Row[], call: Call): Outcome {
  const { account, params, options } = call
  const cap = sizeOf(call, 10)
  const offset = wholeNumber(call, 'offset', 0)
  const { coin } = params
  const status = params.status ?? (options.readings.defaultStatus === 'first' ? '0' : undefined)
  if (coin === undefined || cap === undefined || offset === undefined) return { refused: 'parameter' }
  const skip = { skipped: offset, first: Math.max(0, offset - 1), pages: offset * cap }[
    options.readings.offset
  ]
  const own = rows.filter((row) => coinOfRow(row) === coin)
  const isListed = account.coins.some((row) => row.coin === coin)
  if (!isListed && isAway(own, call)) return away(call, 'symbol')
  const wanted = own.filter((row) => status === undefined || String(row.status) === status)
  return served({ rows: wanted, timeOf: ({ createdAt }) => createdAt, page: { cap, skip } }, call)
}

/** Of the last 30 days, unless a time is asked for. */
const shownUntimed = 30 * 86_400_000

/** Of lists whose pages are counted from 1, and hold ten rows unless more are asked for. */
function pageAsked(call: Call): { readonly cap: number; readonly skip: number } | undefined {
  const { pageCap = 200 } = call.options
  const cap = sizeOf(call, 10, Math.min(200, pageCap))
  const page = wholeNumber(call, 'page', 1)
  return cap === undefined || page === undefined || page < 1 ? undefined : { cap, skip: (page - 1) * cap }
}

const forcedOrders =
  (forced: 'linearForced' | 'inverseForced', contracts: 'linear' | 'inverse') =>
  (call: Call): Outcome => {
    const { account, params, options } = call
    const { contractName, autoCloseType } = params
    const { forcedTypes, forcedTimes } = options.readings
    const page = pageAsked(call)
    const isRefused = autoCloseType !== undefined && forcedTypes === 'refused'
    if (contractName === undefined || page === undefined || isRefused) return { refused: 'futuresParameter' }
    const own = account[forced].filter((order) => order.contractName === contractName)
    const isListed = account[contracts].some(({ symbol }) => symbol === contractName)
    if (!isListed && isAway(own, call)) return away(call, 'futuresContract')
    const wanted = autoCloseType ?? (forcedTypes === 'liquidations' ? 'LIQUIDATION' : undefined)
    const rows = own.filter(
      ({ type }) => wanted === undefined || forcedTypes === 'unheeded' || type === wanted,
    )
    const list = { rows, timeOf: ({ time }: (typeof rows)[number]) => time, page, reach: shownUntimed }
    return listed(
      pageOf(list, call).map(({ row, time }) => ({ ...row, ...timesOf(time, forcedTimes) })),
      call,
    )
  }

const walletTransfers =
  (family: 'linear' | 'inverse') =>
  (call: Call): Outcome => {
    const { account, params, options } = call
    const page = pageAsked(call)
    const { transferType } = params
    if (transferType === undefined || page === undefined) return { refused: 'futuresParameter' }
    const isShown = options.readings.families === 'together'
    const rows = account.walletTransfers.filter(
      (row) => row.transferType === transferType && (isShown || familyOf(row) === family),
    )
    return served({ rows, timeOf: ({ ctime }) => ctime, page, reach: shownUntimed }, call)
  }

function exchangeInfo(call: Call): Outcome {
  const { account, options, now } = call
  const isEmpty = options.publicEndpoints === 'empty'
  const symbols = isEmpty ? [] : account.symbols
  return {
    data: {
      timezone: 'CTT',
      serverTime: now,
      rateLimits: [
        { rateLimitType: 'REQUESTS_WEIGHT', interval: 'MINUTES', limit: options.readings.weight },
        { rateLimitType: 'ORDERS', interval: 'SECONDS', limit: 150 },
      ],
      exchangeFilters: [],
      symbols,
      coins: isEmpty ? [] : account.coins,
    },
    rows: symbols.length,
  }
}

const contractsOf =
  (family: 'linear' | 'inverse') =>
  ({ account, options }: Call): Outcome => {
    const rows = options.publicEndpoints === 'empty' ? [] : account[family]
    return { data: rows, rows: rows.length }
  }

const signed = { method: 'GET', access: 'signed' } as const
const open = { method: 'GET', access: 'public' } as const
/** Deposits and withdrawals together, of each user. */
const anHour: Limit = { calls: 3_000, per: 3_600_000 }
const serverTime = ({ now }: Call): Outcome => ({ data: { serverTime: now } })

export const endpoints: readonly BitrueEndpoint[] = [
  { ...signed, path: '/api/v2/myTrades', family: 'spot', weight: 5, slow: true, answer: spotFills },
  { ...signed, path: '/api/v1/allOrders', family: 'spot', weight: 5, slow: true, answer: spotOrders },
  {
    ...signed,
    path: '/api/v1/account',
    family: 'spot',
    weight: 5,
    answer: ({ account }) => ({
      data: {
        makerCommission: 0,
        canTrade: true,
        balances: [...account.balances].map(([asset, free]) => ({ asset, free, locked: '0' })),
      },
    }),
  },
  {
    ...signed,
    path: '/api/v1/deposit/history',
    family: 'transfers',
    limit: anHour,
    answer: (call) => transfers(call.account.deposits, call),
  },
  {
    ...signed,
    path: '/api/v1/withdraw/history',
    family: 'transfers',
    limit: anHour,
    answer: (call) => transfers(call.account.withdrawals, call),
  },
  { ...signed, path: '/fapi/v2/myTrades', family: 'futures', answer: futuresFills('linearFills', 'linear') },
  {
    ...signed,
    path: '/dapi/v2/myTrades',
    family: 'futures',
    answer: futuresFills('inverseFills', 'inverse'),
  },
  {
    ...signed,
    path: '/fapi/v2/futures_transfer_history',
    family: 'futures',
    answer: walletTransfers('linear'),
  },
  {
    ...signed,
    path: '/dapi/v2/futures_transfer_history',
    family: 'futures',
    answer: walletTransfers('inverse'),
  },
  {
    ...signed,
    path: '/fapi/v2/forceOrdersHistory',
    family: 'futures',
    answer: forcedOrders('linearForced', 'linear'),
  },
  {
    ...signed,
    path: '/dapi/v2/forceOrdersHistory',
    family: 'futures',
    answer: forcedOrders('inverseForced', 'inverse'),
  },
  { ...open, path: '/api/v1/time', family: 'spot', answer: serverTime },
  { ...open, path: '/fapi/v1/time', family: 'contracts', answer: serverTime },
  { ...open, path: '/api/v1/exchangeInfo', family: 'spot', answer: exchangeInfo },
  { ...open, path: '/fapi/v1/contracts', family: 'contracts', answer: contractsOf('linear') },
  { ...open, path: '/dapi/v1/contracts', family: 'contracts', answer: contractsOf('inverse') },
]
