import { describe, expect, it } from 'vitest'
import type { Run, StreamProgress } from '../../lambdas/domain/run.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

/** As if it had opened four months ago: there is less of the past to ask for. */
const exchange = {
  ...bitrue,
  streams: bitrue.streams.map((stream) => ({ ...stream, opened: start - 125 * day })),
}

function userOf(readings: Partial<Readings>) {
  const account = generateAccount({
    ...{ seed: 3, now: start, days: 110, symbols: 2, coins: 2, linear: 1, inverse: 1 },
    ...{ traded: 2, mostFills: 130, walletTransfers: 40 },
  })
  return bitrueUser(readings, account, {}, { exchange, pageCap: 100 })
}

describe('a way back that Bitrue did not heed', () => {
  it('is tried again after a week, not every night, and what it then shows is no gap any more', async () => {
    const user = userOf({})
    await user.sync(start)
    expect(user.gaps()).toHaveLength(1)
    user.readings.times = 'obeyed'
    const tried = (asked: readonly { readonly params: object }[]) =>
      asked.filter(({ params }) => 'endTime' in params && 'symbol' in params).length
    expect(tried((await user.sync(start + day)).asked)).toBe(0)
    expect(user.gaps()).toHaveLength(1)
    expect(tried((await user.sync(start + 8 * day)).asked)).toBeGreaterThan(0)
    expect(user.gaps()).toEqual([])
  })

  it('that was heeded is not trusted for it: each answer shows it anew', async () => {
    const user = userOf({ times: 'obeyed' })
    await user.sync(start)
    expect(user.gaps()).toEqual([])
    user.readings.times = 'emptying'
    const { symbol = '' } = user.account.symbols[0] ?? {}
    const last = user.account.spotFills.at(-1)
    if (last === undefined) throw new Error('an account without fills')
    for (let index = 1; index <= 101; index += 1)
      user.account.spotFills.push({ ...last, symbol, id: last.id + index, time: start + index * 60_000 })
    await user.sync(start + day)
    expect(user.gaps()).toEqual([`spot-trade ${symbol} saturated`])
  })
})

describe('transfers between wallets that are older than what is shown', () => {
  const timed = (asked: readonly { readonly params: object }[]) =>
    asked.filter(({ params }) => 'beginTime' in params).length

  it('are asked for in parts by the first import, at once after a week, and in parts again where all is', async () => {
    const user = userOf({ times: 'obeyed' })
    const first = await user.sync(start)
    const kept = [...user.store.rows.values()].filter(({ stream }) => stream === 'wallet-transfer')
    expect(kept).toHaveLength(user.account.walletTransfers.length)
    expect(timed(first.asked)).toBeGreaterThan(4 * 4)
    expect(timed((await user.sync(start + day)).asked)).toBe(0)
    const weekly = timed((await user.sync(start + 8 * day)).asked)
    expect(weekly).toBeGreaterThanOrEqual(4)
    expect(weekly).toBeLessThan(timed(first.asked) / 2)
    expect(timed((await user.sync(start + 9 * day, { recheck: true })).asked)).toBeGreaterThan(4 * 4)
  })

  it('are never told to be more than were served, while one list of many pages is read', async () => {
    const user = userOf({ times: 'obeyed' })
    const seen: StreamProgress[] = []
    Object.assign(user.store, { onProgress: (run: Run) => void seen.push(...run.streams) })
    await user.sync(start)
    const odd = seen.filter((stream) => stream.new + stream.changed > stream.served)
    expect(odd.map(({ stream, served, new: many }) => [stream, served, many])).toEqual([])
    expect(seen.some((stream) => stream.stream === 'wallet-transfer' && stream.new > 0)).toBe(true)
  })

  it('prove nothing of their time: it stays unverified, whatever came', async () => {
    const user = userOf({ times: 'obeyed' })
    await user.sync(start)
    const parts = [...user.store.coverages.values()].filter(({ stream }) => stream === 'wallet-transfer')
    expect(parts).toHaveLength(4)
    for (const { covered, unverified } of parts) {
      expect(covered[0]?.from).toBeGreaterThanOrEqual(start - 30 * day)
      expect(unverified).toMatchObject([{ from: start - 125 * day, reason: 'beyond-depth' }])
    }
  })

  it('go on where a worker was stopped, and count as asked once they were', async () => {
    const user = userOf({ times: 'obeyed' })
    const stop = new AbortController()
    user.interfere(() => {
      const spans = user.requests.filter(({ params }) => 'beginTime' in params)
      if (spans.length >= 12) stop.abort()
    })
    const { run } = await user.sync(start, { signal: stop.signal })
    const transfers = run.streams.find(({ stream }) => stream === 'wallet-transfer')
    expect(transfers?.failure).toBe('aborted')
    expect(transfers?.percent).toBeLessThan(100)
    user.interfere(() => undefined)
    const next = await user.sync(start + 60_000, { before: run, holder: 'next' })
    const whole = await userOf({ times: 'obeyed' }).sync(start)
    expect(timed(next.asked)).toBeLessThan(timed(whole.asked) - 4)
    expect([...user.store.rows.values()].filter(({ stream }) => stream === 'wallet-transfer')).toHaveLength(
      user.account.walletTransfers.length,
    )
    expect(next.run.streams.find(({ stream }) => stream === 'wallet-transfer')?.percent).toBe(100)
  })

  it('go on in the next night where asking for everything again was stopped', async () => {
    const user = userOf({ times: 'obeyed' })
    const whole = timed((await user.sync(start)).asked)
    const stop = new AbortController()
    user.interfere(() => {
      if (timed(user.requests) >= whole + 12) stop.abort()
    })
    await user.sync(start + day, { recheck: true, signal: stop.signal })
    user.interfere(() => undefined)
    expect(timed((await user.sync(start + 2 * day)).asked)).toBeGreaterThan(0)
    expect(timed((await user.sync(start + 3 * day)).asked)).toBe(0)
  })
})
