import type { Transaction } from '../../lambdas/domain/transaction.ts'

/** A fill that differs from others by its number and time only. */
export function fill(number: number, time = 1_700_000_000_000 + number): Transaction {
  return {
    stream: 'spot-trade',
    time,
    identity: `BTC_USDT|${number}|order-${number}`,
    symbol: 'BTC_USDT',
    base: 'BTC',
    quote: 'USDT',
    side: 'buy',
    price: '60123.45000',
    amount: '0.00012345678901234567890',
    quoteAmount: '7.42',
    fee: '0.0074',
    feeCurrency: 'USDT',
    role: 'taker',
    orderId: `order-${number}`,
    tradeId: String(number),
    orderMode: 'spot',
    raw: `{"tradeId":"${number}","price":"60123.45000","size":"0.00012345678901234567890"}`,
  }
}
