import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formats } from '../../lambdas/formats/index.ts'
import { inputOf, written } from './input.ts'
import { meant } from './meant.ts'
import { parsedLines } from './readers.ts'
import { smallAccount } from './small-account.ts'

const one = smallAccount.find(({ transaction }) => transaction.stream === 'spot-trade')
const chosen = [...formats.values()].filter(({ timezone }) => timezone === 'chosen')

/** The date column of fills at these times. */
async function datesAt(id: string, timezone: string, times: readonly number[]): Promise<readonly string[]> {
  const format = formats.get(id)
  if (format === undefined || one === undefined) throw new Error('Nothing to export.')
  const rows = times.map((time) => meant({ origin: one.origin, transaction: { ...one.transaction, time } }))
  const lines = parsedLines(await text(written(format, inputOf(rows, { timezone }))))
  return lines.map((fields) => fields.Date ?? fields.Timestamp ?? '')
}

const at = (iso: string) => Date.parse(iso)

describe('times in the zone that was chosen', () => {
  it('are written by CoinTracking and cryptact, whose users choose it, and by journals, whose days are those of a year', () => {
    expect(chosen.map(({ id }) => id)).toEqual(['cointracking', 'cryptact', 'hledger', 'ledger', 'beancount'])
  })

  it('skip an hour in spring and have one twice in autumn, to the second', async () => {
    const times = [
      '2024-03-31T00:59:59.999Z',
      '2024-03-31T01:00:00.000Z',
      '2024-10-27T00:59:59.000Z',
      '2024-10-27T01:00:00.000Z',
    ].map(at)
    expect(await datesAt('cointracking', 'Europe/Berlin', times)).toEqual([
      '2024-03-31 01:59:59',
      '2024-03-31 03:00:00',
      '2024-10-27 02:59:59',
      '2024-10-27 02:00:00',
    ])
  })

  it('know shifts of half an hour, at half past an hour of UTC, and change the day and the year', async () => {
    const lordHowe = ['2024-04-06T14:59:59Z', '2024-04-06T15:00:00Z'].map(at)
    expect(await datesAt('cryptact', 'Australia/Lord_Howe', lordHowe)).toEqual([
      '2024/04/07 01:59:59',
      '2024/04/07 01:30:00',
    ])
    expect(await datesAt('cryptact', 'Asia/Tokyo', [at('2023-12-31T15:00:00Z')])).toEqual([
      '2024/01/01 00:00:00',
    ])
    expect(await datesAt('cryptact', 'Asia/Kathmandu', [at('2024-01-01T00:00:00Z')])).toEqual([
      '2024/01/01 05:45:00',
    ])
  })

  it('are what the platform says, at any time in any zone', async () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/London',
      'America/New_York',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Casablanca',
      'Asia/Tehran',
      'Antarctica/Troll',
    )
    const time = fc.integer({
      min: at('2018-01-01T00:00:00Z') / 1_000,
      max: at('2027-01-01T00:00:00Z') / 1_000,
    })
    await fc.assert(
      fc.asyncProperty(zone, fc.array(time, { minLength: 1 }), async (timezone, seconds) => {
        const times = seconds.toSorted((a, b) => a - b).map((second) => second * 1_000)
        const said = new Intl.DateTimeFormat('sv-SE', {
          timeZone: timezone,
          dateStyle: 'short',
          timeStyle: 'medium',
        })
        expect(await datesAt('cointracking', timezone, times)).toEqual(
          times.map((instant) => said.format(instant)),
        )
      }),
    )
  })
})

describe('times of all other tools', () => {
  it('are in UTC whatever zone is chosen', async () => {
    for (const id of ['koinly', 'bittytax'])
      expect(await datesAt(id, 'Asia/Tokyo', [at('2024-01-01T00:00:00Z')])).toEqual(
        await datesAt(id, 'UTC', [at('2024-01-01T00:00:00Z')]),
      )
  })
})

describe('the first minutes of a year', () => {
  it.each([
    ['Asia/Tokyo', '2023-12-31T15:30:00Z', '2024-01-01'],
    ['Europe/London', '2024-04-05T23:10:00Z', '2024-04-06'],
  ])('of %s are under that year in every format that has days of its zone', async (timezone, utc, day) => {
    const rows = smallAccount.filter(({ transaction }) => transaction.time === at(utc))
    expect(rows).toHaveLength(1)
    for (const format of chosen) {
      const file = await text(written(format, inputOf(rows, { timezone })))
      const days = new Set(file.match(/(?<=^|,)\d{4}[-/]\d\d[-/]\d\d(?= \*| \d\d:)/gm))
      expect([format.id, [...days].map((found) => found.replaceAll('/', '-'))]).toEqual([format.id, [day]])
    }
  })
})
