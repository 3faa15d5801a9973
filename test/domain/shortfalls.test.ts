import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, ownersWord } from '../../lambdas/domain/completeness.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { day, hour, subtract } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'

const at = (iso: string) => Date.parse(`${iso}T00:00:00Z`)
const now = at('2026-11-26')
const edge = at('2026-08-28')
const kind = bitmart.streams.filter(({ stream }) => stream === 'futures-trade')
const [futures] = kind
if (futures === undefined) throw new Error('BitMart has no futures')
const { opened } = futures

const whole = (partition: string, change: Partial<Coverage> = {}): Coverage => ({
  ...noCoverage('futures-trade', partition),
  covered: [{ from: opened, to: now }],
  attempted: now,
  ...change,
})
const doubted = (partition: string, to = edge) =>
  whole(partition, {
    covered: to === now ? [] : [{ from: to, to: now }],
    unverified: [{ from: opened, to, reason: 'beyond-depth' }],
  })
const lacking = (partition: string) =>
  whole(partition, {
    covered: [{ from: opened, to: edge }],
    lost: [{ from: edge, to: now, reason: 'expired' }],
  })

const spans = (...coverage: readonly Coverage[]) => {
  const { gaps, unverified } = judge([futures], coverage)
  return [...gaps, ...unverified]
}

describe('what is missing of a stream with several parts', () => {
  it('says whose it is, and says so once where it is of all', () => {
    expect(spans(lacking('futures'), whole('copy_trading'))).toEqual([
      { from: edge, to: now, reason: 'expired', partitions: ['futures'] },
    ])
    expect(spans(lacking('futures'), lacking('copy_trading'))).toEqual([
      { from: edge, to: now, reason: 'expired' },
    ])
    expect(spans(whole('futures'), doubted('copy_trading'))).toEqual([
      { from: opened, to: edge, reason: 'beyond-depth', partitions: ['copy_trading'] },
    ])
  })

  it('is of the one part that is known, while nothing is known of the other', () => {
    expect(spans(lacking('futures'))).toMatchObject([{ partitions: ['futures'] }])
  })

  it('names three of the thousands that lack the same, and counts the others', () => {
    const kind = bitrue.streams.filter(({ stream }) => stream === 'spot-trade')
    const coverage = Array.from({ length: 12 }, (_, index) => ({
      ...(index < 5 ? lacking(`S${index}USDT`) : whole(`S${index}USDT`)),
      stream: 'spot-trade' as const,
    }))
    const lost = judge(kind, coverage).gaps.filter(({ reason }) => reason === 'expired')
    expect(lost).toEqual([
      {
        from: edge,
        to: now,
        reason: 'expired',
        partitions: ['S0USDT', 'S1USDT', 'S2USDT'],
        morePartitions: 2,
      },
    ])
    expect(shortfalls(bitrue.streams, coverage)[0]).toContain('is missing (5 of 12 symbols)')
  })
})

