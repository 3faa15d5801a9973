import type { Connection, Owner } from '../domain/connection.ts'
import type { Coverage } from '../domain/coverage.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { kindsOf } from '../domain/stream.ts'
import { type AccountVerdict, compareAccounts } from './compare-accounts.ts'
import {
  accountOf,
  type Connected,
  type ConnectPorts,
  cellFor,
  forgetSecret,
  otherConnections,
  refuseSameAccount,
  type SameAccountPorts,
  storeSecret,
} from './connect.ts'
import { findConnection, nameOf, ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'
import { type StartSyncPorts, startSync } from './start-sync.ts'
import type { Submission } from './submission.ts'
import { type VerifyKeyPorts, verifyKey } from './verify-key.ts'

export type ReplaceCredentialsPorts = VerifyKeyPorts &
  StartSyncPorts &
  SameAccountPorts &
  Pick<ConnectPorts, 'newSecretRef' | 'vault' | 'intents' | 'joinCell'> & {
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
  /** The user says that it is the same account: asked only where nobody can tell. */
  readonly sameAccount?: boolean
}

/**
 * Goes on with another key of the same account, after a disconnect too. The connection keeps its id and history.
 * Throws `RefusedError`, and changes nothing then.
 */
export async function replaceCredentials(
  ports: ReplaceCredentialsPorts,
  { user, id, exchange, submission, allowPowerfulKey, sameAccount = false }: ReplaceCredentialsRequest,
): Promise<Connected> {
  const { connections, intents } = ports
  const connection = await findConnection(ports, user, id)
  const isOwnKey = await refuseForeignKey(ports, connection, submission)
  const others = await otherConnections(ports, user, exchange.id, id)
  const compared = compareAccounts(
    ports,
    exchange,
    [connection, ...others],
    isOwnKey ? 'only recent rows' : 'thorough',
  )
  const { checked, warnings } = await verifyKey(ports, exchange, submission, {
    allowPowerfulKey,
    further: compared.further,
  })
  const verdicts = await compared.verdicts(checked)
  refuseSameAccount(others, verdicts)
  const isNamed = connection.account !== undefined && checked.account !== undefined
  await refuseAnotherAccount(ports, connection, exchange, verdicts.get(id), {
    isNamed,
    isTrusted: isOwnKey || sameAccount,
  })
  if (!(await connections.claimKey(user, exchange.id, submission.keyHash, id))) throw foreignKey()

  const vaultRef = ports.newSecretRef()
  await storeSecret(ports, ownerOf(connection), vaultRef, submission.credentials)
  try {
    await ports.stopSync(connection)
    const before = await findConnection(ports, user, id)
    const old = before.vaultRef
    if (old !== undefined)
      await intents.begin({ kind: 'secret', id: old, user, connection: id, since: ports.clock() })
    const { statementsOnly, begun: _over, ...kept } = before
    const replaced: Connection = {
      ...kept,
      // The first key that it ever has: from now on it is asked for as any other is.
      ...(statementsOnly && (await cellFor(ports, { user, exchange }, undefined))),
      ...accountOf(ports, before, checked, before),
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

/** Tells whether the key is one that the connection has, or had. */
async function refuseForeignKey(
  { connections }: ReplaceCredentialsPorts,
  { user, id, exchange }: Connection,
  { keyHash }: Submission,
): Promise<boolean> {
  const guarded = await connections.guard(user, exchange, keyHash)
  if (guarded === undefined || guarded === id) return guarded === id
  throw foreignKey(await connections.find(user, guarded))
}

function foreignKey(other?: Connection): RefusedError {
  return new RefusedError(
    'key-already-used',
    `This key belongs to ${other === undefined ? 'another connection' : nameOf(other)}. Use a new key of this account.`,
    other?.id,
  )
}

/** Two histories must not be joined: where nobody can tell whose the key is, the user is asked. */
async function refuseAnotherAccount(
  ports: ReplaceCredentialsPorts,
  connection: Connection,
  exchange: ExchangeDefinition,
  verdict: AccountVerdict | undefined,
  /** `isNamed`: the exchange names the accounts of both; `isTrusted`: the key, or the user, says that it is the same. */
  { isNamed, isTrusted }: { readonly isNamed: boolean; readonly isTrusted: boolean },
): Promise<void> {
  if (verdict === 'other')
    throw new RefusedError(
      'different-account',
      `This key opens another account than ${nameOf(connection)}: ${
        isNamed
          ? `${exchange.name} says so itself.`
          : 'it does not serve the rows that this history has, or serves others.'
      } Connect it as a connection of its own.`,
      connection.id,
    )
  if (verdict === 'same' || isTrusted || !(await hasHistory(ports, connection, exchange))) return
  throw new RefusedError(
    'account-unknown',
    `Nobody can tell whether this key opens the account of ${nameOf(connection)}: ${exchange.name} does not say whose a key is, ` +
      'and shows no row that could be compared with what is stored. If it is the same account, say so; if it is another, ' +
      'connect it as a connection of its own.',
    connection.id,
  )
}

/** Rows, or time of which it is said that there are none. */
async function hasHistory(
  { transactions, coverage }: ReplaceCredentialsPorts,
  connection: Connection,
  exchange: ExchangeDefinition,
): Promise<boolean> {
  const owner = ownerOf(connection)
  if ((await coverage.load(owner)).some(({ covered }) => covered.length > 0)) return true
  const firsts = await Promise.all(
    kindsOf(exchange.streams).map(([{ stream }]) => transactions.page(owner, { stream, limit: 1 })),
  )
  return firsts.some(({ items }) => items.length > 0)
}
