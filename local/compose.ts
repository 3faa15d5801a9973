import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { digestOf, hash, newRunId, openDigest } from '../lambdas/adapters/identity.ts'
import { keptExports } from '../lambdas/adapters/kept-exports.ts'
import { openFileStores } from '../lambdas/adapters/statement-files.ts'
import { openStores } from '../lambdas/adapters/stores.ts'
import type { Table } from '../lambdas/adapters/table.ts'
import { type SecretStorage, vault } from '../lambdas/adapters/vault.ts'
import type { LogEntry } from '../lambdas/api/app.ts'
import { importId } from '../lambdas/api/import-answers.ts'
import type { ImportPorts } from '../lambdas/api/import-routes.ts'
import type { HistoryPorts, KeyPorts } from '../lambdas/api/route.ts'
import type { Connection, Credentials, Owner } from '../lambdas/domain/connection.ts'
import type { ExchangeDefinition } from '../lambdas/domain/exchange.ts'
import type { Export } from '../lambdas/domain/export.ts'
import { product } from '../lambdas/domain/product.ts'
import type { Run } from '../lambdas/domain/run.ts'
import { day, hour, minute } from '../lambdas/domain/window.ts'
import { openExchangeClient } from '../lambdas/exchanges/ccxt-client.ts'
import { openPools } from '../lambdas/exchanges/pools.ts'
import type { ProxyOf } from '../lambdas/exchanges/proxies.ts'
import { formats } from '../lambdas/formats/index.ts'
import { defaultAccounts } from '../lambdas/formats/journal-accounts.ts'
import { readStatement } from '../lambdas/statements/read-statement.ts'
import { placeOfConnection } from '../lambdas/use-cases/add-statement-file.ts'
import { keyChecker } from '../lambdas/use-cases/check-key.ts'
import { exportHistory, failExport, objectKey } from '../lambdas/use-cases/export-history.ts'
import { knownCoverage, verifiedCoverage } from '../lambdas/use-cases/known-coverage.ts'
import { listConnections } from '../lambdas/use-cases/list-connections.ts'
import { recoverSync, runSync } from '../lambdas/use-cases/run-sync.ts'
import { startSync } from '../lambdas/use-cases/start-sync.ts'
import { sweep } from '../lambdas/use-cases/sweep.ts'
import type { ExportRole } from '../lambdas/use-cases/write-export.ts'
import { mergeAfterSync } from '../lambdas/use-cases/write-merge.ts'
import { exportFiles } from './export-files.ts'
import { forgetExports } from './forget-exports.ts'
import { localUser } from './identity.ts'
import { statementObjects } from './statement-objects.ts'
import { openSyncQueue } from './sync-queue.ts'

export type Surroundings = {
  readonly table: Table
  readonly secrets: SecretStorage
  readonly exchanges: ReadonlyMap<string, ExchangeDefinition>
  /** Replacements for the hosts of an exchange, by its id. */
  readonly hosts: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** Without it, exchanges are asked straight. */
  readonly proxyOf?: ProxyOf
  readonly clock: () => number
  /** Resolves, early when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random: () => number
  /** Where the files of exports are kept. */
  readonly exportsDir: string
  /** Where statement files are kept. */
  readonly statementsDir: string
  /** Where this server answers: `http://127.0.0.1:8787`. */
  readonly address: () => string
  readonly log: (entry: LogEntry | SyncEntry | ExportEntry) => void
}

/** What is logged of a sync. */
export type SyncEntry = {
  readonly event: 'synced' | 'sync-failed'
  readonly connection: string
  readonly state?: Run['state']
  readonly new?: number
  readonly code?: string
}

const parallelSyncs = 4
/** Nightly syncs are spread over the first hours of the day, UTC. */
const night = { begins: 0, lasts: 6 * hour }

/** What is logged of an export that could not be written. */
export type ExportEntry = { readonly event: 'export-failed'; readonly export: string; readonly code: string }

/** Where this server shows each file of an export, below its own address. */
export const exportPaths: Readonly<Record<ExportRole, string>> = {
  history: 'download',
  statement: 'statement',
  'statement-json': 'statement.json',
}

