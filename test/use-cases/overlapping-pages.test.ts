import { describe, expect, it } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 4, coins: 4, linear: 1, inverse: 1, traded: 1 },
  ...{ mostFills: 3, movedCoins: 2, mostDeposits: 60, walletTransfers: 0 },
}

/** An account of which every deposit has an id, read in pages of ten of which each begins with the last row of the one before. */
function userOf(ids: 'own' | 'shared') {
  const account = generateAccount(sizes)
  for (const [index, row] of account.deposits.entries()) row.id = ids === 'own' ? 1_000 + index : 0
  return bitrueUser({ offset: 'first' }, account, {}, { pageCap: 10 })
}

const depositsOf = (user: ReturnType<typeof userOf>) =>
  [...user.store.rows.values()].filter(({ stream }) => stream === 'deposit').map(({ raw }) => raw)

describe('where pages overlap', () => {
  it('a deposit that is shown twice with the same id is stored once, night after night', async () => {
    const user = userOf('own')
    const texts = user.account.deposits.map((row) => JSON.stringify(row))
    for (const night of [0, 1]) {
      await user.sync(start + night * day)
      expect(depositsOf(user).toSorted()).toEqual(texts.toSorted())
    }
  })

  it('none is lost although all have the same id, which names none of them', async () => {
    const user = userOf('shared')
    await user.sync(start)
    expect(new Set(depositsOf(user))).toEqual(
      new Set(user.account.deposits.map((row) => JSON.stringify(row))),
    )
  })
})
