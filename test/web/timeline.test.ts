import { describe, expect, it } from 'vitest'
import type { Coverage } from '../../web/answers.ts'
import { beginOf, isNothing, lanesOf, pinsOf, scale } from '../../web/timeline.ts'

const now = Date.UTC(2026, 10, 27)
const iso = (time: number) => new Date(time).toISOString()
const [begun, ended] = ['2025-01-02T00:00:00.000Z', '2025-12-30T00:00:00.000Z']
const covered = { from: '2026-08-29T00:00:00.000Z', to: '2026-11-26T00:00:00.000Z' }
const older = {
  from: '2024-11-27T00:00:00.000Z',
  to: '2026-08-29T00:00:00.000Z',
  reason: 'beyond-depth',
} as const

type Item = Coverage['items'][number]
const partition = (name: string, more: Partial<Item['partitions'][number]> = {}) => ({
  partition: name,
  covered: [covered],
  gaps: [],
  unverified: [older],
  unfinished: 0,
  ...more,
})

function coverage(partitions: Item['partitions'], attested?: Coverage['attested']): Coverage {
  return {
    state: 'unverified',
    asOf: iso(now),
    sentences: [],
    lacking: [],
    items: [{ stream: 'spot-trade', title: 'Spot fills', state: 'unverified', sentences: [], partitions }],
    ...(attested !== undefined && { attested }),
    absent: [],
  }
}
const whole = { stream: 'spot-trade', from: begun, to: ended, by: 'owner' } as const

describe('the timeline of coverage', () => {
  it('shows time that a file attests beside what is not known of it, and neither in the place of the other', () => {
    const [lane] = lanesOf(coverage([partition('all')], [whole]), now, false)
    const kinds = lane?.spans.map(({ kind, from, to, reason }) => [kind, iso(from), iso(to), reason])
    expect(kinds).toContainEqual(['attested', begun, ended, 'owner'])
    expect(kinds).toContainEqual(['unverified', older.from, older.to, 'beyond-depth'])
    expect(kinds?.filter(([kind]) => kind === 'covered')).toEqual([
      ['covered', covered.from, covered.to, undefined],
    ])
    // Without the file everything else is the same.
    const [without] = lanesOf(coverage([partition('all')]), now, false)
    expect(lane?.spans.filter(({ kind }) => kind !== 'attested')).toEqual(without?.spans)
  })

  it('has nothing to draw as long as nothing is known of any part', () => {
    const unasked = partition('all', { covered: [], unverified: [] })
    expect(isNothing(coverage([]))).toBe(true)
    expect(isNothing(coverage([unasked]))).toBe(true)
    for (const told of [partition('all'), { ...unasked, note: 'not-served' as const }])
      expect(isNothing(coverage([unasked, told]))).toBe(false)
    expect(isNothing(coverage([], [whole]))).toBe(false)
  })

  it('begins at the first moment that is covered or attested, whichever is the older', () => {
    const first = (attested?: Coverage['attested']) =>
      beginOf('first', lanesOf(coverage([partition('all')], attested), now, false), undefined, now)
    expect(first()).toBeLessThanOrEqual(Date.parse(covered.from))
    expect(first()).toBeGreaterThan(Date.parse(ended))
    expect(first([whole])).toBeLessThanOrEqual(Date.parse(begun))
  })

  it('shows what files attest in a lane of its own where the parts of a stream have lanes, and once', () => {
    const answer = coverage([partition('BTC_USDT'), partition('ETH_USDT')], [whole])
    const lanes = lanesOf(answer, now, true)
    expect(lanes.map(({ title }) => title)).toEqual([
      'Spot fills, files',
      'Spot fills, BTC_USDT',
      'Spot fills, ETH_USDT',
    ])
    const attested = lanes.flatMap(({ spans }) => spans).filter(({ kind }) => kind === 'attested')
    expect(attested).toHaveLength(1)
  })

  it('tells what a file attests where the exchange serves nothing, and where nothing was asked yet', () => {
    const [noted] = lanesOf(coverage([partition('all', { note: 'not-served' })], [whole]), now, false)
    expect(noted?.spans.map(({ kind }) => kind)).toEqual(['attested'])
    const [unasked] = lanesOf(coverage([], [whole]), now, false)
    expect(unasked?.spans.map(({ kind, from }) => [kind, iso(from)])).toEqual([
      ['attested', begun],
      ['unasked', begun],
    ])
  })

  it('has a lane for what only files have, and leaves nothing unasked where there is no key to ask with', () => {
    const ledger = { stream: 'spot-ledger', title: 'Spot ledger rows' } as const
    const fills = { stream: 'spot-trade', title: 'Spot fills' } as const
    const answer = coverage([partition('all')], [{ ...whole, stream: 'spot-ledger' }])
    const beside = lanesOf(answer, now, false, { streams: [fills, ledger], isAll: false })
    expect(beside.map(({ title }) => title)).toEqual(['Spot fills', 'Spot ledger rows'])
    expect(beside[1]?.spans.map(({ kind }) => kind)).toEqual(['attested'])
    const alone = lanesOf(coverage([], [whole]), now, false, { streams: [fills], isAll: true })
    expect(alone.flatMap(({ spans }) => spans.map(({ kind }) => kind))).toEqual(['attested'])
  })

  it('gives what is too narrow to be seen a pin, and one that several share is the worst one’s', () => {
    const at = Date.parse(begun)
    const gap = { from: iso(at + 60_000), to: iso(at + 60_002), reason: 'expired' } as const
    const minute = { ...whole, to: iso(at + 30_000) }
    const [lane] = lanesOf(coverage([partition('all', { gaps: [gap] })], [minute]), now, false)
    const [pin, ...others] = pinsOf(lane?.spans ?? [], scale(at - 86_400_000, now, 800), now)
    expect(others).toEqual([])
    expect(pin?.spans.map(({ kind }) => kind)).toEqual(['gap', 'attested'])
  })
})
