import type { Connection, Owner } from '../domain/connection.ts'
import { listed } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { StatementFile } from '../statements/statement-file.ts'
import { normaliseSubaccount } from './connect.ts'
import { nameOf, ownerOf } from './find-connection.ts'
import { RefusedError } from './refusal.ts'

export type OpenKeylessPorts = {
  readonly clock: () => number
  readonly hash: (text: string) => string
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    /** False, and nothing changes, when it is not as it was read any more. */
    swap(before: Connection | undefined, after: Connection): Promise<boolean>
  }
}

export type Keyless = {
  readonly user: string
  readonly exchange: string
  readonly label?: string | undefined
}

/** What it is known by. */
function keylessId({ hash }: Pick<OpenKeylessPorts, 'hash'>, { user, exchange, label }: Keyless): string {
  const name = sameName(label ?? '')
  return hash(JSON.stringify([user, exchange, 'statements only', name])).slice(0, 32)
}

function sameName(name: string): string {
  return normaliseSubaccount(name).toLowerCase()
}

/** The connection of an account that has no key, as it is when it begins: all that is known of it comes in files. */
export function keylessConnection(
  { clock, hash }: Pick<OpenKeylessPorts, 'clock' | 'hash'>,
  keyless: Keyless,
): Connection {
  const { user, exchange, label } = keyless
  const name = normaliseSubaccount(label ?? '')
  return {
    id: keylessId({ hash }, keyless),
    user,
    exchange,
    subaccount: '',
    ...(name !== '' && { label: name }),
    keyHint: '',
    status: 'disconnected',
    statementsOnly: true,
    begun: true,
    createdAt: clock(),
  }
}

type Files = {
  readonly statementFiles: { list(owner: Owner): Promise<readonly StatementFile[]> }
}

/**
 * Of accounts that were only begun, those to which nothing came that could be read: they are none of its owner's, and `file` may come
 * to them as if they were not there. One that waits for this same file had it sent to it in vain.
 */
export async function vainAccounts(
  { statementFiles }: Files,
  known: readonly Connection[],
  file: string,
): Promise<ReadonlySet<string>> {
  const begun = known.filter((one) => one.begun)
  const files = await Promise.all(begun.map((one) => statementFiles.list(ownerOf(one))))
  const isVain = ({ id, state, refused }: StatementFile) =>
    refused !== undefined || (state === 'awaited' && id === file)
  return new Set(
    // To one without any, somebody else may be just about to add one.
    begun
      .filter((_, place) => (files[place] ?? []).length > 0 && files[place]?.every(isVain))
      .map(({ id }) => id),
  )
}

/**
 * As it is when its owner says that it is none of those that are known: under the name that he gives it, or the first like it that
 * nobody has, so that it is met again by that name and never taken for another.
 */
export function anotherKeyless(
  ports: Pick<OpenKeylessPorts, 'clock' | 'hash'>,
  known: readonly Connection[],
  keyless: Keyless,
): Connection {
  const names = new Set(known.map(({ label, subaccount }) => sameName(label ?? subaccount)))
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? keyless.label : `${keyless.label ?? 'Account'} ${number}`
    const connection = keylessConnection(ports, { ...keyless, label })
    const isTaken = known.some(({ id }) => id === connection.id)
    if (!isTaken && (connection.label === undefined || !names.has(sameName(connection.label))))
      return connection
  }
}

/** Which account is meant by an exchange and a name: one that was met by them before, a first one, or none as long as nobody says so. */
export type Meant =
  | { readonly kind: 'met'; readonly connection: Connection }
  | { readonly kind: 'first' }
  /** Its owner has accounts there: a file of one of them, given to another one, would be counted beside it. */
  | { readonly kind: 'unclear'; readonly same: readonly Connection[] }

export function meantAccount(
  ports: Pick<OpenKeylessPorts, 'hash'>,
  known: readonly Connection[],
  keyless: Keyless,
  vain: ReadonlySet<string>,
): Meant {
  const id = keylessId(ports, keyless)
  const connection = known.find((one) => one.id === id)
  if (connection !== undefined) return { kind: 'met', connection }
  const same = known.filter((one) => one.exchange === keyless.exchange && !vain.has(one.id))
  return same.length === 0 ? { kind: 'first' } : { kind: 'unclear', same }
}

/** The account that is meant, opened where it is the first. Throws `RefusedError` where only its owner knows. */
export async function openMeantKeyless(
  ports: OpenKeylessPorts & { readonly exchanges: ReadonlyMap<string, Pick<ExchangeDefinition, 'name'>> },
  known: readonly Connection[],
  keyless: Keyless,
  vain: ReadonlySet<string>,
): Promise<Connection> {
  const meant = meantAccount(ports, known, keyless, vain)
  if (meant.kind === 'met') return meant.connection
  if (meant.kind === 'first') return openKeyless(ports, keyless)
  const { same } = meant
  const [only, ...others] = same
  const place = ports.exchanges.get(keyless.exchange)?.name ?? keyless.exchange
  throw new RefusedError(
    'which-account',
    `Of ${place}, ${listed(same.map(nameOf))} ${others.length === 0 ? 'is' : 'are'} here already, and what two accounts tell is counted twice.`,
    others.length === 0 ? only?.id : undefined,
  )
}

/** Opens an account beside those that are known, whoever else opens one meanwhile. */
export async function openAnotherKeyless(
  ports: OpenKeylessPorts,
  known: readonly Connection[],
  keyless: Keyless,
): Promise<Connection> {
  const connection = anotherKeyless(ports, known, keyless)
  if (await ports.connections.swap(undefined, connection)) return connection
  return openAnotherKeyless(ports, [...known, connection], keyless)
}

/** Opens it. The same user, exchange and label meet the same one again. */
export async function openKeyless(ports: OpenKeylessPorts, keyless: Keyless): Promise<Connection> {
  const { connections } = ports
  const connection = keylessConnection(ports, keyless)
  const { user, id } = connection
  const known = await connections.find(user, id)
  if (known !== undefined) return known
  if (await connections.swap(undefined, connection)) return connection
  return (await connections.find(user, id)) ?? connection
}
