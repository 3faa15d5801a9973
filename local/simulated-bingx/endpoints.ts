import type { Call as AnyCall, Outcome as AnyOutcome, Endpoint } from '../simulated-exchange/exchange.ts'
import {
  type History as AnyHistory,
  matches,
  pageSize,
  serveHistory,
  wholeNumber,
} from '../simulated-exchange/history.ts'
import type { Limit } from '../simulated-exchange/limits.ts'
import type { SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import { type CoinOrder, listedCoinOrder } from './coin-fills.ts'
import { type FuturesFill, orderFillRow, togetherByOrder } from './futures-fills.ts'
import type { LedgerRow } from './ledger.ts'
import {
  type HistoryName,
  type Permission,
  permissions,
  type SimulatedKey,
  type SimulatorOptions,
} from './options.ts'
import type { SpotFillRow } from './spot-fills.ts'
import type { DepositRow, Withdrawal } from './transfers.ts'

export type Call = AnyCall<SimulatedAccount, SimulatedKey, SimulatorOptions>
type Outcome = AnyOutcome<Code>
type History<Row> = AnyHistory<SimulatedAccount, Row, Call, Code>

export type BingxEndpoint = Endpoint<Call, Code> & {
  /** Of each key, or of the address where no key is needed. */
  readonly limit: Limit
  /** Whether it is served to a key without the permission to read. */
  readonly open?: true
  /** Answers 100403 to keys of sub-accounts. */
  readonly mainAccountOnly?: true
  /** Its answer is the list or the object itself. Its errors have an envelope as all others do. */
  readonly bare?: true
  /** Where in `data` the list of rows is; an answer without it is the list itself. */
  readonly list?: (options: SimulatorOptions) => string
}

const day = 86_400_000
const week = 7 * day
const fiveASecond: Limit = { calls: 5, per: 1000 }
const tenASecond: Limit = { calls: 10, per: 1000 }

const codes = { malformed: 100400, reversed: 80014, tooWide: 109400, tooOld: 109400 } as const

/** How the options say that an endpoint is taken. */
const readAs = (name: HistoryName) => ({
  reading: ({ options }: Call) => options.readings.endpoints[name],
  tooWide: (span: number, { options }: Call) =>
    span > (options.readings.endpoints[name].maxSpan ?? Number.POSITIVE_INFINITY),
  codes,
})

/** Whether the question must name a symbol, and does not. */
function lacksSymbol({ params, options }: Call): boolean {
  return options.readings.symbol === 'required' && (params.symbol ?? '') === ''
}

const spotFills: History<SpotFillRow> = {
  ...readAs('spotFills'),
  rows: (account) => account.spotFills,
  timeOf: (row) => row.time,
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  defaultSpan: week,
  page: (call) => {
    const wanted = pageSize(call, 'limit', 1000, 500)
    return wanted === undefined ? undefined : { cap: Math.min(wanted, call.options.readings.spotPage) }
  },
  keep: (call) =>
    lacksSymbol(call)
      ? undefined
      : (row) => matches(call, 'symbol', row.symbol) && matches(call, 'orderId', row.orderId.toString()),
}

const futuresFills: History<FuturesFill> = {
  ...readAs('futuresFills'),
  rows: (account) => account.futuresFills,
  timeOf: (fill) => fill.at,
  from: 'startTs',
  to: 'endTs',
  unit: 1,
  defaultSpan: 'required',
  page: (call) => {
    const size = pageSize(call, 'pageSize', 1000, 50)
    const index = wholeNumber(call, 'pageIndex', 1)
    return size === undefined || index === undefined || index < 1
      ? undefined
      : { cap: size, skip: (index - 1) * size }
  },
  keep: (call) =>
    lacksSymbol(call)
      ? undefined
      : ({ row }) =>
          matches(call, 'symbol', row.symbol) &&
          matches(call, 'orderId', row.orderId) &&
          matches(call, 'currency', row.commissionAsset),
}

const orderFills: History<FuturesFill> = {
  ...futuresFills,
  ...readAs('orderFills'),
  page: () => ({ cap: 512 }),
  keep: (call) =>
    lacksSymbol(call) || call.params.tradingUnit === undefined
      ? undefined
      : ({ row }) =>
          (call.options.readings.orderFillsSymbol === 'ignored' || matches(call, 'symbol', row.symbol)) &&
          matches(call, 'orderId', row.orderId),
}

function orderFillsAs(options: SimulatorOptions): History<FuturesFill> {
  return { ...orderFills, rows: (account) => orderFillsOf(account.futuresFills, options) }
}

const ledger: History<LedgerRow> = {
  ...readAs('ledger'),
  rows: (account) => account.ledger,
  timeOf: (row) => row.time,
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  defaultSpan: week,
  page: (call) => sized(pageSize(call, 'limit', 1000, 100)),
  keep: (call) =>
    lacksSymbol(call)
      ? undefined
      : (row) => matches(call, 'symbol', row.symbol) && matches(call, 'incomeType', row.incomeType),
}

/** Deposits and withdrawals are asked for alike. */
const transfers = {
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  defaultSpan: 90 * day,
  page: (call: Call) => {
    const cap = pageSize(call, 'limit', 1000, 1000)
    const skip = wholeNumber(call, 'offset', 0)
    if (cap === undefined || skip === undefined) return undefined
    return call.params.offset === undefined ? { cap } : { cap, skip }
  },
} as const

const deposits: History<DepositRow> = {
  ...transfers,
  ...readAs('deposits'),
  rows: (account) => account.deposits,
  timeOf: (row) => row.insertTime,
  keep: (call) => (row) => matches(call, 'coin', row.coin),
}

const withdrawals: History<Withdrawal> = {
  ...transfers,
  ...readAs('withdrawals'),
  rows: (account) => account.withdrawals,
  timeOf: (withdrawal) => withdrawal.at,
  keep:
    (call) =>
    ({ row }) =>
      matches(call, 'coin', row.coin) && matches(call, 'id', row.id),
}

const coinOrders: History<CoinOrder> = {
  ...readAs('coinOrders'),
  rows: (account) => account.coinOrders,
  timeOf: (order) => order.at,
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  defaultSpan: week,
  page: (call) => sized(pageSize(call, 'limit', 1000, 500)),
  keep: (call) => (order) =>
    matches(call, 'symbol', order.fills[0]?.symbol ?? '') && matches(call, 'orderId', order.id),
}

/** A deposit as the options say that one which was credited is told. */
export function depositAsServed(
  row: DepositRow,
  { readings }: Pick<SimulatorOptions, 'readings'>,
): DepositRow {
  return row.status === 6 ? { ...row, status: readings.creditedDeposit } : row
}

/** What `allFillOrders` takes for one row each. */
export function orderFillsOf(
  fills: readonly FuturesFill[],
  { readings }: Pick<SimulatorOptions, 'readings'>,
) {
  return readings.orderFillsOf === 'fills' ? fills : togetherByOrder(fills)
}

const history = { method: 'GET', access: 'signed' } as const
const open = { method: 'GET', access: 'public', limit: fiveASecond } as const

export const endpoints: readonly BingxEndpoint[] = [
  {
    ...history,
    path: '/openApi/spot/v1/trade/myTrades',
    limit: fiveASecond,
    list: () => 'fills',
    answer: (call) => serveHistory(spotFills, call),
  },
  {
    ...history,
    path: '/openApi/swap/v2/trade/fillHistory',
    limit: fiveASecond,
    list: ({ readings }) => readings.futuresList,
    answer: (call) => serveHistory(futuresFills, call, ({ row }) => garbled(row, call)),
  },
  {
    ...history,
    path: '/openApi/swap/v2/trade/allFillOrders',
    limit: fiveASecond,
    list: () => 'fill_orders',
    answer: (call) =>
      forTraders(call) ??
      serveHistory(orderFillsAs(call.options), call, (fill) => garbled(orderFillRow(fill), call)),
  },
  {
    ...history,
    path: '/openApi/swap/v2/user/income',
    limit: fiveASecond,
    answer: (call) => forTraders(call) ?? serveHistory(ledger, call),
  },
  {
    ...history,
    path: '/openApi/api/v3/capital/deposit/hisrec',
    limit: tenASecond,
    bare: true,
    answer: (call) =>
      serveHistory(deposits, call, (row) => garbled(depositAsServed(row, call.options), call)),
  },
  {
    ...history,
    path: '/openApi/api/v3/capital/withdraw/history',
    limit: tenASecond,
    bare: true,
    answer: (call) => serveHistory(withdrawals, call, ({ row }) => garbled(row, call)),
  },
  {
    ...history,
    path: '/openApi/cswap/v1/trade/orderHistory',
    limit: fiveASecond,
    list: () => 'orders',
    answer: (call) => serveHistory(coinOrders, call, listedCoinOrder),
  },
  {
    ...history,
    path: '/openApi/cswap/v1/trade/allFillOrders',
    limit: fiveASecond,
    answer: coinFills,
  },
  {
    ...history,
    path: '/openApi/v1/account/apiPermissions',
    limit: fiveASecond,
    open: true,
    bare: true,
    answer: permissionsOf,
  },
  {
    ...history,
    path: '/openApi/account/v1/uid',
    limit: fiveASecond,
    answer: ({ account }) => ({ data: { uid: account.uid } }),
  },
  {
    ...history,
    path: '/openApi/subAccount/v1/list',
    limit: fiveASecond,
    mainAccountOnly: true,
    answer: () => ({ data: { result: [], total: 0 } }),
  },
  {
    ...open,
    path: '/openApi/swap/v2/server/time',
    answer: ({ now }) => ({ data: { serverTime: now } }),
  },
  {
    // Seconds, as others measured.
    ...open,
    path: '/openApi/spot/v1/server/time',
    answer: ({ now }) => ({ data: { serverTime: Math.floor(now / 1000) } }),
  },
  {
    ...open,
    path: '/openApi/spot/v1/common/symbols',
    answer: (call) => {
      const shown = listed(call, call.account.spotSymbols)
      return { data: { symbols: shown }, rows: shown.length }
    },
  },
  {
    ...open,
    path: '/openApi/swap/v2/quote/contracts',
    answer: (call) => {
      const shown = listed(call, call.account.contracts)
      return { data: shown, rows: shown.length }
    },
  },
  {
    ...open,
    path: '/openApi/cswap/v1/market/contracts',
    answer: (call) => {
      const shown = listed(call, call.account.coinContracts)
      return { data: shown, rows: shown.length }
    },
  },
  {
    // Not for the importer: ccxt's own loadMarkets, which comparisons run against, insists on it.
    ...history,
    path: '/openApi/wallets/v1/capital/config/getall',
    limit: fiveASecond,
    answer: () => ({ data: [] }),
  },
]

function sized(cap: number | undefined) {
  return cap === undefined ? undefined : { cap }
}

function garbled(row: unknown, { options: { garble } }: Call): unknown {
  return garble === undefined ? row : garble(row)
}

function listed<Row>({ options }: Call, rows: readonly Row[]): readonly Row[] {
  return options.publicEndpoints === 'empty' ? [] : rows
}

/** Some pages name the right to trade futures as what their endpoint asks for. */
function forTraders({ key, options }: Call): Outcome | undefined {
  const isRefused = options.readings.traders !== 'all' && !key?.permissions.includes('futures-trade')
  return isRefused ? { refused: 100004 } : undefined
}

function coinFills({ params, account, options, now }: Call): Outcome {
  const order = account.coinOrders.find(({ id }) => id === params.orderId)
  if (params.orderId === undefined) return { refused: 100400 }
  const oldest = now - options.readings.endpoints.coinOrders.lookBack
  const rows = (order?.fills ?? []).filter(({ tradeTime }) => tradeTime >= oldest)
  return { data: rows, rows: rows.length }
}

/** The numbers are those of the documentation. */
const numberOf: Readonly<Record<Permission, number>> = {
  'spot-trade': 1,
  read: 2,
  'futures-trade': 3,
  transfer: 4,
  withdraw: 5,
  'subaccount-transfer': 7,
}

function permissionsOf({ key, options }: Call): Outcome {
  const has = permissions.filter((permission) => key?.permissions.includes(permission))
  const mayDo = (permission: Permission) => has.includes(permission)
  return {
    data:
      options.readings.permissionsAs === 'numbers'
        ? {
            apiKey: key?.apiKey ?? '',
            note: 'history',
            permissions: has.map((permission) => numberOf[permission]),
            ipAddresses: [],
          }
        : {
            ipRestrict: false,
            createTime: 1_700_000_000_000,
            enableReading: mayDo('read'),
            enableSpotAndMarginTrading: mayDo('spot-trade'),
            enableFutures: mayDo('futures-trade'),
            enableWithdrawals: mayDo('withdraw'),
            permitsUniversalTransfer: mayDo('transfer'),
          },
  }
}
