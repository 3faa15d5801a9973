import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { checkCredentials, type FurtherRows } from '../../lambdas/use-cases/check-credentials.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatedKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { demoCredentials, hurried, openTestClient, startSimulatedBitmart } from '../model/engine.ts'
import { toldTime } from '../model/told-time.ts'

const now = Date.UTC(2026, 7, 20, 12)
const account = generateAccount({ seed: 1, now, spotFills: 12, days: 40 })
const nothingFurther: FurtherRows = async () => []
const running: SimulatedBitmart[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close()
})

async function check(
  key: Partial<SimulatedKey> = {},
  given: Partial<Record<'apiKey' | 'secret' | 'passphrase', string>> = {},
  options: Partial<SimulatorOptions> = {},
  further?: FurtherRows,
) {
  const keys = [{ ...demoKey, ...key }]
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account,
    keys,
    enforceLimits: false,
    ...options,
  })
  running.push(simulator)
  const replaced = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, new Secret(value)]))
  const exchange = hurried()
  const client = openTestClient(exchange, simulator, { ...demoCredentials, ...replaced })
  try {
    return await checkCredentials({ client, clock: () => now }, exchange, further)
  } finally {
    await client.close()
  }
}

describe('checking credentials', () => {
  it('accepts a read-only key and says what nobody can check', async () => {
    const { powers, uncheckable, sample } = await check()
    expect(powers).toEqual([])
    expect(uncheckable).toEqual(['spot trading'])
    expect(sample).toHaveLength(12)
  })

  it('accepts a key whose recent history nobody can read: that the exchange answers is proof enough', async () => {
    for (const garble of [(row: unknown) => ({ ...Object(row), side: 5 }), () => 'a row of tomorrow'])
      expect(await check({}, {}, { garble })).toMatchObject({ powers: [], sample: [] })
    const one = (row: unknown) => (JSON.stringify(row).includes('BTC_USDT') ? null : row)
    expect((await check({}, {}, { garble: one })).sample.length).toBeGreaterThan(0)
  })

  it('reports each power that a key proves to have', async () => {
    expect((await check({ permissions: ['read', 'withdraw'] })).powers).toEqual(['withdraw'])
    expect((await check({ permissions: ['read', 'futures-trade'] })).powers).toEqual(['futures-trade'])
    expect((await check({ permissions: ['read', 'withdraw', 'futures-trade'] })).powers).toEqual([
      'withdraw',
      'futures-trade',
    ])
  })

  it('accepts a memo in any script', async () => {
    const memo = 'пароль 密码 ※ ! ✓ "quoted" \\ #'
    await expect(check({ memo }, { passphrase: memo })).resolves.toMatchObject({ powers: [] })
  })

  it.each([
    ['an unknown access key', {}, { apiKey: 'wrong' }, 'unauthorized'],
    ['a wrong secret', {}, { secret: 'wrong' }, 'wrong-signature'],
    ['a wrong memo', {}, { passphrase: 'wrong' }, 'wrong-signature'],
    ['an address that the key is not bound to', { ipBound: true }, {}, 'forbidden-ip'],
    ['an expired key', { expired: true }, {}, 'expired'],
    ['a key without permission to read', { permissions: [] }, {}, 'no-permission'],
    ['a frozen account', { frozen: true }, {}, 'account-restricted'],
  ] as const)('refuses %s by its own name', async (_what, key, given, kind) => {
    await expect(check(key, given)).rejects.toMatchObject({ failure: { kind } })
  })

  it('calls a power unknown when its probe cannot be had, and accepts the key', async () => {
    // Futures were never opened, so the futures probe answers neither yes nor no.
    const { powers, uncheckable } = await check({
      permissions: ['read', 'futures-trade'],
      futuresOpened: false,
    })
    expect(powers).toEqual([])
    expect(uncheckable).toEqual(['spot trading', 'futures-trade'])
  })

  it('shows no secret in what it returns or throws', async () => {
    const refused = await check({}, { secret: 'canary-secret', passphrase: 'canary-memo' }).catch(
      (error: unknown) => error,
    )
    const accepted = await check()
    const seen = inspect([refused, accepted], { depth: 20, showHidden: true })
    expect(seen).not.toContain('canary')
    expect(seen).not.toContain(demoKey.secret)
    expect(seen).not.toContain(demoKey.apiKey)
  })
})

