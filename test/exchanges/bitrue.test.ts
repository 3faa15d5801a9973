import { LosslessNumber, parse } from 'lossless-json'
import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../lambdas/domain/accounting.ts'
import { multiply } from '../../lambdas/domain/amount.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { futuresTellers, ledgerTimeOf } from '../../lambdas/domain/futures-money.ts'
import { silenceReasons } from '../../lambdas/domain/silence-words.ts'
import { definitionOf, isListed, type ListStream, type StreamKind } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { coinOf } from '../../lambdas/exchanges/bitrue/transfers.ts'
import {
  bitrueSamples,
  olderSpotFill,
  publishedDeposit,
  publishedForcedOrder,
  publishedFuturesFill,
  publishedSpotFill,
  publishedWalletTransfer,
  publishedWithdrawal,
} from './samples/bitrue.ts'

function listOf(kind: StreamKind, partition: string): ListStream {
  const kinds = bitrue.streams.filter(({ stream }) => stream === kind)
  const found = definitionOf(kinds, partition)
  if (found?.reads !== 'list') throw new Error(`no list ${kind} of ${partition}`)
  return found
}

/** Rows as JSON text through the production schema and normaliser. */
function read(kind: StreamKind, partition: string, text: string): readonly Transaction[] {
  const definition = listOf(kind, partition)
  const served = parse(text, undefined, (literal) =>
    /^(0|-?[1-9]\d{0,14})$/.test(literal) ? Number(literal) : new LosslessNumber(literal),
  )
  const { readable, unreadable } = definition.rows.parse(served)
  if (unreadable.length > 0) throw new Error('a row that cannot be read')
  return definition.normalise(readable, { partition, markets: bitrueSamples.markets })
}

const readOne = (kind: StreamKind, partition: string, row: object): Transaction => {
  const [transaction] = read(kind, partition, JSON.stringify([row]))
  if (transaction === undefined) throw new Error('nothing was made of the row')
  return transaction
}

