import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesOf, meaningOf, totals } from '../../lambdas/domain/accounting.ts'
import { add, isZero, multiply, negate, openSum, plain, sign } from '../../lambdas/domain/amount.ts'
import { type FuturesTellers, ledgerTellsAll } from '../../lambdas/domain/futures-money.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'

const origin = { id: 'c1', exchange: 'bitmart', subaccount: '' }
const base: Transaction = { stream: 'spot-trade', time: 1_000, identity: 'i', raw: '{}' }

function eventsOf(more: Partial<Transaction>, tellers: FuturesTellers = ledgerTellsAll) {
  const { events, silence } = meaningOf(origin, { ...base, ...more }, tellers)
  const told = events.map(({ origin: _origin, transaction: _transaction, ...event }) => event)
  return silence === undefined ? told : [...told, silence]
}

const fill: Partial<Transaction> = {
  base: 'ADA',
  quote: 'USDT',
  side: 'buy',
  price: '0.245948',
  amount: '20.71',
  quoteAmount: '5.09358308',
  fee: '0.00509358',
  feeCurrency: 'USDT',
}

describe('what a spot fill means', () => {
  it('is a trade with its fee in its own coin, the other way round when it sells', () => {
    expect(eventsOf(fill)).toEqual([
      {
        kind: 'trade',
        wallet: 'spot',
        received: { amount: '20.71', coin: 'ADA' },
        sent: { amount: '5.09358308', coin: 'USDT' },
        fee: { amount: '0.00509358', coin: 'USDT' },
      },
    ])
    expect(eventsOf({ ...fill, side: 'sell', feeCurrency: 'BMX' })).toMatchObject([
      { received: { coin: 'USDT' }, sent: { coin: 'ADA' }, fee: { amount: '0.00509358', coin: 'BMX' } },
    ])
  })

  it('has the product of price and amount where the exchange does not tell it', () => {
    expect(eventsOf({ ...fill, quoteAmount: undefined })).toMatchObject([{ sent: { amount: '5.09358308' } }])
  })

  it('gains a rebate when the fee is negative, and has no fee when it is zero', () => {
    expect(eventsOf({ ...fill, fee: '-0.5' })).toMatchObject([
      { kind: 'trade' },
      { kind: 'gain', cause: 'rebate', received: { amount: '0.5', coin: 'USDT' } },
    ])
    expect(eventsOf({ ...fill, fee: '-0.5' })[0]).not.toHaveProperty('fee')
    expect(eventsOf({ ...fill, fee: '0E-8' })[0]).not.toHaveProperty('fee')
  })

  it('is told as what it moved when one side was rounded to nothing, with its fee', () => {
    expect(eventsOf({ ...fill, quoteAmount: '0.00' })).toMatchObject([
      { kind: 'gain', received: { coin: 'ADA' } },
      { kind: 'loss', cause: 'commission', sent: { amount: '0.00509358', coin: 'USDT' } },
    ])
    expect(eventsOf({ ...fill, amount: '0', quoteAmount: '0', fee: undefined })).toEqual(['zero'])
  })

  it('says so when nobody knows the coins', () => {
    expect(eventsOf({ ...fill, base: undefined })).toEqual(['unclear'])
    expect(eventsOf({ ...fill, feeCurrency: undefined })).toMatchObject([{ kind: 'trade' }, 'unclear'])
  })

  it.each([
    ['the price', { price: undefined, quoteAmount: undefined }],
    ['the amount', { amount: undefined, quoteAmount: undefined }],
    ['the amount of one side', { amount: undefined }],
    ['a coin', { base: undefined }],
    ['the other coin', { quote: undefined }],
    ['the side', { side: undefined }],
  ])('is unclear where nobody tells %s', (_what, change) => {
    expect(eventsOf({ ...fill, ...change })).toEqual(['unclear'])
  })

  it('is a loss when what was bought was rounded to nothing, and a fee alone when both sides were', () => {
    expect(eventsOf({ ...fill, amount: '0', fee: undefined })).toEqual([
      { kind: 'loss', cause: 'other', wallet: 'spot', sent: { amount: '5.09358308', coin: 'USDT' } },
    ])
    const nothing = { ...fill, amount: '0', quoteAmount: '0.00' }
    expect(eventsOf(nothing)).toEqual([
      { kind: 'loss', cause: 'commission', wallet: 'spot', sent: { amount: '0.00509358', coin: 'USDT' } },
    ])
    expect(eventsOf({ ...nothing, fee: '0' })).toEqual(['zero'])
    expect(eventsOf({ ...nothing, feeCurrency: undefined })).toEqual(['unclear'])
  })
})