/** Ties adapters, exchanges and use cases together for one process on one computer. */
export function compose(surroundings: Surroundings) {
  const { table, exchanges, hosts, proxyOf, clock, sleep, random, log } = surroundings
  const stores = {
    ...openStores(table),
    ...openFileStores(table),
    vault: vault(surroundings.secrets),
  }

  /** Several syncs run at once, all from this computer. */
  const addressPools = openPools({ clock, sleep })

  function openClient(exchange: ExchangeDefinition, credentials: Credentials, deadline?: number) {
    return openExchangeClient(exchange, credentials, {
      hosts: hosts.get(exchange.id),
      proxyOf,
      clock,
      sleep,
      random,
      deadline,
      addressPools,
    })
  }

  const statements = statementObjects(surroundings.statementsDir)
  const forgetFiles = (owner: Owner) => statements.removeAll(placeOfConnection(owner))

  async function work(connection: Connection, run: Run, signal: AbortSignal): Promise<void> {
    try {
      const { state, streams } = await runSync(
        {
          ...stores,
          exchanges,
          clock,
          sleep,
          random,
          openClient,
          marketsMaxAge: day,
          night,
          verification: 'always',
          mergeFiles: (one, goOn) =>
            mergeAfterSync({ ...stores, exchanges, statementObjects: statements }, one, goOn),
        },
        { user: connection.user, connection: connection.id, run, holder: randomUUID() },
        signal,
      )
      const added = streams.reduce((sum, stream) => sum + stream.new, 0)
      log({ event: 'synced', connection: connection.id, state, new: added })
    } catch (error) {
      logFailure(connection.id, error)
    }
  }

  const queue = openSyncQueue({ runs: stores.runs, work, parallel: parallelSyncs })
  const files = exportFiles(surroundings.exportsDir)
  const writing = new Set<Promise<void>>()

  /** One after the other: each reads the store as fast as it answers. */
  let lastExport = Promise.resolve()
  async function exportNow({ user, id }: Pick<Export, 'user' | 'id'>): Promise<void> {
    try {
      await exportHistory(
        {
          ...stores,
          coverage: { load: (owner) => verifiedCoverage(stores, owner) },
          clock,
          openDigest,
          exchanges,
          formats,
          accountNames: defaultAccounts,
          objects: files,
          kept: keptExports(files),
          enqueueExport,
          code: product,
        },
        user,
        id,
      )
    } catch (error) {
      log({ event: 'export-failed', export: id, code: error instanceof Error ? error.name : 'unknown' })
      await failExport({ ...stores, clock }, user, id)
      await files.remove(dirname(objectKey({ user, id }, 'history')))
    }
  }

  async function enqueueExport(asked: Pick<Export, 'user' | 'id'>): Promise<void> {
    const written = lastExport.then(() => exportNow(asked)).finally(() => writing.delete(written))
    lastExport = written.catch(() => undefined)
    writing.add(written)
  }

  const ports: KeyPorts & HistoryPorts & ImportPorts = {
    ...stores,
    coverage: { load: (owner) => knownCoverage(stores, owner) },
    exchanges,
    clock,
    addresses: async () => [],
    hash,
    newId: randomUUID,
    newSecretRef: randomUUID,
    newRunId,
    // On a computer of one's own nobody needs to be kept from asking.
    syncCoolDown: 0,
    formats,
    enqueueExport,
    statementObjects: statements,
    readStatement,
    digestOf,
    uploadTo: async (file) => ({ url: `/v1/imports/${importId(file)}/content`, headers: {} }),
    download: async ({ id }, role) => ({
      url: `${surroundings.address()}/v1/exports/${id}/${exportPaths[role]}`,
    }),
    enqueue: queue.enqueue,
    stopSync: queue.stop,
    forgetExports: async (connection) => {
      // One that is being written may have read what is gone now.
      await lastExport
      await forgetExports({ exports: stores.exports, files }, connection)
    },
    forgetFiles,
    checkKey: keyChecker({ ...stores, clock, timeIsUp: AbortSignal.timeout, openClient }),
  }

  /** What cannot be started now is due again the next minute. */
  async function sync(connections: readonly Connection[]): Promise<void> {
    for (const connection of connections)
      await startSync(ports, connection).catch((error) => logFailure(connection.id, error))
  }

  async function dueConnections(): Promise<readonly Connection[]> {
    try {
      return (await listConnections(ports, localUser)).filter((connection) => isDue(connection, clock()))
    } catch (error) {
      logFailure('*', error)
      return []
    }
  }

  function logFailure(connection: string, error: unknown): void {
    log({ event: 'sync-failed', connection, code: error instanceof Error ? error.name : 'unknown' })
  }

  return {
    ports,

    /** Frees what a process that died has held, and finishes what it had begun. The connections whose sync is due. */
    async recover(): Promise<readonly Connection[]> {
      await sweep({ ...stores, forgetFiles, clock }, 0)
      for (const known of await stores.exports.list(localUser))
        if (known.state === 'waiting') await ports.enqueueExport(known)
      const all = await listConnections(ports, localUser)
      const due = await Promise.all(all.map((connection) => recoverSync({ ...stores, clock }, connection)))
      return all.filter((_connection, index) => due[index])
    },

    sync,

    /** Starts every sync when its time has come, until the signal fires. */
    async schedule(signal: AbortSignal): Promise<void> {
      for (;;) {
        await sleep(minute, signal)
        if (signal.aborted) return
        await sync((await dueConnections()).filter((connection) => !queue.isBusy(connection)))
      }
    },

    /** The file of a finished export of this computer's user, with what it is called when it is saved. */
    openExport: (id: string, role: ExportRole) => files.open(objectKey({ user: localUser, id }, role)),

    close: async (): Promise<void> => {
      await queue.close()
      await Promise.allSettled(writing)
    },
  }
}

function isDue({ status, paused, nextSyncAt }: Connection, now: number): boolean {
  return status !== 'disconnected' && !paused && nextSyncAt !== undefined && nextSyncAt <= now
}
