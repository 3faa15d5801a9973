import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  coverAnswer,
  coverRefusal,
  coverSaturation,
  strongerEvidence,
} from '../../lambdas/domain/cover-answer.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { edgeSlack, isDueAgain, planWindows } from '../../lambdas/domain/plan-windows.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import {
  day,
  hour,
  intersect,
  minute,
  subtract,
  totalWidth,
  union,
  width,
} from '../../lambdas/domain/window.ts'
import { definition, fresh, now, opened } from './spot-windows.ts'

const answer = (change: Partial<Answer>): Answer => ({
  window: { from: now - 10 * day, to: now },
  askedAt: now,
  answeredAt: now,
  evidence: undefined,
  oldest: undefined,
  proven: true,
  ...change,
})

describe('what an answer proves', () => {
  it('is the window up to the settle lag when it is younger than the documented depth', () => {
    const { covered, unverified, lost } = coverAnswer(fresh, definition, answer({}), undefined)
    expect(covered).toEqual([{ from: now - 10 * day, to: now - 10 * minute }])
    expect([...unverified, ...lost]).toEqual([])
  })

  it('is nothing for an empty answer beyond the documented depth', () => {
    const window = { from: now - 200 * day, to: now - 180 * day }
    const { covered, unverified } = coverAnswer(fresh, definition, answer({ window }), undefined)
    expect(covered).toEqual([])
    expect(unverified).toEqual([{ ...window, reason: 'beyond-depth' }])
  })

  it('is nothing for an empty answer that begins before the horizon: silence may be how an exchange says no', () => {
    const window = { from: now - 91 * day, to: now - 80 * day }
    expect(coverAnswer(fresh, definition, answer({ window }), undefined).covered).toEqual([])
  })

  it('begins at the oldest row of an answer beyond the documented depth', () => {
    const window = { from: now - 200 * day, to: now - 180 * day }
    const { covered, unverified } = coverAnswer(
      fresh,
      definition,
      answer({ window, oldest: now - 190 * day }),
      undefined,
    )
    expect(covered).toEqual([{ from: now - 190 * day, to: window.to }])
    expect(unverified).toEqual([{ from: window.from, to: now - 190 * day, reason: 'beyond-depth' }])
  })

  it('reaches as far back as a row that the exchange has served before', () => {
    const window = { from: now - 200 * day, to: now - 180 * day }
    const evidence = { time: now - 300 * day, servedAt: now }
    expect(coverAnswer(fresh, definition, answer({ window, evidence }), undefined).covered).toEqual([window])
  })

  it('confirms earlier answers of the run that were doubted once an older row is served', () => {
    const doubted = coverAnswer(
      fresh,
      definition,
      answer({ window: { from: now - 200 * day, to: now - 180 * day } }),
      undefined,
    )
    const older = { from: now - 300 * day, to: now - 280 * day }
    const answeredBefore = [{ from: now - 200 * day, to: now - 180 * day }]
    const evidence = { time: now - 290 * day, servedAt: now }
    const confirmed = coverAnswer(
      doubted,
      definition,
      answer({ window: older, oldest: evidence.time, evidence, answeredBefore }),
      undefined,
    )
    expect(confirmed.covered).toEqual([
      { from: now - 290 * day, to: now - 280 * day },
      { from: now - 200 * day, to: now - 180 * day },
    ])
  })

  it('doubts what may have left the horizon since the row that showed it was served', () => {
    // A run that goes on twelve hours later: the exchange may have moved on by as much.
    const evidence = { time: now - 200 * day, servedAt: now - 12 * hour }
    const window = { from: evidence.time, to: evidence.time + 12 * hour }
    expect(coverAnswer(fresh, definition, answer({ window, evidence }), undefined)).toMatchObject({
      covered: [],
      unverified: [{ ...window, reason: 'beyond-depth' }],
    })
  })

  it('is lost, not doubtful, where we had covered older time before', () => {
    const window = { from: now - 100 * day, to: now - 80 * day }
    const young = answer({ window, oldest: now - 85 * day })
    const { covered, unverified, lost } = coverAnswer(fresh, definition, young, now - 150 * day)
    expect(lost).toEqual([{ from: now - 100 * day, to: now - 90 * day, reason: 'expired' }])
    expect(covered).toEqual([{ from: now - 90 * day, to: now - 80 * day }])
    expect(unverified).toEqual([])
  })

  it('is doubtful, and never lost, where the depth is only taken from another history', () => {
    const window = { from: now - 100 * day, to: now - 80 * day }
    const taken: WindowStream = { ...definition, isDepthTaken: true }
    for (const oldest of [undefined, now - 85 * day]) {
      const { covered, unverified, lost } = coverAnswer(
        fresh,
        taken,
        answer({ window, oldest }),
        now - 150 * day,
      )
      expect(lost).toEqual([])
      expect(unverified[0]).toMatchObject({ from: window.from, reason: 'beyond-depth' })
      expect(union([...covered, ...unverified])).toEqual([window])
    }
    expect(coverRefusal(fresh, window, now - 150 * day).lost).toEqual([{ ...window, reason: 'expired' }])
  })

  it('counts the horizon from when the answer came, not from when the run began', () => {
    const window = { from: now - 91 * day, to: now - 80 * day }
    const late = answer({ window, answeredAt: now + 2 * day, oldest: now - 82 * day })
    expect(coverAnswer(fresh, definition, late, undefined).covered).toEqual([
      { from: now - 88 * day, to: window.to },
    ])
  })

  it('takes nothing back that was covered', () => {
    const covered: Coverage = { ...fresh, covered: [{ from: now - 300 * day, to: now - hour }] }
    const window = { from: now - 200 * day, to: now - 180 * day }
    expect(coverAnswer(covered, definition, answer({ window }), now - 300 * day)).toMatchObject({
      covered: covered.covered,
      lost: [],
      unverified: [],
    })
    expect(coverRefusal(covered, window, now - 300 * day).covered).toEqual(covered.covered)
    expect(coverSaturation(covered, { from: now - 2 * day, to: now - 2 * day + 1 }).lost).toEqual([])
  })

  it('is not more than that rows were collected, when the parts of an instant prove no whole', () => {
    const window = { from: now - day, to: now - day + 1 }
    expect(coverAnswer(fresh, definition, answer({ window, proven: false }), undefined)).toMatchObject({
      covered: [],
      unverified: [{ ...window, reason: 'indivisible' }],
    })
  })

  it('never reaches past the settle lag', () => {
    const at = fc.integer({ min: now - 5 * day, max: now })
    fc.assert(
      fc.property(at, at, fc.boolean(), (from, askedAt, proven) => {
        const result = coverAnswer(
          fresh,
          definition,
          answer({ window: { from, to: now + day }, askedAt, proven }),
          undefined,
        )
        for (const part of [...result.covered, ...result.unverified]) {
          expect(part.to).toBeLessThanOrEqual(askedAt - definition.settleLag)
          expect(width(part)).toBeGreaterThan(0)
        }
      }),
    )
  })
})