describe('a fill of isolated margin', () => {
  it('trades with the money of its own wallet, which the spot wallet does not hold, its fee and rebate too', () => {
    const margin = { ...fill, orderMode: 'iso_margin' }
    for (const fee of ['0.00509358', '-0.5'])
      for (const event of meaningOf(origin, { ...base, ...margin, fee }, ledgerTellsAll).events)
        expect(event.wallet).toBe('iso_margin')
    expect(eventsOf({ ...fill, orderMode: 'spot' })).toEqual(eventsOf(fill))
  })
})

describe('what futures mean', () => {
  it('is profit, loss, funding and fees in the settlement coin, from the ledger', () => {
    const row = { stream: 'futures-ledger' as const, currency: 'USDT', account: 'futures' }
    const entry = (type: string, amount: string) => eventsOf({ ...row, type, amount })
    expect(entry('realized-pnl', '12.50')).toMatchObject([
      { kind: 'gain', cause: 'realized-pnl', received: { amount: '12.50', coin: 'USDT' }, wallet: 'futures' },
    ])
    expect(entry('funding', '-0.00008253')).toMatchObject([
      { kind: 'loss', cause: 'funding', sent: { amount: '0.00008253', coin: 'USDT' } },
    ])
    expect(entry('commission', '-1')).toMatchObject([{ kind: 'loss', cause: 'commission' }])
    expect(entry('flow-type-9', '1')).toMatchObject([{ kind: 'gain', cause: 'other' }])
    expect(entry('funding', '-0.000')).toEqual(['zero'])
  })

  it('is what came or went where the exchange has a word for it that says no more, and is told by that word', () => {
    const row = {
      ...base,
      stream: 'futures-ledger' as const,
      currency: 'USDT',
      account: 'usdt-m',
      amount: '-3',
    }
    for (const type of ['trial-fund', 'auto-deleveraging', 'system-deduction', 'guaranteed-price']) {
      const { events } = meaningOf(origin, { ...row, type }, ledgerTellsAll)
      expect(events).toMatchObject([{ kind: 'loss', cause: 'other', sent: { amount: '3', coin: 'USDT' } }])
      expect(events[0]?.transaction.type).toBe(type)
    }
  })

  it('moves money between the parts of the account, and never in or out', () => {
    const row = {
      stream: 'futures-ledger' as const,
      currency: 'USDT',
      account: 'copy_trading',
      type: 'transfer',
    }
    expect(eventsOf({ ...row, amount: '100' })).toMatchObject([
      { kind: 'move', from: 'spot', to: 'copy_trading', moved: { amount: '100', coin: 'USDT' } },
    ])
    expect(eventsOf({ ...row, amount: '-100' })).toMatchObject([{ from: 'copy_trading', to: 'spot' }])
  })

  it('is not told a second time by fills', () => {
    expect(eventsOf({ stream: 'futures-trade', realizedPnl: '5', fee: '1', feeCurrency: 'USDT' })).toEqual([
      'told-by-ledger',
    ])
  })

  it('is unclear where nobody tells how much it was, or of which coin', () => {
    const row = { stream: 'futures-ledger', currency: 'USDT', type: 'funding', amount: '1' } as const
    expect(eventsOf({ ...row, amount: undefined })).toEqual(['unclear'])
    expect(eventsOf({ ...row, currency: undefined })).toEqual(['unclear'])
    expect(eventsOf({ ...row, account: undefined, type: undefined })).toMatchObject([
      { kind: 'gain', cause: 'other', wallet: 'futures' },
    ])
  })
})

