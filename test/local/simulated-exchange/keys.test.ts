import { expect, onTestFinished, test } from 'vitest'
import { simulatedBingx } from '../../../local/simulated-bingx/simulation.ts'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { simulatedBitmart } from '../../../local/simulated-bitmart/simulation.ts'
import { simulatedBitrue } from '../../../local/simulated-bitrue/simulation.ts'
import { startOfDay } from '../../../local/simulated-exchange/account-frame.ts'
import type { Simulation } from '../../../local/simulated-exchange/simulation.ts'

async function keysWith(simulation: Simulation, words: string): Promise<readonly string[][]> {
  const plan = simulation.read(`--port 0 ${words}`.trim().split(' '))
  if (!('start' in plan)) throw new Error('the words should be understood')
  const running = await plan.start(() => undefined)
  onTestFinished(() => running.close())
  return running.keys.map((key) => Object.values(key))
}

test.each([
  ['BitMart', simulatedBitmart, 3],
  ['BingX', simulatedBingx, 2],
  ['Bitrue', simulatedBitrue, 2],
])(
  'the account of each seed of %s opens with two keys of its own, told apart by their ends',
  async (_name, simulation, parts) => {
    const keys = await Promise.all(['', '--seed 1', '--seed 2'].map((words) => keysWith(simulation, words)))
    const [access, ...others] = Array.from({ length: parts }, (_, part) =>
      keys.flat().map((key) => key[part]),
    )
    expect(keys.map(({ length }) => length)).toEqual([2, 2, 2])
    for (const values of [access, ...others]) expect(new Set(values).size).toBe(6)
    expect(new Set(access?.map((key) => key?.slice(-4))).size).toBe(6)
    expect(await keysWith(simulation, '--seed 1')).toEqual(keys[1])
  },
)

test('what is made again on the same day is the same account', () => {
  const [early, late] = [Date.UTC(2026, 10, 27, 0, 0, 1), Date.UTC(2026, 10, 27, 23, 59)]
  expect(startOfDay(early)).toBe(startOfDay(late))
  expect(startOfDay(late)).toBeLessThan(early)
})

test('no two accounts of BitMart share an id of a transfer: the id tells whose it is', () => {
  const now = Date.UTC(2026, 10, 27)
  const ids = [1, 2, 20_261_121].flatMap((seed) =>
    generateAccount({ seed, now, withdrawals: 137, deposits: 41 }).transfers.map(
      ({ withdraw_id, deposit_id }) => `${withdraw_id}|${deposit_id}`,
    ),
  )
  expect(new Set(ids).size).toBe(ids.length)
})
