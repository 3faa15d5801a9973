import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../lambdas/domain/window.ts'
import { findShift } from '../../lambdas/statements/clock-shift.ts'
import { FileRefused } from '../../lambdas/statements/refusal.ts'
import {
  contradictedLines,
  refuseContradicted,
  refuseOtherAccount,
  refuseOtherExchange,
  refuseShiftedClock,
} from '../../lambdas/statements/refuse-reading.ts'
import { line, merged, orderGrain, readingOf, servedFill, start } from './cases.ts'

const amounts = Array.from({ length: 12 }, (_, index) => `${index + 1}.5`)
const api = amounts.map((amount, index) =>
  servedFill({ amount, tradeId: `${index}`, time: start + index * 20 * minute + 120 }),
)

function fileOffBy(shift: number) {
  return readingOf(
    amounts.map((amount, index) => line({ amount, times: [start + index * 20 * minute + shift] })),
  )
}

describe('the clock of a file', () => {
  it('is believed where its rows agree with those of the API', () => {
    expect(findShift(fileOffBy(0), api)).toBeUndefined()
  })

  it('is another one where nine in ten rows agree by that one only', () => {
    expect(findShift(fileOffBy(hour), api)).toEqual({ by: hour, matched: 12, of: 12 })
    expect(findShift(fileOffBy(-5 * hour - 45 * minute), api)).toMatchObject({ by: -5 * hour - 45 * minute })
    expect(() => refuseShiftedClock(fileOffBy(hour), api)).toThrow('if its clock was 1 h ahead')
    expect(() => refuseShiftedClock(fileOffBy(-5 * hour - 45 * minute), api)).toThrow('5 h 45 min behind')
    expect(() => refuseShiftedClock(fileOffBy(0), api)).not.toThrow()
  })

  it('is not doubted for four rows, for seconds, or where rows differ by every clock', () => {
    expect(findShift(fileOffBy(hour), api.slice(0, 4))).toBeUndefined()
    expect(findShift(fileOffBy(7_000), api)).toBeUndefined()
    expect(findShift(readingOf(amounts.map((amount) => line({ amount: `9${amount}` }))), api)).toBeUndefined()
  })

  it('is not looked for in the times of orders, which are not those of their fills', () => {
    expect(findShift({ ...fileOffBy(hour), grain: orderGrain }, api)).toBeUndefined()
  })
})

describe('a file of another account', () => {
  it('is known by the UID that it tells', () => {
    const mine = readingOf([line()], { owner: '1', exchange: 'bingx' })
    expect(() => refuseOtherAccount({ ...mine, owner: '2' }, [mine])).toThrow('another account')
    expect(() => refuseOtherAccount({ ...mine, owner: '2' }, [{ ...mine, exchange: 'bitrue' }])).not.toThrow()
    expect(() => refuseOtherAccount(mine, [mine, readingOf([])])).not.toThrow()
    expect(() => refuseOtherAccount(readingOf([line()]), [mine])).not.toThrow()
  })

  it('is known by rows of time that the exchange has shown without them: more than three, and than one in a hundred', () => {
    const fileOf = (others: number) =>
      readingOf([
        ...amounts.map((amount, index) => line({ amount, times: [start + index * 20 * minute] })),
        ...Array.from({ length: others }, (_, index) => line({ line: 90 + index, amount: `7${index}` })),
      ])
    for (const [others, thrown] of [
      [3, false],
      [4, true],
    ] as const) {
      const file = fileOf(others)
      const found = merged(api, [readingOf([]), file], () => true)
      const refuse = () => refuseContradicted(contradictedLines(found, 1).length, file.rows.length)
      if (thrown) expect(refuse).toThrow('4 of 16 rows')
      else expect(refuse).not.toThrow()
      expect(() => refuseContradicted(contradictedLines(found, 0).length, file.rows.length)).not.toThrow()
    }
  })
})

describe('a file of which no row is', () => {
  it.each([
    [1, '1 of 1 row of this file is of time for which the exchange has shown everything, and not this.'],
    [2, '2 of 2 rows of this file are of time for which the exchange has shown everything, and not them.'],
  ])('is refused, however small: %i', (rows, sentence) => {
    expect(() => refuseContradicted(rows, rows)).toThrow(sentence)
    expect(() => refuseContradicted(rows, rows + 1)).not.toThrow()
    expect(() => refuseContradicted(0, rows)).not.toThrow()
  })

  it('tells nothing, and is not refused, where it has none', () => {
    expect(() => refuseContradicted(0, 0)).not.toThrow()
  })
})

describe('a statement of another exchange', () => {
  it('is refused by the names of both, and one of the same is not', () => {
    const [bingx, bitmart] = [
      { id: 'bingx', name: 'BingX' },
      { id: 'bitmart', name: 'BitMart' },
    ]
    expect(() => refuseOtherExchange(bingx, bitmart)).toThrow(
      new FileRefused(
        'This file is of BingX, and the connection is of BitMart: take it to a connection of BingX.',
        'bingx',
      ),
    )
    expect(() => refuseOtherExchange(bingx, bingx)).not.toThrow()
  })
})
