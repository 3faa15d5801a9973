import { describe, expect, it } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { bingxSamples } from '../exchanges/samples/bingx.ts'
import { bitmartSamples } from '../exchanges/samples/bitmart.ts'
import { bitrueSamples } from '../exchanges/samples/bitrue.ts'
import { describeExchangeConformance, type ExchangeSamples } from './exchange.ts'

/** One line for each exchange there is. */
const samples: Readonly<Record<string, ExchangeSamples>> = {
  bitmart: bitmartSamples,
  bingx: bingxSamples,
  bitrue: bitrueSamples,
}

describe('the exchanges', () => {
  it('are found by their ids, and each has samples', () => {
    expect([...exchanges.keys()]).toEqual([...exchanges.values()].map(({ id }) => id))
    expect([...exchanges.keys()].sort()).toEqual(Object.keys(samples).sort())
  })
})

for (const exchange of exchanges.values()) describeExchangeConformance(exchange, samples[exchange.id])
