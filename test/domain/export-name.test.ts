import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountNames } from '../../lambdas/domain/export-format.ts'
import { exportName, namesInFiles } from '../../lambdas/domain/export-name.ts'
import { parsePeriod } from '../../lambdas/domain/period.ts'
import { periodInWords } from '../../lambdas/domain/period-words.ts'
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
    const main = { id: 'a1', exchange: 'bingx', label: 'My "main" / desk', subaccount: '', keyHint: '' }
    expect(named(...namesInFiles([main], [main]))).toContain('koinly-My-main-desk-2026')
    expect(named('a', 'b', 'c', 'd')).not.toBe(named('a', 'b', 'c', 'e'))
  })

  it('tells two accounts apart that are called alike, by their exchange and where that is one by their id', () => {
    const account = (id: string, exchange: string, label: string) => ({
      id,
      exchange,
      label,
      subaccount: '',
      keyHint: '',
    })
    const known = [
      account('a1', 'bingx', 'Müller: Börse/1'),
      account('b1', 'bitmart', 'müller: Börse 1'),
      account('c1', 'bitmart', 'main'),
      account('c2', 'bitmart', 'Main'),
      account('d1', 'bitmart', 'alone'),
    ]
    const names = namesInFiles(known, known)
    expect(names).toEqual([
      'bingx-Müller-Börse-1',
      'bitmart-müller-Börse-1',
      'bitmart-main-c1',
      'bitmart-Main-c2',
      'alone',
    ])
    const named = (...accounts: readonly string[]) => exportName({ ...yearIn('2026', 'UTC'), accounts })
    expect(named('a', 'b')).not.toBe(named('a-b'))
  })

  it('tells that the file has opening balances, and which', () => {
    const opened = (amount: string) =>
      exportName({ ...yearIn('2026', 'UTC'), opening: [{ wallet: 'spot', coin: 'BTC', amount }] })
    expect(opened('1')).toMatch(
      /^exchange-history-koinly-opening-[0-9a-z]+-2026-01-01-to-2026-12-31-UTC\.csv$/,
    )
    expect(new Set([opened('1'), opened('2'), exportName(yearIn('2026', 'UTC'))]).size).toBe(3)
  })

  it('tells that a journal has names of accounts that its user chose, and which', () => {
    const named = (accountNames: Partial<AccountNames>) =>
      exportName({ ...yearIn('2026', 'UTC'), accountNames })
    expect(named({ fees: 'costs' })).toMatch(
      /^exchange-history-koinly-names-[0-9a-z]+-2026-01-01-to-2026-12-31-UTC\.csv$/,
    )
    expect(named({})).toBe(exportName(yearIn('2026', 'UTC')))
    expect(named({ fees: 'costs', gains: 'won' })).toBe(named({ gains: 'won', fees: 'costs' }))
    expect(new Set([named({}), named({ fees: 'costs' }), named({ gains: 'costs' })]).size).toBe(3)
  })

  it('tells two instants apart at which the clocks show the same, as the period in words does', () => {
    const told = (timezone: string, from: string, to: string) => {
      const period = { from: Date.parse(from), to: Date.parse(to) }
      return [exportName({ ...koinly, timezone, period }), periodInWords(period, timezone)]
    }
    const end = '2026-11-09T23:00:00Z'
    expect(told('Europe/Berlin', '2026-10-25T00:30:00Z', end)).toEqual([
      'exchange-history-koinly-2026-10-25T0230+0200-to-2026-11-09-Europe-Berlin.csv',
      '25 October 2026 02:30:00 (+02:00) to 9 November 2026, Europe/Berlin',
    ])
    expect(told('Europe/Berlin', '2026-10-25T01:30:00Z', end)[1]).toContain('02:30:00 (+01:00)')
    expect(told('America/Havana', '2026-11-01T04:00:00Z', end)[1]).toMatch(/^1 November 2026 to/)
    expect(told('America/Havana', '2026-11-01T05:00:00Z', end)[1]).toMatch(
      /^1 November 2026 00:00:00 \(-05:00\) to/,
    )
    const begin = '2026-10-01T00:00:00Z'
    expect(told('Europe/Berlin', begin, '2026-10-25T01:00:00Z')).not.toEqual(
      told('Europe/Berlin', begin, '2026-10-25T02:00:00Z'),
    )
  })

  it('is another for every other period, zone and account', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Tokyo', 'Europe/London', 'Etc/GMT+5', 'Etc/GMT-5')
    // About the last Sunday of an October, as often as at any time.
    const hour = fc
      .oneof(fc.integer({ min: 400_000, max: 500_000 }), fc.integer({ min: 498_020, max: 498_030 }))
      .map((hours) => hours * 3_600_000)
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
