import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, canonical, negate } from '../../lambdas/domain/amount.ts'
import { keyOf } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import type { MergedRow } from '../../lambdas/statements/merged-row.ts'
import { standardAccount } from '../../lambdas/statements/positions.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { line, merged, orderGrain, readingOf, servedFill } from './cases.ts'

const ledgerGrain: Grain = {
  granularity: 'ledger',
  unit: minute,
  fields: ['currency', 'type', 'account', 'amount'],
  decimals: {},
}
const at = Date.UTC(2022, 7, 9, 8, 3)

function change(
  type: string,
  currency: string,
  amount: string,
  more: Partial<StatementRow> = {},
): StatementRow {
  const time = more.times?.[0] ?? at
  return {
    line: 2,
    stream: 'spot-ledger',
    wall: time,
    times: [time],
    type,
    currency,
    amount,
    raw: '{}',
    ...more,
  }
}

const ledger = (...rows: readonly StatementRow[]) => readingOf(rows, { grain: ledgerGrain })

/** As Bitrue writes one fill. */
const fill = [
  change('trade_transfer_quote_amount', 'xrp', '40.279242'),
  change('trade_transfer_quote_fee_sell', 'xrp', '-0.1288935744'),
  change('trade_transfer_base_amount', 'btr', '-204.9'),
]

