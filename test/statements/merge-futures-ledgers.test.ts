import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { standardAccount } from '../../lambdas/statements/positions.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { line, merged, orderGrain, readingOf, servedFill } from './cases.ts'
import { at, change, ledger, ledgerGrain } from './ledger-cases.ts'

describe('the ledger of futures', () => {
  it('is one with that of the API, in its words', () => {
    const grain = { ...ledgerGrain, unit: 1_000 }
    const row = change('Funding Fee', 'USDT', '-0.5', { stream: 'futures-ledger' })
    const served = {
      stream: 'futures-ledger',
      time: at + 300,
      identity: 'x',
      currency: 'USDT',
      amount: '-0.5',
      type: 'funding',
      raw: '{}',
    } as const
    expect(merged([served], [readingOf([row], { grain })]).rows).toEqual([])
    expect(merged([], [readingOf([row], { grain })]).rows).toMatchObject([
      { type: 'funding', amount: '-0.5' },
    ])
    const unknown = { ...row, type: 'Bonus' }
    expect(merged([], [readingOf([unknown], { grain })]).rows).toMatchObject([{ type: 'Bonus' }])
  })
})

describe('profit and fees in a file of the futures ledger', () => {
  const grain: Grain = { ...ledgerGrain, unit: 1_000, fields: ['symbol', 'currency', 'type', 'amount'] }
  const of = (type: string, more: Partial<StatementRow> = {}) =>
    change(type, 'USDT', '-1', { stream: 'futures-ledger', symbol: 'KAS-USDT', ...more })
  const told = readingOf([of('Realized PNL'), of('Trading Fee'), of('Funding Fee')], { grain })
  const fill = (more: object) =>
    servedFill({ stream: 'futures-trade', symbol: 'KASUSDT', time: at + 5_000, ...more })

  it('are left out where a fill beside them tells the same part, and stand by themselves elsewhere', () => {
    const typesOf = (...served: Parameters<typeof merged>[0]) =>
      merged(served, [told])
        .rows.map(({ type }) => type)
        .sort()
    expect(typesOf()).toEqual(['commission', 'funding', 'realized-pnl'])
    expect(typesOf(fill({ realizedPnl: '-1' }))).toEqual(['funding'])
    // It tells its fee, and not what it brought.
    expect(typesOf(fill({}))).toEqual(['funding', 'realized-pnl'])
    expect(typesOf(fill({ realizedPnl: '-1', symbol: 'ADAUSDT' }))).toHaveLength(3)
    expect(typesOf(fill({ realizedPnl: '-1', time: at + minute }))).toHaveLength(3)
    expect(typesOf(fill({ realizedPnl: '-1', stream: 'spot-trade' }))).toHaveLength(3)
  })

  it('are left out where a row names no market and any fill is beside it', () => {
    const { symbol: _symbol, ...nameless } = of('Realized PNL')
    expect(merged([fill({ realizedPnl: '-1' })], [readingOf([nameless], { grain })]).rows).toEqual([])
  })

  const ordersOf = (...orders: readonly (readonly [number, Partial<StatementRow>])[]) =>
    readingOf(
      orders.map(([after, more], index) =>
        line({
          stream: 'futures-trade',
          orderId: `${index}`,
          times: [at + after],
          wall: at + after,
          feeCurrency: 'USDT',
          ...more,
        }),
      ),
      { grain: { ...orderGrain, fields: ['orderId', 'fee', 'realizedPnl'] } },
    )
  const left = (rows: readonly StatementRow[], orders: ReturnType<typeof ordersOf>) =>
    merged([], [readingOf(rows, { grain }), orders]).rows.filter(({ stream }) => stream === 'futures-ledger')

  it('are left out where orders of their contract add up to them, whenever these are dated', () => {
    const both = { fee: '1', realizedPnl: '-1' }
    for (const after of [0, 20_000, -hour])
      expect(left(told.rows, ordersOf([after, both]))).toMatchObject([{ type: 'funding' }])
    expect(left(told.rows, ordersOf([0, { ...both, symbol: 'BTC/USDT', base: 'BTC' }]))).toHaveLength(3)
    const twice = ['-0.4', '-0.6'].map((amount) => of('Realized PNL', { amount }))
    expect(left(twice, ordersOf([hour, both]))).toEqual([])
    const { symbol: _symbol, ...nameless } = of('Realized PNL')
    expect(left([nameless], ordersOf([hour, both]))).toEqual([])
  })

  it('stand beside orders and fills of other amounts, in doubt where they may be parts of them', () => {
    const between = ordersOf(
      [-hour, { fee: '2', realizedPnl: '40' }],
      [hour, { fee: '2', realizedPnl: '60' }],
    )
    const [profit] = left([of('Realized PNL', { amount: '500' })], between)
    expect(profit).toMatchObject({ amount: '500' })
    expect(profit).not.toHaveProperty('mayBeTwice')
    expect(left([of('Realized PNL', { amount: '30' })], between)).toMatchObject([{ mayBeTwice: true }])
    const near = (realizedPnl: string) =>
      merged([fill({ realizedPnl })], [readingOf([of('Realized PNL', { amount: '123' })], { grain })]).rows
    expect(near('0')[0]).not.toHaveProperty('mayBeTwice')
    expect(near('5')).toMatchObject([{ amount: '123', mayBeTwice: true }])
  })

  it('contradict an exchange that has shown all of its ledger', () => {
    const found = merged([], [told], ({ stream }) => stream === 'futures-ledger')
    expect(found.rows).toEqual([])
    expect(found.contradictions).toHaveLength(3)
  })
})

