import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDateOrder, parseTime } from '../../lambdas/statements/time-text.ts'

const orderOf = (...cells: readonly string[]) => {
  const order = openDateOrder()
  for (const cell of cells) order.see(cell)
  return order.result()
}
const read = (cell: string, order: 'day-first' | 'month-first' = 'day-first') => {
  const time = parseTime(cell, order)
  return time === undefined
    ? undefined
    : `${new Date(time.wall).toISOString()} ${time.unit}${time.isInstant ? ' instant' : ''}`
}

test.each([
  ['2025-12-10 22:19:17', '2025-12-10T22:19:17.000Z 1000'],
  ['2025-12-10T22:19:17.123456', '2025-12-10T22:19:17.123Z 1'],
  ['2025/12/10 22:19', '2025-12-10T22:19:00.000Z 60000'],
  ['2025-12-10T22:19:17+08:00', '2025-12-10T14:19:17.000Z 1000 instant'],
  ['2025-12-10T22:19:17Z', '2025-12-10T22:19:17.000Z 1000 instant'],
  ['2018-01-01 14:25 UTC', '2018-01-01T14:25:00.000Z 60000 instant'],
  ['10.12.2025 9:05', '2025-12-10T09:05:00.000Z 60000'],
  ['10.12.2025, 09:05:01', '2025-12-10T09:05:01.000Z 1000'],
  ['10/12/2025 12:05 AM', '2025-12-10T00:05:00.000Z 60000'],
  ['10/12/2025 12:05:06 pm', '2025-12-10T12:05:06.000Z 1000'],
  ['2025-12-10', '2025-12-10T00:00:00.000Z 86400000'],
  ['1759622400000', '2025-10-05T00:00:00.000Z 1 instant'],
  ['1759622400', '2025-10-05T00:00:00.000Z 1000 instant'],
])('%s is %s', (cell, time) => {
  expect(read(cell)).toBe(time)
})

test('the minutes of Bitrue are months first', () => {
  expect(read('08/09/2022 08:03', 'month-first')).toBe('2022-08-09T08:03:00.000Z 60000')
})

test('what is no time, or no time at which anything was traded, is none', () => {
  for (const cell of [
    '',
    '2025-02-29 10:00:00',
    '2025-13-01',
    '31.04.2025 10:00',
    '2025-12-10 24:00:00',
    '2025-12-10 10:60',
    '2025-12-10 13:00 PM',
    '2025-12-10 0:30 AM',
    '1970-01-01 00:00:00',
    '2125-01-01',
    '2025-12/10',
    '12.13.2025',
    '45000.5',
    '10:00',
    '25-12-10 10:00',
  ])
    expect(read(cell), cell).toBeUndefined()
})

test('one day above twelve tells the order of all', () => {
  expect(orderOf('01.02.2025', '13.02.2025')).toEqual({ order: 'day-first' })
  expect(orderOf('01/02/2025 10:00', '02/13/2025 10:00')).toEqual({ order: 'month-first' })
  expect(orderOf('2025-01-02')).toEqual({ order: 'day-first' })
})

test('a file whose days are all twelve at most is asked for, unless that makes no difference', () => {
  expect(orderOf('01.02.2025 10:00', '03.02.2025 10:00')).toEqual({
    doubtful: ['01.02.2025 10:00', '03.02.2025 10:00'],
  })
  expect(orderOf('05.05.2025 10:00')).toEqual({ order: 'day-first' })
})

test('a time comes back in every way to write it', () => {
  const [from, to] = [Date.UTC(2009, 0, 4), Date.UTC(2099, 0, 1)]
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), fc.constantFrom('-', '/', '.'), (time, sign) => {
      const iso = new Date(time).toISOString()
      const [year, month, day] = iso.slice(0, 10).split('-')
      const rest = iso.slice(11, -1)
      expect(parseTime(iso, 'day-first')?.wall).toBe(time)
      expect(parseTime(`${[year, month, day].join(sign)} ${rest}`, 'month-first')?.wall).toBe(time)
      expect(parseTime(`${[day, month, year].join(sign)} ${rest}`, 'day-first')?.wall).toBe(time)
      expect(parseTime(`${[month, day, year].join(sign)} ${rest}`, 'month-first')?.wall).toBe(time)
    }),
  )
})
