import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { storeRows } from '../../lambdas/use-cases/store-rows.ts'

const deposits = Array.from(
  { length: 1_000 },
  (_none, index): Transaction => ({ stream: 'deposit', time: index, identity: String(index), raw: '{}' }),
)

describe('storing the rows of a page whose rows can be dated anew', () => {
  it('looks for a thousand ids a few at a time, since each that is under way takes memory', async () => {
    let [underWay, peak, looked] = [0, 0, 0]
    const written: Transaction[] = []
    const transactions = {
      stored: async () => [],
      async byId() {
        underWay += 1
        looked += 1
        peak = Math.max(peak, underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay -= 1
        return []
      },
      write: async (_owner: unknown, rows: readonly Transaction[]) => void written.push(...rows),
      remove: async () => undefined,
    }
    const counts = { new: 0, changed: 0, unchanged: 0, revised: 0, vanished: 0 }
    const { store } = storeRows(
      { transactions, lease: { holds: async () => true } },
      { stream: 'deposit', mutable: true, whose: () => 'all' },
      { owner: { user: 'u', connection: 'c' }, epoch: 1, counts },
    )
    await store({ transactions: deposits, askedAt: 1, answeredAt: 2 }, 'whole', {
      partition: 'all',
      windows: [],
    })
    expect(written).toHaveLength(1_000)
    expect(looked).toBe(1_000)
    expect(peak).toBeLessThanOrEqual(8)
  })
})
