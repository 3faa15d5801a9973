import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { anyData } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { continueSync } from '../../lambdas/use-cases/continue-sync.ts'
import { type AccountOptions, generateAccount } from '../../local/simulated-bitmart/account.ts'
import { demoKey, type SimulatorOptions, type TurnedAway } from '../../local/simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { brokenPromises } from '../model/broken-promises.ts'
import { demoCredentials, openTestClient } from '../model/engine.ts'
import { payloadsOf } from '../model/truth.ts'
import { cloudInProcess } from '../use-cases/cloud-in-process.ts'
import { startOfTime } from '../use-cases/home-in-memory.ts'

/**
 * Several workers, each with real clients, a real store and one queue between them, against one BitMart that counts the calls
 * of their common address.
 */

const opened = startOfTime - 400 * day
const second = 1_000

/** What was on its way when a call was turned away arrives within this long. */
const onTheWay = 2 * second

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** No queue delays for longer. */
const longestDelay = 15 * minute

async function openWorld(
  connections: number,
  options: Partial<SimulatorOptions> = {},
  more: Partial<AccountOptions> = {},
  tick = 10,
) {
  const cloud = await cloudInProcess()
  const { world, ports, stores } = cloud
  const names = Array.from({ length: connections }, (_, index) => `c${index}`)
  const keys = names.map((name, index) => ({
    ...demoKey,
    apiKey: `key-of-${name}`,
    account: generateAccount({
      seed: 7 + index,
      now: startOfTime,
      spotFills: 30,
      futuresFills: 20,
      ledgerRows: 20,
      withdrawals: 5,
      deposits: 3,
      days: 60,
      transferYears: 0.25,
      ...more,
    }),
  }))
  const simulator = await startSimulatedBitmart({
    clock: () => world.now,
    account: generateAccount({ seed: 1, now: startOfTime }),
    keys,
    enforceLimits: false,
    ...options,
  })
  closing.push(simulator.close)

  // Time goes on with the work of this process, never without: nothing is late because the computer is slow.
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>()
  const ticking = setInterval(() => pass(tick), 1)
  closing.push(async () => clearInterval(ticking))

  function pass(ms: number): void {
    world.now += ms
    for (const sleeper of sleepers) if (sleeper.until <= world.now) sleeper.wake()
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { until: world.now + ms, wake }
      function wake(): void {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      signal?.addEventListener('abort', wake)
      if (ms <= 0 || signal?.aborted) wake()
      else sleepers.add(sleeper)
    })
  }

  const waiting: { readonly message: Parameters<typeof continueSync>[1]; readonly due: number }[] = []
  let clients = 0
  Object.assign(ports, {
    sleep,
    catalogue: stores.catalogue,
    queue: {
      send: async (message: Parameters<typeof continueSync>[1], delay = 0) => {
        waiting.push({ message, due: world.now + Math.min(delay, longestDelay) })
      },
    },
    vault: {
      get: async (ref: string) => ({
        apiKey: new Secret(`key-of-${ref.replace('secret-', '')}`),
        secret: new Secret(demoKey.secret),
        passphrase: new Secret(demoKey.memo),
      }),
    },
    openClient: (...[exchange, credentials, onCoolDown]: Parameters<typeof ports.openClient>) => {
      clients += 1
      return openExchangeClient(exchange, credentials, {
        hosts: { spot: simulator.spotUrl, swap: simulator.futuresUrl },
        clock: () => world.now,
        sleep,
        random: () => 0.5,
        onCoolDown,
      })
    },
  })

  const connected: Connection[] = []
  for (const [index, name] of names.entries())
    connected.push(await cloud.connect(name, { user: index % 2 === 0 ? 'ada' : 'bob' }))

  let busy = 0
  async function work(): Promise<void> {
    for (;;) {
      waiting.sort((a, b) => a.due - b.due)
      const [next] = waiting
      if (next !== undefined && next.due <= world.now) {
        waiting.shift()
        busy += 1
        await continueSync(ports, next.message, {
          outOfTime: new AbortController().signal,
          lastDelivery: false,
        })
        busy -= 1
      } else if (next !== undefined && busy === 0) pass(next.due - world.now)
      else if (next === undefined && busy === 0) return
      else await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  return {
    simulator,
    stores,
    /** Clients that were opened so far. */
    clients: () => clients,
    /** Syncs every connection, by so many workers side by side. */
    async sync(workers: number): Promise<void> {
      for (const connection of connected) await cloud.enqueue(connection)
      await Promise.all(Array.from({ length: workers }, work))
    },
    /** Every row of every account is stored once, in its own history, and no promise is broken. */
    async expectWhole(): Promise<void> {
      for (const [index, connection] of connected.entries()) {
        const account = keys[index]?.account
        if (account === undefined) throw new Error('There is a key for each connection.')
        const owner = { user: connection.user, connection: connection.id }
        const rows = new Map()
        for await (const row of stores.transactions.each(owner))
          rows.set(`${row.stream}|${row.identity}`, row)
        const coverages = new Map((await stores.coverage.load(owner)).map((one, at) => [String(at), one]))
        expect(brokenPromises(account, { rows, coverages }, opened)).toEqual([])
        expect([...rows.values()].map(({ raw }) => raw).sort()).toEqual(payloadsOf(account))
        const { run } = await cloud.run(connection)
        expect(run?.state).toBe('unverified')
        // Counted as new once: nothing was written a second time.
        expect(run?.streams.reduce((sum, stream) => sum + stream.new, 0)).toBe(rows.size)
      }
    },
  }
}

/** Turns everybody away from the call of this number on, for so long, with these headers. */
function ban(after: number, lasts: number, headers: Readonly<Record<string, string>>) {
  let calls = 0
  const seen = { since: Number.POSITIVE_INFINITY, at: [] as number[], turnedAway: [] as string[] }
  const turnAway = ({ at, key = '' }: { at: number; key?: string }): TurnedAway | undefined => {
    calls += 1
    if (calls === after) seen.since = at
    if (calls < after) return undefined
    seen.at.push(at)
    if (at >= seen.since + lasts) return undefined
    seen.turnedAway.push(key)
    return { code: 30017, headers }
  }
  return { seen, turnAway }
}

const inThePast = new Date(startOfTime - day).toUTCString()

/** What an exchange may say about how long to wait, and how long that is; undefined where nobody can tell. */
const sayings: readonly [string, Record<string, string>, number | undefined][] = [
  ['Retry-After', { 'Retry-After': '40' }, 40 * second],
  ['its own header', { 'X-BM-RateLimit-Reset': '40' }, 40 * second],
  ['both', { 'Retry-After': '40', 'X-BM-RateLimit-Reset': '2' }, 40 * second],
  ['a fraction of a second', { 'Retry-After': '0.5' }, second / 2],
  ['ten minutes', { 'Retry-After': '600' }, 600 * second],
  ['nothing', {}, undefined],
  ['zero', { 'Retry-After': '0', 'X-BM-RateLimit-Reset': '0' }, undefined],
  ['nonsense', { 'Retry-After': 'soon', 'X-BM-RateLimit-Reset': 'NaN' }, undefined],
  ['less than nothing', { 'Retry-After': '-40' }, undefined],
  ['a time that is over', { 'Retry-After': inThePast }, undefined],
  ['more than anybody can mean', { 'Retry-After': '1e300', 'X-BM-RateLimit-Reset': 'Infinity' }, undefined],
]

/** What everybody is told to wait where the exchange does not say how long. */
const untold = minute

describe('several workers at one address', () => {
  it.each(sayings.filter(([how]) => /^(Retry|nothing)/.test(how)))(
    'that is banned, and told how long by %s, ask nothing meanwhile and lose nothing',
    async (_how, headers, told = untold) => {
      const { seen, turnAway } = ban(30, 30 * second, headers)
      const world = await openWorld(4, { turnAway })
      await world.sync(2)
      expect(seen.turnedAway.length).toBeGreaterThan(0)
      const early = seen.at.filter((at) => at > seen.since + onTheWay && at < seen.since + told)
      expect(early).toEqual([])
      expect(await world.stores.coolDowns.until('bitmart')).toBeGreaterThanOrEqual(seen.since + told)
      // Two workers were at it; who came later asked nothing.
      expect(new Set(seen.turnedAway).size).toBeLessThanOrEqual(2)
      await world.expectWhole()
    },
  )

  it('that is banned again and again, in the middle of full pages too, bring every row once', async () => {
    let calls = 0
    let until = 0
    const bans = [10, 60, 130, 210]
    const turnAway = ({ at }: { at: number }): TurnedAway | undefined => {
      calls += 1
      if (calls >= (bans[0] ?? Number.POSITIVE_INFINITY) && at >= until) {
        until = at + 20 * second
        bans.shift()
      }
      return at < until ? { code: 30017, headers: { 'Retry-After': '20' } } : undefined
    }
    // More than a page holds, within a day and within a millisecond.
    const world = await openWorld(2, { turnAway }, { spotFills: 330, spotBurst: 205, days: 3 })
    await world.sync(2)
    expect(bans).toEqual([])
    await world.expectWhole()
  })

  it('that met the limit of public calls read their histories meanwhile', async () => {
    const refused: string[] = []
    const turnAway = ({ key, path }: { key?: string; path: string }): TurnedAway | undefined => {
      if (key !== undefined) return undefined
      refused.push(path)
      return { code: 30013, headers: { 'Retry-After': '30' } }
    }
    // Everybody sits out minutes here, and no moment of them matters.
    const world = await openWorld(2, { turnAway }, {}, 100)
    await world.sync(2)
    expect(refused.length).toBeGreaterThan(0)
    expect(await world.stores.coolDowns.until('bitmart')).toBe(0)
    await world.expectWhole()
  })

  it('that met only the limit of a key hold up nobody else', async () => {
    const refused: number[] = []
    const served: number[] = []
    const world = await openWorld(2, {
      turnAway: ({ at, key, path }) => {
        if (key === 'key-of-c0' && path === '/spot/v4/query/trades' && at < startOfTime + 10 * second) {
          refused.push(at)
          return { code: 30013, headers: { 'Retry-After': '6' } }
        }
        if (key === 'key-of-c1') served.push(at)
        return undefined
      },
    })
    await world.sync(2)
    expect(refused.length).toBeGreaterThan(0)
    // Each wait is sat out whole before the next question.
    const rounds = refused.filter((at, index) => index === 0 || at - (refused[index - 1] ?? 0) > onTheWay)
    for (const [index, at] of rounds.entries())
      if (index > 0) expect(at - (rounds[index - 1] ?? 0)).toBeGreaterThanOrEqual(6 * second)
    expect(served.filter((at) => at < (refused[0] ?? 0) + 6 * second).length).toBeGreaterThan(10)
    expect(await world.stores.coolDowns.until('bitmart')).toBe(0)
    await world.expectWhole()
  })
})

/** One client and one question that is turned away once: when it is asked again, and what everybody is told. */
async function askOnce(status: 418 | 429, scope: 'key' | 'address', headers: Record<string, string>) {
  let now = startOfTime
  const asked: number[] = []
  const coolDowns: number[] = []
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    enforceLimits: false,
    turnAway: ({ at }) => {
      asked.push(at)
      return asked.length > 1 ? undefined : { code: status === 418 ? 30017 : 30013, headers }
    },
  })
  closing.push(simulator.close)
  const client = openTestClient(bitmart, simulator, demoCredentials, {
    sleep: async (ms) => {
      now += ms
    },
    random: () => 0,
    onCoolDown: (until) => coolDowns.push(until - startOfTime),
  })
  closing.push(client.close)
  const rate = { id: 'test', calls: 1_000, per: second, scope }
  await client.ask({ access: 'private', method: 'GET', path: 'system/time', params: {}, rate }, anyData)
  return { wait: (asked[1] ?? 0) - (asked[0] ?? 0), coolDowns }
}

