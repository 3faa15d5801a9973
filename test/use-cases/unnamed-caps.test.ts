import { describe, expect, it } from 'vitest'
import { day, minute } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const spot = bitrue.streams.filter(({ stream }) => stream === 'spot-trade')

/** Two symbols, of which one has far more fills; all of them lie in the last 20 days. */
function userOf(mostFills: number, pageCap?: number, readings: Partial<Readings> = {}) {
  const account = generateAccount({
    ...{ seed: 3, now: start, days: 20, symbols: 2, coins: 2, linear: 1, inverse: 1 },
    ...{ traded: 2, mostFills, walletTransfers: 0, delisted: 0 },
  })
  const [busiest] = account.symbols
  if (busiest === undefined) throw new Error('an account without symbols')
  const exchange = { ...bitrue, holdings: undefined, streams: spot }
  const user = bitrueUser(readings, account, {}, { exchange, ...(pageCap && { pageCap }) })
  const partOf = (name = busiest.symbol) =>
    [...user.store.coverages.values()].find(({ partition }) => partition === name)
  return {
    ...user,
    busiest: busiest.symbol,
    partOf,
    coveredSince: () => partOf()?.covered[0]?.from ?? Number.POSITIVE_INFINITY,
    /** Fills that are not stored, of time that is said to be complete. */
    lies: (name = busiest.symbol) => {
      const ids = new Set([...user.store.rows.values()].map(({ tradeId }) => tradeId))
      return account.spotFills.filter(
        ({ id, symbol, time }) =>
          symbol === name &&
          !ids.has(String(id)) &&
          partOf(name)?.covered.some(({ from, to }) => time >= from && time < to),
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

  it('is doubted for as long as it does not grow: one that is cut there answers alike, and older time may be answered in part', async () => {
    const dormant = userOf(90)
    const cut = userOf(130, 90)
    const heeded = userOf(90, undefined, { times: 'obeyed' })
    for (const user of [dormant, cut, heeded])
      for (const night of [0, 1, 8]) {
        const { run } = await user.sync(start + night * day)
        expect(run.state).toBe('unverified')
        expect([user.lies().length, user.coveredSince() > start - 21 * day]).toEqual([0, true])
      }
  })

  it('takes back what was claimed of other lists as short, once one is seen to be cut there', async () => {
    const user = userOf(40, 7)
    const [quiet] = user.account.symbols.filter(({ symbol }) => symbol !== user.busiest)
    const fills = user.account.spotFills.filter(({ symbol }) => symbol === user.busiest)
    if (quiet === undefined) throw new Error('an account of one symbol')
    const copies = fills.map((fill) => ({ ...fill, symbol: quiet.symbol, id: fill.id + 1_000_000 }))
    const others = user.account.spotFills.filter(({ symbol }) => symbol !== quiet.symbol)
    user.account.spotFills = [...others, ...copies].sort((a, b) => a.time - b.time)
    await user.sync(start)
    // So short a page is taken for all there are: that is what is told of it.
    expect(user.lies(quiet.symbol).length).toBeGreaterThan(0)
    const last = fills.at(-1)
    if (last === undefined) throw new Error('a symbol without fills')
    user.account.spotFills.push({ ...last, id: last.id + 1, time: start + 3_600_000 })
    await user.sync(start + day)
    await user.sync(start + 2 * day)
    expect([user.lies().length, user.lies(quiet.symbol).length]).toEqual([0, 0])
  })

  it('may be all that is still shown where so few rows are: what left the list is stored, and is not said to be missing', async () => {
    const user = userOf(12, undefined, { lookBack: 20 * day })
    const fills = user.account.spotFills.filter(({ symbol }) => symbol === user.busiest).slice(-6)
    for (const [index, fill] of fills.entries())
      Object.assign(fill, { time: start - (index < 3 ? 18 : 2) * day + 5_000 })
    user.account.spotFills = fills
    for (const night of [0, 1, 3, 4, 8]) {
      const { run } = await user.sync(start + night * day)
      expect(run.state).toBe('unverified')
      expect(user.partOf()?.lost).toEqual([])
      // Nor is any time given up for it.
      expect(user.partOf()?.covered).toEqual([
        { from: user.partOf()?.covered[0]?.from, to: start + night * day - 10 * minute },
      ])
      expect(user.coveredSince()).toBeLessThan(start - 28 * day)
      expect(user.partOf()?.pageEnds).toBeUndefined()
    }
    expect(user.store.rows.size).toBe(6)
  })
})
