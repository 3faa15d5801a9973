import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import type { Origin } from '../../lambdas/domain/outward.ts'
import type { Markets, StreamDefinition, StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { meant } from './meant.ts'

/**
 * A small account with one of each kind of row, as BitMart serves them, through the parser that production uses. The first
 * spot fills, the futures fill, the withdrawal, the deposit and the funding are those that BitMart's documentation shows.
 */

export const mainAccount: Origin = { id: 'c0ffee', exchange: 'bitmart', subaccount: '' }
export const subaccount: Origin = { id: 'decaf', exchange: 'bitmart', subaccount: 'desk' }

/** 2024-03-31 00:58:00 UTC: two minutes before clocks in Berlin go from 02:00 to 03:00. */
const spring = Date.UTC(2024, 2, 31, 0, 58)
const minute = 60_000

const markets: Markets = {
  spot: new Map(),
  futures: new Map([
    ['BTCUSDT', { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '0.001' }],
  ]),
}

let trade = 0

function fill(fields: object) {
  trade++
  return {
    tradeId: `10${trade}`,
    orderId: `20${trade}`,
    clientOrderId: '',
    orderMode: 'spot',
    type: 'limit',
    stpMode: 'none',
    tradeRole: 'taker',
    createTime: spring + trade * minute,
    updateTime: spring + trade * minute,
    ...fields,
  }
}

const spotFills = [
  {
    tradeId: '125277182593091639',
    orderId: '125277182593091640',
    clientOrderId: '',
    symbol: 'BTC_USDT',
    side: 'buy',
    orderMode: 'spot',
    type: 'limit',
    stpMode: 'none',
    price: '39999.00',
    size: '0.10000',
    notional: '3999.90000000',
    fee: '9.99975000',
    feeCoinName: 'USDT',
    tradeRole: 'taker',
    createTime: 1681891896569,
    updateTime: 1681891896569,
  },
  {
    tradeId: '182342999769370687',
    orderId: '183270218784142990',
    clientOrderId: '',
    symbol: 'ADA_USDT',
    side: 'buy',
    orderMode: 'spot',
    type: 'market',
    stpMode: 'none',
    price: '0.245948',
    size: '20.71',
    notional: '5.09358308',
    fee: '0.00509358',
    feeCoinName: 'USDT',
    tradeRole: 'taker',
    createTime: 1695658457836,
    updateTime: 1695658457836,
  },
  // The fee is taken from what is bought, from what is sold, and in the exchange's own coin.
  fill({
    symbol: 'ETH_USDT',
    side: 'buy',
    price: '3500.5',
    size: '2',
    notional: '7001',
    fee: '0.002',
    feeCoinName: 'ETH',
  }),
  fill({
    symbol: 'ADA_USDT',
    side: 'sell',
    price: '0.65',
    size: '10',
    notional: '6.5',
    fee: '0.0065',
    feeCoinName: 'USDT',
  }),
  fill({
    symbol: 'ADA_ETH',
    side: 'sell',
    price: '0.0002',
    size: '5',
    notional: '0.001',
    fee: '0.005',
    feeCoinName: 'ADA',
  }),
  fill({
    symbol: 'BTC_USDT',
    side: 'sell',
    price: '70000',
    size: '0.01',
    notional: '700',
    fee: '1.75',
    feeCoinName: 'BMX',
  }),
  // A maker is paid: a negative fee.
  fill({
    symbol: 'BTC_USDT',
    side: 'sell',
    price: '70100',
    size: '0.01',
    notional: '701',
    fee: '-0.0701',
    feeCoinName: 'USDT',
    tradeRole: 'maker',
  }),
  fill({
    symbol: 'SOL_USDT',
    side: 'buy',
    price: '180',
    size: '1',
    notional: '180',
    fee: '0',
    feeCoinName: 'USDT',
    orderMode: 'iso_margin',
  }),
  // What was paid is rounded, so that no decimal is the price.
  fill({
    symbol: 'SHIB_USDT',
    side: 'buy',
    price: '0.00003003',
    size: '333333',
    notional: '10.00999',
    fee: '0.01001',
    feeCoinName: 'USDT',
  }),
  // A fill so small that what was paid is rounded to nothing.
  fill({
    symbol: 'SHIB_USDT',
    side: 'buy',
    price: '0.00003',
    size: '0.0001',
    notional: '0.00000000',
    fee: '',
    feeCoinName: '',
  }),
  // The fee is more than what was received.
  fill({
    symbol: 'SHIB_USDT',
    side: 'sell',
    price: '0.00003',
    size: '1000',
    notional: '0.03',
    fee: '0.05',
    feeCoinName: 'USDT',
  }),
  // Coins that are no plain capital letters, and one that a spreadsheet would run.
  fill({
    symbol: '1INCH_USDT',
    side: 'buy',
    price: '0.5',
    size: '100',
    notional: '50',
    fee: '0.1',
    feeCoinName: '1INCH',
  }),
  fill({
    symbol: '$PAC_USDT',
    side: 'buy',
    price: '0.0001',
    size: '1000',
    notional: '0.1',
    fee: '0.0001',
    feeCoinName: 'USDT',
  }),
  fill({
    symbol: 'pepe_USDT',
    side: 'buy',
    price: '0.00000123',
    size: '1E+6',
    notional: '1.23',
    fee: '1.23e-3',
    feeCoinName: 'USDT',
  }),
  // More digits than a number of JavaScript has, and more than a beancount price.
  fill({
    symbol: 'ETH_USDT',
    side: 'sell',
    price: '3512.34567890123456789',
    size: '1.2345678901234567891',
    notional: '4336.2292',
    fee: '0.00433622920000000001',
    feeCoinName: 'USDT',
  }),
  fill({
    symbol: '=X_USDT',
    side: 'buy',
    price: '2',
    size: '3',
    notional: '6',
    fee: '0.006',
    feeCoinName: 'USDT',
  }),
]

/** 2024-01-01 00:30 in Tokyo is 2023 in UTC; 2024-04-06 00:10 in London, a tax year later, is 2024-04-05 in UTC. */
const newYears = [Date.UTC(2023, 11, 31, 15, 30), Date.UTC(2024, 3, 5, 23, 10)].map((time, index) =>
  fill({
    tradeId: `50${index}`,
    orderId: `60${index}`,
    symbol: 'BTC_USDT',
    side: 'buy',
    price: '42000',
    size: '0.001',
    notional: '42',
    fee: '0.042',
    feeCoinName: 'USDT',
    createTime: time,
    updateTime: time,
  }),
)

const futuresFills = [
  {
    order_id: '230930336848609',
    trade_id: '6212604014',
    symbol: 'BTCUSDT',
    side: 3,
    price: '26910.4',
    vol: '1',
    exec_type: 'Taker',
    profit: false,
    realised_profit: '-0.0003',
    paid_fees: '0.01614624',
    account: 'futures',
    create_time: 1695961596692,
  },
]

function flow(flow_type: number, amount: string, at: number, symbol = 'BTCUSDT') {
  const type = ['', 'Transfer', 'Realized PNL', 'Funding Fee', 'Commission Fee', 'Liquidation Clearance'][
    flow_type
  ]
  const time = String(spring + at * minute)
  return {
    symbol,
    flow_type,
    type: type ?? 'Other',
    amount,
    asset: 'USDT',
    account: 'futures',
    time,
    tran_id: time,
  }
}

const ledger = [
  {
    symbol: 'LTCUSDT',
    flow_type: 3,
    type: 'Funding Fee',
    amount: '-0.00008253',
    asset: 'USDT',
    account: 'futures',
    time: '1734422402121',
    tran_id: '1734422402121',
  },
  flow(1, '500', 30, ''),
  flow(1, '-20.5', 31, ''),
  flow(2, '12.5', 32),
  flow(2, '-7.25', 33),
  flow(3, '0.01', 34),
  flow(3, '-0.02', 35),
  flow(4, '-0.3', 36),
  flow(4, '0.05', 37),
  flow(5, '-40', 38),
  flow(5, '1.5', 39),
  // A kind that the exchange does not document.
  flow(9, '0.7', 40),
  flow(9, '-0.6', 41),
]

const noTransfer = { withdraw_id: '', deposit_id: '', address_memo: '', tx_id: '' }

const withdrawals = [
  {
    status: 0,
    withdraw_id: '1679952',
    apply_time: 1588867374000,
    arrival_amount: '59.000000000000',
    fee: '1.000000000000',
    currency: 'BMX',
    address: '',
  },
  {
    status: 3,
    withdraw_id: '1679953',
    apply_time: spring + 50 * minute,
    arrival_amount: '100.5',
    fee: '0.8',
    currency: 'USDT-TRC20',
    address: 'TXyz',
    tx_id: 'ab12cd',
  },
  {
    status: 4,
    withdraw_id: '1679954',
    apply_time: spring + 51 * minute,
    arrival_amount: '7',
    fee: '0.1',
    currency: 'ETH',
    address: '0xdead',
  },
  {
    status: 5,
    withdraw_id: '1679955',
    apply_time: spring + 52 * minute,
    arrival_amount: '8',
    fee: '0.1',
    currency: 'ETH',
    address: '0xdead',
  },
  // Two withdrawals that one transaction on the chain paid: alike but for their ids.
  ...['1679956', '1679957'].map((withdraw_id) => ({
    status: 3,
    withdraw_id,
    apply_time: spring + 57 * minute,
    arrival_amount: '25',
    fee: '0.8',
    currency: 'USDT-TRC20',
    address: 'TXyz',
    tx_id: 'ef34ab',
  })),
].map((row) => ({ ...noTransfer, operation_type: 'withdraw', ...row }))

const deposits = [
  {
    status: 3,
    deposit_id: '19017278',
    apply_time: 1695978904000,
    arrival_amount: '69',
    fee: '0',
    currency: 'USDT-TRC20',
    address: 'TAbc',
    tx_id: '0xfeed',
  },
  {
    status: 3,
    deposit_id: '19017279',
    apply_time: spring + 53 * minute,
    arrival_amount: '0.500',
    fee: '0',
    currency: 'ETH',
    address: '0xbeef',
    tx_id: '',
  },
  {
    status: 2,
    deposit_id: '19017280',
    apply_time: spring + 54 * minute,
    arrival_amount: '3',
    fee: '0',
    currency: 'ETH',
    address: '0xbeef',
  },
  {
    status: 4,
    deposit_id: '19017281',
    apply_time: spring + 55 * minute,
    arrival_amount: '4',
    fee: '0',
    currency: 'ETH',
    address: '0xbeef',
  },
  {
    status: 5,
    deposit_id: '19017282',
    apply_time: spring + 56 * minute,
    arrival_amount: '5',
    fee: '0',
    currency: 'ETH',
    address: '0xbeef',
  },
].map((row) => ({ ...noTransfer, operation_type: 'deposit', ...row }))

/** Rows of one answer, read as a sync reads them. */
export function parsed(stream: StreamKind, served: unknown): readonly Transaction[] {
  const definition: StreamDefinition | undefined = bitmart.streams.find((one) => one.stream === stream)
  if (definition === undefined) throw new Error(`BitMart has no stream ${stream}.`)
  const [partition = ''] = definition.partitions
  return definition.normalise(definition.rows.parse(served).readable, { partition, markets })
}

export const smallAccount: readonly ExportRow[] = [
  ...[
    ...parsed('spot-trade', [...spotFills, ...newYears]),
    ...parsed('futures-trade', futuresFills),
    ...parsed('futures-ledger', ledger),
    ...parsed('withdrawal', { records: withdrawals }),
    ...parsed('deposit', { records: deposits }),
  ].map((transaction) => ({ origin: mainAccount, transaction })),
  {
    origin: subaccount,
    transaction: {
      ...(parsed('spot-trade', spotFills.slice(0, 1))[0] as Transaction),
      time: 1681891896570,
    },
  },
]
  .map((row) => meant(row))
  .sort((a, b) => a.transaction.time - b.transaction.time)

export async function* served(rows: readonly ExportRow[]): AsyncIterable<ExportRow> {
  yield* rows
}
