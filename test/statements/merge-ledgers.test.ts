import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, canonical, negate } from '../../lambdas/domain/amount.ts'
import { keyOf } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import type { MergedRow } from '../../lambdas/statements/merged-row.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'
import { line, merged, orderGrain, readingOf, servedFill } from './cases.ts'
import { at, change, ledger, ledgerGrain } from './ledger-cases.ts'

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
    expect(merged([sold('1')], [both('eth')]).rows).toMatchObject([{ base: 'eth', amount: '5', side: 'buy' }])
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
