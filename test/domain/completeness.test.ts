import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judge,
  judgeAll,
  knownUntil,
  lastSync,
  ownersWord,
  type Scope,
  worst,
} from '../../lambdas/domain/completeness.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { completenessAfter } from '../../lambdas/domain/run.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { subtract } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'

const at = (iso: string) => Date.parse(`${iso}T00:00:00Z`)
const [found] = bitmart.streams
if (found === undefined) throw new Error('BitMart has no streams')
const spot = found
const { opened } = spot
const now = at('2026-11-26')
const [partition] = spot.partitions

function part(change: Partial<Coverage> = {}): Coverage {
  return {
    ...noCoverage(spot.stream, partition),
    covered: [{ from: opened, to: now }],
    attempted: now,
    ...change,
  }
}

const stateOf = (change: Partial<Coverage>, scope?: Scope) => judge([spot], [part(change)], scope).state

describe('the state of a stream', () => {
  it('is complete only when all from the beginning to the last sync is covered', () => {
    expect(stateOf({})).toBe('complete')
    expect(judge([spot], []).state).toBe('incomplete')
    expect(stateOf({ covered: [{ from: opened, to: now - 1 }] })).toBe('incomplete')
  })

  it('is unverified when nothing is known to be missing, and for some time nobody can tell', () => {
    const edge = at('2026-08-28')
    const covered = [{ from: edge, to: now }]
    for (const reason of ['beyond-depth', 'refused', 'indivisible'] as const)
      expect(stateOf({ covered, unverified: [{ from: opened, to: edge, reason }] })).toBe('unverified')
    expect(stateOf({ covered: [], note: 'not-served' })).toBe('unverified')
    expect(stateOf({ covered: [], note: 'not-opened' })).toBe('complete')
  })

  it('is incomplete with a gap of any reason, whatever else nobody can tell', () => {
    const [edge, later] = [at('2026-08-28'), at('2026-09-01')]
    for (const reason of ['expired', 'saturated', 'failed'] as const)
      expect(
        stateOf({
          covered: [{ from: later, to: now }],
          unverified: [{ from: opened, to: edge, reason: 'beyond-depth' }],
          lost: [{ from: edge, to: later, reason }],
        }),
      ).toBe('incomplete')
  })

  it('is incomplete when it was not asked for up to the end of the period', () => {
    expect(stateOf({}, { period: { to: now } })).toBe('complete')
    expect(stateOf({}, { period: { to: now + 1 } })).toBe('incomplete')
    expect(stateOf({}, { period: { from: now } })).toBe('incomplete')
    expect(stateOf({}, { period: { from: now - 1 } })).toBe('complete')
    expect(stateOf({}, { period: { from: opened - 2, to: opened - 1 } })).toBe('complete')
  })

  it('is that of the part of which the least is known', () => {
    const futures = bitmart.streams.find(({ stream }) => stream === 'futures-trade')
    if (futures === undefined) throw new Error('BitMart has no futures')
    const parts = futures.partitions.map((name) => ({ ...part(), stream: futures.stream, partition: name }))
    expect(judge([futures], parts).state).toBe('complete')
    expect(judge([futures], parts.slice(1)).state).toBe('incomplete')
  })

  it('begins with the day that the owner of the account names, unless a stored row is older', () => {
    const since = at('2026-03-01')
    const old = { from: opened, to: at('2026-02-01'), reason: 'refused' as const }
    const doubted = { covered: [{ from: old.to, to: now }], unverified: [old] }
    expect(stateOf(doubted, { word: ownersWord(since, [], undefined) })).toBe('complete')
    const lost = { lost: [{ ...old, reason: 'expired' as const }], covered: doubted.covered }
    expect(stateOf(lost, { word: ownersWord(since, [], undefined) })).toBe('complete')
    const row = part({ oldest: since - 1 })
    expect(ownersWord(since, [row], undefined)).toEqual({ at: since, refutedBy: since - 1 })
    expect(stateOf(doubted, { word: ownersWord(since, [row], undefined) })).toBe('unverified')
    expect(ownersWord(since, [row], { oldest: since - 2 })).toEqual({ at: since, refutedBy: since - 2 })
    expect(ownersWord(since, [], { oldest: since - 1 })).toEqual({ at: since, refutedBy: since - 1 })
    expect(ownersWord(since, [part({ oldest: since })], {})).toEqual({ at: since })
  })

  it('is never complete over a hole before what is covered, however short of it the last whole run ended', () => {
    const instant = fc.integer({ min: opened, max: now })
    const hole = fc.tuple(instant, instant).filter(([a, b]) => a !== b)
    fc.assert(
      fc.property(hole, instant, fc.option(instant), ([a, b], attempted, until) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        // What a run saves while it is at work, and what is left of it when it is killed.
        const known = part({
          covered: [
            { from: opened, to: from },
            { from: to, to: now },
          ].filter((window) => window.to > window.from),
          attempted,
        })
        const period = { from: opened, to: until ?? now }
        const judged = judge([spot], [known], { period })
        const open = subtract([period], known.covered)
        if (open.length > 0 || attempted === 0) expect(judged.state).toBe('incomplete')
        const told = judged.behind.length > 0 ? [{ from: judged.behind[0]?.known ?? 0, to: now }] : []
        expect(subtract(open, [...judged.gaps, ...told])).toEqual([])
      }),
    )
  })

  it('never gets better by what is taken away, nor by a longer period', () => {
    const order = ['complete', 'unverified', 'incomplete']
    const instant = fc.integer({ min: opened, max: now })
    fc.assert(
      fc.property(instant, instant, instant, instant, fc.boolean(), (a, b, c, d, lost) => {
        const [from = 0, to = 0] = [a, b].sort((x, y) => x - y)
        const [begin = 0, end = 0] = [c, d].sort((x, y) => x - y)
        const hole = { from, to }
        const covered = [
          { from: opened, to: from },
          { from: to, to: now },
        ].filter((window) => window.to > window.from)
        const known: Partial<Coverage> =
          from === to
            ? {}
            : lost
              ? { covered, lost: [{ ...hole, reason: 'expired' }] }
              : { covered, unverified: [{ ...hole, reason: 'refused' }] }
        const whole = order.indexOf(stateOf(known))
        expect(whole).toBeGreaterThanOrEqual(
          order.indexOf(stateOf(known, { period: { from: begin, to: end } })),
        )
        expect(whole === 0).toBe(from === to)
      }),
    )
  })
})

