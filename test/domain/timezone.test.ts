import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearTimezones } from '../../lambdas/domain/near-timezones.ts'
import { isTimezone } from '../../lambdas/domain/timezone.ts'

describe('a time zone', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/Argentina/Buenos_Aires',
    'America/Port-au-Prince',
    'Asia/Ust-Nera',
    'Etc/GMT+5',
    // Names that an engine knows under another one.
    'Asia/Kolkata',
    'Europe/Kyiv',
    'US/Eastern',
  ])('%s is a name of the IANA database', (name) => {
    expect(isTimezone(name)).toBe(true)
  })

  it.each([
    'EST',
    'CET',
    'GMT',
    'EST5EDT',
    'Zulu',
    'GB',
    'utc',
    'berlin',
    'europe/berlin',
    'Europe/berlin',
    'Europe/BERLIN',
    '+02:00',
    'GMT+2',
    'Mars/Olympus',
    'Etc/Unknown',
    'Europe/',
    '/Berlin',
    'Europe/Berlin ',
    '',
  ])('is not called “%s”, whatever an engine makes of it', (name) => {
    expect(isTimezone(name)).toBe(false)
  })

  it('is every one that the engine lists', () => {
    const listed = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')
    expect(listed.filter((name) => !isTimezone(name))).toEqual([])
  })
})

describe('who mistypes a time zone', () => {
  it.each([
    ['EST', 'America/New_York'],
    ['cet', 'Europe/Berlin'],
    ['IST', 'Asia/Kolkata'],
    ['GMT', 'UTC'],
    ['utc', 'UTC'],
    ['berlin', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Asia/Calcuta', 'Asia/Calcutta'],
    ['Kolkata', 'Asia/Kolkata'],
    ['kyiv', 'Europe/Kyiv'],
  ])('%s hears of %s first', (typed, name) => {
    expect(nearTimezones(typed)[0]).toBe(name)
  })

  it('hears of nothing where nothing is near', () => {
    expect(nearTimezones('Mars/Olympus')).toEqual([])
    expect(nearTimezones('')).toEqual([])
  })

  it('hears of few names, each of which is taken', () => {
    const typed = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('EST', 'X/Berlin', 'paris', 'Rome'))
    fc.assert(
      fc.property(typed, (text) => {
        const near = nearTimezones(text)
        expect(near.length).toBeLessThanOrEqual(3)
        expect(near.filter((name) => !isTimezone(name))).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})