describe('the ledger of a spot wallet', () => {
  it('makes one trade of what came and went at one moment, with its fee', () => {
    const [trade, ...others] = merged([], [ledger(...fill)]).rows
    expect(others).toEqual([])
    expect(trade).toMatchObject({
      stream: 'spot-trade',
      time: at,
      side: 'sell',
      base: 'btr',
      quote: 'xrp',
      amount: '204.9',
      quoteAmount: '40.279242',
      fee: '0.1288935744',
      feeCurrency: 'xrp',
      precision: minute,
      derived: 'ledger',
    })
  })

  it('makes the same of them in any order, and of two fills of one pair and side their sum', () => {
    const twice = [...fill, ...fill]
    const [trade] = merged([], [ledger(...twice)]).rows
    expect(trade).toMatchObject({ amount: '409.8', quoteAmount: '80.558484', fee: '0.2577871488' })
    const [same] = merged([], [ledger(...twice.reverse()), ledger(...fill)]).rows
    expect({ ...same, places: [] }).toEqual({ ...trade, places: [] })
  })

  it('is left as single changes where trades of one moment cannot be told apart', () => {
    for (const more of [
      [change('trade_transfer_base_amount', 'ada', '5'), change('trade_transfer_quote_amount', 'usdt', '-3')],
      [change('trade_transfer_base_amount', 'btr', '7')],
      [change('trade_transfer_quote_fee_sell', 'usdt', '-0.1')],
    ]) {
      const { rows } = merged([], [ledger(...fill, ...more)])
      expect(rows).toHaveLength(fill.length + more.length)
      expect(rows.every(({ stream }) => stream === 'spot-ledger')).toBe(true)
    }
    const { amount: _amount, ...nothing } = change('trade_transfer_base_amount', 'btr', '0')
    expect(merged([], [ledger(nothing)]).rows).toHaveLength(1)
  })

  it('repeats fills that add up to the same, wherever they are told', () => {
    const told = { base: 'BTR', quote: 'XRP', symbol: 'BTRXRP', side: 'sell' } as const
    const served = [
      servedFill({ ...told, tradeId: '1', time: at + 7_000, amount: '200', price: '0.19' }),
      servedFill({ ...told, tradeId: '2', time: at + 8_000, amount: '4.9', price: '0.19' }),
    ]
    expect(merged(served, [ledger(...fill)])).toMatchObject({ rows: [], known: 3 })
    expect(merged(served.slice(1), [ledger(...fill)]).rows).toHaveLength(1)
    expect(merged([], [ledger(...fill)], (row) => row.stream === 'spot-trade').rows).toEqual([])
  })

  const sold = (amount: string, minutes = 0, seconds = 20) =>
    servedFill({
      symbol: 'BTCUSDT',
      base: 'BTC',
      quote: 'USDT',
      side: 'sell',
      price: '100',
      amount,
      fee: '0.1',
      feeCurrency: 'USDT',
      tradeId: `${amount} ${minutes}`,
      time: at + minutes * minute + seconds * 1_000,
    })
  const sale = (amount: string, total: string, minutes = 0) => {
    const more = { times: [at + minutes * minute] as const }
    return [change('trade', 'btc', `-${amount}`, more), change('trade', 'usdt', total, more)]
  }

  it('repeats the fills of its own moment, whatever happened in the one before it or after it', () => {
    const served = [sold('1'), sold('2', 1), sold('3', 2)]
    const rows = ledger(...sale('1', '100'), ...sale('2', '200', 1), ...sale('3', '300', 2))
    expect(merged(served, [rows])).toMatchObject({ rows: [], known: 6 })
    // A ledger may date a trade a little later.
    expect(merged([sold('1', 0, 59)], [ledger(...sale('1', '100', 1))]).rows).toEqual([])
  })

  it('tells the other one of two alike where a fill tells one', () => {
    const rows = ledger(...sale('1', '100'), ...sale('1', '100', 1))
    expect(merged([sold('1', 1)], [rows]).rows).toMatchObject([{ time: at, quoteAmount: '1' }])
    expect(merged([sold('1')], [rows]).rows).toMatchObject([{ time: at + minute, quoteAmount: '1' }])
  })

  it('tells of a trade what the fills of its moment do not', () => {
    const fees = [change('trade fee', 'usdt', '-0.1'), change('trade fee', 'usdt', '-0.2')]
    const base = [change('trade_transfer_base_amount', 'btc', '-3'), change('trade', 'usdt', '300'), ...fees]
    expect(merged([sold('1')], [ledger(...base)]).rows).toMatchObject([
      { side: 'sell', base: 'btc', amount: '2', quoteAmount: '200', fee: '0.2', derived: 'ledger' },
    ])
    const nameless = merged([sold('1')], [ledger(...sale('3', '300'))]).rows
    expect(nameless).toMatchObject([{ side: 'buy', base: 'usdt', amount: '200', quoteAmount: '2' }])
    const { quoteAmount: _none, price: _unsaid, ...unsaid } = sold('1')
    expect(merged([unsaid], [ledger(...sale('3', '300'))]).rows).toMatchObject([{ amount: '300' }])
    expect(merged([sold('9')], [ledger(...sale('3', '300'))]).rows).toMatchObject([{ amount: '300' }])
  })

  it('repeats fills of several pairs, or of both sides, and those of a sale that names no base', () => {
    expect(merged([sold('1')], [ledger(...sale('1', '100'))]).rows).toEqual([])
    const bought = (base: string) =>
      servedFill({ symbol: `${base}USDT`, base, quote: 'USDT', price: '10', amount: '5', time: at + 9_000 })
    const both = (coin: string) =>
      ledger(...sale('1', '100'), change('trade', coin, '5'), change('trade', 'usdt', '-50'))
    expect(merged([sold('1'), bought('BTC')], [both('btc')]).rows).toEqual([])
    expect(merged([sold('1'), bought('ETH')], [both('eth')]).rows).toEqual([])
    expect(merged([sold('1')], [both('eth')]).rows).toHaveLength(4)
  })

  /** Orders of the market of `fill`, at these times from it. */
  const ordersOf = (...orders: readonly (readonly [number, Partial<StatementRow>])[]) =>
    readingOf(
      orders.map(([after, more], index) =>
        line({
          symbol: 'BTR/XRP',
          base: 'BTR',
          quote: 'XRP',
          side: 'sell',
          orderId: `${index}`,
          times: [at + after],
          wall: at + after,
          ...more,
        }),
      ),
      { grain: orderGrain },
    )
  const whole = { amount: '204.9', quoteAmount: '40.279242' }
  const rowsFor = (rows: readonly StatementRow[], orders: ReturnType<typeof ordersOf>) =>
    merged([], [ledger(...rows), orders]).rows.filter(({ derived }) => derived === 'ledger')

  it('repeats orders that add up to the same, whenever they are dated, and no others', () => {
    for (const after of [0, 5_000, -5_000, hour, hour - day])
      expect(rowsFor(fill, ordersOf([after, whole]))).toEqual([])
    const turned = { symbol: 'XRP/BTR', base: 'XRP', quote: 'BTR', side: 'buy' } as const
    expect(rowsFor(fill, ordersOf([hour, { ...turned, amount: '40.279242', quoteAmount: '204.9' }]))).toEqual(
      [],
    )
    for (const other of [
      { ...whole, amount: '200' },
      { ...whole, quoteAmount: '41' },
      { ...whole, side: 'buy' as const },
    ])
      expect(rowsFor(fill, ordersOf([-hour, other], [hour, other]))).toHaveLength(1)
  })

  it('repeats an order of which its fills are several of its rows, and the other way round', () => {
    const later = fill.map((row) => ({ ...row, wall: at + minute, times: [at + minute] as const }))
    const double = { amount: '409.8', quoteAmount: '80.558484' }
    expect(rowsFor([...fill, ...later], ordersOf([minute, double]))).toEqual([])
    expect(rowsFor([...fill, ...fill], ordersOf([hour, whole], [2 * hour, whole]))).toEqual([])
    // One of them stands in no row of the ledger.
    expect(rowsFor([...fill, ...later], ordersOf([minute, double], [hour, whole]))).toEqual([])
  })

  it('is in doubt beside orders that may have been filled by it, and no amounts show it', () => {
    const [part] = rowsFor(fill, ordersOf([hour, { amount: '300', quoteAmount: '59' }]))
    expect(part).toMatchObject({ amount: '204.9', mayBeTwice: true })
    expect(rowsFor(fill, ordersOf([hour, { amount: '100', quoteAmount: '20' }]))[0]).not.toHaveProperty(
      'mayBeTwice',
    )
    expect(rowsFor(fill, ordersOf([40 * day, whole]))[0]).not.toHaveProperty('mayBeTwice')
  })

  it('tells the trades of every market whose orders no file tells, whatever it tells of another', () => {
    const kas = { symbol: 'KAS/USDT', base: 'KAS', quote: 'USDT' }
    const orders = ordersOf([-hour, kas], [hour, kas])
    const trades = () => merged([], [ledger(...fill), orders]).rows.filter((row) => row.derived === 'ledger')
    expect(trades()).toMatchObject([{ base: 'btr', quote: 'xrp', amount: '204.9' }])
    const mixed = ledger(
      ...fill,
      change('trade_transfer_base_amount', 'kas', '5'),
      change('trade_transfer_quote_amount', 'usdt', '-3'),
    )
    // What cannot be told apart is there to be seen, and moves nothing.
    expect(merged([], [mixed, orders]).rows.filter(({ stream }) => stream === 'spot-ledger')).toHaveLength(5)
  })

  it('says nothing of a transfer that its own history tells, each once, with or without its fee', () => {
    const transfer = (identity: string, time: number) =>
      ({ stream: 'withdrawal', time, identity, currency: 'USDT', amount: '9', fee: '1', raw: '{}' }) as const
    const out = ledger(
      change('Withdraw', 'USDT', '-10'),
      change('Withdraw', 'USDT', '-9'),
      change('Withdraw', 'USDT', '-9'),
    )
    const found = merged([transfer('1', at - day), transfer('2', at + day)], [out])
    expect(found.rows).toMatchObject([{ stream: 'spot-ledger', type: 'withdrawal' }])
    expect(merged([transfer('1', at - 4 * day)], [out]).rows).toHaveLength(3)
    expect(merged([], [ledger(change('deposit_income', 'USDT', '9'))]).rows).toHaveLength(1)
    // What failed moved nothing.
    for (const status of ['failed', 'cancelled'] as const)
      expect(merged([{ ...transfer('1', at - day), status }], [out]).rows).toHaveLength(3)
  })

  it('says nothing of a transfer to futures, or from there, that another history tells', () => {
    const transfers = ledger(
      change('transfer', 'USDT', '-100', { account: 'Spot' }),
      change('transfer', 'USDT', '30', { account: 'Spot' }),
      change('transfer', 'USDT', '-100', { account: 'fund' }),
    )
    const told = { time: at + 500, currency: 'USDT', raw: '{}' }
    const served = [
      { ...told, stream: 'futures-ledger', identity: 'a', type: 'transfer', amount: '100' },
      { ...told, stream: 'wallet-transfer', identity: 'b', type: 'out', account: 'usdt-m', amount: '30' },
    ] as const
    expect(merged(served, [transfers])).toMatchObject({ rows: [{ account: 'fund' }], known: 2 })
    expect(merged([], [transfers]).rows).toHaveLength(3)
    const other = [
      { ...served[0], amount: '-100' },
      { ...served[1], type: 'in' },
      { ...served[0], amount: '99' },
    ]
    expect(merged(other, [transfers]).rows).toHaveLength(3)
    const later = served.map((row) => ({ ...row, time: at + 2 * minute }))
    expect(merged(later, [transfers]).rows).toHaveLength(3)
    // A ledger of futures that is a file itself is heard first, whatever its grain.
    const file = readingOf([change('transfer', 'USDT', '100', { stream: 'futures-ledger' })], {
      grain: { ...ledgerGrain, fields: ['currency', 'type', 'amount'] },
    })
    expect(merged([], [transfers, file]).rows).toHaveLength(3)
  })

  it('makes a trade of what was converted, where one coin became one other', () => {
    const converted = ledger(change('convert', 'ada', '-10'), change('convert', 'btr', '3'))
    expect(merged([], [converted]).rows).toMatchObject([
      {
        stream: 'spot-ledger',
        type: 'convert',
        base: 'btr',
        amount: '3',
        quote: 'ada',
        quoteAmount: '10',
        side: 'buy',
        derived: 'ledger',
      },
    ])
    const dust = ledger(
      change('convert', 'ada', '-10'),
      change('convert', 'xrp', '-2'),
      change('convert', 'btr', '3'),
    )
    expect(
      merged([], [dust])
        .rows.map(({ amount }) => amount)
        .sort(),
    ).toEqual(['-10', '-2', '3'])
  })

  it('keeps whatever word it does not know', () => {
    const { rows } = merged([], [ledger(change('never_seen', 'btr', '1'), change('airdrop', 'btr', '2'))])
    expect(rows.map(({ type }) => type).sort()).toEqual(['airdrop', 'never_seen'])
  })

  it('is one with a coarser ledger of the same changes', () => {
    const coarse = readingOf(
      fill.map((row) => ({ ...row, times: [at - 3 * minute] as const, wall: at - 3 * minute })),
      { grain: { ...ledgerGrain, unit: hour } },
    )
    const hourly = {
      ...coarse,
      rows: coarse.rows.map((row) => ({ ...row, times: [at - 3 * minute] as const })),
    }
    expect(merged([], [ledger(...fill), hourly]).rows).toHaveLength(1)
  })
})

