import { describe, expect, it } from 'vitest'
import { behindOf, toldBehind } from '../../lambdas/domain/behind.ts'
import { judge } from '../../lambdas/domain/completeness.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'

const now = Date.UTC(2026, 10, 26)
const withdrawals = bitrue.streams.filter(({ stream }) => stream === 'withdrawal')
const [{ opened = 0 } = {}] = withdrawals
const asked = (partition: string) => ({
  ...noCoverage('withdrawal', partition),
  covered: [{ from: opened, to: now }],
  attempted: now,
})
const unasked = (partition: string) => noCoverage('withdrawal', partition)

describe('parts of a stream that were not asked for to the end', () => {
  it('are counted for programs as sentences count them, although there is no gap', () => {
    const coverage = [asked('btc'), asked('eth'), ...['ada', 'dot', 'sol', 'xrp'].map(unasked)]
    const judged = judge(withdrawals, coverage)
    expect(judged).toMatchObject({ gaps: [], state: 'incomplete' })
    expect(behindOf(judged)).toEqual([
      { parts: 4, of: 6, partitions: ['ada', 'dot', 'sol'], morePartitions: 1 },
    ])
    expect(shortfalls(withdrawals, coverage)).toEqual(['Withdrawals: nothing is known yet (4 of 6 coins)'])
  })

  it('are all, without a name, where nothing was asked at all', () => {
    expect(behindOf(judge(withdrawals, []))).toEqual([{ parts: 1, of: 1 }])
    const fills = bitmart.streams.filter(({ stream }) => stream === 'futures-trade')
    expect(behindOf(judge(fills, []))).toEqual([{ parts: 2, of: 2 }])
  })

  it('say up to when they are known, where a period goes on after that', () => {
    const coverage = [
      asked('btc'),
      { ...asked('eth'), attempted: now + 1, covered: [{ from: opened, to: now + 1 }] },
    ]
    const behind = behindOf(judge(withdrawals, coverage, { period: { to: now + 1 } }))
    expect(behind).toEqual([{ parts: 1, of: 2, partitions: ['btc'], knownUntil: now }])
    expect(toldBehind(behind)).toEqual([
      { parts: 1, of: 2, partitions: ['btc'], knownUntil: '2026-11-26T00:00:00.000Z' },
    ])
  })

  it('are none where all was asked', () => {
    expect(behindOf(judge(withdrawals, [asked('btc')]))).toEqual([])
  })
})
