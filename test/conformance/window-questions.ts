import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type ExchangeRequest,
  type Question,
  questionOf,
  type WindowStream,
} from '../../lambdas/domain/stream.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { expectRequest } from './expect-request.ts'

/** What every stream that is asked for by windows of time is to fulfil. */
export function describeWindowQuestions(definition: WindowStream): void {
  const { unit, maxSpan, opened, partitions, splits } = definition

  it('states bounds that the engine can plan with', () => {
    expect(maxSpan % unit).toBe(0)
    expect(maxSpan).toBeGreaterThanOrEqual(hour)
    expect(definition.pageCap).toBeGreaterThan(1)
    expect(definition.lookBack).toBeGreaterThan(definition.settleLag)
    for (const end of [definition.lowerEnd, definition.upperEnd])
      if (end === 'unknown')
        expect(definition.unverified.map(({ says }) => says).join(' '), 'what is unknown is said').toMatch(
          /\bends?\b/,
        )
  })

  it('asks within its longest span, in its own unit, for the partition and the filters it was given', () => {
    const instant = fc.integer({ min: opened, max: Date.UTC(2040, 0) }).map((at) => at - (at % unit))
    const span = fc.integer({ min: 1, max: maxSpan / unit }).map((units) => units * unit)
    const filter = fc.constantFrom(undefined, ...splits.filter(({ uncapped }) => uncapped !== true))
    fc.assert(
      fc.property(instant, span, fc.constantFrom(...partitions), filter, (from, width, partition, split) => {
        const filters = split === undefined ? {} : { [split.filter]: 'VALUE' }
        const question = questionOf(definition, { from, to: from + width }, partition, filters)
        const request = (definition.byParts?.ask ?? definition.ask)(question)
        expectRequest(request)
        expect(request.access).toBe('private')
        expect(timesIn(request, question, unit), 'the ends of the filter').toHaveLength(2)
        expect(question.end, 'some exchanges refuse a question that ends where it begins').toBeGreaterThan(
          question.start,
        )
        // Right under each reading of an end that nobody knows, also one that compares milliseconds.
        const { lowerEnd, upperEnd } = definition
        expect(question.start * unit).toBe(from - (lowerEnd === 'inclusive' ? 0 : unit))
        if (upperEnd !== 'inclusive') expect(question.end * unit).toBe(from + width)
        expect((question.end - question.start) * unit).toBeLessThanOrEqual(maxSpan + unit)
        if (partitions.length > 1) expect(Object.values(request.params)).toContain(partition)
        expect(request.params).toMatchObject(filters)
        expect((definition.byParts?.ask ?? definition.ask)(question)).toEqual(request)
      }),
      { numRuns: 60 },
    )
  })

  it('asks for more than a full page where the exchange lets it say how many', () => {
    const request = definition.ask(
      questionOf(definition, { from: opened, to: opened + hour }, partitions[0] ?? '', {}),
    )
    const sizes = ['limit', 'page_size', 'pageSize', 'N', 'size'].flatMap(
      (name) => request.params[name] ?? [],
    )
    for (const size of sizes) expect(Number(size)).toBeGreaterThanOrEqual(definition.pageCap)
  })

  it('divides by filters that its questions really carry', () => {
    for (const { filter, all, catalogue, uncapped, discover } of splits) {
      const question = questionOf(definition, { from: opened, to: opened + unit }, partitions[0] ?? '', {
        [filter]: 'VALUE',
      })
      expect(definition.ask(question).params[filter], filter).toBe('VALUE')
      if (all !== undefined) expect(new Set(all).size).toBe(all.length)
      if (catalogue !== undefined) expect(['spot', 'futures']).toContain(catalogue)
      if (uncapped) expect(splits.at(-1)?.filter, 'nothing divides further than what has no cap').toBe(filter)
      if (discover !== undefined) {
        expect(discover.margins.every((margin) => margin >= 0)).toBe(true)
        expectRequest(discover.ask(question))
        for (const wrong of [undefined, null, {}, 'x', [{}], [null]])
          expect(discover.values.safeParse(wrong).success).toBe(false)
        expect(discover.values.parse([])).toEqual([])
      }
    }
  })
}

/** The times that the parameters hold, in milliseconds: both ends of the filter, in whatever fields, and in one unit. */
function timesIn({ params }: ExchangeRequest, { start, end }: Question, unit: number): readonly number[] {
  const values = Object.values(params)
  const isWritten = (as: number) => values.includes(start * as) && values.includes(end * as)
  // A filter of whole seconds may be written in milliseconds.
  const written = [1, unit].find(isWritten)
  return written === undefined ? [] : [start * unit, end * unit]
}
