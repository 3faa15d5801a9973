import { text } from 'node:stream/consumers'
import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beancount } from '../../lambdas/formats/beancount.ts'
import { hledger } from '../../lambdas/formats/hledger.ts'
import { ledger } from '../../lambdas/formats/ledger.ts'
import { written } from './input.ts'
import { inputOf, nothing, rowsOf, spotFill } from './journal-account.ts'
import { isMissing, type Tool, toldBy } from './journal-tools.ts'

const formats = { hledger, ledger, beancount }

/** The last minutes of 2025 in London, which are 2026 in Tokyo, and an evening of 2026. */
const turn = Date.UTC(2025, 11, 31, 23, 50)

const spotFills = [
  spotFill(0, { size: '0.1', notional: '4000', fee: '' }),
  spotFill(1, { symbol: 'ETH_USDT', side: 'sell', size: '9.57', notional: '29815.335', fee: '' }),
  spotFill(2, { symbol: 'BMX_USDT', size: '1000', notional: '300', fee: '' }),
  // A third is no decimal.
  spotFill(3, { symbol: 'ADA_USDT', size: '3', notional: '10', fee: '' }),
].map((fill, position) => ({ ...fill, createTime: turn + position, updateTime: turn + position }))

const journalOf = (tool: Tool, timezone = 'UTC') =>
  text(written(formats[tool], inputOf(rowsOf({ ...nothing, spotFills }), { timezone })))

/** `4000 USDT` of each line, without spaces, whatever is around it. */
const amounts = (told: string) =>
  [...told.matchAll(/(-?[\d,.]+) (\w+)/g)].map(([, amount = '', coin]) => `${Number(amount)} ${coin}`)

describe('the price of a trade', () => {
  it('belongs to the base of the market, bought or sold', async () => {
    for (const tool of ['hledger', 'ledger', 'beancount'] as const) {
      const journal = await journalOf(tool)
      expect(journal).toMatch(/ 0\.1 BTC @@ 4000 USDT$/m)
      expect(journal).toMatch(/ -9\.57 ETH @@ 29815\.335 USDT$/m)
      expect(journal).not.toMatch(/USDT @@/)
    }
  })
})

describe.skipIf(isMissing('hledger'))('hledger, asked what all is worth', () => {
  it('values coins in money, and money in nothing', async () => {
    const journal = await journalOf('hledger')
    const worth = await toldBy(journal, 'hledger', 'balance', 'assets', '-V', '--infer-market-prices')
    // 0.1 BTC, -9.57 ETH, 1000 BMX and 3 ADA at what they cost, and what was paid and got for them: all of it is nothing.
    expect(amounts(worth).filter((amount) => !amount.endsWith('USDT'))).toEqual([])
    const coins = await toldBy(
      journal,
      'hledger',
      'balance',
      'assets',
      'cur:ETH',
      '-V',
      '--infer-market-prices',
    )
    expect(amounts(coins)).toContain('-29815.335 USDT')
  })

  it('finds a year of the chosen zone under that year', async () => {
    const year = async (timezone: string) =>
      (
        await toldBy(
          await journalOf('hledger', timezone),
          'hledger',
          'balance',
          'assets',
          'cur:BTC',
          '-p',
          '2026',
        )
      ).includes('BTC')
    expect(await year('UTC')).toBe(false)
    expect(await year('Asia/Tokyo')).toBe(true)
  })

  it('knows every payee', async () => {
    expect(
      await toldBy(await journalOf('hledger'), 'hledger', 'check', 'payees', 'accounts', 'commodities'),
    ).toBe('')
  })
})

describe.skipIf(isMissing('ledger'))('ledger, asked what all is worth', () => {
  it('values coins in money, and money in nothing', async () => {
    const worth = await toldBy(await journalOf('ledger'), 'ledger', 'balance', '^assets', '-V')
    expect(amounts(worth).filter((amount) => !amount.endsWith('USDT'))).toEqual([])
  })

  it('knows every payee', async () => {
    const told = await toldBy(await journalOf('ledger'), 'ledger', '--pedantic', '--check-payees', 'balance')
    expect(told).not.toBe('')
  })
})

describe.skipIf(isMissing('beancount'))('beancount', () => {
  it('takes the prices, a third too, and has them for its reports', async () => {
    expect(await toldBy(await journalOf('beancount'), 'bean-check')).toBe('')
    const prices = await toldBy(await journalOf('beancount'), 'bean-report', 'all_prices')
    expect(prices).toMatch(/price BTC +40000\.0* USDT/)
    expect(prices).toMatch(/price ADA +3\.333 USDT/)
  })
})

describe.skipIf(isMissing('beancount'))('prices of any length', () => {
  it('stay within what beancount forgives, or are left out', async () => {
    const amount = fc
      .tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 18 }))
      .chain(([length, scale]) =>
        fc
          .bigInt({ min: 10n ** BigInt(length - 1), max: 10n ** BigInt(length) - 1n })
          .map((number) => new Big(`${number}e-${scale}`).toFixed()),
      )
    const sampled = fc.sample(fc.tuple(amount, amount, amount), { numRuns: 2_000, seed: 12 })
    const fills = sampled.map(([size, notional, fee], position) =>
      spotFill(position, {
        symbol: `C${position % 50}X_USDT`,
        side: position % 2 ? 'buy' : 'sell',
        size,
        notional,
        fee,
      }),
    )
    const journal = await text(written(beancount, inputOf(rowsOf({ ...nothing, spotFills: fills }))))
    expect(await toldBy(journal, 'bean-check')).toBe('')
    const priced = journal.match(/@@/g)?.length ?? 0
    expect(priced).toBeGreaterThan(500)
    expect(priced).toBeLessThan(2_000)
  })
})

/** Clocks of Asunción went back at midnight: a day came twice, so that a later row has an earlier day. */
describe.skipIf(isMissing('beancount'))('a day that comes twice', () => {
  it('opens no account after its first use', async () => {
    const midnight = Date.UTC(2024, 2, 24, 3)
    const fills = [spotFill(0, {}), spotFill(1, {})].map((fill, position) => ({
      ...fill,
      createTime: midnight + (position === 0 ? -1 : 1) * 60_000,
      updateTime: midnight,
    }))
    const rows = rowsOf({ ...nothing, spotFills: fills })
    const journal = await text(written(beancount, inputOf(rows, { timezone: 'America/Asuncion' })))
    expect(await toldBy(journal, 'bean-check')).toBe('')
  })
})