describe('the state of a connection', () => {
  const all = bitmart.streams.flatMap(({ stream, partitions }) =>
    partitions.map((name) => ({ ...part(), stream, partition: name })),
  )

  it('is that of the stream of which the least is known, as of the one asked the longest ago', () => {
    expect(judgeAll(bitmart.streams, all)).toBe('complete')
    expect(lastSync(bitmart.streams, all)).toBe(now)
    expect(judgeAll(bitmart.streams, all.slice(1))).toBe('incomplete')
    expect(lastSync(bitmart.streams, all.slice(1))).toBeUndefined()
    const [first, ...rest] = all
    if (first === undefined) throw new Error('nothing is known')
    expect(lastSync(bitmart.streams, [{ ...first, attempted: now - 5 }, ...rest])).toBe(now - 5)
  })

  it('is known only as far as a run came that was to come further', () => {
    expect(knownUntil(bitmart.streams, all)).toBe(now)
    const [first, ...rest] = all
    if (first === undefined) throw new Error('nothing is known')
    const later = all.map((one) => ({ ...one, attempted: now + 5 }))
    expect(knownUntil(bitmart.streams, later)).toBe(now)
    expect(lastSync(bitmart.streams, later)).toBe(now + 5)
    const nothing = { ...first, covered: [], attempted: now }
    expect(knownUntil(bitmart.streams, [nothing, ...rest])).toBeUndefined()
    const unopened = { ...nothing, note: 'not-opened' as const }
    expect(knownUntil(bitmart.streams, [unopened, ...rest])).toBe(now)
  })

  it('is incomplete where there is nothing at all', () => {
    expect(worst([])).toBe('incomplete')
  })

  it('is said in one line for all streams that lack the same', () => {
    const edge = at('2026-08-28')
    const doubted = all.map((one) =>
      one.stream === 'withdrawal' || one.stream === 'deposit'
        ? {
            ...one,
            covered: [{ from: edge, to: now }],
            unverified: [{ from: opened, to: edge, reason: 'refused' as const }],
          }
        : one.stream === 'spot-trade'
          ? { ...one, covered: [{ from: opened, to: edge }] }
          : one,
    )
    expect(shortfalls(bitmart.streams, doubted)).toEqual([
      'Spot fills: from 2026-08-28 to 2026-11-26 is missing',
      'Withdrawals and Deposits: before 2026-08-28 nobody can tell',
    ])
    expect(shortfalls(bitmart.streams, all)).toEqual([])
    expect(shortfalls(bitmart.streams, [])[0]).toContain('nothing is known yet')
  })
})

describe('what is known after a run', () => {
  it('is incomplete unless the run says otherwise', () => {
    expect((['complete', 'unverified'] as const).map(completenessAfter)).toEqual(['complete', 'unverified'])
    for (const state of ['running', 'incomplete', 'interrupted', 'failed', 'waiting'] as const)
      expect(completenessAfter(state)).toBe('incomplete')
  })
})
