import { z } from 'zod'
import { cellOf, firstCell } from './cell.ts'
import type { Connection } from './connection.ts'
import { currentVersion, messageVersion, type Versioned } from './message-version.ts'

/**
 * What travels through the queue: whose sync is to be done or gone on with. No secret, and nothing about the account.
 *
 * A message outlives a deployment, and one that was rolled back: whatever may be missing has a value that was right
 * before there was the field, and a field that is not known here is handed on with the others.
 */
export type SyncMessage = Versioned & {
  readonly user: string
  readonly connection: string
  readonly run: string
  /** Whose queue it goes through, with the cell: absent in messages from before each exchange had its own. */
  readonly exchange?: string | undefined
  readonly cell: number
  /** How often the run was handed on. */
  readonly hop: number
  /** How many of the last hops in a row brought nothing. */
  readonly stalls: number
  /** How often in a row the message found another run at work. */
  readonly waits: number
}

const count = z.number().int().min(0).default(0)

export const syncMessageSchema: z.ZodType<SyncMessage> = z.looseObject({
  version: messageVersion,
  user: z.string().min(1),
  connection: z.string().min(1),
  run: z.string().min(1),
  exchange: z.string().min(1).optional(),
  cell: z.number().int().min(1).default(firstCell),
  hop: count,
  stalls: count,
  waits: count,
})

/** The message that starts a run. */
export function firstMessage(connection: Sent, run: string): SyncMessage {
  const { user, id } = connection
  return {
    version: currentVersion,
    user,
    connection: id,
    run,
    ...laneOfMessages(connection),
    hop: 0,
    stalls: 0,
    waits: 0,
  }
}

type Sent = Pick<Connection, 'user' | 'id' | 'exchange' | 'cell'>

/** The queue that all messages of a connection go through. */
export function laneOfMessages(connection: Pick<Sent, 'exchange' | 'cell'>) {
  return { exchange: connection.exchange, cell: cellOf(connection) }
}
