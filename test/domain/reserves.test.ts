import { describe, expect, it } from 'vitest'
import { judge, lastSync } from '../../lambdas/domain/completeness.ts'
import { type Coverage, coverageLag, noCoverage } from '../../lambdas/domain/coverage.ts'
import { streamSentences } from '../../lambdas/domain/coverage-words.ts'
import { givenUp, withReserve } from '../../lambdas/domain/reserves.ts'
import { day } from '../../lambdas/domain/window.ts'
import { modelStream } from '../model/model-exchange.ts'

const now = 1_000 * day
const better = modelStream({ partitions: ['better'], opened: 900 * day, stream: 'futures-trade' })
const reserve = {
  ...modelStream({ partitions: ['reserve'], opened: 900 * day, stream: 'futures-trade' }),
  title: 'Older fills, without trade ids',
  reserveOf: 'better',
}
const kind = [better, reserve] as const

function part(partition: string, change: Partial<Coverage>): Coverage {
  return { ...noCoverage('futures-trade', partition), ...change }
}

const known = part('better', {
  covered: [{ from: 993 * day, to: now }],
  unverified: [{ from: 900 * day, to: 980 * day, reason: 'beyond-depth' }],
  lost: [
    { from: 980 * day, to: 990 * day, reason: 'expired' },
    { from: 990 * day, to: 993 * day, reason: 'saturated' },
  ],
  attempted: now,
})

describe('a reserve', () => {
  it('is for what its better has given up, in whole units', () => {
    const odd = part('better', { lost: [{ from: 1_500, to: 3_500, reason: 'expired' }], unverified: [] })
    expect(givenUp(odd, 1_000)).toEqual([{ from: 2_000, to: 3_000 }])
    expect(givenUp(known, 1_000)).toEqual([{ from: 900 * day, to: 993 * day }])
  })

  it('takes the place of what its better lost, and never of what was too crowded for it', () => {
    const both = withReserve(
      known,
      part('reserve', {
        covered: [{ from: 970 * day, to: 985 * day }],
        unverified: [
          { from: 900 * day, to: 970 * day, reason: 'refused' },
          { from: 985 * day, to: 986 * day, reason: 'indivisible' },
          { from: 991 * day, to: 992 * day, reason: 'indivisible' },
        ],
        lost: [{ from: 986 * day, to: 987 * day, reason: 'unreadable' }],
      }),
    )
    expect(both.covered).toEqual([
      { from: 970 * day, to: 985 * day },
      { from: 993 * day, to: now },
    ])
    expect(both.unverified).toEqual([
      { from: 900 * day, to: 970 * day, reason: 'beyond-depth' },
      { from: 985 * day, to: 986 * day, reason: 'indivisible' },
    ])
    expect(both.lost).toEqual([
      { from: 986 * day, to: 987 * day, reason: 'unreadable' },
      { from: 987 * day, to: 990 * day, reason: 'expired' },
      { from: 990 * day, to: 993 * day, reason: 'saturated' },
    ])
  })

  it('never speaks of time that its better knows', () => {
    const all = part('reserve', { covered: [{ from: 0, to: now }] })
    const whole = part('better', { covered: [{ from: 900 * day, to: now }], attempted: now })
    expect(withReserve(whole, all)).toEqual(whole)
  })

  it('is a part of what its better is judged by, and lacks nothing of its own', () => {
    const told = part('reserve', { covered: [{ from: 900 * day, to: 990 * day }] })
    const crowded = { from: 990 * day, to: 993 * day, reason: 'saturated' }
    expect(judge(kind, [known, told])).toMatchObject({ state: 'incomplete', gaps: [crowded], unverified: [] })
    const { lost: _lost, ...rest } = known
    const calm = { ...rest, lost: [], covered: [{ from: 980 * day, to: now }] }
    expect(judge(kind, [calm, told]).state).toBe('complete')
    expect(judge(kind, [calm]).state).toBe('unverified')
    expect(judge(kind, [told]).state).toBe('incomplete')
    expect(lastSync(kind, [known, told])).toBe(now)
    expect(coverageLag(kind, [known], 0, now)).toBe(0)
  })

  it('says for which time it tells less', () => {
    const told = part('reserve', { covered: [{ from: 975 * day, to: 990 * day }] })
    expect(streamSentences(kind, [known, told], {})).toEqual([
      'complete from 1972-09-02 to 1972-09-17, from 1972-09-20 to 1972-09-27 UTC',
      expect.stringMatching(/^from 1972-09-17 to 1972-09-20 is missing: .*\(saturated\)$/),
      'from 1972-09-02 to 1972-09-17 only: older fills, without trade ids',
      expect.stringMatching(/^before 1972-09-02 nobody can tell/),
    ])
  })
})