describe('what a transfer means', () => {
  const transfer = { currency: 'BMX', amount: '59.000000000000', fee: '1.000000000000', feeCurrency: 'BMX' }

  it('is money that left with its fee on top, or what arrived, once it is done', () => {
    expect(eventsOf({ ...transfer, stream: 'withdrawal', status: 'done' })).toEqual([
      {
        kind: 'withdrawal',
        wallet: 'spot',
        sent: { amount: '59.000000000000', coin: 'BMX' },
        fee: { amount: '1.000000000000', coin: 'BMX' },
      },
    ])
    expect(eventsOf({ ...transfer, stream: 'deposit', status: 'done' })).toEqual([
      { kind: 'deposit', wallet: 'spot', received: { amount: '59.000000000000', coin: 'BMX' } },
    ])
  })

  it('gives back what a negative fee is, and says so when nobody knows its coin or its direction', () => {
    const withdrawal = { ...transfer, stream: 'withdrawal' as const, status: 'done' as const }
    expect(eventsOf({ ...withdrawal, fee: '-0.5' })).toMatchObject([
      { kind: 'withdrawal', sent: { amount: '59.000000000000' } },
      { kind: 'gain', cause: 'rebate', received: { amount: '0.5', coin: 'BMX' } },
    ])
    expect(eventsOf({ ...withdrawal, feeCurrency: undefined })).toMatchObject([
      { kind: 'withdrawal' },
      'unclear',
    ])
    expect(eventsOf({ ...withdrawal, amount: '-1' })).toEqual(['unclear'])
    expect(eventsOf({ ...fill, amount: '-1' })).toEqual(['unclear'])
  })

  it('is nothing while it is pending, and when it was cancelled or failed', () => {
    for (const stream of ['withdrawal', 'deposit'] as const) {
      expect(eventsOf({ ...transfer, stream, status: 'pending' })).toEqual(['unfinished'])
      expect(eventsOf({ ...transfer, stream, status: 'cancelled' })).toEqual(['cancelled'])
      expect(eventsOf({ ...transfer, stream, status: 'failed' })).toEqual(['cancelled'])
    }
  })

  it('is its fee alone when nothing arrived, and nothing without one', () => {
    const withdrawal = { ...transfer, stream: 'withdrawal', status: 'done', amount: '0.000' } as const
    expect(eventsOf(withdrawal)).toEqual([
      { kind: 'loss', cause: 'commission', wallet: 'spot', sent: { amount: '1.000000000000', coin: 'BMX' } },
    ])
    expect(eventsOf({ ...withdrawal, fee: undefined })).toEqual(['zero'])
    expect(eventsOf({ ...withdrawal, feeCurrency: undefined })).toEqual(['unclear'])
    expect(eventsOf({ ...withdrawal, stream: 'deposit' })).toEqual(['zero'])
  })
})

describe('what events do to balances', () => {
  it('adds up exactly, by wallet and coin, and what comes to nothing is gone', () => {
    const rows: Partial<Transaction>[] = [
      { stream: 'deposit', status: 'done', currency: 'USDT', amount: '0.1' },
      { stream: 'deposit', status: 'done', currency: 'USDT', amount: '0.2' },
      { stream: 'futures-ledger', currency: 'USDT', account: 'futures', type: 'transfer', amount: '0.3' },
      { stream: 'futures-ledger', currency: 'USDT', account: 'futures', type: 'commission', amount: '-0.1' },
    ]
    const changes = rows.flatMap((row) =>
      meaningOf(origin, { ...base, ...row }, ledgerTellsAll).events.flatMap(changesOf),
    )
    expect([...totals(changes).values()]).toEqual([{ wallet: 'futures', coin: 'USDT', amount: '0.2' }])
  })

  it('takes what was sent and the fee, each from its own coin, and adds what was received', () => {
    const changes = (row: Partial<Transaction>) =>
      meaningOf(origin, { ...base, ...row }, ledgerTellsAll).events.flatMap(changesOf)
    const spot = (coin: string, amount: string) => ({ wallet: 'spot', coin, amount })
    const [bought, paid, fee] = [
      spot('ADA', '20.71'),
      spot('USDT', '-5.09358308'),
      spot('BMX', '-0.00509358'),
    ]
    expect(changes({ ...fill, feeCurrency: 'BMX' })).toEqual([bought, paid, fee])
    expect(changes({ ...fill, fee: undefined })).toEqual([bought, paid])
    const withdrawal = { stream: 'withdrawal', status: 'done', currency: 'BMX', amount: '59' } as const
    expect(changes({ ...withdrawal, fee: '1', feeCurrency: 'BMX' })).toEqual([
      spot('BMX', '-59'),
      spot('BMX', '-1'),
    ])
    expect(changes(withdrawal)).toEqual([spot('BMX', '-59')])
  })
})

