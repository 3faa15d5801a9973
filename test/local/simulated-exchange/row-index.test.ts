import { expect, test } from 'vitest'
import { rowsBetween } from '../../../local/simulated-exchange/row-index.ts'

test('a question about a short time looks at few of a hundred thousand rows', () => {
  const rows = Array.from({ length: 100_000 }, (_none, index) => ({ time: (index * 7_919) % 100_000 }))
  let looks = 0
  const between = (from: number, to: number) =>
    rowsBetween(
      rows,
      ({ time }) => {
        looks += 1
        return time
      },
      from,
      to,
      () => {
        looks += 1
        return true
      },
    )
  between(0, 1)
  looks = 0
  for (let time = 0; time < 1_000; time += 10) expect(between(time, time + 9)).toHaveLength(10)
  expect(looks).toBeLessThanOrEqual(2_000)
})
