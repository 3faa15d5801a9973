import { randomUUID } from 'node:crypto'
import { hash, newRunId } from '../../lambdas/adapters/identity.ts'
import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import type { FileTime } from '../../lambdas/domain/attested.ts'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { checkCredentials } from '../../lambdas/use-cases/check-credentials.ts'
import { type Connected, type ConnectPorts, connect } from '../../lambdas/use-cases/connect.ts'
import { fetchMarkets } from '../../lambdas/use-cases/fetch-markets.ts'
import { fileTime } from '../../lambdas/use-cases/file-time.ts'
import { ownerOf } from '../../lambdas/use-cases/find-connection.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import {
  type ReplaceCredentialsPorts,
  replaceCredentials,
} from '../../lambdas/use-cases/replace-credentials.ts'
import { reasonAfter, recoverSync } from '../../lambdas/use-cases/run-sync.ts'
import type { Submission } from '../../lambdas/use-cases/submission.ts'
import { type SyncPorts, syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { mergeAfterSync, type WriteMergePorts } from '../../lambdas/use-cases/write-merge.ts'
import { asTyped } from '../as-typed.ts'
import { titleOf } from '../find-by-name.ts'
import { localUser } from '../identity.ts'
import { takenFromTheDead } from '../taken-from-the-dead.ts'
import type { ImportRequest } from './arguments.ts'
import { keylessConnections } from './keyless-connections.ts'

/** What an import needs of the world. */
export type ImportPorts = {
  readonly table: Table
  readonly client: ExchangeClient
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  readonly statementObjects: WriteMergePorts['statementObjects']
  /** Called once, when the key is accepted. */
  readonly onConnected: (connection: Connection, warnings: readonly string[]) => void
  readonly onProgress: (run: Run) => void
}

export type ImportedAccount = {
  readonly connection: Connection
  readonly run: Run
  readonly coverage: readonly Coverage[]
  /** What statement files tell of time. */
  readonly files: FileTime | undefined
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
  const stores = openStores(table)
  const { transactions, coverage, runs } = stores
  const lease = takenFromTheDead(stores.lease)
  const connections = keylessConnections(stores.connections)
  const { connection, warnings, run } = await connectOrReplace(
    {
      ...stores,
      connections,
      lease,
      clock,
      exchanges,
      hash,
      newId: randomUUID,
      newSecretRef: randomUUID,
      newRunId,
      checkKey: (_exchange, _credentials, further) => checkCredentials({ client, clock }, exchange, further),
      vault: { put: async () => undefined, remove: async () => undefined },
      stopSync: async () => undefined,
      enqueue: async (_connection, started) => started,
    },
    request,
    submission,
  )
  ports.onConnected(connection, warnings)
  await recoverSync({ clock, lease, runs }, connection)
  const markets = await fetchMarkets({ client, clock, catalogue: stores.catalogue }, exchange, marketsMaxAge)
  const files = { ...stores, ...openFileStores(table), exchanges, statementObjects: ports.statementObjects }
  const mergeFiles: SyncPorts['mergeFiles'] = (one, goOn) => mergeAfterSync(files, one, goOn)
  const ended = await syncConnection(
    { ...ports, ...stores, lease, markets, verification: 'always', mergeFiles },
    connection,
    exchange,
    {
      runId: run.id,
      holder: randomUUID(),
      signal,
      recheck: request.recheck,
    },
  )
  await connections.swap(connection, {
    ...connection,
    lastRun: ended.id,
    reason: reasonAfter(connection, ended),
  })
  return {
    connection,
    run: ended,
    coverage: await coverage.load(ownerOf(connection)),
    files: await fileTime(stores, connection),
    transactions: () => transactions.each(ownerOf(connection), {}),
  }
}

/** Goes on with the history of the same account under a new key, where the user asked for that. */
async function connectOrReplace(
  ports: ConnectPorts & ReplaceCredentialsPorts,
  {
    exchange,
    subaccount,
    allowPowerfulKey,
    replaceKey,
    newAccount,
    sameAccount,
    since,
    symbols = [],
  }: ImportRequest,
  submission: Submission,
): Promise<Connected> {
  const common = { user: localUser, exchange, submission, allowPowerfulKey }
  const before = (await ports.connections.list(localUser)).filter(
    (one) => one.exchange === exchange.id && !one.begun,
  )
  try {
    const connected = await connect(ports, {
      ...common,
      subaccount,
      newAccount,
      accountSince: since,
      symbols,
    })
    const isNew = !before.some(({ id }) => id === connected.connection.id)
    return replaceKey && isNew && before.length > 0 ? beingAnother(connected, before) : connected
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'key-already-used') throw sayingHow(error, before)
    if (!replaceKey || !(error instanceof RefusedError) || error.connection === undefined) throw error
    if (error.code !== 'same-account' && error.code !== 'account-unknown') throw error
    const replaced = await replaceCredentials(ports, { ...common, id: error.connection, sameAccount })
    const { connection } = replaced
    const said = {
      ...(since !== undefined && { accountSince: since ?? undefined }),
      ...(symbols.length > 0 && { symbols: [...new Set([...(connection.symbols ?? []), ...symbols])] }),
    }
    return Object.keys(said).length === 0 ? replaced : saying(ports, replaced, said)
  }
}

/** The key is known under another name of a sub-account: how to go on with what was begun under it. */
function sayingHow(error: RefusedError, before: readonly Connection[]): RefusedError {
  const known = before.find(({ id }) => id === error.connection)
  if (known === undefined) return error
  const how =
    known.subaccount === '' ? 'leave out --subaccount' : `add --subaccount ${asTyped(known.subaccount)}`
  return new RefusedError(
    error.code,
    `${error.message} To go on with what is stored of it, ${how}.`,
    known.id,
  )
}

/** The user took the key for one of an account that is stored, and what it is served shows that it is not. */
function beingAnother(connected: Connected, before: readonly Connection[]): Connected {
  const [known] = before
  const which =
    before.length === 1 && known !== undefined ? `than ${titleOf(known)}` : 'than any that is stored'
  return {
    ...connected,
    warnings: [
      ...connected.warnings,
      `--replace-key replaced nothing: what this key is served shows that it opens another account ${which}. ` +
        'Its history is kept by itself.',
    ],
  }
}

/** A key that takes another's place says nothing of the account: its owner does. */
async function saying(
  { connections }: Pick<ConnectPorts, 'connections'>,
  replaced: Connected,
  said: Pick<Connection, 'accountSince' | 'symbols'>,
): Promise<Connected> {
  const connection = { ...replaced.connection, ...said }
  await connections.swap(replaced.connection, connection)
  return { ...replaced, connection }
}
