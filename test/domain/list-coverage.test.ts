import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { coverList } from '../../lambdas/domain/list-coverage.ts'
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
