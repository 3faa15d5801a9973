import { describe, expect, it } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { crowdedAccount, documented, start, syncs } from '../use-cases/bingx-in-memory.ts'

describe('an import of BingX', () => {
  it('has every row once, and a quiet night: no transaction is written, and few questions are asked', async () => {
    const account = crowdedAccount(start)
    const { runs, store } = await syncs(account, documented, [start, start + day])
    const { spot, futures, orders, ledger, deposits, withdrawals } = account
    const held = [spot, futures, ledger, deposits, withdrawals].reduce((sum, rows) => sum + rows.length, 0)
    expect(store.rows.size).toBe(held + orders.flatMap(({ fills }) => fills).length)
    expect(runs[0]?.run.streams.flatMap(({ gaps }) => gaps)).toEqual([])
    expect(runs[1]?.written).toBe(0)
    // One for each order of the look-back, of which there is no list of fills.
    expect((runs[1]?.asked ?? 0) - orders.length).toBeLessThanOrEqual(12)
  })
})