describe('amounts', () => {
  it('are plain text, letter by letter where they were, and exact sums', () => {
    expect(plain('5.0900')).toBe('5.0900')
    expect([plain('1e-8'), plain('+1.5E3'), plain('.5'), plain('5.')]).toEqual([
      '0.00000001',
      '1500',
      '0.5',
      '5',
    ])
    expect([negate('1e-8'), negate('-2.50')]).toEqual(['-0.00000001', '2.50'])
    expect(['0', '0.000', '-0', '0e9', '1e-9'].map(isZero)).toEqual([true, true, true, true, false])
    expect(['-0.0', '-3', '3', '+3'].map(sign)).toEqual([0, -1, 1, 1])
  })

  it('may carry a plus sign, wherever they stand in a sum or product', () => {
    expect([multiply('+2', '+1.5'), multiply('2', '+1.5'), add('1', '+0.5')]).toEqual(['3', '3', '1.5'])
  })

  it('lose no digit in a sum', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 30 }))
      .map(([digits, scale]) => `${digits}e-${scale}`)
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(isZero(add(add(a, b), negate(add(b, a))))).toBe(true)
        expect(sign(add(plain(a), negate(a)))).toBe(0)
      }),
    )
  })

  it('come to the same total however many are added up, by integers or by decimals', () => {
    const amount = fc.oneof(
      fc
        .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 24 }))
        .map(([digits, scale]) => plain(`${digits}e-${scale}`)),
      fc.constantFrom('0', '-0.00', '+1.50', '1E+6', '.5', '-0.000001'),
    )
    fc.assert(
      fc.property(amount, fc.array(amount), (begin, amounts) => {
        const sum = openSum(begin)
        for (const one of amounts) sum.add(one)
        expect(sum.total()).toBe(amounts.reduce(add, add(begin, '0')))
      }),
    )
  })
})

describe('what a transfer between wallets means', () => {
  const transfer: Partial<Transaction> = {
    stream: 'wallet-transfer',
    account: 'usdt-m',
    type: 'in',
    currency: 'USDT',
    amount: '566.0',
    status: 'done',
  }

  it('moves money within the account, into the wallet that it names or out of it', () => {
    const moved = { amount: '566.0', coin: 'USDT' }
    expect(eventsOf(transfer)).toEqual([
      { kind: 'move', wallet: 'usdt-m', moved, from: 'spot', to: 'usdt-m' },
    ])
    expect(eventsOf({ ...transfer, type: 'out' })).toMatchObject([{ from: 'usdt-m', to: 'spot' }])
  })

  it('changes no coin of the whole account, whichever way it goes', () => {
    for (const type of ['in', 'out']) {
      const { events } = meaningOf(origin, { ...base, ...transfer, type }, ledgerTellsAll)
      const whole = events.flatMap(changesOf).map((change) => ({ ...change, wallet: 'all' }))
      expect([...totals(whole).values()]).toEqual([])
    }
  })

  it('is silent where it did not happen, moved nothing, or nobody says what it moved', () => {
    expect(eventsOf({ ...transfer, status: 'failed' })).toEqual(['cancelled'])
    expect(eventsOf({ ...transfer, status: 'pending' })).toEqual(['unfinished'])
    // It may have been finished long ago: that it was not is nobody's word.
    expect(eventsOf({ ...transfer, status: undefined })).toEqual(['untold'])
    expect(eventsOf({ ...transfer, amount: '0.0' })).toEqual(['zero'])
    for (const gone of ['amount', 'currency', 'account', 'type'])
      expect(eventsOf({ ...transfer, [gone]: undefined }), gone).toEqual(['unclear'])
    expect(eventsOf({ ...transfer, amount: '-1' })).toEqual(['unclear'])
    expect(eventsOf({ ...transfer, type: 'sideways' })).toEqual(['unclear'])
  })
})

