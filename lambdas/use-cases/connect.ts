import type { Connection, Credentials, Owner } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Intent } from '../domain/intent.ts'
import type { Run } from '../domain/run.ts'
import { minute } from '../domain/window.ts'
import type { CheckedCredentials } from './check-credentials.ts'
import {
  type AccountVerdict,
  accountMark,
  type CompareAccountsPorts,
  compareAccounts,
} from './compare-accounts.ts'
import { nameOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'
import { type StartSyncPorts, startSync } from './start-sync.ts'
import type { Submission } from './submission.ts'
import { type VerifyKeyPorts, verifyKey } from './verify-key.ts'

export type ConnectPorts = VerifyKeyPorts &
  StartSyncPorts &
  SameAccountPorts & {
    readonly newId: () => string
    /** What the next secret is called in the vault: random, and used once. */
    readonly newSecretRef: () => string
    /** The cell of a new connection of this user; absent where all calls leave from one. */
    readonly joinCell?: (user: string, exchange: string) => Promise<number>
    readonly connections: {
      find(user: string, id: string): Promise<Connection | undefined>
      swap(before: Connection | undefined, after: Connection): Promise<boolean>
      remove(user: string, id: string): Promise<void>
      guard(user: string, exchange: string, keyHash: string): Promise<string | undefined>
      claimKey(user: string, exchange: string, keyHash: string, connection: string): Promise<boolean>
      releaseKeys(user: string, connection: string): Promise<void>
    }
    readonly transactions: { removeAll(owner: Owner): Promise<number> }
    readonly lease: {
      acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined>
      release(owner: Owner, holder: string, epoch: number): Promise<void>
    }
    readonly vault: {
      put(ref: string, credentials: Credentials, owner: Owner): Promise<void>
      remove(ref: string): Promise<void>
    }
    readonly intents: {
      begin(intent: Intent): Promise<void>
      end(id: string): Promise<void>
    }
  }

export type ConnectRequest = {
  readonly user: string
  readonly exchange: ExchangeDefinition
  readonly submission: Submission
  /** As typed; absent for the main account. */
  readonly subaccount?: string
  readonly label?: string
  /** Before this, says its owner, the account was not used; null takes back what was said. Epoch milliseconds. */
  readonly accountSince?: number | null
  /** Symbols and coins that were traded, as its owner says; what was said before stays known. */
  readonly symbols?: readonly string[]
  readonly allowPowerfulKey: boolean
  /** The user says that it is another account than those connected already: asked only where nobody can tell. */
  readonly newAccount?: boolean
}

/** A connection whose key was accepted: what its user should know, and the sync that was started. */
export type Connected = {
  readonly connection: Connection
  readonly warnings: readonly string[]
  readonly run: Run
}

/** Longer than storing a key takes. */
const claimTime = minute

/**
 * Connects a key, or connects it again. Refuses what would import an account twice, and stores nothing then.
 * Throws `RefusedError`.
 */
export async function connect(ports: ConnectPorts, request: ConnectRequest): Promise<Connected> {
  const { user, exchange, submission } = request
  const subaccount = normaliseSubaccount(request.subaccount ?? '')
  const { id, existing, orphan } = await resolve(ports, request, subaccount)
  const others = await otherConnections(ports, user, exchange.id, id)
  // Of a key that was connected before, the user was asked then.
  const isKnown = existing !== undefined
  const compared = compareAccounts(ports, exchange, others, isKnown ? 'only recent rows' : 'thorough')
  const { checked, warnings } = await verifyKey(ports, exchange, submission, {
    allowPowerfulKey: request.allowPowerfulKey,
    ...(others.length > 0 && { further: compared.further }),
  })
  const verdicts = await compared.verdicts(checked)
  refuseSameAccount(others, verdicts)
  if (!isKnown && !request.newAccount) refuseUnknownAccount(others, verdicts, exchange)

  const undo: (() => Promise<unknown>)[] = []
  try {
    const owner: Owner = { user, connection: id }
    if (orphan !== undefined) await forgetOrphan(ports, { user, connection: orphan })
    const release = await lock(ports, owner)
    undo.push(release)
    if (differs(await ports.connections.find(user, id), existing)) throw busy(id)
    // Only now is it certain that there is no history of somebody quicker to be lost.
    if (existing === undefined) undo.push(() => ports.transactions.removeAll(owner))
    if (!(await ports.connections.claimKey(user, exchange.id, submission.keyHash, id))) throw busy(id)
    if (existing === undefined) undo.push(() => ports.connections.releaseKeys(user, id))
    const vaultRef = ports.newSecretRef()
    await storeSecret(ports, owner, vaultRef, submission.credentials)
    undo.push(() => forgetSecret(ports, vaultRef))
    const connection: Connection = {
      id,
      user,
      exchange: exchange.id,
      subaccount: existing?.subaccount ?? subaccount,
      label: request.label ?? existing?.label,
      ...accountOf(ports, { user, exchange: exchange.id }, checked, existing),
      keyHint: submission.keyHint,
      status: 'connected',
      vaultRef,
      ...(await cellFor(ports, request, existing)),
      createdAt: existing?.createdAt ?? ports.clock(),
      ...saidSince(request.accountSince, existing),
      ...saidSymbols(request.symbols, existing),
      checkedAt: ports.clock(),
      ...(existing?.files && { files: true as const }),
      // Should the next step not be reached, the planner starts the first sync.
      nextSyncAt: ports.clock(),
    }
    undo.push(() =>
      existing === undefined
        ? ports.connections.remove(user, id)
        : ports.connections.swap(connection, existing),
    )
    if (!(await ports.connections.swap(existing, connection))) throw busy(id)
    await ports.intents.end(vaultRef)
    await release()
    return { connection, warnings, run: await startSync(ports, connection) }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined)
    throw error
  }
}

