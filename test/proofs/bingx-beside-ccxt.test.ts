import { describe, expect, test } from 'vitest'
import { bingxCases, compete } from '../bench/bingx.ts'

describe.each(bingxCases)('of $title at BingX', (one) => {
  test('ours obtains every row, with its time and its amount', async () => {
    const { rows, of, wrongTimes, wrongAmounts } = await compete('ours', one)
    expect([rows, wrongTimes, wrongAmounts]).toEqual([of, 0, 0])
  })

  test.each(['ccxt one call', 'ccxt since-loop', 'ccxt paginate'] as const)(
    '%s does not',
    async (contestant) => {
      const { rows, of, wrongTimes, wrongAmounts } = await compete(contestant, one)
      expect(rows < of || wrongTimes + wrongAmounts > 0).toBe(true)
    },
  )
})