describe('Bitrue, published examples', () => {
  it('reads a spot fill whose coins only the catalogue can tell, with the fee under the name that is really served', () => {
    const fill = readOne('spot-trade', 'EOSUSDT', publishedSpotFill)
    expect(fill).toMatchObject({
      stream: 'spot-trade',
      time: 1700117080000,
      identity: '101655008|479767730815549440|0.731|38.3',
      symbol: 'EOSUSDT',
      base: 'EOS',
      quote: 'USDT',
      side: 'buy',
      role: 'taker',
      price: '0.7310000000000000',
      amount: '38.3000000000000000',
      fee: '0.0274373540000000',
      feeCurrency: 'USDT',
      orderId: '479767730815549440',
      tradeId: '101655008',
    })
    // The fee of a buy, in the coin that was paid with.
    expect(multiply(multiply('0.731', '38.3'), '0.00098')).toBe('0.027437354')
  })

  it('reads ids beyond what JavaScript can hold, as text and as numbers', () => {
    const [fill] = read(
      'spot-trade',
      'EOSUSDT',
      '[{"symbol":"EOSUSDT","id":101655008,"tradeId":43369433661451234,"orderId":479767730815549441,"price":"0.731","qty":"38.3","commission":null,"time":1700117080000,"isBuyer":true}]',
    )
    expect(fill?.orderId).toBe('479767730815549441')
    expect(fill?.raw).toContain('"tradeId":43369433661451234,')
    const ways = listOf('spot-trade', 'EOSUSDT').waysBack
    expect(ways.map((way) => (way.by === 'id' && fill !== undefined ? way.idOf(fill) : way.by))).toEqual([
      'time',
      '101655008',
      '43369433661451234',
    ])
  })

  it('reads an older fill that tells no fee and no trade id', () => {
    const fill = readOne('spot-trade', 'USDCUSDT', olderSpotFill)
    expect(fill).toMatchObject({
      side: 'sell',
      price: '0.9996000000000000',
      time: 1635558511000,
      role: 'taker',
    })
    expect([fill.fee, fill.feeCurrency]).toEqual([undefined, undefined])
  })

  it('reads the fee under its documented name too, should Bitrue ever write it so', () => {
    const { commissionAssert, ...row } = publishedSpotFill
    expect(readOne('spot-trade', 'EOSUSDT', { ...row, commissionAsset: commissionAssert }).feeCurrency).toBe(
      'USDT',
    )
  })

  it('reads a futures fill in contracts and coins, with the order that was ours', () => {
    const fill = readOne('futures-trade', 'E-SAND-USDT', publishedFuturesFill)
    expect(fill).toMatchObject({
      time: 1678426306000,
      symbol: 'E-SAND-USDT',
      base: 'SAND',
      quote: 'USDT',
      side: 'buy',
      price: '0.9',
      contracts: '1',
      contractSize: '10',
      amount: '10',
      quoteAmount: '9',
      fee: '0.0018',
      feeCurrency: 'USDT',
      orderId: '1558124009467904992',
      tradeId: '12',
      account: 'usdt-m',
    })
    expect(fill.realizedPnl).toBeUndefined()
    expect(fill.position).toBeUndefined()
  })

  it('leaves no trace of whom was traded with, not even in what cannot be read', () => {
    const { bidUserId, askUserId } = publishedFuturesFill
    const { rows } = listOf('futures-trade', 'E-SAND-USDT')
    const raws = [
      publishedFuturesFill,
      { ...publishedFuturesFill, isBuyer: false },
      { ...publishedFuturesFill, isBuyer: 'perhaps' },
    ].map((row) => {
      const { readable, unreadable } = rows.parse([row])
      return JSON.stringify([readable, unreadable]).replaceAll('\\"', '"')
    })
    const has = (text: string) => raws.map((raw) => raw.includes(text))
    expect(has(`"bidUserId":${bidUserId}`)).toEqual([true, false, false])
    expect(has(`"askUserId":${askUserId}`)).toEqual([false, true, false])
    expect(has('"askId"')).toEqual([true, true, true])
  })

  it('takes an inverse contract for dollars: its amount in coins stays open, its fee is in the coin', () => {
    const fill = readOne('futures-trade', 'E-BTC-USD', { ...publishedFuturesFill, contractName: 'E-BTC-USD' })
    expect(fill).toMatchObject({
      base: 'BTC',
      quote: 'USD',
      contracts: '1',
      feeCurrency: 'BTC',
      account: 'coin-m',
    })
    expect([fill.amount, fill.contractSize]).toEqual([undefined, undefined])
  })

  it('reads a withdrawal by its coin and its chain', () => {
    expect(readOne('withdrawal', 'usdt', publishedWithdrawal)).toMatchObject({
      time: 1595336441000,
      identity: '183745',
      currency: 'USDT',
      network: 'ERC20',
      amount: '8.4000000000000000',
      fee: '1.6000000000000000',
      feeCurrency: 'USDT',
      status: 'cancelled',
    })
  })

  it('reads a transfer between wallets, which has no id, and tells two that are alike apart', () => {
    const text =
      '[{"transferType":"wallet_to_contract","symbol":"USDT","amount":566.0,"status":1,"ctime":1685562991000}]'
    const [transfer] = read('wallet-transfer', 'usdt-m-in', text)
    expect(transfer).toMatchObject({
      time: 1685562991000,
      account: 'usdt-m',
      type: 'in',
      currency: 'USDT',
      amount: '566.0',
      status: 'done',
      raw: text.slice(1, -1),
    })
    const twins = JSON.stringify([publishedWalletTransfer, publishedWalletTransfer])
    expect(new Set(read('wallet-transfer', 'usdt-m-in', twins).map(({ identity }) => identity)).size).toBe(2)
  })

  it('takes a transfer that both families show for one and the same, of the family that its coin is money of', () => {
    const of = (partition: string) => readOne('wallet-transfer', partition, publishedWalletTransfer)
    expect(of('coin-m-in')).toEqual(of('usdt-m-in'))
    const bitcoin = readOne('wallet-transfer', 'usdt-m-in', { ...publishedWalletTransfer, symbol: 'btc' })
    expect(bitcoin).toMatchObject({ account: 'coin-m', currency: 'BTC' })
  })

  it('calls a transfer between wallets done or failed where it says so, and otherwise under way', () => {
    const statusOf = (status: unknown) =>
      readOne('wallet-transfer', 'usdt-m-out', { ...publishedWalletTransfer, status }).status
    expect([0, 1, 2, 9, undefined].map(statusOf)).toEqual(['pending', 'done', 'failed', 'pending', 'pending'])
  })

  it('reads a transfer that says neither its state nor where it went: as pending, with nothing made up', () => {
    const { txid: _id, addressTo: _to, status: _state, ...deposit } = publishedDeposit
    const came = readOne('deposit', 'xrp', deposit)
    expect([came.stream === 'deposit' && came.status, 'txId' in came && came.txId]).toEqual([
      'pending',
      undefined,
    ])
    const { fee: _fee, status: _left, ...withdrawal } = publishedWithdrawal
    const went = readOne('withdrawal', 'usdc', withdrawal)
    expect(went).toMatchObject({ stream: 'withdrawal', status: 'pending' })
    expect('fee' in went ? went.fee : undefined).toBeUndefined()
    expect('feeCurrency' in went ? went.feeCurrency : undefined).toBeUndefined()
  })

  it('reads a deposit without id, whose fee is nothing, and tells two that are alike apart', () => {
    const deposits = read('deposit', 'xrp', JSON.stringify([publishedDeposit, publishedDeposit]))
    expect(deposits[0]).toMatchObject({
      time: 1548816979000,
      currency: 'XRP',
      amount: '261.3361000000000000',
      status: 'done',
      address: 'raLPjTYeGezfdb6crXZzcC8RkLBEwbBHJ5_18113641',
    })
    expect(new Set(deposits.map(({ identity }) => identity)).size).toBe(2)
  })

  it.each([
    ['usdt_erc20', 'usdt', { currency: 'USDT', network: 'ERC20' }],
    ['XRP', 'xrp', { currency: 'XRP' }],
    ['a_b_trc20', 'a_b', { currency: 'A_B', network: 'TRC20' }],
    // Somebody else's coin: the question was not heeded, and the row says so.
    ['usdc_erc20', 'usdt', { currency: 'USDC', network: 'ERC20' }],
  ])('knows the coin of %s, asked for %s', (symbol, partition, coin) => {
    expect(coinOf(symbol, partition)).toEqual(coin)
  })
})