describe('closed positions', () => {
  const closed = Date.UTC(2025, 11, 11, 16, 13, 25)
  const opened = Date.UTC(2025, 11, 10, 14, 19, 17)
  const position: StatementRow = {
    line: 2,
    stream: 'futures-position',
    wall: closed,
    times: [closed],
    openWall: opened,
    base: 'LUNA',
    quote: 'USDT',
    direction: 'short',
    amount: '1005.98',
    fee: '0.09',
    funding: '11.4142',
    realizedPnl: '11.649312',
    orderId: '1516000000000000565',
    raw: '{}',
  }
  const grain: Grain = {
    granularity: 'position',
    unit: 1_000,
    fields: ['realizedPnl', 'fee', 'funding'],
    decimals: {},
  }
  const file = readingOf([position], { grain })

  it('are rows with their profit and fee, and their funding is one of the ledger', () => {
    const { rows } = merged([], [file, file])
    expect(rows).toMatchObject([
      { stream: 'futures-ledger', type: 'funding', amount: '11.4142', currency: 'USDT', derived: 'position' },
      {
        stream: 'futures-position',
        realizedPnl: '11.649312',
        fee: '0.09',
        // Who closes a short position buys.
        side: 'buy',
        position: 'close',
      },
    ])
    const free = { ...position, funding: '0' }
    expect(merged([], [readingOf([free], { grain })]).rows).toHaveLength(1)
  })

  it('have funding without an amount where nobody says whether it was paid or received', () => {
    const { funding: unsignedFunding, ...rest } = position
    const { rows } = merged([], [readingOf([{ ...rest, unsignedFunding }], { grain })])
    const [funding] = rows
    expect(funding).toMatchObject({ stream: 'futures-ledger', type: 'funding', currency: 'USDT' })
    expect(funding).not.toHaveProperty('amount')
    expect(rows).toHaveLength(2)
  })

  const profit = (amount: string, more: Partial<StatementRow> = {}) =>
    change('Realized PNL', 'USDT', amount, {
      stream: 'futures-ledger',
      times: [closed],
      symbol: 'LUNA-USDT',
      ...more,
    })
  const served = (more: object) =>
    servedFill({ stream: 'futures-trade', symbol: 'LUNA-USDT', time: closed, ...more })
  const isPosition = ({ stream }: { stream: string }) => stream === 'futures-position'

  it('give nothing once a ledger, or fills of their market, add up to it', () => {
    const parts = [profit('11.6', { times: [closed - hour] }), profit('0.049312')]
    const fees = change('Trading Fee', 'USDT', '-0.09', {
      ...profit('0'),
      type: 'Trading Fee',
      amount: '-0.09',
    })
    const funded = change('Funding Fee', 'USDT', '11.4142', {
      stream: 'futures-ledger',
      times: [closed - hour],
      symbol: 'LUNA-USDT',
    })
    const { rows } = merged([], [file, ledger(...parts, fees, funded)])
    expect(rows.map(({ derived }) => derived)).toEqual([undefined, undefined, undefined, undefined])
    expect(merged([served({ realizedPnl: '11.649312' })], [file]).rows).toMatchObject([{ type: 'funding' }])
    expect(merged([served({ realizedPnl: '11.649312', symbol: 'BTC-USDT' })], [file]).rows).toHaveLength(2)
  })

  it('are not told by rows of their time that are of something else', () => {
    const transfer = change('transfer', 'USDT', '100', { stream: 'futures-ledger', times: [closed - minute] })
    for (const row of [transfer, profit('500'), profit('11.649312', { symbol: 'BTC-USDT' })])
      expect(merged([], [file, ledger(row)]).rows.filter(isPosition)).toHaveLength(1)
    const isLedger = ({ stream }: { stream: string }) => stream === 'futures-ledger'
    expect(merged([], [file], isLedger).rows.filter(isPosition)).toMatchObject([{ mayBeTwice: true }])
    expect(merged([], [file, ledger(transfer)]).rows.find(isPosition)).not.toHaveProperty('mayBeTwice')
    expect(merged([], [file, ledger(profit('500'))]).rows.find(isPosition)).toMatchObject({
      mayBeTwice: true,
    })
  })

  it('of standard futures are told by no row of perpetual ones', () => {
    const standard = readingOf([{ ...position, account: standardAccount }], { grain })
    const { rows } = merged([served({ realizedPnl: '11.649312' })], [standard], () => true)
    expect(rows.filter(isPosition)).toHaveLength(1)
    expect(rows.find(isPosition)).not.toHaveProperty('mayBeTwice')
  })

  it('are each told by rows of their own: one profit does not tell two', () => {
    const again = { ...position, orderId: '2' }
    const { rows } = merged([], [readingOf([position, again], { grain }), ledger(profit('11.649312'))])
    expect(rows.filter(isPosition)).toHaveLength(1)
  })

  it('leave their fee and funding where a ledger has only their profit', () => {
    const { rows } = merged([], [file, ledger(profit('11.649312'))])
    expect(rows.filter(({ derived }) => derived === 'position')).toMatchObject([
      { type: 'commission', amount: '-0.09', currency: 'USDT' },
      { type: 'funding', amount: '11.4142' },
    ])
  })

  it('are told by a ledger also where their profit is less fees, or less fees and funding', () => {
    for (const gross of ['11.739312', '0.325112']) {
      const { rows } = merged([], [file, ledger(profit(gross))])
      expect(rows.filter(isPosition)).toEqual([])
    }
  })

  it('are one for each line, also where the market is not named', () => {
    const { base: _base, quote: _quote, openWall: _open, ...nameless } = position
    const other = { ...nameless, orderId: '2', feeCurrency: 'USDT' }
    expect(merged([], [readingOf([nameless, other], { grain })]).rows).toHaveLength(4)
  })
})
