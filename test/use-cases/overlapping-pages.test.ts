import { describe, expect, it } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 4, coins: 4, linear: 1, inverse: 1, traded: 1 },
  ...{ mostFills: 3, movedCoins: 2, mostDeposits: 60, walletTransfers: 0 },
}

/** An account of which every deposit has an id, or none, read in pages of ten of which each begins with the last row of the one before. */
function userOf(ids: 'own' | 'shared' | 'none', readings: Partial<Readings> = { offset: 'first' }) {
  const account = generateAccount(sizes)
  for (const [index, row] of account.deposits.entries()) {
    if (ids === 'none') delete row.id
    else row.id = ids === 'own' ? 1_000 + index : 0
  }
  return bitrueUser(readings, account, {}, { pageCap: 10 })
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

  it.each(['newest-first', 'oldest-first', 'any'] as const)(
    'a deposit without an id is stored once, too, and one that was made twice twice, %s',
    async (order) => {
      for (const offset of ['skipped', 'first'] as const) {
        const user = userOf('none', { offset, order })
        const twin = user.account.deposits[27] ?? expect.fail()
        if (order !== 'any') user.account.deposits.splice(27, 0, { ...twin })
        const texts = user.account.deposits.map((row) => JSON.stringify(row))
        for (const night of [0, 1]) {
          await user.sync(start + night * day)
          expect(depositsOf(user).toSorted(), offset).toEqual(texts.toSorted())
        }
        expect(user.gaps()).toEqual([])
      }
    },
  )

  it('none is lost although all have the same id, which names none of them', async () => {
    const user = userOf('shared')
    await user.sync(start)
    expect(new Set(depositsOf(user))).toEqual(
      new Set(user.account.deposits.map((row) => JSON.stringify(row))),
    )
  })
})

describe('an offset that counts pages', () => {
  it('is not taken for the end of the list: what was not shown is a gap, and nothing of that coin is called complete', async () => {
    const user = userOf('own', { offset: 'pages' })
    const [busiest] = user.account.coins
    const { run } = await user.sync(start)
    const part = [...user.store.coverages.values()].find(
      ({ stream, partition }) => stream === 'deposit' && partition === busiest?.coin,
    )
    expect(depositsOf(user).length).toBeLessThan(user.account.deposits.length)
    expect([part?.covered, part?.lost.map(({ reason }) => reason)]).toEqual([[], ['saturated']])
    expect(run.streams.find(({ stream }) => stream === 'deposit')?.state).toBe('incomplete')
  })
})
