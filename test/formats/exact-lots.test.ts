import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactLots, type Lot } from '../../lambdas/formats/price.ts'

const amount = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 20n }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, scale]) => new Big(String(digits)).times(new Big(`1e-${scale}`)).toFixed())

function sums(lots: readonly Lot[]) {
  const total = (values: readonly Big[]) =>
    values.reduce((sum, value) => sum.plus(value), new Big(0)).toFixed()
  return {
    base: total(lots.map(({ volume }) => new Big(volume))),
    counter: total(lots.map(({ volume, price }) => new Big(volume).times(price))),
  }
}

describe('the lots of a trade', () => {
  it('are one, at the price of the fill, where that price is exact', () => {
    expect(exactLots('20.71', '5.09358308')).toEqual([{ volume: '20.71', price: '0.245948' }])
    expect(exactLots('0.10000', '3999.90000000')).toEqual([{ volume: '0.10000', price: '39999' }])
  })

  it('share out what rounding leaves over where no decimal is the price, as cents are', () => {
    expect(exactLots('3', '1')).toEqual([
      { volume: '2', price: '0.3333333333333' },
      { volume: '1', price: '0.3333333333334' },
    ])
  })

  it('always come to both amounts, to the last digit, with positive volumes and nearly one price', () => {
    fc.assert(
      fc.property(amount, amount, (base, counter) => {
        const lots = exactLots(base, counter)
        expect(sums(lots)).toEqual({ base: new Big(base).toFixed(), counter: new Big(counter).toFixed() })
        expect(lots.length).toBeLessThanOrEqual(2)
        const prices = lots.map(({ price }) => new Big(price))
        for (const { volume } of lots) expect(new Big(volume).gt(0)).toBe(true)
        const [first, last = first] = prices
        if (first === undefined || last === undefined) throw new Error('There is no lot.')
        expect(first.gt(0)).toBe(true)
        expect(last.minus(first).div(first).abs().lt('1e-10')).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are the same whatever price is told beside the amounts: right, wrong, or written in another way', () => {
    fc.assert(
      fc.property(amount, amount, amount, (base, counter, other) => {
        const lots = exactLots(base, counter)
        expect(exactLots(base, counter, other)).toEqual(lots)
        for (const { price } of lots) expect(exactLots(base, counter, `+${price}0`)).toEqual(lots)
      }),
    )
    expect(exactLots('2', '6', '3E0')).toEqual([{ volume: '2', price: '3' }])
  })

  it('never have a price of dozens of digits', () => {
    fc.assert(
      fc.property(amount, amount, (base, counter) => {
        for (const { price } of exactLots(base, counter)) expect(price.length).toBeLessThan(80)
      }),
    )
  })
})
