import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { withoutFuture } from '../../lambdas/domain/without-future.ts'
import { generateAccount as bitmartAccount } from '../../local/simulated-bitmart/account.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitmartInMemory } from '../model/bitmart-in-memory.ts'
import { hurried, memoryStore, syncOnce } from '../model/engine.ts'
import { countsOf } from '../model/truth.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 12, coins: 8, linear: 2, inverse: 1, traded: 2 },
  ...{ mostFills: 20, movedCoins: 2, mostDeposits: 3, walletTransfers: 0 },
}

describe('a night on which the time was told far ahead', () => {
  it.each([2, 40])(
    'by %s days keeps nothing from being asked the night after, where lists are read',
    async (ahead) => {
      const user = bitrueUser({}, generateAccount(sizes))
      const { account, store } = user
      const listed = new Set(account.symbols.map(({ symbol }) => symbol))
      account.spotFills = account.spotFills.filter(({ symbol }) => listed.has(symbol))
      const last = account.spotFills.at(-1) ?? expect.fail('nothing is traded')
      const trade = (time: number) =>
        account.spotFills.push({ ...last, id: last.id + account.spotFills.length + 1, time })
      const nights = async (time: number) => {
        await user.sync(time)
        return [...store.rows.values()].filter(({ stream }) => stream === 'spot-trade').length
      }
      expect(await nights(start)).toBe(account.spotFills.length)
      trade(start + 5 * hour)
      await nights(start + day + ahead * day)
      for (const night of [2, 3]) {
        trade(start + (night - 1) * day + 5 * hour)
        expect(await nights(start + night * day)).toBe(account.spotFills.length)
      }
      expect([...store.coverages.values()].flatMap(({ lost }) => lost)).toEqual([])
      const ends = [...store.coverages.values()].flatMap(({ covered }) => covered.map(({ to }) => to))
      expect(Math.max(...ends)).toBeLessThan(start + 3 * day)
    },
  )

  it('leaves no window unasked, where time is asked for window by window', async () => {
    const begin = Date.UTC(2026, 7, 20, 12)
    const account = bitmartAccount({
      seed: 7,
      now: begin + 3 * day,
      spotFills: 200,
      futuresFills: 20,
      withdrawals: 5,
      days: 12,
    })
    let now = begin
    const simulator = await bitmartInMemory({ clock: () => now, enforceLimits: false, account })
    const store = memoryStore()
    for (const at of [begin, begin + 41 * day, begin + 3 * day]) {
      now = at
      await syncOnce(simulator, store, hurried(), undefined, { clock: () => now })
    }
    expect(countsOf(store.rows.values())['spot-trade']).toBe(200)
    for (const { covered, attempted } of store.coverages.values())
      expect(Math.max(attempted, ...covered.map(({ to }) => to))).toBeLessThanOrEqual(now)
  })

  it('is forgotten with all that was read by it, and nothing is where only our clock was wrong', () => {
    const now = 20_000 * day
    const part = {
      ...noCoverage('spot-trade', 'BTCUSDT'),
      covered: [{ from: now - 90 * day, to: now + 40 * day }],
      attempted: now + 40 * day,
      asked: now - day,
    }
    const known = withoutFuture(part, { theirs: now, ours: now })
    expect(known.covered).toEqual([{ from: now - 90 * day, to: now - 31 * day + 2 * hour }])
    expect(withoutFuture(part, { theirs: now, ours: now }, 7 * day).covered[0]?.to).toBe(
      now - 7 * day + 2 * hour,
    )
    expect(known.attempted).toBeLessThan(now)
    expect(withoutFuture(known, { theirs: now, ours: now })).toEqual(known)
    const right = { ...known, asked: now }
    expect(withoutFuture(right, { theirs: now, ours: now - 3_500 * day })).toEqual({
      ...right,
      asked: undefined,
    })
  })
})