describe('why a stream of many parts is not complete', () => {
  const spot = bitrue.streams.filter(({ stream }) => stream === 'spot-trade')
  const { opened: begun = 0 } = spot[0] ?? {}
  const symbol = (index: number, change: Partial<Coverage>): Coverage => ({
    ...noCoverage('spot-trade', `S${index}USDT`),
    covered: [{ from: begun, to: now }],
    attempted: now,
    ...change,
  })
  const unknownBefore = (index: number, to: number) =>
    symbol(index, {
      covered: [{ from: to, to: now }],
      unverified: [{ from: begun, to, reason: 'beyond-depth' }],
    })

  it('does not say of all what is so of some: each lacks another part of the time', () => {
    const coverage = [0, 1, 2, 3, 4].map((index) => unknownBefore(index, edge - index * day))
    expect(shortfalls(spot, [...coverage, symbol(5, {})])).toEqual([
      'Spot fills: of some time before 2026-08-28 nobody can tell (5 of 6 symbols)',
    ])
    const lost = [0, 1, 2, 3].map((index) => {
      const gap = { from: edge + index * hour, to: edge + (index + 2) * hour }
      return symbol(index, {
        covered: subtract([{ from: begun, to: now }], [gap]),
        lost: [{ ...gap, reason: 'saturated' }],
      })
    })
    expect(shortfalls(spot, [...lost, symbol(5, {})])).toEqual([
      'Spot fills: some of the time from 2026-08-28 to 2026-08-28 05:00 is missing (4 of 5 symbols)',
    ])
  })

  it('says of all what is so of all, and counts only those that lack the time it names', () => {
    const gap = { from: edge + day, to: edge + 2 * day }
    const later = symbol(9, {
      covered: subtract([{ from: begun, to: now }], [gap]),
      unverified: [{ ...gap, reason: 'damaged' }],
    })
    expect(shortfalls(spot, [...[0, 1, 2, 3].map((index) => unknownBefore(index, edge)), later])).toEqual([
      'Spot fills: before 2026-08-28 nobody can tell (4 of 5 symbols) (and 1 more time)',
    ])
  })

  it('does not blame the key for a name that the exchange does not serve', () => {
    const unserved = symbol(0, { covered: [], note: 'not-served' })
    expect(shortfalls(spot, [unserved, symbol(1, {})])).toEqual([
      'Spot fills: not known to the exchange by this spelling, or not any more, so nobody can tell (S0USDT)',
    ])
  })

  it('counts as the sentences of the table do, whatever is known of whom', () => {
    const known = fc.record({
      until: fc.constantFrom(0, edge - 9 * day, edge - 5 * day, edge),
      gap: fc.constantFrom(
        undefined,
        { from: edge + day, to: edge + 2 * day },
        { from: edge, to: edge + 3 * day },
      ),
      note: fc.constantFrom(undefined, undefined, undefined, 'not-served' as const),
    })
    fc.assert(
      fc.property(fc.array(known, { minLength: 5, maxLength: 30 }), (all) => {
        const coverage = all.map(({ until, gap, note }, index) =>
          note === undefined
            ? symbol(index, {
                covered: subtract(
                  [{ from: Math.max(begun, until), to: now }],
                  gap === undefined ? [] : [gap],
                ),
                unverified: until === 0 ? [] : [{ from: begun, to: until, reason: 'beyond-depth' }],
                lost: gap === undefined ? [] : [{ ...gap, reason: 'saturated' }],
              })
            : symbol(index, { covered: [], note }),
        )
        const [headline = ''] = shortfalls(spot, coverage)
        const table = coverageWords({ streams: spot, sentences: {} }, coverage)[0]?.sentences.join('; ') ?? ''
        for (const reason of headline.slice('Spot fills: '.length).split('; ')) {
          const [, when, count] =
            /^((?:before|from) .*?) (?:is missing|nobody can tell) \((\d+ of \d+ symbols)\)/.exec(reason) ??
            []
          // Of different times of different symbols, the table says each for itself; three or fewer are named.
          if (when !== undefined && table.includes(`${when} (`)) expect(table).toContain(`${when} (${count})`)
        }
        expect(new Set(`${headline}; ${table}`.match(/of \d+ symbols/g) ?? []).size).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })
})

describe('why a stream is not complete', () => {
  it('calls contracts of two kinds by the name of neither', () => {
    const kind = bitrue.streams.filter(({ stream }) => stream === 'futures-trade')
    const contracts = ['E-BTC-USDT', 'E-ETH-USDT', 'E-XRP-USDT', 'E-SOL-USDT'].map(lacking)
    expect(shortfalls(kind, [...contracts, whole('E-BTC-USD')])[0]).toContain('is missing (4 of 5 parts)')
    expect(shortfalls(kind, [...contracts.slice(1), whole('E-BTC-USD')])[0]).toContain(
      '(E-ETH-USDT, E-XRP-USDT, E-SOL-USDT)',
    )
  })

  it('hides nothing of what is known of one part where nobody can tell of the other', () => {
    expect(shortfalls(kind, [doubted('futures'), doubted('copy_trading', now)])).toEqual([
      'Futures fills: before 2026-08-28 nobody can tell (futures); before 2026-11-26 nobody can tell (copy_trading)',
    ])
    expect(shortfalls(kind, [whole('futures'), doubted('copy_trading', now)])).toEqual([
      'Futures fills: before 2026-11-26 nobody can tell (copy_trading)',
    ])
  })

  it('tells the instant as one at which a gap follows a doubt', () => {
    const seam = edge + 30_500
    const part = (partition: string) =>
      whole(partition, {
        covered: [{ from: edge + day, to: now }],
        unverified: [{ from: opened, to: seam, reason: 'beyond-depth' }],
        lost: [{ from: seam, to: edge + day, reason: 'expired' }],
      })
    expect(shortfalls(kind, [part('futures'), part('copy_trading')])).toEqual([
      'Futures fills: from 2026-08-28 00:01 to 2026-08-29 is missing; before 2026-08-28 00:01 nobody can tell',
    ])
  })

  it('names no part where all lack the same', () => {
    expect(shortfalls(kind, [doubted('futures'), doubted('copy_trading')])).toEqual([
      'Futures fills: before 2026-08-28 nobody can tell',
    ])
    expect(shortfalls(kind, [])).toEqual(['Futures fills: nothing is known yet'])
  })

  it('does not say that nothing is known of what a first import was asking for when it was cut off', () => {
    const cutOff = { attempted: 0, covered: [{ from: edge, to: now }] }
    expect(shortfalls(kind, [whole('futures', cutOff), whole('copy_trading', cutOff)])).toEqual([
      'Futures fills: not asked for to the end yet',
    ])
  })

  it('names the part that is missing, behind, unknown or not served', () => {
    expect(shortfalls(kind, [lacking('futures'), whole('copy_trading')])).toEqual([
      'Futures fills: from 2026-08-28 to 2026-11-26 is missing (futures)',
    ])
    expect(shortfalls(kind, [whole('futures')])).toEqual([
      'Futures fills: nothing is known yet (copy_trading)',
    ])
    expect(
      shortfalls(kind, [whole('futures', { covered: [], note: 'not-served' }), whole('copy_trading')]),
    ).toEqual(['Futures fills: not served to this kind of key, so nobody can tell (futures)'])
    const late = { covered: [{ from: opened, to: edge }], attempted: edge }
    expect(
      shortfalls(kind, [whole('futures', late), whole('copy_trading')], {
        word: ownersWord(now - 1, [], undefined),
      }),
    ).toEqual(['Futures fills: nothing is known after 2026-08-28 (futures)'])
  })
})
