import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import type { FuturesTellers } from '../../lambdas/domain/futures-money.ts'
import type { Origin } from '../../lambdas/domain/outward.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import {
  publishedCoinFills,
  publishedDeposits,
  publishedFuturesFills,
  publishedOrderFills,
  publishedWithdrawals,
} from '../exchanges/samples/bingx.ts'
import { meant } from './meant.ts'

/**
 * A small account with one of each kind of row, as BingX serves them, through the parser that production uses: those that its
 * documentation prints, and beside them every word of its ledger with money that came and money that went.
 */
const account: Origin = { id: 'b1f0', exchange: 'bingx', subaccount: '' }

/** Thirty minutes before a year begins in Tokyo, and ten after a tax year began in London. */
const [tokyo, london] = [Date.UTC(2025, 11, 31, 15, 30), Date.UTC(2026, 3, 5, 23, 10)]
const minute = 60_000

const spotFill = {
  symbol: 'BTC-USDT',
  orderId: '1745362930595004400',
  price: '46820.155',
  isBuyer: true,
  isMaker: false,
}

const spotFills = [
  {
    ...spotFill,
    id: '1',
    qty: '0.1430254',
    quoteQty: '6696.471396937',
    commission: '-0.000046483255',
    commissionAsset: 'BTC',
    time: tokyo,
  },
  // More digits than a number of JavaScript has; the fee in a third coin.
  {
    ...spotFill,
    id: '2',
    isBuyer: false,
    qty: '1.2345678901234567891',
    quoteQty: '57802.65',
    commission: '-0.5',
    commissionAsset: 'BGB',
    time: tokyo + minute,
  },
  // A maker is paid.
  {
    ...spotFill,
    id: '3',
    isMaker: true,
    qty: '0.01',
    quoteQty: '468.20155',
    commission: '0.0468',
    commissionAsset: 'USDT',
    time: london,
  },
  {
    ...spotFill,
    symbol: 'ATOM(ARC20)-USDT',
    id: '4',
    price: '0.5',
    qty: '10',
    quoteQty: '5',
    commission: '-0.01',
    commissionAsset: 'ATOM(ARC20)',
    time: london + minute,
  },
]

const words = [
  'TRANSFER',
  'REALIZED_PNL',
  'FUNDING_FEE',
  'TRADING_FEE',
  'INSURANCE_CLEAR',
  'TRIAL_FUND',
  'ADL',
  'SYSTEM_DEDUCTION',
  'GTD_PRICE',
  'A_WORD_OF_TOMORROW',
]

const ledger = words.flatMap((incomeType, index) =>
  ['1.5', '-0.25'].map((income, turn) => ({
    symbol: incomeType === 'TRANSFER' ? '' : 'BTC-USDT',
    incomeType,
    income,
    asset: 'USDT',
    info: incomeType,
    time: london + (10 + 2 * index + turn) * minute,
    tranId: `${index}${turn}`,
    tradeId: '',
  })),
)

const withdrawal = { ...publishedWithdrawals[0], applyTime: '2026-04-06T08:00:00.000+08:00' }

/** Two that one transaction on the chain paid, and one of which nobody says what became of it. */
const withdrawals = [
  withdrawal,
  { ...withdrawal, id: '1197073063359000578' },
  { ...withdrawal, id: '1197073063359000579', status: undefined, txId: '' },
]

/** BingX serves no id: one that is still pending, and one alike. */
const deposits = [
  ...publishedDeposits,
  ...publishedDeposits,
  { ...publishedDeposits[0], status: 0, txId: 'b2' },
]

function read(partition: string, stream: Transaction['stream'], served: unknown): readonly Transaction[] {
  const definition = bingx.streams.find(
    (one) => one.stream === stream && (one.partitions as readonly string[]).includes(partition),
  )
  if (definition === undefined) throw new Error(`BingX has no ${stream} of ${partition}.`)
  return definition.normalise(definition.rows.parse(served).readable, { partition, markets: noMarkets })
}

/** The ledger tells what it has; BingX has none of contracts in coins, so that their fills tell. */
const tellers: FuturesTellers = {
  ofFill: ({ account: wallet }) => ({ profit: wallet === 'coin-m', fee: wallet === 'coin-m' }),
  ofRow: () => true,
  mayBeTwice: () => false,
}

export const smallBingxAccount: readonly ExportRow[] = [
  ...read('spot', 'spot-trade', { fills: spotFills }),
  ...read('usdt-m', 'futures-trade', { fill_history_orders: publishedFuturesFills }),
  ...read('usdt-m-orders', 'futures-trade', {
    fill_orders: publishedOrderFills.map((row) => ({ side: 'BUY', positionSide: 'LONG', ...row })),
  }),
  ...read('coin-m', 'futures-trade', [
    ...publishedCoinFills,
    {
      ...publishedCoinFills[0],
      tradeId: '97244555',
      side: 'SELL',
      realizedPnl: '0.0123',
      tradeTime: 1722146790000,
    },
  ]),
  ...read('usdt-m', 'futures-ledger', ledger),
  ...read('account', 'withdrawal', withdrawals),
  ...read('account', 'deposit', deposits),
]
  .map((transaction) => meant({ origin: account, transaction }, tellers))
  .sort((a, b) => a.transaction.time - b.transaction.time)
