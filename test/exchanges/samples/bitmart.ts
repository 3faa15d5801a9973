import { publishedFuturesFills } from '../../../local/simulated-bitmart/futures-fills.ts'
import { publishedLedgerRows } from '../../../local/simulated-bitmart/ledger.ts'
import { publishedSpotFills } from '../../../local/simulated-bitmart/spot-fills.ts'
import { publishedTransfers } from '../../../local/simulated-bitmart/transfers.ts'
import type { ExchangeSamples } from '../../conformance/exchange.ts'

const transfers = {
  wrap: (rows: readonly unknown[]) => ({ records: rows }),
  time: 'apply_time',
  filters: { currency: 'currency' },
  mutable: {
    status: [0, 1, 2, 3, 4, 5, 6],
    fee: ['0', '7.5'],
    arrival_amount: ['58.9'],
    tx_id: ['0xabc'],
    address: ['0xdef'],
  },
  amounts: { amount: 'arrival_amount', fee: 'fee' },
} as const

/** Rows as BitMart's documentation prints them. */
export const bitmartSamples: ExchangeSamples = {
  markets: {
    spot: new Map([['ADA_USDT', { symbol: 'ADA_USDT', base: 'ADA', quote: 'USDT' }]]),
    futures: new Map([
      ['BTCUSDT', { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '0.001' }],
    ]),
  },
  marketAnswers: {
    spot: { symbols: [{ symbol: 'ADA_USDT', base_currency: 'ADA', quote_currency: 'USDT' }] },
    futures: {
      symbols: [{ symbol: 'BTCUSDT', base_currency: 'BTC', quote_currency: 'USDT', contract_size: '0.001' }],
    },
  },
  streams: {
    'spot-trade': {
      rows: publishedSpotFills,
      time: 'createTime',
      filters: { orderMode: 'orderMode', symbol: 'symbol', orderId: 'orderId' },
      identifying: ['tradeId', 'orderId', 'price', 'size'],
      mutable: {
        symbol: ['POL_USDT'],
        price: ['39999', '39999.0', '3.9999E+4'],
        size: ['0.1'],
        updateTime: [1],
        fee: ['9'],
        clientOrderId: ['x'],
      },
      amounts: { price: 'price', amount: 'size', quoteAmount: 'notional', fee: 'fee' },
    },
    'futures-trade': {
      rows: publishedFuturesFills,
      time: 'create_time',
      filters: { symbol: 'symbol', order_id: 'order_id' },
      identifying: ['trade_id', 'order_id', 'price', 'vol'],
      mutable: { symbol: ['POLUSDT'], realised_profit: ['1'], paid_fees: ['0.5'] },
      amounts: { price: 'price', contracts: 'vol', fee: 'paid_fees', realizedPnl: 'realised_profit' },
    },
    'futures-ledger': {
      rows: publishedLedgerRows,
      time: 'time',
      filters: { flow_type: 'flow_type', symbol: 'symbol' },
      identifying: ['flow_type', 'symbol', 'asset', 'amount', 'time', 'tran_id', 'account'],
      mutable: { type: ['Funding'] },
      amounts: { amount: 'amount' },
    },
    withdrawal: {
      ...transfers,
      rows: publishedTransfers.filter((row) => row.operation_type === 'withdraw'),
      elsewhere: publishedTransfers.filter((row) => row.operation_type === 'deposit'),
      identifying: ['withdraw_id'],
    },
    deposit: {
      ...transfers,
      rows: publishedTransfers.filter((row) => row.operation_type === 'deposit'),
      elsewhere: publishedTransfers.filter((row) => row.operation_type === 'withdraw'),
      identifying: ['deposit_id'],
    },
  },
}
