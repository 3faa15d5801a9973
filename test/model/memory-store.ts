import type { Coverage } from '../../lambdas/domain/coverage.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { isDatedAnew } from '../../lambdas/domain/stream.ts'
import { checkOf, type Sums } from '../../lambdas/domain/sums.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { SyncPorts } from '../../lambdas/use-cases/sync-connection.ts'

export type MemoryStore = Pick<
  SyncPorts,
  'transactions' | 'coverage' | 'sums' | 'verification' | 'lease' | 'runs'
> & {
  readonly rows: Map<string, Transaction>
  readonly coverages: Map<string, Coverage>
  readonly writes: { transactions: number; coverage: number }
}

/** A store in memory with the semantics of the real one, for tests of the engine alone. One connection only. */
export function memoryStore(): MemoryStore {
  const rows = new Map<string, Transaction>()
  const coverages = new Map<string, Coverage>()
  const runs = new Map<string, Run>()
  const sums = new Map<string, Sums>()
  const writes = { transactions: 0, coverage: 0 }
  let lease: { holder: string; epoch: number; expires: number } = { holder: '', epoch: 0, expires: 0 }

  function found(isWanted: (row: Transaction) => boolean): Transaction[] {
    const wanted: Transaction[] = []
    for (const row of rows.values()) if (isWanted(row)) wanted.push(row)
    return wanted
  }

  return {
    rows,
    coverages,
    writes,
    transactions: {
      stored: async (_owner, stream, { from, to }) =>
        found((row) => row.time >= from && row.time < to && row.stream === stream),
      // As the real one, which keeps places of these alone: what another is called leads nowhere.
      byId: async (_owner, stream, identity) =>
        isDatedAnew(stream) ? found((row) => row.identity === identity && row.stream === stream) : [],
      async *inspect(_owner, stream, { from, to } = { from: 0, to: Number.POSITIVE_INFINITY }) {
        for (const row of rows.values())
          if (row.stream === stream && row.time >= from && row.time < to)
            yield { transaction: row, check: checkOf(row) }
      },
      putAside: async () => undefined,
      write: async (_owner, transactions) => {
        for (const row of transactions) rows.set(`${row.time}|${row.stream}|${row.identity}`, row)
        writes.transactions += transactions.length
      },
      remove: async (_owner, transactions) => {
        for (const row of transactions) rows.delete(`${row.time}|${row.stream}|${row.identity}`)
      },
    },
    verification: 'always',
    sums: {
      load: async () => [...sums.values()],
      save: async (_owner, saved, epoch) => {
        if (epoch < lease.epoch) throw new FailureError({ kind: 'lease-lost' })
        sums.set(saved.stream, saved)
      },
    },
    coverage: {
      load: async () => [...coverages.values()],
      save: async (_owner, coverage, epoch) => {
        if (epoch < lease.epoch) throw new FailureError({ kind: 'lease-lost' })
        coverages.set(`${coverage.stream}|${coverage.partition}`, coverage)
        writes.coverage += 1
      },
      saveAll: async (_owner, _stream, all, changed, epoch) => {
        if (epoch < lease.epoch) throw new FailureError({ kind: 'lease-lost' })
        for (const coverage of all.filter(({ partition }) => changed.has(partition)))
          coverages.set(`${coverage.stream}|${coverage.partition}`, coverage)
        writes.coverage += 1
      },
    },
    lease: {
      acquire: async (_owner, holder, now, ttl) => {
        if (lease.expires > now && lease.holder !== holder) return undefined
        lease = { holder, epoch: lease.epoch + 1, expires: now + ttl }
        return lease.epoch
      },
      renew: async (_owner, holder, epoch, now, ttl) => {
        if (lease.holder !== holder || lease.epoch !== epoch) return false
        lease = { ...lease, expires: now + ttl }
        return true
      },
      holds: async (_owner, epoch) => lease.epoch === epoch,
      release: async (_owner, holder, epoch) => {
        if (lease.holder === holder && lease.epoch === epoch) lease = { ...lease, expires: 0 }
      },
    },
    runs: {
      save: async (_owner, run) => {
        runs.set(run.id, run)
      },
    },
  }
}