describe('Bitrue, what is asked', () => {
  const spot = listOf('spot-trade', 'BTCUSDT')

  it('asks for the newest fills of a symbol without any filter of time, unless going back is tried', () => {
    const question = { partition: 'BTCUSDT', filters: {}, limit: 1000, skip: 0, page: 1 }
    expect(spot.ask(question).params).toEqual({ symbol: 'BTCUSDT', limit: 1000 })
    expect(spot.ask({ ...question, until: 1700000000000 }).params).toEqual({
      symbol: 'BTCUSDT',
      limit: 1000,
      endTime: 1700000000000,
    })
    expect(spot.ask({ ...question, fromId: '43369433661451234' }).params.fromId).toBe('43369433661451234')
  })

  it('asks each family for its own contracts, also for those that no catalogue lists any more', () => {
    const families = ['E-SAND-USDT', 'E-SOL-USDC', 'E-GONE-USDT', 'E-BTC-USD'].map((contract) => {
      const { ask } = listOf('futures-trade', contract)
      return ask({ partition: contract, filters: {}, limit: 1000, skip: 0, page: 1 }).section
    })
    expect(families).toEqual([
      ['fapi', 'v2'],
      ['fapi', 'v2'],
      ['fapi', 'v2'],
      ['dapi', 'v2'],
    ])
  })

  it('is led to symbols by a coin that is held: those that are listed, or those that may have been', () => {
    if (!isListed(spot.partitions)) throw new Error('symbols come from the catalogue')
    const suggested = (coin: string) =>
      isListed(spot.partitions) ? spot.partitions.suggestedBy({ coin }, bitrueSamples.markets) : []
    expect(suggested('eos')).toEqual(['EOSUSDT'])
    expect(suggested('gone')).toEqual(['GONEUSDT'])
    expect(suggested('usdt')).toEqual([])
    expect(spot.partitions.suggestedBy({ symbol: 'xrpusdt' }, bitrueSamples.markets)).toEqual(['XRPUSDT'])
  })

  it('reads what the spot market allows in each spelling that was seen, and holds on to the least where it reads none', () => {
    const read = (rateLimits: unknown) => bitrue.toldLimits?.limits.safeParse({ rateLimits }).data
    const weight = (interval: string, limit: unknown) => [
      { rateLimitType: 'ORDERS', interval: 'SECONDS', limit: 10 },
      { rateLimitType: 'REQUESTS_WEIGHT', interval, limit },
    ]
    expect(read(weight('MINUTES', 25_000))).toMatchObject([{ id: 'spot-weight', calls: 25_000, per: 60_000 }])
    expect(read(weight('MINUTE', 1_200))).toMatchObject([{ calls: 1_200, per: 60_000 }])
    expect(read(weight('FORTNIGHT', 7))).toEqual([])
    expect(read(weight('MINUTES', 0))).toEqual([])
    expect(read(undefined)).toBeUndefined()
  })

  it('reads what is held of each coin, in capitals whatever case Bitrue writes it in', () => {
    const read = bitrue.holdings?.coins.parse({
      canTrade: true,
      balances: [
        { asset: 'usdt', free: '1.50', locked: '0' },
        { asset: 'XRP', free: '3', locked: '2' },
      ],
    })
    expect(read).toEqual({ USDT: '1.50 0', XRP: '3 2' })
  })
})

