import { describe, expect, it } from 'vitest'
import { keyOf } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { fillGrain, line, merged, orderGrain, readingOf, servedFill, start } from './cases.ts'

describe('fills that files and the API tell', () => {
  it('are three if they are alike, the API has two, and two files that overlap have three', () => {
    const api = [servedFill({ tradeId: '1' }), servedFill({ tradeId: '2', time: start + 700 })]
    const file = readingOf([line({ line: 2 }), line({ line: 3 }), line({ line: 4 })])
    const found = merged(api, [file, file, readingOf([line(), line()])])
    expect(found.rows).toHaveLength(1)
    expect(found.known).toBe(2)
    expect([...found.confirmed.keys()]).toEqual(api.map(keyOf))
  })

  it('are as many as the fuller of two files has, where they overlap by half a day', () => {
    const later = (hours: number) => line({ times: [start + hours * 3_600_000] })
    const first = readingOf([later(0), later(6), later(12)])
    const second = readingOf([later(6), later(12), later(18)])
    expect(merged([], [first, second]).rows).toHaveLength(4)
  })

  it('are found by the hour that a clock shows twice, whichever of the two it was', () => {
    const [summer, winter] = [Date.UTC(2025, 9, 26, 0, 30), Date.UTC(2025, 9, 26, 1, 30)]
    const twice = line({ wall: Date.UTC(2025, 9, 26, 2, 30), times: [summer, winter] })
    const berlin = readingOf([twice, twice], { clock: 'Europe/Berlin' })
    expect(merged([], [berlin]).rows.map(({ time }) => time)).toEqual([summer, winter])
    expect(merged([servedFill({ time: winter })], [berlin]).rows).toHaveLength(1)
    const utc = readingOf([line({ times: [winter] })])
    expect(merged([], [berlin, utc]).rows).toHaveLength(2)
  })

  it('are found at eight decimals, rounded or cut', () => {
    const exact = [
      servedFill({ amount: '1.234567895', tradeId: '1' }),
      servedFill({ amount: '2.345678916', tradeId: '2' }),
    ]
    const grain = { ...fillGrain, decimals: { amount: 8 } }
    for (const told of [
      ['1.2345679', '2.34567892'],
      ['1.23456789', '2.34567891'],
      ['1.2345679', '2.34567892'],
    ]) {
      const file = readingOf(
        told.map((amount) => line({ amount })),
        { grain },
      )
      expect(merged(exact, [file]).rows).toEqual([])
    }
    // One is rounded and one is cut: no exchange does both in one file.
    const both = readingOf([line({ amount: '1.2345679' }), line({ amount: '2.34567891' })], { grain })
    expect(merged(exact, [both]).rows).toHaveLength(1)
  })

  it('are found although they were rounded twice over', () => {
    const eight = { ...fillGrain, decimals: { amount: 8 } }
    const four = { ...fillGrain, decimals: { amount: 4 } }
    const truth = '1.2345499999'
    expect(truth).toMatch(/^1\.23454/)
    const finer = readingOf([line({ amount: '1.23455' })], { grain: eight })
    const coarser = readingOf([line({ amount: '1.2345' })], { grain: four })
    expect(merged([], [coarser, finer]).rows.map(({ amount }) => amount)).toEqual(['1.23455'])
  })

  it('are one where a file names no coin of the fee, and two where the coins differ', () => {
    const { feeCurrency: _coin, ...noCoin } = line()
    expect(merged([servedFill()], [readingOf([noCoin])]).rows).toEqual([])
    expect(merged([servedFill()], [readingOf([line({ feeCurrency: 'BNB' })])]).rows).toHaveLength(1)
    const rebate = line({ fee: '-1' })
    expect(merged([servedFill({ fee: '-1' })], [readingOf([rebate])]).rows).toEqual([])
    expect(merged([servedFill()], [readingOf([rebate])]).rows).toHaveLength(1)
  })

  it('are known by the ids that the API gives them, and keep their identity when it serves them at last', () => {
    const withIds = line({ tradeId: '77', orderId: '5', amount: '1000', price: '0.04' })
    const [row] = merged([], [readingOf([withIds])]).rows
    expect(row).toMatchObject({ identity: '77|5|0.04|1000', time: start, precision: 1_000 })
    const served = servedFill({ tradeId: '77', orderId: '5', amount: '1000.0' })
    expect(merged([served], [readingOf([withIds])]).rows).toEqual([])
    expect(merged([servedFill({ tradeId: '78' })], [readingOf([withIds])]).rows).toHaveLength(1)
  })

  it('have one key each, also where an exchange gave one id twice', () => {
    const twice = line({ tradeId: '77', orderId: '5' })
    const other = line({ tradeId: '77', orderId: '5', symbol: 'BTC/USDT', base: 'BTC' })
    const { rows } = merged([], [readingOf([twice, twice, other])])
    expect(new Set(rows.map(keyOf)).size).toBe(3)
  })

  it('of time that the API has served whole are a contradiction, and not counted', () => {
    const file = readingOf([line(), line({ amount: '7' })])
    const found = merged([servedFill()], [file], () => true)
    expect(found.rows).toEqual([])
    expect(found.contradictions).toMatchObject([{ why: 'unserved', count: 1, row: { amount: '7' } }])
    expect(merged([], [file], (_row, { to }) => to <= start + 999).rows).toHaveLength(2)
  })

  it('have empty symbols, and are kept', () => {
    const { symbol: _symbol, base: _base, quote: _quote, ...nameless } = line()
    expect(merged([], [readingOf([nameless])]).rows).toHaveLength(1)
  })
})

