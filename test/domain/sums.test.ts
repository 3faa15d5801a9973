import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeBack } from '../../lambdas/domain/cover-answer.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { checkOf, monthOf, noSum, sameSum, windowOf, withRow } from '../../lambdas/domain/sums.ts'

const item = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(undefined), fc.array(fc.string())),
)
const sumOf = (checks: readonly string[]) => checks.reduce((sum, check) => withRow(sum, check), noSum)

describe('the check of an item', () => {
  it('is the same however its fields are ordered, and whether or not what is undefined is named', () => {
    fc.assert(
      fc.property(item, (one) => {
        const fields = Object.entries(one).filter(([, value]) => value !== undefined)
        expect(checkOf(Object.fromEntries(fields.reverse()))).toBe(checkOf(one))
        expect(checkOf(one)).toMatch(/^[0-9a-f]{16}$/)
      }),
    )
  })

  it('is another one when any bit of any text is another one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), fc.nat(15), (raw, at, bit) => {
        const index = at % raw.length
        const flipped = String.fromCharCode(raw.charCodeAt(index) ^ (1 << bit))
        const damaged = raw.slice(0, index) + flipped + raw.slice(index + 1)
        // A store keeps half a character as a replacement for it: those are one.
        fc.pre(!/\p{Surrogate}/u.test(raw) && !/\p{Surrogate}/u.test(damaged))
        expect(checkOf({ raw: damaged })).not.toBe(checkOf({ raw }))
      }),
    )
    expect(checkOf({ a: 'b' })).not.toBe(checkOf({ b: 'a' }))
  })
})

describe('a sum of rows', () => {
  const check = fc.integer({ min: 0 }).map((n) => checkOf({ n }))

  it('does not depend on their order, and is as before when one comes and goes', () => {
    fc.assert(
      fc.property(fc.array(check), check, (checks, one) => {
        const sum = sumOf(checks)
        expect(sumOf([...checks].reverse())).toEqual(sum)
        expect(withRow(withRow(sum, one), one, -1)).toEqual(sum)
        expect(sameSum(withRow(sum, one), sum)).toBe(false)
      }),
    )
  })

  it('tells apart rows that differ in one of two ways each', () => {
    const rows = (a: string, b: string) => sumOf([checkOf({ id: '1', a }), checkOf({ id: '2', a: b })])
    expect(sameSum(rows('x', 'y'), rows('y', 'x'))).toBe(false)
  })
})

describe('coverage of damaged time', () => {
  it('is of nobody’s knowledge, what was doubted before included, and the rest stays as it was', () => {
    const [from, to] = [windowOf(3).from, windowOf(3).to]
    const coverage = {
      ...noCoverage('deposit', ''),
      covered: [{ from: from - 100, to: from + 50 }],
      unverified: [{ from: from + 50, to: to + 10, reason: 'refused' as const }],
      lost: [{ from: to + 10, to: to + 20, reason: 'expired' as const }],
    }
    expect(takeBack(coverage, [windowOf(3)])).toEqual({
      ...coverage,
      covered: [{ from: from - 100, to: from }],
      unverified: [
        { from, to, reason: 'damaged' },
        { from: to, to: to + 10, reason: 'refused' },
      ],
    })
    expect(takeBack(coverage, [windowOf(9)])).toBe(coverage)
    expect(monthOf({ time: from })).toBe(3)
    expect(monthOf({ time: to })).toBe(4)
  })
})
