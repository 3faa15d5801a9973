import { LosslessNumber, parse } from 'lossless-json'
import { describe, expect, it } from 'vitest'
import { noMarkets, type WindowStream } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import {
  publishedCoinFills,
  publishedDeposits,
  publishedFuturesFills,
  publishedLedgerRows,
  publishedOrderFills,
  publishedWithdrawals,
} from './samples/bingx.ts'

type Part = 'spot' | 'usdt-m' | 'usdt-m-orders' | 'coin-m' | 'ledger' | 'withdrawal' | 'deposit'

function definitionOf(part: Part): WindowStream {
  const found = bingx.streams.find(({ stream, partitions }) =>
    part === 'ledger' ? stream === 'futures-ledger' : stream === part || isFillsOf(stream, partitions, part),
  )
  if (found === undefined) throw new Error(`no stream ${part}`)
  return found
}

function isFillsOf(stream: string, partitions: readonly string[], part: Part): boolean {
  return stream.endsWith('-trade') && partitions.includes(part)
}

/** Rows as JSON text through the production schema and normaliser. */
function read(part: Part, text: string): readonly Transaction[] {
  const definition = definitionOf(part)
  const served = parse(text, undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
  const { readable, unreadable } = definition.rows.parse(served)
  if (unreadable.length > 0) throw new Error('a row that cannot be read')
  return definition.normalise(readable, { partition: definition.partitions[0], markets: noMarkets })
}

const readOne = (part: Part, row: object): Transaction => {
  const lists: Partial<Record<Part, string>> = {
    spot: 'fills',
    'usdt-m': 'fill_history_orders',
    'usdt-m-orders': 'fill_orders',
  }
  const name = lists[part]
  const [transaction] = read(part, JSON.stringify(name === undefined ? [row] : { [name]: [row] }))
  if (transaction === undefined) throw new Error('nothing was made of the row')
  return transaction
}

describe('BingX, published examples', () => {
  it('reads spot fills whose numbers JavaScript cannot hold, with the fee that was paid as a positive one', () => {
    const fills = read(
      'spot',
      `{"fills":[
        {"symbol":"BTC-USDT","id":36767057,"orderId":1745362930595004400,"price":"46820.155","qty":"0.1430254",
         "quoteQty":"6696.471396937","commission":-0.000046483255,"commissionAsset":"BTC","time":1704961925000,
         "isBuyer":true,"isMaker":false},
        {"symbol":"BTC-USDT","id":36767058,"orderId":1745362930595004400,"price":"46820.155","qty":"0.0003844",
         "quoteQty":"17.997667582000002","commission":-1.2493e-07,"commissionAsset":"BTC","time":1704961925000,
         "isBuyer":true,"isMaker":false}]}`,
    )
    expect(fills).toMatchObject([
      {
        stream: 'spot-trade',
        time: 1704961925000,
        identity: '36767057|1745362930595004400|46820.155|0.1430254',
        symbol: 'BTC-USDT',
        base: 'BTC',
        quote: 'USDT',
        side: 'buy',
        role: 'taker',
        price: '46820.155',
        amount: '0.1430254',
        fee: '0.000046483255',
        feeCurrency: 'BTC',
        orderId: '1745362930595004400',
        tradeId: '36767057',
      },
      {
        time: 1704961925000,
        tradeId: '36767058',
        amount: '0.0003844',
        quoteAmount: '17.997667582000002',
        fee: '0.00000012493',
      },
    ])
    expect(fills[1]?.raw).toContain('"commission":-1.2493e-07')
    expect(fills[0]?.raw).toContain('"orderId":1745362930595004400,')
  })

  it('reads futures fills by the offset of their time, never by the time that only looks like UTC', () => {
    expect(readOne('usdt-m', publishedFuturesFills[0])).toMatchObject({
      time: Date.UTC(2026, 8, 17, 18, 39, 57),
      base: 'BTC',
      quote: 'USDT',
      side: 'sell',
      position: 'close',
      price: '76445.4',
      amount: '0.0615',
      fee: '2.350696',
      feeCurrency: 'USDT',
      realizedPnl: '2.79210000',
      orderId: '2100656013975973888',
      account: 'usdt-m',
    })
    expect(readOne('usdt-m', publishedFuturesFills[1])).toMatchObject({
      time: Date.UTC(2026, 9, 2, 16, 56, 1),
      identity: '362625236|2106065676096507904|2689.17|0.002',
      side: 'sell',
      fee: '0.002689',
      feeCurrency: 'VST',
    })
    expect(readOne('usdt-m', publishedFuturesFills[1]).position).toBeUndefined()
  })

  it('dates every published futures fill no earlier than its order', () => {
    for (const [part, row] of [
      ['usdt-m', publishedFuturesFills[0]],
      ['usdt-m', publishedFuturesFills[1]],
      ['usdt-m-orders', publishedOrderFills[0]],
      ['coin-m', publishedCoinFills[0]],
    ] as const) {
      const { time, orderId = '' } = readOne(part, row)
      const ordered = Number((BigInt(orderId) >> 22n) + 1288834974657n)
      // Fills are told in whole seconds.
      expect(time - ordered, orderId).toBeGreaterThan(-1_000)
      expect(time - ordered, orderId).toBeLessThan(8 * 3_600_000)
    }
  })

  it('reads an older fill without trade id and profit, and without what its row does not say', () => {
    const fill = readOne('usdt-m-orders', publishedOrderFills[0])
    expect([fill.side, fill.tradeId, fill.realizedPnl]).toEqual([undefined, undefined, undefined])
    expect(fill).toMatchObject({
      time: Date.UTC(2023, 11, 15, 14, 20, 58),
      symbol: 'DOGE-USDT',
      price: '0.0947',
      amount: '121',
      quoteAmount: '11.4575',
      fee: '0.0023',
      feeCurrency: 'USDT',
      orderId: '1735666215777693696',
    })
  })

  it('reads a COIN-M fill in contracts and dollars, and does not round an amount of coins', () => {
    const fill = readOne('coin-m', publishedCoinFills[0])
    expect(fill.amount).toBeUndefined()
    expect(fill).toMatchObject({
      time: 1722146730000,
      identity: '97244554|1817441228670648320|182.652|2',
      base: 'SOL',
      quote: 'USD',
      side: 'buy',
      position: 'open',
      price: '182.652',
      contracts: '2',
      quoteAmount: '20.00000000',
      fee: '0.00005475',
      feeCurrency: 'SOL',
      account: 'coin-m',
    })
  })

  it('reads a funding payment with its sign', () => {
    expect(readOne('ledger', publishedLedgerRows[0])).toMatchObject({
      time: 1702713615000,
      type: 'funding',
      symbol: 'LDO-USDT',
      amount: '-0.0292',
      currency: 'USDT',
      account: 'usdt-m',
    })
  })

  it('reads a deposit of a coin that is served with its network, and a withdrawal by the offset of its time', () => {
    expect(readOne('deposit', publishedDeposits[0])).toMatchObject({
      time: 1701557778000,
      currency: 'USDT',
      network: 'TRC20',
      amount: '49999.00000000',
      status: 'done',
    })
    expect(readOne('withdrawal', publishedWithdrawals[0])).toMatchObject({
      time: Date.UTC(2023, 11, 13, 20, 5, 2),
      currency: 'USDT',
      amount: '8.91000000',
      fee: '0.004',
      feeCurrency: 'USDT',
      status: 'done',
    })
  })
})

describe('BingX, rows', () => {
  const [fill] = publishedFuturesFills

  it.each([
    ['BUY', 'LONG', 'open'],
    ['SELL', 'LONG', 'close'],
    ['SELL', 'SHORT', 'open'],
    ['BUY', 'SHORT', 'close'],
    ['BUY', 'BOTH', undefined],
    ['SELL', 'BOTH', undefined],
    ['SELL', '', undefined],
    ['SELL', undefined, undefined],
  ])('takes %s of the side %s for %s', (side, positionSide, position) => {
    const transaction = readOne('usdt-m', { ...fill, side, positionSide })
    expect(transaction.side).toBe(side.toLowerCase())
    expect(transaction.position).toBe(position)
  })

  it('makes nothing up that a row leaves out: role, fee, network, transaction and address', () => {
    const spot = {
      symbol: 'BTC-USDT',
      id: 1,
      orderId: 2,
      price: '3',
      qty: '4',
      time: 1704961925000,
      isBuyer: false,
    }
    const roles = [undefined, true, false].map(
      (isMaker) => readOne('spot', isMaker === undefined ? spot : { ...spot, isMaker }).role,
    )
    expect(roles).toEqual([undefined, 'maker', 'taker'])
    expect(readOne('spot', spot)).toMatchObject({ side: 'sell', price: '3', amount: '4' })
    const [{ network: _network, txId: _id, address: _address, ...deposit } = {}] = publishedDeposits.slice(
      0,
      1,
    )
    expect(readOne('deposit', deposit)).toMatchObject({
      network: undefined,
      txId: undefined,
      address: undefined,
    })
    const [{ transactionFee: _fee, ...withdrawal } = {}] = publishedWithdrawals.slice(0, 1)
    expect(readOne('withdrawal', withdrawal)).toMatchObject({ fee: undefined, feeCurrency: undefined })
    const [coinFill] = publishedCoinFills
    const coinRoles = [true, false].map((maker) => readOne('coin-m', { ...coinFill, maker }).role)
    expect(coinRoles).toEqual(['maker', 'taker'])
  })

  it('reads each offset that was seen', () => {
    const timeOf = (filledTime: string) => readOne('usdt-m', { ...fill, filledTime }).time
    expect([
      timeOf('2023-12-18T09:05:06.000+0800'),
      timeOf('2023-12-18T09:05:06.000+08:00'),
      timeOf('2023-12-18T08:05:06.000+0700'),
      timeOf('2023-12-18T09:05:06+0800'),
    ]).toEqual(Array(4).fill(Date.UTC(2023, 11, 18, 1, 5, 6)))
  })

  it('takes the time of an old withdrawal, which names no offset, for that of the house', () => {
    const { time } = readOne('withdrawal', { ...publishedWithdrawals[0], applyTime: '2019-10-12 11:12:02' })
    expect(time).toBe(Date.UTC(2019, 9, 12, 3, 12, 2))
  })

  it.each([
    ['$U-USDT', '$U', 'USDT'],
    ['ATOM(ARC20)-USDT', 'ATOM(ARC20)', 'USDT'],
    ['STRK-OLD-USDT', 'STRK-OLD', 'USDT'],
    ['MØTH-USDT', 'MØTH', 'USDT'],
    ['NOHYPHEN', undefined, undefined],
    ['-USDT', undefined, undefined],
    ['BTC-', undefined, undefined],
  ])('reads the coins of %s, all before the last hyphen', (symbol, base, quote) => {
    const read = readOne('usdt-m', { ...fill, symbol })
    expect([read.symbol, read.base, read.quote]).toEqual([symbol, base, quote])
  })

  it('gives a rebate its own sign, and nothing none', () => {
    const feeOf = (commission: unknown) => readOne('usdt-m', { ...fill, commission })
    expect(feeOf('0.5').fee).toBe('-0.5')
    expect(['0', '-0.0', '0.00'].map((commission) => feeOf(commission).fee)).toEqual(['0', '0.0', '0.00'])
    expect([feeOf('').fee, feeOf('').feeCurrency]).toEqual([undefined, undefined])
  })

  it.each([
    [{ status: 0 }, 'pending'],
    [{ status: 0, confirmTimes: '2/2' }, 'pending'],
    [{ status: 6, confirmTimes: '0/2' }, 'done'],
    [{ status: 1, confirmTimes: '2/2' }, 'done'],
    [{ status: 1, confirmTimes: '15/12' }, 'done'],
    [{ status: 1, confirmTimes: '1/2' }, 'pending'],
    [{ status: 1, confirmTimes: '' }, 'pending'],
    [{ status: 1, confirmTimes: 2 }, 'pending'],
    [{ status: 2 }, 'pending'],
    [{ status: undefined }, 'pending'],
  ])('takes a deposit with %j for %s: only what all pages call done is done', (change, status) => {
    expect(readOne('deposit', { ...publishedDeposits[0], ...change }).status).toBe(status)
  })

  it.each([
    [4, 'pending'],
    [5, 'failed'],
    [6, 'done'],
    [undefined, undefined],
    [9, 'pending'],
  ])('takes a withdrawal of the status %s for %s', (status, expected) => {
    expect(readOne('withdrawal', { ...publishedWithdrawals[0], status }).status).toBe(expected)
  })

  it.each([
    ['USDTTRC20', 'TRC20', 'USDT'],
    ['USDT', 'TRC20', 'USDT'],
    ['WETH', 'ETH', 'WETH'],
    ['TRC20', 'TRC20', 'TRC20'],
    ['USDTTRC20', '', 'USDTTRC20'],
  ])('reads %s on %s as %s', (coin, network, currency) => {
    const deposit = readOne('deposit', { ...publishedDeposits[0], coin, network })
    expect(deposit.currency).toBe(currency)
    expect(definitionOf('deposit').splits[0]?.of(deposit), 'its own filter knows the name served').toBe(coin)
  })

  it('tells deposits without an id apart that are alike in all they say', () => {
    const twice = [publishedDeposits[0], publishedDeposits[0]]
    const [first, second] = read('deposit', JSON.stringify(twice))
    expect(first?.identity).not.toBe(second?.identity)
    const later = read('deposit', JSON.stringify([{ ...publishedDeposits[0], status: 0 }]))
    expect(later[0]?.identity).toBe(first?.identity)
  })

  it.each([
    ['TRANSFER', 'transfer'],
    ['REALIZED_PNL', 'realized-pnl'],
    ['FUNDING_FEE', 'funding'],
    ['TRADING_FEE', 'commission'],
    ['INSURANCE_CLEAR', 'liquidation'],
    ['TRIAL_FUND', 'trial-fund'],
    ['ADL', 'auto-deleveraging'],
    ['SYSTEM_DEDUCTION', 'system-deduction'],
    ['GTD_PRICE', 'guaranteed-price'],
    ['A_WORD_OF_TOMORROW', 'A_WORD_OF_TOMORROW'],
  ])('calls ledger rows of %s %s, and asks for them by the word of BingX', (incomeType, type) => {
    const row = readOne('ledger', { ...publishedLedgerRows[0], incomeType })
    expect(row.type).toBe(type)
    expect(definitionOf('ledger').splits[0]?.of(row)).toBe(incomeType)
  })

  it('says which of the two lists of USDT-M fills a row is from', () => {
    const rows = [
      readOne('usdt-m', fill),
      readOne('usdt-m-orders', publishedOrderFills[0]),
      readOne('coin-m', publishedCoinFills[0]),
    ]
    const fills = bingx.streams.filter(({ stream }) => stream === 'futures-trade')
    expect(rows.map((row) => fills.flatMap((definition) => definition.partitionOf?.(row) ?? []))).toEqual([
      ['usdt-m'],
      ['usdt-m-orders'],
      ['coin-m'],
    ])
  })
})

describe('BingX, questions', () => {
  const ask = (part: Part, filters = {}) =>
    definitionOf(part).ask({ start: 1_700_000_000, end: 1_700_000_100, partition: '', filters })

  it('asks in milliseconds, for whole seconds', () => {
    expect(ask('spot', { symbol: '$U-USDT' })).toMatchObject({
      section: ['spot', 'v1'],
      path: 'trade/myTrades',
      params: { symbol: '$U-USDT', startTime: 1_700_000_000_000, endTime: 1_700_000_100_000, limit: 500 },
    })
    expect(ask('usdt-m').params).toEqual({
      startTs: 1_700_000_000_000,
      endTs: 1_700_000_100_000,
      pageIndex: 1,
      pageSize: 1_000,
    })
    expect(ask('usdt-m-orders').params).toMatchObject({ tradingUnit: 'COIN', startTs: 1_700_000_000_000 })
    expect(ask('coin-m', { orderId: '7' }).params).toEqual({ orderId: '7', pageIndex: 1, pageSize: 1_000 })
  })

  it('asks no more in one question than the seven or thirty days that are documented', () => {
    for (const { maxSpan, unit, partitions } of bingx.streams) {
      const days = (maxSpan + unit) / 86_400_000
      expect(days, partitions[0]).toBeLessThan(days > 7 ? 30 : 7)
    }
  })

  it('finds what a broken backend left out for three days', () => {
    expect(definitionOf('usdt-m').lookBack).toBe(3 * 86_400_000)
  })
})

describe('BingX, the powers of a key', () => {
  const { powers } = bingx
  const read = (answer: unknown) =>
    powers.by === 'list' ? powers.list.safeParse(answer) : { success: false, data: undefined }

  it('names what a list of numbers allows beyond reading', () => {
    expect(read({ permissions: [2], ipAddresses: [] }).data).toEqual([])
    expect(read({ permissions: ['2', '1', '3', '4', '5', '7'] }).data).toEqual([
      'spot-trade',
      'futures-trade',
      'transfer',
      'withdraw',
      'subaccount-transfer',
    ])
  })

  it('names what switches allow beyond reading', () => {
    const none = {
      enableReading: true,
      enableSpotAndMarginTrading: false,
      enableFutures: false,
      enableWithdrawals: false,
      permitsUniversalTransfer: false,
      ipRestrict: true,
    }
    expect(read(none).data).toEqual([])
    expect(read({ ...none, enableFutures: true, permitsUniversalTransfer: true }).data?.toSorted()).toEqual([
      'futures-trade',
      'transfer',
    ])
    expect(read({ ...none, enableWithdrawals: undefined }).success, 'a switch that is left out').toBe(false)
    expect(read({ ...none, enableSomethingElse: true }).success, 'a switch that nobody knows').toBe(false)
    expect(read({ ...none, enableSomethingElse: true, enableWithdrawals: true }).data).toEqual(['withdraw'])
  })

  it('concludes nothing from what is neither, or allows what nobody knows', () => {
    for (const odd of [undefined, null, {}, [], [2], { permissions: null }, { permissions: [2, 6] }])
      expect(read(odd).success, JSON.stringify(odd)).toBe(false)
    expect(read({ permissions: [2, 6, 5] }).data).toEqual(['withdraw'])
  })

  it('reads the uid of an account, however it is written', () => {
    const uidOf = (answer: unknown) => bingx.account?.id.safeParse(answer).data
    expect([uidOf({ uid: 16789087 }), uidOf({ uid: '16789087' }), uidOf({}), uidOf({ uid: '' })]).toEqual([
      '16789087',
      '16789087',
      undefined,
      undefined,
    ])
  })
})

describe('BingX, errors', () => {
  const meaningOf = (family: string, error: { status?: number; code?: string; words?: string }) => {
    const { status = 200, code, words = '' } = error
    return bingx.families[family]?.errors.find(
      (known) =>
        (known.status === undefined || known.status === status) &&
        (known.code === undefined || known.code === code) &&
        (known.text === undefined || known.text.test(words)),
    )?.means
  }

  it.each([
    ['100413', 'unauthorized'],
    ['100001', 'wrong-signature'],
    ['100412', 'wrong-signature'],
    ['100419', 'forbidden-ip'],
    ['100421', 'clock-skew'],
    ['100004', 'no-permission'],
    ['100403', 'not-served'],
    ['100410', 'rate-limited'],
    ['109429', 'rate-limited'],
    ['100414', 'account-restricted'],
    ['100441', 'account-restricted'],
    ['101484', 'account-restricted'],
    ['80014', 'out-of-range'],
    ['100204', 'out-of-range'],
    ['100400', 'rejected'],
    ['100404', 'rejected'],
    ['100490', 'rejected'],
    ['100500', 'exchange-down'],
    ['109500', 'exchange-down'],
    ['106551', 'exchange-down'],
  ])('takes %s for %s', (code, kind) => {
    expect(meaningOf('', { code })?.kind).toBe(kind)
    expect(meaningOf('bare', { code })?.kind).toBe(kind)
  })

  it('asks for less where the words of a bad parameter speak of time, and for nothing else', () => {
    const of = (words: string) => meaningOf('', { code: '109400', words })?.kind
    expect(of('The time range cannot exceed 7 days')).toBe('out-of-range')
    expect(of('startTs to endTs: max span is 7 days')).toBe('out-of-range')
    expect(of('Invalid parameters, err: Mandatory parameter symbol was not sent')).toBe('rejected')
  })

  it('takes a 403 for a ban of the address that lasts five minutes', () => {
    expect(meaningOf('', { status: 403 })).toEqual({
      kind: 'rate-limited',
      everybody: true,
      retryAfter: 300_000,
    })
  })

  it('does not send a reader to tick what would let the key trade', () => {
    expect(meaningOf('traders', { code: '100004' })?.kind).toBe('not-served')
    const asking = bingx.streams.filter(
      ({ ask }) => ask({ start: 1, end: 2, partition: '', filters: {} }).family === 'traders',
    )
    expect(asking.map(({ stream, partitions }) => [stream, partitions[0]])).toEqual([
      ['futures-trade', 'usdt-m-orders'],
      ['futures-ledger', 'usdt-m'],
    ])
    expect(bingx.sentences['not-served']).toContain('Leave trading unticked')
  })

  it('reads until when it is shut out from the words of the limit', () => {
    const text = bingx.families['']?.patience?.text
    const words =
      'code:100410:The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after 1730000300000'
    expect(text?.exec(words)?.[1]).toBe('1730000300000')
  })
})
