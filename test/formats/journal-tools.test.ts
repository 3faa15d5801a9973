import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { beancount } from '../../lambdas/formats/beancount.ts'
import { hledger } from '../../lambdas/formats/hledger.ts'
import { ledger } from '../../lambdas/formats/ledger.ts'
import { demoAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import { written } from './input.ts'
import { inputOf, nothing, origin, rawBalances, rowsOf, spotFill } from './journal-account.ts'
import { accepts, balances, isMissing, type Tool } from './journal-tools.ts'
import { meant } from './meant.ts'

const now = Date.UTC(2026, 10, 21, 12)

const formats = { hledger, ledger, beancount }

/** What the tool calls the account of a wallet. */
const wallets: Readonly<Record<Tool, ReadonlyMap<string, string>>> = {
  hledger: new Map([
    ['assets:bitmart:spot', 'spot'],
    ['assets:bitmart:futures', 'futures'],
    ['assets:bitmart:copy_trading', 'copy_trading'],
    ['assets:bitmart:iso_margin', 'iso_margin'],
  ]),
  ledger: new Map([
    ['assets:bitmart:spot', 'spot'],
    ['assets:bitmart:futures', 'futures'],
    ['assets:bitmart:copy_trading', 'copy_trading'],
    ['assets:bitmart:iso_margin', 'iso_margin'],
  ]),
  beancount: new Map([
    ['Assets:Bitmart:Spot', 'spot'],
    ['Assets:Bitmart:Futures', 'futures'],
    ['Assets:Bitmart:Copy-trading', 'copy_trading'],
    ['Assets:Bitmart:Iso-margin', 'iso_margin'],
  ]),
}

/** Names and amounts that journals stumble over. Each coin is bought for USDT. */
const awkwardCoins = [
  ...['1INCH', 'X1INCH', 'X_X1INCH', '1inch', '$PAC', '$pac', 'usdk', 'USDk', 'usdK', 'USDK', 'xSUSHI'],
  ...[
    'AUTO',
    's',
    'm',
    'h',
    'S',
    'T',
    'W',
    'and',
    'or',
    'not',
    'true',
    'TRUE',
    'NULL',
    'if',
    'e',
    'E5',
    '1E5',
  ],
  ...[
    'A"B',
    'A;B',
    'A B',
    'A  B',
    ' A',
    'A ',
    'A\\B',
    'A%B',
    'A%22B',
    'A\nB',
    'A\tB',
    'A,B',
    '@',
    '=',
    '-',
    '.',
    '(',
  ],
  ...[
    'A.B',
    'A-',
    "A'",
    'A.',
    'X-',
    'X_',
    'X',
    '0',
    '007',
    '%',
    '{}',
    '[1]',
    '€',
    'コイン',
    '\u{1F415}',
    'É',
  ],
  ...['LONGEST-NAME-FOR-A-COIN1', 'A-NAME-TOO-LONG-FOR-BEANCOUNT1', 'A-NAME-TOO-LONG-FOR-BEANCOUNT2'],
]

const tiny = [
  { size: '1e-8', notional: '1E-18' },
  { size: '0.00000001', notional: '0', fee: '0' },
  { size: '0', notional: '0.00000001', fee: '0.00000001' },
  { size: '0', notional: '0', fee: '0.000000000000000001' },
  { size: '3', notional: '10', fee: '' },
  { size: '123456789012345678901234567890.123456789012345678', notional: '0.000000000000000000000000000001' },
  { size: '999999999999.999999999999999999', notional: '123456789012.100000000000000001', fee: '-0.5' },
  { symbol: 'ETH_ETH', size: '0.3', notional: '0.2', fee: '0.01', feeCoinName: 'ETH' },
]

const awkward: SimulatedAccount = {
  ...nothing,
  spotFills: [
    ...awkwardCoins.map((coin, position) =>
      spotFill(position, { symbol: `${coin}_USDT`, size: `${position + 3}`, fee: '0.1', feeCoinName: coin }),
    ),
    ...tiny.flatMap((fill, position) =>
      (['buy', 'sell', 'sell'] as const).map((side, turn) =>
        spotFill(1_000 + position * 3 + turn, { side, ...fill }),
      ),
    ),
  ],
}

for (const tool of ['hledger', 'ledger', 'beancount'] as const)
  describe.skipIf(isMissing(tool))(`${tool}, reading its journal`, () => {
    const journalOf = (account: SimulatedAccount) => text(written(formats[tool], inputOf(rowsOf(account))))

    it.each([
      ['the demo account', demoAccount(now)],
      ['coins and amounts that journals stumble over', awkward],
    ])('accepts %s and holds, to the last digit, what the raw rows add up to', async (_name, account) => {
      const journal = await journalOf(account)
      expect(await accepts[tool](journal)).toBe('')
      const told = [...(await balances[tool](journal))].flatMap(([key, amount]) => {
        const [, name = '', coin = ''] = /^(\S+) (.*)$/s.exec(key) ?? []
        const wallet = wallets[tool].get(name)
        return wallet === undefined ? [] : [[`${wallet} ${coin}`, amount]]
      })
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(rawBalances(account)))
    })

    it('accepts a journal without transactions', async () => {
      const journal = await journalOf(nothing)
      expect(journal).toContain('; All of 2026')
      expect(await accepts[tool](journal)).toBe('')
    })

    it('accepts whatever texts an exchange and its user may write, without a change to any balance', async () => {
      const hostile = [
        ';',
        '"',
        '\\',
        '\n2026-01-01 x\n    a  1 USDT\n    b',
        ' ; date:2026-13-01',
        '[2026-99-99]',
        'a  b',
        '(x)',
        '\r',
        '\t',
        ', id:x',
        ':a:b:',
        'x:: 1',
        '!',
        '| y',
        '%0A',
        '{',
        '}',
        '@ 1 X',
        '= 5',
        "'",
        '\u2028',
        '\u{1F415}',
        '*',
        '#',
        '日本',
        'é',
        'ß',
        'ﬁ',
        'ʰ',
        '①',
        'Ⅳ',
        '٣',
        '-',
        '_',
        '.',
        'a:b',
        '\u0000',
        '\u00a0',
        '\u0301',
        'x'.repeat(200),
      ]
      const [row] = rowsOf({ ...nothing, spotFills: [spotFill(0, {})] })
      if (row === undefined) throw new Error('no row')
      const rows = hostile.map((words, position) =>
        meant({
          origin: { ...origin, subaccount: words },
          transaction: {
            ...row.transaction,
            time: row.transaction.time + position,
            identity: words,
            symbol: words,
            orderId: words,
            address: words,
            type: words,
          },
        }),
      )
      const journal = await text(
        written(formats[tool], inputOf(rows, { statement: { state: 'incomplete', sentences: hostile } })),
      )
      expect(await accepts[tool](journal)).toBe('')
      const held = [...(await balances[tool](journal))].filter(([key]) => /^assets.* BTC$/i.test(key))
      const sum = held.reduce((total, [, amount]) => total + Number(amount) * 10, 0)
      expect(Math.round(sum)).toBe(hostile.length)
    })
  })