describe.each([418, 429] as const)('a client that is told to wait with HTTP %i', (status) => {
  it.each(sayings)(
    'and how long by %s waits so long, and tells everybody whom it concerns',
    async (_how, headers, told) => {
      for (const scope of ['key', 'address'] as const) {
        const { wait, coolDowns } = await askOnce(status, scope, headers)
        expect(wait).toBeGreaterThanOrEqual(told ?? second)
        expect(wait).toBeLessThanOrEqual(told ?? minute)
        const concernsEverybody = status === 418 || scope === 'address'
        expect(coolDowns).toEqual(concernsEverybody ? [told ?? untold] : [])
      }
    },
  )

  it.each<[string, Record<string, string>, number]>([
    ['a date', { 'Retry-After': new Date(startOfTime + 300 * second).toUTCString() }, 300 * second],
    [
      'its own header beside nonsense',
      { 'Retry-After': 'soon', 'X-BM-RateLimit-Reset': '300' },
      300 * second,
    ],
    ['an hour', { 'Retry-After': '3600' }, 600 * second],
  ])('and how long by %s does not ask before', async (_how, headers, told) => {
    const { wait, coolDowns } = await askOnce(status, 'address', headers)
    expect(wait).toBeGreaterThanOrEqual(told)
    expect(coolDowns[0]).toBeGreaterThanOrEqual(told)
  })
})

