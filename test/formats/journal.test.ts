import { text } from 'node:stream/consumers'
import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountNames, ExportRow } from '../../lambdas/domain/export-format.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { beancount, readableParts } from '../../lambdas/formats/beancount.ts'
import { hledger } from '../../lambdas/formats/hledger.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { beancountCommodity } from '../../lambdas/formats/journal-beancount-names.ts'
import { quotedCommodity } from '../../lambdas/formats/journal-ledger-syntax.ts'
import { ledger } from '../../lambdas/formats/ledger.ts'
import type { SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import { generateTransfers } from '../../local/simulated-bitmart/transfers.ts'
import { written } from './input.ts'
import { inputOf, nothing, origin, rowsOf, spotFill } from './journal-account.ts'
import { meant } from './meant.ts'

const formats = [hledger, ledger, beancount]
const start = Date.UTC(2026, 0, 5, 12)

/** What `rows` become, in every format. */
function each(rows: readonly ExportRow[], accounts: AccountNames = defaultAccounts): Promise<string[]> {
  return Promise.all(formats.map((format) => text(written(format, inputOf(rows, { accounts })))))
}

const posting = /^ {4}(\S.*?) {2,}(-?\d+(?:\.\d+)?) ("[^"]*"|\S+)(?: @@ (\d+(?:\.\d+)?) ("[^"]*"|\S+))?$/

/** The postings of each transaction, read from the text alone. */
function transactionsOf(journal: string) {
  return journal
    .split('\n\n')
    .filter((part) => /^\d{4}-\d\d-\d\d \*/.test(part))
    .map((part) => ({
      text: part,
      postings: part.split('\n').flatMap((line) => {
        const [match, account = '', amount = '', coin = '', total, totalCoin] = posting.exec(line) ?? []
        return match === undefined ? [] : [{ account, amount, coin, total, totalCoin }]
      }),
    }))
}

/** Each coin of a transaction with what is left of it: a priced posting weighs what it cost. */
function residue(postings: ReturnType<typeof transactionsOf>[number]['postings']): Record<string, string> {
  const sums = new Map<string, Big>()
  for (const { amount, coin, total, totalCoin } of postings) {
    const cost = total !== undefined && amount.startsWith('-') ? `-${total}` : total
    const [weight, unit] = cost === undefined ? [amount, coin] : [cost, totalCoin ?? '']
    sums.set(unit, (sums.get(unit) ?? new Big(0)).plus(weight))
  }
  return Object.fromEntries([...sums].map(([coin, sum]) => [coin, sum.toFixed()]))
}

const coin = fc.oneof(
  fc.constantFrom('BTC', 'USDT', '1INCH', 'X1INCH', '$PAC', 'usdk', 'USDk', 'BMX', 'AUTO', 's', 'T', 'TRUE'),
  fc.string({ minLength: 1, maxLength: 40 }),
)

const unsigned = fc.oneof(
  fc.stringMatching(/^\d{1,30}(\.\d{1,30})?$/),
  fc.constantFrom('0', '0.000', '1e-8', '1E-18', '5', '.5', '5.', '+2', '1e30', '0.10000'),
)

const signed = fc
  .tuple(fc.constantFrom('', '-'), unsigned)
  .map(([sign, amount]) => (amount.startsWith('+') ? amount : `${sign}${amount}`))