describe('orders', () => {
  const order = line({ orderId: '9', amount: '10', quoteAmount: '100', price: '10', fee: '0.1' })
  const fill = (tradeId: string, amount: string, more = {}) =>
    servedFill({ tradeId, orderId: '9', amount, quoteAmount: `${Number(amount) * 10}`, fee: '0.01', ...more })
  const file = readingOf([order], { grain: orderGrain })

  it('count as they are while no fill of theirs is known', () => {
    expect(merged([], [file]).rows).toMatchObject([{ amount: '10', price: '10', orderId: '9', time: start }])
  })

  it('count for what their fills do not tell, and for nothing once all are known', () => {
    const seven = [fill('1', '3'), fill('2', '4', { time: start + 9 * day })]
    const [rest, ...others] = merged(seven, [file]).rows
    expect(others).toEqual([])
    expect(rest).toMatchObject({ amount: '3', quoteAmount: '30', fee: '0.08', derived: 'order' })
    expect(rest).not.toHaveProperty('price')
    expect(rest?.identity).toBe(merged([], [file]).rows[0]?.identity)
    expect(merged([...seven, fill('3', '3')], [file])).toMatchObject({
      rows: [],
      known: 1,
      contradictions: [],
    })
  })

  it('whose fills add up to more are contradicted', () => {
    const found = merged([fill('1', '11')], [file])
    expect(found).toMatchObject({ rows: [], contradictions: [{ why: 'beyond-order' }] })
  })

  it('that were cut off by a last decimal are whole', () => {
    const grain = { ...orderGrain, decimals: { amount: 2 } }
    const cut = readingOf([{ ...order, amount: '9.99' }], { grain })
    expect(merged([fill('1', '9.994')], [cut])).toMatchObject({ rows: [], contradictions: [] })
  })

  it('are one where an earlier file told less of them', () => {
    const earlier = readingOf([{ ...order, amount: '4', quoteAmount: '40' }], { grain: orderGrain })
    for (const files of [
      [earlier, file],
      [file, earlier],
    ])
      expect(merged([], files).rows).toMatchObject([{ amount: '10' }])
  })

  it('without fills in time that the API has served for a month around are contradicted', () => {
    expect(merged([], [file], () => true).contradictions).toMatchObject([{ why: 'unserved' }])
    const proven = (_row: unknown, { from }: { from: number }) => from > start - day
    expect(merged([], [file], proven).rows).toHaveLength(1)
  })

  it('count at the price of fills that tell no value, whose price and amount do', () => {
    const { quoteAmount: _value, ...seven } = fill('1', '7', { price: '10' })
    expect(merged([seven], [file]).rows).toMatchObject([{ amount: '3', quoteAmount: '30', derived: 'order' }])
    const { price: _price, ...neither } = seven
    expect(merged([neither], [file]).rows[0]).not.toHaveProperty('quoteAmount')
  })

  it('tell the fees that their fills leave out, each once, and of no fill that pays in another coin', () => {
    const { fee: _fee, feeCurrency: _coin, ...silent } = fill('1', '10')
    const [row, ...others] = merged([silent], [file]).rows
    expect(others).toEqual([])
    expect(row).toMatchObject({
      amount: '0',
      quoteAmount: '0',
      fee: '0.1',
      feeCurrency: 'KAS',
      derived: 'order',
    })
    expect(
      merged(
        [silent],
        [file, readingOf([{ ...order, fee: '0.1' }], { grain: { ...orderGrain, fields: [] } })],
      ).rows,
    ).toEqual([row])
    expect(merged([silent], [file], () => true)).toMatchObject({ rows: [{ fee: '0.1' }], contradictions: [] })
    const { fee: _one, feeCurrency: _its, ...half } = fill('1', '6')
    expect(merged([half, fill('2', '4')], [file]).rows).toMatchObject([{ amount: '0', fee: '0.09' }])
    expect(merged([half], [file]).rows).toMatchObject([{ amount: '4', fee: '0.1' }])
    expect(merged([half, fill('2', '4', { feeCurrency: 'BGX' })], [file]).rows).toEqual([])
    expect(merged([half, fill('2', '4', { fee: '0.2' })], [file]).rows).toEqual([])
    const { feeCurrency: _kas, ...unnamed } = fill('2', '4')
    expect(merged([half, unnamed], [file]).rows).toEqual([])
  })

  it('tell the profit that their fills have lost, unless a ledger near them says as much', () => {
    const futures = {
      stream: 'futures-trade',
      symbol: 'KAS-USDT',
      feeCurrency: 'USDT',
      currency: 'USDT',
    } as const
    const told = { ...order, ...futures, realizedPnl: '12', fee: '0.1' }
    const orders = readingOf([told], { grain: orderGrain })
    const old = fill('1', '10', { ...futures, fee: '0.1' })
    expect(merged([old], [orders]).rows).toMatchObject([{ amount: '0', realizedPnl: '12', fee: '0' }])
    expect(merged([old], [orders], () => true)).toMatchObject({
      rows: [{ realizedPnl: '12' }],
      contradictions: [],
    })
    expect(merged([{ ...old, amount: '4' }], [orders]).rows).toMatchObject([
      { amount: '6', realizedPnl: '12', fee: '0' },
    ])
    const known = fill('2', '4', { ...futures, fee: '0.04', realizedPnl: '-3' })
    expect(merged([{ ...old, amount: '6', fee: '0.06' }, known], [orders]).rows).toMatchObject([
      { amount: '0', realizedPnl: '15' },
    ])
    expect(merged([{ ...old, realizedPnl: '0' }], [orders]).rows).toEqual([])
    const paid = (amount: string, more = {}) => {
      const row = {
        stream: 'futures-ledger',
        identity: `l${amount}`,
        time: start + 3_000,
        raw: '{}',
      } as const
      return { ...row, type: 'realized-pnl', currency: 'USDT', symbol: 'KAS-USDT', amount, ...more }
    }
    expect(merged([old, paid('5'), paid('7')], [orders]).rows).toEqual([])
    expect(merged([old, paid('5')], [orders]).rows).toMatchObject([{ realizedPnl: '12', mayBeTwice: true }])
    for (const other of [
      { time: start + day },
      { symbol: 'BTC-USDT' },
      { currency: 'BTC' },
      { type: 'commission' },
    ])
      expect(merged([old, paid('12', other)], [orders]).rows[0]).not.toHaveProperty('mayBeTwice')
  })

  it('tell the fees of trades that name no order, as spreadsheets write them, bought or sold', () => {
    const sheet = (side: 'buy' | 'sell', amount: string, value: string, more = {}) => {
      const { symbol: _symbol, price: _price, fee: _fee, feeCurrency: _coin, ...row } = line()
      const coins =
        side === 'buy'
          ? { base: 'KAS', quote: 'USDT', amount, quoteAmount: value }
          : { base: 'USDT', quote: 'KAS', amount: value, quoteAmount: amount }
      // What came stands as bought, whichever coin a market calls its base.
      return { ...row, ...coins, side: 'buy', raw: amount, ...more } as const
    }
    for (const side of ['buy', 'sell'] as const) {
      const orders = readingOf([{ ...order, side }], { grain: orderGrain })
      const whole = readingOf([sheet(side, '10', '100')])
      const two = readingOf([sheet(side, '6', '60'), sheet(side, '4', '40')])
      const paying = readingOf([
        sheet(side, '6', '60', { fee: '0.06', feeCurrency: 'KAS' }),
        sheet(side, '4', '40'),
      ])
      for (const [file, fee] of [
        [whole, '0.1'],
        [two, '0.1'],
        [paying, '0.04'],
      ] as const) {
        const { rows } = merged([], [file, orders])
        expect(rows.filter(({ derived }) => derived === 'order')).toMatchObject([{ amount: '0', fee }])
        expect(rows).toHaveLength(file.rows.length + 1)
      }
      const larger = readingOf([{ ...order, side, amount: '11', quoteAmount: '110' }], { grain: orderGrain })
      expect(merged([], [two, larger]).rows.find(({ orderId }) => orderId !== undefined)).toMatchObject({
        mayBeTwice: true,
      })
    }
  })

  it('of one stretch that fills tell together have their fees each, where no fill says any', () => {
    const { fee: _fee, feeCurrency: _coin, orderId: _id, ...nameless } = order
    const fills = readingOf(
      ['7', '8', '5'].map((amount) => ({ ...nameless, amount, quoteAmount: `${amount}0`, raw: amount })),
    )
    const two = readingOf([order, { ...order, orderId: '10', fee: '0.2' }], { grain: orderGrain })
    const rests = merged([], [fills, two]).rows.filter(({ derived }) => derived === 'order')
    expect(rests.map(({ orderId, fee }) => [orderId, fee]).sort()).toEqual([
      ['10', '0.2'],
      ['9', '0.1'],
    ])
  })

  it('are subtracted of fills that another file tells', () => {
    const fills = readingOf([{ ...order, amount: '4', tradeId: '1' }], { grain: { ...fillGrain } })
    const found = merged([], [file, fills])
    expect(found.rows.map(({ amount }) => amount).sort()).toEqual(['4', '6'])
  })
})

