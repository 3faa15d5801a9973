import { knownFormat } from './known-format.ts'
import { standardAccount } from './positions.ts'

/**
 * Headers and examples by those who opened their own exports: emanuelturtula/portfolio (spec 042), yangan2412/SignalA (standard
 * futures, 108 rows), suenot/bingx-report-tool, jilee1212/trading-journal. Workbooks are named `.csv`.
 */
const common = { unit: 1_000, decimalSign: '.', owner: 'UID' } as const

const spotOrders = knownFormat({
  id: 'bingx-spot-orders',
  name: 'BingX, spot orders',
  exchange: 'bingx',
  header: 'UID,Order No.,Time(<clock>),Pair,Type,Price,Amount,Order Value,Fee,Fee Coin,Order Type'.split(','),
  layout: {
    ...common,
    granularity: 'order',
    stream: 'spot-trade',
    time: 'Time(<clock>)',
    columns: {
      orderId: 'Order No.',
      symbol: 'Pair',
      price: 'Price',
      amount: 'Amount',
      quoteAmount: 'Order Value',
      fee: 'Fee',
      feeCurrency: 'Fee Coin',
    },
    words: [{ column: 'Type', isClosed: true, means: { Buy: { side: 'buy' }, Sell: { side: 'sell' } } }],
    paidFees: 'negative',
    symbol: { split: '/', join: '-' },
  },
  silent: ['The time of an order is not that of its fills.'],
})

const perpetualOrders = knownFormat({
  id: 'bingx-perpetual-orders',
  name: 'BingX, perpetual futures orders',
  exchange: 'bingx',
  header:
    'UID,Order No.,Time(<clock>),Pair,Type,Leverage,DealPrice,Quantity,Amount,Fee,Fee Coin,Realized PNL,Quote Asset,Order Type,AvgPrice'.split(
      ',',
    ),
  layout: {
    ...common,
    granularity: 'order',
    stream: 'futures-trade',
    time: 'Time(<clock>)',
    columns: {
      orderId: 'Order No.',
      symbol: 'Pair',
      type: 'Type',
      leverage: 'Leverage',
      price: 'DealPrice',
      amount: 'Quantity',
      quoteAmount: 'Amount',
      fee: 'Fee',
      feeCurrency: 'Fee Coin',
      realizedPnl: 'Realized PNL',
      currency: 'Quote Asset',
    },
    words: [
      {
        column: 'Type',
        isClosed: true,
        means: {
          'Open Long': { side: 'buy', position: 'open', direction: 'long' },
          'Close Long': { side: 'sell', position: 'close', direction: 'long' },
          'Open Short': { side: 'sell', position: 'open', direction: 'short' },
          'Close Short': { side: 'buy', position: 'close', direction: 'short' },
          'Liquidation Long': { side: 'sell', position: 'close', direction: 'long' },
          'Liquidation Short': { side: 'buy', position: 'close', direction: 'short' },
        },
      },
    ],
    paidFees: 'negative',
    symbol: { split: '-', join: '-' },
  },
  silent: ['The time of an order is not that of its fills.'],
})

const standardFutures = knownFormat({
  id: 'bingx-standard-futures',
  name: 'BingX, standard futures',
  exchange: 'bingx',
  header:
    'UID,Order No,category,marginType,margin,leverage,openPrice,closePrice,direction,stopLossPrice,takeProfitPrice,closeType,orderType,openTime(<clock>),closeTime(<clock>),fundingFee,fees,Realized PNL'.split(
      ',',
    ),
  layout: {
    ...common,
    granularity: 'position',
    stream: 'futures-position',
    time: 'closeTime(<clock>)',
    openTime: 'openTime(<clock>)',
    always: { account: standardAccount },
    columns: {
      orderId: 'Order No',
      base: 'category',
      currency: 'marginType',
      leverage: 'leverage',
      openPrice: 'openPrice',
      price: 'closePrice',
      type: 'closeType',
      fee: 'fees',
      realizedPnl: 'Realized PNL',
      unsignedFunding: 'fundingFee',
    },
    words: [
      {
        column: 'direction',
        isClosed: true,
        means: { long: { direction: 'long' }, short: { direction: 'short' } },
      },
    ],
    isSmall: true,
  },
  silent: [
    'Whether a fundingFee above zero was paid or received: it is a row of its own that says so, and is counted nowhere.',
    'Which coin a position was of, where the category is empty.',
  ],
})

const fundAccount = knownFormat({
  id: 'bingx-fund-account',
  name: 'BingX, fund account',
  exchange: 'bingx',
  header: 'UID,type,amount,new_available_amount,asset_name,Time(<clock>),remark'.split(','),
  layout: {
    ...common,
    granularity: 'ledger',
    stream: 'spot-ledger',
    time: 'Time(<clock>)',
    always: { account: 'fund' },
    columns: {
      type: 'type',
      amount: 'amount',
      balance: 'new_available_amount',
      currency: 'asset_name',
    },
  },
})

const spotLedger = knownFormat({
  id: 'bingx-spot-ledger',
  name: 'BingX, spot account',
  exchange: 'bingx',
  header: 'Time(<clock>),type,Amount,newAvailableAmount,Assets'.split(','),
  layout: {
    unit: 1_000,
    decimalSign: '.',
    granularity: 'ledger',
    stream: 'spot-ledger',
    time: 'Time(<clock>)',
    always: { account: 'spot' },
    columns: { type: 'type', amount: 'Amount', balance: 'newAvailableAmount', currency: 'Assets' },
  },
  silent: ['Which of its changes repeat orders.'],
})

const futuresLedger = knownFormat({
  id: 'bingx-futures-ledger',
  name: 'BingX, futures account',
  exchange: 'bingx',
  header: 'Time(<clock>),type,Details,Amount,newAvailableAmount,Assets,Futures'.split(','),
  layout: {
    unit: 1_000,
    decimalSign: '.',
    granularity: 'ledger',
    stream: 'futures-ledger',
    time: 'Time(<clock>)',
    columns: {
      type: 'type',
      amount: 'Amount',
      balance: 'newAvailableAmount',
      currency: 'Assets',
      symbol: 'Futures',
    },
    symbol: { split: '-', join: '-' },
  },
})

export const bingxStatements = [
  spotOrders,
  perpetualOrders,
  standardFutures,
  fundAccount,
  spotLedger,
  futuresLedger,
] as const
