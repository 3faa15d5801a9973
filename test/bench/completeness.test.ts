import { describe, expect, test } from 'vitest'
import type { SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { memoryStore } from '../model/memory-store.ts'
import { makeAccount } from './accounts.ts'
import { type CcxtLoop, runCcxt } from './ccxt-loops.ts'
import { type Comparison, comparisons } from './comparisons.ts'
import { keyOfRow, type Task } from './contestants.ts'
import { importOneStream } from './import-account.ts'

const now = 1_760_000_000_000

describe.each(comparisons)('of $title', (comparison) => {
  const account = makeAccount(comparison.recipe, now)
  const existing = new Set(
    (comparison.product === 'spot' ? account.spotFills : account.futuresFills).map(keyOfRow),
  )

  test('ours obtains every row', async () => {
    const { rows, stoppedBy } = await against(account, comparison, (task) =>
      importOneStream(task, memoryStore()),
    )
    expect(stoppedBy).toBeUndefined()
    expect(new Set(rows)).toEqual(existing)
  })

  for (const [loop, count] of Object.entries(comparison.ccxtObtains))
    test(`${loop} obtains ${count} of ${existing.size}`, async () => {
      const { rows } = await against(account, comparison, (task) => runCcxt(loop as CcxtLoop, task))
      expect(rows.filter((key) => existing.has(key))).toHaveLength(count)
    })
})

test('every way in which ccxt is used misses rows of some account', () => {
  for (const loop of Object.keys(comparisons[0]?.ccxtObtains ?? {}) as CcxtLoop[]) {
    const complete = comparisons.filter(({ recipe, ccxtObtains }) => {
      const { spotFills = 0, futuresFills = 0 } = recipe
      return ccxtObtains[loop] === spotFills + futuresFills
    })
    expect(complete.length).toBeLessThan(comparisons.length)
  }
})

async function against<T>(
  account: SimulatedAccount,
  { product, faults, withoutSince }: Comparison,
  contest: (task: Task) => Promise<T>,
): Promise<T> {
  const simulator: SimulatedBitmart = await startSimulatedBitmart({
    account,
    clock: () => now,
    enforceLimits: false,
    onRequest: ({ key }) => {
      if (key !== undefined) simulator.options.faults = faults
    },
  })
  try {
    return await contest({
      url: simulator.spotUrl,
      product,
      clock: () => now,
      hurried: true,
      sinceGiven: !withoutSince,
    })
  } finally {
    await simulator.close()
  }
}
