import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { completenessAfter, type Run } from '../../lambdas/domain/run.ts'
import { isUnreadable } from '../../lambdas/domain/unreadable.ts'
import { hour, minute } from '../../lambdas/domain/window.ts'
import type { ClientOptions } from '../../lambdas/exchanges/ccxt-client.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitmart/account.ts'
import { type FaultKind, faultKinds } from '../../local/simulated-bitmart/faults.ts'
import { demoKey, type SimulatedKey, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { startTamperingProxy, type Tamper } from '../exchanges/tampering-proxy.ts'
import { brokenPromises, rowsOf, type ServedRow } from '../model/broken-promises.ts'
import { hurried, type memoryStore, startSimulatedBitmart, syncOnce } from '../model/engine.ts'
import { payloadsOf } from '../model/truth.ts'

/** Whole syncs through the real client, over HTTP, against an exchange that goes wrong in one way at a time. */

const start = Date.UTC(2026, 7, 20, 12)
const opened = Date.UTC(2026, 4, 1)
let now = start
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  now = start
  for (const close of closing.splice(0).reverse()) await close()
})

const smallAccount = () =>
  generateAccount({
    seed: 11,
    now: start,
    spotFills: 90,
    futuresFills: 60,
    ledgerRows: 60,
    withdrawals: 15,
    deposits: 10,
    days: 60,
    transferYears: 0.25,
  })

/**
 * How long an attempt may take. Only a fault that is noticed by nothing but time gets little of it, and is rare: a busy
 * machine then costs some attempts more, and never all that a question has.
 */
function patienceWith(kind: FaultKind): { readonly timeout: number; readonly every: number } {
  return isSilent(kind) ? { timeout: 1_000, every: 15 } : { timeout: 60_000, every: 3 }
}

const isSilent = (kind: FaultKind) => kind === 'hang' || kind === 'slow-body'

/** Asks each question once: what is tried again, and how often, is told elsewhere. */
const onlyOnce = { deadline: start }

type Store = ReturnType<typeof memoryStore>

async function openWorld(options: Partial<SimulatorOptions> = {}, client: Partial<ClientOptions> = {}) {
  const simulator = await startSimulatedBitmart({
    clock: () => now,
    account: smallAccount(),
    enforceLimits: false,
    ...options,
  })
  closing.push(simulator.close)
  let tamper: Tamper | undefined
  const proxy = await startTamperingProxy(simulator, (passing) => tamper?.(passing) ?? passing.body)
  closing.push(proxy.close)
  return {
    simulator,
    /** Syncs, through the proxy where answers are to be changed; whatever happened, no promise may be broken. */
    async sync(
      store?: Store,
      changing?: Tamper,
      more: Partial<ClientOptions> & { readonly recheck?: boolean } = {},
    ): Promise<{ run: Run; store: Store }> {
      tamper = changing
      const target = changing === undefined ? simulator : proxy.simulator
      const synced = await syncOnce(target, store, hurried(undefined, opened), undefined, {
        sleep: (ms) => delay(Math.min(ms, 1)),
        ...client,
        ...more,
      })
      const { rows, coverages } = synced.store
      const readable = new Map([...rows].filter(([, row]) => !isUnreadable(row)))
      expect(brokenPromises(simulator.account, { rows: readable, coverages }, opened)).toEqual([])
      return synced
    },
  }
}

function expectWhole(account: SimulatedAccount, { run, store }: { run: Run; store: Store }): void {
  expect(run.streams.filter(({ failure }) => failure !== undefined)).toEqual([])
  expect(run.state).toBe('unverified')
  expect([...store.rows.values()].map(({ raw }) => raw).sort()).toEqual(payloadsOf(account))
}

describe('an exchange that fails again and again', () => {
  it.each(faultKinds)('with %s is read whole all the same', async (kind) => {
    const { every, timeout } = patienceWith(kind)
    const { simulator, sync } = await openWorld(
      { faults: { every, kinds: [kind] }, slowBody: 600_000 },
      { timeout },
    )
    expectWhole(simulator.account, await sync())
    expect(simulator.requests.some(({ fault }) => fault === kind)).toBe(true)
  })
})

