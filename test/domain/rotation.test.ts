import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { whoseTurn } from '../../lambdas/domain/rotation.ts'
import { day } from '../../lambdas/domain/window.ts'

const begin = Date.UTC(2026, 10, 27, 1)
const names = Array.from({ length: 700 }, (_, index) => `S${index}USDT`)

/** As many nights after everybody was asked for the first time: how many were asked in each, and when each was last. */
function nights(count: number) {
  const known = new Map(
    names.map((name): [string, Coverage] => [name, { ...noCoverage('spot-trade', name), asked: begin }]),
  )
  const asked = Array.from({ length: count }, (_, index) => {
    const startedAt = begin + (index + 1) * day
    const turn = whoseTurn(known, { listed: names, hinted: new Map() }, 7 * day, { startedAt, again: false })
    for (const name of turn) known.set(name, { ...noCoverage('spot-trade', name), asked: startedAt })
    return turn.length
  })
  return { asked, last: [...known.values()].map((part) => part.asked ?? 0) }
}

it('asks each night a share of those that are quiet, also on the night on which the first of them are due again', () => {
  expect(nights(20).asked).toEqual(Array.from({ length: 20 }, () => 100))
})

it('leaves nobody unasked for longer than their turn', () => {
  for (const count of [7, 8, 13, 20])
    expect(Math.min(...nights(count).last)).toBeGreaterThanOrEqual(begin + (count - 7) * day)
})

describe('a quiet partition that failed', () => {
  const ask = (
    part: Partial<Coverage>,
    { hinted = new Map<string, number>(), startedAt = begin + day } = {},
  ) => {
    const known = new Map(
      names.map((name): [string, Coverage] => [
        name,
        { ...noCoverage('spot-trade', name), asked: begin, ...(name === 'S7USDT' && part) },
      ]),
    )
    return whoseTurn(known, { listed: names, hinted }, 7 * day, { startedAt, again: false })
  }
  const answered = { attempted: begin - day, covered: [{ from: 0, to: begin - day }] }
  const fellShort = { attempted: begin - day, covered: [{ from: 0, to: begin - 2 * day }] }

  it('is asked again in the next night, whenever its turn is, after those whose turn it is', () => {
    expect(ask({ ...fellShort, attempted: begin - day }).at(-1)).toBe('S7USDT')
    expect(ask({ ...fellShort, attempted: begin - day })).toHaveLength(101)
    expect(new Set(ask(answered)).size).toBe(100)
  })

  it('is the first of its night’s share where it was not answered at all, since it waited longest', () => {
    expect(ask({ asked: begin - 5 * day })[0]).toBe('S7USDT')
    expect(ask({ asked: undefined })[0]).toBe('S7USDT')
  })

  it('is asked again even where something had made it likely, and what was likely was asked', () => {
    const hinted = new Map([['S7USDT', begin - day]])
    expect(ask(fellShort, { hinted })).toContain('S7USDT')
    expect(ask(fellShort, { hinted: new Map([['S7USDT', begin + 1]]) })[0]).toBe('S7USDT')
  })

  it('is not asked twice by the workers of one run', () => {
    expect(ask({ ...fellShort, asked: begin + day }, { startedAt: begin + day })).not.toContain('S7USDT')
  })
})
