import { LosslessNumber } from 'lossless-json'
import { describe, expect, it } from 'vitest'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { day } from '../../lambdas/domain/window.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { ForcedOrder } from '../../local/simulated-bitrue/forced-orders.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueUser, differences, shown, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, symbols: 2, coins: 2, linear: 6, inverse: 2, traded: 1, mostFills: 3 },
  ...{ tradedContracts: 2, mostFuturesFills: 12, forcedOrders: 8 },
}

function userOf(readings: Partial<Readings> = {}, change: Partial<typeof sizes> = {}) {
  const user = bitrueUser(readings, generateAccount({ ...sizes, ...change }))
  const forced = () => [...user.store.rows.values()].filter(({ stream }) => stream === 'forced-order')
  const parts = () =>
    [...user.store.coverages.values()].filter(({ stream, asked }) => stream === 'forced-order' && asked)
  const wrong = (isShown: ReturnType<typeof shown>) =>
    differences(user.store.rows.values(), user.account, isShown).filter(({ kind }) => kind === 'forced-order')
  return { ...user, forced, parts, wrong }
}

const isAsked = ({ path }: { readonly path: string }) => path === 'forceOrdersHistory'
const contractsOf = (asked: readonly { readonly path: string; readonly params: object }[]) =>
  asked.filter(isAsked).map(({ params }) => ('contractName' in params ? String(params.contractName) : ''))

/** An order that was forced just now, of a contract that is listed. */
function forcedNow(order: ForcedOrder | undefined, contractName: string, time: number): ForcedOrder {
  if (order === undefined) throw new Error('an account without forced orders')
  const times = { ctime: isoOf(time + 8 * 3_600_000), mtime: isoOf(time) }
  return {
    ...order,
    contractName,
    time,
    row: { ...order.row, id: new LosslessNumber(String(time)), ...times },
  }
}

const isoOf = (time: number) => new Date(time).toISOString().slice(0, 19)