describe('one event that two sources tell in their own ways', () => {
  it('is one trade where a spreadsheet tells it without the id that an order file has', () => {
    const orders = readingOf([line({ orderId: '2001' })], { grain: orderGrain })
    const { symbol: _symbol, price: _price, ...sheet } = line()
    const fills = readingOf([sheet])
    expect(merged([], [fills, orders])).toMatchObject({ rows: [{ base: 'KAS' }], known: 1 })
    const more = readingOf([line({ orderId: '2001' }), line({ orderId: '2002' })], { grain: orderGrain })
    expect(merged([], [more, fills]).rows).toHaveLength(2)
  })

  it('is one profit and one fee where a spreadsheet has as a gain what a fill says', () => {
    const gain = (amount: string, time = start) => {
      const row = { line: 2, stream: 'futures-ledger', wall: time, times: [time], raw: amount } as const
      return { ...row, type: 'realized gain', currency: 'USDT', amount }
    }
    const fill = servedFill({
      stream: 'futures-trade',
      realizedPnl: '123.45',
      fee: '0.7',
      feeCurrency: 'USDT',
    })
    const rowsOf = (...rows: readonly ReturnType<typeof gain>[]) => merged([fill], [readingOf(rows)]).rows
    expect(rowsOf(gain('123.45'), gain('-0.7'))).toEqual([])
    expect(rowsOf(gain('123.45'), gain('123.45'))).toHaveLength(1)
    expect(rowsOf(gain('123.45', start + day), gain('5'))).toHaveLength(2)
  })

  it('is a transfer that has ended as soon as one file says so, whichever of them is read first', () => {
    const transfer = (status: 'pending' | 'done', raw: string) => {
      const row = { line: 2, stream: 'withdrawal', wall: start, times: [start], raw } as const
      return readingOf([{ ...row, currency: 'BTC', amount: '1', status }], {
        grain: { ...fillGrain, granularity: 'transfer' },
      })
    }
    const files = [transfer('pending', 'P'), transfer('done', 'S')]
    expect(merged([], files).rows).toMatchObject([{ status: 'done' }])
    expect(merged([], files.reverse()).rows).toMatchObject([{ status: 'done' }])
  })

  it('is one transfer where both have its hash, coin and amount, hours apart', () => {
    const of = (time: number, amount: string) =>
      ({ stream: 'deposit', currency: 'BTC', amount, txId: '0xaa', status: 'done', raw: '{}', time }) as const
    const told = (time: number, amount: string) => {
      const { time: wall, ...row } = of(time, amount)
      return { ...row, line: 2, wall, times: [wall] } as const
    }
    const served = { ...of(start, '1'), identity: 'a' }
    const rowsOf = (...rows: readonly ReturnType<typeof told>[]) => merged([served], [readingOf(rows)]).rows
    expect(rowsOf(told(start + 20 * 60_000, '1'))).toEqual([])
    expect(rowsOf(told(start + day, '1'), told(start + day, '1'))).toHaveLength(1)
    expect(rowsOf(told(start + day, '2'))).toHaveLength(1)
    expect(rowsOf(told(start + 3 * day, '1'))).toHaveLength(1)
  })
})