/** For good: what was connected before stays where it was. */
export async function cellFor(
  { joinCell }: Pick<ConnectPorts, 'joinCell'>,
  { user, exchange }: Pick<ConnectRequest, 'user' | 'exchange'>,
  existing: Connection | undefined,
): Promise<Pick<Connection, 'cell'>> {
  const cell = existing === undefined ? await joinCell?.(user, exchange.id) : existing.cell
  return cell === undefined ? {} : { cell }
}

/** Each name that was ever said is asked for. */
function saidSymbols(
  said: readonly string[] = [],
  existing: Connection | undefined,
): Pick<Connection, 'symbols'> {
  const symbols = [...new Set([...(existing?.symbols ?? []), ...said])]
  return symbols.length === 0 ? {} : { symbols }
}

/** What is not said again stays as it was said. */
function saidSince(
  said: ConnectRequest['accountSince'],
  existing: Connection | undefined,
): Pick<Connection, 'accountSince'> {
  const accountSince = said === undefined ? existing?.accountSince : (said ?? undefined)
  return accountSince === undefined ? {} : { accountSince }
}

/** Whose account it is, as far as the exchange has ever said. */
export function accountOf(
  { hash }: Pick<ConnectPorts, 'hash'>,
  owner: Pick<Connection, 'user' | 'exchange'>,
  { account }: CheckedCredentials,
  known: Connection | undefined,
): Pick<Connection, 'account'> {
  const mark = account === undefined ? known?.account : accountMark(hash, owner, account)
  return mark === undefined ? {} : { account: mark }
}

type SecretPorts = Pick<ConnectPorts, 'vault' | 'intents' | 'clock'>

/** Written down first: a crash before the connection refers to the secret must not leave it behind for ever. */
export async function storeSecret(
  ports: SecretPorts,
  { user, connection }: Owner,
  ref: string,
  credentials: Credentials,
): Promise<void> {
  await ports.intents.begin({ kind: 'secret', id: ref, user, connection, since: ports.clock() })
  try {
    await ports.vault.put(ref, credentials, { user, connection })
  } catch (error) {
    // It may be there all the same.
    await forgetSecret(ports, ref).catch(() => undefined)
    throw error
  }
}

export async function forgetSecret(
  { vault, intents }: Pick<SecretPorts, 'vault' | 'intents'>,
  ref: string,
): Promise<void> {
  await vault.remove(ref)
  await intents.end(ref)
}

/** One connection for each user, exchange, access key and sub-account: the same four meet the same history again. */
export function connectionId(
  hash: (text: string) => string,
  user: string,
  exchange: string,
  keyHash: string,
  subaccount: string,
): string {
  return hash(JSON.stringify([user, exchange, keyHash, sameName(subaccount)])).slice(0, 32)
}

/** A name that looks the same is the same. */
export function normaliseSubaccount(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ')
}

function sameName(subaccount: string): string {
  return normaliseSubaccount(subaccount).normalize('NFKC').toLowerCase()
}

