import { z } from 'zod'
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
  hop: count,
  stalls: count,
  waits: count,
})

/** The message that starts a run. */
export function firstMessage(user: string, connection: string, run: string): SyncMessage {
  return { version: currentVersion, user, connection, run, hop: 0, stalls: 0, waits: 0 }
}
