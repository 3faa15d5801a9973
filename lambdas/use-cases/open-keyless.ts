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

/** What it is known by. */
function keylessId({ hash }: Pick<OpenKeylessPorts, 'hash'>, { user, exchange, label }: Keyless): string {
  const name = normaliseSubaccount(label ?? '').toLowerCase()
  return hash(JSON.stringify([user, exchange, 'statements only', name])).slice(0, 32)
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
    createdAt: clock(),
  }
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
