import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offsetsOf } from '../../lambdas/domain/timezone.ts'
import { clockOf } from '../../lambdas/statements/clock.ts'

const wall = (text: string) => Date.parse(`${text}Z`)
const instants = (clock: string, text: string) =>
  clockOf(clock)
    ?.instants(wall(text))
    .map((time) => new Date(time).toISOString())

test('the hour that a clock shows twice is two instants, the earlier first', () => {
  expect(instants('Europe/Berlin', '2025-10-26T02:30:00')).toEqual([
    '2025-10-26T00:30:00.000Z',
    '2025-10-26T01:30:00.000Z',
  ])
})

test('the hour that a clock leaves out is no instant', () => {
  expect(instants('Europe/Berlin', '2025-03-30T02:30:00')).toEqual([])
  expect(instants('Europe/Berlin', '2025-03-30T03:00:00')).toEqual(['2025-03-30T01:00:00.000Z'])
})

test('Lord Howe, which moves by half an hour, and a day that Samoa left out', () => {
  expect(instants('Australia/Lord_Howe', '2025-04-06T01:45:00')).toHaveLength(2)
  expect(instants('Australia/Lord_Howe', '2025-10-05T02:15:00')).toHaveLength(0)
  expect(instants('Pacific/Apia', '2011-12-30T12:00:00')).toHaveLength(0)
})

test('the example of BingX: a clock in Sao Paulo', () => {
  expect(instants('America/Sao_Paulo', '2026-10-07T11:35:35')).toEqual(['2026-10-07T14:35:35.000Z'])
})

test('a clock by its distance from UTC, however it is written', () => {
  for (const text of ['UTC+8', 'utc+08:00', 'GMT+8', '+0800', '+8'])
    expect(clockOf(text)?.name, text).toBe('UTC+8')
  expect(clockOf('UTC−3:30')?.name).toBe('UTC-3:30')
  expect(clockOf('GMT')?.name).toBe('UTC')
  expect(instants('UTC+8', '2026-10-07T08:00:00')).toEqual(['2026-10-07T00:00:00.000Z'])
  expect(instants('UTC-3:30', '2026-10-07T08:00:00')).toEqual(['2026-10-07T11:30:00.000Z'])
})

test('what is no clock is none', () => {
  for (const text of ['', 'UTC+15', 'UTC+14:30', 'EST', 'Berlin', 'UTC+8:75', '8', 'Europe/Atlantis'])
    expect(clockOf(text), text).toBeUndefined()
})

test('every instant is among those of the wall time that its clock shows, and every one of those shows it', () => {
  const zones = [
    'Europe/Berlin',
    'America/Sao_Paulo',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'Pacific/Apia',
    'Asia/Tehran',
  ]
  const tools = zones.map((zone) => ({ clock: clockOf(zone), shown: offsetsOf(zone) }))
  const [from, to] = [Date.UTC(2009, 0, 4) / 1_000, Date.UTC(2030, 0, 1) / 1_000]
  fc.assert(
    fc.property(
      fc.integer({ min: from, max: to }),
      fc.constantFrom(...tools),
      (seconds, { clock, shown }) => {
        const time = seconds * 1_000
        const wallTime = time + shown(time)
        const found = clock?.instants(wallTime) ?? []
        expect(found).toContain(time)
        for (const instant of found) expect(instant + shown(instant)).toBe(wallTime)
        expect([...found].sort((a, b) => a - b)).toEqual(found)
      },
    ),
    { numRuns: 300 },
  )
})
