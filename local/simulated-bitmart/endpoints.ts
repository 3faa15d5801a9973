import type { Call as AnyCall, Outcome as AnyOutcome, Endpoint } from '../simulated-exchange/exchange.ts'
import {
  type History as AnyHistory,
  matches,
  pageSize,
  quarter,
  served,
  serveHistory,
  week,
  wholeNumber,
} from '../simulated-exchange/history.ts'
import type { Limit } from '../simulated-exchange/limits.ts'
import { firstOfOrder, rowsOfOrder } from '../simulated-exchange/row-index.ts'
import type { SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import type { FuturesFillRow } from './futures-fills.ts'
import type { LedgerRow } from './ledger.ts'
import type { Permission, SimulatedKey, SimulatorOptions } from './options.ts'
import type { SpotFillRow } from './spot-fills.ts'
import type { TransferRow } from './transfers.ts'

type Call = AnyCall<SimulatedAccount, SimulatedKey, SimulatorOptions>
type Outcome = AnyOutcome<Code>
type History<Row> = AnyHistory<SimulatedAccount, Row, Call, Code>

export type BitmartEndpoint = Endpoint<Call, Code> & {
  readonly limit: Limit
  readonly permission?: Permission
  /** Answers 40046 to accounts without futures. */
  readonly futures?: true
  /** Answers 60026 to keys of sub-accounts. */
  readonly mainAccountOnly?: true
  /** What BitMart writes into `message` when all is well; it differs from family to family. */
  readonly message: string
}

/** What BitMart leaves open is answered as the options say, alike in all its histories. */
const alike = (of: keyof SimulatorOptions['lookBack']) => ({
  reading: ({ options, now }: Call) => ({
    lowerEnd: options.lowerEnd,
    upperEnd: options.upperEnd,
    emptySpan: options.emptySpan,
    lookBack: now >= (options.archiveOpensAt ?? Number.POSITIVE_INFINITY) ? now : options.lookBack[of],
    beyond: options.beyondLookBack,
  }),
})

/** Of a window of which the exchange says, rightly or not, that it has no business to be asked for. */
const outOfTime = (tooOld: Code): Pick<History<never>, 'refuses'> => ({
  refuses: ({ end }, { options, now }) => {
    if (options.refusesFuture && end > now) return tooOld
    return now < (options.strangeUntil ?? 0) && end < now - quarter ? 59999 : undefined
  },
})

const spotFills: History<SpotFillRow> = {
  rows: (account) => account.spotFills,
  timeOf: (row) => row.createTime,
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  defaultSpan: week,
  ...alike('fills'),
  ...outOfTime(50041),
  tooWide: (span, { options }) => options.maxSpotSpan !== undefined && span > options.maxSpotSpan,
  page: (call) => sized(pageSize(call, 'limit', 200, 200)),
  keep: (call) => (row) => matches(call, 'symbol', row.symbol) && matches(call, 'orderMode', row.orderMode),
  codes: { malformed: 50000, reversed: 52004, tooWide: 50041, tooOld: 50041 },
}

const futuresFills: History<FuturesFillRow> = {
  rows: (account) => account.futuresFills,
  timeOf: (row) => row.create_time,
  from: 'start_time',
  to: 'end_time',
  unit: 1000,
  defaultSpan: week,
  ...alike('fills'),
  ...outOfTime(40039),
  tooWide: (span) => span > quarter,
  page: () => ({ cap: 200 }),
  keep: (call) => {
    const account = futuresAccount(call)
    return account === undefined
      ? undefined
      : (row) =>
          row.account === account &&
          matches(call, 'symbol', row.symbol) &&
          matches(call, 'order_id', row.order_id)
  },
  codes: { malformed: 40011, reversed: 40039, tooWide: 40039, tooOld: 40039 },
}

const ledger: History<LedgerRow> = {
  rows: (account) => account.ledger,
  timeOf: (row) => Number(row.time),
  from: 'start_time',
  to: 'end_time',
  unit: 1,
  defaultSpan: week,
  ...alike('ledger'),
  ...outOfTime(40039),
  tooWide: () => false,
  page: (call) => sized(pageSize(call, 'page_size', 1000, 100)),
  keep: (call) => {
    const account = futuresAccount(call)
    const flow = wholeNumber(call, 'flow_type', 0)
    if (account === undefined || flow === undefined || flow > 5) return undefined
    return (row) =>
      row.account === account && (flow === 0 || row.flow_type === flow) && matches(call, 'symbol', row.symbol)
  },
  codes: { malformed: 40011, reversed: 40039, tooWide: 40039, tooOld: 40039 },
}

const transfers: History<TransferRow> = {
  rows: (account) => account.transfers,
  timeOf: (row) => row.apply_time,
  from: 'startTime',
  to: 'endTime',
  unit: 1,
  // One less than what would be refused.
  defaultSpan: quarter - 1,
  ...alike('transfers'),
  ...outOfTime(60067),
  tooWide: (span) => span >= quarter,
  page: (call) => {
    const wanted = pageSize(call, 'N', 1000, 0)
    return sized(wanted === undefined ? undefined : Math.min(wanted, call.options.transferCap))
  },
  keep: (call) => {
    const kind = call.params.operation_type
    return kind === 'withdraw' || kind === 'deposit'
      ? (row) => row.operation_type === kind && matches(call, 'currency', row.currency)
      : undefined
  },
  codes: { malformed: 60000, reversed: 60066, tooWide: 60067, tooOld: 60067 },
}

/** Lists of orders, here as old as their first fill. */
const spotOrders: History<SpotFillRow> = {
  ...spotFills,
  rows: (account) => firstOfOrder(account.spotFills, (row) => row.orderId),
}

const futuresOrders: History<FuturesFillRow> = {
  ...futuresFills,
  rows: (account) => firstOfOrder(account.futuresFills, (row) => row.order_id),
  keep: (call) => (call.params.symbol === undefined ? undefined : futuresFills.keep(call)),
}

export const endpoints: readonly BitmartEndpoint[] = [
  {
    method: 'POST',
    path: '/spot/v4/query/trades',
    access: 'signed',
    limit: { calls: 12, per: 2000 },
    permission: 'read',
    message: 'success',
    answer: (call) => serveHistory(spotFills, call),
  },
  {
    method: 'POST',
    path: '/spot/v4/query/order-trades',
    access: 'signed',
    limit: { calls: 12, per: 2000 },
    permission: 'read',
    message: 'success',
    answer: orderFills,
  },
  {
    method: 'POST',
    path: '/spot/v4/query/history-orders',
    access: 'signed',
    limit: { calls: 12, per: 2000 },
    permission: 'read',
    message: 'success',
    answer: (call) =>
      serveHistory(spotOrders, call, ({ orderId, symbol, side, orderMode, createTime }) => ({
        orderId,
        symbol,
        side,
        orderMode,
        state: 'filled',
        createTime,
        updateTime: createTime,
      })),
  },
  {
    method: 'GET',
    path: '/contract/private/order-history',
    access: 'keyed',
    limit: { calls: 6, per: 2000 },
    permission: 'read',
    futures: true,
    message: 'Ok',
    answer: (call) =>
      serveHistory(futuresOrders, call, ({ order_id, symbol, side, account, create_time }) => ({
        order_id,
        symbol,
        side,
        account,
        state: 4,
        create_time,
        update_time: create_time,
      })),
  },
  {
    method: 'GET',
    path: '/contract/private/trades',
    access: 'keyed',
    limit: { calls: 6, per: 2000 },
    permission: 'read',
    futures: true,
    message: 'Ok',
    answer: (call) => serveHistory(futuresFills, call),
  },
  {
    method: 'GET',
    path: '/contract/private/transaction-history',
    access: 'keyed',
    limit: { calls: 6, per: 2000 },
    permission: 'read',
    futures: true,
    message: 'Ok',
    answer: (call) => serveHistory(ledger, call),
  },
  {
    method: 'GET',
    path: '/account/v2/deposit-withdraw/history',
    access: 'keyed',
    limit: { calls: 8, per: 2000 },
    permission: 'read',
    mainAccountOnly: true,
    message: 'OK',
    answer: (call) => {
      const outcome = serveHistory(transfers, call)
      return 'data' in outcome ? { ...outcome, data: { records: outcome.data } } : outcome
    },
  },
  {
    method: 'GET',
    path: '/account/v1/withdraw/charge',
    access: 'keyed',
    limit: { calls: 2, per: 2000 },
    permission: 'withdraw',
    message: 'OK',
    answer: (call) =>
      call.params.currency === undefined
        ? { refused: 60000 }
        : {
            data: {
              today_available_withdraw_BTC: '100.0000',
              min_withdraw: '0.005',
              withdraw_precision: 8,
              withdraw_fee: '0.00001',
            },
          },
  },
  {
    method: 'POST',
    path: '/account/v1/transfer-contract-list',
    access: 'signed',
    limit: { calls: 1, per: 2000 },
    permission: 'futures-trade',
    futures: true,
    message: 'OK',
    answer: () => ({ data: { records: [] } }),
  },
  {
    method: 'GET',
    path: '/system/time',
    access: 'public',
    limit: { calls: 20, per: 2000 },
    message: 'OK',
    answer: (call) => ({ data: { server_time: call.now } }),
  },
  {
    method: 'GET',
    path: '/spot/v1/symbols/details',
    access: 'public',
    limit: { calls: 12, per: 2000 },
    message: 'OK',
    answer: (call) => listed(call, call.account.spotSymbols, 'symbols'),
  },
  {
    method: 'GET',
    path: '/spot/v1/symbols',
    access: 'public',
    limit: { calls: 8, per: 2000 },
    message: 'OK',
    answer: (call) =>
      listed(
        call,
        call.account.spotSymbols.map((row) => row.symbol),
        'symbols',
      ),
  },
  {
    method: 'GET',
    path: '/contract/public/details',
    access: 'public',
    limit: { calls: 12, per: 2000 },
    message: 'Ok',
    answer: (call) =>
      listed(
        call,
        call.account.contracts.filter((row) => matches(call, 'symbol', row.symbol)),
        'symbols',
      ),
  },
  {
    // Not for the importer: ccxt's own loadMarkets, which comparisons run against, insists on it.
    method: 'GET',
    path: '/account/v1/currencies',
    access: 'public',
    limit: { calls: 30, per: 2000 },
    message: 'OK',
    answer: (call) => listed(call, currencies(call), 'currencies'),
  },
]

/** Every fill of one order, however many: the one answer that has no page. */
function orderFills(call: Call): Outcome {
  const order = call.params.orderId
  if (order === undefined || order === '') return { refused: 50000 }
  const oldest = call.now - call.options.lookBack.fills
  const rows = rowsOfOrder(call.account.spotFills, (row) => row.orderId, order)
  return served(rows.filter((row) => row.createTime >= oldest))
}

function sized(cap: number | undefined) {
  return cap === undefined ? undefined : { cap }
}

function futuresAccount(call: Call): string | undefined {
  const account = call.params.account ?? 'futures'
  return account === 'futures' || account === 'copy_trading' ? account : undefined
}

function listed(call: Call, rows: readonly unknown[], name: string): Outcome {
  const shown = call.options.publicEndpoints === 'empty' ? [] : rows
  return { data: { [name]: shown }, rows: shown.length }
}

function currencies(call: Call): readonly unknown[] {
  const names = call.account.spotSymbols.flatMap((row) => [row.base_currency, row.quote_currency])
  return [...new Set(names)].map((currency) => ({
    currency,
    name: currency,
    recharge_minsize: '0.00000001',
    contract_address: null,
    network: currency,
    withdraw_enabled: true,
    deposit_enabled: true,
    withdraw_minsize: '0.0003',
    withdraw_minfee: '9.61',
    withdraw_fee_estimate: '9.61',
    withdraw_fee: '0.0001',
  }))
}
