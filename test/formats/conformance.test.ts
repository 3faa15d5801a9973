import { describe, expect, it } from 'vitest'
import { formats } from '../../lambdas/formats/index.ts'
import { describeConformance } from './conformance.ts'

describe('the formats', () => {
  it('are found by their ids, in the order in which they are offered', () => {
    const ids = [...formats.values()].map(({ id }) => id)
    expect([...formats.keys()]).toEqual(ids)
    expect(ids).toEqual([
      'canonical-csv',
      'json-lines',
      'xlsx',
      'koinly',
      'cointracking',
      'coinledger',
      'cointracker',
      'cryptact',
      'summ',
      'blockpit',
      'coinpanda',
      'awaken',
      'tokentax',
      'rotki-trades',
      'rotki-events',
      'bittytax',
      'hledger',
      'ledger',
      'beancount',
      'parquet',
    ])
  })
})

for (const format of formats.values()) describeConformance(format)
