import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { coverageWords, eachBeginning, streamSentences } from '../../lambdas/domain/coverage-words.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import type { StreamKind, WindowStream } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'

const at = (iso: string): number => Date.parse(iso)

function definition(stream: StreamKind, title: string): WindowStream {
  return {
    reads: 'windows',
    stream,
    title,
    mutable: false,
    partitions: title === 'Futures fills' ? ['futures', 'copy_trading'] : ['all'],
    maxSpan: 90 * day,
    unit: 1,
    lowerEnd: 'unknown',
    upperEnd: 'unknown',
    pageCap: 200,
    depth: 90 * day,
    opened: at('2018-03-15T00:00:00Z'),
    settleLag: 0,
    lookBack: day,
    rate: { id: 'all', calls: 1, per: 1000, scope: 'key' },
    splits: [],
    unverified: [],
    ask: () => {
      throw new Error('not asked here')
    },
    rows: z.array(z.unknown()).transform((readable) => ({ readable, unreadable: [] })),
    normalise: () => [],
  }
}

const spot = definition('spot-trade', 'Spot fills')
const futures = definition('futures-trade', 'Futures fills')

function told(stream: WindowStream, ...parts: readonly Partial<Coverage>[]): readonly string[] {
  const coverage = parts.map((part) => ({ ...noCoverage(stream.stream, 'all'), ...part }))
  return streamSentences([stream], coverage, {})
}

