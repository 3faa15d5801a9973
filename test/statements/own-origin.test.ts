import { describe, expect, it } from 'vitest'
import { identityOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { openFilled, restName, rowsOfOwn } from '../../lambdas/statements/own-origin.ts'

const file = { source: 'file', precision: 1_000, raw: '{}' } as const

/** What is left of an order of which fills are known, as an export of ours has it. */
const rest: Transaction = {
  ...file,
  derived: 'order',
  stream: 'futures-trade',
  time: 1_700_000_000_000,
  identity: identityOf('order', 'o1', 'BTCUSDT'),
  orderId: 'o1',
  symbol: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  side: 'sell',
  price: '10',
  amount: '3',
  quoteAmount: '30',
  fee: '0.3',
  feeCurrency: 'USDT',
  realizedPnl: '-1.5',
}

const fill = (change: Partial<Transaction>): Transaction => ({
  ...rest,
  source: undefined,
  precision: undefined,
  derived: undefined,
  identity: 'f1',
  amount: '2',
  quoteAmount: '20',
  fee: '0.2',
  realizedPnl: '4',
  ...change,
})

function orderOf(fills: readonly Transaction[]) {
  const filled = openFilled(new Set([restName(rest) ?? '']))
  for (const one of [...fills, rest]) filled.see(one)
  const [row, more] = rowsOfOwn(7, rest, filled)
  expect(more).toBeUndefined()
  return row
}

describe('an order of an export of ours', () => {
  it('is what was left of it and what was filled, with the fees and the profit of both', () => {
    const fills = [
      fill({}),
      fill({ identity: 'f2', amount: '1', quoteAmount: '10', fee: '0.05', realizedPnl: '-0.5' }),
    ]
    expect(orderOf(fills)).toMatchObject({ amount: '6', quoteAmount: '60', fee: '0.55', realizedPnl: '2' })
  })

  it('has no fee of fills that paid in another coin', () => {
    expect(orderOf([fill({}), fill({ identity: 'f2', feeCurrency: 'BMX' })])).not.toHaveProperty('fee')
    expect(orderOf([fill({ fee: undefined, feeCurrency: undefined })])).toMatchObject({ fee: '0.3' })
  })

  it('is as it stands where no fill of it is there, and has none of another order', () => {
    expect(orderOf([])).toMatchObject({ amount: '3', fee: '0.3', realizedPnl: '-1.5' })
    expect(orderOf([fill({ orderId: 'o2' })])).toMatchObject({ amount: '3', fee: '0.3', realizedPnl: '-1.5' })
  })
})

describe('a trade that was made of the changes of a ledger', () => {
  const trade = (side: 'buy' | 'sell'): Transaction => {
    const { realizedPnl: _none, orderId: _no, ...told } = rest
    return { ...told, derived: 'ledger', stream: 'spot-trade', identity: 'file|t', side }
  }
  const changes = (side: 'buy' | 'sell') =>
    rowsOfOwn(7, trade(side), { of: () => undefined }).map(({ stream, currency, amount }) => [
      stream,
      currency,
      amount,
    ])

  it('is these changes again: what came, what went and what it cost', () => {
    expect(changes('sell')).toEqual([
      ['spot-ledger', 'BTC', '-3'],
      ['spot-ledger', 'USDT', '30'],
      ['spot-ledger', 'USDT', '-0.3'],
    ])
    expect(changes('buy')).toEqual([
      ['spot-ledger', 'BTC', '3'],
      ['spot-ledger', 'USDT', '-30'],
      ['spot-ledger', 'USDT', '-0.3'],
    ])
  })
})
