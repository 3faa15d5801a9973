import { describe, expect, it } from 'vitest'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { isQuiet } from '../../lambdas/domain/rotation.ts'
import { kindsOf } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { demoSizes, generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { modelTable } from '../model/model-table.ts'
import { bitrueUser, differences, named, reachable, shown, start } from '../use-cases/bitrue-in-memory.ts'

/** How large the items are in which the table keeps what is known, in bytes. */
async function itemsOf(all: readonly Coverage[]): Promise<readonly number[]> {
  const table = modelTable(() => undefined)
  const [owner, opened] = [{ user: 'ann', connection: 'c1' }, table.open('w')]
  const epoch = (await leaseStore(opened).acquire(owner, 'h', start, day)) ?? 0
  for (const { stream } of kindsOf(bitrue.streams).map(([first]) => first)) {
    const known = all.filter((part) => part.stream === stream)
    const names = new Set(known.map(({ partition }) => partition))
    await coverageStore(opened).saveAll(owner, stream, known, names, epoch)
  }
  return [...table.items('USER#ann#CONNECTION#c1')].flatMap(([sort, item]) =>
    sort.startsWith('COVERAGE#') ? [Buffer.byteLength(JSON.stringify(item))] : [],
  )
}

const full = () => generateAccount({ ...demoSizes, now: start })

describe('an account of forty symbols of 1,700, one with 2,500 fills and one delisted, 300 coins with transfers, both futures', () => {
  const { symbols, linear, inverse, ...account } = full()
  const [symbol, contract, coinContract] = [symbols, linear, inverse].map(([first]) => first?.symbol)
  const crowded = [`futures-trade ${contract}`, `futures-trade ${coinContract}`, `spot-trade ${symbol}`].map(
    (one) => `${one} saturated`,
  )

  it('is what its name says', () => {
    const fillsOf = (name?: string) => account.spotFills.filter((fill) => fill.symbol === name).length
    expect(symbols).toHaveLength(1_700)
    expect(new Set(account.spotFills.map(({ symbol }) => symbol)).size).toBe(40)
    expect(fillsOf(symbol)).toBe(2_500)
    expect(fillsOf(named.symbols[0])).toBeGreaterThan(0)
    expect(symbols.some(({ symbol }) => symbol === named.symbols[0])).toBe(false)
  })

  const ways: readonly Partial<Readings>[] = [
    { times: 'obeyed' },
    { times: 'obeyed', upperEnd: 'exclusive', order: 'any' },
    { fromId: 'id' },
    { fromId: 'tradeId', order: 'oldest-first' },
    { times: 'emptying', fromId: 'id', order: 'any', empty: 'null' },
    {
      times: 'obeyed',
      fromId: 'emptying',
      defaultStatus: 'first',
      families: 'together',
      forcedTypes: 'liquidations',
    },
  ]
  it.each(ways)('is imported exactly where it is shown a way back, without a gap: %o', async (readings) => {
    const user = bitrueUser(readings, full(), named)
    const { run } = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account, shown(readings))).toEqual([])
    expect(user.gaps()).toEqual([])
    expect(run.streams.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'unverified'))
  })

  const none: readonly Partial<Readings>[] = [
    {},
    { times: 'emptying', fromId: 'emptying' },
    { order: 'any', defaultStatus: 'first' },
    {
      fromId: 'emptying',
      order: 'oldest-first',
      empty: 'null',
      families: 'together',
      forcedTypes: 'refused',
    },
  ]
  it.each(none)(
    'is imported as far as it can be had where no filter is obeyed, and the rest is a stated gap: %o',
    async (readings) => {
      const user = bitrueUser(readings, full(), named)
      const { run } = await user.sync(start)
      expect(differences(user.store.rows.values(), user.account, reachable(user.account))).toEqual([])
      expect(user.gaps().toSorted()).toEqual(crowded.toSorted())
      expect(run.state).toBe('incomplete')
    },
  )

  it('is imported exactly, and costs 300 questions for spot and 700 in all another night, without a row read or written', async () => {
    const user = bitrueUser(
      { times: 'obeyed' },
      generateAccount({ ...demoSizes, traded: 31, now: start, movedCoins: 26, forcedOrders: 2 }),
      named,
    )
    const first = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account)).toEqual([])
    expect(user.gaps()).toEqual([])
    expect(first.asked.length).toBeLessThan(1_700 + 2 * 700 + 3 * 785 + 4 * 110 + 1_500)
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
    const items = await itemsOf([...user.store.coverages.values()])
    const withRows = [...user.store.coverages.values()].filter((part) => !isQuiet(part)).length
    // Seven shelves of each kind that is asked for by names, and what has rows or is always asked stands for itself.
    expect(items.length).toBeLessThanOrEqual(withRows + 5 * 7 + 4)
    expect(Math.max(...items)).toBeLessThan(64 * 1_024)
  })
})