describe('coverage in words', () => {
  it('says what is complete and before when nobody can tell', () => {
    const edge = at('2026-08-23T00:00:00Z')
    expect(
      told(spot, {
        covered: [{ from: edge, to: at('2026-11-21T07:50:00Z') }],
        unverified: [{ from: spot.opened, to: edge, reason: 'beyond-depth' }],
        attempted: at('2026-11-21T07:50:00Z'),
      }),
    ).toEqual([
      'complete from 2026-08-23 to 2026-11-21 07:50 UTC',
      'before 2026-08-23 nobody can tell: the exchange answered nothing, and beyond 90 days an empty answer proves nothing',
    ])
  })

  it('says each gap with its reason, and what the next import asks again', () => {
    expect(
      told(spot, {
        covered: [
          { from: spot.opened, to: at('2026-03-01T00:00:00Z') },
          { from: at('2026-03-04T00:00:00Z'), to: at('2026-05-01T00:00:00Z') },
          { from: at('2026-05-01T00:00:00.001Z'), to: at('2026-06-01T00:00:00Z') },
        ],
        lost: [
          { from: at('2026-03-01T00:00:00Z'), to: at('2026-03-04T00:00:00Z'), reason: 'expired' },
          { from: at('2026-05-01T00:00:00Z'), to: at('2026-05-01T00:00:00.001Z'), reason: 'saturated' },
        ],
        attempted: at('2026-06-02T10:00:00Z'),
      }),
    ).toEqual([
      'complete from the first day (2018-03-15) to 2026-03-01, from 2026-03-04 to 2026-06-01 UTC, ' +
        'apart from the moments below',
      'from 2026-03-01 to 2026-03-04 is missing: no longer served when we came (expired)',
      'from 2026-05-01 to 2026-05-01 00:00:00.001 is missing: holds more rows than the exchange can be made to show (saturated)',
      'from 2026-06-01 to 2026-06-02 10:00 is missing: not obtained yet, the next import asks again',
    ])
  })

  it('never claims a minute that is not wholly covered, nor hides one that is not wholly missing', () => {
    const [complete, gap] = told(spot, {
      covered: [{ from: at('2026-01-01T10:00:30Z'), to: at('2026-02-01T10:00:30Z') }],
      lost: [{ from: spot.opened, to: at('2026-01-01T10:00:30Z'), reason: 'expired' }],
      attempted: at('2026-02-01T10:00:30Z'),
    })
    expect(complete).toBe('complete from 2026-01-01 10:01 to 2026-02-01 10:00 UTC')
    expect(gap).toMatch(/^from 2018-03-15 to 2026-01-01 10:01 is missing: /)
  })

  it('counts as complete only what every partition covers, and names the partition that misses something', () => {
    const to = at('2026-11-21T00:00:00Z')
    const half = at('2026-10-01T00:00:00Z')
    expect(
      told(
        futures,
        { partition: 'futures', covered: [{ from: futures.opened, to }], attempted: to },
        {
          partition: 'copy_trading',
          covered: [{ from: half, to }],
          unverified: [{ from: futures.opened, to: half, reason: 'refused' }],
          attempted: to,
        },
      ),
    ).toEqual([
      'complete from 2026-10-01 to 2026-11-21 UTC',
      'before 2026-10-01 (copy_trading) nobody can tell: the exchange does not serve that time',
    ])
  })

  it('says once what all partitions have in common', () => {
    const to = at('2026-11-21T00:00:00Z')
    const half = at('2026-10-01T00:00:00Z')
    const part: Partial<Coverage> = {
      covered: [{ from: half, to }],
      unverified: [{ from: futures.opened, to: half, reason: 'beyond-depth' }],
      attempted: to,
    }
    expect(
      told(futures, { ...part, partition: 'futures' }, { ...part, partition: 'copy_trading' }),
    ).toHaveLength(2)
  })

  it('says why a stream is empty, in the words of the exchange where it has any', () => {
    expect(told(futures, { partition: 'futures', note: 'not-opened' })).toEqual([
      'Futures were never opened on this account: nothing to import.',
    ])
    const withdrawals = definition('withdrawal', 'Withdrawals')
    const coverage: Coverage = { ...noCoverage('withdrawal', 'all'), note: 'not-served' }
    expect(told(withdrawals, coverage)).toEqual([
      'Withdrawals are not served to this kind of key: nobody can tell whether there are any.',
    ])
    const words = coverageWords(
      {
        streams: [withdrawals],
        sentences: { 'not-served': 'Transfers are not served to sub-account keys.' },
      },
      [coverage],
    )
    expect(words).toEqual([
      {
        stream: 'withdrawal',
        title: 'Withdrawals',
        sentences: ['Transfers are not served to sub-account keys.'],
      },
    ])
  })

  it('says that nothing is known of a stream that was never asked, and how many transfers are unfinished', () => {
    expect(coverageWords({ streams: [spot], sentences: {} }, [])[0]?.sentences).toEqual([
      'nothing is known to be complete',
    ])
    expect(
      told(spot, {
        unfinished: [
          { time: spot.opened, identity: 'a' },
          { time: spot.opened + 1, identity: 'b' },
        ],
      }).at(-1),
    ).toBe('2 not finished when last read: the next import reads them again')
  })

  it('says once why nobody can tell of many names, each of which has a beginning of its own, and what is missing before it', () => {
    const kind = bitrue.streams.filter(({ stream }) => stream === 'spot-trade')
    const [first] = kind
    if (first === undefined) throw new Error('Bitrue has no spot')
    const until = (index: number) => at('2026-01-01T00:00:00Z') + (index % 10) * day
    const end = at('2026-11-27T00:00:00Z')
    const coverage = Array.from(
      { length: 40 },
      (_, index): Coverage => ({
        ...noCoverage('spot-trade', `A${index}USDT`),
        covered: [{ from: until(index), to: end }],
        attempted: end,
        asked: end,
        ...(index === 0
          ? { lost: [{ from: first.opened, to: until(0), reason: 'saturated' }] }
          : { unverified: [{ from: first.opened, to: until(index), reason: 'beyond-depth' }] }),
      }),
    )
    const sentences = streamSentences([first], coverage, {})
    const doubts = sentences.filter((line) => line.includes('nobody can tell'))
    expect(doubts).toEqual([
      expect.stringMatching(
        /^before a time between 2026-01-01 and 2026-01-10, for each its own \(39 of 40 symbols\), nobody can tell: nothing older was shown/,
      ),
    ])
    const isGap = (line: string) => line.includes('is missing')
    expect(sentences.findIndex(isGap)).toBe(1)
    const each = eachBeginning([first], coverage)
    expect(each).toHaveLength(10)
    expect(each.slice(0, 2)).toEqual([
      'before 2026-01-01 (A10USDT, A20USDT, A30USDT)',
      'before 2026-01-02 (4 of 40 symbols)',
    ])
    // Of three and fewer each is told by itself.
    const few = streamSentences([first], coverage.slice(1, 4), {})
    expect(few.filter((line) => line.startsWith('before 2026-01-0'))).toHaveLength(3)
    expect(eachBeginning([first], coverage.slice(1, 4))).toEqual([])
  })

  it('says since when names were asked for and not when a sync began, which is earlier for a stream that waits for another', () => {
    const [kind] = bitrue.streams.filter(({ stream }) => stream === 'forced-order')
    if (kind === undefined) throw new Error('Bitrue has no forced orders')
    const part = (name: string, time: string): Coverage => ({
      ...noCoverage(kind.stream, name),
      covered: [{ from: at('2026-10-29T00:00:00Z'), to: at(time) }],
      attempted: at(time),
      asked: at(time),
    })
    const [early, late] = [
      part('E-BTC-USDT', '2026-11-28T01:15:07Z'),
      part('E-ETH-USDT', '2026-11-29T01:15:07Z'),
    ]
    const said = (...parts: readonly Coverage[]) =>
      streamSentences([kind], parts, {}).filter((line) => line.startsWith('each'))
    expect(said(early, { ...late, asked: early.asked })).toEqual([
      'each of 2 usdt-m contracts was asked for last on 2026-11-28 01:15 UTC or later',
    ])
    expect(said(early, late)).toEqual([
      'each of 2 usdt-m contracts was asked for last on 2026-11-28 01:15 UTC or later, some on 2026-11-29 01:15 UTC or later',
    ])
  })

  it('says what nobody can tell of a time in the middle, from when to when', () => {
    const [from, to] = [at('2026-03-01T10:00:30Z'), at('2026-03-02T00:00:00Z')]
    expect(
      told(spot, {
        covered: [
          { from: spot.opened, to: from },
          { from: to, to: at('2026-04-01T00:00:00Z') },
        ],
        unverified: [{ from, to, reason: 'indivisible' }],
        attempted: at('2026-04-01T00:00:00Z'),
      })[1],
    ).toBe(
      'from 2026-03-01 10:00 to 2026-03-02 nobody can tell: so many rows share this moment that they were collected ' +
        'part by part; all that were shown are stored',
    )
  })

  it('tells less than an hour to the millisecond, rather than to whole minutes', () => {
    const [from, to] = [at('2026-03-01T10:00:00.001Z'), at('2026-03-01T10:59:59.999Z')]
    expect(told(spot, { covered: [{ from, to }] })).toEqual([
      'complete from 2026-03-01 10:00:00.001 to 2026-03-01 10:59:59.999 UTC',
    ])
  })

  it('leaves no hole beside what is told to the millisecond, and tells one instant as one', () => {
    const [begin, end] = [at('2026-10-31T07:00:01Z'), at('2026-10-31T07:00:02Z')]
    const synced = at('2026-11-27T14:12:37Z')
    const narrow: Partial<Coverage> = {
      covered: [{ from: end, to: synced }],
      unverified: [
        { from: spot.opened, to: begin, reason: 'beyond-depth' },
        { from: begin, to: end, reason: 'indivisible' },
      ],
      attempted: synced,
    }
    const [complete, before, moment] = told(spot, narrow)
    expect(complete).toBe('complete from 2026-10-31 07:00:02 to 2026-11-27 14:12 UTC')
    expect(before).toMatch(/^before 2026-10-31 07:00:01 nobody can tell/)
    expect(moment).toMatch(/^from 2026-10-31 07:00:01 to 2026-10-31 07:00:02 nobody can tell/)
  })

  it('ends a doubt at the minute behind which it says that nothing is known', () => {
    const synced = at('2026-11-27T14:12:37.084Z')
    const scope = { period: { from: at('2026-01-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') } }
    const coverage: readonly Coverage[] = [
      {
        ...noCoverage('spot-trade', 'all'),
        unverified: [{ from: spot.opened, to: synced, reason: 'by-order' }],
        attempted: synced,
      },
    ]
    expect(streamSentences([spot], coverage, {}, scope)[1]).toMatch(
      /^before 2026-11-27 14:12 nobody can tell/,
    )
    expect(shortfalls([spot], coverage, scope)).toEqual([
      'Spot fills: nothing is known after 2026-11-27 14:12; before 2026-11-27 14:12 nobody can tell',
    ])
    // Where that is not said, none of it is hidden.
    expect(shortfalls([spot], coverage)).toEqual(['Spot fills: before 2026-11-27 14:13 nobody can tell'])
  })

  it('speaks of one transfer as of one', () => {
    expect(told(spot, { unfinished: [{ time: spot.opened, identity: 'a' }] }).at(-1)).toBe(
      '1 not finished when last read: the next import reads it again',
    )
  })
})

