import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Holdings } from '../../lambdas/domain/holdings.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import type { ExchangeRequest, Markets } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { readAnswer } from '../../lambdas/exchanges/answer.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import {
  type AccountOptions,
  generateAccount,
  type SimulatedAccount,
} from '../../local/simulated-bitrue/account.ts'
import { completeOptions, type Readings, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { simulated } from '../../local/simulated-bitrue/server.ts'
import { type TrueRow, truthOf } from '../../local/simulated-bitrue/truth.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'
import { connection, patiently } from '../model/engine.ts'
import { type MemoryStore, memoryStore } from '../model/memory-store.ts'
import { toldTime } from '../model/told-time.ts'

export const start = Date.UTC(2026, 10, 27, 1)

/** Small enough for many tests: a symbol of more fills than a page, one that was delisted, two families of futures, coins with transfers. */
export const smallSizes = {
  seed: 7,
  now: start,
  symbols: 90,
  coins: 60,
  linear: 20,
  inverse: 5,
  traded: 8,
  mostFills: 1_300,
  movedCoins: 12,
  mostDeposits: 25,
  tradedContracts: 3,
  mostFuturesFills: 40,
  walletTransfers: 60,
  forcedOrders: 8,
} as const satisfies AccountOptions

/** A client of the simulated Bitrue in memory: without network, limits and signatures, which are tried elsewhere. */
export function bitrueInMemory(
  account: SimulatedAccount,
  readings: Partial<Readings>,
  now: () => number,
  pageCap?: number,
) {
  const requests: ExchangeRequest[] = []
  const played = { ...usualReadings, ...readings }
  const options = completeOptions({ account, clock: now, readings: played, ...(pageCap && { pageCap }) })
  const random = seededRandom(1)
  let beforeAsking: () => void = () => undefined

  function answer({ section = [], path, params, family = '' }: ExchangeRequest): unknown {
    const [product = '', version = ''] = section
    const at = `/${product === 'spot' ? 'api' : product}/${version}/${path}`
    const endpoint = simulated.endpoints.find((one) => one.path === at)
    if (endpoint === undefined) throw new Error(`nobody answers ${at}`)
    const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
    const outcome = endpoint.answer({ params: texts, account, options, now: now(), random })
    const delivery = simulated.write(outcome, { endpoint, options, trace: '' })
    if (!('body' in delivery)) throw new Error('an answer that never comes')
    const of = bitrue.families[family]
    if (of === undefined) throw new Error(`no family ${family}`)
    return readAnswer(of, { status: delivery.status, headers: {}, text: delivery.body }, now())
  }

  const client: ExchangeClient = {
    ...toldTime(now),
    ask: async (request, schema, asked) => {
      beforeAsking()
      if (asked?.signal?.aborted) throw new FailureError({ kind: 'aborted' })
      requests.push(request)
      asked?.onSend?.()
      const parsed = schema.safeParse(answer(request))
      if (!parsed.success) throw new FailureError({ kind: 'bad-payload' })
      return { data: parsed.data, askedAt: now(), answeredAt: now() }
    },
    requests: () => requests.length,
    close: async () => undefined,
  }
  return {
    client,
    requests,
    /** What is played, which a test may change. */
    readings: options.readings,
    /** Called before each question: it may throw, stop the run, or change the account. */
    interfere: (what: () => void) => {
      beforeAsking = what
    },
  }
}

/** A user of Bitrue: an account, a store, and syncs of the one into the other. */
export function bitrueUser(
  readings: Partial<Readings> = {},
  account: SimulatedAccount = generateAccount(smallSizes),
  said: Pick<Connection, 'symbols'> = {},
  world: {
    readonly exchange?: ExchangeDefinition
    /** Rows that a page holds at most, whatever is asked for. */
    readonly pageCap?: number
    /** What befalls the store: it may throw before any of its operations. */
    readonly befall?: () => void
  } = {},
) {
  let now = start
  const { exchange = bitrue, pageCap, befall = () => undefined } = world
  const { client, requests, interfere, ...played } = bitrueInMemory(account, readings, () => now, pageCap)
  const kept = memoryStore()
  const store = { ...kept, ...befallen(kept, befall) }
  let holdings: Holdings | undefined
  let catalogue: { markets: Markets; fetchedAt: number } | undefined

  async function sync(
    at: number,
    more: {
      readonly signal?: AbortSignal
      readonly before?: Run
      readonly holder?: string
      readonly recheck?: boolean
    } = {},
  ) {
    now = at
    const asked = requests.length
    const written = { ...store.writes }
    const ports = { client, clock: () => now }
    const markets = await fetchMarkets(
      {
        ...ports,
        catalogue: {
          load: async () => catalogue,
          save: async (_exchange, markets, fetchedAt) => {
            catalogue = { markets, fetchedAt }
          },
        },
      },
      exchange,
      12 * 3_600_000,
    )
    const run = await syncConnection(
      {
        ...store,
        ...ports,
        sleep: patiently,
        markets,
        verification: 'weekly',
        holdings: {
          load: async () => holdings,
          save: async (_owner, saved) => {
            holdings = saved
          },
        },
      },
      { ...connection, exchange: 'bitrue', ...said },
      exchange,
      { runId: String(more.before?.id ?? at), holder: 'h', ...more },
    )
    return {
      run,
      asked: requests.slice(asked),
      written: store.writes.transactions - written.transactions,
      saved: store.writes.coverage - written.coverage,
    }
  }

  return {
    ...played,
    client,
    account,
    store,
    requests,
    interfere,
    sync,
    gaps: () => gapsOf(store.coverages.values()),
  }
}

/** The parts of a store through which a sync works, with something that may happen before each of their operations. */
function befallen({ transactions, coverage, sums, lease }: MemoryStore, befall: () => void) {
  const before =
    <Given extends readonly unknown[], T>(operation: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      befall()
      return operation(...given)
    }
  return {
    transactions: {
      ...transactions,
      stored: before(transactions.stored),
      byId: before(transactions.byId),
      write: before(transactions.write),
      remove: before(transactions.remove),
    },
    coverage: { load: before(coverage.load), save: before(coverage.save), saveAll: before(coverage.saveAll) },
    sums: { load: before(sums.load), save: before(sums.save) },
    lease: {
      ...lease,
      acquire: before(lease.acquire),
      holds: before(lease.holds),
      release: before(lease.release),
    },
  }
}

/** What its user names, since no catalogue does. */
export const named = { symbols: ['GONEUSDT'] }

/** What is shown where times are not obeyed: of transfers between wallets and of forced orders those of the last 30 days. */
export function timeless({ text, time }: TrueRow): boolean {
  return !/"transferType"|"realizedAmount"/.test(text) || time >= start - 30 * 86_400_000
}

/** The same where no way back is heeded, either: of each symbol and contract the newest thousand. */
export function reachable(account: SimulatedAccount) {
  const { spotFills, futuresFills } = truthOf(account)
  const left = new Map<string, number>()
  const hidden = new Set<string>()
  for (const { symbol, text } of [...spotFills, ...futuresFills].reverse()) {
    const count = left.get(symbol) ?? 0
    left.set(symbol, count + 1)
    if (count >= 1_000) hidden.add(text)
  }
  return (row: TrueRow) => timeless(row) && !hidden.has(row.text)
}

/** All of the account, as far as it can be had from an exchange that is shown to heed one of the ways back. */
export function shown({ times }: Partial<Readings>): (row: TrueRow) => boolean {
  return times === 'obeyed' ? () => true : timeless
}

type Gaps = Iterable<{
  readonly stream: string
  readonly partition: string
  readonly lost: readonly { readonly reason: string }[]
}>

/** What is said to be missing, in short. */
function gapsOf(coverages: Gaps): readonly string[] {
  return [...coverages].flatMap(({ stream, partition, lost }) =>
    lost.map(({ reason }) => `${stream} ${partition} ${reason}`),
  )
}

/** Rows of the account that are not stored as they are served, and rows that are stored and nowhere in the account. */
export function differences(
  rows: Iterable<Transaction>,
  account: SimulatedAccount,
  isExpected: (row: TrueRow) => boolean = () => true,
) {
  const truth = truthOf(account)
  const stored = [...rows]
  const of = (kind: Transaction['stream']) => stored.filter(({ stream }) => stream === kind)
  const compared = [
    ['spot-trade', truth.spotFills],
    ['futures-trade', truth.futuresFills],
    ['deposit', truth.deposits],
    ['withdrawal', truth.withdrawals],
    ['wallet-transfer', truth.walletTransfers],
    ['forced-order', truth.forcedOrders],
  ] as const
  return compared.flatMap(([kind, held]) => {
    const left = new Map<string, number>()
    for (const row of held.filter(isExpected)) left.set(lineOf(row), (left.get(lineOf(row)) ?? 0) + 1)
    let invented = 0
    for (const { time, amount, contracts, raw } of of(kind)) {
      const line = lineOf({ text: raw, time, amount: contracts ?? amount ?? '' })
      const count = left.get(line) ?? 0
      if (count === 0) invented += 1
      else left.set(line, count - 1)
    }
    const missing = [...left.values()].reduce((sum, count) => sum + count, 0)
    return missing + invented === 0 ? [] : [{ kind, held: held.length, missing, invented }]
  })
}

function lineOf({ text, time, amount }: Pick<TrueRow, 'text' | 'time' | 'amount'>): string {
  return `${time} ${amount} ${text}`
}
