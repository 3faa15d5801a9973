import { describe, expect, it } from 'vitest'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import type { ExchangeRequest, StreamKind } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import type { Readings } from '../../local/simulated-bitrue/options.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 12, coins: 30, linear: 4, inverse: 2, traded: 2 },
  ...{ mostFills: 20, movedCoins: 5, mostDeposits: 3, tradedContracts: 1, walletTransfers: 0 },
}
const all = generateAccount(sizes).coins.length
const userOf = (readings: Partial<Readings> = {}) => bitrueUser(readings, generateAccount(sizes))

const namesOf = (run: Run, kind: StreamKind) => run.streams.find(({ stream }) => stream === kind)?.names

function coinsIn(asked: readonly ExchangeRequest[], path: string): ReadonlySet<unknown> {
  return new Set(asked.flatMap((one) => (one.path === path ? [one.params.coin] : [])))
}

describe('how many names were asked for', () => {
  it('is counted over all workers of a run, and a name that one of them left half asked is not', async () => {
    const user = userOf({ defaultStatus: 'first' })
    const stop = new AbortController()
    user.interfere(() => {
      if (coinsIn(user.requests, 'deposit/history').size >= 12) stop.abort()
    })
    const { run } = await user.sync(start, { signal: stop.signal })
    const [stopped] = namesOf(run, 'deposit') ?? []
    expect(stopped).toMatchObject({ each: 'coins', of: all })
    const known = () => [...user.store.coverages.values()].filter(({ stream }) => stream === 'deposit')
    const isAsked = ({ asked }: { readonly asked?: number }) => asked !== undefined
    expect(stopped?.asked).toBe(known().filter(isAsked).length)
    expect(stopped?.asked).toBeGreaterThan(0)
    expect(stopped?.asked).toBeLessThan(12)

    user.interfere(() => undefined)
    const counts: number[] = []
    const next = await user.sync(start + 60_000, { before: run, holder: 'next' })
    counts.push(...(namesOf(next.run, 'deposit') ?? []).flatMap(({ asked, of }) => [asked, of]))
    expect(counts).toEqual([all, all])
    expect(coinsIn(next.asked, 'deposit/history').size).toBe(all - (stopped?.asked ?? 0))
    expect(namesOf(next.run, 'futures-trade')).toEqual([
      { each: 'usdt-m contracts', asked: 4, of: 4 },
      { each: 'coin-m contracts', asked: 2, of: 2 },
    ])
    expect(namesOf(next.run, 'wallet-transfer')).toBeUndefined()
  })

  it('says by which statuses each is asked for, as long as no question shows several at once', async () => {
    const apart = await userOf({ defaultStatus: 'first' }).sync(start)
    expect(namesOf(apart.run, 'deposit')).toMatchObject([{ apart: { filter: 'status', values: ['0', '1'] } }])
    const atOnce = await userOf({ defaultStatus: 'all' }).sync(start)
    expect(namesOf(atOnce.run, 'deposit')).toEqual([{ each: 'coins', asked: all, of: all }])
  })

  it('is of those whose turn it is', async () => {
    const user = userOf()
    await user.sync(start)
    const { run, asked } = await user.sync(start + day)
    const coins = coinsIn(asked, 'deposit/history').size
    expect(namesOf(run, 'deposit')).toMatchObject([{ asked: coins, of: coins }])
    expect(coins).toBeLessThan(15)
  })

  it('is all of them where one answer says that none was ever opened', async () => {
    const user = userOf()
    user.interfere(() => {
      if (user.requests.at(-1)?.family === 'futures')
        throw new FailureError({ kind: 'not-opened', code: '-1025' })
    })
    const { run } = await user.sync(start)
    const futures = run.streams.find(({ stream }) => stream === 'futures-trade')
    for (const { asked, of } of futures?.names ?? []) expect(asked).toBe(of)
    expect(futures?.percent).toBe(100)
  })
})