const arbitraryTransaction: fc.Arbitrary<Transaction> = fc
  .oneof(
    fc.record({
      stream: fc.constant('spot-trade' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      base: coin,
      quote: coin,
      amount: unsigned,
      quoteAmount: unsigned,
      fee: signed,
      feeCurrency: coin,
    }),
    fc.record({
      stream: fc.constant('futures-ledger' as const),
      amount: signed,
      currency: coin,
      type: fc.constantFrom(
        'transfer',
        'realized-pnl',
        'funding',
        'commission',
        'liquidation',
        'flow-type-9',
      ),
      account: fc.constantFrom('futures', 'copy_trading'),
    }),
    fc.record({
      stream: fc.constantFrom('withdrawal' as const, 'deposit' as const),
      amount: unsigned,
      fee: unsigned,
      currency: coin,
      status: fc.constantFrom('done' as const, 'pending' as const, 'cancelled' as const),
    }),
  )
  .map(
    (row): Transaction => ({
      ...row,
      ...('currency' in row && 'fee' in row && { feeCurrency: row.currency }),
      time: start,
      identity: '1',
      raw: '{}',
    }),
  )

describe('a journal', () => {
  it('balances to the last digit in each transaction, whatever the rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryTransaction, { maxLength: 8 }), async (transactions) => {
        const rows = transactions.map((transaction) => meant({ origin, transaction }))
        const events = rows.flatMap(({ meaning }) => meaning.events)
        for (const journal of await each(rows)) {
          const written = transactionsOf(journal)
          expect(written.length).toBe(events.length)
          for (const { postings } of written) {
            expect(postings.length).toBeGreaterThanOrEqual(2)
            expect(Object.values(residue(postings)).filter((left) => left !== '0')).toEqual([])
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('changes the wallets by exactly what was received, sent and paid', async () => {
    const fill = spotFill(0, {
      size: '1e-8',
      notional: '30.000000000000000000000000000001',
      fee: '0.5',
      feeCoinName: 'BMX',
    })
    for (const journal of await each(rowsOf({ ...nothing, spotFills: [fill] }))) {
      const held = transactionsOf(journal).flatMap(({ postings }) =>
        postings
          .filter(({ account }) => /^assets/i.test(account))
          .map(({ amount, coin }) => `${amount} ${coin}`),
      )
      const sums = new Map<string, Big>()
      for (const [amount = '', name = ''] of held.map((line) => line.split(' ')))
        sums.set(name, (sums.get(name) ?? new Big(0)).plus(amount))
      expect(Object.fromEntries([...sums].map(([name, sum]) => [name, sum.toFixed()]))).toEqual({
        BTC: '0.00000001',
        USDT: '-30.000000000000000000000000000001',
        BMX: '-0.5',
      })
    }
  })

  it('keeps the order of the rows within a day, and the exact time of each', async () => {
    const spotFills = [5, 3, 3, 9].map((milliseconds, position) => ({
      ...spotFill(position, {}),
      createTime: start + milliseconds,
    }))
    for (const journal of await each(rowsOf({ ...nothing, spotFills }))) {
      const trades = [...journal.matchAll(/time: "?(\S+Z)"?(?:.|\n)*?tradeId: "?(T\d)/g)]
      expect(trades.map(([, time, id]) => `${time} ${id}`)).toEqual([
        '2026-01-05T12:00:00.003Z T1',
        '2026-01-05T12:00:00.003Z T2',
        '2026-01-05T12:00:00.005Z T0',
        '2026-01-05T12:00:00.009Z T3',
      ])
    }
  })

  it('declares each account and coin once, before its first use', async () => {
    const rows = rowsOf({ ...nothing, spotFills: [spotFill(0, {}), spotFill(1, {})] })
    for (const journal of await each(rows)) {
      const declared = [...journal.matchAll(/^(?:\S+ )?(?:account|open|commodity) (\S+)/gm)].map(
        ([, name]) => name,
      )
      expect(new Set(declared).size).toBe(declared.length)
      const used = transactionsOf(journal).flatMap(({ postings }) =>
        postings.flatMap(({ account, coin }) => [account, coin]),
      )
      expect(new Set(declared)).toEqual(new Set(used))
      for (const name of new Set(declared))
        expect(journal.search(new RegExp(`(account|open|commodity) ${name}\\b`))).toBeLessThan(
          journal.search(new RegExp(`^    .*\\b${name}\\b`, 'm')),
        )
    }
  })

  it('is its statement alone when there is nothing to tell', async () => {
    for (const journal of await each([])) {
      expect(journal.startsWith('; All of 2026, as of 2026-11-21 12:00 UTC: complete.\n')).toBe(true)
      expect(transactionsOf(journal)).toEqual([])
    }
  })

  it('is the same, byte for byte, for the same rows', async () => {
    const rows = rowsOf(oneOfEach)
    expect(await each(rows)).toEqual(await each(rows))
  })

  it('takes one row at a time', async () => {
    const [row] = rowsOf({ ...nothing, spotFills: [spotFill(0, {})] })
    for (const format of formats) {
      let taken = 0
      async function* endless(): AsyncIterable<ExportRow> {
        for (; row !== undefined; taken++) yield row
      }
      let pieces = 0
      for await (const _part of written(format, { ...inputOf([]), rows: endless() }))
        if (++pieces === 6) break
      expect(taken).toBe(4)
    }
  })
})

describe('the names of accounts', () => {
  const withdrawal: Transaction = {
    stream: 'withdrawal',
    time: start,
    identity: '1',
    amount: '1',
    currency: 'BTC',
    status: 'done',
    raw: '{}',
  }
  const accountsOf = async (subaccount: string, changed: Partial<AccountNames> = {}) => {
    const rows = [meant({ origin: { ...origin, subaccount }, transaction: withdrawal })]
    const journals = await each(rows, { ...defaultAccounts, ...changed })
    return journals.map((journal) =>
      transactionsOf(journal).flatMap(({ postings }) => postings.map(({ account }) => account)),
    )
  }

  it('are readable, and leave no empty component where there is no sub-account', async () => {
    const plain = ['equity:bitmart:transfers', 'assets:bitmart:spot']
    expect(await accountsOf('')).toEqual([plain, plain, ['Equity:Bitmart:Transfers', 'Assets:Bitmart:Spot']])
  })

  it('hold the sub-account as one component, whatever it is called', async () => {
    const names = ['equity:bitmart:Büro 1x3b x3aA:transfers', 'assets:bitmart:Büro 1x3b x3aA:spot']
    expect(await accountsOf('Büro  1; :A')).toEqual([
      names,
      names,
      ['Equity:Bitmart:Büro-1x3b-x3aA:Transfers', 'Assets:Bitmart:Büro-1x3b-x3aA:Spot'],
    ])
  })

  it('follow the templates given, under the roots that beancount knows', async () => {
    const german = { assets: 'Vermögen:{exchange}-{subaccount}:{cause}', transfers: 'equity' }
    expect(await accountsOf('', german)).toEqual([
      ['equity', 'Vermögen:bitmart'],
      ['equity', 'Vermögen:bitmart'],
      ['Equity:Transfers', 'Assets:Vermögen:Bitmart'],
    ])
  })

  it('fall back to their role when a template leaves nothing', async () => {
    expect(await accountsOf('', { assets: '{subaccount}', transfers: '' })).toEqual([
      ['transfers', 'assets'],
      ['transfers', 'assets'],
      ['Equity:Transfers', 'Assets:Assets'],
    ])
  })
})

describe('the names of coins', () => {
  it('stay as they are in beancount where they can', () => {
    for (const name of ['BTC', 'USDT', 'XRP', 'XLM', 'BTC.B', 'A-1'])
      expect(beancountCommodity(name)).toBe(name)
  })

  it.each([
    ['1INCH', 'X1INCH'],
    ['X1INCH', 'X_X1INCH'],
    ['$PAC', 'X_.24PAC'],
    ['usdk', "X_'USDK"],
    ['xSUSHI', "X_'X'SUSHI"],
    ['T', 'X_T'],
    ['TRUE', 'X_TRUE'],
  ])('make %s of beancount %s', (name, expected) => {
    expect(beancountCommodity(name)).toBe(expected)
  })

  const similar = fc.oneof(
    fc.string({
      unit: fc.constantFrom('X', 'x', '_', '.', "'", '-', '1', '2', '4', 'A', 'a', 'F', '$'),
      minLength: 1,
      maxLength: 8,
    }),
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  )

  it('are never shared by two coins, and always ones that beancount can read', () => {
    fc.assert(
      fc.property(fc.uniqueArray(similar, { minLength: 2, maxLength: 200 }), (first) => {
        // What the names look like is the likeliest to meet them.
        const coins = [...new Set([...first, ...first.map(beancountCommodity)])]
        const names = coins.map(beancountCommodity)
        expect(new Set(names).size).toBe(coins.length)
        for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/)
      }),
      { numRuns: 300 },
    )
  })

  it('can be read back from hledger and ledger', () => {
    fc.assert(
      fc.property(similar, (name) => {
        const quoted = quotedCommodity(name, new Set(['AUTO']))
        expect(quoted).toMatch(/^([A-Za-z]+|"[^";\\\s]+")$/)
        expect(unescape(quoted.replaceAll('"', ''))).toBe(name)
      }),
      { numRuns: 300 },
    )
  })
})

describe('amounts of many digits', () => {
  it('are given to beancount in parts of at most 28 digits that add up to them', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,60}(\.\d{1,60})?$/), (amount) => {
        const parts = readableParts(amount)
        const sum = parts.reduce((total, part) => total.plus(part), new Big(0))
        expect(sum.eq(amount)).toBe(true)
        for (const part of parts) expect(new Big(part).c.length).toBeLessThanOrEqual(28)
      }),
    )
  })

  it('stay whole, as they were served, when they are short', () => {
    expect(readableParts('0.10000')).toEqual(['0.10000'])
    expect(readableParts('-39999.9')).toEqual(['-39999.9'])
  })
})

const flow = (position: number, flow_type: 1 | 2 | 3 | 4 | 5, amount: string, symbol = 'BTCUSDT') => ({
  symbol,
  flow_type,
  type: '',
  amount,
  asset: 'USDT',
  account: 'futures' as const,
  time: String(start + 60_000 * (position + 1)),
  tran_id: String(start + 60_000 * (position + 1)),
})

const [transfer] = generateTransfers({
  seed: 0,
  random: () => 0.5,
  withdrawals: 1,
  deposits: 0,
  earliest: start,
  latest: start,
})

const transferOf = (
  kind: 'withdraw' | 'deposit',
  currency: string,
  arrival_amount: string,
  fee: string,
  minutes: number,
) => ({
  ...(transfer ?? expect.fail('no transfer')),
  withdraw_id: kind === 'withdraw' ? '1679952' : '',
  deposit_id: kind === 'deposit' ? '19017278' : '',
  operation_type: kind,
  currency,
  arrival_amount,
  fee,
  status: 3 as const,
  address: kind === 'withdraw' ? '0xe57b69a8776b37860407965B73cdFFBDFe668Bb5' : '',
  tx_id: kind === 'withdraw' ? '0x0b' : '',
  apply_time: start + minutes * 60_000,
})

/** One of each kind of event. */
const oneOfEach: SimulatedAccount = {
  ...nothing,
  spotFills: [
    spotFill(0, {}),
    spotFill(1, {
      symbol: '1INCH_USDT',
      side: 'sell',
      size: '12.5',
      notional: '3.58875',
      fee: '0.00856609',
      feeCoinName: 'BMX',
    }),
    spotFill(2, { symbol: '$PAC_USDT', size: '12345678901.5', notional: '1.524157875171467878', fee: '0' }),
    spotFill(3, { symbol: 'usdk_USDT', size: '10', notional: '9.998', fee: '-0.001' }),
    spotFill(4, { symbol: 'BTC_USDT', size: '1E-8', notional: '0', fee: '0' }),
    spotFill(5, { symbol: '$PAC_USDT', size: '0', notional: '1e-8', fee: '1e-8' }),
    spotFill(6, {
      symbol: '$PAC_USDT',
      size: '123456789012.123456789012345678',
      notional: '15.241578751714678',
      fee: '',
    }),
  ],
  ledger: [
    flow(0, 1, '100', ''),
    flow(1, 2, '12.34500000'),
    flow(2, 2, '-0.00030000'),
    flow(3, 3, '0.00100000', 'LTCUSDT'),
    flow(4, 3, '-0.00008253', 'LTCUSDT'),
    flow(5, 4, '-0.01614624'),
    flow(6, 5, '-7.5'),
    { ...flow(7, 5, '0.25'), flow_type: 9 as 5 },
    flow(8, 1, '-50.5', ''),
  ],
  transfers: [
    transferOf('deposit', 'USDT-TRC20', '69', '0', -1),
    transferOf('withdraw', 'BMX', '59.000000000000', '1.000000000000', 20),
  ],
}

describe('an account with one of each kind of event', () => {
  it.each(formats)('is written for $id as reviewed by hand', async (format) => {
    const journal = await text(written(format, inputOf(rowsOf(oneOfEach))))
    await expect(journal).toMatchFileSnapshot(`golden/${format.id}.${format.extension}`)
  })
})
