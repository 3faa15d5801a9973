import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DecimalSign,
  isNothing,
  openDecimalSign,
  parseNumber,
} from '../../lambdas/statements/number-text.ts'

const signOf = (...cells: readonly string[]) => {
  const column = openDecimalSign()
  for (const cell of cells) column.see(cell)
  return column.result()
}

test.each([
  ['1234.5', '.', '1234.5'],
  ['1,234.5', '.', '1234.5'],
  ['1.234,5', ',', '1234.5'],
  ["1'234'567.80", '.', '1234567.8'],
  ['1 234 567,80', ',', '1234567.8'],
  ['1\u00a0234,5', ',', '1234.5'],
  ['1\u2009234.5', '.', '1234.5'],
  ['−1.5', '.', '-1.5'],
  ['+1.5', '.', '1.5'],
  ['1.03211E-4', '.', '0.000103211'],
  ['1,5e+3', ',', '1500'],
  ['10.0', '.', '10'],
  ['.5', '.', '0.5'],
  ['5.', '.', '5'],
  ['-0.0000', '.', '0'],
  ['1.2345499999', '.', '1.2345499999'],
  ['40.2792420000000000', '.', '40.279242'],
] as const)('%s with %s is %s', (cell, sign, amount) => {
  expect(parseNumber(cell, sign)).toEqual({ amount })
})

test('a unit that is glued to a number is told apart', () => {
  expect(parseNumber('0.001ETH', '.')).toEqual({ amount: '0.001', unit: 'ETH' })
  expect(parseNumber('-3 1INCH', '.')).toBeUndefined()
  expect(parseNumber('-3 INCH', '.')).toEqual({ amount: '-3', unit: 'INCH' })
})

test('what is no number, or one whose groups are not of three digits, is none', () => {
  for (const cell of [
    '',
    'x',
    '1.2.3',
    '1,23.4',
    '0,123.4',
    '1,234,56.7',
    '1 23.4',
    "1,234'567.8",
    '1e99',
    '1e999999',
    '--1',
    '12:30',
    '1.234,5',
    'Infinity',
    'NaN',
    '0x10',
    '1/2',
  ])
    expect(parseNumber(cell, '.'), cell).toBeUndefined()
})

test('a sign that other cells of the column prove holds for the cells that could be either', () => {
  expect(signOf('1,234', '0,5')).toEqual({ sign: ',' })
  expect(signOf('1,234', '1,234,567')).toEqual({ sign: '.' })
  expect(signOf('1.234', '12.5')).toEqual({ sign: '.' })
  expect(signOf('1,234', '1,234.5')).toEqual({ sign: '.' })
  expect(signOf('5', '-', '')).toEqual({ sign: '.' })
})

test('a column of which every number could be either is asked for', () => {
  expect(signOf('1,234', '5', '2,000')).toEqual({ doubtful: ['1,234', '2,000'] })
  expect(signOf('1.234')).toEqual({ doubtful: ['1.234'] })
})

test('a zero with zeros behind it is none with either sign, and asks nobody', () => {
  expect(signOf('0.000', '0,000')).toEqual({ sign: '.' })
})

test('what stands for nothing', () => {
  for (const cell of ['', '-', '--', '—', 'N/A', 'null']) expect(isNothing(cell), cell).toBe(true)
  for (const cell of ['0', '-1', 'USDT']) expect(isNothing(cell), cell).toBe(false)
})

test('a number comes back whatever sign, groups and blanks it is written with', () => {
  const digits = fc.stringMatching(/^(0|[1-9]\d{0,17})$/)
  const fraction = fc.stringMatching(/^\d{0,17}[1-9]$/)
  const grouped = (whole: string, separator: string) => whole.replaceAll(/\B(?=(\d{3})+$)/g, separator)
  fc.assert(
    fc.property(
      digits,
      fc.option(fraction),
      fc.constantFrom<DecimalSign>('.', ','),
      fc.constantFrom('', 'other', ' ', '\u202f', '’'),
      fc.boolean(),
      (whole, part, sign, separator, isNegative) => {
        const between = separator === 'other' ? (sign === '.' ? ',' : '.') : separator
        const written = `${isNegative ? '-' : ''}${grouped(whole, between)}${part === null ? '' : sign + part}`
        const value = `${whole}${part === null ? '' : `.${part}`}`
        const expected = isNegative && /[1-9]/.test(value) ? `-${value}` : value
        expect(parseNumber(written, sign)).toEqual({ amount: expected })
      },
    ),
  )
})

test('no cell is read as two numbers without being asked for', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?[\d.,]{1,9}$/), (cell) => {
      const [point, comma] = [parseNumber(cell, '.'), parseNumber(cell, ',')]
      const isEither = point !== undefined && comma !== undefined && point.amount !== comma.amount
      expect('doubtful' in signOf(cell)).toBe(isEither)
    }),
    { numRuns: 500 },
  )
})
