import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { minute } from '../../lambdas/domain/window.ts'
import type { Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { fillGrain, line, merged, readingOf, servedFill, start } from './cases.ts'

/** Trades of KAS at 0.04 USDT, for a fee of a thousandth, as each source tells them. */
type Trade = { readonly side?: 'buy' | 'sell'; readonly at?: number }

const quoteOf = (amount: number) => String(amount / 25)

const fill = (
  amount: number,
  { side = 'buy', at = start + amount }: Trade = {},
  more: Partial<Transaction> = {},
) =>
  servedFill({
    tradeId: String(amount),
    orderId: 'o1',
    time: at,
    side,
    amount: String(amount),
    quoteAmount: quoteOf(amount),
    fee: String(amount / 1_000),
    feeCurrency: 'BGX',
    ...more,
  })

/** A tool writes a sale as a purchase of the other coin. */
const toolRow = (
  amount: number,
  { side = 'buy', at = start }: Trade = {},
  more: Partial<StatementRow> = {},
): StatementRow => {
  const [base, quote] = side === 'buy' ? ['KAS', 'USDT'] : ['USDT', 'KAS']
  const [gained, given] =
    side === 'buy' ? [String(amount), quoteOf(amount)] : [quoteOf(amount), String(amount)]
  const { symbol: _symbol, price: _price, ...told } = line({ times: [at], raw: `tool ${amount}` })
  const fee = { fee: String(amount / 1_000), feeCurrency: 'BGX' }
  return { ...told, side: 'buy', base, quote, amount: gained, quoteAmount: given, ...fee, ...more }
}

const mappedRow = (amount: number, { side = 'buy', at = start }: Trade = {}): StatementRow =>
  line({ times: [at], side, amount: String(amount), fee: String(amount / 1_000), feeCurrency: 'BGX' })

const toolGrain: Reading['grain'] = {
  ...fillGrain,
  fields: ['base', 'quote', 'side', 'feeCurrency', 'amount', 'quoteAmount', 'fee'],
}
const tool = (...rows: readonly StatementRow[]) =>
  readingOf(rows, { format: 'koinly-universal', grain: toolGrain })
const byTheMinute = (...rows: readonly StatementRow[]) =>
  readingOf(rows, { format: 'mapped', grain: { ...fillGrain, unit: minute } })

const left = (api: readonly Transaction[], ...readings: readonly Reading[]) =>
  merged(api, readings).rows.map(({ raw }) => raw)
const doubts = (api: readonly Transaction[], ...readings: readonly Reading[]) =>
  merged(api, readings).rows.map(({ mayBeTwice = false }) => mayBeTwice)

describe('a trade that another tool tells in other parts than the exchange', () => {
  for (const side of ['buy', 'sell'] as const) {
    const fills = (...amounts: readonly number[]) => amounts.map((amount) => fill(amount, { side }))
    const rows = (...amounts: readonly number[]) =>
      tool(...amounts.map((amount) => toolRow(amount, { side })))

    it(`counts once where it joins or splits fills of one moment: a ${side}`, () => {
      expect(left(fills(35, 5), rows(40))).toEqual([])
      expect(left(fills(40), rows(35, 5))).toEqual([])
      expect(left(fills(35, 5), rows(30, 10))).toEqual([])
      expect(left(fills(35, 5, 7), rows(7, 40))).toEqual([])
      expect(left(fills(47), rows(35, 5, 7))).toEqual([])
      expect(left(fills(40, 9), rows(35, 9, 5))).toEqual([])
    })

    it(`counts once beside a file that names markets, whichever of the two is finer: a ${side}`, () => {
      const mapped = (...amounts: readonly number[]) =>
        readingOf(amounts.map((amount) => mappedRow(amount, { side })))
      expect(left([], mapped(35, 5), rows(40))).toEqual(['{}', '{}'])
      expect(left([], mapped(40), rows(35, 5))).toEqual(['{}'])
      const at = Math.floor(start / minute) * minute
      const coarse = (...amounts: readonly number[]) =>
        byTheMinute(...amounts.map((amount) => mappedRow(amount, { side, at })))
      expect(left([], coarse(35, 5), rows(40))).toEqual(['tool 40'])
      expect(left([], coarse(40), rows(35, 5))).toEqual(['tool 35', 'tool 5'])
    })

    it(`counts once beside another tool, which joins other fills: a ${side}`, () => {
      const other = readingOf(
        [toolRow(40, { side, at: Math.floor(start / minute) * minute }, { raw: 'joined' })],
        { format: 'cointracking-bulk', grain: { ...toolGrain, unit: minute } },
      )
      expect(left([], rows(35, 5), other)).toEqual(['tool 35', 'tool 5'])
    })
  }

  it('counts once where two files of one tool tell it, in as many parts as the file that tells the most', () => {
    const [joined, split] = [tool(toolRow(40), toolRow(7)), tool(toolRow(35), toolRow(5))]
    expect(left([], joined, split).sort()).toEqual(['tool 35', 'tool 5', 'tool 7'])
    expect(merged([], [split, joined]).known).toBe(1)
    expect(left([fill(5)], joined, split).sort()).toEqual(['tool 35', 'tool 7'])
    expect(left([fill(40)], joined, split)).toEqual(['tool 7'])
    expect(left([], tool(toolRow(40), toolRow(35), toolRow(5)), split)).toHaveLength(3)
    expect(left([], tool(toolRow(40), toolRow(40)), split).sort()).toEqual(['tool 35', 'tool 40', 'tool 5'])
    const halves = [tool(toolRow(30), toolRow(10)), split]
    expect(left([], ...halves).sort()).toEqual(left([], ...halves.reverse()).sort())
    expect(left([], ...halves)).toHaveLength(2)
    expect(left([], joined, split, tool(toolRow(20), toolRow(20)))).toHaveLength(3)
  })

  it('is found among other fills of its moment, first among those of one order', () => {
    const others = [fill(20, {}, { orderId: 'o2' }), fill(10, {}, { orderId: 'o3' })]
    const file = tool(toolRow(40))
    const { rows, confirmed } = merged([...others, fill(35), fill(5)], [file])
    expect(rows).toEqual([])
    expect([...confirmed.keys()].sort()).toEqual([fill(5), fill(35)].map(keyOf).sort())
    expect(left([fill(35, {}, { orderId: 'o4' }), ...others, fill(5)], file)).toEqual([])
  })

  it('is known also in time that the exchange has shown whole, and confirms what it tells', () => {
    const file = tool(toolRow(40), toolRow(9))
    const { rows, contradictions, known, confirmed } = merged([fill(35), fill(5)], [file], () => true)
    expect({ rows, known, confirmed: confirmed.size }).toEqual({ rows: [], known: 1, confirmed: 2 })
    expect(contradictions).toMatchObject([{ why: 'unserved', count: 1, row: { amount: '9' } }])
  })

  it('is as many trades as one file tells of it', () => {
    const twice = tool(toolRow(40), toolRow(40, {}, { line: 3 }))
    expect(left([fill(35), fill(5)], twice)).toEqual(['tool 40'])
    expect(doubts([fill(35), fill(5)], twice)).toEqual([false])
    expect(left([fill(35), fill(5)], tool(toolRow(40)), twice)).toEqual(['tool 40'])
    expect(left([fill(80)], twice)).toEqual([])
  })

  it('counts, and is in doubt, where only a part of it is there', () => {
    expect(doubts([fill(35)], tool(toolRow(40)))).toEqual([true])
    expect(doubts([fill(40)], tool(toolRow(35)))).toEqual([true])
    expect(doubts([fill(35, { side: 'sell' })], tool(toolRow(40, { side: 'sell' })))).toEqual([true])
    expect(doubts([fill(35), fill(6)], tool(toolRow(40)))).toEqual([true])
  })

  it('is another one, without doubt, of another market, side, moment or price', () => {
    const file = tool(toolRow(40))
    expect(doubts([fill(35, { side: 'sell' })], file)).toEqual([false])
    expect(doubts([fill(35, {}, { symbol: 'DOT_USDT', base: 'DOT' })], file)).toEqual([false])
    expect(doubts([fill(35, { at: start + 1_000 }), fill(5, { at: start + 1_000 })], file)).toEqual([false])
    const dear = fill(35, {}, { price: '9', quoteAmount: '315' })
    expect(doubts([dear, fill(5)].slice(0, 1), file)).toEqual([false])
  })

  it('counts, and is in doubt, where it says another fee, and not where it says none', () => {
    const fills = [fill(35), fill(5)]
    const saying = (more: Partial<StatementRow>) => tool(toolRow(40, {}, more))
    expect(doubts(fills, saying({ fee: '0.05' }))).toEqual([true])
    expect(doubts(fills, saying({ feeCurrency: 'KAS' }))).toEqual([true])
    const { fee: _fee, feeCurrency: _coin, ...silent } = toolRow(40)
    expect(left(fills, tool(silent))).toEqual([])
    expect(
      left(
        fills.map(({ feeCurrency: _, ...one }) => one),
        saying({}),
      ),
    ).toEqual([])
  })

  it('is compared by price and amount where a fill does not say its value', () => {
    const bare = ({ quoteAmount: _, ...one }: Transaction): Transaction => one
    expect(left([fill(35), fill(5)].map(bare), tool(toolRow(40)))).toEqual([])
    expect(doubts([fill(35), fill(5)].map(bare), tool(toolRow(40, {}, { quoteAmount: '0.01' })))).toEqual([
      false,
    ])
    const nobody = ({ price: _, ...one }: Transaction): Transaction => one
    expect(left([fill(35), fill(5)].map(bare).map(nobody), tool(toolRow(40)))).toEqual([])
  })

  it('is in doubt where a moment has more fills than can be tried', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      fill(2 * index + 2, { at: start }, { orderId: `${index}` }),
    )
    expect(doubts(many, tool(toolRow(2_001)))).toEqual([true])
  })

  it('is told by the exchange alone where nobody leaves its market out', () => {
    expect(left([fill(35), fill(5)], readingOf([mappedRow(40)]))).toEqual(['{}'])
  })

  it('leaves a ledger what the exchange tells of it', () => {
    const change = (currency: string, amount: string): StatementRow => ({
      line: 2,
      stream: 'spot-ledger',
      wall: start,
      times: [start],
      type: 'trade',
      currency,
      amount,
      raw: `${amount} ${currency}`,
    })
    const ledger = readingOf([change('KAS', '40'), change('USDT', '-1.6')], {
      format: 'bingx-spot-ledger',
      grain: { granularity: 'ledger', unit: 1_000, fields: ['currency', 'type', 'amount'], decimals: {} },
    })
    expect(left([fill(35), fill(5)], tool(toolRow(40)), ledger)).toEqual([])
    expect(left([fill(40)], tool(toolRow(35), toolRow(5)), ledger)).toEqual([])
  })

  it('comes to the same in whatever order files, lines and fills came', () => {
    const amounts = fc.array(fc.constantFrom(5, 10, 30, 35, 40), { maxLength: 5 })
    fc.assert(
      fc.property(
        amounts,
        amounts,
        fc.array(amounts, { maxLength: 3 }),
        fc.boolean(),
        (served, mapped, told, isSale) => {
          const trade: Trade = { side: isSale ? 'sell' : 'buy' }
          const api = served.map((amount, index) =>
            fill(
              amount,
              { ...trade, at: start + index },
              { tradeId: `${index}`, identity: `${index}`, orderId: `o${index % 2}` },
            ),
          )
          const files = [
            readingOf(mapped.map((one) => mappedRow(one, trade))),
            ...told.map((some) => tool(...some.map((one) => toolRow(one, trade)))),
          ]
          const said = (one: readonly Transaction[], readings: readonly Reading[]) => {
            const { rows, known } = merged(one, readings)
            return { known, rows: rows.map(({ places: _, ...row }) => row) }
          }
          const turned = files.map((one) => ({ ...one, rows: [...one.rows].reverse() })).reverse()
          expect(said([...api].reverse(), turned)).toEqual(said(api, files))
        },
      ),
    )
  })
})
