import { describe, expect, it } from 'vitest'
import { judge } from '../../lambdas/domain/completeness.ts'
import { streamSentences } from '../../lambdas/domain/coverage-words.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 12, coins: 8, linear: 2, inverse: 1, traded: 2 },
  ...{ mostFills: 20, movedCoins: 2, mostDeposits: 3, walletTransfers: 0 },
}
const [spot] = bitrue.streams
if (spot?.reads !== 'list') throw new Error('no list of spot fills')

/** What is known of spot fills after a first import by somebody who named these. */
async function named(symbols: readonly string[], nights = 1) {
  const account = generateAccount(sizes)
  const user = bitrueUser({}, account, { symbols })
  for (let night = 0; night < nights; night += 1) await user.sync(start + night * day)
  const coverage = [...user.store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
  const word = { at: start - 20 * day }
  return {
    account,
    coverage,
    noteOf: (name: string) => coverage.find(({ partition }) => partition === name)?.note,
    state: judge([spot as never], coverage, { word }).state,
    told: shortfalls([spot as never], coverage, { word }),
    sentences: streamSentences([spot as never], coverage, bitrue.sentences, { word }),
  }
}

describe('a name that the exchange does not know', () => {
  it('is not made up from what is listed as a symbol, or asked for as a symbol where it is a coin', async () => {
    const [listed] = generateAccount(sizes).symbols
    if (listed === undefined) throw new Error('nothing is listed')
    const plain = await named([])
    const { coverage, state } = await named([listed.symbol, listed.baseAsset])
    expect(coverage.map(({ partition }) => partition).sort()).toEqual(
      plain.coverage.map(({ partition }) => partition).sort(),
    )
    expect(state).toBe(plain.state)
  })

  it('is nothing to be known where it was only made up from a coin: another that it may stand for is known', async () => {
    const plain = await named([])
    const { noteOf, state, told, sentences } = await named(['gone'], 2)
    expect([noteOf('GONEUSDT'), noteOf('GONE'), noteOf('GONEXRP')]).toEqual([
      undefined,
      'not-known',
      'not-known',
    ])
    expect([state, told.join()]).toEqual([plain.state, expect.not.stringContaining('not known')])
    expect(sentences.join('\n')).toMatch(/made up from coins, and no names of the exchange: .*GONE/)
  })

  it('is asked for at once, and no made-up name any more, where the catalogue lists it later', async () => {
    const account = generateAccount(sizes)
    account.balances.set('late', '7')
    const user = bitrueUser({}, account)
    const known = () => [...user.store.coverages.values()].find(({ partition }) => partition === 'LATEUSDT')
    const [listed] = account.symbols
    const fill = account.spotFills.at(-1)
    if (listed === undefined || fill === undefined) throw new Error('nothing is listed, or traded')
    await user.sync(start)
    expect(known()?.note).toBe('not-known')
    account.symbols.push({ ...listed, symbol: 'LATEUSDT', baseAsset: 'late', quoteAsset: 'usdt' })
    account.spotFills.push({ ...fill, symbol: 'LATEUSDT', id: fill.id + 1, time: start + 3_600_000 })
    await user.sync(start + day)
    expect(known()).toMatchObject({ note: undefined, oldest: start + 3_600_000 })
  })

  it('is one of which nobody can tell where it is listed, and refused all the same', async () => {
    const account = generateAccount(sizes)
    account.balances.set('late', '7')
    const user = bitrueUser({}, account)
    await user.sync(start)
    const [listed] = account.symbols
    if (listed === undefined) throw new Error('nothing is listed')
    account.symbols.push({ ...listed, symbol: 'LATEUSDT', baseAsset: 'late', quoteAsset: 'usdt' })
    user.interfere(() => {
      // Gone again before it is asked for.
      if (user.requests.at(-1)?.path === 'account')
        account.symbols = account.symbols.filter(({ symbol }) => symbol !== 'LATEUSDT')
    })
    await user.sync(start + day)
    const known = [...user.store.coverages.values()].find(({ partition }) => partition === 'LATEUSDT')
    expect(known).toMatchObject({ note: 'not-served', asked: start + day })
  })

  it('is told by name, and nothing is complete, where its user named it and it stands for nothing that is known', async () => {
    const { noteOf, coverage, state, told } = await named(['BTCUSTD'], 2)
    expect(noteOf('BTCUSTD')).toBe('not-served')
    expect(coverage.filter(({ note }) => note === 'not-known').length).toBeGreaterThan(0)
    expect(state).toBe('unverified')
    expect(told.join()).toContain(
      'not known to the exchange by this spelling, or not any more, so nobody can tell (BTCUSTD)',
    )
  })
})
