import { describe, expect, it } from 'vitest'
import { openingDoubts, parseOpeningBalances } from '../../lambdas/domain/opening-balances.ts'

describe('what an account held before its history', () => {
  it('is read as people and spreadsheets write it: with a heading or none, blanks, a mark of the encoding, either end of a line', () => {
    const balances = [
      { wallet: 'spot', coin: 'BTC', amount: '0.5' },
      { wallet: 'futures', coin: 'USDT', amount: '-12.25' },
      { wallet: 'spot', coin: 'ETH', amount: '3' },
    ]
    const lines = ['BTC,0.5', ' USDT , -12.25 , futures ', '', 'ETH,+3,']
    expect(parseOpeningBalances(lines.join('\n'))).toEqual(balances)
    for (const heading of ['coin,amount,where', 'Asset,Balance,Wallet'])
      expect(parseOpeningBalances(`\uFEFF${[heading, ...lines].join('\r\n')}\r\n`)).toEqual(balances)
  })

  it('is not the coins of which it held nothing', () => {
    expect(parseOpeningBalances('BTC,0.000\nETH,1')).toEqual([{ wallet: 'spot', coin: 'ETH', amount: '1' }])
  })

  it('may be of one coin in two wallets, and not twice in one', () => {
    expect(parseOpeningBalances('BTC,1\nBTC,2,futures')).toHaveLength(2)
    expect(parseOpeningBalances('BTC,1\nBTC,2,spot')).toEqual({
      problem: 'line 2 has BTC in spot a second time',
    })
  })

  it.each([
    [',1', 'line 1 must be coin,amount or coin,amount,wallet, such as BTC,0.5,spot'],
    ['BTC,1,spot,more', 'line 1 must be coin,amount or coin,amount,wallet, such as BTC,0.5,spot'],
    ['BTC,1\nETH,"1,5"', 'line 2 must have an amount such as 0.5, with a point and without separators'],
    ['BTC', 'line 1 must have an amount such as 0.5'],
    ['BTC,1e5x', 'line 1 must have an amount such as 0.5'],
    ['coin,amount\nBTC,1,5', 'line 2 has more cells than the heading: an amount has a point'],
    ['coin,amount\nBTC,1,spot', 'line 2 has more cells than the heading'],
    ['BTC,1,5', 'line 1 must have an amount such as 0.5, with a point'],
    ['coin,amount', 'it has no balances'],
    ['BTC,1\ncoin,amount', 'line 2 must have an amount such as 0.5'],
  ])('is refused by a sentence about its line where it is none: %j', (text, problem) => {
    const read = parseOpeningBalances(text)
    expect('problem' in read && read.problem).toContain(problem)
  })

  it('is doubted where no row has its coin or its wallet, with the spelling that is likely meant', () => {
    const balance = (coin: string, wallet: string) => ({ coin, wallet, amount: '1' })
    const known = { coins: new Set(['BTC']), wallets: new Set(['spot']) }
    expect(openingDoubts([balance('BTC', 'spot')], known)).toEqual([])
    expect(openingDoubts([balance('btc', 'spot'), balance('FOO', 'spott')], known)).toEqual([
      'No row of the file has the coin btc of the opening balances: is BTC meant?',
      'No row of the file has the coin FOO of the opening balances: look whether the exchange spells it so.',
      'No row of the file has the wallet spott of the opening balances: look whether the exchange spells it so.',
    ])
  })
  it('is doubted where it is less than nothing, since a debt may be a slip of the pen', () => {
    const known = { coins: new Set(['BTC']), wallets: new Set(['spot']) }
    expect(openingDoubts([{ coin: 'BTC', wallet: 'spot', amount: '-1' }], known)).toEqual([
      '-1 BTC of the opening balances is a debt: was it one?',
    ])
  })
})
