import type { Connection } from '../domain/connection.ts'
import { normaliseSubaccount } from './connect.ts'

export type OpenKeylessPorts = {
  readonly clock: () => number
  readonly hash: (text: string) => string
  readonly connections: {
    find(user: string, id: string): Promise<Connection | undefined>
    /** False, and nothing changes, when it is not as it was read any more. */
    swap(before: Connection | undefined, after: Connection): Promise<boolean>
  }
}

type Keyless = { readonly user: string; readonly exchange: string; readonly label?: string | undefined }

/** What the connection of an account without a key is known by. */
export function keylessId(
  { hash }: Pick<OpenKeylessPorts, 'hash'>,
  { user, exchange, label }: Keyless,
): string {
  const name = normaliseSubaccount(label ?? '').toLowerCase()
  return hash(JSON.stringify([user, exchange, 'statements only', name])).slice(0, 32)
}

/**
 * The connection of an account that has no key: all that is known of it comes in files. The same user, exchange and label meet
 * the same one again.
 */
export async function openKeyless(
  { clock, hash, connections }: OpenKeylessPorts,
  keyless: Keyless,
): Promise<Connection> {
  const { user, exchange, label } = keyless
  const name = normaliseSubaccount(label ?? '')
  const id = keylessId({ hash }, keyless)
  const connection: Connection = {
    id,
    user,
    exchange,
    subaccount: '',
    ...(name !== '' && { label: name }),
    keyHint: '',
    status: 'disconnected',
    statementsOnly: true,
    createdAt: clock(),
  }
  const known = await connections.find(user, id)
  if (known !== undefined) return known
  if (await connections.swap(undefined, connection)) return connection
  return (await connections.find(user, id)) ?? connection
}
