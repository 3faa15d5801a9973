import { describe, expect, it } from 'vitest'
import { judge, ownersWord } from '../../lambdas/domain/completeness.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
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
      shortfalls(kind, [whole('futures', late), whole('copy_trading')], { word: ownersWord(now - 1, []) }),
    ).toEqual(['Futures fills: nothing is known after 2026-08-28 (futures)'])
  })
})