/** What rows make of the balance of each coin. */
function balancesOf(
  rows: readonly Pick<
    MergedRow,
    'stream' | 'side' | 'base' | 'quote' | 'amount' | 'quoteAmount' | 'fee' | 'feeCurrency' | 'currency'
  >[],
) {
  const balances = new Map<string, string>()
  const move = (coin = '', amount = '0') =>
    balances.set(coin, canonical(add(balances.get(coin) ?? '0', amount)))
  for (const row of rows) {
    if (row.stream === 'spot-ledger' && row.base === undefined) move(row.currency, row.amount)
    else {
      const isSell = row.side === 'sell'
      move(row.base, isSell ? negate(row.amount ?? '0') : row.amount)
      move(row.quote, isSell ? row.quoteAmount : negate(row.quoteAmount ?? '0'))
      move(row.feeCurrency, negate(row.fee ?? '0'))
    }
  }
  balances.delete('')
  return Object.fromEntries([...balances].filter(([, amount]) => amount !== '0').sort())
}

describe('whatever a ledger of a spot wallet says', () => {
  const any = fc.record({
    type: fc.constantFrom(
      'trade_transfer_quote_amount',
      'trade_transfer_base_amount',
      'trade_transfer_quote_fee_sell',
      'airdrop',
      'convert',
    ),
    currency: fc.constantFrom('btr', 'xrp', 'usdt'),
    amount: fc.constantFrom('1', '-1', '0.25', '-3.5', '0'),
    minutes: fc.nat(4),
  })

  it('is made into rows that move as much of each coin, told once however many files tell it', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (changes) => {
        const rows = changes.map(({ type, currency, amount, minutes }) =>
          change(type, currency, amount, { times: [at + minutes * minute] }),
        )
        const found = merged([], [ledger(...rows), ledger(...rows), ledger(...rows.slice(3))])
        expect(balancesOf(found.rows)).toEqual(balancesOf(rows))
        expect(new Set(found.rows.map(keyOf)).size).toBe(found.rows.length)
      }),
    )
  })
})