describe('finding out which account a key opens', () => {
  const owned = generateAccount({
    seed: 1,
    now,
    spotFills: 3,
    futuresFills: 4,
    withdrawals: 5,
    deposits: 6,
    days: 40,
  })
  const without = (change: Partial<typeof account>) => ({ account: { ...owned, spotFills: [], ...change } })
  const mark = async (options: Partial<SimulatorOptions>, key: Partial<SimulatedKey> = {}) =>
    (await check(key, {}, options, nothingFurther)).sample

  it('shows what the key is served at the moments of rows that others have stored, whole and part by part', async () => {
    const rows = (await mark(without({}))).slice(0, 2)
    const long = { ...(rows[0] as Transaction), time: now - 200 * day }
    const { asked } = await check({}, {}, without({}), async () => [...rows, long])
    expect(asked.map(({ row }) => row)).toEqual([...rows, long])
    for (const { row, served, isWhole } of asked.slice(0, 2)) {
      expect(isWhole).toBe(true)
      expect(served?.map(({ identity }) => identity)).toContain(row.identity)
    }
    expect(asked[2]?.served?.map(({ identity }) => identity) ?? []).not.toContain(long.identity)
  })

  it('tells of a moment that is not served any more that it had no answer', async () => {
    const row: Transaction = { stream: 'futures-trade', time: now - 200 * day, identity: 'x', raw: '{}' }
    const { asked } = await check({}, {}, { ...without({}), beyondLookBack: 'refused' }, async () => [row])
    expect(asked).toMatchObject([{ row, served: undefined, isWhole: false }])
  })

  it('asks no further than the fills of spot trading when there are any', async () => {
    expect(new Set((await mark({ account: owned })).map(({ stream }) => stream))).toEqual(
      new Set(['spot-trade']),
    )
  })

  it('looks for rows of the other streams where the account never traded spot, and only when it must', async () => {
    const futures = await mark(without({}))
    expect(futures.length).toBeGreaterThan(0)
    expect(new Set(futures.map(({ stream }) => stream))).toEqual(new Set(['futures-trade']))
    expect((await check({}, {}, without({}))).sample).toEqual([])
  })

  it('goes on to the next stream when one is refused', async () => {
    const transfers = await mark(without({}), { futuresOpened: false })
    expect(transfers.length).toBeGreaterThan(0)
    expect(new Set(transfers.map(({ stream }) => stream))).toEqual(new Set(['withdrawal']))
  })

  it('finds none in an account without a recent row, and accepts the key', async () => {
    expect(await mark(without({ futuresFills: [], transfers: [] }))).toEqual([])
  })
})

describe('a check that meets something else than a failure of the exchange', () => {
  const exchange = hurried()
  const bug = new TypeError('a bug')

  /** Throws what the test says at paths that match, and serves an empty account elsewhere. */
  function clientThat(fails: RegExp, error: Error): ExchangeClient {
    return {
      ask: async ({ path }, schema) => {
        if (fails.test(path)) throw error
        const data = schema.parse(path.includes('deposit-withdraw') ? { records: [] } : [])
        return { data, askedAt: now, answeredAt: now }
      },
      ...toldTime(() => now),
      requests: () => 0,
      close: async () => undefined,
    }
  }

  it.each([
    ['while a power is probed', /^account\/v1/],
    ['while the account is looked for', /^contract\/private/],
  ])('does not take a bug for an answer %s', async (_when, path) => {
    const ports = { client: clientThat(path, bug), clock: () => now }
    await expect(checkCredentials(ports, exchange, nothingFurther)).rejects.toBe(bug)
    const client = clientThat(path, new FailureError({ kind: 'exchange-down' }))
    await expect(checkCredentials({ ...ports, client }, exchange, nothingFurther)).resolves.toMatchObject({
      sample: [],
    })
  })

  it('names the stream that a definition promises and does not have', async () => {
    const streams = exchange.streams.filter(({ stream }) => stream !== 'spot-trade')
    const client = clientThat(/^$/, bug)
    await expect(checkCredentials({ client, clock: () => now }, { ...exchange, streams })).rejects.toThrow(
      'BitMart has no stream spot-trade.',
    )
  })
})
