import { describe, expect, it } from 'vitest'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const hour = 3_600_000
/** Whoever's turn it is. */
const all = { recheck: true }
const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 12, coins: 8, linear: 2, inverse: 1, traded: 2 },
  ...{ mostFills: 20, movedCoins: 2, mostDeposits: 3, walletTransfers: 0 },
}

/** Somebody who then trades a symbol for the first time; from that moment on the exchange answers every list with nothing, without an error. */
async function userOf(more: Parameters<typeof generateAccount>[0] = sizes) {
  const user = bitrueUser({}, generateAccount(more))
  const { account, store } = user
  await user.sync(start)
  const traded = new Set(account.spotFills.map(({ symbol }) => symbol))
  const quiet =
    account.symbols.find(({ symbol }) => !traded.has(symbol))?.symbol ?? expect.fail('all are traded')
  const fill = account.spotFills.at(-1) ?? expect.fail('none is traded')
  const spotFills = [...account.spotFills, { ...fill, symbol: quiet, id: fill.id + 1, time: start + hour }]
  const partOf = (kind: StreamKind) =>
    [...store.coverages.values()].find(({ stream, partition }) => stream === kind && partition === quiet) ??
    expect.fail(quiet)
  const isCovered = () => partOf('spot-trade').covered.some(({ to }) => to > start + hour)
  const isStored = () => [...store.rows.values()].some(({ symbol }) => symbol === quiet)
  account.spotFills = []
  return { ...user, spotFills, partOf, isCovered, isStored, quiet }
}

describe('an exchange that answers every list of fills with nothing for some nights', () => {
  it('proves nothing of the symbols that never had a fill, and what happened meanwhile is found the night after', async () => {
    const user = await userOf()
    for (const night of [1, 2]) {
      const { run, asked } = await user.sync(start + night * day, all)
      expect(asked.some(({ params }) => params.symbol === user.quiet)).toBe(true)
      expect(user.isCovered()).toBe(false)
      expect(run.streams.find(({ stream }) => stream === 'spot-trade')?.failure).toBeDefined()
      expect(run.state).toBe('incomplete')
    }
    user.account.spotFills = user.spotFills
    await user.sync(start + 3 * day, all)
    expect(user.isStored()).toBe(true)
    expect(user.isCovered()).toBe(true)
  })

  it('proves nothing to the worker that takes over in such a night, either', async () => {
    const user = await userOf()
    const stop = new AbortController()
    let questions = 0
    user.interfere(() => {
      questions += 1
      if (user.requests.filter(({ path }) => path === 'myTrades').length > 0 && questions > 8) stop.abort()
    })
    const { run } = await user.sync(start + day, { ...all, signal: stop.signal })
    user.interfere(() => undefined)
    await user.sync(start + day + hour / 4, { ...all, before: run })
    expect(user.isCovered()).toBe(false)
  })

  it('is believed where nothing was ever traded: there is nothing that it should show', async () => {
    const user = bitrueUser({}, generateAccount({ ...sizes, traded: 0 }))
    user.account.spotFills = []
    await user.sync(start)
    const parts = [...user.store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
    expect(parts.length).toBeGreaterThan(0)
    for (const { covered } of parts) expect(covered).not.toEqual([])
  })
})
