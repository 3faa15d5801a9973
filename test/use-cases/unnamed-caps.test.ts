import { describe, expect, it } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const spot = bitrue.streams.filter(({ stream }) => stream === 'spot-trade')

/** Two symbols, of which one has far more fills; all of them lie in the last 20 days. */
function userOf(mostFills: number, pageCap?: number) {
  const account = generateAccount({
    ...{ seed: 3, now: start, days: 20, symbols: 2, coins: 2, linear: 1, inverse: 1 },
    ...{ traded: 2, mostFills, walletTransfers: 0, delisted: 0 },
  })
  const [busiest] = account.symbols
  if (busiest === undefined) throw new Error('an account without symbols')
  const exchange = { ...bitrue, holdings: undefined, streams: spot }
  const user = bitrueUser({}, account, {}, { exchange, ...(pageCap && { pageCap }) })
  const partOf = () =>
    [...user.store.coverages.values()].find(({ partition }) => partition === busiest.symbol)
  return {
    ...user,
    busiest: busiest.symbol,
    coveredSince: () => partOf()?.covered[0]?.from ?? Number.POSITIVE_INFINITY,
    /** Fills that are not stored, of time that is said to be complete. */
    lies: () => {
      const ids = new Set([...user.store.rows.values()].map(({ tradeId }) => tradeId))
      return account.spotFills.filter(
        ({ id, symbol, time }) =>
          symbol === busiest.symbol &&
          !ids.has(String(id)) &&
          partOf()?.covered.some(({ from, to }) => time >= from && time < to),
      )
    },
  }
}

describe('a page that ends at a number of rows that no source names', () => {
  it.each([12, 50, 99])(
    'is not taken for all there are where none was seen to hold more than %i',
    async (cap) => {
      const user = userOf(130, cap)
      await user.sync(start)
      await user.sync(start + day)
      expect(user.store.rows.size).toBeLessThan(user.account.spotFills.length)
      expect(user.lies()).toEqual([])
      expect(user.coveredSince()).toBeGreaterThan(start - 20 * day)
    },
  )

  it('is all there are once it has grown: it was not cut before', async () => {
    const user = userOf(90)
    const first = await user.sync(start)
    expect(first.run.state).toBe('unverified')
    expect(user.coveredSince()).toBeGreaterThan(start - 21 * day)
    const last = user.account.spotFills.findLast(({ symbol }) => symbol === user.busiest)
    if (last === undefined) throw new Error('a symbol without fills')
    user.account.spotFills.push({ ...last, id: last.id + 1, time: start + 3_600_000 })
    await user.sync(start + day)
    expect(user.coveredSince()).toBeLessThan(start - 28 * day)
    expect(user.lies()).toEqual([])
  })

  it('costs a quiet night one question, beside the one that recognises the account', async () => {
    const user = userOf(90)
    await user.sync(start)
    const fills = async (at: number) =>
      (await user.sync(at)).asked.filter(({ path }) => path === 'myTrades').length
    expect(await fills(start + day)).toBe(4)
    expect(await fills(start + 2 * day)).toBe(4)
  })
})
