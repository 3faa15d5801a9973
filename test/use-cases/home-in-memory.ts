import { createHash } from 'node:crypto'
import type { LogEntry } from '../../lambdas/api/app.ts'
import type { Connection, Credentials, Owner } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { Export } from '../../lambdas/domain/export.ts'
import type { Intent } from '../../lambdas/domain/intent.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { type StreamKind, streamKinds } from '../../lambdas/domain/stream.ts'
import { monthOf, type Sums } from '../../lambdas/domain/sums.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import type { CheckedCredentials, FurtherRows } from '../../lambdas/use-cases/check-credentials.ts'
import { connect } from '../../lambdas/use-cases/connect.ts'
import type { PageQuestion } from '../../lambdas/use-cases/list-transactions.ts'
import { submit, type TypedCredentials } from '../../lambdas/use-cases/submission.ts'

/** Values that must never come out again, wherever one looks. */
export const canaries = {
  apiKey: 'CANARY-ACCESS-KEY-0123456789-x7Qa',
  secret: 'CANARY-SECRET-0123456789',
  passphrase: 'CANARY-MEMO 0123456789',
}

export const exchange = bitmart

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

export const startOfTime = Date.UTC(2026, 7, 20, 12)

/** Every port of the API over plain maps, with the exchange's answers and failures at the test's will. */
export function homeInMemory() {
  const connections = new Map<string, Connection>()
  const guards = new Map<string, string>()
  const leases = new Map<string, { holder?: string; until: number; epoch: number }>()
  const secrets = new Map<string, Credentials>()
  const intents = new Map<string, Intent>()
  const exports = new Map<string, Export>()
  const rows = new Map<string, Map<string, Transaction>>()
  const coverages = new Map<string, Coverage[]>()
  const runs = new Map<string, Run>()
  const queued: Run[] = []
  const stopped: string[] = []
  const calls: string[] = []
  const log: LogEntry[] = []
  const asked: Credentials[] = []
  const home = {
    now: startOfTime,
    /** The name of the port that fails, once: `vault.put`. */
    failAt: '',
    /** Runs before the port of this name. */
    before: new Map<string, () => Promise<void>>(),
    check: { powers: [], uncheckable: ['spot trading'], sample: [] } as
      | Omit<CheckedCredentials, 'asked'>
      | Error,
    /** What the key is served of the moments that it is asked about; undefined: nothing is served of them any more. */
    serves: undefined as readonly Transaction[] | undefined,
    /** The rows that the key was asked about. */
    askedRows: [] as Transaction[],
  }
  /** Names of files, by connection. */
  const files = new Map<string, readonly string[]>()
  let ids = 0

  const key = (owner: Owner) => `${owner.user}/${owner.connection}`
  const rowsOf = (owner: Owner) => rows.get(key(owner)) ?? new Map<string, Transaction>()
  const runsOf = ({ connection }: Owner) =>
    [...runs.values()].filter((run) => run.connection === connection).sort((a, b) => (a.id < b.id ? 1 : -1))
  const rowKey = ({ time, stream, identity }: Pick<Transaction, 'time' | 'stream' | 'identity'>) =>
    `TX#${stream}#${String(time).padStart(13, '0')}#${identity}`

  /** Lets a port be watched, delayed and made to fail with a text that must not get out. */
  function port<Args extends unknown[], Result>(
    name: string,
    does: (...args: Args) => Result | Promise<Result>,
  ) {
    return async (...args: Args): Promise<Result> => {
      calls.push(name)
      await home.before.get(name)?.()
      if (home.failAt === name) {
        home.failAt = ''
        throw new Error(`${name} failed: https://example.com/?key=${canaries.secret}`)
      }
      return does(...args)
    }
  }

  const ports = {
    clock: () => home.now,
    hash,
    newId: () => `id-${++ids}`,
    newSecretRef: () => `secret-${++ids}`,
    newRunId: (now: number) => `${now}-${++ids}`,
    exchanges,
    fileHistory: { load: async () => undefined },
    addresses: async () => ['192.0.2.7'],
    checkKey: port(
      'checkKey',
      async (_exchange: ExchangeDefinition, credentials: Credentials, further?: FurtherRows) => {
        asked.push(credentials)
        if (home.check instanceof Error) throw home.check
        const rows = (await further?.(home.check.sample, home.check.account)) ?? []
        home.askedRows.push(...rows)
        const served = ({ stream, time }: Transaction) =>
          home.serves?.filter((one) => one.stream === stream && one.time === time)
        return {
          ...home.check,
          asked: rows.map((row) => ({ row, served: served(row), isWhole: true, askedAt: home.now })),
        }
      },
    ),
    enqueue: port('enqueue', (_connection: Connection, run: Run) => {
      queued.push(run)
      runs.set(run.id, run)
      return run
    }),
    stopSync: port('stopSync', (connection: Connection) => {
      stopped.push(connection.id)
    }),
    forgetExports: port('forgetExports', (_connection: Connection) => undefined),
    forgetFiles: port('forgetFiles', (owner: Owner) => {
      files.delete(key(owner))
    }),
    connections: {
      find: port('connections.find', (user: string, id: string) => connections.get(`${user}/${id}`)),
      list: port('connections.list', (user: string) =>
        [...connections.values()].filter((one) => one.user === user),
      ),
      swap: port('connections.swap', (before: Connection | undefined, after: Connection) => {
        const known = connections.get(`${after.user}/${after.id}`)
        if ((known === undefined) !== (before === undefined) || known?.vaultRef !== before?.vaultRef)
          return false
        connections.set(`${after.user}/${after.id}`, after)
        return true
      }),
      change: port('connections.change', (before: Connection, change: Partial<Connection>) => {
        const known = connections.get(`${before.user}/${before.id}`)
        if (known === undefined || known.vaultRef !== before.vaultRef) return false
        connections.set(`${before.user}/${before.id}`, { ...known, ...change })
        return true
      }),
      remove: port('connections.remove', (user: string, id: string) => {
        connections.delete(`${user}/${id}`)
      }),
      removeKeyless: port('connections.removeKeyless', (user: string, id: string) => {
        if (connections.get(`${user}/${id}`)?.vaultRef !== undefined) return false
        return connections.delete(`${user}/${id}`)
      }),
      guard: port('connections.guard', (user: string, exchangeId: string, keyHash: string) =>
        guards.get(`${user}/${exchangeId}/${keyHash}`),
      ),
      claimKey: port(
        'connections.claimKey',
        (user: string, exchangeId: string, keyHash: string, connection: string) => {
          const guard = `${user}/${exchangeId}/${keyHash}`
          if ((guards.get(guard) ?? connection) !== connection) return false
          guards.set(guard, connection)
          return true
        },
      ),
      releaseKeys: port('connections.releaseKeys', (_user: string, connection: string) => {
        for (const [guard, owner] of guards) if (owner === connection) guards.delete(guard)
      }),
    },
    transactions: {
      has: port(
        'transactions.has',
        (owner: Owner, sample: readonly Transaction[]) =>
          sample.filter((row) => rowsOf(owner).has(rowKey(row))).length,
      ),
      byId: port('transactions.byId', (owner: Owner, stream: StreamKind, identity: string) =>
        [...rowsOf(owner).values()].filter((row) => row.stream === stream && row.identity === identity),
      ),
      removeAll: port('transactions.removeAll', (owner: Owner) => {
        const count = rowsOf(owner).size
        rows.delete(key(owner))
        coverages.delete(key(owner))
        leases.delete(key(owner))
        for (const [id, run] of runs) if (run.connection === owner.connection) runs.delete(id)
        return count
      }),
      page: port(
        'transactions.page',
        (owner: Owner, { stream, from = 0, to, order, limit, after }: PageQuestion) => {
          const direction = order === 'desc' ? -1 : 1
          const start = after === undefined ? undefined : rowKey({ ...after, stream })
          const found = [...rowsOf(owner)]
            .filter(
              ([sortKey, row]) =>
                row.time >= from &&
                (to === undefined || row.time < to) &&
                row.stream === stream &&
                (start === undefined || direction * byBytes(sortKey, start) > 0),
            )
            .sort(([a], [b]) => direction * byBytes(a, b))
          const page = found.slice(0, limit).map(([, row]) => row)
          return { items: page, ...(found.length > limit && { next: page.at(-1) }) }
        },
      ),
    },
    coverage: { load: port('coverage.load', (owner: Owner) => coverages.get(key(owner)) ?? []) },
    runs: {
      find: port('runs.find', (owner: Owner, id: string) => {
        const run = runs.get(id)
        return run?.connection === owner.connection ? run : undefined
      }),
      latest: port('runs.latest', (owner: Owner) => runsOf(owner)[0]),
      list: port('runs.list', (owner: Owner, most: number) => runsOf(owner).slice(0, most)),
    },
    sums: {
      load: port('sums.load', (owner: Owner): readonly Sums[] =>
        streamKinds.flatMap((stream) => {
          const counts = new Map<number, number>()
          for (const row of rowsOf(owner).values())
            if (row.stream === stream) counts.set(monthOf(row), (counts.get(monthOf(row)) ?? 0) + 1)
          const months = [...counts].map(([month, count]) => ({ month, count, hash: '' }))
          return months.length === 0 ? [] : [{ stream, version: 1, months, touched: [] }]
        }),
      ),
    },
    lease: {
      acquire: port('lease.acquire', (owner: Owner, holder: string, now: number, ttl: number) => {
        const lease = leases.get(key(owner))
        if (lease?.holder !== undefined && lease.until > now && lease.holder !== holder) return undefined
        const epoch = (lease?.epoch ?? 0) + 1
        leases.set(key(owner), { holder, until: now + ttl, epoch })
        return epoch
      }),
      release: port('lease.release', (owner: Owner, holder: string, epoch: number) => {
        const lease = leases.get(key(owner))
        if (lease?.holder === holder) leases.set(key(owner), { until: 0, epoch })
      }),
      seize: port('lease.seize', (owner: Owner, now: number, ttl: number) => {
        const epoch = (leases.get(key(owner))?.epoch ?? 0) + 1
        leases.set(key(owner), { holder: 'seized', until: now + ttl, epoch })
        return epoch
      }),
    },
    syncCoolDown: 0,
    formats,
    exports: {
      find: port('exports.find', (user: string, id: string) => exports.get(`${user}/${id}`)),
      begin: port('exports.begin', (started: Export) => {
        if (exports.has(`${started.user}/${started.id}`)) return false
        exports.set(`${started.user}/${started.id}`, started)
        return true
      }),
      list: port('exports.list', (user: string) => [...exports.values()].filter((one) => one.user === user)),
    },
    enqueueExport: port('enqueueExport', (_started: Export) => undefined),
    download: port('download', ({ id }: Export, role: string) => ({
      url: `https://files.example/${id}/${role}`,
      until: home.now + 900_000,
    })),
    intents: {
      begin: port('intents.begin', (intent: Intent) => {
        intents.set(intent.id, intent)
      }),
      end: port('intents.end', (id: string) => {
        intents.delete(id)
      }),
      list: port('intents.list', () => [...intents.values()]),
    },
    vault: {
      put: port('vault.put', (ref: string, credentials: Credentials) => {
        secrets.set(ref, credentials)
      }),
      remove: port('vault.remove', (ref: string) => {
        secrets.delete(ref)
      }),
    },
  }

  return {
    home,
    ports,
    calls,
    log,
    noteLog: (entry: LogEntry) => {
      log.push(entry)
    },
    asked,
    queued,
    stopped,
    connections,
    secrets,
    intents,
    exports,
    guards,
    leases,
    runs,
    /** Names of files whose content lies where files are kept. */
    filesOf: (owner: Owner) => files.get(key(owner)) ?? [],
    bring(owner: Owner, ...names: readonly string[]): void {
      files.set(key(owner), names)
    },
    put(owner: Owner, ...transactions: readonly Transaction[]): void {
      const stored = rowsOf(owner)
      for (const row of transactions) stored.set(rowKey(row), row)
      rows.set(key(owner), stored)
    },
    cover(owner: Owner, ...coverage: Coverage[]): void {
      coverages.set(key(owner), coverage)
    },
    rowCount: (owner: Owner) => rowsOf(owner).size,
    /** Everything that is kept, to be compared before and after. */
    stored: () =>
      structuredClone({ connections, guards, leases, rows, coverages, runs, secrets: secrets.size }),
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

export function submission(typed: TypedCredentials = canaries) {
  const submitted = submit(exchange, typed, hash)
  if ('problems' in submitted) throw new Error('refused')
  return submitted
}

export type Wish = {
  readonly user?: string
  readonly apiKey?: string
  readonly passphrase?: string
  readonly subaccount?: string
  readonly label?: string
  readonly allowPowerfulKey?: boolean
  readonly newAccount?: boolean
}

export function connecting(ports: ReturnType<typeof homeInMemory>['ports'], wish: Wish = {}) {
  const { user = 'ada', allowPowerfulKey = false, ...rest } = wish
  const { apiKey = canaries.apiKey, passphrase = canaries.passphrase } = wish
  return connect(ports, {
    ...rest,
    user,
    exchange,
    submission: submission({ ...canaries, apiKey, passphrase }),
    allowPowerfulKey,
  })
}

export function fill(time: number, identity: string, more: Partial<Transaction> = {}): Transaction {
  return {
    stream: 'spot-trade',
    time,
    identity,
    symbol: 'BTC_USDT',
    amount: '0.10000',
    raw: `{"tradeId":${time},"size":0.10000}`,
    ...more,
  }
}
