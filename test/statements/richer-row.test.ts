import { describe, expect, it } from 'vitest'
import type { Grain, Reading, StatementRow } from '../../lambdas/statements/row.ts'
import { line, merged, readingOf } from './cases.ts'

/** What a tool's template has columns for: more than an exchange's, and less of what the exchange knows. */
const templateGrain: Grain = {
  granularity: 'fill',
  unit: 1_000,
  fields: [
    'base',
    'quote',
    'side',
    'feeCurrency',
    'currency',
    'type',
    'txId',
    'status',
    'amount',
    'quoteAmount',
    'fee',
  ],
  decimals: {},
}

const { symbol: _symbol, price: _price, ...poorer } = line({ quoteAmount: '40', raw: '{"template":1}' })
const ofTemplate = readingOf([poorer], { format: 'b', grain: templateGrain })
const ofExchange = readingOf([line({ raw: '{"exchange":1}' })])

const both = (one: Reading, other: Reading) => [merged([], [one, other]), merged([], [other, one])]

describe('of two files that tell a row as exactly', () => {
  it('the one that names market and price stays, whichever came first', () => {
    for (const { rows, known } of both(ofExchange, ofTemplate)) {
      expect(rows).toMatchObject([{ symbol: 'KAS/USDT', price: '0.04', raw: '{"exchange":1}' }])
      expect(known).toBe(1)
    }
  })

  it('that of an export of ours stays, which has a transfer as it was told first', () => {
    const transfer: StatementRow = {
      line: 2,
      stream: 'withdrawal',
      wall: line().wall,
      times: line().times,
      currency: 'USDT',
      amount: '100',
      raw: '{"template":1}',
    }
    const own = JSON.stringify({ time: transfer.wall, identity: 'w1', precision: 1 })
    const exported = readingOf(
      [{ ...transfer, network: 'TRC20', status: 'done', raw: '{}', ownId: 'w1', own }],
      {
        format: 'own-export',
        exportOf: 'c1',
        grain: { granularity: 'transfer', unit: 1_000, fields: [], decimals: {} },
      },
    )
    const template = readingOf([transfer], { format: 'b', grain: templateGrain })
    for (const { rows } of both(exported, template))
      expect(rows).toMatchObject([{ identity: 'w1', network: 'TRC20', status: 'done' }])
  })
})
