import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportName } from '../../lambdas/domain/export-name.ts'
import { parsePeriod } from '../../lambdas/domain/period.ts'
import { offsetsOf } from '../../lambdas/domain/timezone.ts'

const koinly = { format: 'koinly', extension: 'csv' }
const yearIn = (year: string, timezone: string) => ({
  ...koinly,
  timezone,
  period: parsePeriod(year, offsetsOf(timezone)) ?? expect.fail(year),
})

describe('the name of a file', () => {
  it('tells the days of the period, the last one included, and the zone', () => {
    expect(exportName(yearIn('2026', 'Europe/Berlin'))).toBe(
      'exchange-history-koinly-2026-01-01-to-2026-12-31-Europe-Berlin.csv',
    )
    expect(exportName(yearIn('2026-04-06/2027-04-05', 'Europe/London'))).toBe(
      'exchange-history-koinly-2026-04-06-to-2027-04-05-Europe-London.csv',
    )
    expect(exportName({ ...koinly, period: {}, timezone: 'UTC' })).toBe('exchange-history-koinly-all-UTC.csv')
  })

  it('tells an open end as what it is, and an instant within a day as an instant', () => {
    const noon = Date.UTC(2026, 0, 31, 12)
    expect(exportName({ ...koinly, period: { from: noon }, timezone: 'UTC' })).toBe(
      'exchange-history-koinly-since-2026-01-31T1200-UTC.csv',
    )
    expect(exportName({ ...koinly, period: { to: Date.UTC(2026, 1, 1) }, timezone: 'UTC' })).toBe(
      'exchange-history-koinly-until-2026-01-31-UTC.csv',
    )
  })

  it('tells of whom it is, where it is not of all', () => {
    const named = (...accounts: readonly string[]) => exportName({ ...yearIn('2026', 'UTC'), accounts })
    expect(named('My "main" / desk')).toContain('koinly-My-main-desk-2026')
    expect(named('a', 'b', 'c', 'd')).not.toBe(named('a', 'b', 'c', 'e'))
  })

  it('is another for every other period, zone and account', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Tokyo', 'Europe/London', 'Etc/GMT+5', 'Etc/GMT-5')
    const hour = fc.integer({ min: 400_000, max: 500_000 }).map((hours) => hours * 3_600_000)
    const asked = fc.record({
      timezone: zone,
      period: fc.record({ from: hour, to: hour }, { requiredKeys: [] }),
    })
    fc.assert(
      fc.property(fc.uniqueArray(asked, { selector: (one) => JSON.stringify(one), maxLength: 30 }), (all) => {
        const names = all.map(({ period: { from, to }, timezone }) =>
          exportName({ ...koinly, timezone, period: { from, to } }),
        )
        const same = names.filter((name, index) => names.indexOf(name) !== index)
        expect(same).toEqual([])
        for (const name of names) expect(name).toMatch(/^[\w.+-]+$/)
      }),
    )
  })
})
