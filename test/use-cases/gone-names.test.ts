import { describe, expect, it } from 'vitest'
import { judge } from '../../lambdas/domain/completeness.ts'
import { streamSentences } from '../../lambdas/domain/coverage-words.ts'
import { definitionsOf, type StreamKind } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

const hour = 3_600_000
/** Whoever's turn it is. */
const all = { recheck: true }
const sizes = {
  ...{ seed: 5, now: start, days: 20, symbols: 12, coins: 8, linear: 2, inverse: 1, traded: 2 },
  ...{ mostFills: 20, movedCoins: 2, mostDeposits: 3, walletTransfers: 0 },
}

/** Somebody whose exchange answers with nothing where a name is not listed, be it that it never was, or that it was delisted. */
function userOf(said: { readonly symbols?: readonly string[] } = {}) {
  const user = bitrueUser({ delisted: 'emptied' }, generateAccount(sizes), said)
  const partOf = (kind: StreamKind, name: string) =>
    [...user.store.coverages.values()].find(
      ({ stream, partition }) => stream === kind && partition === name,
    ) ?? expect.fail(name)
  const covers = (kind: StreamKind, name: string, time: number) =>
    partOf(kind, name).covered.some(({ from, to }) => time >= from && time < to)
  return { ...user, partOf, covers }
}

describe('nothing, in answer to a question about a name that is not listed', () => {
  it('proves nothing of a symbol that was traded and delisted between two nights', async () => {
    const user = userOf()
    const { account, partOf, covers } = user
    await user.sync(start)
    const traded = new Set(account.spotFills.map(({ symbol }) => symbol))
    const quiet = account.symbols.find(({ symbol }) => !traded.has(symbol)) ?? expect.fail('all are traded')
    const fill = account.spotFills.at(-1) ?? expect.fail('none is traded')
    account.spotFills.push({ ...fill, symbol: quiet.symbol, id: fill.id + 1, time: start + hour })
    account.symbols = account.symbols.filter(({ symbol }) => symbol !== quiet.symbol)
    await user.sync(start + day, all)
    expect(partOf('spot-trade', quiet.symbol).asked).toBeGreaterThan(start)
    expect(covers('spot-trade', quiet.symbol, start - day)).toBe(true)
    expect(covers('spot-trade', quiet.symbol, start + hour)).toBe(false)
    const { unverified, attempted } = partOf('spot-trade', quiet.symbol)
    expect(unverified).toContainEqual({ from: expect.any(Number), to: attempted, reason: 'unlisted' })
    // It was asked to the end: no night begins with it again before its turn.
    const asked = await user.sync(start + 2 * day)
    expect(asked.asked.filter(({ params }) => params.symbol === quiet.symbol)).toEqual([])
    const known = [...user.store.coverages.values()]
    const kind = definitionsOf(bitrue, 'spot-trade')
    const [first] = kind
    if (first === undefined) throw new Error('no spot fills')
    expect(streamSentences([first], known, bitrue.sentences).join('\n')).toMatch(
      new RegExp(`${quiet.symbol}\\) nobody can tell: the exchange lists this no more`),
    )
  })

  it('proves nothing of a coin that was moved and delisted, and fails no night although its rows are not shown any more', async () => {
    const user = userOf()
    const { account, partOf } = user
    await user.sync(start)
    const coin = (account.deposits.at(-1)?.symbol.split('_')[0] ?? '').toLowerCase()
    account.coins = account.coins.filter((row) => row.coin !== coin)
    const before = partOf('deposit', coin)
    const { run } = await user.sync(start + day)
    expect(run.streams.find(({ stream }) => stream === 'deposit')?.failure).toBeUndefined()
    const { covered, unverified } = partOf('deposit', coin)
    expect(covered).toEqual(before.covered)
    expect(unverified.at(-1)).toMatchObject({ from: before.covered.at(-1)?.to, reason: 'unlisted' })
    expect([...user.store.rows.values()].filter(({ stream }) => stream === 'deposit')).toHaveLength(
      account.deposits.length,
    )
  })

  it('tells nothing of a name of its user, which may be misspelt or delisted: nobody can tell', async () => {
    const user = userOf({ symbols: ['GONEUSDT'] })
    await user.sync(start)
    expect(user.partOf('spot-trade', 'GONEUSDT')).toMatchObject({ note: 'not-served', covered: [] })
    const kind = definitionsOf(bitrue, 'spot-trade')
    const [first] = kind
    if (first === undefined) throw new Error('no spot fills')
    expect(judge([first], [...user.store.coverages.values()]).state).toBe('unverified')
  })

  it('is an empty history where it is listed again, and none where no catalogue could be had and what was traded is not shown, either', async () => {
    const user = userOf()
    const { account, covers } = user
    await user.sync(start)
    const traded = new Set(account.spotFills.map(({ symbol }) => symbol))
    const quiet = account.symbols.find(({ symbol }) => !traded.has(symbol)) ?? expect.fail('all are traded')
    const { symbols } = account
    account.symbols = symbols.filter(({ symbol }) => symbol !== quiet.symbol)
    await user.sync(start + day, all)
    expect(covers('spot-trade', quiet.symbol, start + hour)).toBe(false)
    account.symbols = symbols
    await user.sync(start + 2 * day, all)
    expect(covers('spot-trade', quiet.symbol, start + hour)).toBe(true)
    account.symbols = []
    await user.sync(start + 4 * day, all)
    expect(covers('spot-trade', quiet.symbol, start + 3 * day)).toBe(false)
  })
})
