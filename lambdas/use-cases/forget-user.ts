import type { Connection } from '../domain/connection.ts'
import type { Intent } from '../domain/intent.ts'
import { type DisconnectPorts, disconnect } from './disconnect.ts'

export type ForgetUserPorts = Omit<DisconnectPorts, 'connections' | 'intents'> & {
  readonly connections: DisconnectPorts['connections'] & {
    list(user: string): Promise<readonly Connection[]>
  }
  readonly intents: DisconnectPorts['intents'] & { list(): Promise<readonly Intent[]> }
  readonly personal: {
    removeAll(user: string, connections: readonly string[]): Promise<void>
    count(user: string, connections: readonly string[]): Promise<Pick<Remains, 'items' | 'files'>>
  }
}

/** What is still stored of somebody. */
export type Remains = {
  /** Of the table. */
  readonly items: number
  /** Of exports, finished or not, and of statements. */
  readonly files: number
  /** What a sweeper has still to finish: it does so within two hours. */
  readonly intents: number
}

/** The connections that somebody has; told again afterwards, since nothing names them any more. */
export async function connectionsOf(
  { connections }: Pick<ForgetUserPorts, 'connections'>,
  user: string,
): Promise<readonly string[]> {
  return (await connections.list(user)).map(({ id }) => id)
}

/**
 * Destroys the keys of somebody, and then everything that is stored of them. Can be repeated after a failure half way, with the
 * same connections. What a sync was just about to store may still arrive: the sweeper removes that, an hour later.
 */
export async function forgetUser(
  ports: ForgetUserPorts,
  user: string,
  connections: readonly string[],
): Promise<void> {
  const known = new Set(await connectionsOf(ports, user))
  for (const id of known) await disconnect(ports, { user, id, history: 'delete' })
  await ports.personal.removeAll(user, [...new Set([...known, ...connections])])
}

/** Looks for what is left, everywhere where there was something. */
export async function remainsOf(
  { personal, intents }: Pick<ForgetUserPorts, 'personal' | 'intents'>,
  user: string,
  connections: readonly string[],
): Promise<Remains> {
  const open = (await intents.list()).filter((intent) => intent.user === user)
  return { ...(await personal.count(user, connections)), intents: open.length }
}