describe('Bitrue, how fast it is asked', () => {
  const paceOf = (kind: StreamKind, partition: string) => {
    const { ask } = listOf(kind, partition)
    return ask({ partition, filters: {}, limit: 1, skip: 0, page: 1 })
  }

  it('is no faster for transfers than 3,000 an hour of each user, deposits and withdrawals together', () => {
    const [deposits, withdrawals] = [paceOf('deposit', 'usdt'), paceOf('withdrawal', 'usdt')]
    expect(deposits.rate).toEqual(withdrawals.rate)
    const { calls, per, scope } = deposits.rate
    expect((calls * 3_600_000) / per).toBeLessThanOrEqual(3_000)
    // However many workers share an hour: each begins with no more than this.
    expect(calls).toBeLessThanOrEqual(10)
    expect(scope).toBe('account')
  })

  it('is by what each question weighs of the least that an address was ever allowed', () => {
    expect(paceOf('spot-trade', 'BTCUSDT')).toMatchObject({
      weight: 5,
      pools: [{ id: 'spot-weight', calls: 1_200, per: 60_000, scope: 'address' }],
    })
    expect(paceOf('deposit', 'usdt').pools).toEqual(paceOf('spot-trade', 'BTCUSDT').pools)
  })
})

describe('Bitrue, forced orders', () => {
  const text = JSON.stringify([publishedForcedOrder]).replace('"1690600111070971191"', '1690600111070971191')

  it('are read in contracts and coins, with what they realised, by the clock of the house', () => {
    const [order] = read('forced-order', 'E-BTC-USDT', text)
    expect(order).toMatchObject({
      stream: 'forced-order',
      time: Date.UTC(2023, 5, 13, 12, 55, 51),
      identity: '1690600111070971191|25878.61801778723',
      symbol: 'E-BTC-USDT',
      base: 'BTC',
      quote: 'USDT',
      side: 'sell',
      position: 'close',
      price: '25878.61801779',
      contracts: '357',
      quoteAmount: '923.8666632350041',
      fee: '0',
      feeCurrency: 'USDT',
      realizedPnl: '-44.21710198209588',
      currency: 'USDT',
      orderId: '1690600111070971191',
      account: 'usdt-m',
      raw: text.slice(1, -1),
    })
    expect(order?.status).toBeUndefined()
    expect(multiply(multiply('357', '25878.61801779'), '0.0001')).toBe('923.866663235103')
  })

  it('of a contract that settles in the coin tell fee and profit in it', () => {
    const order = readOne('forced-order', 'E-BTC-USD', publishedForcedOrder)
    expect([order.currency, order.feeCurrency, order.account]).toEqual(['BTC', 'BTC', 'coin-m'])
    expect([order.quoteAmount, order.raw.includes('"dealMoney":923.8666632350041')]).toEqual([
      undefined,
      true,
    ])
  })

  it('are read as what they say where they say hardly anything, as the table of fields would have it', () => {
    const { id, ctime } = publishedForcedOrder
    const order = readOne('forced-order', 'E-BTC-USDT', { id, ctime, closeVolume: 3, side: null })
    expect([order.side, order.position, order.contracts, order.fee, order.feeCurrency]).toEqual(
      Array.from({ length: 5 }),
    )
  })

  it('leave no trace of whom a position copied', () => {
    const row = {
      ...publishedForcedOrder,
      coPositionExt: { positionId: 7, copyTraderUid: 991, shareTraderUid: 992 },
    }
    expect(readOne('forced-order', 'E-BTC-USDT', row).raw).not.toMatch(/99[12]/)
    expect(readOne('forced-order', 'E-BTC-USDT', row).raw).toContain('"positionId":7')
  })

  it('move no money in any export, whether their fills are told or not, and it is said why', () => {
    const order = readOne('forced-order', 'E-BTC-USDT', publishedForcedOrder)
    const tellers = futuresTellers(ledgerTimeOf([]), [])
    expect(meaningOf({ id: 'c', exchange: 'bitrue', subaccount: '' }, order, tellers)).toEqual({
      events: [],
      silence: 'listed-apart',
    })
    expect(silenceReasons['listed-apart']).toMatch(/in no sum here/)
    const [said] = bitrue.absent.filter((history) => /^Fills of forced orders/.test(history))
    expect(said).toMatch(/which nothing confirms.*no export takes money from them/)
  })
})

