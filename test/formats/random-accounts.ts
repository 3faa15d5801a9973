import fc from 'fast-check'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { type FuturesTellers, ledgerTellsAll } from '../../lambdas/domain/futures-money.ts'
import { spotLedgerTypes } from '../../lambdas/domain/spot-ledger.ts'
import { meant } from './meant.ts'
import { mainAccount, parsed, subaccount } from './small-account.ts'

/** Accounts that nobody thought of: rows as BitMart could serve them, through the parser that production uses. */

const coin = fc.constantFrom(
  'BTC',
  'USDT',
  'ETH',
  'BMX',
  '1INCH',
  '$PAC',
  'pepe',
  '=X',
  '-Y',
  '+Z',
  '@W',
  '"=V',
  'A,B',
)

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, scale]) => {
    const text = String(digits).padStart(scale + 1, '0')
    return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`
  })

const written = fc.oneof(
  { weight: 9, arbitrary: decimal },
  { weight: 1, arbitrary: decimal.map((amount) => `${amount.replace(/^(\d)/, '+$1')}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: -9, max: 9 }))
      .map(([m, e]) => `${m}E${e}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('0', '0.00000000') },
)

const signed = fc
  .tuple(fc.boolean(), written)
  .map(([negative, amount]) => (negative ? `-${amount.replace('+', '')}` : amount))

const time = fc.integer({ min: Date.UTC(2018, 0, 1), max: Date.UTC(2026, 10, 21) })
const id = fc.uuid()

const spotFill = fc
  .record({
    tradeId: id,
    orderId: id,
    pair: fc.tuple(coin, coin).filter(([base, quote]) => base !== quote),
    side: fc.constantFrom('buy', 'sell'),
    price: written,
    size: written,
    notional: written,
    fee: fc.oneof(signed, fc.constant('')),
    feeCoinName: coin,
    createTime: time,
  })
  .map(({ pair, ...fill }) => parsed('spot-trade', [{ ...fill, symbol: pair.join('_') }]))

const ledgerRow = fc
  .record({
    symbol: fc.constantFrom('BTCUSDT', ''),
    flow_type: fc.integer({ min: 1, max: 9 }),
    amount: signed,
    asset: coin,
    account: fc.constantFrom('futures', 'copy_trading'),
    time: time.map(String),
    tran_id: id,
  })
  .map((row) => parsed('futures-ledger', [row]))

const futuresFill = fc
  .record({
    order_id: id,
    trade_id: id,
    symbol: fc.constantFrom('BTCUSDT', 'UNKNOWN'),
    side: fc.integer({ min: 1, max: 4 }),
    price: written,
    vol: written,
    realised_profit: fc.oneof(signed, fc.constant('')),
    paid_fees: fc.oneof(signed, fc.constant('')),
    account: fc.constantFrom('futures', 'copy_trading'),
    create_time: time,
  })
  .map((row) => parsed('futures-trade', [row]))

/** Of futures, what the exchange says by fills and by the ledger is told by either. */
const tellers: fc.Arbitrary<FuturesTellers> = fc.constantFrom(ledgerTellsAll, {
  ofFill: () => ({ profit: true, fee: true }),
  ofRow: () => false,
  mayBeTwice: () => false,
})

const transfer = fc
  .record({
    stream: fc.constantFrom('withdrawal' as const, 'deposit' as const),
    transferId: id,
    currency: coin,
    apply_time: time,
    arrival_amount: written,
    fee: written,
    status: fc.constantFrom(0, 1, 2, 3, 3, 3, 3, 4, 5).map(String),
    address: fc.string({ maxLength: 20 }),
    tx_id: fc.oneof(fc.constant(''), id),
  })
  .map(({ stream, transferId, ...row }) => {
    const ids =
      stream === 'withdrawal'
        ? { withdraw_id: transferId, deposit_id: '' }
        : { withdraw_id: '', deposit_id: transferId }
    return parsed(stream, { records: [{ ...row, ...ids }] })
  })

/** As BitMart serves none of them: they are rows of Bitrue, as it tells them. */
const walletTransfer = fc
  .record({
    time,
    identity: id,
    account: fc.constantFrom('usdt-m', 'coin-m'),
    type: fc.constantFrom('in', 'out'),
    currency: coin,
    amount: written,
    status: fc.constantFrom('done' as const, 'done' as const, 'pending' as const, 'failed' as const),
  })
  .map((told) => [{ ...told, stream: 'wallet-transfer' as const, raw: '{}' }])

/** As files tell it, whether or not anybody explains its word. */
const spotLedgerRow = fc
  .record(
    {
      time,
      identity: id,
      account: fc.constantFrom('Spot', 'Earn', 'fund'),
      type: fc.constantFrom(...spotLedgerTypes, 'powerdog', ''),
      currency: coin,
      amount: signed,
    },
    { requiredKeys: ['time', 'identity', 'type'] },
  )
  .map((told) => [{ ...told, stream: 'spot-ledger' as const, raw: '{}' }])

/** One coin that became one other. */
const conversion = fc
  .record({
    time,
    identity: id,
    pair: fc.tuple(coin, coin).filter(([base, quote]) => base !== quote),
    amount: decimal,
    quoteAmount: decimal,
  })
  .map(({ pair: [base, quote], ...told }) => [
    {
      ...told,
      base,
      quote,
      side: 'buy' as const,
      type: 'convert',
      stream: 'spot-ledger' as const,
      raw: '[]',
    },
  ])

const closedPosition = fc
  .record(
    {
      time,
      identity: id,
      base: coin,
      symbol: fc.constantFrom('BTC-USDT'),
      realizedPnl: signed,
      fee: signed,
      currency: coin,
    },
    { requiredKeys: ['time', 'identity', 'base'] },
  )
  .map((told) => [{ ...told, stream: 'futures-position' as const, raw: '{}' }])

/** Beside a fill that may tell the same. */
const forcedOrder = fc
  .record(
    {
      time,
      identity: id,
      base: coin,
      realizedPnl: signed,
      fee: signed,
      currency: coin,
      side: fc.constantFrom('buy' as const, 'sell' as const),
    },
    { requiredKeys: ['time', 'identity'] },
  )
  .map((told) => [{ ...told, stream: 'forced-order' as const, raw: '{}' }])

const row: fc.Arbitrary<ExportRow> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: spotFill },
      { weight: 2, arbitrary: ledgerRow },
      futuresFill,
      transfer,
      walletTransfer,
      { weight: 2, arbitrary: spotLedgerRow },
      conversion,
      closedPosition,
      forcedOrder,
    ),
    fc.constantFrom(mainAccount, subaccount),
    tellers,
  )
  .map(([transactions, origin, told]) =>
    transactions.map((transaction) => meant({ origin, transaction }, told)),
  )
  .filter((rows) => rows.length === 1)
  .map(([first]) => {
    if (first === undefined) throw new Error('One row was asked for.')
    return first
  })

/** In time order. */
export const randomAccount: fc.Arbitrary<readonly ExportRow[]> = fc
  .array(row, { maxLength: 12 })
  .map((rows) => rows.toSorted((a, b) => a.transaction.time - b.transaction.time))
