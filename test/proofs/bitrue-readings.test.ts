import { describe, expect, it } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { demoSizes, generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import {
  bitrueUser,
  differences,
  named,
  reachable,
  shown,
  smallSizes,
  start,
} from '../use-cases/bitrue-in-memory.ts'

const small = () => generateAccount({ ...smallSizes, mostFills: 2_500, mostDeposits: 1_005 })
const busiest = small().symbols[0]?.symbol ?? ''

describe('the first import of Bitrue has everything that can be had under each reading', () => {
  const ways: readonly Partial<Readings>[] = [
    { times: 'obeyed' },
    { times: 'obeyed', upperEnd: 'exclusive', order: 'any' },
    { fromId: 'id' },
    { fromId: 'tradeId', order: 'oldest-first' },
    { times: 'emptying', fromId: 'id', order: 'any', empty: 'null' },
    { times: 'obeyed', fromId: 'emptying', defaultStatus: 'first', families: 'together' },
  ]
  it.each(ways)('exactly, where it is shown a way back: %o', async (readings) => {
    const user = bitrueUser(readings, small(), named)
    const { run } = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account, shown(readings))).toEqual([])
    expect(user.gaps()).toEqual([])
    expect(run.streams.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'unverified'))
  })

  const none: readonly Partial<Readings>[] = [
    {},
    { times: 'emptying', fromId: 'emptying' },
    { order: 'any', defaultStatus: 'first' },
    { fromId: 'emptying', order: 'oldest-first', empty: 'null', families: 'together' },
  ]
  it.each(none)('and says what cannot be had, where no filter is obeyed: %o', async (readings) => {
    const user = bitrueUser(readings, small(), named)
    const { run } = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account, reachable(user.account))).toEqual([])
    expect(user.gaps()).toEqual([`spot-trade ${busiest} saturated`])
    expect(run.state).toBe('incomplete')
  })
})

describe('an account of forty symbols of 1,700', () => {
  it.each([{ times: 'obeyed' }, {}] as const)(
    'one with 2,500 fills and one delisted, and 300 coins with transfers, is imported exactly as far as it can be had: %o',
    async (readings) => {
      const account = generateAccount({ ...demoSizes, now: start })
      expect(new Set(account.spotFills.map(({ symbol }) => symbol)).size).toBe(40)
      const user = bitrueUser(readings, account, named)
      await user.sync(start)
      const isShown = 'times' in readings ? shown(readings) : reachable(account)
      expect(differences(user.store.rows.values(), account, isShown)).toEqual([])
      const [symbol, linear, inverse] = [account.symbols, account.linear, account.inverse].map(
        ([first]) => first?.symbol,
      )
      const crowded = [`futures-trade ${linear}`, `futures-trade ${inverse}`, `spot-trade ${symbol}`]
      expect(user.gaps().toSorted()).toEqual(
        'times' in readings ? [] : crowded.map((one) => `${one} saturated`).toSorted(),
      )
    },
  )

  it('is imported exactly, and costs 300 questions for spot and 700 in all another night, without a row read or written', async () => {
    const user = bitrueUser(
      { times: 'obeyed' },
      generateAccount({ ...demoSizes, traded: 31, now: start, movedCoins: 26 }),
      named,
    )
    const first = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account)).toEqual([])
    expect(user.gaps()).toEqual([])
    expect(first.asked.length).toBeLessThan(1_700 + 2 * 700 + 785 + 4 * 110 + 200)
    for (let night = 1; night <= 7; night += 1) {
      const { asked, written } = await user.sync(start + night * day)
      const spot = asked.filter(({ section, path }) => section?.[0] === 'spot' && path === 'myTrades')
      expect(written).toBe(0)
      expect(spot.length, `night ${night}`).toBeLessThanOrEqual(300)
      expect(asked.length, `night ${night}`).toBeLessThanOrEqual(700)
    }
    const since = start + 7 * day - 7 * day
    const asked = [...user.store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
    expect(asked.length).toBeGreaterThan(1_699)
    for (const part of asked) expect(part.asked ?? 0, part.partition).toBeGreaterThanOrEqual(since)
  })
})
