import { expect, it } from 'vitest'
import { rowInWords } from '../../lambdas/statements/told-row.ts'

const row = {
  time: 0,
  identity: 'a',
  raw: '{}',
  amount: '0.1',
  base: 'BTC',
  quote: 'USDT',
  currency: 'USDT',
} as const

it.each([
  [
    { stream: 'futures-trade', side: 'buy', position: 'open', symbol: 'BTC-USDT', price: '9' },
    'open buy 0.1 BTC BTC-USDT at 9',
  ],
  [{ stream: 'spot-trade', side: 'sell', price: '9' }, 'sell 0.1 BTC BTC/USDT at 9'],
  [{ stream: 'futures-trade', side: 'buy', base: undefined, symbol: 'BTC-USDT' }, 'buy 0.1 BTC-USDT'],
  [{ stream: 'spot-ledger', type: 'airdrop', base: undefined, quote: undefined }, 'airdrop 0.1 USDT'],
  [
    { stream: 'futures-position', type: 'x', amount: undefined, realizedPnl: '-1', fee: '2' },
    'x BTC/USDT profit -1 USDT fee 2 USDT',
  ],
] as const)('an amount is told in the coin that it is of: %o', (fields, words) => {
  expect(rowInWords({ ...row, ...fields })).toBe(words)
})
