import { z } from 'zod'

/** What travels through the queue: whose sync is to be done or gone on with. No secret, and nothing about the account. */
export type SyncMessage = {
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

const count = z.number().int().min(0)

export const syncMessageSchema: z.ZodType<SyncMessage> = z.strictObject({
  user: z.string().min(1),
  connection: z.string().min(1),
  run: z.string().min(1),
  hop: count,
  stalls: count,
  waits: count,
})

/** The message that starts a run. */
export function firstMessage(user: string, connection: string, run: string): SyncMessage {
  return { user, connection, run, hop: 0, stalls: 0, waits: 0 }
}