describe('forced orders', () => {
  const readings: readonly Partial<Readings>[] = [
    {},
    { times: 'obeyed' },
    { times: 'emptying', empty: 'null' },
    { forcedTypes: 'liquidations', times: 'obeyed' },
    { forcedTypes: 'unheeded', order: 'oldest-first' },
  ]
  it.each(readings)('are all stored once, as far as they are shown: %o', async (played) => {
    const user = userOf(played)
    const { run } = await user.sync(start)
    expect(user.wrong(shown(played))).toEqual([])
    expect(user.forced().length).toBeGreaterThan(3)
    expect(run.streams.find(({ stream }) => stream === 'forced-order')?.state).toBe('unverified')
    const again = await user.sync(start + day)
    expect(again.written).toBe(0)
  })

  it('are asked for once it is known which contracts have fills, and those alone are asked for older time', async () => {
    const user = userOf({ times: 'obeyed' })
    const { asked } = await user.sync(start)
    const firstForced = asked.findIndex(isAsked)
    expect(asked.slice(firstForced).some(({ path }) => path === 'myTrades')).toBe(false)
    const filled = new Set(
      [...user.account.linearFills, ...user.account.inverseFills].map((fill) => fill.contractName),
    )
    const timed = contractsOf(asked.filter(({ params }) => 'beginTime' in params))
    const shownOnes = user.forced().map(({ symbol = '' }) => symbol)
    expect([...filled].every((name) => timed.includes(name))).toBe(true)
    expect(timed.every((name) => filled.has(name) || shownOnes.includes(name))).toBe(true)
    expect(new Set(contractsOf(asked)).size).toBe(8)
  })

  it('of a contract that has new fills are asked for in the same night, and of any other within three weeks', async () => {
    const user = userOf({}, { forcedOrders: 2 })
    await user.sync(start)
    const has = new Set(
      [...user.account.linearFills, ...user.account.linearForced].map((one) => one.contractName),
    )
    const [quiet, other] = user.account.linear.map(({ symbol }) => symbol).filter((name) => !has.has(name))
    const fill = user.account.linearFills.at(-1)
    if (fill === undefined || quiet === undefined || other === undefined)
      throw new Error('too small an account')
    const [model] = user.account.linearForced
    user.account.linearFills.push({ ...fill, contractName: quiet, tradeId: 1, ctime: start + 3_600_000 })
    user.account.linearForced.push(forcedNow(model, quiet, start + 3_600_000))
    user.account.linearForced.push(forcedNow(model, other, start + 2 * 3_600_000))
    const foundAt = new Map<string, number>()
    for (let night = 1; night <= 21; night += 1) {
      await user.sync(start + night * day)
      for (const { symbol = '' } of user.forced()) if (!foundAt.has(symbol)) foundAt.set(symbol, night)
    }
    // Fills, too, are asked for in turn.
    expect(foundAt.get(quiet)).toBeLessThanOrEqual(7)
    expect(foundAt.get(other)).toBeLessThanOrEqual(21)
    expect(user.gaps().filter((gap) => gap.startsWith('forced'))).toEqual([])
  })

  it('are kept where types are not asked for like that, and that there were no others nobody can tell', async () => {
    const user = userOf({ forcedTypes: 'refused', times: 'obeyed' })
    const { run } = await user.sync(start)
    expect(user.wrong(shown({ times: 'obeyed' }))).toEqual([])
    const told = run.streams.find(({ stream }) => stream === 'forced-order')
    expect([told?.state, told?.failure]).toEqual(['unverified', undefined])
    for (const { covered, lost } of user.parts()) expect([covered, lost]).toEqual([[], []])
  })

  it('are known as before in the night after one in which a type was refused, and what was known stays known meanwhile', async () => {
    const user = userOf()
    await user.sync(start)
    const known = () =>
      user
        .parts()
        .map(({ partition, covered, pageEnds }) => ({ partition, to: covered.at(-1)?.to ?? 0, pageEnds }))
    const before = known()
    expect(before.every(({ to }) => to > 0)).toBe(true)
    user.readings.forcedTypes = 'refused'
    await user.sync(start + day, { recheck: true })
    expect(known()).toEqual(before)
    user.readings.forcedTypes = 'all'
    await user.sync(start + 2 * day, { recheck: true })
    for (const { to } of known()) expect(to).toBeGreaterThan(start + day)
  })

  it('are the same when their times are told by another clock one day: none is stored twice', async () => {
    const user = userOf({ times: 'obeyed' })
    await user.sync(start)
    const before = user.forced().map(({ identity }) => identity)
    user.readings.forcedTimes = 'utc'
    await user.sync(start + day, { recheck: true })
    expect(
      user
        .forced()
        .map(({ identity }) => identity)
        .sort(),
    ).toEqual(before.sort())
    user.readings.forcedTimes = 'sampled'
    await user.sync(start + 2 * day, { recheck: true })
    expect(user.forced()).toHaveLength(before.length)
  })

  it('that were listed before all of them was dealt say in the end what was', async () => {
    const user = userOf()
    const order = user.account.linearForced.at(-1)
    if (order === undefined) throw new Error('an account without forced orders')
    const dealt = order.row.dealVolume
    order.row.dealVolume = 0
    await user.sync(start)
    order.row.dealVolume = dealt
    await user.sync(start + day)
    const kept = user.forced().find(({ orderId }) => orderId === String(order.row.id))
    expect(kept?.contracts).toBe(String(dealt))
    expect(kept?.history).toMatchObject([{ contracts: '0' }])
  })

  it('of one id in two contracts are two, and one that is shown for both is one, whatever contract it was of', async () => {
    const user = userOf({}, { forcedOrders: 2 })
    const [first, second] = user.account.linear.map(({ symbol }) => symbol)
    const [model] = user.account.linearForced
    if (model === undefined || first === undefined || second === undefined)
      throw new Error('no forced orders')
    const twin = forcedNow(model, first, start - 3_600_000)
    const other = { ...twin, contractName: second, row: { ...twin.row, price: new LosslessNumber('0.125') } }
    user.account.linearForced = [twin, other]
    user.account.inverseForced = []
    await user.sync(start)
    expect(user.forced()).toHaveLength(2)
    user.account.linearForced = [twin, other, { ...twin, contractName: second }]
    expect((await user.sync(start + day, { recheck: true })).written).toBe(0)
    expect(user.forced()).toHaveLength(2)
  })

  it('that are refused as if futures had never been opened are not called none where there are fills', async () => {
    const user = userOf({}, { forcedOrders: 0 })
    user.interfere(() => {
      if (user.requests.at(-1)?.path === 'forceOrdersHistory') throw new FailureError({ kind: 'not-opened' })
    })
    await user.sync(start)
    expect(user.parts().length).toBeGreaterThan(0)
    expect(user.parts().filter(({ note }) => note === 'not-opened')).toEqual([])
  })

  it('of an account that never opened futures are none, and that is no failure', async () => {
    const user = userOf({}, { tradedContracts: 0, forcedOrders: 0 })
    const { run } = await user.sync(start)
    expect(run.streams.find(({ stream }) => stream === 'forced-order')?.failure).toBeUndefined()
  })
})