describe('what orders tell of missing fills, in words', () => {
  const lost = [
    { from: at('2018-03-15T00:00:00Z'), to: at('2026-05-01T00:00:00Z'), reason: 'saturated' as const },
  ]
  const lacking = { asked: 1_200, since: at('2025-01-02T00:00:00Z'), lacking: 0, at: 0 }
  const between = { from: at('2025-01-02T00:00:00Z'), to: at('2026-04-30T12:00:00Z') }
  const said = (more: Partial<Coverage>) =>
    told(spot, { lost, ...more }).filter((sentence) => sentence.includes('order'))

  it('is how many of those listed were filled with more than is stored, and when, or that none was', () => {
    expect(said({ lacking: { ...lacking, lacking: 37, between } })).toEqual([
      'of 1,200 orders of all that are listed, back to 2025-01-02, 37 were filled with more than is stored, ' +
        'between 2025-01-02 and 2026-04-30 12:00: those fills are missing',
    ])
    expect(said({ lacking: { ...lacking, asked: 1, lacking: 1, between } })).toEqual([
      expect.stringMatching(/^of 1 order of all .* 1 was filled/),
    ])
    expect(said({ lacking })).toEqual([
      'of 1,200 orders of all that are listed, back to 2025-01-02, none was filled with more than is stored',
    ])
  })

  it('is nothing where no order was listed, or nothing is missing any more', () => {
    expect(said({})).toEqual([])
    expect(said({ lacking: { ...lacking, asked: 0 } })).toEqual([])
    expect(said({ lost: [], lacking })).toEqual([])
  })
})