describe('what a row of the spot ledger means', () => {
  const change: Partial<Transaction> = { stream: 'spot-ledger', currency: 'USDT', amount: '1.5' }
  const received = { amount: '1.5', coin: 'USDT' }

  it('is income where it is interest or an airdrop, and what is taken back of it a loss', () => {
    expect(eventsOf({ ...change, account: 'Earn', type: 'earn-income' })).toEqual([
      { kind: 'gain', wallet: 'earn', cause: 'interest', received },
    ])
    expect(eventsOf({ ...change, type: 'airdrop' })).toEqual([
      { kind: 'gain', wallet: 'spot', cause: 'airdrop', received },
    ])
    expect(eventsOf({ ...change, amount: '-1.5', type: 'airdrop' })).toEqual([
      { kind: 'loss', wallet: 'spot', cause: 'airdrop', sent: received },
    ])
  })

  it('is a deposit or a withdrawal where no history of transfers tells it', () => {
    expect(eventsOf({ ...change, type: 'deposit' })).toEqual([{ kind: 'deposit', wallet: 'spot', received }])
    expect(eventsOf({ ...change, amount: '-1.5', type: 'withdrawal' })).toEqual([
      { kind: 'withdrawal', wallet: 'spot', sent: received },
    ])
  })

  it('is one side of a transfer: both sides leave nothing between the wallets', () => {
    const sides = [
      { ...change, account: 'Spot', amount: '-1.5', type: 'earn-move' },
      { ...change, account: 'Earn', amount: '1.5', type: 'earn-move' },
    ]
    const changes = sides.flatMap((side) =>
      meaningOf(origin, { ...base, ...side }, ledgerTellsAll).events.flatMap(changesOf),
    )
    expect([...totals(changes).values()]).toEqual([
      { wallet: 'spot', coin: 'USDT', amount: '-1.5' },
      { wallet: 'earn', coin: 'USDT', amount: '1.5' },
    ])
  })

  it('is a trade where one coin became one other, and a side by itself where nobody can tell which', () => {
    const one = { base: 'BTC', quote: 'USDT', side: 'buy', amount: '0.1', quoteAmount: '100' } as const
    expect(eventsOf({ ...one, stream: 'spot-ledger', type: 'convert' })).toMatchObject([
      { kind: 'trade', received: { amount: '0.1', coin: 'BTC' }, sent: { amount: '100', coin: 'USDT' } },
    ])
    for (const type of ['convert', 'dust'])
      expect(eventsOf({ ...change, amount: '-1.5', type })).toMatchObject([
        { kind: 'loss', cause: 'conversion' },
      ])
  })

  it('is silent where it was only set aside, moved nothing, or may be told by another row', () => {
    expect(eventsOf({ ...change, type: 'frozen' })).toEqual(['held'])
    expect(eventsOf({ ...change, amount: '0.00', type: 'airdrop' })).toEqual(['zero'])
    for (const type of ['trade', 'trade-fee', 'powerdog', undefined])
      expect(eventsOf({ ...change, type }), type).toEqual(['unclear'])
    for (const gone of ['amount', 'currency'])
      expect(eventsOf({ ...change, type: 'airdrop', [gone]: undefined }), gone).toEqual(['unclear'])
  })
})

describe('what a row of the futures ledger means that a file tells', () => {
  it('counts, also where fills tell profit and fees: those that they tell were left out when it was merged', () => {
    const fillsTell: FuturesTellers = {
      ofFill: () => ({ profit: true, fee: true }),
      ofRow: () => false,
      mayBeTwice: () => false,
    }
    const profit = { stream: 'futures-ledger', type: 'realized-pnl', currency: 'USDT', amount: '2' } as const
    expect(eventsOf(profit, fillsTell)).toEqual(['told-by-fill'])
    expect(eventsOf({ ...profit, source: 'file', precision: 1_000 }, fillsTell)).toMatchObject([
      { kind: 'gain', cause: 'realized-pnl' },
    ])
  })
})

describe('what a closed futures position means', () => {
  const position: Partial<Transaction> = {
    stream: 'futures-position',
    base: 'LUNA',
    currency: 'USDT',
    realizedPnl: '11.649312',
    fee: '0.09',
  }

  it('is its profit or loss before fees, and its fee, in the coin that it settles in', () => {
    expect(eventsOf(position)).toEqual([
      {
        kind: 'gain',
        wallet: 'futures',
        cause: 'realized-pnl',
        received: { amount: '11.649312', coin: 'USDT' },
      },
      { kind: 'loss', wallet: 'futures', cause: 'commission', sent: { amount: '0.09', coin: 'USDT' } },
    ])
    expect(eventsOf({ ...position, realizedPnl: '-2', fee: '0' })).toMatchObject([{ kind: 'loss' }])
    expect(eventsOf({ ...position, currency: undefined, quote: 'USDC', fee: '0' })).toMatchObject([
      { received: { coin: 'USDC' } },
    ])
  })

  it('tells what it can, and that it is not all where a coin or the profit is not told', () => {
    expect(eventsOf({ ...position, currency: undefined })).toEqual(['unclear'])
    expect(eventsOf({ ...position, currency: undefined, feeCurrency: 'USDT' })).toMatchObject([
      { cause: 'commission' },
      'unclear',
    ])
    expect(eventsOf({ ...position, realizedPnl: undefined })).toMatchObject([
      { cause: 'commission' },
      'unclear',
    ])
    expect(eventsOf({ ...position, realizedPnl: '0.0', fee: '0' })).toEqual(['zero'])
  })
})