describe('an exchange that fails every call', () => {
  it.each(faultKinds)('with %s has nothing covered, and is read whole once it is back', async (kind) => {
    const { simulator, sync } = await openWorld(
      { faults: { every: 1, kinds: [kind] }, slowBody: 600_000 },
      { timeout: 60_000 },
    )
    // Nothing that fails in silence ever comes: how long it is waited for does not matter.
    const { run, store } = await sync(undefined, undefined, {
      ...onlyOnce,
      ...(isSilent(kind) && { timeout: 50 }),
    })
    expect(run.state).toBe('failed')
    expect(run.streams.map(({ state }) => state)).toEqual(run.streams.map(() => 'failed'))
    expect([...store.coverages.values()].flatMap(({ covered }) => covered)).toEqual([])
    expect(store.rows.size).toBe(0)
    simulator.options.faults = undefined
    expectWhole(simulator.account, await sync(store))
  })
})

describe('a body that is slow, but not too slow', () => {
  it('is waited for', async () => {
    const { simulator, sync } = await openWorld({ faults: { every: 2, kinds: ['slow-body'] }, slowBody: 60 })
    expectWhole(simulator.account, await sync())
    // Nothing was asked twice.
    const questions = simulator.requests.map(({ path, params }) => path + JSON.stringify(params))
    expect(new Set(questions).size).toBe(questions.length)
  })
})

type Row = Record<string, unknown>

/** The names that the fields of rows have in each history. */
const histories: Readonly<Record<string, { time: string; ids: readonly string[]; amount: string }>> = {
  '/spot/v4/query/trades': { time: 'createTime', ids: ['tradeId'], amount: 'size' },
  '/contract/private/trades': { time: 'create_time', ids: ['trade_id'], amount: 'vol' },
  '/contract/private/transaction-history': { time: 'time', ids: ['asset'], amount: 'amount' },
  '/account/v2/deposit-withdraw/history': {
    time: 'apply_time',
    ids: ['withdraw_id', 'deposit_id'],
    amount: 'arrival_amount',
  },
}

/** Changes the rows of every history as told; other answers pass. */
function changeRows(change: (rows: Row[], history: (typeof histories)[string]) => unknown): Tamper {
  return ({ path, body }) => {
    const history = histories[path]
    if (history === undefined) return body
    const { data, ...envelope } = JSON.parse(body)
    const rows: Row[] = Array.isArray(data) ? data : (data.records ?? [])
    if (rows.length === 0) return body
    const changed = change(rows, history)
    return JSON.stringify({ ...envelope, data: Array.isArray(data) ? changed : { records: changed } })
  }
}

const answering =
  (answer: (response: ServerResponse, body: string) => unknown): Tamper =>
  ({ path, body }) =>
    histories[path] === undefined
      ? body
      : (response) => {
          answer(response, body)
        }

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

const malformed: readonly [string, Tamper][] = [
  ['rows by number instead of in a list', changeRows((rows) => ({ ...rows }))],
  ['rows in a list too many', changeRows((rows) => [rows])],
  ['a row as deep as a well', ({ body }) => body.replace(/"(symbol|currency)":/, `"well":${deep(8_000)},$&`)],
  ['a body larger than any', answering((response, body) => response.end(body.padEnd(300_000)))],
  ['a body that is cut', answering((response, body) => response.end(body.slice(0, -2)))],
  ['a body with something after it', answering((response, body) => response.end(`${body}${body}`))],
  ['a body in another encoding', answering((response) => response.end(Buffer.from([0xff, 0xfe, 0x7b, 0])))],
  ['a body without rows', answering((response) => response.end('{"code":1000,"data":{}}'))],
  ['a body without data', answering((response) => response.end('{"code":1000}'))],
  ['a body of another kind', answering((response) => response.end('{"code":1000,"data":"[]"}'))],
  ['a list instead of a body', answering((response) => response.end('[]'))],
  ['an unknown code', answering((response) => response.end('{"code":99999,"data":[]}'))],
  ['an unknown code as text', answering((response) => response.end('{"code":"x","data":[]}'))],
  ['a code in another notation', answering((response) => response.end('{"code":1000.0,"data":[]}'))],
  ['two codes', answering((response) => response.end('{"code":30014,"data":[],"code":1000}'))],
]

