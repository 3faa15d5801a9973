import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { hour } from '../../lambdas/domain/window.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { line, merged, orderGrain, readingOf, servedFill, start } from './cases.ts'
import { change, ledgerGrain } from './ledger-cases.ts'

const ledgerOf = (...rows: readonly StatementRow[]) =>
  readingOf(rows, { grain: { ...ledgerGrain, unit: 1_000 } })
const moved = (type: string, coin: string, amount: string, second = 0) =>
  change(type, coin, amount, { times: [start + second * 1_000], wall: start + second * 1_000 })
const sizes = ({ rows }: ReturnType<typeof merged>) =>
  rows.map(({ stream, side, base, currency, amount }) =>
    [stream, side, base ?? currency, amount].filter(Boolean).join(' '),
  )

describe('a moment of a ledger at which several trades were made', () => {
  const kas = [moved('trade', 'KAS', '1000'), moved('trade', 'USDT', '-40'), moved('trade-fee', 'KAS', '-1')]
  const dot = [moved('trade', 'DOT', '-6'), moved('trade', 'USDT', '3'), moved('trade-fee', 'USDT', '-0.006')]

  it('leaves the one that no fill tells, with its fee', () => {
    const found = merged([servedFill({ time: start + 300 })], [ledgerOf(...kas, ...dot)])
    expect(found.rows).toMatchObject([{ quoteAmount: '6', amount: '3', fee: '0.006', feeCurrency: 'USDT' }])
    expect(found.rows).toHaveLength(1)
  })

  it('leaves what an order of another second tells with others, when a fill has told the rest', () => {
    const order = readingOf(
      [
        line({
          symbol: 'DOT/USDT',
          base: 'DOT',
          side: 'sell',
          price: '0.5',
          amount: '41',
          quoteAmount: '20.5',
          fee: '0.041',
          feeCurrency: 'USDT',
          orderId: 'o1',
          times: [start + 3_000],
          wall: start + 3_000,
        }),
      ],
      { grain: orderGrain },
    )
    const later = [moved('trade', 'DOT', '-35', 3), moved('trade', 'USDT', '17.5', 3)]
    const found = merged(
      [servedFill({ time: start + 300 })],
      [order, ledgerOf(...kas, ...dot.slice(0, 2), ...later)],
    )
    expect(sizes(found)).toEqual(['spot-trade sell DOT 41'])
  })

  it('stays single changes where a fill moved as much of one coin alone', () => {
    const other = servedFill({ time: start + 300, amount: '1000', price: '0.05' })
    expect(sizes(merged([other], [ledgerOf(...kas, ...dot)]))).toHaveLength(6)
    const { price: _price, ...unsaid } = servedFill({ time: start + 300 })
    expect(sizes(merged([unsaid], [ledgerOf(...kas, ...dot)]))).toHaveLength(6)
  })
})

describe('an order', () => {
  const template: Grain = {
    granularity: 'fill',
    unit: 1_000,
    fields: ['base', 'quote', 'side', 'feeCurrency', 'amount', 'quoteAmount', 'fee'],
    decimals: { amount: 8, quoteAmount: 8 },
  }

  /** As a template has it that knows what was given for what, and no market. */
  function sold(amount: string, quoteAmount: string, number: number): StatementRow {
    const { symbol: _market, price: _price, fee: _fee, feeCurrency: _coin, ...row } = line({ line: number })
    return { ...row, base: 'USDT', quote: 'KAS', side: 'buy', amount: quoteAmount, quoteAmount: amount }
  }

  it('to sell is told by the trades of a template that name what was received as bought', () => {
    const rows = [sold('3', '0.75', 2), sold('29', '7.25', 3)]
    const order = line({ side: 'sell', price: '0.25', amount: '32', quoteAmount: '8', orderId: 'o0' })
    const files = [readingOf(rows, { grain: template }), readingOf([order], { grain: orderGrain })]
    const { rows: told } = merged([], files)
    expect(told.filter(({ derived }) => derived === undefined)).toMatchObject([
      { base: 'USDT' },
      { base: 'USDT' },
    ])
    // Its fee, which the template has not, is told beside them.
    expect(told.filter(({ derived }) => derived === 'order')).toMatchObject([{ amount: '0', fee: '1' }])
    expect(told).toHaveLength(3)
    const other = readingOf([{ ...order, amount: '33', quoteAmount: '8.25' }], { grain: orderGrain })
    expect(merged([], files.slice(0, 1).concat(other)).rows).toHaveLength(3)
  })

  const close = {
    stream: 'futures-trade',
    symbol: 'KAS-USDT',
    side: 'sell',
    position: 'close',
    currency: 'USDT',
    feeCurrency: 'USDT',
  } as const
  const fill = (tradeId: string, more: Partial<Transaction> = {}) =>
    servedFill({ ...close, tradeId, orderId: 'o1', amount: '1', fee: '0.1', price: '0.5', ...more })
  const order = (realizedPnl: string) =>
    readingOf(
      [
        line({
          ...close,
          orderId: 'o1',
          amount: '2',
          quoteAmount: '1',
          fee: '0.2',
          price: '0.5',
          realizedPnl,
        }),
      ],
      { grain: orderGrain },
    )
  const always = () => true

  it('tells the profit that its fills do not say, though all of it was filled in time that is proven', () => {
    const found = merged([fill('1'), fill('2')], [order('-1')], always)
    expect(found).toMatchObject({
      contradictions: [],
      rows: [{ realizedPnl: '-1', fee: '0', derived: 'order' }],
    })
    expect(found.rows[0]).toMatchObject({ amount: '0' })
    const half = merged([fill('1', { realizedPnl: '-0.4' }), fill('2')], [order('-1')], always)
    expect(half.rows).toMatchObject([{ realizedPnl: '-0.6' }])
  })

  it('tells none where its fills say theirs, or there was none', () => {
    const said = [fill('1', { realizedPnl: '-0.4' }), fill('2', { realizedPnl: '-0.5' })]
    expect(merged(said, [order('-1')], always).rows).toEqual([])
    expect(merged([fill('1'), fill('2', { realizedPnl: '-1' })], [order('-1')], always).rows).toEqual([])
    expect(merged([fill('1'), fill('2')], [order('0')], always).rows).toEqual([])
  })
})

describe('rows of a ledger of futures', () => {
  it('are not told by an order whose fee the exchange’s ledger tells already', () => {
    const futures = { stream: 'futures-ledger', symbol: 'KAS-USDT' } as const
    const order = readingOf(
      [
        line({
          stream: 'futures-trade',
          symbol: 'KAS-USDT',
          orderId: 'o5',
          fee: '0.9',
          feeCurrency: 'USDT',
          times: [start + 5 * hour],
          wall: start + 5 * hour,
        }),
      ],
      { grain: orderGrain },
    )
    const served: Transaction = {
      ...futures,
      time: start + 5 * hour + 1_794,
      identity: 'l5',
      currency: 'USDT',
      type: 'commission',
      amount: '-0.9',
      raw: '{}',
    }
    const fees = ledgerOf(
      ...['-0.5', '-0.4'].map((amount) => ({ ...moved('Trading Fee', 'USDT', amount), ...futures })),
    )
    const left = (api: readonly Transaction[]) =>
      merged(api, [order, fees]).rows.filter(({ stream }) => stream === 'futures-ledger')
    expect(left([served]).map(({ amount }) => amount)).toEqual(expect.arrayContaining(['-0.5', '-0.4']))
    expect(left([])).toEqual([])
  })
})
