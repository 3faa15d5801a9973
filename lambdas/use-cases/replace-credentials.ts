import type { Connection } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Transaction } from '../domain/transaction.ts'
import { intersect, type Window } from '../domain/window.ts'
import {
  type Connected,
  type ConnectPorts,
  forgetSecret,
  refuseSameAccount,
  type SameAccountPorts,
  storeSecret,
} from './connect.ts'
import { findConnection, nameOf, type Owner, ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'
import { type StartSyncPorts, startSync } from './start-sync.ts'
import type { Submission } from './submission.ts'
import { type VerifyKeyPorts, verifyKey } from './verify-key.ts'

export type ReplaceCredentialsPorts = VerifyKeyPorts &
  StartSyncPorts &
  SameAccountPorts &
  Pick<ConnectPorts, 'newId' | 'vault' | 'intents'> & {
    readonly connections: {
      find(user: string, id: string): Promise<Connection | undefined>
      swap(before: Connection, after: Connection): Promise<boolean>
      guard(user: string, exchange: string, keyHash: string): Promise<string | undefined>
      claimKey(user: string, exchange: string, keyHash: string, connection: string): Promise<boolean>
    }
    readonly coverage: { load(owner: Owner): Promise<readonly Coverage[]> }
    readonly stopSync: (connection: Connection) => Promise<void>
  }

export type ReplaceCredentialsRequest = {
  readonly user: string
  readonly id: string
  readonly exchange: ExchangeDefinition
  readonly submission: Submission
  readonly allowPowerfulKey: boolean
}

/**
 * Goes on with another key of the same account, after a disconnect too. The connection keeps its id and history.
 * Throws `RefusedError`, and changes nothing then.
 */
export async function replaceCredentials(
  ports: ReplaceCredentialsPorts,
  { user, id, exchange, submission, allowPowerfulKey }: ReplaceCredentialsRequest,
): Promise<Connected> {
  const { connections, intents } = ports
  const connection = await findConnection(ports, user, id)
  await refuseForeignKey(ports, connection, submission)
  const { sample, warnings } = await verifyKey(ports, exchange, submission, {
    allowPowerfulKey,
    mustKnowAccount: true,
  })
  await refuseSameAccount(ports, user, exchange.id, id, sample)
  await refuseDifferentAccount(ports, connection, exchange, sample)
  if (!(await connections.claimKey(user, exchange.id, submission.keyHash, id))) throw foreignKey()

  const vaultRef = ports.newId()
  await storeSecret(ports, ownerOf(connection), vaultRef, submission.credentials)
  try {
    await ports.stopSync(connection)
    const before = await findConnection(ports, user, id)
    const old = before.vaultRef
    if (old !== undefined)
      await intents.begin({ kind: 'secret', id: old, user, connection: id, since: ports.clock() })
    const replaced: Connection = {
      ...before,
      keyHint: submission.keyHint,
      status: 'connected',
      reason: undefined,
      vaultRef,
      // A worker that does not know yet may go on saying that the run of the old key is under way: nobody joins that one.
      lastRun: undefined,
      checkedAt: ports.clock(),
      nextSyncAt: ports.clock(),
    }
    if (!(await connections.swap(before, replaced)))
      throw new RefusedError(
        'busy',
        'Another request is at work on this connection. Try again in a minute.',
        id,
      )
    await intents.end(vaultRef)
    if (old !== undefined) await forgetSecret(ports, old)
    return { connection: replaced, warnings, run: await startSync(ports, replaced) }
  } catch (error) {
    const now = await connections.find(user, id)
    if (now?.vaultRef !== vaultRef) await forgetSecret(ports, vaultRef)
    throw error
  }
}

async function refuseForeignKey(
  { connections }: ReplaceCredentialsPorts,
  { user, id, exchange }: Connection,
  { keyHash }: Submission,
): Promise<void> {
  const guarded = await connections.guard(user, exchange, keyHash)
  if (guarded === undefined || guarded === id) return
  throw foreignKey(await connections.find(user, guarded))
}

function foreignKey(other?: Connection): RefusedError {
  return new RefusedError(
    'key-already-used',
    `This key belongs to ${other === undefined ? 'another connection' : nameOf(other)}. Use a new key of this account.`,
    other?.id,
  )
}

/** Rows from time that is known to be complete, none of which is stored, are of another account. */
async function refuseDifferentAccount(
  { coverage, transactions }: ReplaceCredentialsPorts,
  connection: Connection,
  exchange: ExchangeDefinition,
  sample: readonly Transaction[],
): Promise<void> {
  if (sample.length === 0) return
  const owner = ownerOf(connection)
  const known = await coverage.load(owner)
  const due = sample.some((row) => covers(completeWindows(exchange, known, row.stream), row.time))
  if (due && (await transactions.has(owner, sample)) === 0)
    throw new RefusedError(
      'different-account',
      `This key opens another account than ${nameOf(connection)}: it serves rows that this history does not have. ` +
        'Connect it as a connection of its own.',
      connection.id,
    )
}

/** What every partition of the stream covers: a row does not tell which of them it came from. */
function completeWindows(
  exchange: ExchangeDefinition,
  known: readonly Coverage[],
  stream: Transaction['stream'],
): readonly Window[] {
  const [first, ...rest] = exchange.streams
    .filter((definition) => definition.stream === stream)
    .flatMap(({ partitions }) => partitions)
    .map((partition) => known.find((part) => part.stream === stream && part.partition === partition))
    // What was never asked for covers nothing; what the exchange does not serve is no part of the history.
    .filter((part) => part?.note === undefined)
    .map((part) => part?.covered ?? [])
  return rest.reduce((common, covered) => intersect(common, covered), first ?? [])
}

function covers(windows: readonly Window[], time: number): boolean {
  return windows.some(({ from, to }) => from <= time && time < to)
}
