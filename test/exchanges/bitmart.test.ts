import { LosslessNumber, parse } from 'lossless-json'
import { describe, expect, it } from 'vitest'
import { noMarkets, type StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { publishedFuturesFills } from '../../local/simulated-bitmart/futures-fills.ts'
import { publishedLedgerRows } from '../../local/simulated-bitmart/ledger.ts'
import { publishedSpotFills } from '../../local/simulated-bitmart/spot-fills.ts'
import { publishedTransfers } from '../../local/simulated-bitmart/transfers.ts'

const markets = {
  spot: new Map(),
  futures: new Map([
    ['BTCUSDT', { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '0.001' }],
  ]),
}

/** Rows as JSON text through the production schema and normaliser. */
function read(stream: StreamKind, text: string, known = markets): readonly Transaction[] {
  const definition = bitmart.streams.find((one) => one.stream === stream)
  if (definition === undefined) throw new Error(`no stream ${stream}`)
  const served = parse(text, undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
  const { readable: rows, unreadable } = definition.rows.parse(served)
  if (unreadable.length > 0) throw new Error('a row that cannot be read')
  return definition.normalise(rows, { partition: definition.partitions[0] ?? '', markets: known })
}

const readOne = (stream: StreamKind, row: object, known = markets) => {
  const list = stream === 'withdrawal' || stream === 'deposit' ? { records: [row] } : [row]
  return read(stream, JSON.stringify(list), known)[0]
}

describe('BitMart, published examples', () => {
  it('reads a spot fill with its fee in its own coin', () => {
    expect(readOne('spot-trade', publishedSpotFills[1] ?? {})).toMatchObject({
      stream: 'spot-trade',
      time: 1695658457836,
      identity: '182342999769370687|183270218784142990|0.245948|20.71',
      symbol: 'ADA_USDT',
      base: 'ADA',
      quote: 'USDT',
      side: 'buy',
      price: '0.245948',
      amount: '20.71',
      quoteAmount: '5.09358308',
      fee: '0.00509358',
      feeCurrency: 'USDT',
      role: 'taker',
      orderMode: 'spot',
    })
  })

  it('keeps every zero of a decimal', () => {
    expect(readOne('spot-trade', publishedSpotFills[0] ?? {})).toMatchObject({
      price: '39999.00',
      amount: '0.10000',
      quoteAmount: '3999.90000000',
      fee: '9.99975000',
    })
  })

  it('reads a futures fill as contracts and base amount, with the fee in the settlement coin', () => {
    expect(readOne('futures-trade', publishedFuturesFills[1] ?? {})).toMatchObject({
      time: 1695961596692,
      side: 'sell',
      position: 'close',
      price: '26910.4',
      contracts: '1',
      contractSize: '0.001',
      amount: '0.001',
      quoteAmount: '26.9104',
      base: 'BTC',
      quote: 'USDT',
      fee: '0.01614624',
      feeCurrency: 'USDT',
      realizedPnl: '-0.0003',
      role: 'taker',
      account: 'futures',
    })
    expect(readOne('futures-trade', publishedFuturesFills[0] ?? {})).toMatchObject({
      side: 'buy',
      contracts: '108',
      amount: '0.108',
      fee: '0',
      role: 'maker',
    })
  })

  it('reads a withdrawal as pending with its net amount, and a deposit with its network', () => {
    expect(readOne('withdrawal', publishedTransfers[0] ?? {})).toMatchObject({
      time: 1588867374000,
      identity: '1679952',
      currency: 'BMX',
      amount: '59.000000000000',
      fee: '1.000000000000',
      feeCurrency: 'BMX',
      status: 'pending',
      txId: undefined,
    })
    expect(readOne('deposit', publishedTransfers[1] ?? {})).toMatchObject({
      time: 1695978904000,
      identity: '19017278',
      currency: 'USDT',
      network: 'TRC20',
      amount: '69',
      fee: '0',
      status: 'done',
    })
  })

  it('reads a funding payment with its sign and its time from a string', () => {
    expect(readOne('futures-ledger', publishedLedgerRows[0] ?? {})).toMatchObject({
      time: 1734422402121,
      type: 'funding',
      symbol: 'LTCUSDT',
      amount: '-0.00008253',
      currency: 'USDT',
      account: 'futures',
    })
  })
})

describe('BitMart, awkward rows', () => {
  const spot = publishedSpotFills[1] ?? {}
  const futures = publishedFuturesFills[1] ?? {}

  it.each([
    [1, 'buy', undefined],
    [2, 'buy', 'close'],
    [3, 'sell', 'close'],
    [4, 'sell', undefined],
  ])('says of side %i what is so in both position modes: %s, %s', (number, side, position) => {
    expect(readOne('futures-trade', { ...futures, side: number })).toMatchObject({ side })
    expect(readOne('futures-trade', { ...futures, side: number })?.position).toBe(position)
    const oneWay = { ...futures, side: number, position_mode: 'one_way_mode' }
    expect(readOne('futures-trade', oneWay)?.position).toBe(position)
  })

  it.each([
    [1, 'open'],
    [2, 'close'],
    [3, 'close'],
    [4, 'open'],
  ])('reads side %i as what it means in hedge mode where the row names that mode', (side, position) => {
    const row = { ...futures, side, position_mode: 'hedge_mode' }
    expect(readOne('futures-trade', row)).toMatchObject({ position })
  })

  it('does not call the published fill of side 1 that realised a loss an opening', () => {
    const [fill] = publishedFuturesFills
    expect(fill).toMatchObject({ side: 1, realised_profit: '-0.00832' })
    expect(readOne('futures-trade', fill ?? {})).not.toHaveProperty('position')
  })

  it('leaves the base amount of an unknown contract empty instead of guessing it', () => {
    const fill = readOne('futures-trade', futures, noMarketsFor())
    expect(fill).toMatchObject({ contracts: '1', feeCurrency: 'USDT' })
    expect(fill?.amount).toBeUndefined()
    expect(fill?.contractSize).toBeUndefined()
  })

  it('leaves the fee coin open when neither catalogue nor symbol names it', () => {
    const fill = readOne('futures-trade', { ...futures, symbol: 'BTCUSD' }, noMarketsFor())
    expect(fill?.fee).toBe('0.01614624')
    expect(fill?.feeCurrency).toBeUndefined()
  })

  it('keeps numbers exact and raw text as served when decimals arrive as numbers', () => {
    const text = `[${JSON.stringify(spot).replace('"20.71"', '12345678901234567890.12345678901234567890')}]`
    const [fill] = read('spot-trade', text)
    expect(fill?.amount).toBe('12345678901234567890.12345678901234567890')
    expect(fill?.raw).toContain('"size":12345678901234567890.12345678901234567890')
  })

  it('keeps ids that do not fit a JavaScript number', () => {
    const text = `[${JSON.stringify(spot).replace('"182342999769370687"', '182342999769370687')}]`
    expect(read('spot-trade', text)[0]?.tradeId).toBe('182342999769370687')
  })

  it('accepts scientific notation and keeps it letter by letter', () => {
    expect(readOne('spot-trade', { ...spot, fee: '1E-8' })?.fee).toBe('1E-8')
    expect(readOne('futures-trade', { ...futures, price: '1E-8' })?.quoteAmount).toBe('0.00000000001')
  })

  it('keeps unknown fields in the raw payload', () => {
    expect(readOne('spot-trade', { ...spot, newField: 'kept' })?.raw).toContain('"newField":"kept"')
  })

  it('tells the two sides of a self-trade apart', () => {
    const [bought, sold] = read(
      'spot-trade',
      JSON.stringify([spot, { ...spot, side: 'sell', orderId: '183270218784142991' }]),
    )
    expect(bought?.identity).not.toBe(sold?.identity)
  })

  it('takes a fill of a market that was renamed for the same row, however its decimals are written', () => {
    const renamed = { ...spot, symbol: 'POL_USDT', price: '0.24594800', size: '20.710', feeCoinName: 'POL' }
    expect(readOne('spot-trade', renamed)?.identity).toBe(readOne('spot-trade', spot)?.identity)
    expect(readOne('futures-trade', { ...futures, symbol: 'POLUSDT', vol: '1.0' })?.identity).toBe(
      readOne('futures-trade', futures)?.identity,
    )
  })

  it('tells fills with the same ids apart where they differ in price or size: ids may be counted by market', () => {
    for (const other of [{ price: '0.245949' }, { size: '20.72' }])
      expect(readOne('spot-trade', { ...spot, ...other, symbol: 'X_USDT' })?.identity).not.toBe(
        readOne('spot-trade', spot)?.identity,
      )
  })

  it('takes a ledger row without account for one row, whichever account was asked about', () => {
    const definition = bitmart.streams.find(({ stream }) => stream === 'futures-ledger')
    const { account: _notServed, ...row } = publishedLedgerRows[0] ?? {}
    const read = (partition: string) =>
      definition?.normalise(definition.rows.parse([row]).readable, { partition, markets }) ?? []
    expect(read('futures')).toEqual(read('copy_trading'))
    expect(read('futures')[0]?.account).toBeUndefined()
  })

  it('counts ledger rows alike in the same order, however an answer is sorted', () => {
    const row = publishedLedgerRows[0] ?? {}
    const rows = [row, { ...row, amount: `${publishedLedgerRows[0]?.amount}0` }]
    const named = (list: readonly object[]) =>
      Object.fromEntries(
        read('futures-ledger', JSON.stringify(list)).map(({ raw, identity }) => [raw, identity]),
      )
    expect(named([...rows].reverse())).toEqual(named(rows))
    expect(new Set(Object.values(named(rows))).size).toBe(2)
  })

  it('reads the ledger row as the documentation prints it, without flow_type, as the same row', () => {
    const { flow_type: _notPrinted, ...printed } = publishedLedgerRows[0] ?? {}
    expect(readOne('futures-ledger', printed)).toMatchObject({ type: 'funding', amount: '-0.00008253' })
    expect(readOne('futures-ledger', printed)?.identity).toBe(
      readOne('futures-ledger', publishedLedgerRows[0] ?? {})?.identity,
    )
    const told = [
      'Transfer',
      'Realized PNL',
      'Funding Fee',
      'Commission Fee',
      'Liquidation Clearance',
      'Bonus',
      '',
    ]
    expect(told.map((type) => readOne('futures-ledger', { ...printed, type })?.type)).toEqual([
      'transfer',
      'realized-pnl',
      'funding',
      'commission',
      'liquidation',
      'Bonus',
      undefined,
    ])
  })

  it('counts ledger rows that are alike in every field', () => {
    const row = publishedLedgerRows[0] ?? {}
    const identities = read('futures-ledger', JSON.stringify([row, row, row])).map(({ identity }) => identity)
    expect(new Set(identities).size).toBe(3)
  })

  it('names an unknown kind of ledger row by its number and drops nothing', () => {
    for (const flow_type of [9, 'toString'])
      expect(readOne('futures-ledger', { ...publishedLedgerRows[0], flow_type })?.type).toBe(
        `flow-type-${flow_type}`,
      )
  })

  it.each([
    [0, 'pending'],
    [1, 'pending'],
    [2, 'pending'],
    [3, 'done'],
    [4, 'cancelled'],
    [5, 'failed'],
    [6, 'pending'],
  ])('reads transfer status %i as %s', (status, expected) => {
    expect(readOne('withdrawal', { ...publishedTransfers[0], status })?.status).toBe(expected)
  })

  it.each([
    ['a time in seconds', { createTime: 1695658457 }],
    ['a time in microseconds', { createTime: 1695658457836000 }],
    ['a missing trade id', { tradeId: undefined }],
    ['an empty order id', { orderId: '' }],
    ['a price that is no number', { price: 'about ten' }],
    ['an unknown side', { side: 'hold' }],
    ['a null size', { size: null }],
  ])('refuses a spot fill with %s', (_what, change) => {
    expect(() => readOne('spot-trade', { ...spot, ...change })).toThrow()
  })

  it('takes a hyphen for the network unless the catalogue knows a coin of that name', () => {
    const row = { ...publishedTransfers[1], currency: 'BTC-UP' }
    expect(readOne('deposit', row)).toMatchObject({ currency: 'BTC', network: 'UP' })
    const known = {
      ...markets,
      spot: new Map([['BTC-UP_USDT', { symbol: 'BTC-UP_USDT', base: 'BTC-UP', quote: 'USDT' }]]),
    }
    expect(readOne('deposit', row, known)).toMatchObject({ currency: 'BTC-UP', feeCurrency: 'BTC-UP' })
    expect(readOne('deposit', row, known)?.network).toBeUndefined()
  })

  it.each(['toString', 'constructor', '__proto__'])(
    'takes the status %s, which means something to JavaScript, for an unknown one',
    (status) => {
      expect(readOne('withdrawal', { ...publishedTransfers[0], status })?.status).toBe('pending')
    },
  )

  it('refuses a transfer without any id', () => {
    expect(() => readOne('withdrawal', { ...publishedTransfers[0], withdraw_id: '' })).toThrow()
  })

  it('leaves a deposit among withdrawals to the stream that asks for deposits', () => {
    expect(readOne('withdrawal', publishedTransfers[1] ?? {})).toBeUndefined()
  })

  it.each([
    ['spot-trade', { ...spot, fee: '' }],
    ['spot-trade', { ...spot, fee: null }],
    ['futures-trade', { ...futures, paid_fees: undefined }],
    ['futures-trade', { ...futures, paid_fees: null }],
    ['withdrawal', { ...publishedTransfers[0], fee: '' }],
    ['withdrawal', { ...publishedTransfers[0], fee: null }],
  ] as const)('names no fee coin for a %s without a fee', (stream, row) => {
    const read = readOne(stream, row)
    expect(read).toMatchObject({ stream })
    expect([read?.fee, read?.feeCurrency]).toEqual([undefined, undefined])
  })

  it('divides ledger rows by their number, those of an unknown kind too', () => {
    const ledger = bitmart.streams.find(({ stream }) => stream === 'futures-ledger')
    const numberOf = (flow_type: number | string) => {
      const row = readOne('futures-ledger', { ...publishedLedgerRows[0], flow_type })
      return row && ledger?.splits[0]?.of(row)
    }
    expect([1, 2, 3, 4, 5, 9].map(numberOf)).toEqual(['1', '2', '3', '4', '5', '9'])
    expect(
      ledger?.splits[0]?.of({ stream: 'futures-ledger', time: 1, identity: 'i', raw: '{}' }),
    ).toBeUndefined()
  })

  it('says of no row that it is of the account that was asked about, where the row does not say so', () => {
    for (const [stream, row] of [
      ['futures-trade', publishedFuturesFills[1]],
      ['futures-ledger', publishedLedgerRows[0]],
    ] as const) {
      const definition = bitmart.streams.find((one) => one.stream === stream)
      const rows = definition?.rows.parse([{ ...row, account: undefined }]).readable ?? []
      const accounts = ['futures', 'copy_trading'].map(
        (partition) => definition?.normalise(rows, { partition, markets })[0]?.account,
      )
      expect(accounts).toEqual([undefined, undefined])
    }
  })

  it('leaves a role open that is neither maker nor taker', () => {
    expect(readOne('spot-trade', { ...spot, tradeRole: 'MAKER' })?.role).toBe('maker')
    for (const tradeRole of ['liquidation', '', null, undefined])
      expect(readOne('spot-trade', { ...spot, tradeRole })?.role).toBeUndefined()
  })
})

describe('BitMart, questions', () => {
  const ask = (stream: StreamKind, filters = {}) => {
    const definition = bitmart.streams.find((one) => one.stream === stream)
    return definition?.ask({ start: 1_000, end: 2_000, partition: definition.partitions[0] ?? '', filters })
  }

  it('asks for spot fills in camelCase and for futures fills in snake_case', () => {
    expect(ask('spot-trade', { symbol: 'BTC_USDT' })?.params).toEqual({
      symbol: 'BTC_USDT',
      startTime: 1_000,
      endTime: 2_000,
      limit: 200,
    })
    expect(ask('futures-trade')?.params).toEqual({ account: 'futures', start_time: 1_000, end_time: 2_000 })
    expect(ask('futures-ledger')?.params).toMatchObject({
      start_time: 1_000,
      end_time: 2_000,
      page_size: 1_000,
    })
    expect(ask('deposit')?.params).toMatchObject({ operation_type: 'deposit', startTime: 1_000, N: 100 })
  })

  it('asks for the fills of one order without a time', () => {
    expect(ask('spot-trade', { symbol: 'BTC_USDT', orderId: '7' })).toMatchObject({
      path: 'spot/v4/query/order-trades',
      params: { orderId: '7' },
    })
  })

  it('stays under the ninety days that BitMart accepts', () => {
    for (const stream of bitmart.streams) expect(stream.maxSpan).toBeLessThan(90 * 86_400_000)
  })
})

function noMarketsFor() {
  return noMarkets as typeof markets
}