type Change = (row: Row, history: (typeof histories)[string]) => unknown

const setTime =
  (to: (time: number) => unknown): Change =>
  (row, { time }) => ({ ...row, [time]: to(Number(row[time])) })
const setIds =
  (to: unknown): Change =>
  (row, { ids }) => ({
    ...row,
    ...Object.fromEntries(ids.filter((name) => name in row).map((name) => [name, to])),
  })
const setAmount =
  (to: unknown): Change =>
  (row, { amount }) => ({ ...row, [amount]: to })

/** Nobody can tell when these were: they are searched for. */
const undatedRows: readonly [string, Change][] = [
  ['a time in seconds', setTime((time) => Math.floor(time / 1_000))],
  ['a time in seconds, as text', setTime((time) => String(Math.floor(time / 1_000)))],
  ['a time in microseconds', setTime((time) => time * 1_000)],
  ['a time in fractions of milliseconds', setTime((time) => time + 0.5)],
  ['a time in words', setTime((time) => new Date(time).toISOString())],
  ['a time that is null', setTime(() => null)],
  ['a time that is missing', setTime(() => undefined)],
  ['a time before all time', setTime((time) => -time)],
  ['a row that is null', () => null],
  ['a row that is text', (row) => JSON.stringify(row)],
  ['a row that is a list', (row) => Object.values(row)],
]

const datedRows: readonly [string, Change][] = [
  ['an id that is missing', setIds(undefined)],
  ['an id that is null', setIds(null)],
  ['an id that is empty', setIds('')],
  ['an id that is a list', setIds(['1'])],
  ['an id without end', setIds('7'.repeat(5_000))],
  ['an id with half a character', setIds('1\ud800')],
  ['an amount that is missing', setAmount(undefined)],
  ['an amount in words', setAmount('ten')],
  ['an amount with a comma', setAmount('1,5')],
  ['an amount that is true', setAmount(true)],
  ['an amount in an object', setAmount({ value: '1' })],
]

/** One row of each partition, by its text. */
function oneOfEach(account: SimulatedAccount): readonly ServedRow[] {
  const partitions = new Map<string, ServedRow[]>()
  for (const row of rowsOf(account)) {
    const name = `${row.stream} ${row.partition}`
    partitions.set(name, [...(partitions.get(name) ?? []), row])
  }
  return [...partitions.values()].flatMap((rows) => rows[Math.floor(rows.length / 2)] ?? [])
}

describe('an exchange that answers', () => {
  it.each(malformed)('%s has nothing of it taken, and says that it failed', async (_what, tamper) => {
    const { simulator, sync } = await openWorld({}, { maxBody: 200_000 })
    const { run, store } = await sync(undefined, tamper, onlyOnce)
    for (const { stream, state, failure, gaps } of run.streams)
      expect({ stream, state, failed: failure !== undefined, gap: gaps.length > 0 }).toEqual({
        stream,
        state: 'failed',
        failed: true,
        gap: true,
      })
    expectWhole(simulator.account, await sync(store))
  })

  it('so every third time is read whole', async () => {
    for (const [, tamper] of malformed.filter((_, index) => index % 6 === 0)) {
      const { simulator, sync } = await openWorld({}, { maxBody: 200_000 })
      const synced = await sync(undefined, (passing) =>
        passing.call % 3 === 0 && !passing.body.includes('"code":99999') ? tamper(passing) : passing.body,
      )
      if (completenessAfter(synced.run.state) !== 'incomplete') expectWhole(simulator.account, synced)
      expectWhole(simulator.account, await sync(synced.store))
    }
  })
})

/** A search takes many questions: each partition meets a few of what is searched for, and all else. */
const unreadableRows: readonly [string, Change, (bad: readonly ServedRow[]) => readonly ServedRow[]][] = [
  ...undatedRows.map(([what, change], turn): (typeof unreadableRows)[number] => [
    what,
    change,
    (bad) => bad.filter((_, index) => index === turn % bad.length),
  ]),
  ...datedRows.map(([what, change]): (typeof unreadableRows)[number] => [what, change, (bad) => bad]),
]