describe('a refusal', () => {
  const window = { from: now - 120 * day, to: now - 60 * day }

  it('leaves doubtful what nobody had covered before', () => {
    const { unverified, lost } = coverRefusal(fresh, window, undefined)
    expect(unverified).toEqual([{ ...window, reason: 'refused' }])
    expect(lost).toEqual([])
  })

  it('loses what lay after the time that was covered before', () => {
    const { unverified, lost } = coverRefusal(fresh, window, now - 100 * day)
    expect(unverified).toEqual([{ from: window.from, to: now - 100 * day, reason: 'refused' }])
    expect(lost).toEqual([{ from: now - 100 * day, to: window.to, reason: 'expired' }])
  })

  it('takes what nobody could tell before for no more than that', () => {
    const doubted: Coverage = { ...fresh, unverified: [{ ...window, reason: 'beyond-depth' }] }
    expect(coverRefusal(doubted, window, now - 100 * day)).toEqual(doubted)
  })
})

describe('an exchange that documents a week, and of which others report ninety days', () => {
  const reported: WindowStream = { ...definition, depth: 7 * day, reportedDepth: 90 * day }
  const window = { from: now - 60 * day, to: now - 30 * day }

  it('is not believed when it answers nothing about the time in between', () => {
    const { covered, unverified, lost } = coverAnswer(fresh, reported, answer({ window }), now - 80 * day)
    expect([...covered, ...lost]).toEqual([])
    expect(unverified).toEqual([{ ...window, reason: 'beyond-depth' }])
  })

  it('is believed from the oldest row on that it serves', () => {
    const rows = answer({ window, oldest: now - 50 * day })
    const { covered, unverified } = coverAnswer(fresh, reported, rows, undefined)
    expect(covered).toEqual([{ from: now - 50 * day, to: window.to }])
    expect(unverified).toEqual([{ from: window.from, to: now - 50 * day, reason: 'beyond-depth' }])
  })

  it('has let go what lay after covered time and is older than anybody says', () => {
    const older = { from: now - 120 * day, to: now - 80 * day }
    const { unverified, lost } = coverAnswer(fresh, reported, answer({ window: older }), now - 130 * day)
    expect(lost).toEqual([{ from: older.from, to: now - 90 * day, reason: 'expired' }])
    expect(unverified).toEqual([{ from: now - 90 * day, to: older.to, reason: 'beyond-depth' }])
  })

  it('is asked in windows that begin where it may cease to serve', () => {
    const froms = planWindows(fresh, { ...reported, maxSpan: 89 * day }, now).map(({ from }) => from)
    for (const age of [7, 14, 28, 56, 90]) expect(froms).toContain(now - age * day + edgeSlack)
  })
})