/** Which connection this key and sub-account mean, and whether a claim on the key leads nowhere. */
async function resolve(
  { connections, hash }: ConnectPorts,
  { user, exchange, submission }: ConnectRequest,
  subaccount: string,
): Promise<{ id: string; existing?: Connection; orphan?: string }> {
  const guarded = await connections.guard(user, exchange.id, submission.keyHash)
  const holder = guarded === undefined ? undefined : await connections.find(user, guarded)
  const id = connectionId(hash, user, exchange.id, submission.keyHash, subaccount)
  const existing = holder ?? (await connections.find(user, id))
  if (existing === undefined) return { id, orphan: guarded === id ? undefined : guarded }
  if (sameName(existing.subaccount) !== sameName(subaccount)) {
    const name = existing.subaccount === '' ? 'no sub-account' : `the sub-account “${existing.subaccount}”`
    throw new RefusedError(
      'key-already-used',
      `This key belongs to ${nameOf(existing)}, with ${name}. One key opens one account, so under a second name ` +
        'the same history would be imported again. Use that connection, or make a key of the other sub-account.',
      existing.id,
    )
  }
  if (existing.status !== 'disconnected')
    throw new RefusedError(
      'duplicate-connection',
      `This key is already connected as ${nameOf(existing)}: nothing needs to be done.`,
      existing.id,
    )
  return { id: existing.id, existing }
}

export type SameAccountPorts = CompareAccountsPorts & {
  readonly connections: { list(user: string): Promise<readonly Connection[]> }
}

/** Another key of an account that is imported already serves the same rows: they would all be stored twice. */
export function refuseSameAccount(
  others: readonly Connection[],
  verdicts: ReadonlyMap<string, AccountVerdict>,
): void {
  const same = others.find(({ id }) => verdicts.get(id) === 'same')
  if (same === undefined) return
  throw new RefusedError(
    'same-account',
    `This key opens the same account as ${nameOf(same)}, whose history is stored already. ` +
      'Replace the key of that connection instead: its history goes on with the new key.',
    same.id,
  )
}

/** Where nothing could be compared, only the user knows. */
function refuseUnknownAccount(
  others: readonly Connection[],
  verdicts: ReadonlyMap<string, AccountVerdict>,
  exchange: ExchangeDefinition,
): void {
  const unknown = others.filter(({ id }) => verdicts.get(id) === 'unknown')
  const [first] = unknown
  if (first === undefined) return
  throw new RefusedError(
    'account-unknown',
    `Nobody can tell whether this key opens the same account as ${unknown.map(nameOf).join(' or ')}: ${exchange.name} does ` +
      'not say whose a key is, and shows no row that could be compared with what is stored. If it is another account, say so; ' +
      `if it is the same, ${unknown.every(({ statementsOnly }) => statementsOnly) ? 'connect the key to that account' : 'replace the key of that connection'} instead, or its history would be stored twice.`,
    unknown.length === 1 ? first.id : undefined,
  )
}

/**
 * The user's other connections to the exchange, those that are disconnected included: their history is stored. Of one that was
 * only begun nothing is.
 */
export async function otherConnections(
  { connections }: Pick<SameAccountPorts, 'connections'>,
  user: string,
  exchange: string,
  id: string,
): Promise<readonly Connection[]> {
  return (await connections.list(user)).filter(
    (other) => other.exchange === exchange && other.id !== id && other.begun !== true,
  )
}

/** The lease keeps two requests, or a request and a sync that is just ending, from meeting in the same place. */
async function lock({ lease, clock, newId }: ConnectPorts, owner: Owner): Promise<() => Promise<void>> {
  const holder = newId()
  const epoch = await lease.acquire(owner, holder, clock(), claimTime)
  if (epoch === undefined) throw busy(owner.connection)
  return () => lease.release(owner, holder, epoch)
}

/** Frees a key that was claimed for a connection which was then never stored, unless that is just happening. */
async function forgetOrphan(ports: ConnectPorts, owner: Owner): Promise<void> {
  const release = await lock(ports, owner)
  if ((await ports.connections.find(owner.user, owner.connection)) !== undefined) {
    await release()
    throw busy(owner.connection)
  }
  await ports.connections.releaseKeys(owner.user, owner.connection)
  await ports.transactions.removeAll(owner)
}

function differs(now: Connection | undefined, before: Connection | undefined): boolean {
  return now?.status !== before?.status || now?.vaultRef !== before?.vaultRef
}

function busy(connection: string): RefusedError {
  return new RefusedError(
    'busy',
    'Another request or sync is at work on this connection. Try again in a minute.',
    connection,
  )
}
