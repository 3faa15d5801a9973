import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'
import { merged, readingOf, servedFill, start } from './cases.ts'

function row(
  stream: 'futures-ledger' | 'spot-ledger',
  type: string,
  amount: string,
  more: Partial<StatementRow> = {},
): StatementRow {
  return {
    line: 2,
    stream,
    wall: start,
    times: [start],
    type,
    amount,
    currency: 'USDT',
    raw: amount,
    ...more,
  }
}

const gain = (amount: string, more: Partial<StatementRow> = {}) =>
  row('futures-ledger', 'futures', amount, more)
const fee = (amount: string, more: Partial<StatementRow> = {}) => row('spot-ledger', 'fee', amount, more)

const closed = (tradeId: string, realizedPnl: string, more: Partial<Transaction> = {}) =>
  servedFill({
    stream: 'futures-trade',
    tradeId,
    realizedPnl,
    currency: 'USDT',
    fee: '0.5',
    feeCurrency: 'USDT',
    ...more,
  })

/** What files add beside these fills. */
const left = (fills: readonly Transaction[], ...rows: readonly StatementRow[]) =>
  merged(fills, [readingOf(rows)]).rows.map(({ amount }) => amount)

describe('a row of a tool that has no word for what a fill earned or cost', () => {
  it('is told by the fills whose profits it adds up, and its fees by theirs', () => {
    const fills = [closed('1', '10'), closed('2', '20')]
    expect(left(fills, gain('30'), gain('-1'))).toEqual([])
    expect(left(fills, gain('30'), gain('30'))).toEqual(['30'])
  })

  it('is told by a fill, or by several, where it is net of their fees', () => {
    const fills = [closed('1', '10'), closed('2', '20')]
    expect(left(fills, gain('9.5'), gain('19.5'))).toEqual([])
    expect(left(fills, gain('29'))).toEqual([])
  })

  it('is what was given back of the fee of a fill, under whatever word it came in, and no other income', () => {
    const rebate = servedFill({ fee: '-0.002', feeCurrency: 'USDT' })
    const income = (amount: string) => row('spot-ledger', 'income', amount)
    expect(left([rebate], income('0.002'))).toEqual([])
    expect(left([rebate], income('0.002'), income('0.002'), income('7')).toSorted()).toEqual(['0.002', '7'])
    expect(left([servedFill({ fee: '0.002', feeCurrency: 'USDT' })], income('0.002'))).toEqual(['0.002'])
  })

  it('takes what is one fill alone before what only several come to, whichever row comes first', () => {
    const fills = [
      closed('1', '10'),
      closed('2', '20'),
      closed('3', '30', { symbol: 'BTC_USDT', base: 'BTC' }),
    ]
    expect(left(fills, gain('30', { raw: 'a' }), gain('30', { raw: 'b' }))).toEqual([])
    expect(left(fills, gain('60'))).toEqual([])
    expect(left(fills, gain('30'), gain('60'))).toEqual(['60'])
  })

  it('is told by the fills of its order alone, where others were at the same moment', () => {
    const fills = [
      closed('1', '10', { orderId: 'a' }),
      closed('2', '20', { orderId: 'a' }),
      closed('3', '7', { orderId: 'b' }),
    ]
    expect(left(fills, gain('30'))).toEqual([])
  })

  it('is another where its coin is another, where nothing adds up to it, or where it is funding', () => {
    expect(left([closed('1', '10')], gain('10', { currency: 'BTC' }))).toEqual(['10'])
    expect(left([closed('1', '10')], gain('11'))).toEqual(['11'])
    expect(left([closed('1', '10')], row('futures-ledger', 'funding', '10'))).toEqual(['10'])
    expect(left([closed('1', '10')], gain('10', { times: [start + 60_000] }))).toEqual(['10'])
  })
})

describe('a fee that is a row of its own', () => {
  const paid = (tradeId: string, amount: string) => servedFill({ tradeId, fee: amount, feeCurrency: 'BNB' })

  it('is told by the fill that paid it, as CoinTracking has fees in a third coin', () => {
    const fees = [fee('-0.01', { currency: 'BNB' }), fee('-0.02', { currency: 'bnb' })]
    expect(left([paid('1', '0.01'), paid('2', '0.02')], ...fees)).toEqual([])
    expect(left([paid('1', '0.01')], ...fees)).toEqual(['-0.02'])
  })

  it('is told by several fills of its moment together, and a rebate by the fill that got it', () => {
    expect(left([paid('1', '0.01'), paid('2', '0.02')], fee('-0.03', { currency: 'BNB' }))).toEqual([])
    expect(left([paid('1', '-0.01')], fee('0.01', { currency: 'BNB' }))).toEqual([])
  })

  it('is another where no fill paid it: of another coin, time or kind', () => {
    expect(left([paid('1', '0.01')], fee('-0.01'))).toEqual(['-0.01'])
    expect(left([paid('1', '0.01')], fee('-0.01', { currency: 'BNB', times: [start + 60_000] }))).toEqual([
      '-0.01',
    ])
    expect(left([paid('1', '0.01')], row('spot-ledger', 'expense', '-0.01', { currency: 'BNB' }))).toEqual([
      '-0.01',
    ])
  })
})