describe('what nobody could tell, or had', () => {
  const known: Coverage = {
    ...fresh,
    covered: [{ from: now - 80 * day, to: now - hour }],
    unverified: [{ from: opened, to: now - 90 * day, reason: 'refused' }],
    lost: [{ from: now - 90 * day, to: now - 80 * day, reason: 'expired' }],
    attempted: now - hour,
    reasked: now - 7 * day,
  }

  it('is asked again after a week, all of it, and not before', () => {
    expect(isDueAgain(known, now)).toBe(true)
    expect(isDueAgain({ ...known, reasked: now - 7 * day + 1 }, now)).toBe(false)
    expect(isDueAgain({ ...known, reasked: undefined }, now)).toBe(false)
    expect(isDueAgain({ ...known, unverified: [], lost: [] }, now)).toBe(false)
    expect(planWindows(known, definition, now)).toEqual([{ from: now - hour - 6 * hour, to: now }])
    const again = planWindows(known, definition, now, true)
    expect(totalWidth(intersect(again, [{ from: opened, to: now - 80 * day }]))).toBe(now - 80 * day)
  })

  it('is covered where it is served after all', () => {
    const window = { from: now - 95 * day, to: now - 85 * day }
    const served = answer({ window, oldest: now - 94 * day })
    const { covered, unverified, lost } = coverAnswer(known, definition, served, now - 80 * day)
    expect(covered[0]).toEqual({ from: now - 94 * day, to: window.to })
    expect(lost).toEqual([{ from: window.to, to: now - 80 * day, reason: 'expired' }])
    expect(unverified).toEqual([{ from: opened, to: now - 94 * day, reason: 'refused' }])
  })

  it('is not confirmed by a row that is served today: the archive may have been opened since', () => {
    const doubted: Coverage = {
      ...fresh,
      unverified: [{ from: now - 200 * day, to: now - 100 * day, reason: 'beyond-depth' }],
    }
    const window = { from: now - 300 * day, to: now - 280 * day }
    const evidence = { time: window.from, servedAt: now }
    const row = answer({ window, oldest: window.from, evidence })
    expect(coverAnswer(doubted, definition, row, undefined).covered).toEqual([window])
  })
})

describe('a run that goes on at the edge of what is served', () => {
  it('takes nothing for lost that the exchange still serves, however it was cut off', () => {
    const sliver = fc.integer({ min: 0, max: 10 * minute })
    const later = fc.integer({ min: 1, max: 10 * minute })
    fc.assert(
      fc.property(sliver, later, later, (width, pause, asking) => {
        const edge = now - 90 * day + edgeSlack
        const known: Coverage = {
          ...fresh,
          unverified: [{ from: opened, to: edge, reason: 'beyond-depth' }],
          covered: width === 0 ? [] : [{ from: edge, to: edge + width }],
          attempted: edge + width,
        }
        const askedAt = now + pause
        const careSince = known.covered[0]?.from
        const after = planWindows(known, definition, askedAt).reduce(
          (coverage, window) =>
            coverAnswer(
              coverage,
              definition,
              answer({ window, askedAt, answeredAt: askedAt + asking }),
              careSince,
            ),
          known,
        )
        expect(after.lost).toEqual([])
        const served = [{ from: edge, to: askedAt - definition.settleLag }]
        expect(subtract(served, after.covered)).toEqual([])
      }),
    )
  })
})

describe('evidence', () => {
  it('is stronger the older a row was when it was served', () => {
    const older = { time: 10, servedAt: 100 }
    expect(strongerEvidence(older, { time: 50, servedAt: 120 })).toBe(older)
    expect(strongerEvidence(undefined, older)).toBe(older)
  })
})
