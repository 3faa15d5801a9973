import { randomUUID } from 'node:crypto'
import { catalogueStore } from '../../lambdas/adapters/catalogue.ts'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { coverageStore } from '../../lambdas/adapters/coverage.ts'
import { leaseStore } from '../../lambdas/adapters/lease.ts'
import { runStore } from '../../lambdas/adapters/runs.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { checkCredentials } from '../../lambdas/use-cases/check-credentials.ts'
import { connect } from '../../lambdas/use-cases/connect.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { type Owner, ownerOf } from '../../lambdas/use-cases/find-connection.ts'
import { recoverSync } from '../../lambdas/use-cases/run-sync.ts'
import type { Submission } from '../../lambdas/use-cases/submission.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { hash, localUser, newRunId } from '../identity.ts'
import type { ImportRequest } from './arguments.ts'
import { keylessConnections } from './keyless-connections.ts'

/** What an import needs of the world. */
export type ImportPorts = {
  readonly table: Table
  readonly client: ExchangeClient
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  /** Called once, when the key is accepted. */
  readonly onConnected: (connection: Connection, warnings: readonly string[]) => void
  readonly onProgress: (run: Run) => void
}

export type ImportedAccount = {
  readonly connection: Connection
  readonly run: Run
  readonly coverage: readonly Coverage[]
  readonly transactions: () => AsyncIterable<Transaction>
}

/** A catalogue of markets is asked for again after this long. */
const marketsMaxAge = day

/**
 * Connects the key, or goes on with the connection it already has, and brings its history up to date. The store is
 * ours alone, so whoever holds a lease in it is dead. Throws `RefusedError`, and nothing is stored then.
 */
export async function importAccount(
  ports: ImportPorts,
  request: ImportRequest,
  submission: Submission,
): Promise<ImportedAccount> {
  const { table, client, clock, signal } = ports
  const { exchange } = request
  const lease = takenFromTheDead(leaseStore(table))
  const [connections, transactions] = [connectionStore(table), transactionStore(table)]
  const [coverage, runs] = [coverageStore(table), runStore(table)]
  const { connection, warnings, run } = await connect(
    {
      connections: keylessConnections(connections),
      transactions,
      lease,
      clock,
      exchanges,
      hash,
      newId: randomUUID,
      newRunId,
      checkKey: () => checkCredentials({ client, clock }, exchange),
      vault: { put: async () => 'not kept', remove: async () => undefined },
      enqueue: async (_connection, started) => started,
    },
    {
      user: localUser,
      exchange,
      submission,
      subaccount: request.subaccount,
      allowPowerfulKey: request.allowPowerfulKey,
    },
  )
  ports.onConnected(connection, warnings)
  await recoverSync({ clock, lease, runs }, connection)
  const markets = await fetchMarkets(
    { client, clock, catalogue: catalogueStore(table) },
    exchange,
    marketsMaxAge,
  )
  const ended = await syncConnection(
    { ...ports, markets, transactions, coverage, lease, runs },
    connection,
    exchange,
    { runId: run.id, holder: randomUUID(), signal },
  )
  await keylessConnections(connections).save({ ...connection, lastRun: ended.id })
  return {
    connection,
    run: ended,
    coverage: await coverage.load(ownerOf(connection)),
    transactions: () => transactions.each(ownerOf(connection), {}),
  }
}

type Lease = ReturnType<typeof leaseStore>

function takenFromTheDead(lease: Lease): Lease {
  return {
    ...lease,
    async acquire(owner: Owner, holder: string, now: number, ttl: number) {
      await lease.expire(owner)
      return lease.acquire(owner, holder, now, ttl)
    },
  }
}