describe('a ledger of a spot wallet beside fills', () => {
  const one = fc.record({
    minutes: fc.nat(4),
    seconds: fc.nat(59),
    amount: fc.constantFrom('1', '2', '3'),
    isServed: fc.boolean(),
  })

  it('moves with them as much of each coin as happened, whichever of them the exchange shows', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 9 }), (sales) => {
        const fills = sales.map(({ minutes, seconds, amount }, index) =>
          servedFill({
            symbol: 'BTCUSDT',
            base: 'btc',
            quote: 'usdt',
            side: 'sell',
            price: '10',
            amount,
            quoteAmount: `${amount}0`,
            fee: `0.${amount}`,
            feeCurrency: 'usdt',
            tradeId: `${index}`,
            time: at + minutes * minute + seconds * 1_000,
          }),
        )
        const rows = sales.flatMap(({ minutes, amount }) => {
          const more = { times: [at + minutes * minute] as const }
          return [
            change('trade', 'btc', `-${amount}`, more),
            change('trade', 'usdt', `${amount}0`, more),
            change('trade fee', 'usdt', `-0.${amount}`, more),
          ]
        })
        const served = fills.filter((_fill, index) => sales[index]?.isServed)
        const found = merged(served, [ledger(...rows)])
        expect(balancesOf([...served, ...found.rows])).toEqual(balancesOf(fills))
      }),
      {
        numRuns: 50,
        examples: [
          // What the next minute's fills come to is what this one moved, and a fill of this minute would be told by nobody.
          [
            [
              { minutes: 4, seconds: 0, amount: '3', isServed: true },
              { minutes: 4, seconds: 0, amount: '1', isServed: false },
              { minutes: 3, seconds: 0, amount: '1', isServed: false },
              { minutes: 3, seconds: 0, amount: '3', isServed: true },
              { minutes: 4, seconds: 0, amount: '1', isServed: true },
            ],
          ],
          // What this minute moved is as much as a fill of the next one.
          [
            [
              { minutes: 0, seconds: 0, amount: '1', isServed: true },
              { minutes: 1, seconds: 0, amount: '2', isServed: true },
              { minutes: 1, seconds: 0, amount: '2', isServed: false },
              { minutes: 0, seconds: 0, amount: '1', isServed: false },
            ],
          ],
        ],
      },
    )
  })
})

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