describe('an exchange of whose rows some cannot be read', () => {
  it.each(unreadableRows)(
    'because of %s has all others taken, and those once they can be read',
    async (_what, change, among) => {
      const account = smallAccount()
      const bad = among(oneOfEach(account))
      const garbled = new Map<string, unknown>()
      for (const { raw } of bad) {
        const row: Row = JSON.parse(raw)
        const history = Object.values(histories).find(({ time }) => time in row)
        if (history === undefined) throw new Error('no history')
        garbled.set(raw, change(row, history))
      }
      const garble = (row: unknown) => {
        const raw = JSON.stringify(row)
        return garbled.has(raw) ? garbled.get(raw) : row
      }
      const { simulator, sync } = await openWorld({ account, garble })
      const { run, store } = await sync()
      expect(run.streams.map(({ state, failure, unreadable }) => ({ state, failure, unreadable }))).toEqual(
        run.streams.map(({ stream }) => {
          const unreadable = bad.filter((row) => row.stream === stream).length
          return unreadable === 0
            ? { state: 'unverified', failure: undefined, unreadable: undefined }
            : { state: 'incomplete', failure: undefined, unreadable }
        }),
      )
      const rows = [...store.rows.values()]
      expect(
        rows
          .filter(isUnreadable)
          .map(({ raw }) => raw)
          .sort(),
      ).toEqual([...garbled.values()].map((row) => JSON.stringify(row)).sort())
      expect(
        rows
          .filter((row) => !isUnreadable(row))
          .map(({ raw }) => raw)
          .sort(),
      ).toEqual(payloadsOf(account).filter((raw) => !garbled.has(raw)))
      simulator.options.garble = undefined
      expectWhole(account, await sync(store, undefined, { recheck: true }))
    },
  )
})

describe('what is odd, but not wrong', () => {
  it('is kept: fields that nobody knows, whatever their names and values', async () => {
    const { simulator, sync } = await openWorld()
    const { account } = simulator
    const unknown =
      '{"__proto__":{"createTime":1},"constructor":"x","n":1e-7,"u":"\\u2028 🙂 \\u0000","list":[[{}],null]}'
    for (const row of [account.spotFills, account.futuresFills, account.ledger, account.transfers].flat())
      Object.assign(row, { '': '', toString: null, unknown: JSON.parse(unknown) })
    expectWhole(account, await sync())
    expectWhole(account, await sync(undefined, ({ body }) => body))
  })

  it('is taken once: rows that an answer holds twice', async () => {
    const { simulator, sync } = await openWorld()
    const synced = await sync(
      undefined,
      changeRows((rows, { ids }) => (ids.includes('asset') ? rows : [...rows, ...rows].reverse())),
    )
    expectWhole(simulator.account, synced)
  })
})

/** Rows of every stream at one instant, ledger rows that are alike in every field among them. */
function addRows(account: SimulatedAccount, time: number, name: string): void {
  const [spot] = account.spotFills
  const [futures] = account.futuresFills
  const [entry] = account.ledger
  const withdrawal = account.transfers.find((row) => row.operation_type === 'withdraw')
  const deposit = account.transfers.find((row) => row.operation_type === 'deposit')
  if (!spot || !futures || !entry || !withdrawal || !deposit) throw new Error('an empty account')
  account.spotFills.push({ ...spot, tradeId: `s${name}`, createTime: time })
  for (const which of ['futures', 'copy_trading'] as const) {
    account.futuresFills.push({ ...futures, account: which, trade_id: `f${which}${name}`, create_time: time })
    const alike = { ...entry, account: which, time: String(time), tran_id: '' }
    account.ledger.push(alike, { ...alike }, { ...alike, amount: '1' })
  }
  account.transfers.push(
    { ...withdrawal, withdraw_id: `w${name}`, apply_time: time },
    { ...deposit, deposit_id: `d${name}`, apply_time: time },
  )
}

