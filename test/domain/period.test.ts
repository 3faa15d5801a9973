import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { dayOf, parseEnd, parsePeriod } from '../../lambdas/domain/period.ts'
import { isTimezone, offsetsOf, startOfDay } from '../../lambdas/domain/timezone.ts'
import { day, hour } from '../../lambdas/domain/window.ts'

const utc = offsetsOf('UTC')
const berlin = offsetsOf('Europe/Berlin')

describe('a time zone', () => {
  it('is known by its IANA name, and by nothing else', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])
      expect(isTimezone(name)).toBe(true)
    for (const name of ['', 'Europe/Atlantis', '+02:00', 'Berlin time', '../../etc/passwd', 'x'.repeat(100)])
      expect(isTimezone(name)).toBe(false)
  })

  it('is ahead of UTC by what its clocks showed then, also where that is no whole hour', () => {
    const at = (iso: string) => Date.parse(iso)
    expect(berlin(at('2026-01-01T00:00:00Z'))).toBe(hour)
    expect(berlin(at('2026-07-01T00:00:00Z'))).toBe(2 * hour)
    expect(berlin(at('2026-03-29T00:59:59.999Z'))).toBe(hour)
    expect(berlin(at('2026-03-29T01:00:00.000Z'))).toBe(2 * hour)
    expect(offsetsOf('Asia/Kathmandu')(at('2026-01-01T00:00:00Z'))).toBe(5.75 * hour)
    expect(offsetsOf('America/St_Johns')(at('2026-01-01T00:00:00Z'))).toBe(-3.5 * hour)
  })

  it('has the offset that its clocks show, at any time', () => {
    const zones = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Tokyo']
    const time = fc.integer({ min: Date.UTC(2018, 0, 1), max: Date.UTC(2028, 0, 1) })
    fc.assert(
      fc.property(fc.constantFrom(...zones), time, (zone, at) => {
        const shown = new Date(at).toLocaleString('sv-SE', { timeZone: zone })
        const told = isoTime(at + offsetsOf(zone)(at))
        expect(told.slice(0, 19).replace('T', ' ')).toBe(shown)
      }),
    )
  })

  it('begins a day when its clocks first show it, where midnight is skipped too', () => {
    const first = (zone: string, date: string) => isoTime(startOfDay(offsetsOf(zone), dayOf(date) ?? 0))
    expect(first('Europe/Berlin', '2026-01-01')).toBe('2025-12-31T23:00:00.000Z')
    expect(first('Europe/Berlin', '2026-03-29')).toBe('2026-03-28T23:00:00.000Z')
    // Clocks went from 23:59:59 to 01:00:00.
    expect(first('America/Sao_Paulo', '2018-11-04')).toBe('2018-11-04T03:00:00.000Z')
  })
})

describe('a period', () => {
  it('is a calendar year, or the first and the last day of a tax year, by the clocks of the zone', () => {
    const told = (text: string, offset = utc) => {
      const period = parsePeriod(text, offset)
      return period && [isoTime(period.from ?? 0), isoTime(period.to ?? 0)]
    }
    expect(told('2026')).toEqual(['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'])
    expect(told('2026', berlin)).toEqual(['2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'])
    expect(told('2026-04-06/2027-04-05')).toEqual(['2026-04-06T00:00:00.000Z', '2027-04-06T00:00:00.000Z'])
    expect(told('2024-02-29/2024-02-29')).toEqual(['2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'])
    const wrong = [
      '',
      '26',
      '20266',
      '2026-04-06',
      '2026-02-29/2026-03-01',
      '2026-13-01/2027-01-01',
      '2026/2027',
      'a/b',
    ]
    for (const text of wrong) expect(told(text), text).toBeUndefined()
  })

  it('ends with the whole of a day, or right before an instant', () => {
    const from = (text: string) => parseEnd(text, 'from', berlin)
    const to = (text: string) => parseEnd(text, 'to', berlin)
    expect(from('2026-01-01')).toBe(Date.UTC(2025, 11, 31, 23))
    expect(to('2026-01-01')).toBe(Date.UTC(2026, 0, 1, 23))
    expect(to('2026-01-01T12:00Z')).toBe(Date.UTC(2026, 0, 1, 12))
    expect(to('2026-01-01T12:30:15.5+02:00')).toBe(Date.UTC(2026, 0, 1, 10, 30, 15, 500))
    expect(to('2026-01-01T21:30:15.05-03:30')).toBe(Date.UTC(2026, 0, 2, 1, 0, 15, 50))
    for (const text of [
      '',
      'today',
      '2026-01',
      '2026-02-30',
      '2026-01-01T12:00',
      '2026-02-30T00:00Z',
      '2026-01-01T25:00Z',
    ])
      expect(to(text), text).toBeUndefined()
  })

  it('understands every instant that ISO 8601 writes to the millisecond', () => {
    const time = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) })
    fc.assert(
      fc.property(time, (at) => {
        expect(parseEnd(isoTime(at), 'to', berlin)).toBe(at)
        expect(dayOf(isoTime(at).slice(0, 10))).toBe(Math.floor(at / day))
      }),
    )
  })
})

it('a day that clocks left out is none: nothing begins or ends with it, and what lies around it is as long as it was', () => {
  const apia = offsetsOf('Pacific/Apia')
  for (const text of ['2011-12-30/2011-12-31', '2011-12-29/2011-12-30'])
    expect(parsePeriod(text, apia)).toBeUndefined()
  for (const end of ['from', 'to'] as const) expect(parseEnd('2011-12-30', end, apia)).toBeUndefined()
  expect(parseEnd('2011-12-30T12:00Z', 'from', apia)).toBe(Date.UTC(2011, 11, 30, 12))
  const { from = 0, to = 0 } = parsePeriod('2011-12-29/2011-12-31', apia) ?? {}
  expect(to - from).toBe(2 * day)
  expect(parsePeriod('2011', apia)).toBeDefined()
})
