import { describe, expect, it } from 'vitest'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'
import { fillGrain, line, merged, orderGrain, readingOf, servedFill, start } from './cases.ts'

const grain = { ...orderGrain, fields: orderGrain.fields.filter((field) => field !== 'orderId') }
const at = (time: number) => ({ times: [time] as const, wall: time })
const order = (amount: string, more: Partial<StatementRow> = {}) =>
  line({ amount, price: '0.04', quoteAmount: worthOf(amount), fee: '0.1', raw: amount, ...more })
const file = (...rows: readonly StatementRow[]) => readingOf(rows, { grain })
const fill = (amount: string, more: Partial<Transaction> = {}) =>
  servedFill({ tradeId: amount, orderId: '9', amount, quoteAmount: worthOf(amount), fee: '0.01', ...more })
const worthOf = (amount: string) => `${(Number(amount) * 4) / 100}`
const always = () => true

describe('orders without an id', () => {
  it('count beside what cannot be of them: of the other side, of another market, or larger', () => {
    for (const other of [
      fill('7', { side: 'sell' }),
      fill('7', { symbol: 'ADA_USDT', base: 'ADA' }),
      fill('41'),
      fill('7', { stream: 'futures-trade' }),
    ])
      for (const apart of [5_000, 23 * hour, 3 * day])
        expect(merged([{ ...other, time: start + apart }], [file(order('40'))])).toMatchObject({
          rows: [{ amount: '40', fee: '0.1' }],
          contradictions: [],
        })
    expect(merged([fill('41')], [file(order('40'))]).rows[0]).not.toHaveProperty('mayBeTwice')
  })

  it('are told by the fills that name one order, whose amounts come to as much, within a day', () => {
    const parts = [
      fill('35', { time: start + 2 * hour, fee: '0.09' }),
      fill('5', { time: start + 3 * hour, fee: '0.01' }),
    ]
    const found = merged(parts, [file(order('40'))])
    expect(found).toMatchObject({ rows: [], known: 1, contradictions: [] })
    expect([...found.confirmed.keys()].sort()).toEqual(parts.map(keyOf).sort())
    const two = [fill('35', { orderId: '1' }), fill('5', { orderId: '2' })]
    expect(merged(two, [file(order('40'))]).rows).toMatchObject([{ amount: '40', mayBeTwice: true }])
    const later = parts.map((one) => ({ ...one, time: one.time + 2 * day }))
    expect(merged(later, [file(order('40'))]).rows).toMatchObject([{ amount: '40', mayBeTwice: true }])
    const dearer = parts.map((one) => ({ ...one, quoteAmount: '1' }))
    expect(merged(dearer, [file(order('40'))]).rows).toMatchObject([{ amount: '40', mayBeTwice: true }])
  })

  it('of as much are told by one order each, the nearest', () => {
    const served = ['1', '2'].map((id) => fill('40', { time: start + Number(id) * hour, orderId: id }))
    const orders = [0, 1, 2].map((hours) => order('40', at(start + hours * hour + 60_000)))
    const found = merged(served, [file(...orders)])
    expect(found).toMatchObject({ known: 2, contradictions: [] })
    expect(found.rows).toHaveLength(1)
    expect(merged(served, [file(order('40'), order('40'), order('40'))])).toMatchObject({
      known: 2,
      rows: [{ amount: '40' }],
    })
  })

  it('are told by fills that name no order either, one or several', () => {
    const { orderId: _id, ...bare } = fill('35', { fee: '0.09' })
    const { orderId: _other, ...five } = fill('5', { time: start + hour })
    expect(merged([bare, five], [file(order('40'))])).toMatchObject({ rows: [], known: 1 })
    expect(merged([bare], [file(order('40'))]).rows).toMatchObject([{ amount: '40', mayBeTwice: true }])
    const sheet = readingOf([order('40', at(start + hour))], { grain: { ...fillGrain, fields: ['side'] } })
    expect(merged([], [sheet, file(order('40'))]).rows).toHaveLength(1)
  })

  it('count beside fills of an order that the same file names', () => {
    const both = readingOf([order('40', { orderId: '9' }), order('40', { side: 'buy', fee: '0.2' })], {
      grain: orderGrain,
    })
    const fills = [fill('40', { time: start + hour })]
    expect(merged(fills, [both]).rows.filter(({ amount }) => amount !== '0')).toMatchObject([
      { amount: '40', fee: '0.2' },
    ])
  })

  it('are never stored in time of which the exchange has shown everything for a month around', () => {
    expect(merged([fill('41')], [file(order('40'))], always)).toMatchObject({
      rows: [],
      contradictions: [{ why: 'unserved', count: 1 }],
    })
    expect(merged([fill('7')], [file(order('40'), order('40'))], always)).toMatchObject({
      rows: [],
      contradictions: [{ why: 'no-common-id', count: 2 }],
    })
    const near = (_row: unknown, { from, to }: { from: number; to: number }) =>
      from >= start - 29 * day && to <= start + 40 * day
    expect(merged([fill('7')], [file(order('40'))], near).rows).toMatchObject([{ mayBeTwice: true }])
  })

  it('tell the fees that their fills leave out', () => {
    const { fee: _fee, feeCurrency: _coin, ...silent } = fill('40', { time: start + hour })
    expect(merged([silent], [file(order('40'))]).rows).toMatchObject([
      { amount: '0', fee: '0.1', derived: 'order' },
    ])
  })
})
