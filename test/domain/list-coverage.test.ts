import { describe, expect, it } from 'vitest'
import { judge } from '../../lambdas/domain/completeness.ts'
import { coverageLag, gaps, isGone, noCoverage } from '../../lambdas/domain/coverage.ts'
import { coverGone, coverList } from '../../lambdas/domain/list-coverage.ts'
import type { ListStream } from '../../lambdas/domain/stream.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'

const deposits = bitrue.streams.find(({ stream }) => stream === 'deposit')
if (deposits?.reads !== 'list') throw new Error('no list of deposits')
const taken: ListStream = { ...deposits, depth: 30 * day }
const documented: ListStream = { ...taken, isDepthTaken: undefined }

const now = 20_000 * day
const settled = now - 10 * minute
const before = { from: now - 60 * day, to: now - 40 * day }
const known = { ...noCoverage('deposit', 'USDT'), covered: [before], attempted: before.to }
const whole = { since: undefined, settled, answeredAt: now, evidence: undefined }

describe('a list that is read again after longer than it is taken to reach', () => {
  it('leaves what lies between doubtful where no document says how far back it is served', () => {
    const { covered, unverified, lost } = coverList(known, taken, whole, before.from)
    expect(lost).toEqual([])
    expect(unverified).toContainEqual({ from: before.to, to: now - 30 * day, reason: 'beyond-depth' })
    expect(covered).toEqual([before, { from: now - 30 * day, to: settled }])
  })

  it('has lost it where a document does', () => {
    const { lost } = coverList(known, documented, whole, before.from)
    expect(lost).toEqual([{ from: before.to, to: now - 30 * day, reason: 'expired' }])
  })
})

describe('a name that the exchange knows no more', () => {
  const once = coverGone(known, before.to + day)

  it('leaves doubtful what was not read before it was found gone, and nothing is lost', () => {
    expect(once.lost).toEqual([])
    expect(once.unverified).toEqual([{ from: before.to, to: before.to + day, reason: 'unlisted' }])
    expect(gaps(once, before.from)).toEqual([])
  })

  it('is doubted no further however long it is gone, and keeps nobody waiting for younger time', () => {
    const later = coverGone(once, settled)
    expect(later).toEqual(once)
    expect(isGone(later)).toBe(true)
    const stream = { ...taken, partitions: ['USDT'] as const, opened: before.from }
    const of = (from: number) => judge([stream], [later], { period: { from, to: settled } })
    expect(of(before.from)).toMatchObject({ state: 'unverified', behind: [] })
    expect(of(before.to + 2 * day).state).toBe('complete')
    expect(coverageLag([stream], [later], before.from, now)).toBe(0)
  })

  it('is one again once its list is shown', () => {
    const back = {
      ...coverList(once, taken, { ...whole, since: before.to }, before.from),
      attempted: settled,
    }
    expect(isGone(back)).toBe(false)
    expect(back.unverified).toEqual([])
    const again = coverGone(back, settled + day)
    expect(again.unverified).toEqual([{ from: settled, to: settled + day, reason: 'unlisted' }])
  })

  it('that was never read is a note', () => {
    expect(coverGone(noCoverage('deposit', 'USDT'), settled)).toMatchObject({
      note: 'not-served',
      unverified: [],
    })
  })
})
