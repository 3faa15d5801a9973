import { describe, expect, it } from 'vitest'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { day, minute } from '../../web/show.ts'

describe('a time on a page', () => {
  it('is shown in words, also the day after the last one of four digits, which an export may be asked for', () => {
    expect(day('2026-11-27T09:00:00.000Z')).toBe('27 Nov 2026')
    expect(minute('2026-11-27T09:00:00.000Z')).toBe('27 Nov 2026 09:00')
    expect(day(isoTime(Date.UTC(9999, 11, 31) + 86_400_000))).toBe('1 Jan 10000')
  })

  it('stands as it came where it is none, and takes nothing else with it', () => {
    expect([day('never'), minute('10000-01-01T00:00:00.000Z')]).toEqual([
      'never',
      '10000-01-01T00:00:00.000Z',
    ])
  })
})