describe('Bitrue, what exports book', () => {
  it('is the fee of a futures fill, and no profit that nobody served, which counts as unclear', () => {
    const fill = readOne('futures-trade', 'E-SAND-USDT', publishedFuturesFill)
    const known = { ...noCoverage('futures-trade', 'E-SAND-USDT'), covered: [{ from: 0, to: 2e12 }] }
    const tellers = futuresTellers(ledgerTimeOf([known]), [])
    const { events, silence } = meaningOf({ id: 'c', exchange: 'bitrue', subaccount: '' }, fill, tellers)
    expect(events).toMatchObject([
      { kind: 'loss', cause: 'commission', sent: { amount: '0.0018', coin: 'USDT' }, wallet: 'usdt-m' },
    ])
    expect(silence).toBe('unclear')
    expect(bitrue.absent.join(' ')).toMatch(/Profit and loss of futures is not imported/)
  })

  it('is a spot fill with the amount of the quote coin that its row does not tell, exactly', () => {
    const fill = readOne('spot-trade', 'EOSUSDT', publishedSpotFill)
    const tellers = futuresTellers(ledgerTimeOf([]), [])
    expect(meaningOf({ id: 'c', exchange: 'bitrue', subaccount: '' }, fill, tellers).events).toMatchObject([
      {
        kind: 'trade',
        sent: { amount: '27.9973', coin: 'USDT' },
        received: { amount: '38.3000000000000000', coin: 'EOS' },
        fee: { amount: '0.0274373540000000', coin: 'USDT' },
      },
    ])
  })
})
