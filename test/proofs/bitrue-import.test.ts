import { describe, expect, it } from 'vitest'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import {
  bitrueUser,
  differences,
  named,
  reachable,
  smallSizes,
  start,
  timeless,
} from '../use-cases/bitrue-in-memory.ts'

const small = () => generateAccount(smallSizes)
const busiest = small().symbols[0]?.symbol ?? ''

/** One more fill of a symbol, of a moment. */
function fill(account: SimulatedAccount, symbol: string, time: number): void {
  const last = account.spotFills.at(-1)
  if (last === undefined) throw new Error('an account without fills')
  account.spotFills.push({ ...last, symbol, time: Math.floor(time / 1_000) * 1_000, id: last.id + 3 })
}

describe('the first import of Bitrue has everything that can be had', () => {
  it('exactly, where it is shown a way back', async () => {
    const user = bitrueUser({ fromId: 'tradeId', order: 'any' }, small(), named)
    const { run } = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account, timeless)).toEqual([])
    expect(user.gaps()).toEqual([])
    expect(run.streams.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'unverified'))
  })

  it('and says what cannot be had, where no filter is obeyed', async () => {
    const user = bitrueUser({ defaultStatus: 'first' }, small(), named)
    const { run } = await user.sync(start)
    expect(differences(user.store.rows.values(), user.account, reachable(user.account))).toEqual([])
    expect(user.gaps()).toEqual([`spot-trade ${busiest} saturated`])
    expect(run.state).toBe('incomplete')
    // What cannot be shown of the busiest symbol, its orders tell of.
    const fills = user.account.spotFills.filter(({ symbol }) => symbol === busiest)
    const lacking = new Set(fills.slice(0, -1_000).map(({ orderId }) => String(orderId)))
    const part = [...user.store.coverages.values()].find(({ partition }) => partition === busiest)
    expect(part?.lacking).toMatchObject({ lacking: lacking.size, between: { from: fills[0]?.time } })
  })

  it('and finds a symbol that was delisted before where its user names it, and nowhere else', async () => {
    const stored = async (said: { readonly symbols?: readonly string[] }) => {
      const user = bitrueUser({ times: 'obeyed' }, small(), said)
      await user.sync(start)
      return [...user.store.rows.values()].filter(({ symbol }) => symbol === 'GONEUSDT').length
    }
    expect(await stored({})).toBe(0)
    expect(await stored(named)).toBe(7)
  })

  it('and asks once whether there are futures, where they were never activated', async () => {
    const user = bitrueUser({}, small(), named)
    user.interfere(() => {
      const last = user.requests.at(-1)
      if (last?.family === 'futures') throw new FailureError({ kind: 'not-opened', code: '-1025' })
    })
    const { run } = await user.sync(start)
    const futures = run.streams.find(({ stream }) => stream === 'futures-trade')
    expect([futures?.failure, futures?.new]).toEqual([undefined, 0])
    expect(user.requests.filter(({ family }) => family === 'futures').length).toBeLessThan(10)
  })
})

describe('another night of Bitrue', () => {
  it('asks for what was traded and a seventh of the rest, and reads and writes no row where nothing is new', async () => {
    const user = bitrueUser({ times: 'obeyed' }, small(), named)
    await user.sync(start)
    const quiet = await user.sync(start + day)
    expect(quiet.written).toBe(0)
    const symbols = quiet.asked.filter(({ path, section }) => path === 'myTrades' && section?.[0] === 'spot')
    // Eight with rows, two of them asked twice since a page of theirs is full, and 82 others within seven nights.
    expect(symbols.length).toBeLessThanOrEqual(8 + 3 + Math.ceil(83 / 7))
    expect(quiet.saved).toBeLessThan(25)
  })

  it('finds the fill of a symbol that was never traded at once where a balance tells, and within seven nights where none does', async () => {
    for (const isTold of [true, false]) {
      const user = bitrueUser({ times: 'obeyed' })
      await user.sync(start)
      const traded = new Set(user.account.spotFills.map(({ symbol }) => symbol))
      const fresh = user.account.symbols.find(({ symbol }) => !traded.has(symbol))
      if (fresh === undefined) throw new Error('every symbol is traded')
      fill(user.account, fresh.symbol, start + 3_600_000)
      if (isTold) user.account.balances.set(fresh.baseAsset, '7')
      let nights = 0
      const isFound = () => [...user.store.rows.values()].some(({ symbol }) => symbol === fresh.symbol)
      while (!isFound() && nights < 8) {
        nights += 1
        await user.sync(start + nights * day)
      }
      expect(nights, String(isTold)).toBeLessThanOrEqual(isTold ? 1 : 7)
    }
  })

  it('says that fills are missing where a thousand and one of a symbol happened between two nights', async () => {
    const user = bitrueUser({}, generateAccount({ ...smallSizes, mostFills: 10 }))
    await user.sync(start)
    expect(user.gaps()).toEqual([])
    const times = Array.from({ length: 1_001 }, (_, index) => start + 3_600_000 + index * 60_000)
    for (const time of times) fill(user.account, busiest, time)
    await user.sync(start + day)
    expect(user.gaps()).toEqual([`spot-trade ${busiest} saturated`])
    const stored = [...user.store.rows.values()].filter(
      ({ symbol, time }) => symbol === busiest && time > start,
    )
    expect(stored).toHaveLength(1_000)
    // And none where they could all be shown.
    const shown = bitrueUser({}, generateAccount({ ...smallSizes, mostFills: 10 }))
    await shown.sync(start)
    for (const time of times.slice(2)) fill(shown.account, busiest, time)
    await shown.sync(start + day)
    expect(shown.gaps()).toEqual([])
  })
})

describe('an import of Bitrue that is interrupted', () => {
  const readings: readonly Partial<Readings>[] = [
    { times: 'obeyed' },
    { times: 'emptying', fromId: 'tradeId', order: 'any', defaultStatus: 'first' },
  ]
  it.each(readings)(
    'has the same in the end, handed over thirty times and banned in between: %o',
    async (played) => {
      // As if it had opened when the account was: there is less of the past to ask for.
      const streams = bitrue.streams.map((stream) => ({ ...stream, opened: start - 450 * day }))
      const world = { exchange: { ...bitrue, streams } }
      const whole = bitrueUser(played, small(), named, world)
      await whole.sync(start)
      const user = bitrueUser(played, small(), named, world)
      let before: Run | undefined
      let hops = 0
      do {
        hops += 1
        const stop = new AbortController()
        const begun = user.requests.length
        const most = hops % 5 === 0 ? 6 : 24
        user.interfere(() => {
          if (user.requests.length - begun < most) return
          // Told to wait for longer than the worker has, or out of time.
          if (hops % 5 === 0) throw new FailureError({ kind: 'rate-limited', code: '429' })
          stop.abort()
        })
        const { run } = await user.sync(start + hops * 60_000, {
          signal: stop.signal,
          ...(before && { before }),
          holder: String(hops),
        })
        before = run
        // Nobody is told that all was asked while a stream still waits for an answer.
        for (const { stream, failure, percent } of run.streams)
          if (failure === 'aborted' || failure === 'rate-limited') expect(percent, stream).toBeLessThan(100)
      } while (before.state !== 'unverified' && hops < 150)
      expect(hops).toBeGreaterThanOrEqual(30)
      expect([...user.store.rows.values()].map(({ raw }) => raw).sort()).toEqual(
        [...whole.store.rows.values()].map(({ raw }) => raw).sort(),
      )
      expect(user.gaps()).toEqual([])
    },
  )
})