describe('a client that was banned with many questions waiting', () => {
  it('sends none of them before it may, whatever limit they wait for', async () => {
    let now = startOfTime
    let counted = 0
    const seen: number[] = []
    const simulator = await startSimulatedBitmart({
      clock: () => now,
      enforceLimits: false,
      turnAway: ({ at }) => {
        seen.push(at - startOfTime)
        return at < startOfTime + 20 * second ? { code: 30017, headers: { 'Retry-After': '20' } } : undefined
      },
    })
    closing.push(simulator.close)
    const client = openTestClient(bitmart, simulator, demoCredentials, {
      // Only who was told to wait waits long: time enough for everything that would come too early.
      sleep: async (ms) => {
        await delay(Math.min(ms, 500))
        if (ms > second) now = startOfTime + 20 * second
      },
    })
    closing.push(client.close)
    const limits = ['one', 'another'].map((id) => ({ id, calls: 1, per: 40, scope: 'key' as const }))
    const questions = limits.flatMap((rate) =>
      Array.from({ length: 4 }, () =>
        client.ask({ access: 'public', method: 'GET', path: 'system/time', params: {}, rate }, anyData, {
          onSend: () => {
            counted += 1
          },
        }),
      ),
    )
    await Promise.all(questions)
    expect([counted, client.requests()]).toEqual([seen.length, seen.length])
    // One of each limit was on its way when the first was told.
    expect(seen.filter((at) => at < 20 * second).length).toBeLessThanOrEqual(limits.length)
    expect(seen.filter((at) => at >= 20 * second).length).toBe(questions.length)
  })
})