describe('rows at the very ends of windows', () => {
  it.each([
    ['inclusive', 'inclusive', 'served'],
    ['inclusive', 'exclusive', 'refused'],
    ['milliseconds', 'milliseconds', 'refused'],
    ['exclusive', 'exclusive', 'served'],
  ] as const)(
    'are stored once where the lower end is meant as %s, the upper end as %s, and a question without width is %s',
    async (lowerEnd, upperEnd, emptySpan) => {
      const { simulator, sync } = await openWorld({ lowerEnd, upperEnd, emptySpan })
      await sync()
      const ends = new Set<number>()
      for (const { params } of simulator.requests)
        for (const [name, value] of Object.entries(params)) {
          if (!/^(start|end)_?time$/i.test(name)) continue
          const time = Number(value) < 1e11 ? Number(value) * 1_000 : Number(value)
          for (const near of [-1_001, -1_000, -1, 0, 1, 999, 1_000]) ends.add(time + near)
        }
      const reachable = [...ends].filter((time) => time >= opened && time <= start - hour)
      expect(reachable.length).toBeGreaterThan(10)
      for (const time of reachable) addRows(simulator.account, time, String(time))
      const { run, store } = await sync()
      expectServed(simulator.account, store)
      expect(run.state).toBe('unverified')
    },
  )
})

/** Everything that the exchange still serves is stored; brokenPromises has looked at the rest. */
function expectServed(account: SimulatedAccount, store: Store): void {
  const since = start - 89 * 24 * hour
  const stored = new Map<string, number>()
  for (const { raw } of store.rows.values()) stored.set(raw, (stored.get(raw) ?? 0) + 1)
  for (const { time, raw } of rowsOf(account)) {
    if (time < since) continue
    const left = stored.get(raw) ?? 0
    expect(left, raw).toBeGreaterThan(0)
    stored.set(raw, left - 1)
  }
}

describe('an account that grows while it is read', () => {
  it.each([
    ['by a clock that agrees with ours', 0],
    ['five minutes ahead of us', 5 * minute],
    ['five minutes behind us', -5 * minute],
  ])('%s is complete up to what is covered, and whole an hour later', async (_what, serverClockOffset) => {
    const { simulator, sync } = await openWorld({ serverClockOffset, page: 'shuffled' })
    let grown = 0
    let late: number[] = []
    simulator.options.onRequest = ({ at }) => {
      now += 7_000
      grown += 1
      addRows(simulator.account, at, `now${grown}`)
      // What happened minutes ago shows only now.
      late.push(at)
      const [settled] = late
      if (settled !== undefined && at - settled > 5 * minute) {
        addRows(simulator.account, settled + 1, `late${grown}`)
        late = late.slice(1)
      }
    }
    const first = await sync()
    const second = await sync(first.store)
    simulator.options.onRequest = undefined
    now += hour
    expectWhole(simulator.account, await sync(second.store))
  })
})

describe('a key that is refused from some question on', () => {
  const revoked: readonly [string, Partial<SimulatedKey>, string][] = [
    ['deleted', { apiKey: 'another' }, 'unauthorized'],
    ['expired', { expired: true }, 'expired'],
    ['bound to another address', { ipBound: true }, 'forbidden-ip'],
    ['without its permission', { permissions: [] }, 'no-permission'],
    ['frozen', { frozen: true }, 'account-restricted'],
  ]
  it.each(revoked)(
    'because it is %s keeps what it had, and goes on with a new one',
    async (_what, change, kind) => {
      for (const after of [2, 7, 13]) {
        const key: SimulatedKey = { ...demoKey }
        const { simulator, sync } = await openWorld({ keys: [key] })
        simulator.options.onRequest = () => {
          if (simulator.requests.length === after) Object.assign(key, change)
        }
        const { run, store } = await sync()
        expect(completenessAfter(run.state)).toBe('incomplete')
        expect(run.streams.map(({ failure }) => failure)).toContain(kind)
        for (const { failure, gaps } of run.streams) if (failure !== undefined) expect(gaps).not.toEqual([])
        simulator.options.onRequest = undefined
        Object.assign(key, { expired: false, ipBound: false, frozen: false }, demoKey)
        expectWhole(simulator.account, await sync(store))
      }
    },
  )
})
