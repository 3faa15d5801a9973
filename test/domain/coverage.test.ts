import { describe, expect, it } from 'vitest'
import { type Coverage, coverageLag, gaps, noCoverage } from '../../lambdas/domain/coverage.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { fresh, now, opened } from './spot-windows.ts'

describe('gaps', () => {
  it('are what was tried and is neither covered nor doubtful, with reasons', () => {
    const coverage: Coverage = {
      ...fresh,
      attempted: 100,
      covered: [{ from: 10, to: 50 }],
      unverified: [{ from: 0, to: 10, reason: 'beyond-depth' }],
      lost: [{ from: 60, to: 70, reason: 'saturated' }],
    }
    expect(gaps(coverage, 0)).toEqual([
      { from: 50, to: 60, reason: 'failed' },
      { from: 60, to: 70, reason: 'saturated' },
      { from: 70, to: 100, reason: 'failed' },
    ])
  })

  it('are none where the exchange states why a stream is empty, and none before the first run', () => {
    expect(gaps({ ...fresh, attempted: 100, note: 'not-opened' }, 0)).toEqual([])
    expect(gaps(fresh, 0)).toEqual([])
  })
})

describe('how far behind an account is', () => {
  const streams = [
    { stream: 'spot-trade', partitions: ['spot'] },
    { stream: 'futures-trade', partitions: ['futures', 'copy_trading'] },
  ] as const
  const upTo = (stream: Coverage['stream'], partition: string, to: number, more: Partial<Coverage> = {}) => ({
    ...noCoverage(stream, partition),
    covered: [{ from: opened, to }],
    ...more,
  })
  const lag = (...coverage: readonly Coverage[]) => coverageLag(streams, coverage, now - 7 * day, now)
  const futures = upTo('futures-trade', 'futures', now - day)
  const copies = upTo('futures-trade', 'copy_trading', now - 2 * hour)

  it('is that of its part that is the furthest behind', () => {
    expect(lag(upTo('spot-trade', 'spot', now - hour), futures, copies)).toBe(day)
  })

  it('is the age of the connection while a part was never covered', () => {
    expect(lag()).toBe(7 * day)
    expect(lag(futures, copies)).toBe(7 * day)
    expect(lag(noCoverage('spot-trade', 'spot'), futures, copies)).toBe(7 * day)
  })

  it('does not count what the exchange says it does not serve', () => {
    const spotUpTo = upTo('spot-trade', 'spot', now - hour)
    const unopened = { ...noCoverage('futures-trade', 'futures'), note: 'not-opened' as const }
    expect(lag(spotUpTo, unopened, { ...unopened, partition: 'copy_trading' })).toBe(hour)
    expect(lag(spotUpTo, { ...futures, note: 'not-served' }, copies)).toBe(2 * hour)
  })

  it('is none where the coverage is ahead of the clock', () => {
    expect(
      lag(upTo('spot-trade', 'spot', now + hour), upTo('futures-trade', 'futures', now), {
        ...copies,
        covered: [{ from: opened, to: now }],
      }),
    ).toBe(0)
  })
})
