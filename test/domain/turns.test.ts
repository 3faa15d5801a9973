import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { changedHoldings, noHoldings, sameHoldings } from '../../lambdas/domain/holdings.ts'
import { shelfOf, whoseTurn } from '../../lambdas/domain/rotation.ts'
import { day, hour } from '../../lambdas/domain/window.ts'

const now = Date.UTC(2026, 10, 27, 2)

/** A partition that was asked at this time, with nothing in it. */
function quiet(partition: string, asked: number, more: Partial<Coverage> = {}): Coverage {
  const covered = [{ from: 0, to: asked }]
  return { ...noCoverage('spot-trade', partition), asked, attempted: asked, covered, ...more }
}

function turn(known: readonly Coverage[], names: { listed?: string[]; hinted?: [string, number][] } = {}) {
  const { listed = [], hinted = [] } = names
  return whoseTurn(
    new Map(known.map((part) => [part.partition, part])),
    { listed, hinted: new Map(hinted) },
    7 * day,
    { startedAt: now, again: false },
  )
}

describe('whose turn it is', () => {
  it('is theirs that have rows, then theirs that something makes likely, then theirs who waited too long, and last theirs that failed', () => {
    const lately = now - 2 * day
    const order = turn(
      [
        quiet('failed', lately, { attempted: now - day }),
        quiet('waited', now - 7 * day),
        quiet('likely', lately),
        quiet('told long ago', now - hour),
        quiet('traded', lately, { oldest: 1 }),
      ],
      {
        listed: ['new'],
        hinted: [
          ['likely', now - hour],
          ['told long ago', now - day],
        ],
      },
    )
    expect(order[0]).toBe('traded')
    expect(order[1]).toBe('likely')
    expect(order.slice(2, -1).sort()).toEqual(['new', 'waited'])
    expect(order.at(-1)).toBe('failed')
  })

  it('is nobody’s that this run has asked already, and a run an hour later asks only for those with rows', () => {
    const names = Array.from({ length: 70 }, (_, index) => `S${index}`)
    expect(turn(names.map((name) => quiet(name, now)))).toEqual([])
    const known = [
      ...names.map((name) => quiet(name, now - hour)),
      quiet('traded', now - hour, { oldest: 1 }),
    ]
    expect(turn(known)).toEqual(['traded'])
  })

  it('is a seventh of the others a night, those of one shelf together', () => {
    const names = Array.from({ length: 700 }, (_, index) => `S${index}`)
    const tonight = turn(names.map((name) => quiet(name, now - day)))
    expect(tonight).toHaveLength(100)
    expect(new Set(tonight.map(shelfOf)).size).toBeLessThanOrEqual(2)
  })

  it('comes to every name within seven nights, or the first night after nights that were missed', () => {
    const nights = fc.array(
      fc.record({ gap: fc.constantFrom(1, 1, 1, 1, 2, 9), at: fc.integer({ min: 0, max: 6 * hour }) }),
      { minLength: 8, maxLength: 25 },
    )
    const names = fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(nights, names, (runs, listed) => {
        const known = new Map<string, Coverage>()
        let midnight = Date.UTC(2026, 0, 1)
        for (const { gap, at } of runs) {
          midnight += gap * day
          const startedAt = midnight + at
          const due = () =>
            whoseTurn(known, { listed, hinted: new Map() }, 7 * day, { startedAt, again: false })
          for (const name of due()) known.set(name, quiet(name, startedAt))
          expect(due()).toEqual([])
          for (const name of listed) expect(startedAt - (known.get(name)?.asked ?? 0)).toBeLessThan(7 * day)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('balances', () => {
  it('that changed, came or went are remembered for a while, and nothing of how much they are', () => {
    const first = changedHoldings(noHoldings, { A: '1', B: '2' }, now)
    expect(first.changed).toEqual({ A: now, B: now })
    expect(JSON.stringify(first)).not.toMatch(/"[12]"/)
    const second = changedHoldings(first, { A: '1.5', C: '3' }, now + 20 * day)
    expect(Object.keys(second.changed).sort()).toEqual(['A', 'B', 'C'])
    expect(sameHoldings(second, changedHoldings(second, { A: '1.5', C: '3' }, now + 21 * day))).toBe(true)
  })
})
